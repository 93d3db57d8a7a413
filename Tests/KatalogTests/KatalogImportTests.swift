import Formats
import Katalog
import Kernel
import Storage
import TestKit
import Testing
import Web

/// What a load of the catalogue does.
@Suite struct KatalogImportTests {
    private func leistung(_ id: String, _ database: any Database) async throws -> Leistung? {
        try await database.read { db in try LeistungStore.find(Leistung.ID(rawValue: id), in: db) }
    }

    private func zahl(_ sql: SQL, _ database: any Database) async throws -> Int {
        try await database.read { db in try db.value(sql) } ?? 0
    }

    @Test(arguments: TestBackend.available)
    func `a catalogue brings its Leistungen with kinds, OZG-Leistung, Lage and Themenfeld`(backend: TestBackend)
        async throws
    {
        let database = try await Welt.leer(backend)
        let bericht = try await Katalogblatt().laden(database)
        #expect(bericht.neu == 9 && bericht.fehlerzahl == 0)
        let found = try #require(try await leistung("99110009104001", database))
        #expect(found.typen == ["1", "2/3"])
        #expect(found.ozgName == "Hundehaltung")
        #expect(found.lage == Einordnung(slug: "tierhaltung", name: "Tierhaltung"))
        #expect(found.themenfeld == Einordnung(slug: "engagement-hobby", name: "Engagement & Hobby"))
    }

    @Test(arguments: TestBackend.available)
    func `a bare object is a heading only beside its own Verrichtungen, and never counts`(backend: TestBackend)
        async throws
    {
        let database = try await Welt.leer(backend)
        _ = try await Katalogblatt().laden(database)
        #expect(try await leistung("99110009000000", database)?.istObjekt == true)
        #expect(try await leistung("99110020000000", database)?.istObjekt == false)
        #expect(try await database.read { db in try LeistungStore.zaehlbar(in: db) } == 7)
        #expect(try await database.read { db in try OZGStore.find("10160", in: db) }?.leistungen == 3)
    }

    @Test(arguments: TestBackend.available)
    func `services without a key have stable ids, also when two are alike`(backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        _ = try await Katalogblatt().laden(database)
        #expect(try await zahl("SELECT count(*) FROM leistung WHERE id LIKE 'o-%'", database) == 3)
        let first = Leistung.ID(ohneSchluessel: "Altöl abgeben", ozgID: "10110", nummer: 1)
        #expect(first.rawValue.count == 14)
        #expect(try await leistung(first.rawValue, database)?.name == "Altöl abgeben")
        #expect(first != Leistung.ID(ohneSchluessel: "Altöl abgeben", ozgID: "10110", nummer: 2))
        #expect(try await Katalogblatt().laden(database).unveraendert == 9)
    }

    @Test(arguments: TestBackend.available)
    func `the same files twice change nothing; another date alone is a Stand of its own`(backend: TestBackend)
        async throws
    {
        let database = try await Welt.leer(backend)
        _ = try await Katalogblatt().laden(database)
        let again = try await Katalogblatt().laden(database)
        #expect(!again.aendertEtwas && again.unveraendert == 9)
        #expect(try await zahl("SELECT count(*) FROM datenstand", database) == 1)
        #expect(try await zahl("SELECT count(*) FROM verlauf", database) == 1)
        _ = try await Katalogblatt().laden(database, stand: "2020-03")
        let newest = try await database.read { db in try DatenstandStore.newest(.katalog, in: db) }
        #expect(newest?.nummer == 2 && newest?.bezeichnung == "Katalogstand 03/2020")
    }

    @Test(arguments: TestBackend.available)
    func `what changed, went and came back keeps what it said before`(backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        let blatt = Katalogblatt()
        _ = try await blatt.laden(database)
        let renamed = try await blatt.mit("Hundehaltung Anmeldung Kampfhund", "Anmeldung gefährlicher Hunde").laden(
            database, stand: "2021")
        #expect(renamed.geaendert == 1 && renamed.neu == 0 && renamed.entfallen == 0)
        let gone = try await blatt.mit("99110009104001,Hundehaltung Anmeldung Kampfhund,\"1, 2/3\",10160,,,,\n", "")
            .laden(database, stand: "2022")
        #expect(gone.entfallen == 1)
        #expect(try await leistung("99110009104001", database)?.entfallenMit == 3)
        #expect(try await database.read { db in try LeistungStore.count(LeistungFilter(), in: db) } == 8)
        let back = try await blatt.laden(database, stand: "2023")
        #expect(back.geaendert == 1)
        #expect(try await leistung("99110009104001", database)?.entfallenMit == nil)
        let former = try await database.read { db in
            try db.rows("SELECT name, von, bis FROM leistung_fassung WHERE leistung = '99110009104001' ORDER BY bis")
                .map { row in
                    "\(try row["name"] as String) \(try row["von"] as Int)-\(try row["bis"] as Int)"
                }
        }
        #expect(former == ["Hundehaltung Anmeldung Kampfhund 1-1", "Anmeldung gefährlicher Hunde 2-2"])
    }

