"""Langsame Clients: wer tröpfelt oder nicht liest, wird getrennt, und die anderen merken nichts davon."""
import resource
import select
import socket
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from http_klient import hole
from pruefung import Uebersprungen, pruefung

# Die Grenzen des Servers (Sekunden) und was die Prüfung dazugibt, weil er nur ab und zu nachsieht.
KOPF, KOERPER, ABNAHME, LEERLAUF, ZUGABE = 15, 20, 30, 60, 12
# So nennt der Kern den Zustand einer Buchse, die Verbindungen annimmt.
LAUSCHT = "0A"


def gehalten(dienst):
    """Die Gegenseiten (Adresse und Port), deren Verbindung der Server noch hält; verwaiste hält nur noch der Kern."""
    tabelle = Path(f"/proc/{dienst.prozess.pid}/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    eigener = f":{dienst.port:04X}"
    zeilen = (z.split() for z in tabelle)
    return {z[2] for z in zeilen if z[1].endswith(eigener) and z[3] != LAUSCHT and z[9] != "0"}


class Traeger:
    """Eine Verbindung, die etwas anfängt und dann jede Sekunde ein wenig nachschiebt."""

    def __init__(self, dienst, anfang, nachschub=b"", puffer=None):
        self.nachschub = nachschub
        self.buchse = socket.socket()
        if puffer:
            self.buchse.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, puffer)
        self.buchse.connect(("127.0.0.1", dienst.port))
        self.buchse.setblocking(False)
        self.name = f"0100007F:{self.buchse.getsockname()[1]:04X}"
        self.beginn = time.monotonic()
        self.getrennt = None
        self.schiebe(anfang)

    def schiebe(self, bytes_):
        try:
            self.buchse.send(bytes_)
        except (BlockingIOError, ConnectionResetError, BrokenPipeError):
            pass  # getrennt oder voll: das sieht die Prüfung an der Tabelle des Kerns


class Zeitlupe:
    """Alle langsamen Clients zugleich an einem Server, dazu ein schneller, der mitmisst."""

    def __init__(self, u):
        self.u, self.abbau = u, ExitStack()
        self.welt = self.abbau.enter_context(u.welt())
        self.dienst = self.welt.dienst()
        zahl = 200 if u.lang else 30
        lesen = b"GET /leistungen HTTP/1.1\r\nHost: x\r\n\r\n" * 30
        formular = b"POST /anmelden HTTP/1.1\r\nHost: x\r\nCookie: leitstand_vor=%s\r\nContent-Length: 90000\r\n" \
                   b"Content-Type: application/x-www-form-urlencoded\r\n\r\nemail=" % (b"x" * 24)
        self.arten = {
            "kopf": (KOPF, [Traeger(self.dienst, b"GET / HTTP/1.1\r\nHost: x\r\nX-Langsam: ", b"a") for _ in range(zahl)]),
            "koerper": (KOERPER, [Traeger(self.dienst, formular, b"a" * 10) for _ in range(zahl)]),
            "abnahme": (ABNAHME, [Traeger(self.dienst, lesen, puffer=2_048) for _ in range(zahl)]),
        }
        if u.lang:
            self.arten["leerlauf"] = (LEERLAUF, [Traeger(self.dienst, b"") for _ in range(zahl)])
        self.antwortzeiten, self.fertig = [], False
        self.faden = threading.Thread(target=self._laufe, daemon=True)
        self.faden.start()

    def _laufe(self):
        naechste = time.monotonic() + 1
        traeger = [t for _, alle in self.arten.values() for t in alle]
        while not self.fertig:
            beginn = time.monotonic()
            for pfad in ("/healthz", "/leistungen"):
                gelungen = hole(self.dienst, pfad).status == 200
            self.antwortzeiten.append(time.monotonic() - beginn if gelungen else 99)
            if time.monotonic() >= naechste:
                naechste += 1
                noch_da = gehalten(self.dienst)
                for einer in traeger:
                    if einer.getrennt is None and einer.name not in noch_da:
                        einer.getrennt = time.monotonic() - einer.beginn
                    if einer.getrennt is None and einer.nachschub:
                        einer.schiebe(einer.nachschub)
            time.sleep(0.1)

    def wartet(self, art):
        """Bis alle dieser Art getrennt sind oder die Frist um ist; gibt zurück, wann sie getrennt wurden."""
        grenze, alle = self.arten[art]
        while any(t.getrennt is None for t in alle) and time.monotonic() - alle[0].beginn < grenze + ZUGABE:
            assert self.faden.is_alive(), "der schnelle Client bekam keine Antwort"
            time.sleep(0.2)
        return [t.getrennt for t in alle], grenze

    def schliessen(self):
        self.fertig = True
        self.faden.join(30)
        for _, alle in self.arten.values():
            for einer in alle:
                einer.buchse.close()
        self.abbau.close()


