"""PostgreSQL wird neu gestartet oder fällt aus: Anfragen warten oder bekommen 503, nichts Bestätigtes fehlt."""
import json
import time
from contextlib import contextmanager

from cluster import Cluster
from http_klient import hole
from platte import eingehaengt, fuelle, keine_spuren, liest, weist_verstaendlich_ab
from pruefung import pruefung
from schreiber import Schreibwerk
from server import Datenbank
from welt import ORT, Welt, fuer

# So bald nach der Rückkehr der Datenbank muss jeder wieder schreiben können.
ERHOLUNG = 10


@contextmanager
def eigene_welt(u, cluster):
    """Eine Welt in einem eigenen Cluster."""
    ordner = u.neuer_ordner()
    datenbank = Datenbank(ordner, cluster.conninfo)
    welt = Welt(u, datenbank, ordner, u.einrichten(datenbank))
    try:
        yield welt
    finally:
        welt.schliessen()


@contextmanager
def eigener_cluster(**einstellungen):
    cluster = Cluster()
    try:
        yield cluster.starten(**einstellungen)
    finally:
        cluster.loeschen()


def nur_503(werk):
    """Wer nicht bedient werden konnte, bekam 503 mit einem Satz und Retry-After; nie eine falsche Antwort."""
    falsch = {a: n for a, n in werk.antworten.items() if a not in (303, 503)}
    assert not falsch, f"Antworten {falsch}; im Protokoll: {gruende(werk)}"
    for _, kopf, koerper in werk.ablehnungen:
        assert "retry-after" in kopf, f"503 ohne Retry-After: {kopf}"
        assert b"<h1" in koerper, koerper[:200]


def gruende(werk):
    """Welche Fehler die Server nannten, jeder einmal."""
    zeilen = [json.loads(z) for dienst in werk.server for z in dienst.zeilen_mit('"error"')]
    return sorted({f"{z['meldung']}: {z.get('fehler') or z.get('grund')}" for z in zeilen})


@pruefung
@fuer("PostgreSQL")
def wird_postgresql_neu_gestartet_erholt_sich_der_server_von_selbst(u):
    runden = 20 if u.lang else 2
    zufall = u.zufall("neustart")
    with eigener_cluster() as cluster, eigene_welt(u, cluster) as welt:
        dienst = welt.dienst()
        werk = Schreibwerk(welt, dienst, "Neustart").los()
        werk.alle_schreiben(20)
        laengste = 0.0
        for runde in range(runden):
            for art in ("fast", "immediate"):
                time.sleep(zufall.uniform(0.1, 0.6))
                cluster.neu_starten(art)
                laengste = max(laengste, werk.alle_schreiben(ERHOLUNG))
                status = hole(dienst, "/readyz").status
                assert status == 200, f"/readyz: {status}"
        werk.halt()
        nur_503(werk)
        werk.pruefe()
        u.sage(f"{2 * runden} Neustarts: {werk.bestaetigt} bestätigt, {len(werk.ablehnungen)}-mal 503, "
               f"nach höchstens {laengste:.1f} s schrieben alle wieder")


@pruefung
@fuer("PostgreSQL")
def steht_postgresql_laenger_still_sagt_der_server_es_und_haengt_nicht(u):
    pause = 30 if u.lang else 4
    with eigener_cluster() as cluster, eigene_welt(u, cluster) as welt:
        dienst = welt.dienst()
        werk = Schreibwerk(welt, dienst, "Still").los()
        werk.alle_schreiben(20)
        cluster.anhalten("fast")
        leser = Schreibwerk(welt, dienst, "Leser", 1).schreiber[0]
        ende = time.monotonic() + pause
        while time.monotonic() < ende:
            for pfad, erlaubt in (("/healthz", [200]), ("/readyz", [503]), (f"/umsetzung/{ORT}?seite=1", [200, 503])):
                beginn = time.monotonic()
                status, text = leser.hole(pfad)
                assert status in erlaubt, f"{pfad}: {status}: {text[:300]}"
                dauer = time.monotonic() - beginn
                assert dauer < (1 if pfad == "/healthz" else 15), f"{pfad} brauchte {dauer:.1f} s"
            time.sleep(0.2)
        cluster.starten()
        dauer = werk.alle_schreiben(ERHOLUNG)
        werk.halt()
        nur_503(werk)
        werk.pruefe()
        u.sage(f"nach {pause} s Stillstand schrieben alle wieder binnen {dauer:.1f} s, {len(werk.ablehnungen)}-mal 503")


