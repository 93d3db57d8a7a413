"""Briefe: an einem echten Mailserver (aiosmtpd) mit STARTTLS und Anmeldung, und die Einladung bis zum eigenen Konto."""
import email
import email.policy
import json
import os
import re
import socket
import ssl
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from axe import AXE, KENNZEICHEN
from browser import SCHMAL
from pruefung import pruefung
from server import Server

BENUTZER, PASSWORT = "leitstand", "ge:heim/ü"
DUELMEN = "055580016016"


class Briefkasten:
    """Nimmt an, was kommt, und behält es; an abgelehnt@ nimmt er nichts."""

    def __init__(self):
        self.briefe = []

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.startswith("abgelehnt@"):
            return "550 5.1.1 gibt es nicht"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        brief = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.briefe.append((envelope.mail_from, list(envelope.rcpt_tos), brief))
        return "250 angenommen"


def zertifikat(ordner):
    """Ein selbst ausgestelltes Zertifikat für localhost: (Zertifikat, Schlüssel)."""
    datei, schluessel = ordner / "post.pem", ordner / "post.key"
    if not datei.exists():
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
                        str(schluessel), "-out", str(datei)], check=True, capture_output=True)
    return datei, schluessel


@contextmanager
def mailserver(ordner=None, verlangt_tls=True):
    kasten = Briefkasten()
    angaben = {}
    if ordner:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*zertifikat(ordner))

        def pruefe(server, session, envelope, mechanism, daten):
            # „handled“ hieße, die Absage sei schon verschickt.
            if (daten.login, daten.password) == (BENUTZER.encode(), PASSWORT.encode()):
                return AuthResult(success=True)
            return AuthResult(success=False, handled=False)

        angaben = {"tls_context": tls, "require_starttls": verlangt_tls, "authenticator": pruefe,
                   "auth_required": True}
    steuerung = Controller(kasten, hostname="127.0.0.1", port=0, **angaben)
    # Der Controller prüft seinen Port, indem er sich verbindet; 0 heißt: irgendeiner.
    with socket.socket() as frei:
        frei.bind(("127.0.0.1", 0))
        steuerung.port = frei.getsockname()[1]
    steuerung.start()
    try:
        yield steuerung.port, kasten
    finally:
        steuerung.stop()


def probe(u, port, erwartet, an="kollegin@stadt.example", passwort="ge%3Aheim%2F%C3%BC", zertifikate=None, rest=""):
    """Schickt einen Probebrief über die Befehlszeile und gibt zurück, was sie sagt."""
    umgebung = {name: wert for name, wert in os.environ.items() if not name.startswith("LEITSTAND_")}
    konto = f"{BENUTZER}:{passwort}@" if passwort else ""
    umgebung |= {"LEITSTAND_SMTP": f"smtp://{konto}127.0.0.1:{port}{rest}",
                 "LEITSTAND_ABSENDER": "Bürgerbüro <leitstand@stadt.example>"}
    if zertifikate:
        umgebung["LEITSTAND_SMTP_ZERTIFIKAT"] = str(zertifikate)
    lauf = subprocess.run([str(u.server.binary), "check", "--post", an], env=umgebung, capture_output=True, text=True,
                          timeout=60, stdin=subprocess.DEVNULL)
    text = lauf.stdout + lauf.stderr
    assert lauf.returncode == erwartet, f"Ende mit {lauf.returncode}: {text}"
    assert passwort is None or passwort not in text, text
    return text


@pruefung
def ein_brief_geht_verschluesselt_und_angemeldet_hinaus(u):
    with mailserver(u.ordner) as (port, kasten):
        probe(u, port, 0, zertifikate=zertifikat(u.ordner)[0])
        (von, an, brief), = kasten.briefe
    assert von == "leitstand@stadt.example" and an == ["kollegin@stadt.example"]
    assert brief["Subject"] == "Probebrief von Leitstand – äöü" and not brief.defects, brief.defects
    assert brief["From"].addresses[0].display_name == "Bürgerbüro" and brief["Auto-Submitted"] == "auto-generated"
    assert brief["Date"].datetime is not None and brief["Message-ID"].endswith("@stadt.example>")
    teile = [teil.get_content_type() for teil in brief.iter_parts()]
    assert teile == ["text/plain", "text/html"], teile
    assert "angekommen" in brief.get_body(("plain",)).get_content()