    @Test(arguments: TestBackend.available)
    func `a provisional Leistung becomes an ordinary one with the catalogue that knows its key`(backend: TestBackend)
        async throws
    {
        let database = try await Welt.leer(backend)
        try await database.write { db in
            try LeistungStore.enterProvisional(
                Leistungsschluessel(rawValue: "99110009104000"), name: "Hunde", durch: .betrieb(Welt.jetzt), in: db)
        }
        #expect(try await leistung("99110009104000", database)?.istVorlaeufig == true)
        let bericht = try await Katalogblatt().laden(database)
        #expect(bericht.neu == 8 && bericht.geaendert == 1)
        let found = try #require(try await leistung("99110009104000", database))
        #expect(!found.istVorlaeufig && found.name == "Hundehaltung Anmeldung")
    }

    @Test(arguments: TestBackend.available)
    func `a catalogue without the sheet of unkeyed Leistungen says nothing about them`(backend: TestBackend)
        async throws
    {
        let database = try await Welt.leer(backend)
        var blatt = Katalogblatt()
        _ = try await blatt.laden(database)
        blatt.ohneSchluessel = nil
        #expect(try await blatt.laden(database).entfallen == 0)
    }

    @Test(arguments: TestBackend.available)
    func `a file in which much is missing is refused unless somebody says that it is gone`(backend: TestBackend)
        async throws
    {
        let database = try await Welt.leer(backend)
        var blatt = Katalogblatt()
        let head = blatt.leistungen.split(separator: "\n")[0] + "\n"
        blatt.leistungen = head + (100..<200).map { "99110\($0)104000,Leistung \($0),1,," }.joined(separator: "\n")
        blatt.ohneSchluessel = nil
        _ = try await blatt.laden(database)
        blatt.leistungen = head + (100..<150).map { "99110\($0)104000,Leistung \($0),1,," }.joined(separator: "\n")
        let refused = try await blatt.laden(database, stand: "2020")
        #expect(refused.fehlerzahl == 1 && !refused.geschrieben)
        #expect(refused.fehler.first?.grund.contains("abgeschnitten") == true)
        // Skipping faulty rows is no way around it.
        let skipped = try await blatt.laden(database, stand: "2020", ueberspringen: true)
        #expect(!skipped.geschrieben)
        #expect(try await zahl("SELECT count(*) FROM leistung WHERE stand_bis IS NOT NULL", database) == 0)
    }

    static let fehlerhaft: [(String, String, Int, String)] = [
        ("99110009104000,", "9911000910400,", 3, "leika_schluessel"),
        ("99110009104001,", "99110009104000,", 4, "leika_schluessel"),
        ("Hundehaltung Anmeldung,", ",", 3, "bezeichnung"), ("Anmeldung,2/3,", "Anmeldung,13,", 3, "typisierung"),
        ("Festsetzung,5,10110", "Festsetzung,5,77777", 7, "ozg_id"), ("10110,Abfall", "10160,Abfall", 3, "ozg_id"),
        ("4,Bauen & Wohnen", "4,", 3, "themenfeld"), ("10999,", "1x,", 4, "ozg_id"),
    ]

    @Test(arguments: fehlerhaft.indices)
    func `a faulty row is named by file, line, column and field, and nothing is written`(index: Int) async throws {
        let (old, new, line, field) = Self.fehlerhaft[index]
        let database = try await Welt.leer(.sqliteMemory)
        let bericht = try await Katalogblatt().mit(old, new).laden(database)
        let fault = try #require(bericht.fehler.first)
        #expect(
            fault.zeile == line && fault.feld == field && fault.spalte != nil && fault.quelle != nil, "\(fault.text)")
        #expect(!bericht.geschrieben)
        #expect(try await zahl("SELECT count(*) FROM leistung", database) == 0)
    }

    @Test(arguments: TestBackend.available)
    func `a trial writes nothing, and skipping writes what is right and closes nothing`(backend: TestBackend)
        async throws
    {
        let database = try await Welt.leer(backend)
        #expect(try await Katalogblatt().laden(database, probe: true).neu == 9)
        #expect(try await zahl("SELECT count(*) FROM leistung", database) == 0)
        _ = try await Katalogblatt().laden(database)
        let bad = Katalogblatt().mit("99110009104001,", "falsch,")
        let skipped = try await bad.laden(database, ueberspringen: true)
        #expect(skipped.geschrieben && skipped.entfallen == 0 && skipped.fehlerzahl == 1)
        #expect(try await leistung("99110009104001", database)?.entfallenMit == nil)
    }

    @Test(arguments: [";", "\t"])
    func `semicolons and tabs are read as well`(separator: String) async throws {
        let database = try await Welt.leer(.sqliteMemory)
        var blatt = Katalogblatt()
        blatt.leistungen = blatt.leistungen.replacing("\"1, 2/3\"", with: "1").replacing(",", with: separator)
        #expect(try await blatt.laden(database).neu == 9)
    }
}
