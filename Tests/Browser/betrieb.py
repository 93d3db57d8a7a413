"""Die Administration sieht, was im Hintergrund geschieht, und greift ein."""
import time

from browser import SCHMAL
from haende import Finger, Tastatur
from konto import ohne_mangel
from pruefung import pruefung


def warte_auf(hand, wort):
    """Ohne Skript führt der Knopf weiter, mit Skript kommt der Stand von selbst."""
    ende = time.monotonic() + 60
    while wort not in hand.page.locator("#fortschritt").inner_text():
        assert time.monotonic() < ende, hand.page.locator("main").inner_text()[:500]
        knopf = hand.page.locator("main a", has_text="Aktualisieren")
        if knopf.count() and not hand.mit_skript:
            hand.folge('main a[href^="/betrieb/jobs/"]')
        else:
            time.sleep(0.2)


def pruefe(hand):
    """axe ist selbst ein Skript."""
    if hand.mit_skript:
        ohne_mangel(hand.seite)
    else:
        assert hand.seite.zu_breit() is None, f"{hand.page.url}: {hand.seite.zu_breit()}"


def ein_lauf_auf_wunsch(hand):
    hand.oeffne("/betrieb")
    pruefe(hand)
    assert "noch nie" in hand.seite.inhalt() or "Sekunden" in hand.seite.inhalt(), hand.seite.inhalt()[:500]
    hand.folge('main form[action="/betrieb/plaene/protokoll.pruefung/lauf"] [type=submit]')
    assert hand.seite.h1() == "Siegel des Verlaufs prüfen", hand.seite.h1()
    # Solange der Job läuft, kann die Seite sich unter der Prüfung erneuern: angesehen wird sie danach.
    warte_auf(hand, "fertig")
    hand.oeffne(hand.page.url)
    assert "kein Fehler" in hand.page.locator("#fortschritt").inner_text()
    pruefe(hand)
    hand.folge('nav[aria-label="Brotkrumen"] a[href="/betrieb/jobs"]')
    pruefe(hand)
    hand.folge('main a[href="/betrieb/jobs?zustand=fertig"]')
    hand.waehle("art", "protokoll.pruefung")
    hand.folge('main form[action="/betrieb/jobs"] [type=submit]')
    assert "kein Fehler" in hand.seite.inhalt(), hand.seite.inhalt()[:500]


@pruefung
def ein_lauf_wird_mit_der_tastatur_gestartet_und_seine_seite_haelt_sich_aktuell(u):
    with u.browser.seite(angemeldet=True) as seite:
        hand = Tastatur(seite)
        hand.mit_skript = True
        ein_lauf_auf_wunsch(hand)


@pruefung
def ohne_skript_und_bei_360_px_geht_dasselbe_mit_dem_finger(u):
    with u.browser.seite(SCHMAL, angemeldet=True, skripte=False) as seite:
        hand = Finger(seite)
        hand.mit_skript = False
        ein_lauf_auf_wunsch(hand)


@pruefung
def was_es_nicht_gibt_sagt_die_seite_der_jobs_in_einem_satz(u):
    with u.browser.seite(angemeldet=True) as seite:
        for pfad, status, satz in (("/betrieb/jobs?zustand=kaputt", 400, "ist kein Zustand eines Jobs"),
                                   ("/betrieb/jobs/gibtesnicht", 404, "Diesen Job gibt es nicht mehr")):
            antwort = seite.page.goto(pfad)
            assert antwort.status == status, f"{pfad}: {antwort.status}"
            assert satz in seite.page.locator("main").inner_text(), pfad
