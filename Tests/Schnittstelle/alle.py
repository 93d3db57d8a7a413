#!/usr/bin/env python3
"""Prüft die Schnittstelle gegen ihre eigene Beschreibung: schemathesis erfindet Anfragen nach /api/v1/openapi.json.

  alle.py --binary PFAD [--postgres CONNINFO] [--faelle ZAHL] [--saat ZAHL] [--token TOKEN]

Startet das Programm mit den Beispieldaten in einer frischen Datenbank; was geschrieben wird, verschwindet mit ihr. Nennt
die Beschreibung ein Token (bearer), so wird auch geschrieben: mit --token oder LEITSTAND_PRUEFTOKEN, sonst mit einem, das
sich die Prüfung unter /konto/zugaenge selbst ausstellt. Braucht schemathesis (Werkzeuge/schnittstelle.txt) in dem Python,
das dies ausführt. Die letzte Zeile lautet „N passed, N failed, N skipped“.
"""
import argparse
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

HIER = Path(__file__).resolve().parent
sys.path.append(str(HIER.parent / "Browser"))

import zugang  # noqa: E402
from http_klient import hole  # noqa: E402
from server import Datenbank, Gescheitert, Server  # noqa: E402
from zaehler import Zaehler  # noqa: E402

BESCHREIBUNG = "/api/v1/openapi.json"
PRUEFUNGEN = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "unsupported_method", "allow_header_conformance", "gueltiges_wird_angenommen",
    "antworten_sind_geschuetzt",
]
MIT_TOKEN = ["ignored_auth", "use_after_free"]
# So viele Fälle je Operation in einer Runde: mehr wiederholen sich, und die Saat der nächsten Runde ist eine andere.
JE_OPERATION = 1_000
RUNDEN = 60
# Der Zufall ist immer derselbe, solange niemand einen anderen nennt.
SAAT = 6
# Diese Prüfung fragt so viel wie viele Programme auf einmal; die Grenzen je Token und Adresse haben eigene Tests.
UMGEBUNG = {"LEITSTAND_PROTOKOLL": "warning", "LEITSTAND_ANFRAGEN_JE_TOKEN": "0", "LEITSTAND_ANFRAGEN_JE_ADRESSE": "0"}


class Lauf:
    """Ein Server, seine Beschreibung und was die Runden ergaben."""

    def __init__(self, server, ordner, token):
        self.server, self.ordner = server, ordner
        self.beschreibung = hole(server, BESCHREIBUNG).json
        self.operationen = sorted(f"{methode.upper()} {pfad}" for pfad, wege in self.beschreibung["paths"].items()
                                  for methode in wege if methode in ("get", "post", "put", "patch", "delete"))
        schemen = self.beschreibung.get("components", {}).get("securitySchemes", {}).values()
        self.token = token
        if token is None and any(s.get("scheme", "").lower() == "bearer" for s in schemen):
            self.token = os.environ.get("LEITSTAND_PRUEFTOKEN") or zugang.token(server)
        self.faelle, self.gescheitert, self.ausgaben = 0, {}, []

    def runde(self, je_operation, saat):
        bericht = self.ordner / "bericht.json"
        bericht.unlink(missing_ok=True)
        befehl = [sys.executable, "-m", "schemathesis.cli", "run", self.server.basis + BESCHREIBUNG,
                  "--phases", "examples,coverage,fuzzing", "-n", str(je_operation), "--seed", str(saat),
                  "-c", ",".join(PRUEFUNGEN + (MIT_TOKEN if self.token else [])), "--generation-allow-x00", "false",
                  "--generation-database", "none", "--continue-on-failure", "--no-color", "--warnings", "off",
                  "--suppress-health-check", "all", "--request-timeout", "30", "--report", "json",
                  "--report-json-path", str(bericht)]
        if self.token:
            befehl += ["-H", f"Authorization: Bearer {self.token}"]
        umgebung = os.environ | {"SCHEMATHESIS_HOOKS": "haken", "PYTHONPATH": str(HIER)}
        lauf = subprocess.run(befehl, cwd=self.ordner, env=umgebung, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True)
        if not bericht.exists():
            raise Gescheitert(f"schemathesis endete mit {lauf.returncode}:\n{(lauf.stdout + lauf.stderr)[-4000:]}")
        ergebnis = json.loads(bericht.read_text(encoding="utf-8"))
        self.faelle += ergebnis["test_cases"]["generated"]
        for fehler in ergebnis["failures"]:
            for operation in fehler["operations"]:
                self.gescheitert.setdefault(operation, set()).add(fehler["title"])
        for fehler in ergebnis["errors"]:
            self.gescheitert.setdefault(fehler.get("operation") or "schemathesis", set()).add(str(fehler)[:300])
        if ergebnis["failures"] or ergebnis["errors"]:
            zeilen = lauf.stdout.splitlines()
            anfang = next((i for i, z in enumerate(zeilen) if " FAILURES " in z or " ERRORS " in z), 0)
            ende = next((i for i, z in enumerate(zeilen) if " SUMMARY " in z), len(zeilen))
            self.ausgaben.append("\n".join(zeilen[anfang:ende]).rstrip())
        return not ergebnis["failures"] and not ergebnis["errors"]


