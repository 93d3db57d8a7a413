"""Messwerte und Grenzen: was ein fremder Leser des Prometheus-Formats versteht, und was andere Anfragen bekommen."""
from prometheus_client.parser import text_string_to_metric_families

from http_klient import anfrage, hole, roh
from pruefung import pruefung


def gelesen(u):
    antwort = hole(u.server, "/metrics")
    assert antwort.status == 200, antwort.status
    assert antwort.art == "text/plain; version=0.0.4; charset=utf-8", antwort.art
    return {familie.name: familie for familie in text_string_to_metric_families(antwort.koerper.decode())}


def anzahl(familien, **marken):
    return sum(wert.value for wert in familien["leitstand_http_requests"].samples
               if all(wert.labels.get(name) == inhalt for name, inhalt in marken.items()))


@pruefung
def die_messwerte_liest_ein_fremdes_programm(u):
    hole(u.server, "/readyz")
    familien = gelesen(u)
    for name, art in {"leitstand_http_requests": "counter", "leitstand_http_request_duration_seconds": "histogram",
                      "leitstand_http_requests_in_flight": "gauge", "leitstand_connections_open": "gauge",
                      "leitstand_database_reads": "counter", "leitstand_job_runs": "counter",
                      "process_resident_memory_bytes": "gauge", "process_start_time_seconds": "gauge"}.items():
        assert familien[name].type == art, f"{name}: {familien[name].type}"
        assert familien[name].documentation, name
    # Wie belegt, so gezählt: der Speicher, den das System nennt.
    eigener = familien["process_resident_memory_bytes"].samples[0].value / 1024 / 1024
    assert 0.5 < eigener / u.server.speicher() < 2, eigener
    for wert in familien["leitstand_http_request_duration_seconds"].samples:
        assert wert.value >= 0, wert


@pruefung
def anfragen_werden_nach_muster_gezaehlt_und_erfundene_adressen_gemeinsam(u):
    vorher = gelesen(u)
    for nummer in range(5):
        hole(u.server, f"/gebiete/gibtesnicht{nummer}?q=geheimeswort")
        hole(u.server, f"/erfunden{nummer}/geheimeswort")
    nachher = gelesen(u)
    for marken in ({"route": "/gebiete/{ars}", "status": "404"}, {"route": "unknown", "status": "404"}):
        zuwachs = anzahl(nachher, **marken) - anzahl(vorher, **marken)
        assert zuwachs == 5, f"{marken}: {zuwachs}"
    assert b"geheimeswort" not in hole(u.server, "/metrics").koerper
    assert len(nachher["leitstand_http_requests"].samples) < 2000


@pruefung
def die_messwerte_sind_nicht_fuer_die_oeffentlichkeit(u):
    for kopf in ({"X-Forwarded-For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"}, {"Via": "1.1 proxy"}):
        antwort = anfrage(u.server, "GET", "/metrics", kopf)
        assert antwort.status == 403, f"{kopf}: {antwort.status}"
        assert b"LEITSTAND_METRIKEN" in antwort.koerper
        assert b"process_" not in antwort.koerper
    assert roh(u.server, b"GET /metrics HTTP/1.1\r\nHost: leitstand.example\r\n\r\n").split()[1] == "403"


@pruefung
def eine_bekannte_adresse_nennt_was_sie_beantwortet(u):
    for methode, pfad, erlaubt in (("PUT", "/leistungen", "GET, HEAD"), ("GET", "/abmelden", "POST"),
                                   ("DELETE", "/api/v1/gebiete", "GET, HEAD")):
        antwort = anfrage(u.server, methode, pfad)
        assert (antwort.status, antwort.kopf.get("allow")) == (405, erlaubt), f"{methode} {pfad}: {antwort.kopf}"
        assert not antwort.fehlende_kopfzeilen()
    for zeile in (b"TRACE / HTTP/1.1", b"CONNECT localhost:80 HTTP/1.1", b"PROPFIND / HTTP/1.1"):
        erste = roh(u.server, zeile + b"\r\nHost: localhost\r\n\r\n")
        assert erste.split()[1] in ("400", "405", "501"), f"{zeile}: {erste}"
