import Kernel
import Storage
import TestKit
import Testing

@testable import Verzeichnis

/// What a further file does to places that are there already.
@Suite struct FortschreibungTests {
    @Test(arguments: TestBackend.available)
    func `the same file twice changes nothing and adds no Datenstand`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        let before = try await welt.zustand()
        let bericht = try await welt.lade(.klein())
        #expect((bericht.neu, bericht.geaendert, bericht.entfallen) == (0, 0, 0))
        #expect(bericht.unveraendert == (try await welt.zahl("SELECT count(*) FROM gebiet")))
        #expect(try await welt.zustand() == before)
    }

    @Test(arguments: TestBackend.available)
    func `each load is one numbered Datenstand and one line of the Verlauf`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        var next = Verzeichnisbau.klein(stand: "20260131")
        next.frei("055580020020", "Havixbeck", ew: 11_000)
        try await welt.lade(next)
        let staende = try await welt.database.read { db in try DatenstandStore.all(.gemeindeverzeichnis, in: db) }
        #expect(staende.map(\.nummer) == [2, 1])
        #expect(staende.map(\.datum) == ["2026-01-31", "2025-08-31"])
        #expect(staende.first?.bezeichnung == "Gebietsstand 31.01.2026")
        // The Gemeinde is new; its Kreis, Regierungsbezirk and Land have other sums.
        #expect(staende.first.map { [$0.neu, $0.geaendert, $0.entfallen] } == [1, 3, 0])
        let lines = try await welt.database.read { db in
            try db.rows("SELECT art, datenstand, nach, person FROM verlauf ORDER BY id").map { row in
                "\(try row["art"] as String) \(try row["datenstand"] as String)"
            }
        }
        #expect(lines.count == 2)
        #expect(lines.last?.contains("datenstand_geladen") == true)
        #expect(lines.last?.contains("gemeindeverzeichnis 2") == true)
    }

    @Test(arguments: TestBackend.available)
    func `a changed name or number changes the place and keeps its id and first day`(on backend: TestBackend)
        async throws
    {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        let old = try #require(try await welt.gebiet("055580016016"))
        let organisation = try #require(try await welt.verwaltung("055580016016"))
        let next = Self.ohne(["055580016016"], stand: "20260131") { bau in
            bau.frei("055580016016", "Dülmen am See, Stadt", "67", ha: 18_486, ew: 47_123, plz: "48249")
        }
        let bericht = try await welt.lade(next)
        #expect((bericht.neu, bericht.geaendert, bericht.entfallen) == (0, 4, 0))
        let new = try #require(try await welt.gebiet("055580016016"))
        #expect(new.id == old.id)
        #expect(new.name == "Dülmen am See")
        #expect(new.einwohner == 47_123)
        #expect(new.gueltigVon == old.gueltigVon)
        #expect(try await welt.gebiet("05558")?.einwohner == 83_123)
        let renamed = try #require(try await welt.verwaltung("055580016016"))
        #expect(renamed.id == organisation.id)
        #expect(renamed.name == "Stadt Dülmen am See")
    }

    @Test(arguments: TestBackend.available)
    func `a name that somebody gave an authority by hand stays`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        try await welt.database.write { db in
            try db.execute("UPDATE organisation SET name = 'Rathaus am Markt' WHERE name = 'Stadt Dülmen'")
        }
        try await welt.lade(
            Self.ohne(["055580016016"], stand: "20260131") { bau in
                bau.frei("055580016016", "Dülmen am See, Stadt", "67", ha: 18_486, ew: 47_000, plz: "48249")
            })
        #expect(try await welt.gebiet("055580016016")?.name == "Dülmen am See")
        #expect(try await welt.verwaltung("055580016016")?.name == "Rathaus am Markt")
    }

    @Test(arguments: TestBackend.available)
    func `a vanished key is closed with its authority, never deleted, and opens again when it returns`(
        on backend: TestBackend
    ) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        let before = try await welt.zahl("SELECT count(*) FROM gebiet")
        let organisation = try #require(try await welt.verwaltung("055580012012"))
        let bericht = try await welt.lade(Self.ohne(["055580012012"], stand: "20260131"))
        #expect(bericht.entfallen == 1)
        #expect(bericht.hinweise.contains { $0.contains("Coesfeld") && $0.contains("31.01.2026") })
        #expect(try await welt.zahl("SELECT count(*) FROM gebiet") == before)
        #expect(try await welt.gebiet("055580012012")?.gueltigBis?.iso == "2026-01-31")
        #expect(try await welt.zahl("SELECT count(*) FROM organisation WHERE gueltig_bis = '2026-01-31'") == 1)
        #expect(try await welt.gebiet("05558")?.einwohner == 47_000)
        let listed = try await welt.database.read { db in
            let kreis = try GebietStore.find(schluessel: "05558", in: db)
            return try kreis.map { try GebietStore.kinder($0, in: db).compactMap(\.ars) }
        }
        #expect(listed == ["055580016016"])

        try await welt.lade(.klein(stand: "20260430"))
        let back = try #require(try await welt.gebiet("055580012012"))
        #expect(back.gueltigBis == nil)
        #expect(back.gueltigVon?.iso == "2025-08-31")
        #expect(try await welt.verwaltung("055580012012")?.id == organisation.id)
        #expect(try await welt.zahl("SELECT count(*) FROM organisation WHERE gueltig_bis IS NOT NULL") == 0)
    }

    @Test(arguments: TestBackend.available)
    func `a returned place gets its authority back although other records are skipped`(on backend: TestBackend)
        async throws
    {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        try await welt.lade(Self.ohne(["055580012012"], stand: "20260131"))
        var back = Verzeichnisbau.klein(stand: "20260430")
        back.roh("kein Satz")
        try await welt.lade(back, ueberspringen: true)
        #expect(try await welt.gebiet("055580012012")?.gueltigBis == nil)
        #expect(try await welt.zahl("SELECT count(*) FROM organisation WHERE gueltig_bis IS NOT NULL") == 0)
    }

    @Test(arguments: TestBackend.available)
    func `a new key is valid from the day of the file that brings it`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        var next = Verzeichnisbau.klein(stand: "20260131")
        next.kreis("05570", "Warendorf", "43", sitz: "Warendorf")
        next.frei("055700004004", "Ahlen, Stadt", "63", ew: 53_000)
        try await welt.lade(next)
        #expect(try await welt.gebiet("055700004004")?.gueltigVon?.iso == "2026-01-31")
        #expect(try await welt.gebiet("055700004004")?.gehoertZuARS == "05570")
        #expect(try await welt.verwaltung("05570")?.name == "Kreis Warendorf")
        #expect(try await welt.gebiet("05558")?.gueltigVon?.iso == "2025-08-31")
    }

    @Test(arguments: TestBackend.available)
    func `a place that loses its administration has its authority closed, and opened when it gets it back`(
        on backend: TestBackend
    ) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(Self.mitSassenburg("64", "20250831"))
        let organisation = try #require(try await welt.verwaltung("031510025025"))
        try await welt.lade(Self.mitSassenburg("66", "20260131"))
        #expect(try await welt.gebiet("031510025025")?.art == .gemeindefrei)
        #expect(try await welt.gebiet("031510025025")?.verwaltung == nil)
        let closed: String? = try await welt.database.read { db in
            try db.value("SELECT gueltig_bis FROM organisation WHERE id = \(organisation.id)")
        }
        #expect(closed == "2026-01-31")
        try await welt.lade(Self.mitSassenburg("64", "20260430"))
        #expect(try await welt.verwaltung("031510025025")?.id == organisation.id)
        #expect(try await welt.zahl("SELECT count(*) FROM organisation WHERE gueltig_bis IS NOT NULL") == 0)
    }

    @Test(arguments: TestBackend.available)
    func `an older file is refused, a newer one without changes moves the Gebietsstand`(on backend: TestBackend)
        async throws
    {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        let before = try await welt.zustand()
        await #expect(throws: Refusal.self) { try await welt.lade(.klein(stand: "20250830")) }
        #expect(try await welt.zustand() == before)
        try await welt.lade(.klein(stand: "20260131"))
        let newest = try await welt.database.read { db in try DatenstandStore.newest(.gemeindeverzeichnis, in: db) }
        #expect(newest?.datum == "2026-01-31")
    }

    @Test(arguments: TestBackend.available)
    func `two loads at the same time leave one set of places`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { try await welt.lade(.klein()) } }
            try await group.waitForAll()
        }
        #expect(try await welt.zahl("SELECT count(*) FROM datenstand") == 1)
        #expect(try await welt.zahl("SELECT count(*) FROM verlauf") == 1)
        #expect(try await welt.zahl("SELECT count(*) - count(DISTINCT ars) FROM gebiet") == 0)
    }

    /// The small world of another day without some places, and with others.
    static func ohne(_ keys: [String], stand: String, mit: (inout Verzeichnisbau) -> Void = { _ in })
        -> Verzeichnisbau
    {
        var bau = Verzeichnisbau(stand: stand)
        for line in Verzeichnisbau.klein(stand: stand).zeilen {
            let characters = Array(line)
            let key = String(characters[10..<15]) + String(characters[18..<22])
            if !keys.contains(where: { $0.hasPrefix(key) }) { bau.roh(line) }
        }
        mit(&bau)
        return bau
    }

    private static func mitSassenburg(_ kind: String, _ stand: String) -> Verzeichnisbau {
        ohne(["031510025025"], stand: stand) { bau in
            bau.frei("031510025025", "Sassenburg", kind, ha: 8_823, ew: 11_500)
        }
    }
}
