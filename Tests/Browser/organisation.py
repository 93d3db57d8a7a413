"""Eine Verwaltung pflegen: Ämter anlegen, ordnen, umhängen, zusammenlegen, einen Kontakt veröffentlichen."""
import re

from browser import SCHMAL
from haende import Finger, Tastatur
from pruefung import pruefung

BILLERBECK = "055580008008"
OLFEN = "055580036036"


@pruefung
def die_pflege_einer_verwaltung_gelingt_mit_der_tastatur_allein(u):
    with u.browser.seite(angemeldet=True) as seite:
        pflege(Tastatur(seite), BILLERBECK)


@pruefung
def die_pflege_einer_verwaltung_gelingt_mit_dem_finger_bei_360_px(u):
    with u.browser.seite(SCHMAL, angemeldet=True, skripte=False) as seite:
        pflege(Finger(seite), OLFEN)


def pflege(hand, ars):
    finden(hand, ars)
    for name, nummer in (("Sozialamt", "50"), ("Ordnungsamt", "32"), ("Bürgerbüro", "33")):
        amt_anlegen(hand, ars, name, nummer)
    ordnen(hand, ars)
    umhaengen_und_zusammenlegen(hand, ars)
    kontakt(hand, ars)


def finden(hand, ars):
    hand.oeffne("/")
    hand.folge('header a[href="/organisationen"]')
    hand.schreibe("q", ars)
    hand.folge("main form [type=submit]")
    hand.folge(f'main a[href="/organisationen/{ars}"]')


def aemter(hand):
    zeilen = hand.page.locator("main .ls-baum__zeile > a").all_inner_texts()
    return [re.sub(r"\s+", " ", z).strip() for z in zeilen]


def amt_anlegen(hand, ars, name, nummer):
    hand.folge('main a[href$="/einheiten/neu"]')
    hand.schreibe("name", "")
    hand.schreibe("kuerzel", nummer)
    hand.folge('main form[action$="/einheiten/neu"] [type=submit]')
    assert "Geben Sie dem Amt einen Namen" in hand.seite.inhalt(), hand.seite.inhalt()[:300]
    assert hand.page.locator("[name=kuerzel]").input_value() == nummer, "die Nummer ging verloren"
    hand.schreibe("name", name)
    hand.folge('main form[action$="/einheiten/neu"] [type=submit]')
    assert f"{nummer} {name}" in aemter(hand), aemter(hand)


def ordnen(hand, ars):
    hand.folge('main form[action$="/reihenfolge"] [value=hoch]', zeile="Ordnungsamt")
    assert aemter(hand) == ["32 Ordnungsamt", "50 Sozialamt", "33 Bürgerbüro"], aemter(hand)


def umhaengen_und_zusammenlegen(hand, ars):
    hand.folge('main a[href*="/einheiten/"]', zeile="Bürgerbüro")
    hand.folge('main a[href$="/bearbeiten"]')
    sozialamt = hand.page.locator("select[name=ueber] option", has_text="Sozialamt").get_attribute("value")
    hand.waehle("ueber", sozialamt)
    hand.folge('main form[action$="/bearbeiten"] [type=submit]')
    assert "50 Sozialamt" in hand.page.locator('nav[aria-label="Brotkrumen"]').inner_text(), "es hängt nicht darunter"
    hand.folge(f'nav[aria-label="Brotkrumen"] a[href="/organisationen/{ars}"]')
    hand.folge('main a[href*="/einheiten/"]', zeile="Ordnungsamt")
    alt = hand.page.url
    hand.folge('main a[href$="/bearbeiten"]')
    hand.waehle("ziel", sozialamt)
    hand.folge('main form[action$="/zusammenlegung"] [type=submit]')
    assert "Sozialamt" in hand.seite.h1() and "aufgegangen: 32 Ordnungsamt" in hand.seite.inhalt(), hand.seite.inhalt()
    hand.oeffne(alt)
    assert "Sozialamt" in hand.seite.h1(), "die alte Adresse führt nicht zum neuen Amt"
    assert aemter(hand) == ["33 Bürgerbüro"], aemter(hand)


def kontakt(hand, ars):
    hand.folge(f'nav[aria-label="Brotkrumen"] a[href="/organisationen/{ars}"]')
    hand.folge('main a[href$="/ansprechpartner/neu"]')
    hand.schreibe("funktion", "OZG-Koordination")
    hand.schreibe("email", "ozg")
    hand.folge('main form[action$="/ansprechpartner/neu"] [type=submit]')
    assert "Geben Sie die Adresse so an" in hand.seite.inhalt(), hand.seite.inhalt()[:400]
    hand.schreibe("email", "ozg@beispiel.invalid")
    hand.schreibe("zweck", "Rückfragen anderer Verwaltungen")
    hand.waehle("rechtsgrundlage", "art6_1_e")
    haken(hand)
    hand.schreibe("gilt_bis", "31.12.2027")
    hand.folge('main form[action$="/ansprechpartner/neu"] [type=submit]')
    assert "Die Angabe ist gespeichert." in hand.seite.inhalt(), hand.seite.inhalt()[:400]
    assert "OZG-Koordination, ozg@beispiel.invalid" in hand.seite.inhalt(), "der Kontakt fehlt"


def haken(hand):
    ort = hand.page.locator("main [name=oeffentlich]")
    if isinstance(hand, Tastatur):
        hand.erreiche("main [name=oeffentlich]")
        hand.page.keyboard.press("Space")
    else:
        hand.tippe(ort)
    assert ort.is_checked(), "der Haken ist nicht gesetzt"
