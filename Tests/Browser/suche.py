"""Die eine Suche: fragen, wie Menschen sprechen, mit jeder Hand; Vorschläge nur als Zugabe."""
from browser import SCHMAL
from haende import Finger, Maus, Tastatur
from pruefung import pruefung

# Frage, erwarteter Name unter den ersten fünf.
FRAGEN = [
    ("hund anmelden", "Hundehaltung Anmeldung"),
    ("perso verloren", "Personalausweis Meldung wegen Verlust"),
    ("Sperrmuell", "Sperrmüll"),
    ("wohngelt antrag", "Wohngeld"),
    ("99 110 009 104 000", "Hundehaltung Anmeldung"),
    ("Dülmen", "Dülmen"),
]


def namen(page):
    return [n.strip() for n in page.locator("main .ls-treffer__name").all_inner_texts()]


def fragen(hand):
    hand.oeffne("/")
    for frage, antwort in FRAGEN:
        hand.schreibe("q", frage)
        hand.folge("main form [type=submit]")
        gefunden = namen(hand.page)[:5]
        assert antwort in gefunden, f"{frage}: {gefunden}"
    assert hand.page.locator("main section h2").first.inner_text().startswith("Gebiete"), "der Ort steht nicht vorn"


@pruefung
def wer_fragt_wie_er_spricht_findet_mit_der_tastatur(u):
    with u.browser.seite() as seite:
        fragen(Tastatur(seite))


@pruefung
def wer_fragt_wie_er_spricht_findet_mit_dem_finger_bei_360_px(u):
    with u.browser.seite(SCHMAL) as seite:
        fragen(Finger(seite))


@pruefung
def wer_fragt_wie_er_spricht_findet_ohne_javascript(u):
    with u.browser.seite(skripte=False) as seite:
        fragen(Maus(seite))


@pruefung
def ein_treffer_zeigt_warum_er_einer_ist_und_was_gemeint_war(u):
    with u.browser.seite() as seite:
        page = seite.page
        page.goto("/suche?q=wohngelt+antrag")
        assert page.locator("main .ls-treffer mark").first.inner_text() == "Wohngeld"
        assert "ähnlich geschrieben: „Wohngeld“" in page.locator("main .ls-treffer__grund").first.inner_text()
        verbessert = page.get_by_role("link", name="wohngeld antrag")
        verbessert.click()
        assert page.url.endswith("/suche?q=wohngeld%20antrag") or page.url.endswith("q=wohngeld+antrag"), page.url
        assert "Meinten Sie" not in page.locator("main").inner_text()


@pruefung
def facetten_der_suche_zaehlen_richtig_und_stehen_in_der_adresse(u):
    with u.browser.seite() as seite:
        page = seite.page
        page.goto("/suche?q=erlaubnis")
        page.locator("summary", has_text="Typisierung").click()
        haken = page.locator("#facette-typ .ls-haken", has_text="2/3").first
        zahl = haken.inner_text().rsplit("(", 1)[1].rstrip(")")
        haken.locator("input").check()
        page.get_by_role("button", name="Auswahl anwenden").click()
        assert "typ=2" in page.url, page.url
        kopf = page.locator("#treffer-leistung").inner_text()
        assert f"({zahl})" in kopf, (zahl, kopf)
        page.locator(".ls-marken a").first.click()
        assert "typ=" not in page.url, page.url


@pruefung
def vorschlaege_kommen_waehrend_des_tippens_und_nur_von_hier(u):
    with u.browser.seite() as seite:
        page = seite.page
        page.goto("/")
        with page.expect_response(lambda antwort: "/api/v1/suche/vorschlaege" in antwort.url) as wartet:
            page.locator("#startsuche").press_sequentially("hundeh", delay=30)
        assert wartet.value.status == 200
        page.wait_for_function("document.querySelectorAll('#startsuche-vorschlaege option').length > 0")
        werte = page.locator("#startsuche-vorschlaege option").evaluate_all("alle => alle.map(e => e.value)")
        assert any("Hundehaltung" in wert for wert in werte), werte


@pruefung
def unsinn_im_suchfeld_bekommt_einen_satz(u):
    with u.browser.seite() as seite:
        page = seite.page
        for frage, satz in (("!!!", "kein Wort"), ("xyzzyxq", "nichts gefunden"), ('" OR * NEAR(', ""),
                            ("<script>alert(1)</script>", ""), ("\u202egeben", ""), ("🐕", ""), ("%_%", "kein Wort")):
            page.goto("/")
            page.fill("main input[name=q]", frage)
            page.press("main input[name=q]", "Enter")
            page.wait_for_url("**/suche?**")
            assert satz in page.locator("main").inner_text(), frage
            assert page.input_value("main input[name=q]") == frage, frage
            assert not seite.vorfaelle, (frage, seite.vorfaelle)
