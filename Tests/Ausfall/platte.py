"""Die Platte ist voll oder lässt sich nur noch lesen: gelesen wird weiter, geschrieben nicht, und jeder erfährt, warum."""
import re
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from pruefung import Uebersprungen, pruefung
from schreiber import Schreibwerk
from server import Gescheitert
from welt import ORT

SEITEN = ["/", "/leistungen", f"/umsetzung/{ORT}", "/healthz", "/readyz", "/api/v1/leistungen"]


def befehl(*teile):
    return subprocess.run(list(map(str, teile)), stdin=subprocess.DEVNULL, capture_output=True, text=True)


@contextmanager
def eingehaengt(u, *angaben):
    """Ein eigener Datenträger, den nur diese Prüfung sieht."""
    if not u.darf_einhaengen:
        raise Uebersprungen("Einhängen ist hier nicht erlaubt (braucht root und einen eigenen Namensraum)")
    ordner = u.neuer_ordner("platte")
    lauf = befehl("mount", *angaben, ordner)
    if lauf.returncode != 0:
        raise Uebersprungen(f"mount {' '.join(map(str, angaben))}: {lauf.stderr.strip()}")
    try:
        yield ordner
    finally:
        befehl("umount", "-l", ordner)


def fuelle(ordner):
    """Schreibt, bis nichts mehr geht."""
    with open(ordner / "ballast", "wb", buffering=0) as datei:
        for groesse in (1 << 20, 1 << 12, 1):
            try:
                while datei.write(b"\0" * groesse) == groesse:
                    pass
            except OSError:
                pass
    return ordner / "ballast"


def weist_verstaendlich_ab(werk):
    """Wer nicht speichern kann, bekommt 503 oder 507, einen Satz und einen Rat, wann es wieder geht."""
    for status, kopf, koerper in werk.ablehnungen:
        text = re.sub(r"<[^>]+>", " ", koerper.decode("utf-8", "replace"))
        assert status in (503, 507), f"Antwort {status}: {' '.join(text.split())[:400]}"
        assert "speicher" in text, f"kein Satz über das Speichern: {' '.join(text.split())[:400]}"
        assert "retry-after" in kopf, f"ohne Retry-After: {kopf}"


def liest(dienst, werk):
    """Alles, was nur liest, antwortet wie immer."""
    schreiber = werk.schreiber[0]
    eintrag = next(e for e in schreiber.eintraege if e.wert)
    for angemeldet in (False, True):
        for pfad in [*SEITEN, f"/umsetzung/{ORT}/{eintrag.id}"]:
            status, _ = schreiber.hole(pfad, angemeldet)
            assert status == 200, f"{pfad}: {status} ({'angemeldet' if angemeldet else 'ohne Anmeldung'})"


def keine_spuren(dienst):
    """Im Protokoll steht kein Absturz."""
    schlimm = [z for z in dienst.ausgabe().splitlines() if "Fatal error" in z or "Thread 0 crashed" in z]
    assert not schlimm, schlimm[:3]
    assert dienst.prozess.poll() is None, f"der Server endete mit {dienst.prozess.returncode}"


@pruefung
def auf_voller_platte_wird_weiter_gelesen_und_nach_dem_aufraeumen_weiter_geschrieben(u):
    with eingehaengt(u, "-t", "tmpfs", "-o", "size=24m", "tmpfs") as platte, u.welt(platte / "daten") as welt:
        dienst = welt.dienst()
        werk = Schreibwerk(welt, dienst, "Voll", 4, fuelle=9_000).los()
        werk.alle_schreiben(20)
        for mal in range(3 if u.lang else 2):
            ballast = fuelle(platte)
            abgelehnt = len(werk.ablehnungen)
            werk.wartet_bis(lambda: len(werk.ablehnungen) >= abgelehnt + 20, 60, "Die volle Platte merkt niemand")
            weist_verstaendlich_ab(werk)
            with ruhe(werk):
                liest(dienst, werk)
                werk.pruefe()
                import_sagt_es(welt, dienst)
            ballast.unlink()
            dauer = werk.alle_schreiben(10)
            u.sage(f"nach dem Aufräumen schreiben alle wieder, nach {dauer:.1f} s; bestätigt {werk.bestaetigt}")
        werk.halt()
        werk.pruefe()
        welt.bestand.heil()
        keine_spuren(dienst)
        dienst.toeten()
        dienst.starten()
        werk.pruefe()


@contextmanager
def ruhe(werk):
    werk.halt()
    yield
    werk.los()


