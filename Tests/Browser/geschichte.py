"""Die Geschichte: stöbern ohne Konto, dann anmelden, Liste laden, Dienst übernehmen, die Zahl des Ortes ändert sich.

Drei Hände erzählen sie, jede an ihrem eigenen Ort, dessen Liste leer beginnt.
"""
import re
from urllib.parse import urlsplit

from browser import SCHMAL
from haende import Finger, Maus, Tastatur, zahl
from pruefung import pruefung

DUELMEN = ("Dülmen", "055580016016")
HAVIXBECK = ("Havixbeck", "055580020020")
SENDEN = ("Senden", "055580044044")

HUND = "Hundehaltung im Rathaus"
# Der Titel soll Anführungszeichen, Semikolon und Umlaute unbeschadet überstehen.
ONLINE_OHNE_ADRESSE = 'Sperrmüll; "Abholung" für Größeres'
TABELLE = f"""\
Titel;Leistungsschlüssel;Amt;Stand;Variante;Onlinedienst;URL;Reifegrad;Frist;Notiz
{HUND};99110009104000 99102013002000;Ordnungsamt;offen;;;;;31.12.2027;Satzung prüfen
Wohngeld;99107023017001;Sozialamt;offen;;;;;;
Anliegen von morgen;99999888777666;;offen;;;;;;
"{ONLINE_OHNE_ADRESSE.replace('"', '""')}";99001009004002;Bauhof;online;;;;;;
Fundsachen;;Bürgerbüro;in Prüfung;;;;;;
Schülerbeförderung;;Schulamt;wartet;;;;;;"wartet auf das Land;
voraussichtlich 2027"
"""


@pruefung
def die_geschichte_gelingt_mit_der_tastatur_allein(u):
    with u.browser.seite() as seite:
        geschichte(Tastatur(seite), u, *DUELMEN)


@pruefung
def die_geschichte_gelingt_mit_dem_finger_bei_360_px(u):
    with u.browser.seite(SCHMAL) as seite:
        geschichte(Finger(seite), u, *HAVIXBECK)


@pruefung
def die_geschichte_gelingt_ohne_javascript(u):
    with u.browser.seite(skripte=False) as seite:
        geschichte(Maus(seite), u, *SENDEN)


def geschichte(hand, u, name, ars):
    stoebern(hand)
    ort_finden(hand, name, ars)
    vorher = geplant_am_ort(hand, ars)
    anmelden(hand, u.server)
    liste_laden(hand, u, name, ars)
    uebernehmen(hand, ars)
    nachher_am_ort(hand, ars, vorher)


def stoebern(hand):
    """Vom Themenfeld über die Lage zur OZG-Leistung und zu einer ihrer Leistungen."""
    hand.oeffne("/")
    hand.folge('a[href="/themenfelder"]')
    assert hand.page.locator('main a[href^="/themenfelder/"]').count() == 14, "nicht 14 Themenfelder"
    hand.folge('main a[href^="/themenfelder/"]', zeile="Wohnen")
    assert "Wohnen" in hand.seite.h1(), hand.seite.h1()
    lage = hand.page.locator("main h2").first.inner_text()
    assert lage, "das Themenfeld nennt keine Lage"
    hand.folge('main section a[href^="/ozg/"]')
    assert "OZG-Leistung" in hand.seite.inhalt() and lage in hand.seite.inhalt(), "die Lage fehlt"
    hand.folge('main a[href^="/leistungen/"]')
    assert "Leistungsschlüssel" in hand.seite.inhalt() or "Kennung" in hand.seite.inhalt(), "kein Schlüssel"
    assert "Katalogstand 2019" in hand.seite.inhalt(), "der Katalogstand fehlt"
    hand.folge('a[href="/dienste"]')
    dienste = hand.page.locator('main table a[href^="/dienste/"]').count()
    assert dienste == 15, f"{dienste} statt 15 Onlinedienste"


def ort_finden(hand, name, ars):
    """Die Gemeinde suchen und von ihr hinauf bis zum Land."""
    hand.folge('a[href="/gebiete"]')
    hand.schreibe("q", name)
    hand.folge("main form [type=submit]")
    hand.folge(f'main a[href="/gebiete/{ars}"]')
    assert name in hand.seite.h1(), hand.seite.h1()
    assert re.search(r"Einwohner\s*[1-9]", hand.seite.inhalt()), "die Einwohnerzahl fehlt"
    for schluessel, wort in (("05558", "Coesfeld"), ("055", "Münster"), ("05", "Nordrhein-Westfalen")):
        hand.folge(f'nav[aria-label="Brotkrumen"] a[href="/gebiete/{schluessel}"]')
        assert wort in hand.seite.h1(), f"{schluessel}: {hand.seite.h1()}"


