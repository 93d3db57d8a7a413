"""Dateien anhängen: im Browser, über HTTP mit schlechten Manieren, in einem Bucket und hinter einem Virenscanner."""
import hashlib
import http.client
import os
import re
import socket
import time
from contextlib import contextmanager

from browser import BREIT, SCHMAL, anmelden
from haende import Tastatur
from konto import ohne_mangel
from pruefung import pruefung
from server import ORT_MIT_LISTE, Datenbank, Server
from speicherdienste import EICAR, Bucket, Scanner

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"
GRENZE = "----leitstandpruefung"


def grosses_pdf(megabyte):
    return b"%PDF-1.7\n" + os.urandom(1 << 20) * megabyte + b"\n%%EOF\n"


class Zugang:
    """Eine angemeldete Sitzung an einem Server, um Formulare Byte für Byte zu schicken."""

    def __init__(self, u, server):
        self.server = server
        kontext = u.browser._chromium.new_context(base_url=server.basis)
        try:
            seite = kontext.new_page()
            anmelden(seite, server.email, server.passwort, server.faktor)
            self.keks = "; ".join(f"{k['name']}={k['value']}" for k in kontext.cookies())
        finally:
            kontext.close()

    def frage(self, methode, pfad, koerper=None, kopf=None):
        verbindung = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        try:
            verbindung.request(methode, pfad, body=koerper, headers={"Cookie": self.keks} | (kopf or {}))
            antwort = verbindung.getresponse()
            return antwort.status, dict((n.lower(), w) for n, w in antwort.getheaders()), antwort.read()
        finally:
            verbindung.close()

    def csrf(self, pfad):
        return re.search(r'name="csrf" value="([^"]+)"', self.frage("GET", pfad)[2].decode())[1]

    def formular(self, pfad, name, inhalt):
        """Kopf und Körper des Formulars, wie ein Browser es schickt."""
        anfang = (f'--{GRENZE}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{self.csrf(pfad)}\r\n'
                  f'--{GRENZE}\r\nContent-Disposition: form-data; name="beschreibung"\r\n\r\nEine Datei\r\n'
                  f'--{GRENZE}\r\nContent-Disposition: form-data; name="datei"; filename="{name}"\r\n'
                  "Content-Type: application/octet-stream\r\n\r\n").encode()
        return ({"Content-Type": f"multipart/form-data; boundary={GRENZE}"},
                anfang + inhalt + f"\r\n--{GRENZE}--\r\n".encode())

    def haenge_an(self, pfad, name, inhalt):
        kopf, koerper = self.formular(pfad, name, inhalt)
        return self.frage("POST", pfad, koerper, kopf)

    def dateien(self, pfad):
        """Die Adressen der Dateien auf der Seite."""
        return re.findall(r'href="(/dateien/[0-9a-z]+)"', self.frage("GET", pfad)[2].decode())

    def entferne(self, pfad, datei):
        return self.frage("POST", datei + "/loeschung", f"csrf={self.csrf(pfad)}",
                          {"Content-Type": "application/x-www-form-urlencoded"})


@contextmanager
def eigener_server(u, name, **umgebung):
    """Ein Server mit den Beispieldaten und eigenen Einstellungen; dazu eine Sitzung der Administration."""
    ordner = u.ordner / name
    ordner.mkdir()
    datenbank = Datenbank(ordner, u.server.datenbank.conninfo)
    server = Server(u.server.binary, datenbank, ordner)
    server.zusatz = {"LEITSTAND_DATEIEN": str(ordner / "ablage")} | umgebung
    try:
        server.cli("migrate")
        server.cli("demo")
        server.starten()
        yield server, Zugang(u, server)
        server.beenden()
    finally:
        if server.prozess and server.prozess.poll() is None:
            server.prozess.kill()
            server.prozess.wait()
        datenbank.loeschen()


DIENST = "/dienste/beispiel-hund-anmelden-und-abmelden/dateien"


