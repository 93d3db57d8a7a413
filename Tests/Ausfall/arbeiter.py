"""kill -9 auf Arbeiter: die Wirkung jedes Jobs steht danach genau einmal in der Datenbank."""
import os
import subprocess
import time
from pathlib import Path

from pruefung import pruefung
from server import WURZEL, Gescheitert
from welt import auf_beiden

JOBS = 20_000


@pruefung
@auf_beiden
def nach_zweihundert_erschossenen_arbeitern_wirkte_jeder_job_genau_einmal(u):
    messen = Path(u.binary).with_name("messen")
    if not messen.exists():
        raise Gescheitert(f"{messen} fehlt")
    zufall = u.zufall("arbeiter")
    runden = 200
    with u.welt() as welt:
        ort = ["--datenbank", welt.datenbank.umgebung["LEITSTAND_POSTGRES"]] if welt.datenbank.conninfo \
            else welt.datenbank.angaben
        ruf(messen, "--stelle", str(JOBS), "--gemischt", *ort)
        erschossen = 0
        for runde in range(runden):
            arbeiter = subprocess.Popen([str(messen), "arbeiter", *ort], cwd=WURZEL, env=umgebung(),
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            # Erst wenn er arbeitet, trifft der Schuss etwas.
            arbeiter.stdout.readline()
            time.sleep(zufall.uniform(0, 0.08))
            arbeiter.kill()
            erschossen += arbeiter.wait() == -9
            arbeiter.stdout.close()
        begonnen = welt.bestand.zahl("SELECT count(*) FROM wirkung")
        verloren = welt.bestand.zahl("SELECT count(*) FROM job WHERE art LIKE 'messen.%' AND zustand = 'laeuft'")
        ende = time.monotonic() + 180
        while welt.bestand.zahl("SELECT count(*) FROM job WHERE art LIKE 'messen.%' AND zustand <> 'fertig'") > 0:
            if time.monotonic() > ende:
                raise Gescheitert("Nach drei Minuten ist noch nicht alles abgearbeitet")
            ruf(messen, "--einmal", *ort)
            # Was ein erschossener Arbeiter hielt, wird nach einer Sekunde frei.
            time.sleep(0.3)
        assert erschossen == runden, f"nur {erschossen} Arbeiter starben durch den Schuss"
        zeilen, verschiedene = (welt.bestand.zahl(f"SELECT count({was}) FROM wirkung") for was in ("*", "DISTINCT nummer"))
        assert zeilen == verschiedene == JOBS, f"{zeilen} Wirkungen von {verschiedene} Jobs, gestellt waren {JOBS}"
        mehrfach = welt.bestand.zahl("SELECT count(*) FROM job WHERE art LIKE 'messen.%' AND versuche > 1")
        assert mehrfach > 0 and begonnen > 0, "kein Schuss traf einen Arbeiter bei der Arbeit"
        welt.bestand.heil()
    u.sage(f"{runden} erschossene Arbeiter, {begonnen} Wirkungen bis dahin, zuletzt {verloren} Jobs in toten Händen, "
           f"{mehrfach} Jobs mehr als einmal begonnen, jede Wirkung einmal da")


def umgebung():
    return {k: v for k, v in os.environ.items() if not k.startswith("LEITSTAND_")}


def ruf(messen, *angaben):
    lauf = subprocess.run([str(messen), "arbeiter", *angaben], cwd=WURZEL, env=umgebung(), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=180)
    if lauf.returncode != 0:
        raise Gescheitert(f"messen arbeiter {angaben[0]}: {lauf.stderr.strip()[-300:]}")
