"""Regeln, die andere Programme brauchen: Zählungen, Blättern, Weiterleitungen, Ablehnungen, Kopfzeilen, Protokoll."""
import csv
import gzip
import io
import json
import re
import time

import openpyxl

from http_klient import anfrage, hole, roh, sende
from pruefung import pruefung
from server import ORT_MIT_LISTE

V1 = "/api/v1"


def gesamt(u, pfad):
    return hole(u.server, V1 + pfad).json["gesamt"]


@pruefung
def die_zahlen_des_katalogs_stimmen(u):
    gezaehlt = {pfad: gesamt(u, pfad) for pfad in ("/leistungen", "/ozg", "/themenfelder", "/dienste")}
    erwartet = {"/leistungen": 5249, "/ozg": 557, "/themenfelder": 14, "/dienste": 15}
    # Der Schlüssel, den die Listen vorläufig mitbrachten, zählt hier nicht.
    vorlaeufig = gesamt(u, "/leistungen?q=99999888777666")
    gezaehlt["/leistungen"] -= vorlaeufig
    assert gezaehlt == erwartet, f"{gezaehlt} (davor {vorlaeufig} vorläufige abgezogen)"


@pruefung
def die_zahlen_des_verzeichnisses_stimmen(u):
    # Textkennzeichen 67 ist „große Kreisstadt“, also eine Gemeinde.
    erwartet = {"gemeinde": 10645, "kreisfreie_stadt": 106, "gemeindefrei": 201, "kreis": 294, "land": 16}
    gezaehlt = {art: gesamt(u, f"/gebiete?art={art}&anzahl=1") for art in erwartet}
    assert gezaehlt == erwartet, gezaehlt


@pruefung
def blaettern_besucht_jede_leistung_genau_einmal(u):
    ids, weiter, seiten = [], None, 0
    while True:
        antwort = hole(u.server, f"{V1}/leistungen?anzahl=200" + (f"&weiter={weiter}" if weiter else "")).json
        ids += [e["id"] for e in antwort["eintraege"]]
        weiter, seiten = antwort["weiter"], seiten + 1
        if weiter is None or seiten > 100:
            break
    assert len(ids) == antwort["gesamt"] and len(set(ids)) == len(ids), f"{len(ids)}, {len(set(ids))} verschiedene"


@pruefung
def eine_leistung_nennt_was_der_vertrag_verspricht(u):
    leistung = hole(u.server, f"{V1}/leistungen/99110009104000").json
    felder = {"id", "schluessel", "name", "typ", "ozgId", "themenfeld", "lage", "istObjekt"}
    assert felder <= leistung.keys(), felder - leistung.keys()
    assert leistung["id"] == leistung["schluessel"] == "99110009104000" and isinstance(leistung["typ"], list)
    assert {"slug", "name"} <= leistung["themenfeld"].keys() and leistung["istObjekt"] is False
    slug = leistung["themenfeld"]["slug"]
    assert 0 < gesamt(u, f"/leistungen?themenfeld={slug}") < 5249
    zeilen = hole(u.server, f"{V1}/leistungen?typ=2/3&anzahl=200").json["eintraege"]
    assert zeilen and all("2/3" in z["typ"] for z in zeilen), "?typ=2/3 filtert nicht"
    duelmen = hole(u.server, f"{V1}/gebiete/055580016016").json
    assert {"ars", "ags", "name", "art", "einwohner", "gehoertZu"} <= duelmen.keys(), duelmen
    assert (duelmen["name"], duelmen["ags"], duelmen["art"]) == ("Dülmen", "05558016", "gemeinde"), duelmen


@pruefung
def jede_schreibweise_eines_gebiets_fuehrt_zu_seiner_einen_adresse(u):
    muenster, coesfeld = "055150000000", "05558"
    for kurz, lang in (("05515", muenster), ("055150000", muenster), ("055580000000", coesfeld),
                       ("055580000", coesfeld), ("050000000000", "05"), ("055000000000", "055")):
        for davor in ("/gebiete/", V1 + "/gebiete/"):
            antwort = hole(u.server, davor + kurz)
            assert (antwort.status, antwort.kopf.get("location")) == (308, davor + lang), \
                f"{davor}{kurz}: {antwort.status} {antwort.kopf.get('location')}"


def abgelehnt(u, antwort, was):
    """Immer 4xx, nie 5xx, mit den Kopfzeilen zur Sicherheit."""
    assert 400 <= antwort.status < 500, f"{was}: {antwort.status}"
    assert not antwort.fehlende_kopfzeilen(), f"{was}: es fehlen {antwort.fehlende_kopfzeilen()}"
    assert b"<html" in antwort.koerper or "problem+json" in antwort.art, f"{was}: weder Seite noch problem+json"