def eintrag(u):
    with u.browser.seite(BREIT, angemeldet=True) as seite:
        seite.page.goto(f"/umsetzung/{ORT_MIT_LISTE}")
        return seite.page.locator(f'main a[href^="/umsetzung/{ORT_MIT_LISTE}/0"]').first.get_attribute("href")


@pruefung
def mit_der_tastatur_wird_bei_360_px_eine_datei_angehaengt_geholt_und_entfernt(u):
    ort = eintrag(u)
    plan = u.ordner / "Plan für 2027.pdf"
    plan.write_bytes(PDF)
    falsch = u.ordner / "bild.pdf"
    falsch.write_bytes(b"\x89PNG\r\n\x1a\n")
    with u.browser.seite(SCHMAL, angemeldet=True) as seite:
        hand = Tastatur(seite)
        hand.oeffne(ort)
        hand.folge(f'main a[href="{ort}/dateien"]')
        ohne_mangel(seite)
        assert "Höchstens 50 MB" in seite.inhalt(), seite.inhalt()
        # Die falsche Art: ein Satz am Feld, und die Beschreibung bleibt stehen.
        hand.schreibe("beschreibung", "Stand der Planung")
        hand.datei("datei", falsch)
        hand.folge('main form[enctype] [type=submit]')
        ohne_mangel(seite)
        assert seite.page.locator("#datei[aria-invalid=true]").count() == 1
        assert "Der Name endet auf .pdf" in seite.inhalt(), seite.inhalt()
        assert seite.page.locator("#beschreibung").input_value() == "Stand der Planung"
        hand.datei("datei", plan)
        hand.folge('main form[enctype] [type=submit]')
        ohne_mangel(seite)
        assert "Die Datei ist angehängt." in seite.page.locator("main [role=status]").inner_text()
        hand.oeffne(ort)
        ohne_mangel(seite)
        verweis = seite.page.locator('main a[href^="/dateien/"]')
        assert verweis.inner_text() == "Plan für 2027.pdf", verweis.inner_text()
        with seite.page.expect_download() as geholt:
            hand.ausloesen('main a[href^="/dateien/"]')
        assert geholt.value.suggested_filename == "Plan für 2027.pdf", geholt.value.suggested_filename
        assert open(geholt.value.path(), "rb").read() == PDF
        hand.oeffne(ort + "/dateien")
        hand.folge('main form[action$="/loeschung"] button')
        ohne_mangel(seite)
        assert "Die Datei ist entfernt." in seite.page.locator("main [role=status]").inner_text()
        assert seite.page.locator('main a[href^="/dateien/"]').count() == 0


