"""Der Feed der Katalogänderungen, gelesen mit feedparser von einem eigenen Server mit zwei Katalogständen."""
from http_klient import hole
from pruefung import pruefung
from server import BEISPIELE, Datenbank, Server

ADRESSE = "https://leitstand.example"


def stand_laden(server, ordner, jahr, leistungen):
    datei = ordner / f"leistungen-{jahr}.csv"
    datei.write_text(leistungen, encoding="utf-8")
    server.cli("import", "katalog", "--leistungen", datei, "--ohne-schluessel", BEISPIELE / "ohne-schluessel.csv",
               "--ozg", BEISPIELE / "ozg.csv", "--stand", str(jahr))


@pruefung
def ein_feedleser_versteht_die_aenderungen_am_katalog(u):
    import feedparser  # nur hier gebraucht

    ordner = u.ordner / "katalogfeed"
    ordner.mkdir()
    datenbank = Datenbank(ordner, u.server.datenbank.conninfo)
    datenbank.umgebung["LEITSTAND_ADRESSE"] = ADRESSE
    server = Server(u.server.binary, datenbank, ordner)
    try:
        text = (BEISPIELE / "leistungen.csv").read_text(encoding="utf-8-sig")
        server.cli("migrate")
        stand_laden(server, ordner, 2019, text)
        zeilen = text.splitlines()
        trenner = ";" if ";" in zeilen[0] else ","
        felder = zeilen[1].split(trenner)
        name = zeilen[0].split(trenner).index("bezeichnung")
        felder[name] = "Neu & <anders>"
        stand_laden(server, ordner, 2020, "\n".join([zeilen[0], trenner.join(felder), *zeilen[2:]]))
        server.starten()
        antwort = hole(server, "/katalog/aenderungen.atom")
        assert antwort.art.startswith("application/atom+xml"), antwort.art
        feed = feedparser.parse(antwort.koerper, response_headers={"content-type": antwort.art})
        assert not feed.bozo, feed.get("bozo_exception")
        assert feed.version == "atom10" and feed.feed.id.startswith("urn:uuid:"), feed.version
        titel = [e.title for e in feed.entries]
        assert titel == ["Katalogstand 2020: 1 Änderung", "Geändert: Neu & <anders>",
                         "Katalogstand 2019 geladen"], titel
        for eintrag in [feed.feed, *feed.entries]:
            assert eintrag.link.startswith(ADRESSE + "/") and eintrag.updated_parsed, eintrag
        assert all(hole(server, e.link.removeprefix(ADRESSE)).status == 200 for e in feed.entries)
        etag = antwort.kopf["etag"]
        assert hole(server, "/katalog/aenderungen.atom", If_None_Match=etag).status == 304
        seite = hole(server, "/katalog/aenderungen").koerper.decode()
        assert 'rel="alternate" type="application/atom+xml"' in seite and "Neu &amp; &lt;anders&gt;" in seite
    finally:
        if server.prozess and server.prozess.poll() is None:
            server.prozess.kill()
            server.prozess.wait()
        datenbank.loeschen()
