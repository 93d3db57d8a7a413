"""Webhooks: im Browser angelegt, an einem Empfänger mit der fremden Bibliothek „standardwebhooks“ geprüft."""
import copy
import json
import os
import ssl
import tempfile
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from standardwebhooks import Webhook, WebhookVerificationError

from anbieter import eigenes_zertifikat
from axe import AXE, KENNZEICHEN
from browser import SCHMAL
from haende import Finger, Tastatur
from pruefung import pruefung
from server import Datenbank, Server

DUELMEN = "055580016016"
VERWALTUNG = f"/organisationen/{DUELMEN}"


class Empfaenger:
    """Ein Programm, das empfängt: es behält, was kommt, und antwortet, was man ihm sagt."""

    def __init__(self, zertifikat=None):
        self.sendungen, self.status, self.antwort = [], 200, "gelesen <b>"
        empfaenger = self

        class Stelle(BaseHTTPRequestHandler):
            def do_POST(self):
                koerper = self.rfile.read(int(self.headers["Content-Length"]))
                empfaenger.sendungen.append((dict(self.headers), koerper))
                inhalt = empfaenger.antwort.encode()
                self.send_response(empfaenger.status)
                self.send_header("Content-Length", str(len(inhalt)))
                self.end_headers()
                self.wfile.write(inhalt)

            def log_message(self, *werte):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Stelle)
        self.basis = f"http://127.0.0.1:{self._server.server_port}"
        if zertifikat:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(zertifikat)
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
            self.basis = f"https://localhost:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def warte(self, anzahl):
        ende = time.monotonic() + 60
        while len(self.sendungen) < anzahl:
            assert time.monotonic() < ende, f"{len(self.sendungen)} Sendungen statt {anzahl}"
            time.sleep(0.1)
        return self.sendungen[anzahl - 1]

    def beenden(self):
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def server_mit_ziel(u, empfaenger, umgebung=()):
    """Ein eigener Server mit eigener Datenbank, der an den Empfänger senden darf, und ein Browser dafür."""
    ordner = Path(tempfile.mkdtemp(prefix="webhooks-", dir=u.ordner))
    datenbank = Datenbank(ordner, u.server.datenbank.conninfo)
    server = Server(u.server.binary, datenbank, ordner)
    try:
        server.cli("migrate")
        server.cli("demo")
        server.zusatz = {"LEITSTAND_WEBHOOK_ZIELE": f"https://esb.kreis.intern:8443, {empfaenger.basis}"} | dict(umgebung)
        server.starten()
        browser = copy.copy(u.browser)
        browser.server, browser._sitzung = server, None
        yield server, browser
        server.beenden()
    finally:
        if server.prozess and server.prozess.poll() is None:
            server.prozess.kill()
            server.prozess.wait()
        datenbank.loeschen()


def sauber(seite):
    seite.werte(Path(os.environ["LEITSTAND_AXE"]).read_text(encoding="utf-8") + "\n;void 0")
    funde = seite.werte(AXE % json.dumps(KENNZEICHEN), warten=True)
    ragt = seite.zu_breit()
    assert not funde and not ragt, f"{seite.page.url}: {funde} {ragt}"


@pruefung
def ein_webhook_entsteht_mit_der_tastatur_und_sein_programm_erfaehrt_jede_aenderung(u):
    empfaenger = Empfaenger()
    try:
        with server_mit_ziel(u, empfaenger) as (server, browser):
            with browser.seite(angemeldet=True) as seite:
                hand = Tastatur(seite)
                geheimnis = anlegen(hand, empfaenger)
                schluessel = Webhook(geheimnis)
                proben(hand, empfaenger, schluessel)
                webhook = seite.page.url
                aendern(hand, empfaenger, schluessel)
                erneut(hand, empfaenger, webhook)
            with browser.seite(SCHMAL, angemeldet=True) as seite:
                schmal(Finger(seite), empfaenger, webhook, geheimnis)
            protokoll = server.ausgabe()
            assert geheimnis not in protokoll and "wort=geheim" not in protokoll, "im Protokoll steht ein Geheimnis"
    finally:
        empfaenger.beenden()


