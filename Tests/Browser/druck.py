"""Der Ausdruck: Inhalt, Stand und Adresse sind da, Navigation und Knöpfe nicht, und das Papier bleibt weiß."""
import re
import subprocess

from pruefung import pruefung
from server import ORT_MIT_LISTE

SEITEN = ["/", "/leistungen", "/leistungen/99110009104000", "/ozg", "/ozg/10160", "/themenfelder", "/gebiete",
          "/gebiete/055580016016", f"/gebiete/{ORT_MIT_LISTE}", "/dienste", "/umsetzung", f"/umsetzung/{ORT_MIT_LISTE}",
          "/schnittstelle", "/impressum", "/datenschutz", "/barrierefreiheit", "/diese-seite-fehlt"]
# Was nur am Bildschirm einen Sinn hat.
BEDIENUNG = ["Zum Inhalt springen", "Menü", "Abmelden", "Suchen", "Filtern", "Zurücksetzen", "Übernehmen", "Bearbeiten",
             "Liste laden", "Eintrag anlegen", "Programmierschnittstelle Impressum"]
SICHTBAR = """[...document.querySelectorAll('nav ul, nav ol, form, button, input, select')]
  .filter(e => e.getClientRects().length).map(e => e.tagName.toLowerCase() + '.' + e.className)"""


def drucken(seite, u, pfad):
    """Druckt eine Seite auf A4 und gibt die Datei und den Text je Blatt zurück."""
    seite.page.goto(pfad)
    datei = u.ordner / "druck.pdf"
    seite.page.pdf(path=str(datei), format="A4", prefer_css_page_size=True)
    text = subprocess.run(["pdftotext", "-layout", datei, "-"], capture_output=True, text=True, check=True).stdout
    return datei, text.split("\f")[:-1]


def farben(datei):
    """Die Bildpunkte des ersten Blatts."""
    bild = subprocess.run(["pdftoppm", "-r", "30", "-f", "1", "-l", "1", datei], capture_output=True, check=True).stdout
    kopf = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", bild)
    daten = bild[kopf.end():]
    return [tuple(daten[i:i + 3]) for i in range(0, len(daten), 3)]


def knapp(text):
    return re.sub(r"\s+", " ", text)


@pruefung
def jede_seite_druckt_ihren_inhalt_mit_adresse_und_ohne_bedienung(u):
    maengel = []
    with u.browser.seite(angemeldet=True) as seite:
        for pfad in SEITEN:
            blaetter = drucken(seite, u, pfad)[1]
            text = knapp(" ".join(blaetter))
            soll = [knapp(seite.h1()), "abgerufen am", u.server.basis + pfad]
            maengel += [f"{pfad}: „{wort}“ fehlt" for wort in soll if knapp(wort) not in text]
            maengel += [f"{pfad}: „{wort}“ steht im Ausdruck" for wort in BEDIENUNG
                        if re.search(rf"(?<!\w){wort}(?!\w)", text)]
            for nummer, blatt in enumerate(blaetter, 1):
                if f"Seite {nummer} von {len(blaetter)}" not in blatt:
                    maengel.append(f"{pfad}: Blatt {nummer} trägt keine Nummer")
            seite.page.emulate_media(media="print")
            maengel += [f"{pfad}: {was} ist im Druck zu sehen" for was in seite.werte(SICHTBAR)]
            seite.page.emulate_media(media="screen")
    assert not maengel, "\n".join(maengel)


@pruefung
def lange_tabellen_wiederholen_ihren_kopf_auf_jedem_blatt(u):
    with u.browser.seite() as seite:
        for pfad, spalten in (("/leistungen", ["Schlüssel", "OZG-Leistung", "Themenfeld"]),
                              ("/gebiete", ["Art", "Einwohner"])):
            blaetter = drucken(seite, u, pfad)[1]
            assert len(blaetter) > 1, f"{pfad}: nur ein Blatt"
            for nummer, blatt in enumerate(blaetter, 1):
                if len(blatt.strip().splitlines()) < 8:
                    continue  # das letzte Blatt mit der Schlusszeile
                koepfe = [z for z in blatt.splitlines() if all(s in z for s in spalten)]
                assert koepfe, f"{pfad}: Blatt {nummer} hat keinen Tabellenkopf"


@pruefung
def wer_im_dunkeln_liest_druckt_auf_weiss_und_zeichnungen_behalten_ihre_farbe(u):
    with u.browser.seite(dunkel=True) as seite:
        for pfad in ("/", f"/umsetzung/{ORT_MIT_LISTE}", "/impressum"):
            punkte = farben(drucken(seite, u, pfad)[0])
            helligkeit = sum(map(sum, punkte)) / len(punkte) / 3
            assert helligkeit > 225, f"{pfad}: mittlere Helligkeit {helligkeit:.0f} von 255"
            if pfad.startswith("/umsetzung"):
                bunt = sum(max(p) - min(p) > 60 for p in punkte)
                assert bunt > 50, f"der Balken ist nicht zu sehen: {bunt} farbige Bildpunkte"


@pruefung
def auf_papier_steht_bei_einem_dienst_seine_adresse_genau_einmal(u):
    with u.browser.seite() as seite:
        seite.page.goto("/dienste")
        seite.page.locator("main tbody th a").first.click()
        adresse = seite.page.locator('main a[href^="http"]').first.get_attribute("href")
        text = "".join("".join(drucken(seite, u, seite.page.url)[1]).split())
        assert text.count(adresse) == 1, f"{adresse}: {text.count(adresse)} mal"


@pruefung
def die_suche_im_kopf_fuehrt_auf_dem_telefon_ohne_javascript_zur_suche(u):
    with u.browser.seite(360, skripte=False) as seite:
        seite.page.goto("/gebiete")
        feld = seite.page.get_by_label("Suche", exact=True)
        feld.fill("hund anmelden")
        with seite.page.expect_navigation() as ergebnis:
            feld.press("Enter")
        assert seite.page.url.endswith("/suche?q=hund+anmelden"), seite.page.url
        assert ergebnis.value.status == 200, f"Status {ergebnis.value.status}"
