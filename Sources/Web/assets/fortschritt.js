// Hält die Seite eines laufenden Jobs aktuell. Ohne dieses Skript tut es der Knopf „Aktualisieren“.
(() => {
  "use strict";
  const pause = 2000;
  async function frage() {
    const alt = document.getElementById("fortschritt");
    if (!alt?.dataset.unterwegs) return;
    if (!document.hidden) {
      try {
        const antwort = await fetch(location.pathname, { headers: { Accept: "text/html" } });
        if (!antwort.ok) return;
        const seite = new DOMParser().parseFromString(await antwort.text(), "text/html");
        const neu = seite.getElementById("fortschritt");
        if (!neu) return;
        if (!neu.dataset.unterwegs) {
          location.reload();
          return;
        }
        alt.replaceChildren(...neu.childNodes);
      } catch {
        // Ohne Netz bleibt der letzte Stand stehen; beim nächsten Mal vielleicht wieder.
      }
    }
    setTimeout(frage, pause);
  }
  setTimeout(frage, pause);
})();
