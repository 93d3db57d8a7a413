"""Die Bilder der Dokumentation: echtes Verzeichnis und echter Katalog, Dienste und Liste aus den Beispieldaten."""
import subprocess
from pathlib import Path

from browser import anmelden
from konto import PASSWORT, anlegen
from server import BEISPIELE

# Ein Ort, den keine Prüfung ändert.
ORT = "059150000000"
VERWALTUNG = f"/organisationen/{ORT}"
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
    "zweiter-faktor": ("/konto/zweiter-faktor", 1020),
    "verwaltung": (VERWALTUNG, 900),
    "personen": (VERWALTUNG + "/personen", 760),
    "einladen": (VERWALTUNG + "/personen/einladen", 900),
    "verlauf": (VERWALTUNG + "/verlauf", 760),
}
# Was nur die Administration sieht.
ADMINISTRATION = {
    "betrieb": ("/betrieb", 1100),
}
AEMTER = [("Amt für soziale Integration", "50"), ("Ordnungs- und Bürgeramt", "32"), ("Bauordnungsamt", "63")]
PERSONEN = [("redaktion@stadt.example", "Redaktion Hamm", "redaktion"),
            ("umsetzung@stadt.example", "Umsetzung Hamm", "umsetzungsverantwortung")]


def machen(u, ziel):
    """Legt die Bilder als PNG ab und gibt ihre Pfade zurück."""
    ziel = Path(ziel)
    ziel.mkdir(parents=True, exist_ok=True)
    u.server.cli("import", "umsetzung", BEISPIELE / "umsetzung" / f"{ORT}.csv", "--organisation", ORT)
    dateien = [aufnehmen(u, ziel, name, *wo) for name, wo in ADMINISTRATION.items()]
    koordination(u)
    return dateien + [aufnehmen(u, ziel, name, *wo) for name, wo in BILDER.items()]


def aufnehmen(u, ziel, name, pfad, hoehe):
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
        return datei


def koordination(u):
    """Meldet eine Koordinatorin an, die ihre Verwaltung schon ein wenig gepflegt hat."""
    email = "koordination@stadt.example"
    anlegen(u, email, ORT)
    with u.browser.seite() as seite:
        page = seite.page
        anmelden(page, email, PASSWORT)
        page.goto("/konto")
        absenden(page, {"name": "Koordination Hamm"}, 'form[action="/konto"]')
        for name, nummer in AEMTER:
            page.goto(VERWALTUNG + "/einheiten/neu")
            absenden(page, {"name": name, "kuerzel": nummer})
        for adresse, name, rolle in PERSONEN:
            page.goto(VERWALTUNG + "/personen/einladen")
            page.locator("main [name=rolle]").select_option(rolle)
            absenden(page, {"email": adresse, "name": name})
        u.browser.als(page.context.storage_state())


def absenden(page, felder, form="form"):
    for name, wert in felder.items():
        page.locator(f"main {form} [name={name}]").fill(wert)
    with page.expect_navigation():
        page.locator(f"main {form} [type=submit]").first.click()
