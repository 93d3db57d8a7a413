"""Falsche Eingaben: ein Satz, der sagt, was zu tun ist, und nichts Getipptes geht verloren."""
import io
import zipfile
from contextlib import contextmanager

from haende import Hand
from pruefung import pruefung
from server import ORT_MIT_LISTE

NOTTULN = "055580032032"
LISTE = f"/umsetzung/{NOTTULN}"

FALSCHE_TABELLE = """\
Titel;Leistungsschlüssel;Stand
In Ordnung;99110009104000;offen
Falscher Stand;;fast fertig
Falscher Schlüssel;9911000910;offen
"""


@contextmanager
def angemeldet(u):
    with u.browser.seite(angemeldet=True) as seite:
        yield seite


def senden(seite, wahl="main form [type=submit]"):
    """Schickt ein Formular ab und gibt den Status der Antwort zurück."""
    with seite.page.expect_navigation(wait_until="load") as ergebnis:
        seite.page.locator(wahl).first.click()
    return ergebnis.value.status


def hochladen(seite, pfad):
    seite.page.goto(LISTE + "/ladungen")
    seite.page.set_input_files("main input[name=datei]", str(pfad))
    return senden(seite)


@pruefung
def eine_tabelle_mit_fehlern_nennt_zeile_spalte_und_grund_und_schreibt_nichts(u):
    tabelle = u.ordner / "falsch.csv"
    tabelle.write_text(FALSCHE_TABELLE, encoding="utf-8")
    with angemeldet(u) as seite:
        hochladen(seite, tabelle)
        zeilen = [z.split("\t") for z in seite.page.locator("main table tbody tr").all_inner_texts()]
        assert len(zeilen) == 2, f"2 Fehler erwartet, gezeigt: {zeilen}"
        stand, schluessel = ([zelle.strip() for zelle in z] for z in zeilen)
        assert (stand[0], stand[2]) == ("3", "Stand") and stand[1].isdigit(), stand
        assert "fast fertig" in stand[3] and "kein Umsetzungsstand" in stand[3], stand
        assert (schluessel[0], schluessel[2]) == ("4", "Leistungsschlüssel") and schluessel[1].isdigit(), schluessel
        assert "14 Ziffern" in schluessel[3], schluessel
        seite.page.goto(LISTE)
        assert seite.page.locator("main table").count() == 0, "trotz Fehlern wurde etwas geschrieben"


@pruefung
def eine_excel_datei_wird_mit_einem_satz_abgelehnt(u):
    puffer = io.BytesIO()
    with zipfile.ZipFile(puffer, "w", zipfile.ZIP_DEFLATED) as archiv:
        archiv.writestr("[Content_Types].xml", "<Types/>")
        archiv.writestr("xl/workbook.xml", "<workbook/>" * 200)
    mappe = u.ordner / "liste.xlsx"
    mappe.write_bytes(puffer.getvalue())
    with angemeldet(u) as seite:
        status = hochladen(seite, mappe)
        assert status == 422, f"Status {status}"
        satz = seite.page.locator("main [role=alert], main #fehlstellen ~ *").first.inner_text()
        assert "CSV" in satz or "Excel" in satz, satz
        assert seite.page.locator('main form[action$="/uebernahme"]').count() == 0, "sie ließe sich trotzdem laden"


@pruefung
def eine_leere_auswahl_wird_mit_einem_satz_abgelehnt(u):
    with angemeldet(u) as seite:
        seite.page.goto(LISTE + "/ladungen")
        assert senden(seite) == 422
        assert "Wählen Sie" in seite.page.locator("main [role=alert]").inner_text()


