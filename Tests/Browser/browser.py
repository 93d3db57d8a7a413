"""Chromium, fern von jedem fremden Netz; Skripte laufen über das Prüfprotokoll (CDP), die CSP der Seite bleibt an."""
import json
import os
import re
from contextlib import contextmanager
from urllib.parse import urlsplit

BREIT, SCHMAL = 1280, 360


class Browser:
    """Öffnet Seiten eines Servers und macht von einer Seite, auf der etwas scheitert, ein Bild."""

    def __init__(self, playwright, server, ablage):
        self.server, self.ablage = server, ablage
        schalter = ["--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars", "--force-color-profile=srgb",
                    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"]
        if os.getuid() == 0:
            schalter.append("--no-sandbox")
        self._chromium = playwright.chromium.launch(
            executable_path=os.environ.get("LEITSTAND_CHROMIUM", "/usr/bin/chromium"), args=schalter)
        self._sitzung = None
        self._bilder = 0

    def schliessen(self):
        self._chromium.close()

    @contextmanager
    def seite(self, breite=BREIT, dunkel=False, skripte=True, angemeldet=False, hoehe=None):
        """Eine Seite in eigenem Kontext; schmal heißt: Telefon mit Berührung."""
        schmal = breite < 600
        kontext = self._chromium.new_context(
            base_url=self.server.basis, viewport={"width": breite, "height": hoehe or (740 if schmal else 900)},
            is_mobile=schmal, has_touch=schmal, java_script_enabled=skripte, locale="de-DE",
            timezone_id="Europe/Berlin", reduced_motion="reduce", color_scheme="dark" if dunkel else "light",
            storage_state=self.sitzung() if angemeldet else None)
        kontext.set_default_timeout(10_000)
        seite = Seite(kontext, breite)
        try:
            yield seite
        except Exception as fehler:
            fehler.add_note(f"Adresse: {seite.page.url}\nBild: {self._bild(seite)}")
            raise
        finally:
            seite.ruhig = True
            kontext.close()

    def _bild(self, seite):
        self._bilder += 1
        datei = self.ablage / f"{self.server.datenbank.art.lower()}-{self._bilder}.png"
        try:
            seite.page.screenshot(path=str(datei), full_page=True)
        except Exception as fehler:  # das Bild ist nur Beiwerk, der eigentliche Fehler zählt
            return f"keines ({str(fehler).splitlines()[0]})"
        return datei

    def sitzung(self):
        """Der Zustand eines angemeldeten Browsers; angemeldet wird nur einmal."""
        if self._sitzung is None:
            with self.seite() as seite:
                anmelden(seite.page, self.server.email, self.server.passwort, self.server.faktor)
                self._sitzung = seite.page.context.storage_state()
        return self._sitzung

    def als(self, sitzung):
        """Von jetzt an ist angemeldet, wem dieser Zustand gehört."""
        self._sitzung = sitzung

    def keks(self):
        """Die Kopfzeile Cookie eines angemeldeten Browsers."""
        return "; ".join(f"{k['name']}={k['value']}" for k in self.sitzung()["cookies"])


class Seite:
    """Eine Seite und alles, was auf ihr schiefging."""

    def __init__(self, kontext, breite):
        self.page = kontext.new_page()
        self.breite = breite
        self.ruhig = False
        self.vorfaelle = []
        self._cdp = kontext.new_cdp_session(self.page)
        self.page.on("console", lambda m: m.type == "error" and not m.text.startswith("Failed to load resource")
                     and self._melden("Konsole: " + m.text[:200]))
        self.page.on("pageerror", lambda f: self._melden("Skriptfehler: " + str(f)[:200]))
        self.page.on("request", lambda a: self._fremd(a.url) and self._melden("fremde Adresse: " + a.url[:200]))
        # Wer weiterblättert, bevor alles da ist, bricht den Rest selbst ab; das ist kein Mangel der Seite.
        self.page.on("requestfailed", lambda a: a.failure != "net::ERR_ABORTED"
                     and self._melden(f"{a.failure}: {a.url[:200]}"))
        self.page.on("response", lambda a: a.status >= 400 and not a.request.is_navigation_request()
                     and self._melden(f"{a.status}: {a.url[:200]}"))

    def _melden(self, text):
        if not self.ruhig and text not in self.vorfaelle:
            self.vorfaelle.append(text)

    @staticmethod
    def _fremd(adresse):
        teile = urlsplit(adresse)
        return teile.scheme not in ("data", "blob", "about") and teile.hostname != "127.0.0.1"

    def werte(self, ausdruck, warten=False):
        """Wertet JavaScript in der Seite aus, ohne dass ihre CSP es merkt."""
        antwort = self._cdp.send("Runtime.evaluate", {"expression": ausdruck, "awaitPromise": warten,
                                                      "returnByValue": True})
        if "exceptionDetails" in antwort:
            fehler = antwort["exceptionDetails"]
            raise RuntimeError((fehler.get("exception") or {}).get("description") or fehler.get("text"))
        return antwort["result"].get("value")

    def h1(self):
        return self.page.locator("h1").inner_text().strip()

    def inhalt(self):
        return re.sub(r"\s+", " ", self.page.locator("main").inner_text())

    def zu_breit(self):
        """Was seitlich über den Bildschirm ragt; None, wenn alles passt."""
        breite = self.werte("Math.max(document.documentElement.scrollWidth, innerWidth)")
        if breite <= self.breite:
            return None
        ragt = self.werte("""[...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > %d)
            .slice(0, 3).map(e => e.tagName.toLowerCase() + '.' + e.className).join(', ')""" % (self.breite + 1))
        return f"{breite} px breit: {ragt}"


def anmelden(page, email, passwort, faktor=None):
    """Meldet an, wie es am schnellsten geht; die Geschichten tun es Zeichen für Zeichen."""
    page.goto("/anmelden")
    page.locator("main [name=email]").fill(email)
    page.locator("main [name=passwort]").fill(passwort)
    with page.expect_navigation():
        page.locator("main [name=passwort]").press("Enter")
    if faktor and page.locator("main [name=code]").count():
        page.locator("main [name=code]").fill(faktor.code())
        with page.expect_navigation():
            page.locator("main [name=code]").press("Enter")
    if urlsplit(page.url).path == "/anmelden":
        raise AssertionError("Die Anmeldung misslang: " + page.locator("main").inner_text()[:300])


def js(text):
    """Ein Text als JavaScript-Literal."""
    return json.dumps(text, ensure_ascii=False)
