"""Angemeldete Menschen, die zugleich Einträge anlegen und ändern und wissen, was ihnen bestätigt wurde."""
import http.client
import threading
import time
import urllib.parse
from collections import Counter

from welt import FORMULAR, ORT

BESTAETIGT, ABGELEHNT, UNKLAR = "bestätigt", "abgelehnt", "unklar"


class Eintrag:
    """Ein Eintrag aus der Sicht dessen, der ihn schreibt: was gilt sicher, was ist vielleicht angekommen."""

    def __init__(self):
        self.id = None
        self.wert = None  # der letzte bestätigte Titel
        self.version = 0
        self.offen = None  # gesendet, aber ohne Antwort


class Schreiber:
    """Ein Mensch mit seiner Verbindung. Jeder Wert, den er schreibt, kommt nur einmal vor."""

    def __init__(self, sitzung, server, anfang, fuelle=0, frist=30):
        self.sitzung, self.server, self.anfang, self.frist = sitzung, server, anfang, frist
        self.fuelle = "x" * fuelle
        self.eintraege, self.nummer = [], 0
        self.antworten, self.ablehnungen = Counter(), []
        self.verbindung = self.verbunden_mit = None

    def neuer_wert(self):
        self.nummer += 1
        return f"{self.anfang}-{self.nummer:06d}"

    def schreibe(self, zufall):
        """Legt an oder ändert; gibt zurück, wie es ausging."""
        eigene = [e for e in self.eintraege[-8:] if e.wert and not e.offen]
        if eigene and zufall.random() < 0.6:
            return self.aendere(zufall.choice(eigene))
        eintrag = Eintrag()
        self.eintraege.append(eintrag)
        return self.sende(eintrag, f"/umsetzung/{ORT}")

    def aendere(self, eintrag):
        return self.sende(eintrag, f"/umsetzung/{ORT}/{eintrag.id}")

    def sende(self, eintrag, pfad):
        wert = self.neuer_wert()
        eintrag.offen = wert
        felder = {"csrf": self.sitzung.csrf, "titel": wert, "notiz": wert + self.fuelle, "stand": "offen",
                  "version": eintrag.version}
        try:
            status, kopf, koerper = self.tausche("POST", pfad, self.sitzung.kopf | FORMULAR,
                                                 urllib.parse.urlencode(felder).encode())
        except (OSError, http.client.HTTPException) as fehler:
            self.trennen()
            self.antworten[type(fehler).__name__] += 1
            return UNKLAR
        self.antworten[status] += 1
        if status != 303:
            self.ablehnungen.append((status, kopf, koerper))
            return ABGELEHNT
        eintrag.id = eintrag.id or kopf["location"].split("?")[0].rsplit("/", 1)[1]
        eintrag.wert, eintrag.offen = wert, None
        eintrag.version += 1
        return BESTAETIGT

    def tausche(self, methode, pfad, kopf, koerper=None):
        if self.verbunden_mit != self.server.port:
            self.trennen()
        if self.verbindung is None:
            self.verbindung = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=self.frist)
            self.verbunden_mit = self.server.port
        self.verbindung.request(methode, pfad, koerper, kopf)
        antwort = self.verbindung.getresponse()
        # Bestätigt ist erst, was ganz gelesen ist.
        gelesen = antwort.read()
        if antwort.will_close:
            self.trennen()
        return antwort.status, {n.lower(): w for n, w in antwort.getheaders()}, gelesen

    def hole(self, pfad, angemeldet=False):
        """Status und Text einer Seite über dieselbe Verbindung."""
        status, _, koerper = self.tausche("GET", pfad, self.sitzung.kopf if angemeldet else {})
        return status, koerper.decode("utf-8", "replace")

    def trennen(self):
        if self.verbindung is not None:
            self.verbindung.close()
        self.verbindung = None


