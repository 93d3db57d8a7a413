"""kill -9: was bestätigt wurde, ist da; was unklar blieb, ist ganz da oder gar nicht."""
import signal
import subprocess
import time

from pruefung import pruefung
from schreiber import Schreibwerk
from server import WURZEL
from welt import ORT, auf_beiden

IMPORTORT = "05558"
STAENDE = "SELECT count(*) FROM datenstand WHERE art = 'umsetzung'"


@pruefung
@auf_beiden
def nach_jedem_absturz_ist_alles_bestaetigte_da_und_nichts_halb(u):
    runden = 200 if u.lang else 10
    zufall = u.zufall("absturz")
    bestaetigt = unklar = 0
    with u.welt() as welt:
        dienst = welt.dienst()
        for runde in range(runden):
            werk = Schreibwerk(welt, dienst, f"Absturz{runde}").los()
            werk.wartet_bis(lambda: werk.bestaetigt > 0, 20, "Niemand schreibt")
            time.sleep(zufall.uniform(0, 0.5))
            dienst.toeten()
            werk.halt()
            falsch = {a: n for a, n in werk.antworten.items() if isinstance(a, int) and a != 303}
            assert not falsch, f"Runde {runde}: Antworten {falsch}"
            bestaetigt += werk.bestaetigt
            unklar += sum(bool(e.offen) for s in werk.schreiber for e in s.eintraege)
            dienst.starten()
            werk.pruefe()
            zeigt(werk, dienst)
            if runde % 10 == 9:
                welt.bestand.heil()
    u.sage(f"{runden} Abstürze: {bestaetigt} bestätigte Schreibvorgänge sind da, {unklar} waren unklar")


def zeigt(werk, dienst):
    """Auch der neu gestartete Server sieht den letzten bestätigten Eintrag."""
    schreiber = next(s for s in werk.schreiber if any(e.wert for e in s.eintraege))
    eintrag = next(e for e in reversed(schreiber.eintraege) if e.wert)
    status, seite = schreiber.hole(f"/umsetzung/{ORT}/{eintrag.id}")
    assert status == 200 and eintrag.wert in seite, f"{status}: {eintrag.wert} steht nicht auf seiner Seite"


@pruefung
@auf_beiden
def ein_abgeschossener_import_hinterlaesst_nichts_halbes(u):
    runden, zeilen = (100, 1500) if u.lang else (8, 1000)
    zufall = u.zufall("import")
    ergebnis = {"ganz": 0, "nichts": 0}
    dauer = None
    for block in range(0, runden, 10):
        with u.welt() as welt:
            laeufer = welt.dienst(starten=False)
            for runde in range(block, min(block + 10, runden)):
                anfang = f"Einfuhr{runde:03d}-"
                datei = welt.ordner / f"{anfang}.csv"
                datei.write_text("Titel;Amt;Notiz\n" + "".join(
                    f"{anfang}{n:05d};Amt {n};Zeile {n}\n" for n in range(zeilen)), encoding="utf-8")
                befehl = [str(laeufer.binary), "import", "umsetzung", str(datei), "--organisation", IMPORTORT,
                          *laeufer.datenbank.angaben]
                if dauer is None:
                    dauer = miss(welt, laeufer, datei, befehl)
                staende = welt.bestand.zahl(STAENDE)
                ende = schiesse(befehl, laeufer, zufall.uniform(0.4, 1.5) * dauer)
                ergebnis[pruefe_import(welt, anfang, zeilen, staende, ende)] += 1
                # Danach geht es ohne Aufräumen weiter.
                if runde % 4 == 3:
                    laeufer.cli(*befehl[1:6])
                    assert len(welt.bestand.eintraege(anfang)) == zeilen, "der zweite Anlauf lud nicht alles"
            welt.bestand.heil()
    u.sage(f"{runden} abgeschossene Importe von {zeilen} Zeilen ({dauer:.1f} s): {ergebnis}")


def miss(welt, laeufer, datei, befehl):
    """Wie lange derselbe Import ungestört dauert, mit anderen Titeln."""
    probe = datei.with_name("probe.csv")
    probe.write_text(datei.read_text(encoding="utf-8").replace("Einfuhr", "Vorher"), encoding="utf-8")
    beginn = time.monotonic()
    laeufer.cli("import", "umsetzung", probe, *befehl[4:6])
    return time.monotonic() - beginn


def schiesse(befehl, laeufer, nach):
    prozess = subprocess.Popen(befehl, cwd=WURZEL, env=laeufer._umgebung(), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        prozess.wait(nach)
    except subprocess.TimeoutExpired:
        prozess.send_signal(signal.SIGKILL)
    return prozess.wait()


def pruefe_import(welt, anfang, zeilen, vorher, ende):
    da, verlauf = welt.bestand.eintraege(anfang), welt.bestand.verlauf(anfang)
    geladen = welt.bestand.zahl(STAENDE) - vorher
    assert len(da) in (0, zeilen), f"halb geladen: {len(da)} von {zeilen} Zeilen"
    assert len(verlauf) == len(da), f"{len(da)} Einträge, aber Verlauf für {len(verlauf)}"
    assert geladen == (1 if da else 0), f"{len(da)} Einträge, aber {geladen} neue Datenstände"
    assert ende != 0 or da, "der Import meldete Erfolg, aber nichts ist da"
    return "ganz" if da else "nichts"