@pruefung
@fuer("PostgreSQL")
def auf_voller_platte_von_postgresql_wird_weiter_gelesen(u):
    """Die Tabellen liegen auf einem kleinen Datenträger, das Tagebuch nicht: so meldet PostgreSQL, statt zu enden."""
    with eingehaengt(u, "-t", "tmpfs", "-o", "size=40m", "tmpfs") as platte, eigener_cluster() as cluster:
        # Auch den Ordner darüber, sonst kommt PostgreSQL nicht hinein.
        for ordner in (platte, platte.parent):
            cluster.ueberlasse(ordner)
        cluster.frage(f"CREATE TABLESPACE eng LOCATION '{platte}'")
        cluster.frage("ALTER SYSTEM SET default_tablespace = 'eng'")
        cluster.neu_starten("fast")
        with eigene_welt(u, cluster) as welt:
            dienst = welt.dienst()
            werk = Schreibwerk(welt, dienst, "Voll", 4, fuelle=9_000).los()
            werk.alle_schreiben(20)
            ballast = fuelle(platte)
            werk.wartet_bis(lambda: len(werk.ablehnungen) >= 20, 60, "Die volle Platte merkt niemand")
            werk.halt()
            weist_verstaendlich_ab(werk)
            liest(dienst, werk)
            keine_spuren(dienst)
            ballast.unlink()
            werk.los()
            dauer = werk.alle_schreiben(10)
            werk.halt()
            werk.pruefe()
            u.sage(f"nach dem Aufräumen schreiben alle wieder, nach {dauer:.1f} s; bestätigt {werk.bestaetigt}")


@pruefung
@fuer("PostgreSQL")
def beim_wechsel_auf_den_nachfolger_geht_nichts_bestaetigtes_verloren(u):
    """Bestätigt heißt hier: auf beiden geschrieben. Der erste stirbt, der zweite wird befördert."""
    for runde in range(3 if u.lang else 1):
        erster = Cluster()
        zweiter = None
        try:
            erster.starten()
            with eigene_welt(u, erster) as welt:
                zweiter = Cluster(vorbild=erster)
                zweiter.starten()
                # Erst mit einem Nachfolger, sonst wartete schon das Anlegen auf ihn.
                erster.frage("ALTER SYSTEM SET synchronous_standby_names = 'zweiter'")
                erster.frage("SELECT pg_reload_conf()")
                wechsle(u, welt, erster, zweiter)
        finally:
            for cluster in (erster, zweiter):
                if cluster:
                    cluster.loeschen()


def wechsle(u, welt, erster, zweiter):
    name = welt.datenbank.name
    welt.datenbank.umgebung["LEITSTAND_POSTGRES"] = (
        f"host={erster.ordner},{zweiter.ordner} user=leitstand dbname={name} target_session_attrs=read-write")
    ende = time.monotonic() + 10
    while erster.frage("SELECT sync_state FROM pg_stat_replication") != "sync":
        assert time.monotonic() < ende, "die Nachfolge kam nicht zustande"
        time.sleep(0.05)
    dienste = [welt.dienst(), welt.dienst()]
    werk = Schreibwerk(welt, dienste, "Wechsel").los()
    werk.alle_schreiben(20)
    time.sleep(u.zufall("wechsel").uniform(0.2, 1))
    erster.anhalten("immediate")
    zweiter.befoerdern()
    dauer = werk.alle_schreiben(2 * ERHOLUNG)
    werk.halt()
    nur_503(werk)
    werk.pruefe()
    for nummer, schreiber in enumerate(werk.schreiber):
        eintrag = next(e for e in reversed(schreiber.eintraege) if e.wert)
        schreiber.server = dienste[(nummer + 1) % 2]
        status, text = schreiber.hole(f"/umsetzung/{ORT}/{eintrag.id}")
        assert status == 200 and eintrag.wert in text, f"veraltet nach dem Wechsel ({status}): {eintrag.wert}"
    u.sage(f"{werk.bestaetigt} bestätigt, {len(werk.ablehnungen)}-mal 503, nach {dauer:.1f} s schrieben alle wieder")
