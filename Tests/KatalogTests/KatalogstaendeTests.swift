import Formats
import Kernel
import Storage
import TestKit
import Testing

@testable import Katalog

/// What one Katalogstand after the other leaves behind.
@Suite struct KatalogstaendeTests {
    private let zeile = "99110009104001,Hundehaltung Anmeldung Kampfhund,\"1, 2/3\",10160,,,,\n"

    /// Rows of an SQL query as text.
    private func zeilen(_ sql: SQL, _ database: any Database) async throws -> [String] {
        try await database.read { db in
            try db.rows(sql).map { row in
                row.values.map { value in
                    switch value {
                    case .null: "-"
                    case .text(let text): text
                    case .integer(let number): String(number)
                    default: "\(value)"
                    }
                }.joined(separator: "|")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `a Fassung covers only the Katalogstände in which the Leistung stood`(on backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        let blatt = Katalogblatt()
        let ohne = blatt.mit(zeile, "")
        let umbenannt = blatt.mit("Anmeldung Kampfhund", "Anmeldung gefährlicher Hund")
        _ = try await blatt.laden(database, stand: "2019")
        _ = try await ohne.laden(database, stand: "2020")
        _ = try await ohne.mit("Abfallgebühr", "Müllgebühr").laden(database, stand: "2021")
        _ = try await blatt.laden(database, stand: "2022")
        _ = try await umbenannt.laden(database, stand: "2023")
        let former = try await zeilen(
            "SELECT von, bis, name FROM leistung_fassung WHERE leistung = '99110009104001' ORDER BY bis", database)
        // Gone in 2 and 3, back in 4, changed in 5.
        #expect(former == ["1|1|Hundehaltung Anmeldung Kampfhund", "4|4|Hundehaltung Anmeldung Kampfhund"])
    }

    @Test(arguments: TestBackend.available)
    func `every kind of change keeps the former Fassung with what it said`(on backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        let blatt = Katalogblatt()
        _ = try await blatt.laden(database)
        let changes = [
            (",Hundehaltung Anmeldung,2/3,10160,,,,TierSchG", ",Hundehaltung Anmeldung,4,10160,,,,TierSchG"),
            (",Hundehaltung Anmeldung,2/3,10160,,,,TierSchG", ",Hundehaltung Anmeldung,2/3,10110,,,,TierSchG"),
            (",Hundehaltung Anmeldung,2/3,10160,,,,TierSchG", ",Hundehaltung Anmeldung,2/3,10160,,,,"),
        ]
        for (index, (old, new)) in changes.enumerated() {
            let bericht = try await blatt.mit(old, new).laden(database, stand: "\(2020 + index * 2)")
            #expect(bericht.geaendert == 1)
            #expect(try await blatt.laden(database, stand: "\(2021 + index * 2)").geaendert == 1)
        }
        let former = try await zeilen(
            "SELECT von, bis, typen, ozg_id, rechtsgrundlage FROM leistung_fassung ORDER BY bis", database)
        #expect(
            former == [
                "1|1|2/3|10160|TierSchG", "2|2|4|10160|TierSchG", "3|3|2/3|10160|TierSchG", "4|4|2/3|10110|TierSchG",
                "5|5|2/3|10160|TierSchG", "6|6|2/3|10160|-",
            ])
        let typen = try await zeilen("SELECT typ FROM leistung_typ WHERE leistung = '99110009104000'", database)
        #expect(typen == ["2/3"])
    }

    @Test(arguments: TestBackend.available)
    func `a Lage that moves to another Themenfeld moves with all its OZG-Leistungen`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.leer(backend)
        let blatt = Katalogblatt()
        _ = try await blatt.laden(database)
        _ = try await blatt.mit("Tierhaltung,2,Engagement & Hobby", "Tierhaltung,2,Umwelt").laden(
            database, stand: "2020")
        let found = try await database.read { db in try OZGStore.find("10160", in: db) }
        #expect(found?.themenfeld?.name == "Umwelt")
        _ = try await blatt.mit("Tierhaltung,2,Engagement & Hobby", "Tierhaltung,2,Umwelt").laden(
            database, stand: "2020")
        #expect(try await zeilen("SELECT count(*) FROM datenstand", database) == ["2"])
    }

    @Test(arguments: TestBackend.available)
    func `a Lage or a Themenfeld that is only written otherwise is shown as the newer catalogue writes it`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        let blatt = Katalogblatt()
        _ = try await blatt.laden(database)
        _ = try await blatt.mit(
            "Wohnen & Umzug,4,Bauen & Wohnen", "Wohnen/Umzug,4,Bauen, Wohnen".replacing(", ", with: "/")
        )
        .laden(database, stand: "2020")
        let found = try await database.read { db in try OZGStore.find("10110", in: db) }
        #expect(found?.lage == Einordnung(slug: "wohnen-umzug", name: "Wohnen/Umzug"))
        #expect(found?.themenfeld == Einordnung(slug: "bauen-wohnen", name: "Bauen/Wohnen"))
    }

