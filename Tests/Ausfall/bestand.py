"""Was wirklich in der Datenbank steht, am Server vorbei gelesen."""
import sqlite3
import subprocess
from contextlib import closing

from server import Gescheitert


class Bestand:
    """Liest SQLite mit Pythons eigener Bibliothek, PostgreSQL mit psql."""

    def __init__(self, datenbank):
        self.datenbank = datenbank

    def zeilen(self, abfrage):
        """Alle Zeilen, jeder Wert als Text."""
        if self.datenbank.conninfo:
            return self._psql(abfrage)
        with closing(sqlite3.connect(f"{self.datenbank.angaben[1]}/leitstand.sqlite", timeout=30)) as verbindung:
            return [tuple("" if wert is None else str(wert) for wert in zeile) for zeile in verbindung.execute(abfrage)]

    def _psql(self, abfrage):
        befehl = ["psql", "-X", "-q", "-A", "-t", "-F", "\x1f", "-R", "\x1e", "-v", "ON_ERROR_STOP=1",
                  "-d", self.datenbank.umgebung["LEITSTAND_POSTGRES"], "-c", abfrage]
        lauf = subprocess.run(befehl, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        if lauf.returncode != 0:
            raise Gescheitert(f"psql: {lauf.stderr.strip()}")
        text = lauf.stdout.removesuffix("\n")
        return [tuple(zeile.split("\x1f")) for zeile in text.split("\x1e")] if text else []

    def zahl(self, abfrage):
        return int(self.zeilen(abfrage)[0][0])

    def heil(self):
        """Prüft die Datei Seite für Seite; PostgreSQL liest beim Zählen jede Zeile."""
        if self.datenbank.conninfo:
            self.zahl("SELECT count(*) FROM verlauf v LEFT JOIN umsetzungseintrag e ON e.id = v.eintrag")
            return
        for pruefung in ("PRAGMA integrity_check", "PRAGMA foreign_key_check"):
            gefunden = self.zeilen(pruefung)
            assert gefunden in ([("ok",)], []), f"{pruefung}: {gefunden[:5]}"

    def eintraege(self, anfang):
        """id → (Titel, Notiz, Version) aller Einträge, deren Titel so beginnt."""
        return {z[0]: (z[1], z[2], int(z[3])) for z in self.zeilen(
            f"SELECT id, titel, notiz, version FROM umsetzungseintrag WHERE titel LIKE '{anfang}%'")}

    def verlauf(self, anfang):
        """Eintrag → Zeilen (Art, Feld, von, nach) in der Reihenfolge ihrer Kennungen."""
        je_eintrag = {}
        for eintrag, *zeile in self.zeilen(
                "SELECT v.eintrag, v.art, v.feld, v.von, v.nach FROM verlauf v JOIN umsetzungseintrag e ON e.id = v.eintrag "
                f"WHERE e.titel LIKE '{anfang}%' ORDER BY v.id"):
            je_eintrag.setdefault(eintrag, []).append(tuple(zeile))
        return je_eintrag
