"""Die Uhr springt zurück: Sitzungen gelten weiter, Reihenfolgen bleiben, nichts hängt."""
import ctypes
import os
import time
from contextlib import contextmanager
from pathlib import Path

from http_klient import anfrage, hole
from pruefung import Uebersprungen, pruefung
from schreiber import BESTAETIGT, Eintrag, Schreiber, Schreibwerk
from welt import ORT, Sitzung, auf_beiden


@contextmanager
def falsche_uhr(ordner):
    """Datei und Umgebung: was in der Datei steht, gilt im Server sofort."""
    gefunden = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not gefunden:
        raise Uebersprungen("libfaketime fehlt (Debian-Paket faketime)")
    datei = ordner / "uhr.txt"
    datei.write_text("+0\n")
    # Semaphor und Speicher muss es schon geben: legte die Bibliothek sie an, verschöbe sie die Umgebung des Prozesses,
    # und Swift fände seine Befehlszeile nicht mehr.
    name = f"/leitstand-uhr-{os.getpid()}"
    libc = ctypes.CDLL(None, use_errno=True)
    libc.sem_open.restype = ctypes.c_void_p
    if libc.sem_open(name.encode(), os.O_CREAT, 0o600, 1) is None:
        raise Uebersprungen("kein POSIX-Semaphor")
    speicher = Path("/dev/shm" + name)
    speicher.write_bytes(bytes(8))
    try:
        # Wie im Betrieb: verstellt wird die Uhr an der Wand, nicht die, die nur vorwärts läuft.
        yield datei, {"LD_PRELOAD": str(gefunden[0]), "FAKETIME_TIMESTAMP_FILE": str(datei), "FAKETIME_NO_CACHE": "1",
                      "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_SHARED": f"{name} {name}"}
    finally:
        libc.sem_unlink(name.encode())
        speicher.unlink(missing_ok=True)


def verstelle(datei, sekunden):
    neu = datei.with_suffix(".neu")
    neu.write_text(f"{sekunden:+d}\n")
    neu.rename(datei)


@pruefung
@auf_beiden
def springt_die_uhr_geht_alles_weiter(u):
    # Vorwärts weniger als die zwei Stunden, nach denen eine unbenutzte Sitzung endet.
    spruenge = [-3_600, 5_400, -86_400, 0] if not u.lang else [-3_600, 5_400, -86_400, -30, 6_600, -86_400 * 40, 0] * 4
    with u.welt() as welt, falsche_uhr(welt.ordner) as (datei, umgebung):
        dienst = welt.dienst(umgebung)
        werk = Schreibwerk(welt, dienst, "Uhr").los()
        werk.alle_schreiben(20)
        for sprung in spruenge:
            verstelle(datei, sprung)
            dauer = werk.alle_schreiben(10)
            assert dauer < 8, f"nach dem Sprung um {sprung} s dauerte es {dauer:.1f} s"
            beginn = time.monotonic()
            for pfad in ("/", "/leistungen", "/suche?q=hund", f"/umsetzung/{ORT}", "/healthz", "/readyz"):
                assert hole(dienst, pfad).status == 200, pfad
            assert time.monotonic() - beginn < 10
        werk.halt()
        falsch = {a: n for a, n in werk.antworten.items() if a != 303}
        assert not falsch, f"Antworten {falsch}"
        # Mit dem Verlauf in der Reihenfolge der Kennungen: die Ketten dürfen nicht springen.
        werk.pruefe()
        assert not dienst.zeilen_mit('"error"', '"critical"')
        u.sage(f"{len(spruenge)} Sprünge, {werk.bestaetigt} Schreibvorgänge")


@pruefung
@auf_beiden
def eine_zurueckgestellte_uhr_beendet_keine_sitzung_und_kehrt_keinen_verlauf_um(u):
    with u.welt() as welt, falsche_uhr(welt.ordner) as (datei, umgebung):
        dienst = welt.dienst(umgebung)
        schreiber, eintrag = Schreiber(Sitzung(dienst), dienst, "Zeiger"), Eintrag()
        werte = []
        for sprung in (0, -3_600, -86_400, 60):
            verstelle(datei, sprung)
            assert b'action="/abmelden"' in anfrage(dienst, "GET", "/", schreiber.sitzung.kopf).koerper, \
                f"abgemeldet, als die Uhr um {sprung} s sprang"
            ergebnis = schreiber.aendere(eintrag) if eintrag.id else schreiber.sende(eintrag, f"/umsetzung/{ORT}")
            assert ergebnis == BESTAETIGT, dict(schreiber.antworten)
            werte.append(eintrag.wert)
        _, seite = schreiber.hole(f"/umsetzung/{ORT}/{eintrag.id}", angemeldet=True)
        verlauf = seite[seite.index('id="verlauf"'):]
        # Das Jüngste steht oben.
        stellen = [verlauf.index(f"auf „{wert}“") for wert in werte[1:]]
        assert stellen == sorted(stellen, reverse=True), "der Verlauf steht nicht in der Reihenfolge des Geschehens"
        Sitzung(dienst)  # und neu anmelden geht auch
