"""Barrierefreiheit: axe und der HTML-Prüfer finden nichts, der Fokus ist zu sehen, nichts kommt von anderswo."""
import json
import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from axe import AXE, KENNZEICHEN
from browser import BREIT, SCHMAL
from pruefung import pruefung
from server import ORT_MIT_LISTE

OEFFENTLICH = ["/anmelden", "/anmelden/vergessen"]
# Ihre Ämter hat die Prüfung `organisation` angelegt.
VERWALTUNG = "/organisationen/055580008008"
# Die Seiten für Angemeldete stehen in einer eigenen Datei, damit auch andere Werkzeuge sie ansehen können.
ANGEMELDET = [z.strip() for z in (Path(__file__).parent / "seiten.txt").read_text(encoding="utf-8").splitlines()
              if z.strip() and not z.startswith("#")]
SEITEN = ["/leistungen", "/leistungen/99110009104000", "/ozg", "/ozg/10160", "/themenfelder", "/katalog/aenderungen",
          "/suche", "/suche?q=hund+anmelden", "/suche?q=reisepas", "/suche?q=xyzzyx",
          "/gebiete", "/leistungen?typ=2/3&typ=4&themenfeld=umwelt&alle=ozg", "/gebiete?land=05&groesse=5000_19999",
          "/gebiete/055580016016", "/gebiete/05515", f"/gebiete/{ORT_MIT_LISTE}", "/dienste", "/dienste/neu", "/codelisten",
          "/umsetzung/055580016016", f"/umsetzung/{ORT_MIT_LISTE}",
          f"/umsetzung/{ORT_MIT_LISTE}/ladungen", "/schnittstelle", "/impressum", "/datenschutz", "/barrierefreiheit",
          "/diese-seite-fehlt", *ANGEMELDET]
# Von dieser Seite die erste Adresse, die so beginnt, samt Anhang.
ERSTE = [("/themenfelder", "/themenfelder/", ""), ("/dienste", "/dienste/beispiel", ""),
         (f"/umsetzung/{ORT_MIT_LISTE}", f"/umsetzung/{ORT_MIT_LISTE}/0", ""),
         (f"/umsetzung/{ORT_MIT_LISTE}", f"/umsetzung/{ORT_MIT_LISTE}/0", "/bearbeiten"),
         (f"/umsetzung/{ORT_MIT_LISTE}", f"/umsetzung/{ORT_MIT_LISTE}/0", "/dateien"),
         ("/dienste", "/dienste/beispiel", "/dateien"),
         (VERWALTUNG, VERWALTUNG + "/einheiten/0", ""), (VERWALTUNG, VERWALTUNG + "/einheiten/0", "/bearbeiten"),
         (VERWALTUNG, VERWALTUNG + "/ansprechpartner/0", ""),
         (VERWALTUNG + "/personen", VERWALTUNG + "/personen/0", ""),
         ("/betrieb/personen", "/betrieb/personen/0", ""), ("/betrieb/personen", "/betrieb/personen/0", "/auskunft")]
# Eine Liste von Einzuladenden mit einer Zeile, die abgelehnt wird.
EINLADUNGEN = "E-Mail;Name;Amt;Rolle;Vertretung\nredaktion@stadt.example;Redaktion;Sozialamt;redaktion;\nkaputt;;;leserecht;\n"

# Was einen Fokus sichtbar macht: Umrisse, Schatten, Farben und Linien des Elements und seiner Nachbarn.
FOKUSBILD = """(() => {
  const werte = ['outlineStyle', 'outlineWidth', 'outlineColor', 'boxShadow', 'backgroundColor', 'color', 'borderColor',
    'borderWidth', 'textDecorationLine', 'textDecorationThickness', 'transform', 'clipPath', 'position', 'top'];
  const bild = e => [e, e.nextElementSibling, e.parentElement, e.parentElement && e.parentElement.parentElement]
    .filter(Boolean).flatMap(x => [null, '::before', '::after'].map(p => {
      const s = getComputedStyle(x, p);
      // ein Umriss ohne Strich ist keiner, gleich welche Farbe er hätte
      return werte.map(w => w.startsWith('outline') && s.outlineStyle === 'none' ? '' : s[w]).join('|'); })).join('~');
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const mit = bild(e); e.blur();
  const ohne = bild(e); e.focus({ preventScroll: true });
  const r = e.getBoundingClientRect();
  return { sichtbar: mit !== ohne, flaeche: r.width * r.height, imBild: r.bottom > 0 && r.top < innerHeight,
    name: e.tagName.toLowerCase() + ' ' + (e.getAttribute('href') || e.name || e.id) };
})()"""


def seiten(u):
    """Alle Adressen, die geprüft werden; die aus Listen holt der Browser einmal."""
    if not hasattr(u, "seiten"):
        u.seiten = list(SEITEN)
        u.offen = list(OEFFENTLICH)
        with u.browser.seite(angemeldet=True) as seite:
            einladen(u, seite.page)
            for liste, anfang, anhang in ERSTE:
                seite.page.goto(liste)
                verweis = seite.page.locator(f'main a[href^="{anfang}"]').first
                if liste == VERWALTUNG and not verweis.count():
                    continue  # die Prüfung `organisation` lief nicht
                u.seiten.append(verweis.get_attribute("href") + anhang)
    return u.seiten


