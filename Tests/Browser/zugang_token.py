"""Zugangstoken: mit der Tastatur auf dem Telefon gemacht, einmal gesehen, über HTTP benutzt, widerrufen."""
import json
import re

from browser import SCHMAL
from haende import Tastatur
from http_klient import anfrage, hole
from konto import PASSWORT, anlegen, erster_schritt, ohne_mangel
from pruefung import pruefung
from server import ORT_MIT_LISTE

LISTE = f"/api/v1/umsetzung/{ORT_MIT_LISTE}"


def frage(u, methode, pfad, token, inhalt=None, **mehr):
    kopf = {"Authorization": f"Bearer {token}"} | {name.replace("_", "-"): wert for name, wert in mehr.items()}
    koerper = None
    if inhalt is not None:
        kopf["Content-Type"], koerper = "application/json", json.dumps(inhalt).encode()
    return anfrage(u.server, methode, pfad, kopf, koerper)


@pruefung
def ein_zugangstoken_wird_mit_der_tastatur_gemacht_benutzt_und_widerrufen(u):
    email = "programm@leitstand.localhost"
    anlegen(u, email)
    with u.browser.seite(SCHMAL) as seite:
        hand = Tastatur(seite)
        erster_schritt(hand, email)
        hand.oeffne("/konto")
        hand.folge('main a[href="/konto/zugaenge"]')
        ohne_mangel(seite)
        assert "noch kein Zugangstoken" in seite.page.locator("main").inner_text()
        # Falsch ausgefüllt: nichts Getipptes geht verloren, jeder Fehler steht am Feld.
        hand.schreibe("name", "Abgleich mit dem Serviceportal")
        hand.waehle("umfang", "aendern")
        hand.schreibe("tage", "1000")
        hand.schreibe("passwort", "falsch")
        hand.folge("main form [type=submit]")
        ohne_mangel(seite)
        assert seite.page.locator("#name").input_value() == "Abgleich mit dem Serviceportal"
        assert seite.page.locator("#tage").input_value() == "1000"
        assert seite.page.locator("#passwort").input_value() == "", "ein Passwort kommt nie zurück"
        assert seite.page.locator("main [aria-invalid=true]").count() == 2
        hand.schreibe("tage", "30")
        hand.schreibe("passwort", PASSWORT)
        hand.folge("main form [type=submit]")
        ohne_mangel(seite)
        token = seite.page.locator("#token").inner_text().strip()
        assert re.fullmatch(r"lst_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}", token), token
        hand.folge("main .ls-knoepfe a")
        ohne_mangel(seite)
        assert token not in seite.page.content(), "das Zugangstoken steht noch einmal da"
        assert token[:10] in seite.page.locator("main table").inner_text()

        offen = hole(u.server, LISTE + "?anzahl=1")
        innen = frage(u, "GET", LISTE + "?anzahl=1", token)
        assert "notiz" not in offen.json["eintraege"][0] and "notiz" in innen.json["eintraege"][0]
        assert innen.kopf["cache-control"] == "no-store" and innen.kopf["ratelimit-limit"] == "600"
        assert not innen.fehlende_kopfzeilen(), innen.fehlende_kopfzeilen()
        antworten = [frage(u, "POST", LISTE, token, {"titel": "Von einem Programm"}, Idempotency_Key="browser-1")
                     for _ in range(3)]
        assert [a.status for a in antworten] == [201] * 3, [a.koerper for a in antworten]
        assert len({a.koerper for a in antworten}) == 1
        assert [a.kopf.get("idempotency-replayed") for a in antworten] == [None, "true", "true"]
        ort = antworten[0].kopf["location"]
        assert frage(u, "PATCH", ort, token, {"stand": "geplant"}).json["stand"] == "geplant"
        falsch = frage(u, "PATCH", ort, token, {"frist": "bald", "fremd": 1})
        assert falsch.status == 422 and {f["feld"] for f in falsch.json["fehler"]} == {"frist", "fremd"}, falsch.koerper
        keks = "; ".join(f"{k['name']}={k['value']}" for k in seite.page.context.cookies())
        ohne = anfrage(u.server, "POST", LISTE, {"Cookie": keks, "Content-Type": "application/json"}, b'{"titel": "x"}')
        assert ohne.status == 401 and ohne.kopf["www-authenticate"] == "Bearer", ohne.status
        # Anderswo gilt es nicht: dort führt der Weg zur Anmeldung.
        assert frage(u, "GET", "/konto", token).status == 303

        hand.oeffne("/konto/zugaenge")
        assert "noch nie" not in seite.page.locator("main table").inner_text()
        hand.folge("main form[action$='/widerruf'] [type=submit]")
        ohne_mangel(seite)
        assert "widerrufen am" in seite.page.locator("main table").inner_text()
        assert "gilt nicht mehr" in seite.page.locator("main [role=status]").inner_text()
        danach = frage(u, "GET", LISTE, token)
        assert danach.status == 401 and danach.kopf["www-authenticate"] == 'Bearer error="invalid_token"'


@pruefung
def unlesbares_json_und_fremde_token_werden_abgelehnt(u):
    for koerper in (b"", b"{", b"[]", b'{"titel": "a", "titel": "b"}', b"\xff", b"[" * 200_000, b'{"titel":"\\u0000"}'):
        antwort = anfrage(u.server, "POST", LISTE, {"Authorization": "Bearer lst_" + "x" * 49,
                                                    "Content-Type": "application/json"}, koerper)
        assert antwort.status == 401 and "problem+json" in antwort.art, f"{koerper[:20]}: {antwort.status}"
