"""Zwei Server an einer Datenbank: was der eine bestätigt, zeigt der andere, und stirbt einer, fehlt nichts."""
import threading
import time
import urllib.parse

from http_klient import anfrage, hole
from pruefung import pruefung
from schreiber import BESTAETIGT, Eintrag, Schreiber, Schreibwerk
from welt import FORMULAR, ORT, auf_beiden

DIENSTE_CSV = """\
Name;Anbieter;URL;Hersteller;Formularsystem;Leistungen;Variante;Reifegradmodell;Reifegrad;Beschreibung
Ausfalldienst;055580016016;https://ausfall.example/;;;;;;;{wert}
"""


@pruefung
@auf_beiden
def was_einer_von_zwei_servern_bestaetigt_zeigt_der_andere_sofort(u):
    """Jeder Faden schreibt abwechselnd über beide Server und liest gleich danach, ohne Anmeldung, am anderen."""
    dauer = 120 if u.lang else 8
    with u.welt() as welt:
        server = [welt.dienst(), welt.dienst()]
        fehler, zaehler = [], {"geschrieben": 0, "gelesen": 0}
        ende = time.monotonic() + dauer
        faeden = [threading.Thread(target=fuehre, args=(fehler, wechsle, welt, server, nummer, ende, zaehler))
                  for nummer in range(4)]
        faeden.append(threading.Thread(target=fuehre, args=(fehler, lade_dienste, welt, server, ende, zaehler)))
        for faden in faeden:
            faden.start()
        for faden in faeden:
            faden.join(dauer + 60)
            assert not faden.is_alive(), "ein Faden bekommt keine Antwort"
        assert not fehler, fehler[0]
        keine_fehler(server)
        u.sage(f"{zaehler['geschrieben']} Änderungen, {zaehler['gelesen']} Seiten danach, keine veraltet")


def fuehre(fehler, arbeit, *angaben):
    try:
        arbeit(*angaben)
    except Exception as grund:  # der Faden der Prüfung wertet es aus
        fehler.append(grund)


def wechsle(welt, server, nummer, ende, zaehler):
    zufall = welt.u.zufall(f"wechsel {nummer}")
    hier = [Schreiber(welt.sitzungen[nummer], s, f"Wechsel{nummer}-{i}") for i, s in enumerate(server)]
    eintrag = Eintrag()
    while time.monotonic() < ende:
        a = zufall.randrange(2)
        b = 1 - a if zufall.random() < 0.8 else a
        if eintrag.id is None:
            ergebnis = hier[a].sende(eintrag, f"/umsetzung/{ORT}")
        else:
            ergebnis = hier[a].aendere(eintrag)
        assert ergebnis == BESTAETIGT, f"{dict(hier[a].antworten)} {hier[a].ablehnungen[-1:]}"
        zaehler["geschrieben"] += 1
        seite, liste = f"/umsetzung/{ORT}/{eintrag.id}", f"/umsetzung/{ORT}?q={eintrag.wert}"
        for pfad in zufall.sample([seite, liste, seite], zufall.randrange(1, 4)):
            status, text = hier[b].hole(pfad)
            assert status == 200 and eintrag.wert in text, \
                f"veraltet: {pfad} an Server {b} ({status}) zeigt nicht {eintrag.wert}, bestätigt von Server {a}"
            zaehler["gelesen"] += 1
        if zufall.random() < 0.2:
            time.sleep(zufall.uniform(0, 0.05))


def lade_dienste(welt, server, ende, zaehler):
    """Auch was ein Befehl schreibt, sehen beide, sobald er zu Ende ist; und was ein Formular ändert, die Schnittstelle."""
    zufall = welt.u.zufall("dienste")
    laeufer, datei, nummer = welt.dienst(starten=False), welt.ordner / "dienste.csv", 0
    slug = None
    while time.monotonic() < ende:
        nummer += 1
        wert = f"Beschreibung-{welt.u.saat}-{nummer}"
        datei.write_text(DIENSTE_CSV.format(wert=wert), encoding="utf-8")
        laeufer.cli("import", "dienste", datei)
        if slug is None:
            gefunden = hole(server[0], "/api/v1/dienste?q=Ausfalldienst").json["eintraege"]
            slug = gefunden[0]["slug"]
        for stelle in zufall.sample(server, 2):
            for pfad in (f"/dienste/{slug}", f"/api/v1/dienste/{slug}"):
                antwort = hole(stelle, pfad)
                assert antwort.status == 200 and wert.encode() in antwort.koerper, \
                    f"veraltet: {pfad} an {stelle.basis} ({antwort.status}) zeigt nicht {wert} nach dem Import"
                zaehler["gelesen"] += 1
        zaehler["geschrieben"] += 1
        time.sleep(zufall.uniform(0, 0.3))


