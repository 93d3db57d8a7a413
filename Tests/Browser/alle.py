#!/usr/bin/env python3
"""Prüft das fertige Programm im Browser und über HTTP, mit den echten Daten.

  alle.py --binary PFAD [--postgres CONNINFO] [--only NAME] [--bilder ORDNER]

Startet den Server selbst, auf einem freien Port und mit einer frischen Datenbank. Umgebung: LEITSTAND_TESTDATEN (echte
Daten), LEITSTAND_CHROMIUM, LEITSTAND_AXE (axe.min.js), LEITSTAND_VNU (vnu.jar). Die letzte Zeile lautet
„N passed, N failed, N skipped“.
"""
import argparse
import os
import signal
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

# Die Reihenfolge der Einfuhr ist die der Prüfungen: erst die Geschichten, zuletzt das Ende des Servers.
import betrieb, geschichte, konto, zugang_token, organisation, suche, eingaben, zugang, druck, regeln, messwerte, katalogfeed, post, mitteilungen, anbieter, dateien, webhooks, tempo  # noqa: E401,F401
# Danach, denn auch die Bilder führen eine Prüfung ein.
import bilder  # noqa: E402
from browser import Browser
from pruefung import PRUEFUNGEN, Umgebung
from server import Datenbank, Gescheitert, Server
from zaehler import Zaehler


def testdaten():
    """Der Ordner mit den echten Daten, oder nichts."""
    ordner = os.environ.get("LEITSTAND_TESTDATEN")
    return Path(ordner) if ordner and Path(ordner).is_dir() else None


def pruefe(angaben, daten, gewaehlt, zaehler, ordner, ablage):
    datenbank = Datenbank(ordner, angaben.postgres)
    server = Server(angaben.binary, datenbank, ordner)
    try:
        server.laden(daten)
        server.starten()
        print(f"{datenbank.art}, {server.basis}, bereit nach {server.startzeit:.2f} s", flush=True)
        with sync_playwright() as playwright:
            browser = Browser(playwright, server, ablage)
            u = Umgebung(server, browser, ordner, ablage)
            for name, funktion in gewaehlt:
                zaehler.fuehre_aus(name, funktion, u)
            if angaben.bilder:
                if server.prozess.poll() is not None:
                    server.starten()
                for datei in bilder.machen(u, angaben.bilder):
                    print(f"Bild: {datei}")
            browser.schliessen()
        server.beenden()
    finally:
        if server.prozess and server.prozess.poll() is None:
            server.prozess.kill()
            server.prozess.wait()
        datenbank.loeschen()


def main():
    angaben = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    angaben.add_argument("--binary", required=True, help="das gebaute Programm")
    angaben.add_argument("--postgres", metavar="CONNINFO", help="legt dort eine eigene Datenbank an, statt SQLite")
    angaben.add_argument("--only", metavar="NAME", help="nur Prüfungen, deren Name dies enthält")
    angaben.add_argument("--bilder", metavar="ORDNER", help="legt danach die Bilder der Dokumentation ab")
    angaben = angaben.parse_args()
    # Wird der Lauf abgebrochen, soll der Server nicht übrig bleiben.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    zaehler = Zaehler()
    gewaehlt = [p for p in PRUEFUNGEN if not angaben.only or angaben.only in p[0]]
    daten = testdaten()
    if daten is None:
        if os.environ.get("CI"):
            print("CI ist gesetzt, aber LEITSTAND_TESTDATEN nennt keinen Ordner mit den echten Daten.")
            zaehler.gescheitert = 1
        zaehler.uebersprungen = len(gewaehlt)
        return zaehler.schluss()
    ablage = Path(angaben.binary).resolve().parent.parent / "browser"
    ablage.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="leitstand-browser-") as ordner:
        try:
            pruefe(angaben, daten, gewaehlt, zaehler, Path(ordner), ablage)
        except Gescheitert as fehler:
            print(f"GESCHEITERT {fehler}", flush=True)
            zaehler.gescheitert += 1
    return zaehler.schluss()


if __name__ == "__main__":
    sys.exit(main())
