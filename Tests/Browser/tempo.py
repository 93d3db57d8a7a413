"""Schnell da und sparsam: gemessen wird das, was Menschen starten, also nur der optimierte Bau."""
import signal
import socket
import time

from http_klient import hole
from pruefung import Uebersprungen, pruefung

HOECHSTENS_SEKUNDEN = 1.0
HOECHSTENS_MEGABYTE = 120
WEGE = ["/", "/leistungen", "/leistungen?q=wohn", "/leistungen/99110009104000", "/ozg", "/themenfelder",
        "/gebiete?q=m%C3%BCnster", "/gebiete/05558", "/gebiete/055580016016", "/umsetzung/055700024024"]


def nur_optimiert(u):
    if u.server.ist_debug:
        raise Uebersprungen("debug-Bau")


@pruefung
def die_erste_antwort_kommt_binnen_einer_sekunde(u):
    nur_optimiert(u)
    u.server.beenden()
    u.server.starten(bereit="/")
    assert u.server.startzeit <= HOECHSTENS_SEKUNDEN, f"{u.server.startzeit:.2f} s"


@pruefung
def nach_200_anfragen_belegt_der_server_hoechstens_120_mb(u):
    nur_optimiert(u)
    u.server.beenden()
    u.server.starten()
    for nummer in range(200):
        antwort = hole(u.server, WEGE[nummer % len(WEGE)])
        assert antwort.status == 200, f"{WEGE[nummer % len(WEGE)]}: {antwort.status}"
    belegt = u.server.speicher()
    assert belegt <= HOECHSTENS_MEGABYTE, f"{belegt:.0f} MB"


@pruefung
def ein_zweiter_start_nennt_keinen_link_mehr_und_die_sitzung_gilt_weiter(u):
    keks = u.browser.keks()
    u.server.beenden()
    u.server.starten()
    ausgabe = (u.server.ordner / "stdout.txt").read_text(encoding="utf-8")
    assert ausgabe.count("Link: ") == 1, "wer das erste Konto schon hat, bekommt keinen neuen Link"
    assert u.server.passwort not in ausgabe, "das Passwort steht in der Ausgabe"
    assert b'action="/abmelden"' in hole(u.server, "/", Cookie=keks).koerper, "die Sitzung ging verloren"


@pruefung
def eine_anfrage_in_arbeit_bekommt_nach_sigterm_noch_ihre_antwort(u):
    koerper = b"email=a%40b.de&passwort=falsch&csrf=x"
    with socket.create_connection(("127.0.0.1", u.server.port), timeout=9) as anfrage:
        anfrage.sendall(
            b"POST /anmelden HTTP/1.1\r\nHost: x\r\nCookie: leitstand_vor=%s\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s"
            % (b"x" * 24, len(koerper), koerper[:9]))
        time.sleep(0.5)
        u.server.prozess.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        anfrage.sendall(koerper[9:])
        assert anfrage.recv(4096).startswith(b"HTTP/1.1 403"), "die Antwort blieb aus"
    assert u.server.prozess.wait(10) == 0
    u.server.starten()


@pruefung
def sigterm_beendet_den_server_binnen_10_sekunden_auch_mit_offenen_verbindungen(u):
    with socket.create_connection(("127.0.0.1", u.server.port)) as untaetig, \
            socket.create_connection(("127.0.0.1", u.server.port)) as halb:
        untaetig.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert untaetig.recv(4096).startswith(b"HTTP/1.1 200")
        halb.sendall(b"POST /anmelden HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nemail=")
        u.server.beenden()
    assert u.server.prozess.returncode == 0, f"Ende mit {u.server.prozess.returncode}"