class Schreibwerk:
    """Mehrere Schreiber, jeder in seinem Faden; dazwischen die Prüfung, ob alles da ist."""

    def __init__(self, welt, server, name, zahl=None, fuelle=0, frist=30):
        """`server` ist einer oder mehrere; dann verteilen sich die Schreiber."""
        self.welt, self.anfang = welt, f"{name}-{welt.u.saat}"
        self.server = server if isinstance(server, list) else [server]
        self.zufaelle, self.schreiber, self.faeden = [], [], []
        for nummer in range(zahl or len(welt.sitzungen)):
            self.zufaelle.append(welt.u.zufall(f"{name} {nummer}"))
            self.schreiber.append(Schreiber(welt.sitzungen[nummer % len(welt.sitzungen)],
                                            self.server[nummer % len(self.server)],
                                            f"{self.anfang}-{nummer}", fuelle, frist))
        self.laeuft = False
        self.letzte_bestaetigung = {}

    def los(self):
        self.laeuft = True
        self.faeden = [threading.Thread(target=self._arbeite, args=(nummer,), daemon=True)
                       for nummer in range(len(self.schreiber))]
        for faden in self.faeden:
            faden.start()
        return self

    def _arbeite(self, nummer):
        schreiber, zufall = self.schreiber[nummer], self.zufaelle[nummer]
        while self.laeuft:
            if schreiber.schreibe(zufall) == BESTAETIGT:
                self.letzte_bestaetigung[nummer] = time.monotonic()
            else:
                time.sleep(0.05)

    def halt(self, frist=40):
        self.laeuft = False
        for faden in self.faeden:
            faden.join(frist)
            assert not faden.is_alive(), f"ein Schreiber wartet seit {frist} s auf eine Antwort"
        self.faeden = []

    @property
    def antworten(self):
        return sum((s.antworten for s in self.schreiber), Counter())

    @property
    def ablehnungen(self):
        return [a for s in self.schreiber for a in s.ablehnungen]

    def ablehnungen_vergessen(self):
        for schreiber in self.schreiber:
            schreiber.ablehnungen = []

    @property
    def bestaetigt(self):
        return self.antworten[303]

    def wartet_bis(self, bedingung, frist, was):
        ende = time.monotonic() + frist
        while not bedingung():
            assert time.monotonic() < ende, f"{was}: nicht binnen {frist} s; Antworten: {dict(self.antworten)}"
            time.sleep(0.02)

    def alle_schreiben(self, frist):
        """Wartet, bis jeder Schreiber von jetzt an eine Bestätigung bekam; gibt die Sekunden zurück."""
        beginn = time.monotonic()
        self.wartet_bis(lambda: all(self.letzte_bestaetigung.get(n, 0) > beginn for n in range(len(self.schreiber))),
                        frist, "Es wird nicht überall wieder geschrieben")
        return time.monotonic() - beginn

    def pruefe(self):
        """Alles Bestätigte ist da, alles Unklare ganz oder gar nicht, zu jeder Zeile ihr Verlauf."""
        da, verlauf = self.welt.bestand.eintraege(self.anfang), self.welt.bestand.verlauf(self.anfang)
        titel = Counter(zeile[0] for zeile in da.values())
        doppelt = [t for t, anzahl in titel.items() if anzahl > 1]
        assert not doppelt, f"doppelt angelegt: {doppelt[:5]}"
        nach_titel = {zeile[0]: kennung for kennung, zeile in da.items()}
        for eintrag in (e for s in self.schreiber for e in s.eintraege):
            if eintrag.id is None:
                # Nie bestätigt: steht da oder nicht.
                eintrag.id = nach_titel.get(eintrag.offen)
                if eintrag.id is None:
                    continue
            assert eintrag.id in da, f"bestätigt und weg: {eintrag.wert} ({eintrag.id})"
            self._pruefe_zeile(eintrag, da.pop(eintrag.id), verlauf.get(eintrag.id, []))
        assert not da, f"niemand hat das geschrieben: {list(da.values())[:3]}"

    def _pruefe_zeile(self, eintrag, zeile, verlauf):
        titel, notiz, version = zeile
        erlaubt = {eintrag.wert: eintrag.version}
        if eintrag.offen:
            erlaubt[eintrag.offen] = eintrag.version + 1
        assert titel in erlaubt, f"bestätigt war {eintrag.wert}, vielleicht {eintrag.offen}; da steht {titel}"
        assert version == erlaubt[titel], f"{titel}: Version {version} statt {erlaubt[titel]}"
        assert notiz.rstrip("x") == titel, f"{titel}: halb geschrieben, die Notiz ist {notiz[:60]}"
        arten = Counter((art, feld) for art, feld, _, _ in verlauf)
        erwartet = Counter({("eintrag_angelegt", "stand"): 1})
        if version > 1:
            erwartet |= {("eintrag_geaendert", "titel"): version - 1, ("eintrag_geaendert", "notiz"): version - 1}
        assert arten == erwartet, f"{titel}: Version {version}, aber im Verlauf {dict(arten)}"
        kette = [(von, nach) for art, feld, von, nach in verlauf if feld == "titel"]
        for (_, vorher), (von, _) in zip(kette, kette[1:]):
            assert vorher == von, f"{titel}: der Verlauf springt von {vorher} nach {von}"
        assert not kette or kette[-1][1] == titel, f"{titel}: der Verlauf endet mit {kette[-1][1]}"
        # Was unklar war, ist jetzt entschieden.
        eintrag.wert, eintrag.version, eintrag.offen = titel, version, None