@pruefung
def ein_falsches_passwort_wird_abgelehnt_und_die_adresse_bleibt_stehen(u):
    with u.browser.seite() as seite:
        seite.page.goto("/anmelden")
        seite.page.fill("main [name=email]", u.server.email)
        seite.page.fill("main [name=passwort]", "ganz bestimmt falsch")
        status = senden(seite)
        assert 400 <= status < 500, f"Status {status}"
        assert seite.page.input_value("main [name=email]") == u.server.email, "die E-Mail-Adresse ging verloren"
        assert seite.page.input_value("main [name=passwort]") == "", "das Passwort steht in der Seite"
        assert "Passwort" in seite.page.locator("main [role=alert]").inner_text()
        assert seite.page.locator('form[action="/abmelden"]').count() == 0, "trotzdem angemeldet"


@pruefung
def ein_ueberlanges_passwort_wird_mit_einem_satz_abgelehnt(u):
    with u.browser.seite() as seite:
        seite.page.goto("/anmelden")
        seite.page.fill("main [name=email]", u.server.email)
        seite.page.fill("main [name=passwort]", "x" * 1_500)
        assert senden(seite) == 422
        assert seite.page.locator("main [role=alert]").count() == 1, "abgelehnt ohne ein Wort"


@pruefung
def online_ohne_adresse_kommt_ausgefuellt_mit_verweis_auf_das_feld_zurueck(u):
    with angemeldet(u) as seite:
        seite.page.goto(LISTE + "/neu")
        seite.page.fill("main [name=titel]", "Ein „Titel“ & mehr")
        seite.page.fill("main [name=notiz]", "\nerste Zeile leer")
        seite.page.select_option("main [name=stand]", "online")
        assert senden(seite) == 422
        Hand(seite).geladen()
        assert seite.page.title().startswith("Fehler"), seite.page.title()
        assert seite.page.input_value("main [name=titel]") == "Ein „Titel“ & mehr"
        assert seite.page.input_value("main [name=notiz]") == "\nerste Zeile leer"
        assert seite.page.input_value("main [name=stand]") == "online"
        assert seite.page.get_attribute("main [name=url]", "aria-invalid") == "true", "das Feld ist nicht markiert"
        seite.page.locator('main [role=alert] a[href="#url"]').click()
        assert seite.werte("document.activeElement.id") == "url", "der Verweis setzt den Fokus nicht"
        seite.page.goto(LISTE)
        assert seite.page.locator("main table").count() == 0, "trotz Fehlern wurde etwas geschrieben"


@pruefung
def wer_zu_spaet_speichert_erfaehrt_es_und_verliert_nichts(u):
    with angemeldet(u) as seite, angemeldet(u) as andere:
        seite.page.goto(f"/umsetzung/{ORT_MIT_LISTE}")
        eintrag = seite.page.locator("main table th a").last.get_attribute("href")
        for fenster in (seite, andere):
            fenster.page.goto(eintrag + "/bearbeiten")
            titel = fenster.page.input_value("main [name=titel]")
            # Eine Begründung passt zu jedem Stand, auch zu dem, der eine verlangt.
            fenster.page.fill("main [name=begruendung]", "weil es so ist")
        seite.page.fill("main [name=titel]", titel + " zuerst")
        assert senden(seite) == 200
        andere.page.fill("main [name=titel]", titel + " zu spät <b>")
        assert senden(andere) == 409
        assert andere.page.input_value("main [name=titel]") == titel + " zu spät <b>", "das Getippte ging verloren"
        assert "inzwischen" in andere.page.locator("main [role=alert]").inner_text().lower()
        seite.page.goto(eintrag)
        assert seite.h1() == titel + " zuerst", seite.h1()


@pruefung
def wer_nicht_angemeldet_ist_kommt_nach_der_anmeldung_dorthin_wo_er_hinwollte(u):
    with u.browser.seite() as seite:
        seite.page.goto(LISTE + "/ladungen")
        assert "/anmelden" in seite.page.url, seite.page.url
        seite.page.fill("main [name=email]", u.server.email)
        seite.page.fill("main [name=passwort]", u.server.passwort)
        senden(seite)
        seite.page.fill("main [name=code]", u.server.faktor.code())
        senden(seite)
        assert seite.page.url.endswith(LISTE + "/ladungen"), seite.page.url
