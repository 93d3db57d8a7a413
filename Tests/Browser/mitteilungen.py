"""Mitteilungen wählen und bekommen, das Protokoll der E-Mails und ihre Vorschau, allein mit der Tastatur."""
import re
import sqlite3
import subprocess
import time

from browser import SCHMAL
from haende import Tastatur
from konto import PASSWORT, anlegen, ohne_mangel
from post import mailserver, server_mit_post, tippen
from pruefung import pruefung

ORT = "055580016016"
LESERIN = "mitteilung@stadt.example"


BERICHT = """From MAILER-DAEMON
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="grenze"

--grenze
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.stadt.example

Final-Recipient: rfc822; {an}
Action: failed
Status: 5.1.1

--grenze
Content-Type: text/rfc822-headers

Message-ID: {kennung}

--grenze--
"""


def sql(u, befehl):
    """Stellt etwas in der Datenbank dieser Prüfung, zum Beispiel einen Zeitplan auf jetzt."""
    datenbank = u.server.datenbank
    if datenbank.conninfo:
        subprocess.run(["psql", "-X", "-q", "-d", datenbank._mit_namen(), "-c", befehl], check=True,
                       stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        return
    with sqlite3.connect(datenbank.angaben[1] + "/leitstand.sqlite", timeout=30) as verbindung:
        verbindung.execute(befehl)


def arbeiten(server):
    server.cli("work", "--einmal")


@pruefung
def wer_mitteilungen_einzeln_will_bekommt_sie(u):
    anlegen(u, LESERIN, ORT)
    with mailserver() as (port, kasten), server_mit_post(u, port) as server:
        with u.browser.seite(SCHMAL) as seite:
            page = seite.page
            page.goto(server.basis + "/anmelden")
            tippen(page, "E-Mail-Adresse", LESERIN)
            tippen(page, "Passwort", PASSWORT)
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: "/anmelden" not in url)
            page.goto(server.basis + "/konto")
            wahl = page.get_by_label("E-Mails darüber", exact=True)
            assert wahl.input_value() == "taeglich"
            wahl.focus()
            page.keyboard.type("einzeln")
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: "ok=mitteilungen" in url)
            assert page.get_by_label("E-Mails darüber", exact=True).input_value() == "einzeln"
            ohne_mangel(seite)
        # Beim ersten Mal merkt sich der Leser nur, wo der Verlauf steht.
        server.cli("migrate")
        sql(u, "UPDATE job_plan SET naechster = 0 WHERE art = 'konten.mitteilungen'")
        arbeiten(server)
        with u.browser.seite(SCHMAL, angemeldet=True) as seite:
            page = seite.page
            page.goto(f"{server.basis}/umsetzung/{ORT}/neu")
            tippen(page, "Titel", "Fähre mieten")
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: "ok=angelegt" in url)
        server.cli("migrate")
        sql(u, "UPDATE job_plan SET naechster = 0 WHERE art = 'konten.mitteilungen'")
        arbeiten(server)
        sql(u, "UPDATE job SET faellig = 0 WHERE art = 'konten.einzelmitteilung' AND zustand = 'wartet'")
        arbeiten(server)
        arbeiten(server)
        ende = time.monotonic() + 20
        while not (briefe := [brief for _, an, brief in kasten.briefe if an == [LESERIN]]):
            assert time.monotonic() < ende, [brief["Subject"] for _, _, brief in kasten.briefe]
            time.sleep(0.2)
        assert len(briefe) == 1, [brief["Subject"] for _, _, brief in kasten.briefe]
        text = briefe[0].get_body(("plain",)).get_content()
        assert "Fähre mieten" in text and re.search(r"http://localhost:\d+/umsetzung/", text), text
        assert briefe[0]["Auto-Submitted"] == "auto-generated" and "/konto/mitteilungen" in briefe[0]["List-Unsubscribe"]
        assert briefe[0]["References"] == briefe[0]["In-Reply-To"]
        # Kommt der Brief zurück, geht nichts mehr dorthin, und die Person erfährt es auf der Seite ihres Kontos.
        postfach = u.ordner / "ruecklaeufer.mbox"
        postfach.write_text(BERICHT.format(kennung=briefe[0]["Message-ID"], an=LESERIN), encoding="ascii")
        assert "1 Adresse markiert" in server.cli("import", "ruecklaeufer", postfach)
        assert "0 Adressen markiert" in server.cli("import", "ruecklaeufer", postfach), "einmal genügt"
        with u.browser.seite(SCHMAL) as seite:
            page = seite.page
            page.goto(server.basis + "/anmelden?ziel=/konto")
            tippen(page, "E-Mail-Adresse", LESERIN)
            tippen(page, "Passwort", PASSWORT)
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: "/anmelden" not in url)
            page.goto(server.basis + "/konto")
            page.get_by_text("E-Mails an Ihre Adresse kommen zurück").wait_for()
            ohne_mangel(seite)


@pruefung
def die_administration_liest_das_protokoll_und_sieht_jede_art_von_e_mail(u):
    with mailserver() as (port, kasten), server_mit_post(u, port) as server:
        with u.browser.seite(SCHMAL, angemeldet=True) as seite:
            page = seite.page
            hand = Tastatur(seite)
            page.goto(f"{server.basis}/organisationen/{ORT}/personen/einladen")
            tippen(page, "E-Mail-Adresse", "abgelehnt@stadt.example")
            page.get_by_label("Rolle", exact=True).focus()
            page.keyboard.type("Redaktion")
            page.get_by_role("button", name="Einladen").focus()
            page.keyboard.press("Enter")
            page.get_by_text("Die Einladung wird verschickt.").first.wait_for()
            person = page.url.split("?")[0]
            arbeiten(server)
            for _ in range(50):
                page.goto(person)
                if page.get_by_text("Die Einladung kam nicht an").count():
                    break
                page.wait_for_timeout(200)
            assert "E-Mails an diese Adresse kommen zurück" in page.locator("main").inner_text()
            ohne_mangel(seite)
            page.goto(f"{server.basis}/betrieb/post?zustand=gescheitert")
            inhalt = page.locator("main").inner_text()
            assert "Einladung" in inhalt and "550" in inhalt and "abgelehnt@" not in inhalt.replace(
                "abgelehnt\n", ""), inhalt
            ohne_mangel(seite)
            hand.folge("main form button", "Einladung")
            page.get_by_text("Der Brief wird noch einmal verschickt.").wait_for()
            page.goto(f"{server.basis}/betrieb/post/vorschau")
            ohne_mangel(seite)
            wege = [a.get_attribute("href") for a in page.locator("main .ls-kacheln a").all()]
            assert len(wege) >= 8, wege
            for weg in wege:
                page.goto(server.basis + weg)
                ohne_mangel(seite)
                page.goto(server.basis + weg + "/html")
                assert page.locator("h1").count() == 1 and seite.zu_breit() is None, weg