def zeitlupe(u):
    """Läuft weiter, während andere Prüfungen laufen; `abgeschnitten` wertet sie zuletzt aus."""
    if not hasattr(u, "zeitlupe"):
        u.zeitlupe = Zeitlupe(u)
        u.abbau.callback(u.zeitlupe.schliessen)
    return u.zeitlupe


@pruefung
def unter_langsamen_clients_antwortet_der_server_den_anderen_schnell(u):
    lupe = zeitlupe(u)
    time.sleep(60 if u.lang else 10)
    zeiten = sorted(lupe.antwortzeiten)
    grenze = 3.0 if u.ist_debug else 0.5
    p95 = zeiten[int(len(zeiten) * 0.95)]
    assert p95 < grenze, f"{len(zeiten)} Mal je zwei Seiten, 95 % binnen {p95:.2f} s statt {grenze} s"
    u.sage(f"{len(zeiten)} Mal je zwei Seiten, Mitte {zeiten[len(zeiten) // 2] * 1000:.0f} ms, 95 % binnen "
           f"{p95 * 1000:.0f} ms")


@pruefung
def tausende_untaetige_verbindungen_kosten_wenig_und_stoeren_niemanden(u):
    zahl = 10_000 if u.lang else 1_000
    weich, hart = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hart < zahl + 500:
        raise Uebersprungen(f"RLIMIT_NOFILE lässt höchstens {hart} offene Dateien zu")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hart, hart))
    buchsen = []
    try:
        with u.welt() as welt:
            dienst = welt.dienst()
            for pfad in ("/leistungen", "/healthz", "/leistungen"):
                hole(dienst, pfad)
            vorher = dienst.speicher()
            for nummer in range(zahl):
                buchse = socket.socket()
                # Mehr als 28.000 Ports hat eine Adresse nicht; die ganze 127/8 ist dieser Rechner.
                buchse.bind((f"127.0.0.{1 + nummer % 4}", 0))
                buchse.connect(("127.0.0.1", dienst.port))
                if nummer % 2:
                    buchse.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                buchsen.append(buchse)
            time.sleep(1)
            beantwortet = sum(lesbar(b) for b in buchsen[1::2])
            assert beantwortet == len(buchsen[1::2]), f"{beantwortet} von {len(buchsen[1::2])} bekamen eine Antwort"
            offen = len(gehalten(dienst))
            assert offen >= zahl, f"nur {offen} von {zahl} Verbindungen sind noch da"
            zeiten = sorted(zeit_fuer(dienst, pfad) for pfad in ("/healthz", "/leistungen", "/suche?q=hund") * 10)
            assert zeiten[-1] < (3 if u.ist_debug else 1), f"die langsamste Antwort brauchte {zeiten[-1]:.2f} s"
            je_verbindung = (dienst.speicher() - vorher) * 1024 / zahl
            assert je_verbindung < 64, f"{je_verbindung:.0f} kB je Verbindung"
            for buchse in buchsen:
                buchse.close()
            ende = time.monotonic() + 15
            while len(gehalten(dienst)) > 5 and time.monotonic() < ende:
                time.sleep(0.2)
            assert len(gehalten(dienst)) <= 5, "geschlossene Verbindungen bleiben liegen"
            u.sage(f"{zahl} Verbindungen, {je_verbindung:.0f} kB je Verbindung, langsamste Antwort {zeiten[-1]:.2f} s")
    finally:
        for buchse in buchsen:
            buchse.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (weich, hart))


def lesbar(buchse):
    ereignis = select.poll()
    ereignis.register(buchse, select.POLLIN)
    return bool(ereignis.poll(5_000)) and buchse.recv(64).startswith(b"HTTP/1.1 200")


def zeit_fuer(dienst, pfad):
    beginn = time.monotonic()
    assert hole(dienst, pfad).status == 200, pfad
    return time.monotonic() - beginn