def import_sagt_es(welt, dienst):
    """Auch ein Befehl nennt den Grund in einem Satz und hinterlässt nichts Halbes."""
    datei = welt.ordner / "voll.csv"
    datei.write_text("Titel;Notiz\n" + "".join(f"VolleEinfuhr{n};{'x' * 500}\n" for n in range(3000)), encoding="utf-8")
    try:
        dienst.cli("import", "umsetzung", datei, "--organisation", "05558", erwartet=1)
    except Gescheitert as fehler:
        raise AssertionError(f"Import auf voller Platte: {fehler}") from None
    assert not welt.bestand.eintraege("VolleEinfuhr"), "halb geladen"


@pruefung
def auf_einer_platte_die_nur_noch_lesen_laesst_wird_weiter_gelesen(u):
    abbild = u.neuer_ordner("abbild") / "platte.img"
    with open(abbild, "wb") as datei:
        datei.truncate(64 << 20)
    if befehl("mkfs.ext4", "-q", "-F", abbild).returncode != 0:
        raise Uebersprungen("mkfs.ext4 fehlt (Debian-Paket e2fsprogs)")
    werk = dienst = None
    with eingehaengt(u, "-o", "loop,errors=remount-ro", abbild) as platte, u.welt(platte / "daten") as welt:
        # Die Abschrift der Vorlage soll auf der Platte sein; für das Weitere sorgt Leitstand.
        assert befehl("sync", "-f", platte).returncode == 0
        dienst = welt.dienst()
        werk = Schreibwerk(welt, dienst, "Nurlesen", 4, fuelle=2_000).los()
        werk.alle_schreiben(20)
        # In einem ruhigen Augenblick: ext4 bestätigt ein fdatasync, das gerade läuft, auch wenn es den Fehler nicht überlebt.
        with ruhe(werk):
            sperre(platte)
        werk.wartet_bis(lambda: len(werk.ablehnungen) >= 12, 30, "Die gesperrte Platte merkt niemand")
        werk.halt()
        weist_verstaendlich_ab(werk)
        liest(dienst, werk)
        keine_spuren(dienst)
        dienst.toeten()
        startet_lesend_oder_nennt_den_grund(dienst, werk)
        # Auch neu eingehängt, zum Lesen: das Tagebuch des Dateisystems ist dann abgearbeitet.
        assert befehl("umount", platte).returncode == 0, "die Platte ist noch in Gebrauch"
        haenge_ein("-o", "loop", abbild, platte)
        haenge_ein("-o", "remount,ro", platte)
        startet_lesend_oder_nennt_den_grund(dienst, werk)
        # Die Platte kommt zurück.
        haenge_ein("-o", "remount,rw", platte)
        dienst.starten()
        werk.pruefe()
        welt.bestand.heil()
        werk.los()
        werk.alle_schreiben(20)
        werk.halt()
        werk.pruefe()
        u.sage(f"{werk.bestaetigt} bestätigte Schreibvorgänge überstanden die gesperrte Platte")


def sperre(platte):
    """Was ein Fehler der Platte auslöst: das Dateisystem lässt ab sofort nur noch lesen."""
    geraet = befehl("findmnt", "-n", "-o", "SOURCE", platte).stdout.strip()
    ausloeser = Path("/sys/fs/ext4") / Path(geraet).name / "trigger_fs_error"
    try:
        ausloeser.write_text("Ausfall")
    except OSError as fehler:
        raise Uebersprungen(f"{ausloeser}: {fehler}") from None
    time.sleep(0.1)


def haenge_ein(*angaben):
    lauf = befehl("mount", *angaben)
    assert lauf.returncode == 0, lauf.stderr


def startet_lesend_oder_nennt_den_grund(dienst, werk):
    """Ein Start auf der gesperrten Platte zeigt, was da ist, oder endet mit einem Satz; nie mit einer Spur aus dem Inneren."""
    vorher = len(dienst.ausgabe())
    try:
        dienst.starten()
    except Gescheitert:
        gesagt = dienst.ausgabe()[vorher:]
        assert dienst.prozess.poll() == 1, f"Ende mit {dienst.prozess.poll()}: {gesagt[-800:]}"
        assert "schreib" in gesagt and "Fatal" not in gesagt, f"kein Satz über das Schreiben: {gesagt[-800:]}"
        werk.welt.u.sage(f"Start: {gesagt.strip().splitlines()[-1]}")
        return
    werk.welt.u.sage("der Server startet und liest")
    werk.ablehnungen_vergessen()
    liest(dienst, werk)
    werk.los()
    werk.wartet_bis(lambda: len(werk.ablehnungen) >= 4, 30, "Die gesperrte Platte merkt niemand")
    werk.halt()
    weist_verstaendlich_ab(werk)
    keine_spuren(dienst)
    dienst.toeten()