def einladen(u, page):
    """Lädt jemanden ein, damit es eine Person gibt und einen Link, und bereitet eine Liste von Einladungen vor."""
    page.goto(VERWALTUNG + "/personen/einladen")
    page.locator("main [name=email]").fill("zugang@leitstand.localhost")
    page.locator("main [name=rolle]").select_option("redaktion")
    with page.expect_navigation():
        page.locator("main form [type=submit]").click()
    u.offen.append(urlsplit(page.locator("#link").inner_text()).path)
    page.goto(VERWALTUNG + "/personen/listen")
    page.set_input_files("main [name=datei]", {"name": "einladungen.csv", "mimeType": "text/csv",
                                               "buffer": EINLADUNGEN.encode()})
    with page.expect_navigation():
        page.locator("main form [type=submit]").click()
    u.seiten.append(urlsplit(page.url).path)


def offene(u):
    """Was ohne Anmeldung geprüft wird, auch ein frischer Link."""
    seiten(u)
    return u.offen


def besuchen(seite, pfad):
    """Öffnet eine Seite und gibt die Antwort und die Mängel zurück, die sich ohne axe zeigen."""
    seite.vorfaelle.clear()
    antwort = seite.page.goto(pfad, wait_until="load")
    seite.werte("document.fonts.ready.then(() => true)", warten=True)
    # Die vorbereitete Liste hat eine Zeile, die abgelehnt wird.
    erwartet = 404 if pfad == "/diese-seite-fehlt" else 422 if "/listen/" in pfad else 200
    maengel = list(seite.vorfaelle)
    if antwort.status != erwartet:
        maengel.append(f"Status {antwort.status} statt {erwartet}")
    titel, sprache, h1 = seite.werte("[document.title, document.documentElement.lang, "
                                     "document.querySelectorAll('h1').length]")
    if not titel.strip() or sprache != "de" or h1 != 1:
        maengel.append(f"title „{titel}“, lang „{sprache}“, {h1} h1")
    if ragt := seite.zu_breit():
        maengel.append(ragt)
    return antwort, maengel


def axe_pruefen(u, breite, dunkel):
    axe = Path(os.environ["LEITSTAND_AXE"]).read_text(encoding="utf-8") + "\n;void 0"
    maengel = []
    for angemeldet, adressen in ((True, seiten(u)), (False, offene(u))):
        with u.browser.seite(breite, dunkel=dunkel, angemeldet=angemeldet) as seite:
            for pfad in adressen:
                maengel += [f"{pfad}: {m}" for m in besuchen(seite, pfad)[1]]
                seite.werte(axe)
                funde = seite.werte(AXE % json.dumps(KENNZEICHEN), warten=True)
                maengel += [f"{pfad}: {fund}" for fund in funde]
    assert not maengel, "\n".join(maengel)


@pruefung
def axe_findet_nichts_auf_dem_bildschirm(u):
    axe_pruefen(u, BREIT, dunkel=False)


@pruefung
def axe_findet_nichts_auf_dem_bildschirm_im_dunkeln(u):
    axe_pruefen(u, BREIT, dunkel=True)


@pruefung
def axe_findet_nichts_auf_dem_telefon(u):
    axe_pruefen(u, SCHMAL, dunkel=False)


@pruefung
def axe_findet_nichts_auf_dem_telefon_im_dunkeln(u):
    axe_pruefen(u, SCHMAL, dunkel=True)


@pruefung
def bei_400_prozent_ragt_nichts_ueber_den_rand(u):
    """1280 Bildpunkte bei 400 % sind 320."""
    with u.browser.seite(320, angemeldet=True) as seite:
        maengel = [f"{pfad}: {m}" for pfad in seiten(u) for m in besuchen(seite, pfad)[1]]
    assert not maengel, "\n".join(maengel)


@pruefung
def das_html_ist_fehlerfrei(u):
    ordner = u.ordner / "html"
    ordner.mkdir(exist_ok=True)
    dateien = {}
    for angemeldet, adressen in ((True, seiten(u)), (False, [*offene(u), "/", f"/umsetzung/{ORT_MIT_LISTE}"])):
        with u.browser.seite(angemeldet=angemeldet) as seite:
            for pfad in adressen:
                datei = ordner / f"{len(dateien)}.html"
                datei.write_bytes(seite.page.goto(pfad).body())
                dateien[datei.name] = pfad
    lauf = subprocess.run(["java", "-Xss4m", "-jar", os.environ["LEITSTAND_VNU"], "--format", "json", "--stdout",
                           "--exit-zero-always", *(str(ordner / name) for name in dateien)],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180)
    meldungen = json.loads(lauf.stdout)["messages"]
    fehler = [f"{dateien[m['url'].rsplit('/', 1)[-1]]}, Zeile {m.get('lastLine', '?')}: {m['message']}"
              for m in meldungen if m["type"] != "info"]
    assert not fehler, "\n".join(sorted(set(fehler)))


@pruefung
def der_fokus_ist_an_den_ersten_15_haltepunkten_zu_sehen(u):
    maengel = []
    for angemeldet, adressen in ((True, seiten(u)), (False, offene(u))):
        with u.browser.seite(angemeldet=angemeldet) as seite:
            for pfad in adressen:
                seite.page.goto(pfad)
                for _ in range(15):
                    seite.page.keyboard.press("Tab")
                    fokus = seite.werte(FOKUSBILD)
                    if fokus is None:
                        break
                    if not (fokus["sichtbar"] and fokus["flaeche"] > 1 and fokus["imBild"]):
                        maengel.append(f"{pfad}: {fokus['name']} {fokus}")
    assert not maengel, "\n".join(maengel)


@pruefung
def die_seiten_zeigen_ihren_inhalt_auch_ohne_javascript(u):
    maengel = []
    with u.browser.seite(skripte=False, angemeldet=True) as seite:
        for pfad in seiten(u):
            seite.page.goto(pfad)
            if len(re.sub(r"\s", "", seite.inhalt())) < 40:
                maengel.append(pfad)
    assert not maengel, maengel