@pruefung
def ein_ziel_mit_eigenem_zertifikat_bekommt_erst_etwas_wenn_die_betriebsstelle_ihm_vertraut(u):
    zertifikat = eigenes_zertifikat(Path(tempfile.mkdtemp(prefix="zertifikat-", dir=u.ordner)))
    empfaenger = Empfaenger(zertifikat)
    try:
        with server_mit_ziel(u, empfaenger) as (server, browser):
            with browser.seite(angemeldet=True) as seite:
                hand = Tastatur(seite)
                hand.oeffne(VERWALTUNG + "/webhooks/neu")
                hand.schreibe("name", "Fachverfahren")
                hand.schreibe("url", empfaenger.basis + "/annahme")
                hand.erreiche("main input[value=umsetzung]")
                hand.page.keyboard.press("Space")
                hand.folge('main form[action$="/neu"] [type=submit]')
                geheimnis = hand.page.locator("#geheimnis").inner_text().strip()
                hand.folge("main .ls-knoepfe a")
                webhook = hand.page.url.split("?")[0].removeprefix(server.basis)
                hand.folge('main form[action$="/probe"] [type=submit]')
                steht(hand, "Das Zertifikat des Ziels gilt hier nicht")
                assert empfaenger.sendungen == [], "unbeglaubigt kam etwas an"
            server.beenden()
            server.zusatz |= {"LEITSTAND_ZERTIFIKATE": str(zertifikat)}
            server.starten()
            browser._sitzung = None
            with browser.seite(angemeldet=True) as seite:
                hand = Tastatur(seite)
                hand.oeffne(webhook)
                hand.folge('main form[action$="/probe"] [type=submit]')
                kopf, koerper = empfaenger.warte(1)
                assert Webhook(geheimnis).verify(koerper, kopf)["art"] == "probe"
                steht(hand, "Status 200")
    finally:
        empfaenger.beenden()


def anlegen(hand, empfaenger):
    hand.oeffne(VERWALTUNG)
    hand.folge('main a[href$="/webhooks"]')
    sauber(hand.seite)
    hand.folge('main a[href$="/webhooks/neu"]')
    sauber(hand.seite)
    hand.schreibe("name", "Fachverfahren")
    for adresse, satz in (("http://192.168.0.5/", "muss mit https:// beginnen"),
                          ("https://169.254.169.254/latest", "inneren Netz"),
                          ("https://nutzer@programm.example/", "vollständige Adresse")):
        hand.schreibe("url", adresse)
        hand.folge('main form[action$="/neu"] [type=submit]')
        assert satz in hand.seite.inhalt(), hand.seite.inhalt()[:600]
        assert hand.page.locator("[name=name]").input_value() == "Fachverfahren", "der Name ging verloren"
    assert "mindestens eine Art" in hand.seite.inhalt()
    sauber(hand.seite)
    hand.schreibe("url", empfaenger.basis + "/annahme?wort=geheim")
    for wert in ("umsetzung", "organisation"):
        hand.erreiche(f"main input[value={wert}]")
        hand.page.keyboard.press("Space")
    hand.folge('main form[action$="/neu"] [type=submit]')
    sauber(hand.seite)
    geheimnis = hand.page.locator("#geheimnis").inner_text().strip()
    assert geheimnis.startswith("whsec_"), geheimnis[:6]
    hand.folge("main .ls-knoepfe a")
    assert hand.seite.h1() == "Fachverfahren" and geheimnis not in hand.page.content()
    return geheimnis


