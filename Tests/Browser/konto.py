"""Das eigene Konto: anmelden mit zweitem Faktor, einrichten, verwalten, allein mit der Tastatur auf dem Telefon."""
import json
import os
import subprocess
from pathlib import Path

from axe import AXE, KENNZEICHEN
from browser import SCHMAL
from faktor import Faktor
from haende import Tastatur
from pruefung import pruefung
from server import ORT_MIT_LISTE

PASSWORT = "Regenschirm Lampe Tasse"


def anlegen(u, email, organisation=ORT_MIT_LISTE):
    """Ein Konto, das noch keinen zweiten Faktor hat."""
    server = u.server
    befehl = [str(server.binary), "user", "add", email, "--rolle", "ozg_ansprechperson", "--organisation",
              organisation, "--passwort-stdin", *server.datenbank.angaben]
    lauf = subprocess.run(befehl, env=server._umgebung(), input=PASSWORT + "\n", capture_output=True, text=True,
                          timeout=60)
    assert lauf.returncode == 0, lauf.stderr


def ohne_mangel(seite):
    seite.werte(Path(os.environ["LEITSTAND_AXE"]).read_text(encoding="utf-8") + "\n;void 0")
    funde = seite.werte(AXE % json.dumps(KENNZEICHEN), warten=True)
    assert not funde, f"{seite.page.url}: {funde}"
    assert seite.zu_breit() is None, f"{seite.page.url}: {seite.zu_breit()}"


def erster_schritt(hand, email):
    hand.oeffne("/anmelden")
    hand.schreibe("email", email)
    hand.schreibe("passwort", PASSWORT)
    hand.folge("main form [type=submit]")


@pruefung
def mit_der_tastatur_wird_bei_360_px_der_zweite_faktor_eingerichtet_benutzt_und_abgeschaltet(u):
    email = "konto@leitstand.localhost"
    anlegen(u, email)
    with u.browser.seite(SCHMAL) as seite:
        hand = Tastatur(seite)
        erster_schritt(hand, email)
        hand.oeffne("/konto")
        ohne_mangel(seite)
        hand.folge('main a[href="/konto/zweiter-faktor"]')
        ohne_mangel(seite)
        assert seite.page.locator("main svg.ls-qr").bounding_box()["width"] > 150, "der QR-Code ist zu klein"
        faktor = Faktor(seite.page.locator("#schluessel").inner_text())
        # Falsch getippt: der Schlüssel bleibt, der Fehler steht am Feld.
        hand.schreibe("code", "000000")
        hand.folge("main form [type=submit]")
        ohne_mangel(seite)
        assert seite.page.locator("#code[aria-invalid=true]").count() == 1
        code = faktor.code()
        hand.schreibe("code", f"{code[:3]} {code[3:]}")
        hand.folge("main form [type=submit]")
        ohne_mangel(seite)
        codes = seite.page.locator(".ls-codes li").all_inner_texts()
        assert len(set(codes)) == 10, codes
        hand.folge("main .ls-knoepfe a")
        assert seite.h1() == "Mein Konto", seite.h1()

    with u.browser.seite(SCHMAL) as seite:
        hand = Tastatur(seite)
        erster_schritt(hand, email)
        ohne_mangel(seite)
        feld = seite.page.locator("main [name=code]")
        assert feld.get_attribute("autocomplete") == "one-time-code" and feld.get_attribute("inputmode") == "numeric"
        hand.schreibe("code", faktor.code())
        hand.folge("main form [type=submit]")
        assert seite.page.url.endswith("/"), seite.page.url
        # Der Wiederherstellungscode kommt auch ohne App hinein, aber nur einmal.
        for mal, gelingt in ((1, True), (2, False)):
            seite.page.context.clear_cookies()
            erster_schritt(hand, email)
            hand.schreibe("code", codes[0])
            hand.folge("main form [type=submit]")
            assert seite.page.url.endswith("/") == gelingt, f"{mal}: {seite.page.url}"
        ohne_mangel(seite)
        assert "schon benutzt" in seite.page.locator("main [role=alert]").inner_text()
        hand.schreibe("code", codes[1])
        hand.folge("main form [type=submit]")
        hand.oeffne("/konto/zweiter-faktor")
        ohne_mangel(seite)
        hand.schreibe("passwort", PASSWORT)
        hand.folge('main form button[formaction$="/aus"]')
        assert "abgeschaltet" in seite.page.locator("main [role=status]").inner_text()