    @Test func `two Lagen that would share one address are refused`() async throws {
        let database = try await Welt.leer(.sqliteMemory)
        var blatt = Katalogblatt()
        blatt.ozg +=
            "\n10998,Fund,9,Tier-Haltung,2,Engagement & Hobby,1\n10997,Pfand,9,Tier/Haltung,2,Engagement & Hobby,1"
        let bericht = try await blatt.laden(database)
        #expect(bericht.fehler.map(\.zeile) == [6])
        #expect(bericht.fehler.first?.feld == "lebenslage")
    }

    @Test(arguments: TestBackend.available)
    func `an OZG-Leistung that is gone is closed, and open again when it returns`(on backend: TestBackend) async throws
    {
        let database = try await Welt.leer(backend)
        let blatt = Katalogblatt()
        _ = try await blatt.laden(database)
        _ = try await blatt.mit("10999,Ohne Einordnung,,,,,", "").laden(database, stand: "2020")
        #expect(try await zeilen("SELECT ozg_id FROM ozg_leistung WHERE stand_bis = 2", database) == ["10999"])
        #expect(try await database.read { db in try OZGStore.count(OZGFilter(), in: db) } == 2)
        _ = try await blatt.laden(database, stand: "2021")
        #expect(try await database.read { db in try OZGStore.count(OZGFilter(), in: db) } == 3)
    }

    @Test(arguments: TestBackend.available)
    func `a heading becomes an ordinary Leistung when its Verrichtungen are gone`(on backend: TestBackend) async throws
    {
        let database = try await Welt.leer(backend)
        let blatt = Katalogblatt()
        _ = try await blatt.laden(database)
        _ = try await blatt.mit("99001001002000,Abfallgebühr Festsetzung,5,10110,,,,", "").laden(
            database, stand: "2020")
        let found = try await database.read { db in
            try LeistungStore.find(Leistung.ID(rawValue: "99001001000000"), in: db)
        }
        #expect(found?.istObjekt == false)
    }

    @Test(arguments: TestBackend.available)
    func `a provisional key waits through catalogues that do not know it and then keeps what it was`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        let blatt = Katalogblatt()
        let key = Leistungsschluessel(rawValue: "99110009104001")
        try await database.write { db in
            try LeistungStore.enterProvisional(key, name: "Kampfhunde", durch: .betrieb(Welt.jetzt), in: db)
            try LeistungStore.enterProvisional(key, name: "Nochmal", durch: .betrieb(Welt.jetzt), in: db)
        }
        #expect(try await zeilen("SELECT count(*) FROM verlauf WHERE art = 'leistung_vorlaeufig'", database) == ["1"])
        #expect(try await blatt.mit(zeile, "").laden(database).entfallen == 0)
        #expect(try await blatt.laden(database, stand: "2020").geaendert == 1)
        let former = try await zeilen("SELECT von, bis, name FROM leistung_fassung", database)
        #expect(former == ["-|1|Kampfhunde"])
        let typen = try await zeilen(
            "SELECT typ FROM leistung_typ WHERE leistung = '99110009104001' ORDER BY typ", database)
        #expect(typen == ["1", "2/3"])
    }

    @Test(arguments: TestBackend.available)
    func `each load is one numbered Katalogstand and one line of the Verlauf`(on backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        let blatt = Katalogblatt()
        _ = try await blatt.laden(database, stand: nil)
        _ = try await blatt.mit("Kampfhund", "Listenhund").laden(database, stand: "2020-03-01")
        let staende = try await database.read { db in try DatenstandStore.all(.katalog, in: db) }
        #expect(staende.map(\.bezeichnung) == ["Katalogstand 01.03.2020", "Katalogstand Nr. 1, geladen am 22.11.2026"])
        #expect(staende.first.map { [$0.neu, $0.geaendert, $0.entfallen] } == [0, 1, 0])
        let lines = try await zeilen("SELECT art, datenstand, nach, person FROM verlauf ORDER BY id", database)
        #expect(lines == ["datenstand_geladen|katalog 1|-|-", "datenstand_geladen|katalog 2|2020-03-01|-"])
    }

    @Test(arguments: TestBackend.available)
    func `a write that fails at its last step leaves nothing behind`(on backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        try await database.write { db in try db.execute("ALTER TABLE verlauf RENAME TO verlauf_weg") }
        await #expect(throws: (any Error).self) { try await Katalogblatt().laden(database) }
        for table in ["leistung", "ozg_leistung", "lage", "themenfeld", "leistung_typ", "datenstand"] {
            #expect(
                try await zeilen(SQL(stringLiteral: "SELECT count(*) FROM \(table)"), database) == ["0"], "\(table)")
        }
    }

    @Test(arguments: TestBackend.available)
    func `two loads at the same time leave one Katalogstand`(on backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { _ = try await Katalogblatt().laden(database) } }
            try await group.waitForAll()
        }
        #expect(try await zeilen("SELECT count(*) FROM datenstand", database) == ["1"])
        #expect(try await zeilen("SELECT count(*) FROM leistung", database) == ["9"])
    }
}
