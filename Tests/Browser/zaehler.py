"""Führt Prüfungen aus, meldet und zählt, wie sie ausgingen."""
import time
import traceback
from pathlib import Path

from pruefung import Uebersprungen

TESTS = Path(__file__).resolve().parents[1]


class Zaehler:
    def __init__(self):
        self.bestanden = self.gescheitert = self.uebersprungen = 0

    def melde(self, zeichen, name, zusatz=""):
        print(f"{zeichen:<11} {name}{zusatz}", flush=True)

    def fuehre_aus(self, name, funktion, u):
        beginn = time.monotonic()
        try:
            funktion(u)
        except Uebersprungen as grund:
            self.uebersprungen += 1
            self.melde("übergangen", name, f": {grund}")
        except Exception as fehler:  # eine gescheiterte Prüfung soll die übrigen nicht aufhalten
            self.gescheitert += 1
            self.melde("GESCHEITERT", name, f" ({time.monotonic() - beginn:.1f} s)")
            for zeile in beschreibung(fehler):
                print("            " + zeile, flush=True)
        else:
            self.bestanden += 1
            self.melde("ok", name, f" ({time.monotonic() - beginn:.1f} s)")

    def schluss(self):
        print(f"{self.bestanden} passed, {self.gescheitert} failed, {self.uebersprungen} skipped", flush=True)
        return 1 if self.gescheitert else 0


def beschreibung(fehler):
    """Was geschah und an welcher Stelle dieser Prüfungen, ohne das Innere der Bibliotheken."""
    stellen = [s for s in traceback.extract_tb(fehler.__traceback__) if TESTS in Path(s.filename).resolve().parents]
    orte = " < ".join(f"{Path(s.filename).name}:{s.lineno}" for s in reversed(stellen[1:]))
    text = str(fehler) or repr(fehler)
    notizen = "\n".join(getattr(fehler, "__notes__", []))
    return [f"{type(fehler).__name__} {orte}", *text[:4000].splitlines(), *notizen.splitlines()]