@pruefung
def was_beim_mailserver_schiefgeht_steht_in_einem_satz(u):
    with mailserver(u.ordner) as (port, kasten):
        pem = zertifikat(u.ordner)[0]
        assert "nicht vertraut" in probe(u, port, 1)
        assert "Benutzer und Passwort" in probe(u, port, 1, passwort="falsch", zertifikate=pem)
        satz = probe(u, port, 1, an="abgelehnt@stadt.example", zertifikate=pem)
        assert "550" in satz and "abgelehnt@" not in satz, satz
        assert not kasten.briefe
    assert "nicht erreichbar" in probe(u, port, 1)
    with mailserver() as (port, kasten):
        assert "keine Verschlüsselung" in probe(u, port, 1, passwort=None), "ohne STARTTLS geht nichts hinaus"
        assert not kasten.briefe
        probe(u, port, 0, passwort=None, rest="?tls=nein")
        assert len(kasten.briefe) == 1


@contextmanager
def server_mit_post(u, port):
    """Ein zweiter Server an derselben Datenbank, der Briefe verschickt."""
    ordner = u.ordner / "post"
    ordner.mkdir(exist_ok=True)
    server = Server(u.server.binary, u.server.datenbank, ordner)
    server.email, server.passwort = u.server.email, u.server.passwort
    server.zusatz = {"LEITSTAND_SMTP": f"smtp://127.0.0.1:{port}?tls=nein".replace("127.0.0.1", "localhost"),
                     "LEITSTAND_ABSENDER": "leitstand@stadt.example"}
    server.starten()
    try:
        yield server
    finally:
        server.beenden()


def tippen(page, beschriftung, text):
    page.get_by_label(beschriftung, exact=True).focus()
    page.keyboard.type(text)


def kommt_an(kasten, anzahl=1):
    """Der Server verschickt im Hintergrund."""
    ende = time.monotonic() + 20
    while len(kasten.briefe) < anzahl and time.monotonic() < ende:
        time.sleep(0.1)
    assert len(kasten.briefe) == anzahl, f"{len(kasten.briefe)} statt {anzahl} Briefe"


def sauber(seite):
    seite.werte(Path(os.environ["LEITSTAND_AXE"]).read_text(encoding="utf-8") + "\n;void 0")
    funde = seite.werte(AXE % json.dumps(KENNZEICHEN), warten=True)
    ragt = seite.zu_breit()
    assert not funde and not ragt, f"{seite.page.url}: {funde} {ragt}"


@pruefung
def wer_eingeladen_ist_waehlt_ein_passwort_und_meldet_sich_an(u):
    passwort = "sehr-langes-wort-fuer-den-test-42"
    with mailserver() as (port, kasten), server_mit_post(u, port) as server:
        with u.browser.seite(SCHMAL, angemeldet=True) as seite:
            page = seite.page
            page.goto(f"{server.basis}/organisationen/{DUELMEN}/personen/einladen")
            sauber(seite)
            tippen(page, "E-Mail-Adresse", "probe@stadt.example")
            page.get_by_label("Rolle", exact=True).focus()
            page.keyboard.type("Redaktion")
            page.get_by_role("button", name="Einladen").focus()
            page.keyboard.press("Enter")
            page.get_by_text("Die Einladung wird verschickt.").first.wait_for()
            sauber(seite)
            page.goto(f"{server.basis}/organisationen/{DUELMEN}/personen")
            sauber(seite)
            page.goto(f"{server.basis}/organisationen/{DUELMEN}/personen/listen")
            sauber(seite)
        kommt_an(kasten)
        (_, an, brief), = kasten.briefe
        assert an == ["probe@stadt.example"]
        pfad = re.search(r"http://localhost:\d+(/anmelden/einladung/\S+)", brief.get_body(("plain",)).get_content())[1]
        with u.browser.seite(SCHMAL) as seite:
            page = seite.page
            for _ in range(2):  # wer den Link nur ansieht, verbraucht ihn nicht
                page.goto(server.basis + pfad)
            sauber(seite)
            tippen(page, "Vor- und Nachname", "Probe Beispiel")
            tippen(page, "Neues Passwort", passwort)
            page.keyboard.press("Enter")
            page.get_by_role("heading", name="Ihr Passwort ist gesetzt").wait_for()
            sauber(seite)
            assert page.goto(server.basis + pfad).status == 404
            page.goto(server.basis + "/anmelden/vergessen")
            sauber(seite)
            page.goto(server.basis + "/anmelden")
            tippen(page, "E-Mail-Adresse", "probe@stadt.example")
            tippen(page, "Passwort", passwort)
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: "/anmelden" not in url)
        protokoll = server.ausgabe()
        assert "probe@" not in protokoll and pfad.rsplit("/", 1)[1] not in protokoll, "im Protokoll steht ein Geheimnis"
