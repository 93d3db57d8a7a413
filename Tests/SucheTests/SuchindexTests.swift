import Formats
import Foundation
import Katalog
import Kernel
import Storage
import TestKit
import Testing
import Verzeichnis

@testable import Suche

/// The index says what the rooms say: after every load, in any order, under the names of today and of before.
@Suite(.timeLimit(.minutes(10))) struct SuchindexTests {
    private static let index = Suchindex.standard

    /// The official directory of the example world, with texts exchanged for others of the same length.
    private static func verzeichnis(_ stand: String, _ changes: [(String, String)] = [], ohne: String? = nil) throws
        -> TextSource
    {
        let path = Welt.ordner("Beispieldaten/gemeindeverzeichnis.txt")
        var text = try String(contentsOfFile: path, encoding: .utf8).replacing("20250831", with: stand)
        if let ohne { text = text.components(separatedBy: "\n").filter { !$0.contains(ohne) }.joined(separator: "\n") }
        for (old, new) in changes { text = text.replacing(old, with: new) }
        return try TextSource(bytes: Array(text.utf8), name: "verzeichnis.txt")
    }

    private static let auftrag = Importauftrag(urheber: .betrieb(Welt.jetzt))

    private func pfade(_ welt: Suchwelt, _ frage: String) async throws -> [String] {
        let found = try await welt.frage(frage)
        return (found.leistungen.treffer + found.ozg.treffer + found.gebiete.treffer).map(\.pfad)
    }

    private func grund(_ welt: Suchwelt, _ frage: String, _ pfad: String) async throws -> String? {
        let found = try await welt.frage(frage)
        return (found.leistungen.treffer + found.ozg.treffer + found.gebiete.treffer).first { $0.pfad == pfad }?.grund
    }

    @Test(arguments: TestBackend.available)
    func `an index that is up to date is left alone, and building it again writes nothing`(backend: TestBackend)
        async throws
    {
        let database = try await Welt.beispiel(backend)
        #expect(try await Self.index.nachfuehren(database) == nil)
        let before = try await Indexabbild.lies(database)
        let again = try await Self.index.baue(database, quelle: "noch einmal")
        let rows = try await database.read { db in try db.value("SELECT count(*) FROM suche_eintrag", as: Int.self) }
        #expect((again.geschrieben, again.entfernt) == (0, 0) && again.eintraege == rows)
        #expect(try await Indexabbild.lies(database) == before)
        #expect(try await Self.index.nachfuehren(database)?.geschrieben == 0)
        #expect(try await Self.index.nachfuehren(database) == nil)
    }

    @Test(arguments: TestBackend.available)
    func `after each of many loads the index is the one that is built from nothing`(backend: TestBackend) async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var katalog = Wandelkatalog(seed)
        let database = try await Welt.leer(backend)
        for round in 0..<5 {
            let bericht = try await katalog.blatt.laden(database, stand: "\(2019 + round)", vieleEntfallen: true)
            try #require(bericht.fehlerzahl == 0, "seed \(seed): \(bericht.zeilen.prefix(5))")
            let made = try await Self.index.nachfuehren(database)
            #expect(made != nil || !bericht.aendertEtwas, "seed \(seed), round \(round)")
            let found = try await Indexabbild.lies(database)
            let expected = try await Indexabbild.vonGrundAuf(database)
            #expect(found == expected, "seed \(seed), round \(round): \(Indexabbild.unterschied(found, expected))")
            katalog.weiter()
        }
    }

    @Test(arguments: TestBackend.available)
    func `it does not matter what is loaded first, nor how often the index was brought up to date`(backend: TestBackend)
        async throws
    {
        // One after the other: a test asks for one database at a time.
        var all: [[String]] = []
        for order in 0..<3 {
            let database = try await Welt.leer(backend)
            if order != 1 { _ = try await Katalogblatt().laden(database) }
            if order == 0 { _ = try await Self.index.nachfuehren(database) }
            _ = try await GemeindeverzeichnisImport.run(Self.verzeichnis("20250831"), Self.auftrag, in: database)
            if order == 1 {
                _ = try await Self.index.nachfuehren(database)
                _ = try await Katalogblatt().laden(database)
            }
            _ = try await Self.index.nachfuehren(database)
            all.append(try await Indexabbild.lies(database, mitNummern: false))
        }
        #expect(all[0] == all[1], "\(Indexabbild.unterschied(all[0], all[1]))")
        #expect(all[0] == all[2], "\(Indexabbild.unterschied(all[0], all[2]))")
        #expect(all[0].count > 500)
    }

    @Test(arguments: TestBackend.available)
    func `a renamed Leistung is found by its names of today and of before, which is said`(backend: TestBackend)
        async throws
    {
        let welt = try Suchwelt(await Welt.leer(backend))
        let path = "/leistungen/99110009104001"
        _ = try await Katalogblatt().laden(welt.database)
        _ = try await Self.index.nachfuehren(welt.database)
        #expect(try await pfade(welt, "kampfhund").first == path)
        #expect(try await grund(welt, "kampfhund", path) == nil)
        let neu = Katalogblatt().mit("Anmeldung Kampfhund", "Anmeldung Listenhund").mit("Abfallentsorgung", "Kreislauf")
        _ = try await neu.laden(welt.database, stand: "2020")
        #expect(try await pfade(welt, "kampfhund").first == path, "until the next run the older index answers")
        _ = try await Self.index.nachfuehren(welt.database)
        #expect(try await pfade(welt, "listenhund").first == path)
        #expect(try await grund(welt, "listenhund", path) == nil)
        #expect(try await pfade(welt, "kampfhund").first == path)
        let why = try await grund(welt, "kampfhund", path)
        #expect(why?.hasSuffix("früher: Hundehaltung Anmeldung Kampfhund") == true, "\(why ?? "")")
        #expect(try await grund(welt, "abfallentsorgung", "/ozg/10110") == "früher: Abfallentsorgung")
        #expect(try await grund(welt, "kreislauf", "/ozg/10110") == nil)
    }

    @Test(arguments: TestBackend.available)
    func `what is gone is not found, by name or key`(backend: TestBackend) async throws {
        let welt = try Suchwelt(await Welt.leer(backend))
        _ = try await Katalogblatt().laden(welt.database)
        _ = try await GemeindeverzeichnisImport.run(Self.verzeichnis("20250831"), Self.auftrag, in: welt.database)
        _ = try await Self.index.nachfuehren(welt.database)
        for frage in ["Tierseuchenkasse", "99110020000000"] {
            #expect(try await pfade(welt, frage).first == "/leistungen/99110020000000")
        }
        #expect(try await pfade(welt, "havixbeck").first == "/gebiete/055580020020")
        let line = "99110020000000,Beihilfen der Tierseuchenkasse,4,10160,,,,"
        _ = try await Katalogblatt().mit(line, "").laden(welt.database, stand: "2020", vieleEntfallen: true)
        _ = try await GemeindeverzeichnisImport.run(
            Self.verzeichnis("20260131", ohne: "Havixbeck"), Self.auftrag, in: welt.database)
        #expect(try await Self.index.nachfuehren(welt.database)?.entfernt == 2)
        for frage in ["Tierseuchenkasse", "99110020000000", "havixbeck", "055580020020"] {
            #expect(try await pfade(welt, frage).isEmpty, "\(frage)")
        }
    }

    @Test(arguments: TestBackend.available)
    func `places are found by the names and keys that they and their predecessors had`(backend: TestBackend)
        async throws
    {
        let welt = try Suchwelt(await Welt.beispiel(backend))
        let (ascheberg, duelmen) = ("/gebiete/055580004004", "/gebiete/055580016016")
        #expect(try await pfade(welt, "ascheberg").first == ascheberg)
        #expect(try await pfade(welt, "merfeld").isEmpty)
        _ = try await GemeindeverzeichnisImport.run(
            Self.verzeichnis("20260131", [("Ascheberg", "Eschenort")]), Self.auftrag, in: welt.database)
        _ = try await Self.index.nachfuehren(welt.database)
        let list = "ags_alt,name_alt,ags_neu,name_neu,wirksam_am,art\n05558099,Merfeld,05558016,,2024-01-01,1\n"
        _ = try await GebietsaenderungenImport.run(
            TextSource(bytes: Array(list.utf8), name: "liste.csv"), Self.auftrag, in: welt.database)
        #expect(try await Self.index.nachfuehren(welt.database)?.geschrieben == 1)
        #expect(try await pfade(welt, "eschenort").first == ascheberg)
        #expect(try await grund(welt, "eschenort", ascheberg) == nil)
        #expect(try await pfade(welt, "Ascheberg").first == ascheberg)
        #expect(try await grund(welt, "ascheberg", ascheberg) == "früher: Ascheberg")
        #expect(try await grund(welt, "merfeld", duelmen) == "früher: Merfeld")
        for key in ["05558099", "05 558 099", "055580016016"] {
            #expect(try await pfade(welt, key).first == duelmen, "\(key)")
        }
    }

    @Test(arguments: TestBackend.available)
    func `a provisional Leistung is found without a load, by name and key`(backend: TestBackend) async throws {
        let welt = try Suchwelt(await Welt.beispiel(backend))
        let path = "/leistungen/99777001104000"
        try await welt.database.write { db in
            try LeistungStore.enterProvisional(
                Leistungsschluessel(rawValue: "99777001104000"), name: "Drachenflug Anmeldung",
                durch: .betrieb(Welt.jetzt),
                in: db)
        }
        #expect(try await Self.index.nachfuehren(welt.database)?.geschrieben == 1)
        for frage in ["drachenflug", "99777001104000", "99 777 001"] {
            #expect(try await pfade(welt, frage).first == path, "\(frage)")
        }
        #expect(try await Self.index.nachfuehren(welt.database) == nil)
    }
}