def geplant_am_ort(hand, ars):
    """Die Zahl der geplanten Einträge auf der Seite des Ortes."""
    hand.oeffne(f"/gebiete/{ars}")
    verweis = hand.page.locator('main a[href*="stand=geplant"]')
    return zahl(verweis.first.inner_text()) if verweis.count() else 0


def anmelden(hand, server):
    hand.folge('a[href^="/anmelden"]')
    hand.schreibe("email", server.email)
    hand.schreibe("passwort", server.passwort)
    hand.folge("main form [type=submit]")
    hand.schreibe("code", server.faktor.code())
    hand.folge("main form [type=submit]")
    assert hand.page.locator('form[action="/abmelden"]').count(), "nach der Anmeldung gibt es kein Abmelden"


def liste_laden(hand, u, name, ars):
    tabelle = u.ordner / f"liste-{ars}.csv"
    tabelle.write_text(TABELLE, encoding="utf-8-sig")
    hand.folge('a[href="/umsetzung"]')
    hand.schreibe("q", name)
    hand.folge("main form [type=submit]")
    hand.folge(f'main a[href="/umsetzung/{ars}"]')
    hand.folge('main a[href$="/ladungen"]')
    hand.datei("datei", tabelle)
    hand.folge("main form [type=submit]")
    bericht = hand.seite.inhalt()
    assert re.search(r"\b6 neue", bericht) and "Noch ist nichts geschrieben" in bericht, bericht[:400]
    hand.folge('main form[action$="/uebernahme"] [type=submit]')
    zeilen = hand.page.locator("main table tbody tr")
    assert zeilen.count() == 6, f"{zeilen.count()} statt 6 Einträge"
    fehlend = zeilen.filter(has_text=ONLINE_OHNE_ADRESSE).inner_text()
    assert "Angaben fehlen" in fehlend, fehlend


def uebernehmen(hand, ars):
    hand.waehle("stand", "offen")
    hand.folge("main form[role=search] [type=submit]")
    assert "stand=offen" in hand.page.url, hand.page.url
    zeilen = hand.page.locator("main table tbody tr")
    assert zeilen.count() == 3, f"{zeilen.count()} statt 3 offene Einträge"
    vorschlag = zeilen.filter(has_text=HUND).inner_text()
    assert "Beispiel: Hund anmelden und abmelden" in vorschlag, vorschlag
    assert "Wohngeld beantragen" in zeilen.filter(has_text="Wohngeld").inner_text(), "kein Vorschlag für Wohngeld"
    assert "Beispiel:" not in zeilen.filter(has_text="Anliegen von morgen").inner_text(), "Vorschlag ohne Grund"
    hand.folge(f'main form[action^="/umsetzung/{ars}/"][action$="/uebernahme"] [type=submit]', zeile=HUND)
    assert HUND in hand.seite.h1(), hand.seite.h1()
    inhalt = hand.seite.inhalt()
    for wort in ("geplant", "Beispiel: Hund anmelden und abmelden", "Variante"):
        assert wort in inhalt, f"{wort} fehlt: {inhalt[:500]}"


def nachher_am_ort(hand, ars, vorher):
    """Die Zahl am Ort ist um eins gestiegen und führt zu genau ihren Einträgen."""
    hand.folge(f'nav[aria-label="Brotkrumen"] a[href="/umsetzung/{ars}"]')
    hand.folge(f'nav[aria-label="Brotkrumen"] a[href="/gebiete/{ars}"]')
    verweis = hand.page.locator('main a[href*="stand=geplant"]')
    assert verweis.count(), "der Ort zeigt keine Zahl für „geplant“"
    nachher = zahl(verweis.first.inner_text())
    assert nachher == vorher + 1, f"geplant war {vorher} und ist {nachher}"
    hand.folge('main a[href*="stand=geplant"]')
    assert urlsplit(hand.page.url).path == f"/umsetzung/{ars}", hand.page.url
    titel = hand.page.locator("main table tbody tr th").all_inner_texts()
    assert len(titel) == nachher and any(HUND in t for t in titel), f"{nachher} gezählt, gezeigt: {titel}"
