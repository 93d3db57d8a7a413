"""Anmelden über einen Identitätsanbieter, den Authlib stellt: im Browser, mit eigenem Server."""
import socket
import ssl
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from http_klient import hole
from pruefung import pruefung
from server import Datenbank, Gescheitert, Server

DUELMEN = "055580016016"


def freier_port():
    with socket.socket() as frei:
        frei.bind(("127.0.0.1", 0))
        return frei.getsockname()[1]


@pruefung
def wer_beim_anbieter_angemeldet_ist_kommt_mit_seinen_rollen_herein(u):
    from authlibanbieter import KENNUNG, Anbieter  # nur hier gebraucht

    ordner = u.ordner / "anbieter"
    ordner.mkdir()
    datenbank = Datenbank(ordner, u.server.datenbank.conninfo)
    server = Server(u.server.binary, datenbank, ordner)
    anbieter = None
    try:
        server.cli("migrate")
        server.cli("demo")
        server.port_vorgabe = freier_port()
        basis = f"http://127.0.0.1:{server.port_vorgabe}"
        anbieter = Anbieter(basis + "/anmelden/extern/rueckruf")
        regeln = ordner / "rollen.txt"
        regeln.write_text(f"# Wer beim Anbieter was ist\ngruppen = ozg-koordination -> ozg_ansprechperson @ {DUELMEN}\n",
                          encoding="utf-8")
        datenbank.umgebung |= {
            "LEITSTAND_ADRESSE": basis, "LEITSTAND_OIDC_AUSSTELLER": anbieter.aussteller,
            "LEITSTAND_OIDC_KENNUNG": KENNUNG, "LEITSTAND_OIDC_GEHEIMNIS": anbieter.geheimnis,
            "LEITSTAND_OIDC_NAME": "Landeskonto", "LEITSTAND_OIDC_ROLLEN": str(regeln)}
        bericht = server.cli("check", "--konfiguration")
        assert "1 Regel" in bericht and anbieter.rueckadresse in bericht and anbieter.geheimnis not in bericht, bericht
        regeln.write_text("gruppen = a -> chef @ b\n", encoding="utf-8")
        try:
            server.starten()
            raise AssertionError("mit falschen Regeln darf der Server nicht starten")
        except Gescheitert as ende:
            assert "Zeile 1, Spalte 16" in str(ende), ende
        regeln.write_text(f"gruppen = ozg-koordination -> ozg_ansprechperson @ {DUELMEN}\n", encoding="utf-8")
        server.starten()
        kontext = u.browser._chromium.new_context(base_url=basis, locale="de-DE")
        try:
            for verfahren in ["RS256", "PS256", "ES256", "EdDSA"]:
                anbieter.verfahren = verfahren
                seite = kontext.new_page()
                seite.goto(f"/umsetzung/{DUELMEN}/neu")
                assert seite.url.startswith(basis + "/anmelden?ziel="), seite.url
                seite.get_by_role("link", name="Mit Landeskonto anmelden").click()
                seite.wait_for_url(f"{basis}/umsetzung/{DUELMEN}/neu")
                assert seite.locator("h1").count() == 1, verfahren
                rueck = f"/anmelden/extern/rueckruf?code={anbieter.benutzt[-1]}&state=x"
                seite.goto(rueck)
                assert "nicht in diesem Browser begonnen" in seite.locator("main").inner_text()
                seite.close()
                kontext.clear_cookies()
            anbieter.person = anbieter.person | {"gruppen": []}
            seite = kontext.new_page()
            seite.goto("/anmelden/extern")
            assert "noch keine Rolle" in seite.locator("main").inner_text(), seite.url
        finally:
            kontext.close()
        assert len(anbieter.benutzt) == 5 and not anbieter.codes, (anbieter.benutzt, anbieter.codes)
        protokoll = "\n".join(server.protokoll())
        for geheim in [anbieter.geheimnis, "k@duelmen", "K. Beispiel", *anbieter.benutzt, *anbieter.marken]:
            assert geheim not in protokoll, geheim
    finally:
        if anbieter:
            anbieter.beenden()
        if server.prozess and server.prozess.poll() is None:
            server.prozess.kill()
            server.prozess.wait()
        datenbank.loeschen()


def eigenes_zertifikat(ordner):
    """Ein Zertifikat für localhost, das niemand beglaubigt hat."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    schluessel = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    jetzt = datetime.now(timezone.utc)
    zertifikat = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(schluessel.public_key())
                  .serial_number(1).not_valid_before(jetzt - timedelta(days=1)).not_valid_after(jetzt + timedelta(days=1))
                  .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
                  .sign(schluessel, hashes.SHA256()))
    datei = ordner / "zertifikat.pem"
    datei.write_bytes(zertifikat.public_bytes(serialization.Encoding.PEM) + schluessel.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return datei


@pruefung
def ein_anbieter_ohne_beglaubigtes_zertifikat_wird_nichts_gefragt(u):
    ordner = u.ordner / "zertifikat"
    ordner.mkdir()
    fragen = []

    class Gegenueber(BaseHTTPRequestHandler):
        def do_GET(self):
            fragen.append(self.path)
            self.send_error(404)

        def log_message(self, *werte):
            pass

    gegenueber = ThreadingHTTPServer(("127.0.0.1", 0), Gegenueber)
    kontext = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    kontext.load_cert_chain(eigenes_zertifikat(ordner))
    gegenueber.socket = kontext.wrap_socket(gegenueber.socket, server_side=True)
    threading.Thread(target=gegenueber.serve_forever, daemon=True).start()
    datenbank = Datenbank(ordner, u.server.datenbank.conninfo)
    datenbank.umgebung |= {
        "LEITSTAND_ADRESSE": "http://127.0.0.1", "LEITSTAND_OIDC_KENNUNG": "x",
        "LEITSTAND_OIDC_AUSSTELLER": f"https://localhost:{gegenueber.server_port}/a"}
    server = Server(u.server.binary, datenbank, ordner)
    try:
        server.starten()
        antwort = hole(server, "/anmelden/extern")
        assert antwort.status == 503 and "nicht zu erreichen" in antwort.koerper.decode(), antwort.status
        assert any("zertifikat oder tls" in zeile for zeile in server.protokoll()), server.protokoll()[-3:]
        assert fragen == [], fragen
        assert hole(server, "/").status == 200
    finally:
        gegenueber.shutdown()
        if server.prozess and server.prozess.poll() is None:
            server.prozess.kill()
            server.prozess.wait()
        datenbank.loeschen()