def proben(hand, empfaenger, schluessel):
    hand.folge('main form[action$="/probe"] [type=submit]')
    assert "Die Probe ist unterwegs" in hand.seite.inhalt(), hand.seite.inhalt()[:300]
    kopf, koerper = empfaenger.warte(1)
    probe = schluessel.verify(koerper, kopf)
    assert probe["art"] == "probe" and probe["ereignisse"] == [] and probe["id"] == kopf["Webhook-Id"], probe
    for falsch in (koerper + b" ", koerper.replace(b"probe", b"Probe")):
        try:
            schluessel.verify(falsch, kopf)
            raise AssertionError("ein veränderter Körper gilt nicht")
        except WebhookVerificationError:
            pass
    steht(hand, "Status 200")


def steht(hand, text):
    """Lädt die Seite des Webhooks neu, bis es darauf steht."""
    ende = time.monotonic() + 20
    pfad = hand.page.url.split("?")[0].split("#")[0]
    while True:
        hand.oeffne(pfad)
        if text in hand.seite.inhalt():
            return sauber(hand.seite)
        assert time.monotonic() < ende, f"„{text}“ fehlt: {hand.seite.inhalt()[:800]}"
        time.sleep(0.2)


def aendern(hand, empfaenger, schluessel):
    hand.oeffne(f"/umsetzung/{DUELMEN}")
    hand.folge("main tbody th a")
    hand.folge('main a[href$="/bearbeiten"]')
    hand.schreibe("titel", "Ein neuer Titel")
    hand.schreibe("notiz", "Frau Sowieso fragen")
    hand.folge('main form:has([name=titel]) [type=submit]')
    kopf, koerper = empfaenger.warte(2)
    felder = {e["feld"]: e for e in schluessel.verify(koerper, kopf)["ereignisse"]}
    assert felder["titel"]["nach"] == "Ein neuer Titel" and felder["titel"]["wer"] == "person", felder
    assert felder["notiz"]["ohneWerte"] is True and felder["notiz"]["nach"] is None, felder
    assert b"Sowieso" not in koerper


def erneut(hand, empfaenger, webhook):
    hand.oeffne(webhook)
    steht(hand, "Änderungen")
    hand.folge('main form[action*="/sendungen/"] [type=submit]', zeile="Änderungen")
    assert "Die Sendung ist unterwegs" in hand.seite.inhalt(), hand.seite.inhalt()[:300]
    (erst, eins), (dann, zwei) = empfaenger.warte(2), empfaenger.warte(3)
    assert erst["Webhook-Id"] == dann["Webhook-Id"] and eins == zwei, "es ist nicht dieselbe Sendung"


def schmal(hand, empfaenger, webhook, geheimnis):
    empfaenger.status, empfaenger.antwort = 500, "kaputt " * 200
    hand.oeffne(webhook)
    hand.folge('main form[action$="/probe"] [type=submit]')
    empfaenger.warte(4)
    steht(hand, "Status 500")
    hand.folge('main form[action$="/geheimnis"] [type=submit]')
    sauber(hand.seite)
    neu = hand.page.locator("#geheimnis").inner_text().strip()
    assert neu != geheimnis
    hand.folge("main .ls-knoepfe a")
    empfaenger.status = 410
    hand.folge('main form[action$="/probe"] [type=submit]')
    kopf, koerper = empfaenger.warte(5)
    for eines in (geheimnis, neu):
        Webhook(eines).verify(koerper, kopf)
    steht(hand, "Das Ziel hat sich abgemeldet")
    hand.folge('main form[action$="/zustand"] [type=submit]')
    assert "Der Webhook sendet wieder." in hand.seite.inhalt()
    hand.oeffne(VERWALTUNG + "/webhooks")
    sauber(hand.seite)
    hand.oeffne(webhook.split("?")[0] + "/bearbeiten")
    sauber(hand.seite)
    hand.folge('main form[action$="/loeschung"] [type=submit]')
    assert "Der Webhook ist gelöscht." in hand.seite.inhalt()
    hand.oeffne(VERWALTUNG + "/verlauf?art=webhook_geloescht")
    assert "Webhook „Fachverfahren“ gelöscht" in hand.seite.inhalt(), hand.seite.inhalt()[:500]
