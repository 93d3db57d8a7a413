import Foundation
import Kernel
import Storage
import TestKit
import Testing

@testable import Katalog

/// A changed name keeps the old one findable.
@Suite struct FruehereNamenTests {
    private func umbenannt(_ backend: TestBackend) async throws -> any Database {
        let database = try await Welt.leer(backend)
        let blatt = Katalogblatt()
        _ = try await blatt.laden(database, stand: "2019")
        _ = try await blatt.mit("Anmeldung Kampfhund,", "Anmeldung gefährlicher Hund,").laden(database, stand: "2020")
        let neu = blatt.mit("Anmeldung Kampfhund,", "Anmeldung Listenhund,").mit(
            "Abfallentsorgung", "Kreislaufwirtschaft")
        _ = try await neu.laden(database, stand: "2021")
        _ = try await neu.mit("Listenhund,\"1, 2/3\"", "Listenhund,4").laden(database, stand: "2022")
        return database
    }

    @Test(arguments: TestBackend.available)
    func `a search for a former name finds the Leistung and says why, umlauts in any spelling`(backend: TestBackend)
        async throws
    {
        try await TestSite(try await umbenannt(backend)).run { client in
            for query in ["kampfhund", "gefaehrlicher", "gef%C3%A4hrlicher%20hund", "gefahrlicher"] {
                let page = try await client.get("/leistungen?q=\(query)").text
                #expect(
                    page.contains("/leistungen/99110009104001") && page.contains("früher: Hundehaltung Anmeldung"),
                    "\(query)")
                #expect(
                    try await client.get("/api/v1/leistungen?q=\(query)").text.contains("99110009104001"), "\(query)")
            }
            // Words of two different names are no name.
            #expect(
                !(try await client.get("/leistungen?q=kampfhund%20gefaehrlicher").text.contains(
                    "/leistungen/99110009104001")))
            // What the present name says needs no reason.
            #expect(!(try await client.get("/leistungen?q=anmeldung").text.contains("früher:")))
            let ozg = try await client.get("/ozg?q=abfallentsorgung").text
            #expect(ozg.contains("/ozg/10110") && ozg.contains("früher: Abfallentsorgung"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `the page names former names with their Stände and since when the present one holds`(backend: TestBackend)
        async throws
    {
        try await TestSite(try await umbenannt(backend)).run { client in
            let page = try await client.get("/leistungen/99110009104001").text
            #expect(
                page.contains("Hundehaltung Anmeldung gefährlicher Hund <span class=\"ls-leise\">(Katalogstand 2020)"))
            #expect(page.contains("Hundehaltung Anmeldung Kampfhund <span class=\"ls-leise\">(Katalogstand 2019)"))
            #expect(page.contains("Der heutige Name gilt seit Katalogstand 2021."))
            let ozg = try await client.get("/ozg/10110").text
            #expect(ozg.contains("Abfallentsorgung <span class=\"ls-leise\">(Katalogstand 2019 bis Katalogstand 2020)"))
            #expect(!(try await client.get("/leistungen/99110009104000").text.contains("Frühere Namen")))
        }
    }

    @Test(arguments: TestBackend.available)
    func `the views for other rooms hold former names only, not the provisional ones`(backend: TestBackend) async throws
    {
        let database = try await Welt.leer(backend)
        let zeile = "99110009104001,Hundehaltung Anmeldung Kampfhund,\"1, 2/3\",10160,,,,\n"
        try await database.write { db in
            try LeistungStore.enterProvisional(
                Leistungsschluessel(rawValue: "99110009104001"), name: "Hund aus der Liste",
                durch: .betrieb(Welt.jetzt), in: db)
        }
        let blatt = Katalogblatt()
        _ = try await blatt.mit(zeile, "").laden(database, stand: "2019")
        _ = try await blatt.laden(database, stand: "2020")
        _ = try await blatt.mit("Kampfhund,", "Listenhund,").mit("Abfallentsorgung", "Müllabfuhr").laden(
            database, stand: "2021")
        _ = try await blatt.mit("Kampfhund,", "Listenhund,").mit("Abfallentsorgung,3", "Müllabfuhr,3").laden(
            database, stand: "2022")
        let rows = try await database.read { db in
            try db.rows(
                """
                SELECT leistung AS id, name, sortname, suchname, von, bis FROM leistung_fassung_sicht
                UNION ALL SELECT ozg_id, name, sortname, suchname, von, bis FROM ozg_fassung_sicht
                """
            ).map { row in
                "\(try row["id"] as String) \(try row["name"] as String) \(try row["sortname"] as String) \(try row["suchname"] as String) \(try row["von"] as Int)-\(try row["bis"] as Int)"
            }.sorted()
        }
        #expect(
            rows == [
                "10110 Abfallentsorgung abfallentsorgung abfallentsorgung 1-2",
                "99110009104001 Hundehaltung Anmeldung Kampfhund hundehaltung anmeldung kampfhund hundehaltung anmeldung kampfhund 2-2",
            ])
    }

    @Test(arguments: TestBackend.available)
    func `an id without key that vanished says with which Stand, and names the one that is perhaps meant`(
        backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        var blatt = Katalogblatt()
        blatt.ohneSchluessel =
            "bezeichnung,typisierung,ozg_id\nAltöl abgeben,5,10110\nSperrmüll anmelden,5,10110\nAltöl holen,5,\n"
        _ = try await blatt.laden(database, stand: "2019")
        blatt.ohneSchluessel =
            "bezeichnung,typisierung,ozg_id\nAltöl abgeben (privat),5,10110\nGanz anderes,5,10110\nAltöl abgeben,5,10160\n"
        _ = try await blatt.laden(database, stand: "2020-05")
        let alt = Leistung.ID(ohneSchluessel: "Altöl abgeben", ozgID: "10110", nummer: 1)
        let neu = Leistung.ID(ohneSchluessel: "Altöl abgeben (privat)", ozgID: "10110", nummer: 1)
        try await TestSite(database).run { client in
            let page = try await client.get("/leistungen/\(alt.rawValue)").text
            #expect(page.contains("Diese Leistung ist mit Katalogstand 05/2020 entfallen."))
            #expect(page.contains("/katalog/aenderungen?von=1&amp;bis=2"))
            #expect(page.contains("Vielleicht gemeint: <a href=\"/leistungen/\(neu.rawValue)\">"))
            for name in ["Sperrmüll anmelden", "Altöl holen"] {
                let id = Leistung.ID(ohneSchluessel: name, ozgID: name.hasPrefix("A") ? nil : "10110", nummer: 1)
                let other = try await client.get("/leistungen/\(id.rawValue)").text
                #expect(other.contains("entfallen.") && !other.contains("Vielleicht gemeint"), "\(name)")
            }
            #expect(!(try await client.get("/leistungen/\(neu.rawValue)").text.contains("Vielleicht gemeint")))
        }
    }

    @Test(arguments: [
        ("Altöl abgeben", "Altöl abgeben", 1.0...1.0), ("Altöl abgeben", "Altöl-Abgabe", 0.6...0.9),
        ("Altöl abgeben", "Sperrmüll anmelden", 0.0...0.4), ("", "x", 0.0...0.5), ("a", "a", 1.0...1.0),
    ])
    func `names are alike as far as their pairs of letters are`(a: String, b: String, range: ClosedRange<Double>) {
        #expect(range.contains(Namensgeschichte.aehnlichkeit(a, b)))
        #expect(Namensgeschichte.aehnlichkeit(a, b) == Namensgeschichte.aehnlichkeit(b, a))
    }
}
