"""Startet Leitstand mit den echten Daten auf SQLite oder PostgreSQL und hält fest, was es ausgibt."""
import http.client
import os
import re
import secrets
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from faktor import annehmen, einrichten

WURZEL = Path(__file__).resolve().parents[2]
BEISPIELE = WURZEL / "Beispieldaten"
# Diese Liste ist schon da, bevor ein Test etwas tut; die Orte der Geschichten beginnen leer.
ORT_MIT_LISTE = "055700024024"


class Gescheitert(Exception):
    """Das Programm tat nicht, was die Prüfung braucht."""


class Datenbank:
    """Eine frische Datenbank: ein Ordner für SQLite oder eine eigene Datenbank im genannten PostgreSQL."""

    def __init__(self, ordner, conninfo=None):
        self.art = "PostgreSQL" if conninfo else "SQLite"
        self.conninfo = conninfo
        self.umgebung, self.angaben = {}, []
        if conninfo:
            self.name = "leitstand_" + secrets.token_hex(6)
            self._psql(f"CREATE DATABASE {self.name} TEMPLATE template0 ENCODING 'UTF8' "
                       "LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'")
            self.umgebung = {"LEITSTAND_POSTGRES": self._mit_namen()}
        else:
            daten = ordner / "daten"
            daten.mkdir()
            self.angaben = ["--data", str(daten)]

    def _mit_namen(self):
        if "://" in self.conninfo:
            return urlunsplit(urlsplit(self.conninfo)._replace(path="/" + self.name))
        return f"{self.conninfo} dbname={self.name}"  # die letzte Angabe gilt

    def _psql(self, befehl):
        lauf = subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.conninfo, "-c", befehl],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        if lauf.returncode != 0:
            raise Gescheitert(f"psql: {lauf.stderr.strip()}")

    def loeschen(self):
        if self.conninfo:
            self._psql(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


class Server:
    """Das Programm unter Prüfung."""

    def __init__(self, binary, datenbank, ordner):
        self.binary, self.datenbank, self.ordner = Path(binary).resolve(), datenbank, ordner
        self.port = None
        # Nur gesetzt, wo jemand die Adresse schon vor dem Start kennen muss.
        self.port_vorgabe = None
        self.prozess = None
        self.email = self.passwort = None
        self.faktor = None
        self.startzeit = None
        self.beendet_nach = None
        # Einstellungen, die nur dieser Server bekommt.
        self.zusatz = {}

    @property
    def basis(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def ist_debug(self):
        return "debug" in self.binary.parts

    def _umgebung(self):
        eigene = {name: wert for name, wert in os.environ.items() if not name.startswith("LEITSTAND_")}
        return eigene | self.datenbank.umgebung | self.zusatz

    def cli(self, *angaben, erwartet=0):
        """Führt einen Befehl aus und gibt seine Ausgabe zurück."""
        befehl = [str(self.binary), *map(str, angaben), *self.datenbank.angaben]
        lauf = subprocess.run(befehl, cwd=WURZEL, env=self._umgebung(), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=300)
        if lauf.returncode != erwartet:
            ausgabe = (lauf.stdout + lauf.stderr).strip()[-2000:]
            raise Gescheitert(f"leitstand {' '.join(map(str, angaben))}: Ende mit {lauf.returncode}\n{ausgabe}")
        return lauf.stdout

    def laden(self, daten):
        """Legt die Datenbank an und lädt das amtliche Verzeichnis, den Katalog und die Beispieldienste."""
        leika, ozg = daten / "leika", daten / "ozg"
        self.cli("migrate")
        self.cli("import", "gemeindeverzeichnis", daten / "gemeinden" / "GV100AD_31082025.txt")
        self.cli("import", "grenzen", *sorted((daten / "grenzen").glob("*.topo.json")))
        self.cli("import", "katalog", "--leistungen", leika / "leika_leistungen_ozg.csv", "--ohne-schluessel",
                 leika / "leistungen_nicht_im_leika.csv", "--ozg", ozg / "ozg_leistungen.csv", "--stand", "2019")
        self.cli("import", "dienste", BEISPIELE / "dienste.csv")
        self.cli("import", "umsetzung", BEISPIELE / "umsetzung" / f"{ORT_MIT_LISTE}.csv",
                 "--organisation", ORT_MIT_LISTE)

    def starten(self, bereit="/readyz"):
        """Startet den Server und wartet, bis er antwortet. Die Zeit bis dahin steht danach in `startzeit`."""
        with socket.socket() as frei:
            frei.bind(("127.0.0.1", self.port_vorgabe or 0))
            self.port = frei.getsockname()[1]
        befehl = [str(self.binary), "serve", "--port", str(self.port), *self.datenbank.angaben]
        beginn = time.monotonic()
        with open(self.ordner / "stdout.txt", "ab") as ausgabe, open(self.ordner / "protokoll.jsonl", "ab") as log:
            self.prozess = subprocess.Popen(befehl, cwd=WURZEL, env=self._umgebung(), stdin=subprocess.DEVNULL,
                                            stdout=ausgabe, stderr=log)
        while not self._antwortet(bereit):
            if self.prozess.poll() is not None:
                raise Gescheitert(f"serve endete sofort mit {self.prozess.returncode}:\n{self.ausgabe()[-2000:]}")
            if time.monotonic() - beginn > 30:
                self.beenden()
                raise Gescheitert(f"{bereit} antwortete in 30 s nicht mit 200:\n{self.ausgabe()[-2000:]}")
            time.sleep(0.01)
        self.startzeit = time.monotonic() - beginn
        if self.email is None:
            link = self._link_lesen()
            self.email, self.passwort = "verwaltung@leitstand.localhost", secrets.token_urlsafe(15)
            annehmen(self, link, "Verwaltung", self.passwort)
            self.faktor = einrichten(self, self.email, self.passwort)

    def _antwortet(self, pfad):
        verbindung = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            verbindung.request("GET", pfad)
            return verbindung.getresponse().status == 200
        except OSError:
            return False
        finally:
            verbindung.close()

    def _link_lesen(self):
        """Der erste Start nennt einen Link, der das erste Konto einrichtet; später steht er nirgends mehr."""
        ende = time.monotonic() + 5
        while time.monotonic() < ende:
            link = re.search(r"Link: \S+?(/anmelden/einladung/\S+)", self.ausgabe())
            if link:
                return link[1]
            time.sleep(0.05)
        raise Gescheitert(f"Der erste Start nennt keinen Link:\n{self.ausgabe()[-2000:]}")

    def ausgabe(self):
        """Was auf stdout stand, danach das Protokoll."""
        dateien = (self.ordner / "stdout.txt", self.ordner / "protokoll.jsonl")
        return "\n".join(d.read_text(encoding="utf-8", errors="replace") for d in dateien if d.exists())

    def protokoll(self):
        """Die Zeilen, die der Server auf stderr geschrieben hat."""
        return (self.ordner / "protokoll.jsonl").read_text(encoding="utf-8", errors="replace").splitlines()

    def speicher(self):
        """Belegter Hauptspeicher in MB (VmRSS)."""
        text = Path(f"/proc/{self.prozess.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) / 1024

    def beenden(self):
        """Bittet um das Ende (SIGTERM) und misst, wie lange es dauert; länger als 10 s ist ein Fehler."""
        if self.prozess is None or self.prozess.poll() is not None:
            return
        beginn = time.monotonic()
        self.prozess.send_signal(signal.SIGTERM)
        try:
            self.prozess.wait(10)
            self.beendet_nach = time.monotonic() - beginn
        except subprocess.TimeoutExpired:
            self.prozess.kill()
            self.prozess.wait()
            raise Gescheitert("Der Server endete nicht binnen 10 s nach SIGTERM.") from None
