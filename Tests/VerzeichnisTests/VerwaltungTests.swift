import Kernel
import Storage
import TestKit
import Testing

@testable import Verzeichnis

/// Who administers a place.
@Suite struct VerwaltungTests {
    @Test(arguments: TestBackend.available)
    func `in Rheinland-Pfalz the Verbandsgemeinde acts for its members`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        let verband = try #require(try await welt.verwaltung("071355001"))
        #expect(verband.name == "Verbandsgemeinde Cochem")
        #expect(verband.ars == "071355001")
        #expect(try await welt.verwaltung("071355001001")?.id == verband.id)
        #expect(try await welt.verwaltung("071355001020")?.id == verband.id)
        #expect(
            try await welt.zahl(
                "SELECT count(*) FROM organisation o JOIN gebiet g ON g.id = o.gebiet WHERE g.ars LIKE '071355001___'")
                == 0)
    }

    @Test(arguments: TestBackend.available)
    func `in Baden-Württemberg members keep their own administration`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        #expect(try await welt.verwaltung("081155003021")?.ars == "081155003021")
        #expect(try await welt.verwaltung("081155003037")?.name == "Gemeinde Nufringen")
    }

    @Test(arguments: TestBackend.available)
    func `Berlin and Hamburg are one authority at two keys`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        var bau = Verzeichnisbau.klein()
        bau.land("02", "Hamburg", sitz: "Hamburg")
        bau.stadt("02000", "Hamburg, Freie und Hansestadt", sitz: "Hamburg")
        bau.land("04", "Bremen", sitz: "Bremen")
        bau.stadt("04011", "Bremen, Stadt", sitz: "Bremen")
        bau.stadt("04012", "Bremerhaven, Stadt", sitz: "Bremerhaven")
        try await welt.lade(bau)
        for land in ["02", "11"] {
            let own = try #require(try await welt.verwaltung(land))
            #expect(own.ars == land + "0000000000")
            let named = try await welt.database.read { db in try OrganisationStore.named(land, in: db) }
            #expect(named.id == own.id)
        }
        #expect(try await welt.verwaltung("04")?.ars == "04")
        #expect(try await welt.verwaltung("04011")?.ars == "040110000000")
    }

    @Test(arguments: TestBackend.available)
    func `a gemeindefreies Gebiet, a Statistische Region and a former Regierungsbezirk have no authority`(
        on backend: TestBackend
    ) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        for ars in ["031519501501", "031", "071"] {
            #expect(try await welt.gebiet(ars)?.verwaltung == nil, "\(ars)")
            await #expect(throws: Refusal.self) {
                _ = try await welt.database.read { db in try OrganisationStore.named(ars, in: db) }
            }
        }
        #expect(try await welt.verwaltung("055")?.ars == "055")
    }

    @Test(arguments: TestBackend.available)
    func `every other place has exactly one authority, and none is left over`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        #expect(
            try await welt.zahl(
                """
                SELECT count(*) FROM gebiet WHERE verwaltung IS NULL AND art <> 'gemeindefrei'
                AND name NOT LIKE 'früher:%' AND name NOT LIKE 'Statistische%'
                AND NOT EXISTS (SELECT 1 FROM organisation WHERE organisation.id = gebiet.verwaltung)
                """) == 1)  // the VVG of Baden-Württemberg, whose work the Stadt does
        #expect(
            try await welt.zahl(
                "SELECT count(*) FROM organisation WHERE id NOT IN (SELECT verwaltung FROM gebiet WHERE verwaltung IS NOT NULL)"
            ) == 0)
        #expect(
            try await welt.zahl("SELECT count(*) FROM organisation")
                == (try await welt.zahl("SELECT count(DISTINCT verwaltung) FROM gebiet")))
    }

    @Test func `the default is that both administer, and each exception names its law`() {
        let (verband, mitglieder) = Verwaltungsregel.fuer(land: "03", kennzeichen: "52")
        #expect(verband && mitglieder)
        #expect(Verwaltungsregel.fuer(land: "07", kennzeichen: "53") == (true, false))
        #expect(Verwaltungsregel.fuer(land: "08", kennzeichen: "54") == (false, true))
        #expect(Verwaltungsregel.ausnahmen.allSatisfy { !$0.quelle.isEmpty })
        #expect(
            Set(Verwaltungsregel.ausnahmen.map { $0.land + $0.kennzeichen }).count == Verwaltungsregel.ausnahmen.count)
    }

    @Test(arguments: TestBackend.available)
    func `an authority is named by id, by any length of its key or by its full name`(on backend: TestBackend)
        async throws
    {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        let muenster = try #require(try await welt.verwaltung("055150000000"))
        for word in [
            muenster.id.rawValue, "055150000000", "05515", "055150000", "05515000", "Stadt Münster", "stadt muenster",
        ] {
            let found = try await welt.database.read { db in try OrganisationStore.named(word, in: db) }
            #expect(found.id == muenster.id, "\(word)")
        }
        for (word, kind) in [
            ("09999", Refusal.Kind.notFound), ("Stadt Nirgends", .notFound), ("071355001001", .unprocessable),
        ] {
            do {
                _ = try await welt.database.read { db in try OrganisationStore.named(word, in: db) }
                Issue.record("\(word) was found")
            } catch let refusal as Refusal { #expect(refusal.kind == kind, "\(word)") }
        }
    }
}
