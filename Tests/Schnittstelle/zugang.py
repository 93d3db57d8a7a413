"""Ein Token für die Schnittstelle, so beschafft, wie ein Mensch es tut: anmelden, das Formular ausfüllen, abschreiben."""
import datetime
import re
import urllib.parse
from html.parser import HTMLParser

from faktor import FORMULAR, geheimnis
from http_klient import anfrage
from server import Gescheitert

SEITE = "/konto/zugaenge"


class Formulare(HTMLParser):
    """Die Formulare einer Seite mit Ziel und Feldern, alles angekreuzt und ausgefüllt, was sich ankreuzen lässt."""

    def __init__(self, text):
        super().__init__()
        self.alle, self.auswahl = [], None
        self.feed(text)

    def handle_starttag(self, marke, angaben):
        a = dict(angaben)
        if marke == "form":
            self.alle.append((a.get("action"), a.get("method", "get").lower(), []))
        if not self.alle:
            return
        felder = self.alle[-1][2]
        if marke == "input" and a.get("name"):
            felder.append((a["name"], a.get("type", "text"), a.get("value", "")))
        elif marke == "textarea" and a.get("name"):
            felder.append((a["name"], "text", ""))
        elif marke == "select":
            self.auswahl = a.get("name")
        elif marke == "option" and self.auswahl:
            felder.append((self.auswahl, "option", a.get("value", "")))

    def handle_endtag(self, marke):
        if marke == "select":
            self.auswahl = None


def ausgefuellt(felder, server):
    morgen = (datetime.date.today() + datetime.timedelta(days=1)).isoformat()
    wahlen = {}
    for name, art, wert in felder:
        if art in ("radio", "option"):
            wahlen.setdefault(name, []).append(wert)
    # Leer heißt ohne Einschränkung; sonst ist die letzte Wahl die weiteste.
    ausgabe = [(name, "" if "" in werte else werte[-1]) for name, werte in wahlen.items()]
    for name, art, wert in felder:
        if art in ("radio", "option"):
            continue
        if art in ("hidden", "checkbox"):
            ausgabe.append((name, wert or "ja"))
        elif art == "password" or name == "passwort":
            ausgabe.append((name, server.passwort))
        elif name == "code":
            ausgabe.append((name, server.faktor.code()))
        elif art == "date":
            ausgabe.append((name, morgen))
        elif art == "number" or name == "tage":
            ausgabe.append((name, wert or "1"))
        elif art not in ("submit", "button", "file", "search"):
            ausgabe.append((name, wert or "Prüfung"))
    return ausgabe


def anmelden(server):
    """Der Keks der Administration, mit zweitem Faktor."""
    seite = anfrage(server, "GET", "/anmelden")
    vor = next(k for k in seite.alle("set-cookie") if "leitstand_vor=" in k).split(";")[0]
    felder = {"email": server.email, "passwort": server.passwort, "code": server.faktor.code(),
              "csrf": geheimnis(seite)}
    antwort = anfrage(server, "POST", "/anmelden", FORMULAR | {"Cookie": vor}, urllib.parse.urlencode(felder).encode())
    if antwort.status != 303:
        raise Gescheitert(f"Die Anmeldung gelang nicht: {antwort.status}")
    return {"Cookie": next(k for k in antwort.alle("set-cookie") if "leitstand_sitzung=" in k).split(";")[0]}


def token(server):
    """Ein neues Token mit allem, was das Formular erlaubt; nichts, wenn es die Seite nicht gibt."""
    keks = anmelden(server)
    seite = anfrage(server, "GET", SEITE, keks)
    if seite.status == 404:
        return None
    for pfad in (SEITE, SEITE + "/neu"):
        seite = anfrage(server, "GET", pfad, keks)
        if seite.status != 200:
            continue
        for ziel, art, felder in Formulare(seite.koerper.decode()).alle:
            ziel = urllib.parse.urljoin(pfad, ziel or pfad)
            if art != "post" or not ziel.startswith(SEITE):
                continue
            felder = ausgefuellt(felder, server)
            antwort = anfrage(server, "POST", ziel, FORMULAR | keks, urllib.parse.urlencode(felder).encode())
            if antwort.status == 303:
                antwort = anfrage(server, "GET", antwort.kopf["location"], keks)
            for wort in re.findall(r"[A-Za-z0-9_.-]{24,200}", antwort.koerper.decode()):
                probe = anfrage(server, "GET", "/api/v1/themenfelder", {"Authorization": f"Bearer {wort}"})
                bekannt = anfrage(server, "GET", "/api/v1/themenfelder", {"Authorization": f"Bearer {wort}x"})
                if probe.status == 200 and bekannt.status == 401:
                    return wort
    raise Gescheitert(f"{SEITE} gab kein Token heraus.")