@pruefung
def zu_grosse_zu_kurze_und_falsch_bemessene_uploads_bekommen_einen_satz_und_lassen_nichts_zurueck(u):
    with eigener_server(u, "grenzen", LEITSTAND_DATEI_MB="1") as (server, zugang):
        status, _, seite = zugang.haenge_an(DIENST, "a.pdf", grosses_pdf(2))
        assert status == 413 and "höchstens 1 MB" in seite.decode(), (status, seite[-800:])
        kopf, koerper = zugang.formular(DIENST, "a.pdf", PDF)

        def roh(laenge, bytes_, ende=True):
            """Schickt genau diese Bytes unter dieser Länge."""
            zeilen = f"POST {DIENST} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: {zugang.keks}\r\n" \
                     f"Content-Type: {kopf['Content-Type']}\r\nContent-Length: {laenge}\r\n\r\n"
            with socket.create_connection(("127.0.0.1", server.port), timeout=60) as verbindung:
                verbindung.sendall(zeilen.encode() + bytes_)
                if ende:
                    verbindung.shutdown(socket.SHUT_WR)
                antwort = b""
                while stueck := verbindung.recv(65536):
                    antwort += stueck
                    if b"</html>" in antwort:
                        break
            return antwort.split(b"\r\n", 1)[0].decode(), antwort.decode("utf-8", "replace")

        # Kürzer angekündigt als geschickt: das Ende fehlt.
        zeile, text = roh(len(koerper) - 30, koerper, ende=False)
        assert " 400 " in zeile and "unvollständig" in text, (zeile, text[-500:])
        # Länger angekündigt, dann aufgelegt: niemand ist mehr da, dem etwas zu sagen wäre.
        roh(len(koerper) + 5_000, koerper)
        # Riesig angekündigt: die Antwort kommt, ohne dass jemand darauf wartet.
        beginn = time.monotonic()
        zeile, text = roh(10 << 30, koerper, ende=False)
        assert " 413 " in zeile and time.monotonic() - beginn < 10, zeile
        # In Stücken ohne Länge (chunked) gilt dieselbe Grenze.
        stuecke = (grosses_pdf(2)[i:i + 65536] for i in range(0, 2 << 20, 65536))
        anfang = zugang.formular(DIENST, "a.pdf", b"")[1].rsplit(b"\r\n--", 1)[0]
        status, _, seite = zugang.frage("POST", DIENST, iter([anfang, *stuecke]), kopf)
        assert status == 413, status
        assert zugang.dateien(DIENST) == []
        ablage = server.ordner / "ablage"
        reste = [p for p in ablage.rglob("*") if p.is_file() and not p.name.startswith(".")] if ablage.exists() else []
        assert reste == [], reste


@pruefung
def ein_langsamer_upload_kommt_an_und_ein_grosser_braucht_kaum_speicher(u):
    with eigener_server(u, "gross", LEITSTAND_DATEI_MB="250") as (server, zugang):
        kopf, koerper = zugang.formular(DIENST, "langsam.pdf", b"%PDF-1.7\n" + b" " * 4096 + b"\n%%EOF\n")
        verbindung = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        verbindung.putrequest("POST", DIENST)
        for name, wert in (kopf | {"Cookie": zugang.keks, "Content-Length": str(len(koerper))}).items():
            verbindung.putheader(name, wert)
        verbindung.endheaders()
        for i in range(0, len(koerper), 256):
            verbindung.send(koerper[i:i + 256])
            time.sleep(0.1)
        assert verbindung.getresponse().status == 303
        verbindung.close()

        # Einmal vorweg, damit alles geladen ist, was nur einmal geladen wird.
        assert zugang.haenge_an(DIENST, "warm.pdf", grosses_pdf(4))[0] == 303
        inhalt = grosses_pdf(200)
        kopf, koerper = zugang.formular(DIENST, "gross.pdf", inhalt)
        vorher = server.speicher()
        hoechstens = vorher
        verbindung = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
        verbindung.putrequest("POST", DIENST)
        for name, wert in (kopf | {"Cookie": zugang.keks, "Content-Length": str(len(koerper))}).items():
            verbindung.putheader(name, wert)
        verbindung.endheaders()
        for i in range(0, len(koerper), 1 << 20):
            verbindung.send(koerper[i:i + (1 << 20)])
            hoechstens = max(hoechstens, server.speicher())
        assert verbindung.getresponse().status == 303
        hoechstens = max(hoechstens, server.speicher())
        verbindung.close()
        print(f"    200 MB: {hoechstens - vorher:.1f} MB mehr Speicher", flush=True)
        assert hoechstens - vorher <= 30, f"{hoechstens - vorher:.1f} MB"
        geholt = zugang.frage("GET", zugang.dateien(DIENST)[-1])[2]
        assert hashlib.sha256(geholt).digest() == hashlib.sha256(inhalt).digest()
        # Die Grenze gilt dem Hochladen; hier geht es darum, dass die Datei nicht als Ganzes im Speicher lag.
        assert server.speicher() - vorher <= 80, f"{server.speicher() - vorher:.1f} MB nach dem Herunterladen"


