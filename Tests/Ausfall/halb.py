"""Halbe Anfragen und abgerissene Verbindungen: nichts wird halb getan, und der Server bleibt gesund."""
import socket
import struct
import time
import urllib.parse

from http_klient import hole
from pruefung import pruefung
from schreiber import BESTAETIGT, Eintrag, Schreiber
from welt import ORT, auf_beiden

LADUNGEN = "SELECT count(*) FROM umsetzung_ladung"


def sende_und_reisse_ab(server, bytes_, pause=0.0):
    """Sendet und beendet die Verbindung hart (RST), ohne auf eine Antwort zu warten."""
    verbindung = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    verbindung.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    try:
        verbindung.sendall(bytes_)
        time.sleep(pause)
    except (BrokenPipeError, ConnectionResetError):
        pass
    finally:
        verbindung.close()


def kopf(sitzung, pfad, art, laenge):
    return (f"POST {pfad} HTTP/1.1\r\nHost: x\r\nCookie: {sitzung.kopf['Cookie']}\r\nContent-Type: {art}\r\n"
            f"Content-Length: {laenge}\r\n\r\n").encode()


@pruefung
@auf_beiden
def eine_halb_gesendete_aenderung_aendert_nichts(u):
    versuche = 400 if u.lang else 60
    zufall = u.zufall("halb")
    with u.welt() as welt:
        dienst, sitzung = welt.dienst(), welt.sitzungen[0]
        for nummer in range(versuche):
            felder = {"csrf": sitzung.csrf, "titel": f"Halb-{nummer}", "notiz": "n" * 2_000, "stand": "offen"}
            koerper = urllib.parse.urlencode(felder).encode()
            alles = kopf(sitzung, f"/umsetzung/{ORT}", "application/x-www-form-urlencoded", len(koerper)) + koerper
            sende_und_reisse_ab(dienst, alles[:zufall.randrange(1, len(alles))], zufall.choice((0, 0, 0.02)))
        arbeitet(welt, dienst)
        assert not welt.bestand.eintraege("Halb-"), "eine halbe Anfrage hat etwas angelegt"


@pruefung
@auf_beiden
def reisst_die_verbindung_vor_der_antwort_ab_steht_alles_da_oder_nichts(u):
    versuche = 400 if u.lang else 60
    zufall = u.zufall("abriss")
    with u.welt() as welt:
        dienst, sitzung = welt.dienst(), welt.sitzungen[0]
        for nummer in range(versuche):
            titel = f"Abriss-{nummer}"
            koerper = urllib.parse.urlencode(
                {"csrf": sitzung.csrf, "titel": titel, "notiz": titel, "stand": "offen", "version": 0}).encode()
            alles = kopf(sitzung, f"/umsetzung/{ORT}", "application/x-www-form-urlencoded", len(koerper)) + koerper
            sende_und_reisse_ab(dienst, alles, zufall.choice((0, 0.002, 0.01, 0.03)))
        arbeitet(welt, dienst)
        da, verlauf = welt.bestand.eintraege("Abriss-"), welt.bestand.verlauf("Abriss-")
        assert all(notiz == titel and version == 1 for titel, notiz, version in da.values()), list(da.values())[:3]
        assert len({z[0] for z in da.values()}) == len(da), "doppelt angelegt"
        assert {k: len(z) for k, z in verlauf.items()} == dict.fromkeys(da, 1), "Zeile und Verlauf passen nicht"
        u.sage(f"von {versuche} abgerissenen Anfragen sind {len(da)} ganz da")


@pruefung
@auf_beiden
def ein_abgerissenes_hochladen_hinterlaesst_keine_datei(u):
    versuche = 100 if u.lang else 15
    zufall = u.zufall("hochladen")
    with u.welt() as welt:
        dienst, sitzung = welt.dienst(), welt.sitzungen[0]
        tabelle = "Titel;Notiz\n" + "".join(f"Hochgeladen-{n};{'z' * 100}\n" for n in range(20_000))
        teile = (f'--grenze\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{sitzung.csrf}\r\n'
                 f'--grenze\r\nContent-Disposition: form-data; name="datei"; filename="l.csv"\r\n'
                 f"Content-Type: text/csv\r\n\r\n{tabelle}\r\n--grenze--\r\n").encode()
        alles = kopf(sitzung, f"/umsetzung/{ORT}/ladungen", "multipart/form-data; boundary=grenze", len(teile)) + teile
        for _ in range(versuche):
            sende_und_reisse_ab(dienst, alles[:zufall.randrange(len(alles) // 4, len(alles) - 1)], zufall.choice((0, 0.05)))
        arbeitet(welt, dienst)
        assert welt.bestand.zahl(LADUNGEN) == 0, "eine halbe Datei liegt bereit"
        assert not list((welt.ordner / "server0").glob("leitstand-*")), "eine Zwischendatei blieb liegen"
        # Ganz gesendet, kommt sie an.
        antwort = b""
        with socket.create_connection(("127.0.0.1", dienst.port), timeout=30) as verbindung:
            verbindung.sendall(alles)
            antwort = verbindung.recv(4096)
        assert antwort.startswith(b"HTTP/1.1 303"), antwort[:200]
        assert welt.bestand.zahl(LADUNGEN) == 1


def arbeitet(welt, dienst):
    """Nach all dem antwortet der Server wie vorher, und es hängt nichts."""
    schreiber, eintrag = Schreiber(welt.sitzungen[1], dienst, "Danach"), Eintrag()
    assert schreiber.sende(eintrag, f"/umsetzung/{ORT}") == BESTAETIGT, f"{schreiber.antworten}"
    assert hole(dienst, f"/umsetzung/{ORT}/{eintrag.id}").status == 200
    schlimm = dienst.zeilen_mit('"error"', '"critical"')
    assert not schlimm, schlimm[:3]
    offen = offene_verbindungen(dienst)
    ende = time.monotonic() + 5
    while offen > 3 and time.monotonic() < ende:
        time.sleep(0.1)
        offen = offene_verbindungen(dienst)
    assert offen <= 3, f"{offen} Verbindungen sind noch offen, obwohl die Gegenseite weg ist"


def offene_verbindungen(dienst):
    with open(f"/proc/{dienst.prozess.pid}/net/tcp", encoding="ascii") as tabelle:
        zeilen = [z.split() for z in tabelle.readlines()[1:]]
    return sum(z[1].endswith(f":{dienst.port:04X}") and z[3] == "01" for z in zeilen)
