import Foundation
import Kernel
import Storage
import TestKit
import Testing

@testable import Codelisten
@testable import Formats

@Suite struct CodelistenImportTests {
    @Test(arguments: TestBackend.available)
    func `a file becomes a Codeliste with its Fassung, columns and entries in their order`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.leer(backend)
        let bericht = try await database.lade(Codelistenblatt())
        #expect(bericht.fehler == [] && bericht.geschrieben && bericht.neu == 3)
        let (liste, fassung, eintraege) = try await database.read { db in
            let liste = try #require(try CodelisteStore.find("farbe", in: db)).liste
            var fassung = try #require(try CodelisteStore.fassungen(liste.kennung, in: db).first)
            fassung.spalten = try CodelisteStore.spalten(fassung.id, in: db)
            let filter = CodelistenFilter(fassung.id, nil)
            return (liste, fassung, try CodelisteStore.eintraege(filter, nach: 0, hoechstens: 10, in: db))
        }
        #expect(liste.kennung == "urn:beispiel:farbe" && liste.name == "Beispiel: Farbe" && liste.kurzname == "Farbe")
        #expect(liste.herausgeber == "Beispielamt" && liste.beschreibung == "Beispieldatensatz.")
        #expect(fassung.version == "1" && fassung.kennung == "urn:beispiel:farbe_1" && fassung.anzahl == 3)
        #expect(fassung.gueltigAb == Tag(iso: "2025-01-01") && fassung.gueltigBis == nil && fassung.istNeueste)
        #expect(fassung.codespalte == "code" && fassung.namensspalte == "name")
        #expect(
            fassung.spalten == [
                .init(
                    id: "code", name: "code", datentyp: "string", sprache: nil, istPflicht: true, istSchluessel: true),
                .init(
                    id: "name", name: "Name der Farbe", datentyp: "string", sprache: "de", istPflicht: true,
                    istSchluessel: false),
                .init(
                    id: "rang", name: "rang", datentyp: "integer", sprache: nil, istPflicht: false, istSchluessel: false
                ),
            ])
        #expect(eintraege.map(\.code) == ["r", "g", "b/l"])
        #expect(eintraege.map(\.name) == ["Rot", "Grün", "Blau & Hellblau"])
        #expect(eintraege.map { $0.zahl("rang") } == [1, nil, 3])
        #expect(eintraege[1].werte == ["code": "g", "name": "Grün"])
        #expect(try await database.zahl("SELECT count(*) FROM datenstand WHERE art = 'codelisten'") == 1)
    }

    @Test(arguments: TestBackend.available)
    func `the same content again changes nothing, however the file is laid out`(on backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        try await database.lade(Codelistenblatt())
        let before = try await database.inhalt()
        let again = try await database.lade(Codelistenblatt())
        #expect(again.geschrieben && !again.aendertEtwas && again.unveraendert == 3)
        let other = Codelistenblatt().text.replacing("><", with: ">\n   <").replacing("UTF-8", with: "ISO-8859-1")
        let latin = try #require(other.data(using: .isoLatin1))
        let bericht = try await database.lade([.bytes(Array(latin), name: "latin.xml")])
        #expect(bericht.fehler == [] && bericht.unveraendert == 3)
        #expect(try await database.inhalt() == before)
    }

    @Test(arguments: TestBackend.available)
    func `a loaded Fassung with other content is refused, and replaced on demand`(on backend: TestBackend) async throws
    {
        let database = try await Welt.leer(backend)
        try await database.lade(Codelistenblatt())
        let before = try await database.inhalt()
        var changes: [Codelistenblatt] = []
        for change in [
            { (blatt: inout Codelistenblatt) in blatt.zeilen[0][1] = "Röter" }, { $0.zeilen.removeLast() },
            { $0.zeilen.swapAt(0, 1) }, { $0.name = "Beispiel: Farben" }, { $0.gueltigAb = "2025-01-02" },
            { $0.zeilen[1][2] = "0" }, { $0.zeilen[0] = ["rR", "ot", "1"] },
        ] as [(inout Codelistenblatt) -> Void] {
            var blatt = Codelistenblatt()
            change(&blatt)
            changes.append(blatt)
        }
        for blatt in changes {
            let refused = try await database.lade(blatt)
            #expect(!refused.geschrieben && refused.fehler.first?.grund.contains("--ersetzen") == true)
            #expect(refused.fehler.first?.quelle == "farbe_1.xml")
        }
        #expect(try await database.inhalt() == before)
        let probe = try await database.lade(changes[0], ersetzen: true, probe: true)
        #expect(!probe.geschrieben && probe.geaendert == 3)
        #expect(try await database.inhalt() == before)
        let replaced = try await database.lade(changes[1], ersetzen: true)
        #expect(replaced.geschrieben && replaced.geaendert == 2)
        #expect(try await database.zahl("SELECT count(*) FROM codeliste_eintrag") == 2)
        #expect(try await database.zahl("SELECT count(*) FROM codeliste_fassung") == 1)
        #expect(try await database.lade(changes[1]).unveraendert == 2)
    }

    @Test(arguments: TestBackend.available)
    func `Fassungen stand side by side, and each day has its own`(on backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        var (zwei, zehn) = (Codelistenblatt(), Codelistenblatt())
        (zwei.version, zwei.gueltigAb, zwei.zeilen[0][1]) = ("2", "2026-01-01", "Karmin")
        (zehn.version, zehn.gueltigAb, zehn.zeilen, zehn.name) = ("10", "2027-07-01", [["r", "Purpur", nil]], "Neu")
        #expect(try await database.lade(zehn, Codelistenblatt(), zwei).neu == 7)
        let (liste, versionen, namen) = try await database.read { db in
            let liste = try #require(try CodelisteStore.find("urn:beispiel:farbe", in: db)).liste
            let namen = try ["2024-12-31", "2025-01-01", "2025-12-31", "2026-01-01", "2027-06-30", "2027-07-01"].map {
                try CodelisteStore.eintrag(liste.kennung, "r", am: try #require(Tag(iso: $0)), in: db)?.name
            }
            return (liste, try CodelisteStore.fassungen(liste.kennung, in: db).map(\.version), namen)
        }
        #expect(liste.version == "10" && liste.name == "Neu" && liste.slug == "farbe")
        #expect(versionen == ["1", "2", "10"])
        #expect(namen == [nil, "Rot", "Rot", "Karmin", "Karmin", "Purpur"])
        let tag = try #require(Tag(iso: "2026-05-05"))
        try await database.read { db in
            #expect(try CodelisteStore.eintrag("urn:beispiel:farbe", "x", am: tag, in: db) == nil)
            #expect(try CodelisteStore.eintrag("urn:beispiel:fehlt", "r", am: tag, in: db) == nil)
            let seen = try db.rows(
                "SELECT name FROM codeliste_eintrag_sicht WHERE kennung = 'urn:beispiel:farbe' AND neueste AND code = 'r'"
            )
            #expect(try seen.map { try $0["name"] as String } == ["Purpur"])
        }
    }

    @Test func `in force is what began last; without a date it begins with the version before; an end ends it`()
        async throws
    {
        let database = try await Welt.leer(.sqliteMemory)
        var blaetter: [Codelistenblatt] = []
        for (version, ab, bis) in [
            ("1", "2020-01-01", nil), ("2", nil, nil), ("3", "2022-01-01", "2022-12-31"), ("1.5", "2024-01-01", nil),
        ] as [(String, String?, String?)] {
            var blatt = Codelistenblatt()
            (blatt.version, blatt.gueltigAb, blatt.gueltigBis) = (version, ab, bis)
            blaetter.append(blatt)
        }
        try await database.lade(blaetter.map(\.quelle))
        let found = try await database.read { db in
            let alle = try CodelisteStore.fassungen("urn:beispiel:farbe", in: db)
            return try ["2019-12-31", "2020-06-01", "2022-06-01", "2023-06-01", "2024-06-01"].map {
                Codelistenfassung.gueltig(am: try #require(Tag(iso: $0)), unter: alle)?.version
            }
        }
        // 2 names no day and stands behind 1.5, so that it begins with it.
        #expect(found == [nil, "1", "3", nil, "2"])
    }

    @Test(arguments: TestBackend.available)
    func `several files are loaded together or not at all`(on backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        let before = try await database.inhalt()
        var zwei = Codelistenblatt()
        zwei.version = "2"
        let bad = Codelistenquelle.bytes(Array("<gc:CodeList".utf8), name: "kaputt.xml")
        let refused = try await database.lade([Codelistenblatt().quelle, bad, zwei.quelle])
        #expect(!refused.geschrieben && refused.fehler.map(\.quelle) == ["kaputt.xml"])
        #expect(try await database.inhalt() == before)
        let probe = try await database.lade(Codelistenblatt(), zwei, probe: true)
        #expect(probe.neu == 6 && !probe.geschrieben)
        #expect(try await database.inhalt() == before)
        let skipped = try await database.lade([Codelistenblatt().quelle, bad, zwei.quelle], ueberspringen: true)
        #expect(skipped.geschrieben && skipped.neu == 6)
        var twice = zwei
        (twice.version, zwei.version) = ("3", "3")
        twice.name = "Anders"
        let clash = try await database.lade(zwei, twice)
        #expect(clash.fehler.first?.grund.contains("farbe_3.xml") == true && !clash.geschrieben)
        #expect(try await database.lade(zwei, zwei).neu == 3)
    }

    @Test(arguments: TestBackend.available)
    func `rows that cannot be are named with file, line and field, and left out on demand`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.leer(backend)
        var blatt = Codelistenblatt()
        blatt.zeilen = [
            ["r", "Rot", nil], ["r", "Röter", nil], [nil, "Ohne", nil], ["g", nil, nil], ["b", "Blau", "eins"],
            [String(repeating: "x", count: 1_001), "Lang", nil], ["w", "Weiß", nil],
        ]
        let refused = try await database.lade(blatt)
        #expect(!refused.geschrieben)
        #expect(refused.fehler.map(\.zeile) == [17, 18, 19, 20, 21])
        #expect(refused.fehler.map(\.feld) == ["code", "code", "name", "rang", "code"])
        #expect(refused.fehler.allSatisfy { $0.quelle == "farbe_1.xml" })
        #expect(try await database.zahl("SELECT count(*) FROM codeliste") == 0)
        let skipped = try await database.lade(blatt, ueberspringen: true)
        #expect(skipped.geschrieben && skipped.neu == 2 && skipped.fehlerzahl == 5)
        #expect(try await database.zahl("SELECT count(*) FROM codeliste_eintrag") == 2)
        #expect(try await database.zahl("SELECT max(position) FROM codeliste_eintrag") == 2)
    }

    @Test func `what is no code list, or none that can be kept, is refused with a sentence`() async throws {
        let database = try await Welt.leer(.sqliteMemory)
        let good = Codelistenblatt().text
        var empty = Codelistenblatt()
        empty.zeilen = []
        var turned = Codelistenblatt()
        turned.gueltigBis = "2024-01-01"
        for (text, part) in [
            ("", "leer"), ("Farbe;Rot", "beginnt nicht mit XML"), ("<a/>", "keine genericode-Datei"),
            (
                good.replacing("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", with: "<!DOCTYPE a [<!ENTITY b \"c\">]>"),
                "DOCTYPE"
            ),
            (String(good.prefix(good.count - 40)), "abgeschnitten"), (good + "<b/>", "Nach dem Ende"),
            (empty.text, "keinen Eintrag"),
            (turned.text, "gelten bis"), (good.replacing("<ShortName>farbe</ShortName>", with: ""), "ShortName"),
            (good.replacing("</Row>", with: ""), "anderes Element"),
        ] {
            let bericht = try await database.lade([.bytes(Array(text.utf8), name: "x.xml")])
            #expect(!bericht.geschrieben && bericht.fehlerzahl == 1, "\(part)")
            #expect(bericht.fehler.first?.grund.contains(part) == true, "\(part): \(bericht.fehler.first?.grund ?? "")")
        }
        for path in [NSTemporaryDirectory(), "/gibt/es/nicht.xml"] {
            #expect(try await database.lade([.datei(path)]).fehlerzahl == 1)
        }
        #expect(try await database.zahl("SELECT count(*) FROM codeliste") == 0)
    }

    @Test func `a Kennung of a Fassung belongs to one Fassung`() async throws {
        let database = try await Welt.leer(.sqliteMemory)
        try await database.lade(Codelistenblatt())
        let other = Codelistenblatt().text.replacing("<Version>1<", with: "<Version>7<")
        let bericht = try await database.lade([.bytes(Array(other.utf8), name: "x.xml")], ersetzen: true)
        #expect(bericht.fehler.first?.grund.contains("gehört schon zu") == true && !bericht.geschrieben)
        let fresh = try await Welt.leer(.sqliteMemory).lade(
            [Codelistenblatt().quelle, .bytes(Array(other.utf8), name: "x.xml")])
        #expect(fresh.fehlerzahl == 1 && !fresh.geschrieben)
    }

    @Test func `a key of several columns makes one code of them, and no two read alike`() async throws {
        let database = try await Welt.leer(.sqliteMemory)
        var blatt = Codelistenblatt()
        blatt.schluessel = ["code", "name"]
        blatt.zeilen = [["a", "b", nil], ["a", "c", nil], ["x|", "y", nil], ["x", "|y", nil]]
        #expect(try await database.lade(blatt).neu == 4)
        let codes = try await database.read { db in
            try db.rows("SELECT code FROM codeliste_eintrag ORDER BY position").map { try $0["code"] as String }
        }
        #expect(codes == ["a | b", "a | c", "x|| | y", "x | ||y"])
    }

    @Test func `lists of the same short name have addresses of their own, which stay`() async throws {
        let database = try await Welt.leer(.sqliteMemory)
        var (other, later) = (Codelistenblatt(), Codelistenblatt())
        other.kennung = "urn:beispiel:andere"
        try await database.lade(Codelistenblatt(), other)
        (later.version, later.kurzname) = ("2", "umbenannt")
        try await database.lade(later)
        let slugs = try await database.read { db in
            try ["urn:beispiel:farbe", "urn:beispiel:andere"].map { try CodelisteStore.find($0, in: db)?.liste.slug }
        }
        #expect(slugs == ["farbe", "farbe-2"])
    }

    @Test func `an unreadable date is a notice, not a fault`() async throws {
        var blatt = Codelistenblatt()
        blatt.gueltigAb = "unbestimmt"
        let bericht = try await Welt.leer(.sqliteMemory).lade(blatt)
        #expect(bericht.geschrieben && bericht.hinweise.contains { $0.contains("unbestimmt") })
    }

    @Test(
        arguments: [
            (["code", "name"], 1), (["code", "ISO-Sprachbezeichnung", "ISO-Wert"], 2),
            (["code", "art", "Bezeichnung-lang"], 2), (["code", "description-de-DE", "description-en"], 1),
            (["code", "Currency"], 1), (["code", "?bezeichnung", "suchwort"], 2), (["code", "?a", "?Beschreibung"], 2),
            (["code", "?a", "?b"], 1), (["code"], nil),
        ] as [([String], Int?)])
    func `the column with the name is recognised`(spalten: [String], position: Int?) throws {
        var genericode = Genericode()
        genericode.columns = spalten.map { spalte in
            let id = spalte.hasPrefix("?") ? String(spalte.dropFirst()) : spalte
            return .init(
                id: id, shortName: id, longName: nil, type: .text, typeName: "string", language: nil,
                isRequired: id == spalte)
        }
        genericode.keys = [.init(id: "k", columns: [0], marks: [])]
        #expect(try Xoevangaben(genericode).namensspalte == position)
    }

    @Test func `versions are counted as people count them`() {
        let versions = ["1", "2", "2.4", "2.10", "5", "10", "51", "2019-07-31", "2024-08-01"]
        #expect(
            versions.shuffled().sorted { Codelistenfassung.sortversion($0) < Codelistenfassung.sortversion($1) }
                == versions)
    }
}
