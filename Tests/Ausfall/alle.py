#!/usr/bin/env python3
"""Prüft, dass Leitstand Ausfälle übersteht: Abstürze, volle Platten, PostgreSQL weg, verstellte Uhren, langsame Clients.

  alle.py --binary PFAD [--postgres CONNINFO] [--lang] [--only NAME] [--saat ZAHL]

Ohne --postgres auf SQLite und mit allem, was nicht an der Datenbank hängt; mit --postgres nur, was PostgreSQL angeht.
--lang ist die lange Form (etwa eine halbe Stunde je Datenbank). Jede Prüfung bekommt eine frische Welt mit den
Beispieldaten; der Zufall folgt der Saat, die am Anfang steht. Die letzte Zeile lautet „N passed, N failed, N skipped“.
"""
import argparse
import ctypes
import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "Browser"))

# Die Reihenfolge der Einfuhr ist die der Prüfungen.
import absturz, arbeiter, platte, postgresausfall, zweiserver, uhr, halb, langsam, flut, abgeschnitten  # noqa: E401,F401,E402
from pruefung import PRUEFUNGEN  # noqa: E402
from server import Gescheitert  # noqa: E402
from welt import Umgebung  # noqa: E402
from zaehler import Zaehler  # noqa: E402

CLONE_NEWNS = 0x20000


def eigene_mounts():
    """Was hier eingehängt wird, sieht sonst niemand, und es verschwindet mit diesem Prozess. Sagt, ob das geht."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        return False
    return subprocess.run(["mount", "--make-rprivate", "/"], capture_output=True).returncode == 0


def main():
    angaben = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    angaben.add_argument("--binary", required=True, help="das gebaute Programm")
    angaben.add_argument("--postgres", metavar="CONNINFO", help="legt dort eigene Datenbanken an, statt SQLite")
    angaben.add_argument("--lang", action="store_true", help="die lange Form")
    angaben.add_argument("--only", metavar="NAME", help="nur Prüfungen, deren Name dies enthält")
    angaben.add_argument("--saat", type=int, help="der Anfang des Zufalls, um einen Lauf zu wiederholen")
    angaben = angaben.parse_args()
    # Wird der Lauf abgebrochen, sollen die Server nicht übrig bleiben.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    saat = angaben.saat if angaben.saat is not None else random.randrange(1_000_000)
    art = "PostgreSQL" if angaben.postgres else "SQLite"
    print(f"{art}, {'lange' if angaben.lang else 'kurze'} Form, --saat {saat}", flush=True)
    zaehler = Zaehler()
    darf_einhaengen = eigene_mounts()
    gewaehlt = [(name, funktion) for name, funktion in PRUEFUNGEN
                if (not angaben.only or any(o in name for o in angaben.only.split(","))) and art in getattr(funktion, "datenbanken", ["SQLite"])
                and (angaben.lang or not hasattr(funktion, "nur_lang"))]
    with tempfile.TemporaryDirectory(prefix="leitstand-ausfall-", dir="/tmp") as ordner:
        try:
            u = Umgebung(angaben.binary, angaben.postgres, angaben.lang, saat, Path(ordner), darf_einhaengen)
            try:
                for name, funktion in gewaehlt:
                    zaehler.fuehre_aus(name, funktion, u)
            finally:
                u.aufraeumen()
        except Gescheitert as fehler:
            print(f"GESCHEITERT {fehler}", flush=True)
            zaehler.gescheitert += 1
    return zaehler.schluss()


if __name__ == "__main__":
    sys.exit(main())
