"""Der zweite Faktor, wie ihn eine App auf dem Telefon hat (RFC 6238)."""
import base64
import hashlib
import hmac
import re
import struct
import sys
import time
import urllib.parse

from http_klient import anfrage

FORMULAR = {"Content-Type": "application/x-www-form-urlencoded"}


class Faktor:
    """Gibt Codes, jeden nur einmal: nach dem jetzigen den nächsten, danach wird gewartet."""

    def __init__(self, schluessel):
        self.schluessel = base64.b32decode(schluessel.replace(" ", ""))
        self.letzter = 0

    def code(self):
        while True:
            jetzt = int(time.time()) // 30
            # Der Server nimmt einen Schritt vor und nach dem jetzigen, aber keinen, der nicht jünger ist als der letzte.
            schritt = max(self.letzter + 1, jetzt - 1)
            # Der Rand wird gemieden: bis der Code ankommt, ist der nächste halbe Augenblick vielleicht da.
            if schritt == jetzt - 1 and time.time() % 30 > 20:
                schritt = jetzt
            if schritt <= jetzt + 1:
                self.letzter = schritt
                return self._code(schritt)
            time.sleep(1)

    def _code(self, schritt):
        mac = hmac.new(self.schluessel, struct.pack(">Q", schritt), hashlib.sha1).digest()
        anfang = mac[-1] & 15
        return f"{(struct.unpack('>I', mac[anfang:anfang + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def geheimnis(seite):
    return re.search(rb'name="csrf" value="([^"]+)"', seite.koerper)[1].decode()


def vorkeks(seite):
    """Der Keks vor der Anmeldung; hinter TLS beginnt sein Name mit __Host-."""
    return re.search(r"[\w-]*leitstand_vor=[^;]+", seite.kopf["set-cookie"])[0]


def annehmen(server, link, name, passwort):
    """Folgt einem Einmallink und wählt das Passwort."""
    seite = anfrage(server, "GET", link)
    vor = vorkeks(seite)
    felder = {"name": name, "passwort": passwort, "csrf": geheimnis(seite)}
    antwort = anfrage(server, "POST", link, FORMULAR | {"Cookie": vor},
                      urllib.parse.urlencode(felder).encode())
    assert antwort.status == 303 and antwort.kopf["location"] == "/anmelden/gesetzt", antwort.status


def einrichten(server, email, passwort):
    """Meldet ein Konto zum ersten Mal an und richtet ein, was seine Rolle verlangt."""
    seite = anfrage(server, "GET", "/anmelden")
    vor = vorkeks(seite)
    felder = {"email": email, "passwort": passwort, "csrf": geheimnis(seite)}
    antwort = anfrage(server, "POST", "/anmelden", FORMULAR | {"Cookie": vor},
                      urllib.parse.urlencode(felder).encode())
    assert antwort.status == 303 and antwort.kopf["location"].startswith("/konto/zweiter-faktor"), antwort.kopf
    keks = {"Cookie": next(k for k in antwort.alle("set-cookie") if "leitstand_sitzung=" in k.split(";")[0]).split(";")[0]}
    seite = anfrage(server, "GET", "/konto/zweiter-faktor", keks)
    faktor = Faktor(re.search(rb'id="schluessel">([A-Z2-7 ]+)<', seite.koerper)[1].decode())
    felder = {"code": faktor.code(), "csrf": geheimnis(seite)}
    antwort = anfrage(server, "POST", "/konto/zweiter-faktor", FORMULAR | keks, urllib.parse.urlencode(felder).encode())
    assert antwort.status == 200, antwort.status
    return faktor


if __name__ == "__main__":
    # faktor.py SCHLÜSSEL: der Code von jetzt, mit dem Schlüssel, den die Einrichtung unter dem Bild zeigt.
    print(Faktor("".join(sys.argv[1:])).code())