@pruefung
def unmoegliche_adressen_werden_abgelehnt(u):
    schlecht = ["/leistungen?q=%00", "/leistungen?q=%ff", "/leistungen/%ff", "/leistungen/%00", "/gebiete/%C3%28",
                "/leistungen?seite=0", "/leistungen?seite=-1", "/leistungen?seite=1e3", "/leistungen?seite=100000",
                "/leistungen?seite=99999999999999999999", "/gebiete?art=schloss",
                "/umsetzung/055580016016?stand=fertig",
                "/leistungen?q=" + "x" * 7900 + "%ff", "/" + "a/" * 4_000, "/" + "a/" * 5_000, "/../../etc/passwd",
                "/assets/x/../../../etc/passwd", "/assets/x/%2e%2e/%2e%2e/etc/passwd", "/gibt-es-nicht",
                "/leistungen/1", "/ozg/abc", "/themenfelder/x", "/gebiete/99", "/dienste/x", "/umsetzung/x",
                "/umsetzung/055580016016/x", "/dienste?variante=x", "/%"]
    for pfad in schlecht:
        abgelehnt(u, hole(u.server, pfad), pfad[:60])


@pruefung
def eine_abfrage_von_einem_megabyte_wird_abgelehnt(u):
    for pfad in ("/leistungen", V1 + "/leistungen"):
        zeile = roh(u.server, f"GET {pfad}?q={'x' * 1_048_576} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert re.match(r"HTTP/1\.1 4\d\d ", zeile), f"{pfad}: „{zeile}“"


@pruefung
def kaputtes_http_legt_den_server_nicht_lahm(u):
    for bytes_ in (b"\x00\x01\x02\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
                   b"GET /" + b"\xff" * 50 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
                   b"GET / HTTP/1.1\r\nHost: x\r\nX-Lang: " + b"y" * 5_000_000 + b"\r\n\r\n",
                   b"POST /anmelden HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n"):
        try:
            zeile = roh(u.server, bytes_)
        except OSError:
            zeile = ""  # die Verbindung darf enden, ohne dass eine Antwort kommt
        assert not re.match(r"HTTP/1\.\d (5|200)", zeile), f"{bytes_[:30]}: „{zeile}“"
    assert hole(u.server, "/").status == 200


@pruefung
def die_schnittstelle_lehnt_mit_problem_json_ab(u):
    for pfad in ("?anzahl=1000", "?anzahl=0", "?anzahl=viele", "?weiter=kaputt!", "?weiter=AAAA", "?q=%00", "?q=%ff",
                 "/gibt-es-nicht", "/%ff", "?weiter=" + "A" * 6_000):
        antwort = hole(u.server, V1 + "/leistungen" + pfad)
        abgelehnt(u, antwort, pfad[:40])
        assert antwort.art.startswith("application/problem+json"), f"{pfad[:40]}: {antwort.art}"
        problem = antwort.json
        assert problem["status"] == antwort.status and problem["title"] and problem["detail"], problem
    for pfad in ("/gibt-es-nicht", "/gebiete?art=schloss", "/gebiete/99", "/leistungen/a/b/c", "/ozg/abc"):
        antwort = hole(u.server, V1 + pfad)
        abgelehnt(u, antwort, pfad)
        assert antwort.art.startswith("application/problem+json"), f"{pfad}: {antwort.art}"


@pruefung
def aenderungen_ohne_geheimnis_oder_von_fremden_seiten_werden_abgelehnt(u):
    keks = u.browser.keks()
    anmeldung = {"email": u.server.email, "passwort": u.server.passwort}
    liste = "/umsetzung/055580032032"
    faelle = {
        "Anmeldung ohne Geheimnis": sende(u.server, "/anmelden", anmeldung),
        "nicht angemeldet": sende(u.server, liste, {"titel": "x"}),
        "ohne Geheimnis": sende(u.server, liste, {"titel": "x"}, Cookie=keks),
        "falsches Geheimnis": sende(u.server, liste, {"titel": "x", "csrf": "A" * 43}, Cookie=keks),
        "fremde Herkunft": sende(u.server, liste, {"titel": "x"}, Cookie=keks, Origin="https://fremd.invalid"),
        "fremde Seite": sende(u.server, liste, {"titel": "x"}, Cookie=keks, Sec_Fetch_Site="cross-site"),
        "fremde Anmeldung": sende(u.server, "/anmelden", anmeldung, Origin="https://fremd.invalid"),
        "Abmelden ohne Geheimnis": sende(u.server, "/abmelden", {}, Cookie=keks),
        "JSON statt Formular": anfrage(u.server, "POST", liste,
                                       {"Cookie": keks, "Content-Type": "application/json"}, b"{}"),
        "halbes Formular": anfrage(u.server, "POST", liste + "/ladungen",
                                   {"Cookie": keks, "Content-Type": "multipart/form-data; boundary=x"}, b"--x\r\nab"),
    }
    for was, antwort in faelle.items():
        abgelehnt(u, antwort, was)
    # Das richtige Geheimnis von der richtigen Seite, aber mit fremder Herkunft: auch das nicht.
    seite = hole(u.server, liste + "/neu", Cookie=keks).koerper.decode()
    geheimnis = re.search(r'name="csrf" value="([^"]+)"', seite)[1]
    antwort = sende(u.server, liste, {"titel": "x", "stand": "offen", "csrf": geheimnis}, Cookie=keks,
                    Origin="https://fremd.invalid")
    assert antwort.status == 403, f"fremde Herkunft mit Geheimnis: {antwort.status}"
    assert hole(u.server, liste, Cookie=keks).koerper.count(b'scope="row"') == 0, "trotzdem geschrieben"


@pruefung
def eine_ausgefuehrte_liste_laesst_sich_wieder_einlesen_ohne_etwas_zu_aendern(u):
    for ars in (ORT_MIT_LISTE, "055580016016"):
        antwort = hole(u.server, f"/umsetzung/{ars}/liste.csv", Cookie=u.browser.keks())
        assert antwort.status == 200 and antwort.art.startswith("text/csv"), f"{ars}: {antwort.status}"
        assert "attachment" in antwort.kopf["content-disposition"] and antwort.koerper.startswith(b"\xef\xbb\xbf")
        blatt, noch_einmal = u.ordner / f"{ars}.csv", u.ordner / f"{ars}-cli.csv"
        blatt.write_bytes(antwort.koerper)
        bericht = u.server.cli("import", "umsetzung", blatt, "--organisation", ars)
        assert "neu: 0, geändert: 0" in bericht, f"{ars}: {bericht}"
        u.server.cli("export", "umsetzung", "--organisation", ars, "--out", noch_einmal)
        assert noch_einmal.read_bytes() == antwort.koerper, f"{ars}: Befehl und Seite schreiben Verschiedenes"


@pruefung
def eine_liste_als_datei_hat_die_zeilen_und_die_ordnung_der_seiten(u):
    for pfad, spalte, auswahl in (("/leistungen", "Kennung", "typ=2/3&typ=4&q=hund"),
                                  ("/gebiete", "ARS", "land=05&groesse=20000_49999&art=gemeinde")):
        gezeigt, nummer = [], 1
        while True:
            seite = hole(u.server, f"{pfad}?{auswahl}&seite={nummer}")
            if seite.status == 404:
                break
            gezeigt += re.findall(rf'scope="row"><a href="{pfad}/([^"]+)"', seite.koerper.decode())
            nummer += 1
        gesamt_api = gesamt(u, f"{pfad}?{auswahl}&anzahl=1")
        assert len(gezeigt) == gesamt_api > 0, f"{pfad}: {len(gezeigt)} gezeigt, {gesamt_api} gezählt"
        antwort = hole(u.server, f"{pfad}.xlsx?{auswahl}")
        mappe = openpyxl.load_workbook(io.BytesIO(antwort.koerper))
        blatt = mappe.worksheets[0]
        kopf = [zelle.value for zelle in blatt[1]]
        index = kopf.index(spalte)
        zeilen = list(blatt.iter_rows(min_row=2, values_only=True))
        assert [zeile[index] for zeile in zeilen] == gezeigt, f"{pfad}: XLSX und Seite zeigen Verschiedenes"
        assert blatt.freeze_panes == "A2" and blatt.auto_filter.ref and all(zelle.font.b for zelle in blatt[1])
        angaben = {zeile[0]: zeile[1] for zeile in mappe["Auswahl"].iter_rows(values_only=True)}
        assert angaben["Zeilen"] == str(gesamt_api) and angaben["Stand"], angaben
        tabelle = hole(u.server, f"{pfad}.csv?{auswahl}").koerper.decode("utf-8-sig")
        csv_zeilen = list(csv.reader(io.StringIO(tabelle), delimiter=";"))
        assert csv_zeilen[0] == kopf and [zeile[index] for zeile in csv_zeilen[1:]] == gezeigt, f"{pfad}: CSV"


@pruefung
def die_zahl_hinter_jedem_wert_ist_die_der_liste(u):
    for pfad, auswahl in (("/leistungen", "typ=2/3&themenfeld=umwelt"), ("/gebiete", "land=05&art=gemeinde")):
        facetten = hole(u.server, f"{V1}{pfad}?{auswahl}&facetten=ja&anzahl=1").json["facetten"]
        paare = [paar.split("=") for paar in auswahl.split("&")]
        for facette in facetten:
            andere = [f"{name}={wert}" for name, wert in paare if name != facette["name"]]
            for wert in facette["werte"][:6]:
                frage = "&".join([*andere, f"{facette['name']}={wert['wert']}"])
                assert gesamt(u, f"{pfad}?{frage}") == wert["anzahl"], f"{pfad}?{frage}: {wert}"


@pruefung
def andere_methoden_werden_abgelehnt(u):
    for methode in ("TRACE", "DELETE", "PUT", "PATCH", "OPTIONS", "CONNECT", "QUATSCH"):
        for pfad in ("/", V1 + "/leistungen"):
            antwort = anfrage(u.server, methode, pfad)
            # 501 heißt: diese Methode kennt der Server auf keiner Adresse (RFC 9110, 15.6.2).
            assert antwort.status in (400, 405, 501), f"{methode} {pfad}: {antwort.status}"


@pruefung
def jede_antwort_traegt_die_kopfzeilen_zur_sicherheit(u):
    seite = hole(u.server, "/").koerper.decode()
    gestaltung = re.search(r'href="(/assets/[^"]+/leitstand\.css)"', seite)[1]
    for pfad in ("/", "/leistungen", "/anmelden", "/gebiete/05515", "/gibt-es-nicht", V1 + "/ozg", gestaltung,
                 V1 + "/openapi.json", "/healthz", "/readyz", "/umsetzung/055580016016/neu"):
        antwort = hole(u.server, pfad)
        fehlt = antwort.fehlende_kopfzeilen()
        assert not fehlt, f"{pfad} ({antwort.status}): es fehlen {fehlt}"
    richtlinie = hole(u.server, "/").kopf["content-security-policy"]
    assert "unsafe" not in richtlinie and "*" not in richtlinie, richtlinie
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", seite), "die Seite enthält Inline-Code"


@pruefung
def head_antwortet_wie_get_ohne_koerper(u):
    for pfad in ("/", "/leistungen", V1 + "/ozg", "/gibt-es-nicht"):
        get, head = hole(u.server, pfad), anfrage(u.server, "HEAD", pfad)
        assert (head.status, head.art, head.koerper) == (get.status, get.art, b""), f"{pfad}: {head.status}"


@pruefung
def gestaltung_kommt_gepackt_und_darf_fuer_immer_behalten_werden(u):
    seite = hole(u.server, "/").koerper.decode()
    adressen = re.findall(r'href="(/assets/[^"]+\.css)"', seite)
    assert len(adressen) >= 3, adressen
    for adresse in adressen:
        glatt, gepackt = hole(u.server, adresse), hole(u.server, adresse, Accept_Encoding="gzip")
        assert glatt.status == gepackt.status == 200, adresse
        assert "immutable" in glatt.kopf["cache-control"] and "max-age=31536000" in glatt.kopf["cache-control"]
        assert gepackt.kopf.get("content-encoding") == "gzip", f"{adresse} kommt nicht gepackt"
        assert gzip.decompress(gepackt.koerper) == glatt.koerper, adresse
        assert "accept-encoding" in glatt.kopf.get("vary", "").lower(), adresse


@pruefung
def das_protokoll_hat_eine_zeile_je_anfrage_und_keine_abfragen(u):
    time.sleep(0.5)  # Zeilen früherer Anfragen kommen bis zu 100 ms später
    vorher = len(u.server.protokoll())
    wort = "geheimessuchwort"
    for pfad in (f"/leistungen?q={wort}", f"{V1}/gebiete?q={wort}", f"/{wort}?a={wort}", f"/dienste/{wort}"):
        hole(u.server, pfad)
    ende = time.monotonic() + 5
    anfragen = []
    while len(anfragen) < 4 and time.monotonic() < ende:
        anfragen = [z for z in map(json.loads, u.server.protokoll()[vorher:]) if "methode" in z and "status" in z]
        time.sleep(0.05)
    assert len(anfragen) == 4, f"{len(anfragen)} Zeilen für 4 Anfragen"
    assert [z["status"] for z in anfragen] in ([200, 200, 404, 404], ["200", "200", "404", "404"]), anfragen
    ganz = "\n".join(u.server.protokoll())
    for verboten in (wort, u.server.email, u.server.passwort):
        assert verboten not in ganz, f"Im Protokoll steht „{verboten}“"
    assert not [z for z in ganz.splitlines() if not z.startswith("{")], "Zeilen, die kein JSON sind"
