"""Woran Ausfälle geprüft werden: eine frische Datenbank mit Beispieldaten und Server, die sich abschießen lassen."""
import os
import random
import re
import secrets
import shutil
import subprocess
import urllib.parse
from contextlib import ExitStack, contextmanager

from bestand import Bestand
from http_klient import anfrage, hole
from server import WURZEL, Datenbank, Gescheitert, Server

EMAIL, PASSWORT = "ausfall@leitstand.localhost", "Ausfall-bleibt-aus-1"
# Diese Liste gehört den Schreibern; ihr Ort steht in den Beispieldaten.
ORT = "055580016016"
FORMULAR = {"Content-Type": "application/x-www-form-urlencoded"}


def fuer(*datenbanken):
    """Auf welchen Datenbanken eine Prüfung gilt; ohne Angabe läuft sie einmal, auf SQLite."""
    def merke(funktion):
        funktion.datenbanken = datenbanken
        return funktion
    return merke


auf_beiden = fuer("SQLite", "PostgreSQL")


def nur_lang(funktion):
    """In der kurzen Form gibt es diese Prüfung nicht, weil sie zu lange dauert."""
    funktion.nur_lang = True
    return funktion


class Sitzung:
    """Ein angemeldeter Mensch: sein Cookie und das Geheimnis seiner Formulare."""

    def __init__(self, server):
        seite = hole(server, "/anmelden")
        vor = re.search(r"leitstand_vor=([^;]+)", seite.kopf["set-cookie"])[1]
        felder = {"email": EMAIL, "passwort": PASSWORT, "csrf": geheimnis(seite), "ziel": "/umsetzung"}
        antwort = anfrage(server, "POST", "/anmelden", FORMULAR | {"Cookie": f"leitstand_vor={vor}"},
                          urllib.parse.urlencode(felder).encode())
        if antwort.status != 303:
            raise Gescheitert(f"Die Anmeldung gelang nicht: {antwort.status}")
        keks = next(k for k in antwort.alle("set-cookie") if k.startswith("leitstand_sitzung="))
        self.kopf = {"Cookie": keks.split(";")[0]}
        self.csrf = geheimnis(anfrage(server, "GET", f"/umsetzung/{ORT}/neu", self.kopf))


def geheimnis(seite):
    return re.search(rb'name="csrf" value="([^"]+)"', seite.koerper)[1].decode()


class Klon(Datenbank):
    """Eine Abschrift der Vorlage, in Sekundenbruchteilen gemacht."""

    def __init__(self, ordner, vorlage):
        self.art, self.conninfo = vorlage.art, vorlage.conninfo
        self.umgebung, self.angaben = {}, []
        if self.conninfo:
            self.name = "leitstand_" + secrets.token_hex(6)
            self._psql(f"CREATE DATABASE {self.name} TEMPLATE {vorlage.name}")
            self.umgebung = {"LEITSTAND_POSTGRES": self._mit_namen()}
        else:
            shutil.copytree(vorlage.daten, ordner, dirs_exist_ok=True)
            self.angaben = ["--data", str(ordner)]

    @property
    def daten(self):
        return self.angaben[1]


class Dienst(Server):
    """Ein Server, der sich abschießen lässt."""

    def __init__(self, binary, datenbank, ordner, umgebung=None):
        ordner.mkdir(parents=True, exist_ok=True)
        super().__init__(binary, datenbank, ordner)
        self.zusatz = umgebung or {}
        self.email = EMAIL

    def _umgebung(self):
        return super()._umgebung() | self.zusatz

    def starten(self, bereit="/readyz"):
        """Zwischen der Wahl eines freien Ports und dem Start kann ihn ein anderer nehmen; dann noch einmal."""
        for versuch in range(3):
            try:
                return super().starten(bereit)
            except Gescheitert as fehler:
                if versuch == 2 or "in use" not in str(fehler)[-200:]:
                    raise

    def toeten(self):
        """kill -9."""
        if self.prozess is not None and self.prozess.poll() is None:
            self.prozess.kill()
            self.prozess.wait()

    def zeilen_mit(self, *woerter):
        """Die Zeilen des Protokolls, in denen eines dieser Wörter steht."""
        return [z for z in self.protokoll() if any(w in z for w in woerter)]


