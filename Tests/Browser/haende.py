"""Womit ein Mensch eine Seite bedient: Tastatur, Finger oder Maus. Alle drei können dasselbe."""
import re

from browser import js

# Was gerade den Fokus hat; `nr` erkennt, dass die Tabulatortaste einmal herum ist.
FOKUS = """(wahl, zeile) => {
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement) return null;
  const r = e.getBoundingClientRect();
  let passt = e.matches(wahl);
  if (passt && zeile) {
    passt = false;
    for (let a = e; a && a.tagName !== 'MAIN'; a = a.parentElement)
      if (a.matches('tr, article, li') && a.innerText.includes(zeile)) passt = true;
  }
  return { passt, nr: [...document.querySelectorAll('*')].indexOf(e), groesse: r.width * r.height,
    name: e.tagName.toLowerCase() + ' ' + (e.getAttribute('href') || e.name || '') };
}"""


class Hand:
    """Was jede Hand kann; wie sie ein Element erreicht, wissen die Unterklassen."""

    def __init__(self, seite):
        self.seite, self.page = seite, seite.page

    def oeffne(self, pfad):
        self.page.goto(pfad)
        self.geladen()

    def geladen(self):
        """Prüft, was auf jeder Seite gilt."""
        assert self.page.locator("h1").count() == 1, f"{self.page.url}: nicht genau eine h1"
        assert not self.seite.vorfaelle, f"{self.page.url}: {self.seite.vorfaelle}"

    def folge(self, wahl, zeile=None):
        """Löst einen Verweis oder Knopf aus, der eine andere Seite bringt."""
        with self.page.expect_navigation(wait_until="load"):
            self.ausloesen(wahl, zeile)
        self.geladen()

    def datei(self, name, pfad):
        """Die Auswahl der Datei selbst gehört dem Betriebssystem; erreicht werden muss das Feld."""
        wahl = f"main input[name={name}]"
        self.erreiche(wahl)
        self.page.set_input_files(wahl, str(pfad))


class Tastatur(Hand):
    """Nur Tabulator, Eingabe, Pfeile und Buchstaben."""

    HOECHSTENS = 1_000

    def erreiche(self, wahl, zeile=None):
        gesehen, letzter = set(), None
        for _ in range(self.HOECHSTENS):
            e = self.seite.werte(f"({FOKUS})({js(wahl)}, {js(zeile)})")
            if e and e["passt"]:
                assert e["groesse"] > 0, f"{e['name']} hat den Fokus, ist aber nicht zu sehen"
                return
            if e and e["nr"] != letzter:
                if e["nr"] in gesehen:
                    break
                gesehen.add(e["nr"])
            letzter = e and e["nr"]
            self.page.keyboard.press("Tab")
        bei = f" in „{zeile}“" if zeile else ""
        raise AssertionError(f"Mit der Tastatur nicht erreichbar: {wahl}{bei} ({len(gesehen)} Haltepunkte) "
                             f"auf {self.page.url}")

    def ausloesen(self, wahl, zeile=None):
        self.erreiche(wahl, zeile)
        self.page.keyboard.press("Enter")

    def schreibe(self, name, text):
        self.erreiche(f"main [name={name}]")
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def waehle(self, name, wert):
        self.erreiche(f"main select[name={name}]")
        self.page.keyboard.press("Home")
        for _ in range(100):
            if self.seite.werte("document.activeElement.value") == wert:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"Das Feld {name} bietet „{wert}“ nicht an")


class Finger(Hand):
    """Tippen auf dem Telefon; nichts darf seitlich über den Rand ragen."""

    def geladen(self):
        super().geladen()
        ragt = self.seite.zu_breit()
        assert ragt is None, f"{self.page.url}: {ragt}"

    def tippe(self, ort):
        ort.tap()

    def erreiche(self, wahl, zeile=None):
        bereich = self.page
        if zeile:
            bereich = self.page.locator("main tr, main article, main li").filter(has_text=zeile)
            wahl = wahl.removeprefix("main ")  # gesucht wird schon innerhalb
        ort = bereich.locator(wahl).locator("visible=true").first
        if ort.count() == 0:
            menue = self.page.locator("header summary").locator("visible=true")
            if menue.count():
                self.tippe(menue.first)
        bei = f" in „{zeile}“" if zeile else ""
        assert ort.count(), f"Nicht zu sehen: {wahl}{bei} auf {self.page.url}"
        return ort

    def ausloesen(self, wahl, zeile=None):
        self.tippe(self.erreiche(wahl, zeile))

    def schreibe(self, name, text):
        self.tippe(self.erreiche(f"main [name={name}]"))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def waehle(self, name, wert):
        # Die Liste selbst zeichnet das Telefon, nicht die Seite.
        self.erreiche(f"main select[name={name}]").select_option(wert)


class Maus(Finger):
    """Klicken, auch ohne JavaScript."""

    def geladen(self):
        Hand.geladen(self)

    def tippe(self, ort):
        ort.click()


def zahl(text):
    """Die erste Zahl eines Textes, mit Tausenderpunkt oder ohne."""
    gefunden = re.search(r"\d[\d.]*", text)
    return int(gefunden[0].replace(".", "")) if gefunden else None
