"""Die Bilder der Dokumentation, aus einer Welt, die nur aus den Beispieldaten besteht."""
from pathlib import Path
from server import BEISPIELE

ORT = "055580016016"
BILDER = {
    "start": "/",
    "umsetzungsliste": f"/umsetzung/{ORT}?stand=offen",
    "ort": f"/gebiete/{ORT}",
    "leistung": "/leistungen/99110009104000",
}


def machen(u, ziel):
    """Legt die Bilder als PNG ab und gibt ihre Pfade zurück."""
    ziel = Path(ziel)
    ziel.mkdir(parents=True, exist_ok=True)
    # Die Geschichte füllte Dülmen mit erfundenen Zeilen; gezeigt wird die Liste aus den Beispieldaten.
    u.server.cli("import", "umsetzung", BEISPIELE / "umsetzung" / f"{ORT}.csv", "--organisation", ORT)
    dateien = []
    with u.browser.seite(angemeldet=True) as seite:
        for name, pfad in BILDER.items():
            seite.page.goto(pfad)
            seite.werte("document.fonts.ready.then(() => true)", warten=True)
            datei = ziel / f"{name}.png"
            seite.page.screenshot(path=str(datei), animations="disabled")
            dateien.append(datei)
    return dateien
