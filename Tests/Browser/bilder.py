"""Die Bilder der Dokumentation: echtes Verzeichnis und echter Katalog, Dienste und Liste aus den Beispieldaten."""
import subprocess
from pathlib import Path

from server import BEISPIELE

# Ein Ort, den keine Prüfung ändert.
ORT = "059150000000"
BILDER = {
    "start": ("/", 900),
    "suche": ("/suche?q=wohngelt+antrag", 1000),
    "umsetzungsliste": (f"/umsetzung/{ORT}?stand=offen&loesung=ja", 1000),
    "gebiet": (f"/gebiete/{ORT}", 900),
    "leistung": ("/leistungen/99110009104000", 1000),
    "laden": (f"/umsetzung/{ORT}/ladungen", 800),
    "schnittstelle": ("/schnittstelle#gruppe-leistungen", 900),
    "druck": (f"/gebiete/{ORT}", 900),
    # Der erste offene Eintrag mit Lösungen; sein Pfad steht in der Liste.
    "vorschlag": (f"/umsetzung/{ORT}?stand=offen&loesung=ja", 900),
}


def machen(u, ziel):
    """Legt die Bilder als PNG ab und gibt ihre Pfade zurück."""
    ziel = Path(ziel)
    ziel.mkdir(parents=True, exist_ok=True)
    u.server.cli("import", "umsetzung", BEISPIELE / "umsetzung" / f"{ORT}.csv", "--organisation", ORT)
    dateien = []
    for name, (pfad, hoehe) in BILDER.items():
        with u.browser.seite(angemeldet=True, hoehe=hoehe) as seite:
            seite.page.goto(pfad)
            if name == "vorschlag":
                seite.page.goto(seite.page.locator("tbody th a").first.get_attribute("href"))
            seite.werte("document.fonts.ready.then(() => true)", warten=True)
            datei = ziel / f"{name}.png"
            if name == "druck":
                blatt = u.ordner / "blatt.pdf"
                seite.page.pdf(path=str(blatt), format="A4", prefer_css_page_size=True)
                subprocess.run(["pdftoppm", "-r", "72", "-png", "-singlefile", blatt, ziel / name], check=True)
            else:
                seite.page.screenshot(path=str(datei), animations="disabled")
            dateien.append(datei)
    return dateien
