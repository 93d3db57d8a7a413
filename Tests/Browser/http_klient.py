"""HTTP ohne Browser: genau die Bytes, die eine Prüfung senden will."""
import http.client
import json
import socket
from urllib.parse import urlencode

SICHERHEIT = {
    "content-security-policy": "default-src 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "accelerometer=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Antwort:
    """Status, Kopfzeilen in Kleinschreibung, Körper."""

    def __init__(self, status, kopf, koerper):
        self.status, self.koerper = status, koerper
        self.kopf = {name.lower(): wert for name, wert in kopf}
        self._kopfzeilen = kopf

    def alle(self, name):
        """Die Werte einer Kopfzeile, die mehrmals vorkommen darf."""
        return [wert for zeile, wert in self._kopfzeilen if zeile.lower() == name]

    @property
    def json(self):
        return json.loads(self.koerper)

    @property
    def art(self):
        return self.kopf.get("content-type", "")

    def fehlende_kopfzeilen(self):
        return [name for name, anfang in SICHERHEIT.items() if not self.kopf.get(name, "").startswith(anfang)]


def anfrage(server, methode, pfad, kopf=None, koerper=None):
    """Sendet eine Anfrage; der Pfad geht so hinaus, wie er dasteht."""
    verbindung = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        verbindung.putrequest(methode, pfad, skip_accept_encoding=True)
        for name, wert in (kopf or {}).items():
            verbindung.putheader(name, wert)
        if koerper is not None:
            verbindung.putheader("Content-Length", str(len(koerper)))
        try:
            verbindung.endheaders(koerper)
        except (BrokenPipeError, ConnectionResetError):
            pass  # der Server darf antworten, bevor er alles gelesen hat
        antwort = verbindung.getresponse()
        return Antwort(antwort.status, antwort.getheaders(), antwort.read())
    finally:
        verbindung.close()


def hole(server, pfad, **kopf):
    return anfrage(server, "GET", pfad, {name.replace("_", "-"): wert for name, wert in kopf.items()})


def sende(server, pfad, felder, **kopf):
    """Schickt ein Formular."""
    kopf = {name.replace("_", "-"): wert for name, wert in kopf.items()}
    return anfrage(server, "POST", pfad, {"Content-Type": "application/x-www-form-urlencoded"} | kopf,
                   urlencode(felder).encode())


def roh(server, bytes_):
    """Sendet Bytes, die keine Bibliothek senden würde, und gibt die erste Zeile der Antwort zurück."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as verbindung:
        try:
            verbindung.sendall(bytes_)
        except (BrokenPipeError, ConnectionResetError):
            pass  # der Server darf antworten, bevor er alles gelesen hat
        antwort = b""
        while b"\r\n" not in antwort:
            stueck = verbindung.recv(4096)
            if not stueck:
                break
            antwort += stueck
    return antwort.split(b"\r\n", 1)[0].decode("latin-1")
