// Vorschläge während des Tippens. Ohne dieses Skript bleibt die Suche ein gewöhnliches Formular.
(() => {
  "use strict";
  const pause = 150;
  for (const feld of document.querySelectorAll("form[action='/suche'] input[type='search']")) {
    const liste = document.createElement("datalist");
    liste.id = feld.id + "-vorschlaege";
    feld.after(liste);
    feld.setAttribute("list", liste.id);
    let warten;
    let anfrage;
    feld.addEventListener("input", () => {
      clearTimeout(warten);
      warten = setTimeout(async () => {
        anfrage?.abort();
        anfrage = new AbortController();
        const getippt = feld.value.trim();
        if (getippt.length < 3) {
          liste.replaceChildren();
          return;
        }
        try {
          const antwort = await fetch("/api/v1/suche/vorschlaege?q=" + encodeURIComponent(getippt), {
            signal: anfrage.signal,
          });
          if (!antwort.ok) return;
          const namen = new Set((await antwort.json()).vorschlaege.map((eintrag) => eintrag.text));
          liste.replaceChildren(
            ...[...namen].map((name) => {
              const wahl = document.createElement("option");
              wahl.value = name;
              return wahl;
            }),
          );
        } catch {
          // Abgebrochen oder ohne Netz: dann eben keine Vorschläge.
        }
      }, pause);
    });
  }
})();
