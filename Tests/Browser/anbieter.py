"""Anmelden über einen Identitätsanbieter, den Authlib stellt: im Browser, mit eigenem Server."""
import socket

from pruefung import pruefung
from server import BEISPIELE, Datenbank, Gescheitert, Server

DUELMEN = "055580016016"


def freier_port():
    with socket.socket() as frei:
        frei.bind(("127.0.0.1", 0))
        return frei.getsockname()[1]


@pruefung
def wer_beim_anbieter_angemeldet_ist_kommt_mit_seinen_rollen_herein(u):
    from authlibanbieter import KENNUNG, Anbieter  # nur hier gebraucht

    ordner = u.ordner / "anbieter"
    ordner.mkdir()
    datenbank = Datenbank(ordner, u.server.datenbank.conninfo)
    server = Server(u.server.binary, datenbank, ordner)
    anbieter = None
    try:
        server.cli("migrate")
        server.cli("demo")
        server.port_vorgabe = freier_port()
        basis = f"http://127.0.0.1:{server.port_vorgabe}"
        anbieter = Anbieter(basis + "/anmelden/extern/rueckruf")
        regeln = ordner / "rollen.txt"
        regeln.write_text(f"# Wer beim Anbieter was ist\ngruppen = ozg-koordination -> ozg_ansprechperson @ {DUELMEN}\n",
                          encoding="utf-8")
        datenbank.umgebung |= {
            "LEITSTAND_ADRESSE": basis, "LEITSTAND_OIDC_AUSSTELLER": anbieter.aussteller,
            "LEITSTAND_OIDC_KENNUNG": KENNUNG, "LEITSTAND_OIDC_GEHEIMNIS": anbieter.geheimnis,
            "LEITSTAND_OIDC_NAME": "Landeskonto", "LEITSTAND_OIDC_ROLLEN": str(regeln)}
        bericht = server.cli("check", "--konfiguration")
        assert "1 Regel" in bericht and anbieter.rueckadresse in bericht and anbieter.geheimnis not in bericht, bericht
        regeln.write_text("gruppen = a -> chef @ b\n", encoding="utf-8")
        try:
            server.starten()
            raise AssertionError("mit falschen Regeln darf der Server nicht starten")
        except Gescheitert as ende:
            assert "Zeile 1, Spalte 16" in str(ende), ende
        regeln.write_text(f"gruppen = ozg-koordination -> ozg_ansprechperson @ {DUELMEN}\n", encoding="utf-8")
        server.starten()
        kontext = u.browser._chromium.new_context(base_url=basis, locale="de-DE")
        try:
            for verfahren in ["RS256", "PS256", "ES256", "EdDSA"]:
                anbieter.verfahren = verfahren
                seite = kontext.new_page()
                seite.goto(f"/umsetzung/{DUELMEN}/neu")
                assert seite.url.startswith(basis + "/anmelden?ziel="), seite.url
                seite.get_by_role("link", name="Mit Landeskonto anmelden").click()
                seite.wait_for_url(f"{basis}/umsetzung/{DUELMEN}/neu")
                assert seite.locator("h1").count() == 1, verfahren
                rueck = f"/anmelden/extern/rueckruf?code={anbieter.benutzt[-1]}&state=x"
                seite.goto(rueck)
                assert "nicht in diesem Browser begonnen" in seite.locator("main").inner_text()
                seite.close()
                kontext.clear_cookies()
            anbieter.person = anbieter.person | {"gruppen": []}
            seite = kontext.new_page()
            seite.goto("/anmelden/extern")
            assert "noch keine Rolle" in seite.locator("main").inner_text(), seite.url
        finally:
            kontext.close()
        assert len(anbieter.benutzt) == 5 and not anbieter.codes, (anbieter.benutzt, anbieter.codes)
        protokoll = "\n".join(server.protokoll())
        for geheim in [anbieter.geheimnis, "k@duelmen", "K. Beispiel", *anbieter.benutzt, *anbieter.marken]:
            assert geheim not in protokoll, geheim
    finally:
        if anbieter:
            anbieter.beenden()
        if server.prozess and server.prozess.poll() is None:
            server.prozess.kill()
            server.prozess.wait()
        datenbank.loeschen()