@pruefung
@auf_beiden
def wer_liest_waehrend_andere_schreiben_sieht_nie_etwas_aelteres_als_bestaetigt(u):
    """Ein Eintrag zählt hoch; jede Seite zeigt mindestens, was vor ihrer Anfrage bestätigt war, und nie Künftiges."""
    dauer = 60 if u.lang else 4
    with u.welt() as welt:
        server = [welt.dienst(), welt.dienst()]
        eintraege = [Eintrag() for _ in range(2)]
        ende = time.monotonic() + dauer
        fehler, gelesen = [], [0]
        faeden = []
        for nummer, eintrag in enumerate(eintraege):
            schreiber = Schreiber(welt.sitzungen[nummer], server[nummer], f"Stand{nummer}")
            assert schreiber.sende(eintrag, f"/umsetzung/{ORT}") == BESTAETIGT
            faeden.append(threading.Thread(target=fuehre, args=(fehler, zaehle_hoch, schreiber, eintrag, ende)))
        for nummer in range(4):
            leser = Schreiber(welt.sitzungen[nummer], server[nummer % 2], "")
            faeden.append(threading.Thread(
                target=fuehre, args=(fehler, lies_mit, leser, eintraege, u.zufall(f"leser {nummer}"), ende, gelesen)))
        for faden in faeden:
            faden.start()
        for faden in faeden:
            faden.join(dauer + 60)
        assert not fehler, fehler[0]
        keine_fehler(server)
        u.sage(f"{sum(e.version for e in eintraege)} Änderungen, {gelesen[0]} Seiten während dessen")


def zaehle_hoch(schreiber, eintrag, ende):
    while time.monotonic() < ende:
        assert schreiber.aendere(eintrag) == BESTAETIGT, f"{schreiber.ablehnungen[-1:]}"


def lies_mit(leser, eintraege, zufall, ende, gelesen):
    while time.monotonic() < ende:
        nummer = zufall.randrange(len(eintraege))
        eintrag = eintraege[nummer]
        mindestens = zaehlstand(eintrag.wert)
        status, text = leser.hole(f"/umsetzung/{ORT}/{eintrag.id}")
        hoechstens = zaehlstand(eintrag.offen or eintrag.wert) + 1
        assert status == 200, status
        gezeigt = zaehlstand(text[text.index(f"Stand{nummer}-"):].split("<", 1)[0].split(" ", 1)[0])
        assert mindestens <= gezeigt <= hoechstens, f"gezeigt {gezeigt}, bestätigt war {mindestens}, gesendet {hoechstens}"
        gelesen[0] += 1


def zaehlstand(wert):
    return int(wert.rsplit("-", 1)[1][:6])


@pruefung
@auf_beiden
def stirbt_einer_von_zwei_servern_fehlt_nichts_und_der_andere_arbeitet_weiter(u):
    runden = 30 if u.lang else 3
    zufall = u.zufall("zwei")
    bestaetigt = 0
    with u.welt() as welt:
        server = [welt.dienst(), welt.dienst()]
        for runde in range(runden):
            werk = Schreibwerk(welt, server, f"Zwei{runde}").los()
            werk.alle_schreiben(20)
            time.sleep(zufall.uniform(0, 0.4))
            opfer = zufall.randrange(2)
            server[opfer].toeten()
            weiter = [n for n in range(len(werk.schreiber)) if n % 2 != opfer]
            seit = time.monotonic()
            werk.wartet_bis(lambda: all(werk.letzte_bestaetigung[n] > seit for n in weiter), 10,
                            "Der andere Server schreibt nicht weiter")
            zeigt_alles(werk, server[1 - opfer], opfer)
            werk.halt()
            falsch = {a: n for a, n in werk.antworten.items() if isinstance(a, int) and a != 303}
            assert not falsch, f"Antworten {falsch}"
            server[opfer].starten()
            werk.pruefe()
            bestaetigt += werk.bestaetigt
        welt.bestand.heil()
        u.sage(f"{runden} Abstürze bei {bestaetigt} bestätigten Schreibvorgängen")


def zeigt_alles(werk, ueberlebender, opfer):
    """Was der Tote zuletzt bestätigte, steht auf den Seiten des anderen."""
    for nummer, schreiber in enumerate(werk.schreiber):
        if nummer % 2 == opfer:
            for eintrag in [e for e in schreiber.eintraege if e.wert and not e.offen][-2:]:
                antwort = hole(ueberlebender, f"/umsetzung/{ORT}/{eintrag.id}")
                assert antwort.status == 200 and eintrag.wert.encode() in antwort.koerper, f"veraltet: {eintrag.wert}"


@pruefung
@auf_beiden
def wer_sich_an_einem_server_abmeldet_ist_es_auch_am_anderen(u):
    with u.welt() as welt:
        a, b = welt.dienst(), welt.dienst()
        sitzung = welt.sitzungen[0]
        assert b'action="/abmelden"' in anfrage(b, "GET", "/", sitzung.kopf).koerper
        antwort = anfrage(a, "POST", "/abmelden", sitzung.kopf | FORMULAR,
                          urllib.parse.urlencode({"csrf": sitzung.csrf}).encode())
        assert antwort.status == 303, antwort.status
        assert b'action="/abmelden"' not in anfrage(b, "GET", "/", sitzung.kopf).koerper, "noch angemeldet"


def keine_fehler(server):
    for dienst in server:
        zeilen = dienst.zeilen_mit('"error"', '"critical"')
        assert not zeilen, zeilen[:3]
