"""Eine Flut auf einer teuren Seite: `/healthz` bleibt schnell, und die übrigen Seiten antworten."""
import json
import subprocess
import sys
import time
from pathlib import Path

from http_klient import hole
from pruefung import pruefung
from welt import ORT

# Unter einer Flut, auf einem Rechner mit zwei Kernen, den sich Flut und Server teilen.
HEALTHZ_P99 = 0.25


@pruefung
def unter_einer_flut_auf_die_suche_bleibt_healthz_schnell_und_der_rest_erreichbar(u):
    sekunden, verbindungen = (60, 200) if u.lang else (6, 64)
    with u.welt() as welt:
        dienst = welt.dienst()
        ruhig = messe(dienst, 1)
        flut = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("last.py")), str(dienst.port), str(verbindungen),
             str(sekunden), str(u.saat), "/suche?q={wort}"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        try:
            time.sleep(0.5)
            zeiten, seiten = [], []
            ende = time.monotonic() + sekunden - 1
            while time.monotonic() < ende:
                zeiten += messe(dienst, 0.5)
                for pfad in ("/leistungen", f"/umsetzung/{ORT}"):
                    beginn = time.monotonic()
                    status = hole(dienst, pfad).status
                    seiten.append(time.monotonic() - beginn)
                    assert status == 200, f"{pfad}: {status}"
            antworten = json.loads(flut.communicate(timeout=60)[0])
        finally:
            flut.kill()
            flut.wait()
        erlaubt = {"200", "429", "503"}
        assert set(antworten) <= erlaubt, f"Antworten der Flut: {antworten}"
        assert antworten.get("200", 0) > 0, f"in der Flut kam niemand durch: {antworten}"
        p99 = sorted(zeiten)[int(len(zeiten) * 0.99)]
        u.sage(f"Flut {antworten}; /healthz 99 % binnen {p99 * 1000:.0f} ms (sonst {max(ruhig) * 1000:.0f}), "
               f"andere Seiten höchstens {max(seiten):.2f} s")
        # Ein debug-Bau teilt sich zwei Kerne mit der Flut selbst und rechnet ein Vielfaches länger.
        grenze = HEALTHZ_P99 * (6 if u.ist_debug else 1)
        assert p99 < grenze, f"/healthz: 99 % binnen {p99 * 1000:.0f} ms statt {grenze * 1000:.0f}"
        assert max(seiten) < (8 if u.ist_debug else 3), f"eine andere Seite brauchte {max(seiten):.1f} s"
        # Danach ist alles wie vorher.
        time.sleep(1)
        assert hole(dienst, "/suche?q=hund").status == 200


def messe(dienst, sekunden):
    """Wie lange `/healthz` braucht, immer wieder."""
    zeiten, ende = [], time.monotonic() + sekunden
    while time.monotonic() < ende:
        beginn = time.monotonic()
        assert hole(dienst, "/healthz").status == 200
        zeiten.append(time.monotonic() - beginn)
        time.sleep(0.01)
    return zeiten