class Welt:
    """Eine Datenbank, ihre Server und die Menschen, die dort angemeldet sind."""

    def __init__(self, u, datenbank, ordner, sitzungen):
        self.u, self.datenbank, self.ordner, self.sitzungen = u, datenbank, ordner, sitzungen
        self.bestand = Bestand(datenbank)
        self.dienste = []

    def dienst(self, umgebung=None, starten=True):
        dienst = Dienst(self.u.binary, self.datenbank, self.ordner / f"server{len(self.dienste)}", umgebung)
        self.dienste.append(dienst)
        if starten:
            dienst.starten()
        return dienst

    def schliessen(self):
        for dienst in self.dienste:
            dienst.toeten()


class Umgebung:
    """Was jede Prüfung benutzt."""

    MENSCHEN = 8

    def __init__(self, binary, conninfo, lang, saat, ordner, darf_einhaengen):
        self.binary, self.conninfo, self.lang, self.saat, self.ordner = binary, conninfo, lang, saat, ordner
        self.darf_einhaengen = darf_einhaengen
        self.welten = 0
        self._vorlage = None
        self.abbau = ExitStack()

    @property
    def ist_debug(self):
        return "debug" in str(self.binary)

    def sage(self, text):
        print(f"            {text}", flush=True)

    def zufall(self, name):
        return random.Random(f"{self.saat} {name}")

    def neuer_ordner(self, name="welt"):
        self.welten += 1
        ordner = self.ordner / f"{name}{self.welten}"
        ordner.mkdir()
        return ordner

    def einrichten(self, datenbank):
        """Lädt die Beispieldaten, legt das Konto an und meldet die Menschen an; gibt ihre Sitzungen zurück."""
        dienst = Dienst(self.binary, datenbank, self.neuer_ordner("einrichten"))
        dienst.cli("demo")
        # Eine Rolle, die den zweiten Faktor nicht verlangt: hier geht es um Ausfälle, nicht um die Anmeldung.
        befehl = [str(dienst.binary), "user", "add", EMAIL, "--rolle", "ozg_ansprechperson", "--organisation", ORT,
                  "--passwort-stdin", *datenbank.angaben]
        lauf = subprocess.run(befehl, cwd=WURZEL, env=dienst._umgebung(), input=PASSWORT + "\n", text=True,
                              capture_output=True, timeout=60)
        if lauf.returncode != 0:
            raise Gescheitert(f"user add: {lauf.stderr}")
        dienst.starten()
        try:
            return [Sitzung(dienst) for _ in range(self.MENSCHEN)]
        finally:
            dienst.beenden()

    def vorlage(self):
        if self._vorlage is None:
            datenbank = Datenbank(self.neuer_ordner("vorlage"), self.conninfo)
            if not self.conninfo:
                datenbank.daten = datenbank.angaben[1]
            self._vorlage = datenbank, self.einrichten(datenbank)
        return self._vorlage

    @contextmanager
    def welt(self, daten=None):
        """Eine frische Welt; `daten` ist der Ordner für SQLite, wenn es nicht der übliche sein soll."""
        vorlage, sitzungen = self.vorlage()
        ordner = self.neuer_ordner()
        datenbank = Klon(daten or ordner / "daten", vorlage)
        welt = Welt(self, datenbank, ordner, sitzungen)
        try:
            yield welt
        finally:
            welt.schliessen()
            datenbank.loeschen()
            if not os.environ.get("LEITSTAND_AUSFALL_AUFHEBEN"):
                shutil.rmtree(ordner, ignore_errors=True)

    def aufraeumen(self):
        self.abbau.close()
        if self._vorlage:
            self._vorlage[0].loeschen()
