"""Ein eigener PostgreSQL-Cluster, der neu gestartet, getötet und von einem Nachfolger abgelöst werden darf."""
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from pruefung import Uebersprungen
from server import Gescheitert

# Wie im Betrieb: bestätigt heißt geschrieben. Ohne fsync, denn hier fällt kein Strom aus.
EINSTELLUNGEN = {"listen_addresses": "", "max_connections": "60", "fsync": "off", "shared_buffers": "32MB",
                 "wal_keep_size": "64MB", "synchronous_commit": "on"}


def programme():
    ordner = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
    if not ordner:
        raise Uebersprungen("PostgreSQL ist nicht unter /usr/lib/postgresql installiert")
    return ordner[-1]


def konto():
    """PostgreSQL weigert sich, als root zu laufen."""
    if os.geteuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
            return ["runuser", "-u", name, "--"]
        except KeyError:
            pass
    raise Uebersprungen("Es gibt kein Konto, unter dem PostgreSQL laufen darf")


class Cluster:
    """Ein Ordner mit Daten und Socket. Der Pfad ist kurz, denn der eines Sockets darf höchstens 107 Zeichen haben."""

    def __init__(self, vorbild=None):
        self.ordner = Path(tempfile.mkdtemp(prefix="leitstand-pg-", dir="/tmp"))
        self.daten = self.ordner / "daten"
        self.einstellungen = EINSTELLUNGEN | {"unix_socket_directories": str(self.ordner)}
        self.programme, self.als = programme(), konto()
        self.ueberlasse(self.ordner)
        if vorbild is None:
            self._fuehre("initdb", "-D", self.daten, "-U", "leitstand", "-A", "trust", "--no-sync", "-E", "UTF8",
                         "--locale=C.UTF-8")
        else:
            self._fuehre("pg_basebackup", "-h", vorbild.ordner, "-U", "leitstand", "-D", self.daten, "-R", "-c", "fast",
                         "-N", "-d", f"application_name=zweiter host={vorbild.ordner}")

    def ueberlasse(self, ordner):
        """Gibt einen Ordner dem Konto von PostgreSQL."""
        if self.als:
            shutil.chown(ordner, self.als[2])

    @property
    def conninfo(self):
        return f"host={self.ordner} user=leitstand dbname=postgres"

    def _fuehre(self, programm, *angaben):
        befehl = [*self.als, str(self.programme / programm), *map(str, angaben)]
        # Ohne eigene Ausgabe: ein Server, der weiterläuft, hielte sonst die Leitung offen.
        with open(self.ordner / "befehle.txt", "ab") as ausgabe:
            ende = subprocess.run(befehl, cwd="/", stdin=subprocess.DEVNULL, stdout=ausgabe, stderr=ausgabe,
                                  timeout=120).returncode
        if ende != 0:
            raise Gescheitert(f"{programm}: {(self.ordner / 'befehle.txt').read_text()[-1500:]}")

    def _ctl(self, *angaben):
        self._fuehre("pg_ctl", "-D", self.daten, "-w", "-t", "60", *angaben)

    def starten(self, **mehr):
        self.einstellungen |= mehr
        angaben = " ".join(f"-c {name}='{wert}'" for name, wert in self.einstellungen.items())
        self._ctl("-l", self.ordner / "server.log", "-o", angaben, "start")
        return self

    def neu_starten(self, art):
        self._ctl("-m", art, "-l", self.ordner / "server.log", "restart")

    def anhalten(self, art="fast"):
        self._ctl("-m", art, "stop")

    def befoerdern(self):
        self._ctl("promote")

    def frage(self, abfrage):
        lauf = subprocess.run(["psql", "-X", "-A", "-t", "-d", self.conninfo, "-c", abfrage], capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=30)
        return lauf.stdout.strip()

    def loeschen(self):
        try:
            self.anhalten("immediate")
        except (Gescheitert, subprocess.TimeoutExpired):
            pass  # er läuft schon nicht mehr
        shutil.rmtree(self.ordner, ignore_errors=True)