def pruefe(angaben, zaehler, ordner):
    datenbank = Datenbank(ordner, angaben.postgres)
    server = Server(angaben.binary, datenbank, ordner)
    server.zusatz = UMGEBUNG
    try:
        server.cli("demo")
        server.starten()
        lauf = Lauf(server, ordner, angaben.token)
        print(f"{datenbank.art}, {len(lauf.operationen)} Operationen, --faelle {angaben.faelle} --saat {angaben.saat}, "
              f"{'mit' if lauf.token else 'ohne'} Token", flush=True)
        je_operation = min(JE_OPERATION, math.ceil(angaben.faelle / len(lauf.operationen)))
        for nummer in range(RUNDEN):
            # Was eine Runde findet, soll sich nicht tausendmal wiederholen.
            if not lauf.runde(je_operation, angaben.saat + nummer) or lauf.faelle >= angaben.faelle:
                break
        melde(lauf, angaben, zaehler)
        server.beenden()
    finally:
        if server.prozess and server.prozess.poll() is None:
            server.prozess.kill()
            server.prozess.wait()
        datenbank.loeschen()


def melde(lauf, angaben, zaehler):
    for ausgabe in lauf.ausgaben:
        print(ausgabe, flush=True)
    # Was an einer anderen Methode scheitert, zählt bei denen mit, die es an dieser Adresse gibt.
    fremde = {o.split(" ", 1)[1] for o in lauf.gescheitert if " " in o and o not in lauf.operationen}
    for operation in lauf.operationen:
        pfad = operation.split(" ", 1)[1]
        maengel = set().union(*(m for o, m in lauf.gescheitert.items()
                                if o == operation or (o.endswith(" " + pfad) and pfad in fremde)))
        if maengel:
            zaehler.gescheitert += 1
            zaehler.melde("GESCHEITERT", operation, ": " + "; ".join(sorted(maengel)))
        else:
            zaehler.bestanden += 1
    for name, gut, zusatz in [
        ("schemathesis lief ohne eigenen Fehler", "schemathesis" not in lauf.gescheitert,
         lauf.gescheitert.get("schemathesis")),
        ("so viele Fälle wie verlangt", lauf.faelle >= angaben.faelle or bool(lauf.gescheitert), lauf.faelle),
        ("der Server hat keinen Fehler festgehalten", not fehlerzeilen(lauf.server), fehlerzeilen(lauf.server)[:5]),
        ("der Server antwortet noch", hole(lauf.server, "/readyz").status == 200, ""),
    ]:
        if gut:
            zaehler.bestanden += 1
        else:
            zaehler.gescheitert += 1
            zaehler.melde("GESCHEITERT", name, f": {zusatz}")
    zaehler.melde("ok" if not zaehler.gescheitert else "", f"{lauf.faelle} Fälle", "")


def fehlerzeilen(server):
    """Was ab der Stufe error im Protokoll steht."""
    return [z for z in server.protokoll() if '"stufe":"error"' in z or '"stufe":"critical"' in z]


def main():
    angaben = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    angaben.add_argument("--binary", required=True, help="das gebaute Programm")
    angaben.add_argument("--postgres", metavar="CONNINFO", help="legt dort eine eigene Datenbank an, statt SQLite")
    angaben.add_argument("--faelle", type=int, default=2_000, help="so viele Anfragen mindestens (2000)")
    angaben.add_argument("--saat", type=int, default=SAAT, help="der Anfang des Zufalls")
    angaben.add_argument("--token", help="damit wird geschrieben")
    angaben = angaben.parse_args()
    # Wird der Lauf abgebrochen, soll der Server nicht übrig bleiben.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    zaehler = Zaehler()
    with tempfile.TemporaryDirectory(prefix="leitstand-schnittstelle-") as ordner:
        try:
            pruefe(angaben, zaehler, Path(ordner))
        except Gescheitert as fehler:
            print(f"GESCHEITERT {fehler}", flush=True)
            zaehler.gescheitert += 1
    return zaehler.schluss()


if __name__ == "__main__":
    sys.exit(main())