@pruefung
def im_bucket_liegt_was_angehaengt_ist_und_nichts_sonst(u):
    ordner = u.ordner / "bucketlog"
    ordner.mkdir()
    bucket = Bucket(ordner)
    try:
        with eigener_server(u, "bucket", LEITSTAND_S3=bucket.adresse(),
                            LEITSTAND_ZERTIFIKATE=bucket.zertifikat) as (server, zugang):
            inhalt = grosses_pdf(8)
            status, _, seite = zugang.haenge_an(DIENST, "a.pdf", inhalt)
            assert status == 303, (status, server.protokoll()[-5:])
            summe = hashlib.sha256(inhalt).hexdigest()
            assert len(bucket.inhalte()) == 1 and summe in bucket.inhalte()[0], bucket.inhalte()
            datei = zugang.dateien(DIENST)[0]
            status, kopf, geholt = zugang.frage("GET", datei)
            assert status == 200 and geholt == inhalt and kopf["content-disposition"].startswith("attachment")
            assert zugang.entferne(DIENST, datei)[0] == 303
            assert bucket.inhalte() == [] and zugang.dateien(DIENST) == []
            assert zugang.haenge_an(DIENST, "b.pdf", PDF)[0] == 303
            # Der Speicher ist weg: ein Satz, und nichts ist angehängt.
            bucket.beenden()
            status, _, seite = zugang.haenge_an(DIENST, "c.pdf", grosses_pdf(1))
            assert status == 503 and "antwortet zurzeit nicht" in seite.decode(), status
            assert zugang.frage("GET", zugang.dateien(DIENST)[0])[0] == 503
            assert len(zugang.dateien(DIENST)) == 1
            assert bucket.geheimnis not in "\n".join(server.protokoll())
    finally:
        bucket.beenden()


@pruefung
def mit_falschem_geheimnis_nimmt_der_bucket_nichts_an(u):
    ordner = u.ordner / "bucketlog2"
    ordner.mkdir()
    bucket = Bucket(ordner)
    try:
        with eigener_server(u, "falsch", LEITSTAND_S3=bucket.adresse("falsch" * 6),
                            LEITSTAND_ZERTIFIKATE=bucket.zertifikat) as (server, zugang):
            status, _, seite = zugang.haenge_an(DIENST, "a.pdf", PDF)
            assert status == 503 and "antwortet zurzeit nicht" in seite.decode(), status
            assert bucket.inhalte() == [] and zugang.dateien(DIENST) == []
    finally:
        bucket.beenden()


@pruefung
def nur_was_der_virenscanner_fuer_sauber_haelt_wird_angenommen(u):
    scanner = Scanner(u.ordner / "scanner")
    try:
        with eigener_server(u, "scan", LEITSTAND_CLAMAV=scanner.adresse) as (server, zugang):
            assert zugang.haenge_an(DIENST, "sauber.pdf", PDF)[0] == 303
            status, _, seite = zugang.haenge_an(DIENST, "probe.txt", EICAR)
            assert status == 422 and "Schadsoftware gefunden (Eicar-Pruefung" in seite.decode(), (status, seite[-900:])
            # Über der Grenze des Scanners (1 MB).
            status, _, seite = zugang.haenge_an(DIENST, "gross.pdf", grosses_pdf(3))
            assert status == 422 and "dem Virenscanner zu groß" in seite.decode(), status
            scanner.beenden()
            status, _, seite = zugang.haenge_an(DIENST, "spaeter.pdf", PDF + b"\n")
            assert status == 503 and "Virenscanner antwortet zurzeit nicht" in seite.decode(), status
            assert len(zugang.dateien(DIENST)) == 1
            # Was er einmal für sauber hielt, bleibt zu haben; und er darf wiederkommen.
            assert zugang.frage("GET", zugang.dateien(DIENST)[0])[0] == 200
            scanner.starten()
            assert zugang.haenge_an(DIENST, "spaeter.pdf", PDF + b"\n")[0] == 303
    finally:
        scanner.beenden()
