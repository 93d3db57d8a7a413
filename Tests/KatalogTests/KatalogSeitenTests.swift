import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Web

@testable import Katalog

/// What readers and programs find in the catalogue.
@Suite struct KatalogSeitenTests {
    private func eintraege(_ client: SiteClient, _ query: String) async throws -> [[String: Any]] {
        let antwort = try await client.get("/api/v1/leistungen?\(query)")
        #expect(antwort.status == .ok, "\(query): \(antwort.text)")
        let json = try JSONSerialization.jsonObject(with: Data(antwort.text.utf8)) as? [String: Any]
        return try #require(json?["eintraege"] as? [[String: Any]])
    }

    private func mitKatalog(_ backend: TestBackend, _ body: @escaping @Sendable (SiteClient) async throws -> Void)
        async throws
    {
        let database = try await Welt.leer(backend)
        _ = try await Katalogblatt().laden(database)
        try await TestSite(database).run(body)
    }

    @Test(arguments: TestBackend.available)
    func `names are found in any spelling of umlauts and case, keys with or without blanks`(backend: TestBackend)
        async throws
    {
        try await mitKatalog(backend) { client in
            for (query, count) in [
                ("q=abfallgeb%C3%BChr", 2), ("q=ABFALLGEBUEHR", 2), ("q=abfallgebuhr", 2), ("q=gebuehr%20abfall", 2),
                ("q=anmeldung%20hunde", 2),
                ("q=99110009", 3), ("q=99%20110%20009%20104%20000", 1), ("q=kampf", 1), ("q=%25", 0), ("q=_", 0),
                ("q=%27%20OR%201%3D1--", 0),
                ("q=%22", 0), ("q=%F0%9F%98%80", 0), ("typ=2%2F3", 3), ("typ=1", 1), ("themenfeld=bauen-wohnen", 4),
                ("lage=tierhaltung", 4),
                ("ozg=10110", 4), ("themenfeld=gibtesnicht", 0), ("typ=5&lage=wohnen-umzug", 4),
            ] {
                let found = try await eintraege(client, query)
                #expect(found.count == count, "\(query)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `the best match stands first`(backend: TestBackend) async throws {
        try await mitKatalog(backend) { client in
            let page = try await client.get("/leistungen?q=hundehaltung").text
            let first = try #require(page.firstMatch(of: #/scope="row"><a href="\/leistungen\/(\d+)"/#))
            #expect(first.1 == "99110009000000")
        }
    }

    @Test func `a Leistung has exactly the fields of the contract`() async throws {
        try await mitKatalog(.sqliteMemory) { client in
            let json = try #require(
                try JSONSerialization.jsonObject(
                    with: Data(try await client.get("/api/v1/leistungen/99110009104001").text.utf8)) as? [String: Any])
            #expect(json["id"] as? String == "99110009104001")
            #expect(json["schluessel"] as? String == "99110009104001")
            #expect(json["typ"] as? [String] == ["1", "2/3"])
            #expect(json["ozgId"] as? String == "10160")
            #expect(
                json["themenfeld"] as? [String: String] == ["slug": "engagement-hobby", "name": "Engagement & Hobby"])
            #expect(json["lage"] as? [String: String] == ["slug": "tierhaltung", "name": "Tierhaltung"])
            #expect(json["istObjekt"] as? Bool == false)
        }
    }

    @Test func `keys as people write them lead to the one address`() async throws {
        try await mitKatalog(.sqliteMemory) { client in
            let antwort = try await client.get("/leistungen/99%20110%20009%20104%20000")
            #expect(antwort.status == .permanentRedirect)
            #expect(antwort.headers[.location] == "/leistungen/99110009104000")
            for path in [
                "/leistungen/99999999999999", "/leistungen/o-000000000000", "/ozg/1", "/themenfelder/x",
                "/leistungen/%3Cscript%3E",
            ] {
                let fremd = try await client.get(path)
                #expect(fremd.status == .notFound, "\(path)")
            }
            let problem = try await client.get("/api/v1/ozg/1")
            #expect(problem.status == .notFound)
            #expect(problem.headers[.contentType] == "application/problem+json")
        }
    }

    @Test func `a page shows the object, its other Verrichtungen and its group`() async throws {
        try await mitKatalog(.sqliteMemory) { client in
            let page = try await client.get("/leistungen/99110009104000").text
            #expect(page.contains("Katalogstand 2019"))
            #expect(page.contains("<a href=\"/leistungen/99110009000000\">Hundehaltung</a>"))
            #expect(page.contains("/leistungen/99110009104001"))
            #expect(page.contains("/leistungen/99110020000000"))
            let heading = try await client.get("/leistungen/99110009000000").text
            #expect(
                heading.contains("Überschrift seiner Verrichtungen") && heading.contains("/leistungen/99110009104000"))
        }
    }

    @Test func `filters that do not exist and pages that are none are refused with a sentence`() async throws {
        try await mitKatalog(.sqliteMemory) { client in
            for (path, status) in [
                ("/leistungen?typ=abc", 400), ("/leistungen?seite=0", 400), ("/leistungen?seite=x", 400),
                ("/leistungen?seite=9", 404),
                ("/api/v1/leistungen?anzahl=0", 400), ("/api/v1/leistungen?anzahl=201", 400),
                ("/api/v1/leistungen?weiter=%25", 400),
            ] {
                let antwort = try await client.get(path)
                #expect(antwort.status.code == status, "\(path)")
            }
        }
    }

    @Test(arguments: [
        ("99110009104000", true), ("99 110 009 104 000", true), ("99.110.009.104.000", true), ("9911000910400", false),
        ("991100091040000", false), ("9911000910400a", false), ("", false), ("９９１１０００９１０４０００", false),
    ])
    func `a key has 14 digits, written with blanks or without`(text: String, isKey: Bool) {
        #expect((Leistungsschluessel(getippt: text) != nil) == isKey)
    }

    @Test func `lists of keys are taken apart, and what is none is named`() throws {
        let parts = try Leistungsangabe.parse("99110009104000 99 110 009 104 001, o-0123456789ab\n99001001000000")
        #expect(parts.map(\.id.rawValue) == ["99110009104000", "99110009104001", "o-0123456789ab", "99001001000000"])
        #expect(throws: Angabefehler(text: "Hund")) { try Leistungsangabe.parse("99110009104000 Hund") }
        #expect(throws: Angabefehler.self) { try Leistungsangabe.parse("9911000910400") }
        #expect(throws: Angabefehler.self) { try Leistungsangabe.parse("9,9110009104E+13") }
    }

    @Test(
        arguments: [
            ("OZG 1.1: 3", "OZG 1.1: 3"), ("ozg_1_1 3", "OZG 1.1: 3"), ("NRW/EU: Stufe 4", "NRW/EU: 4"),
            ("OZG 2.0:7", "OZG 2.0: 7"),
            ("OZG 1.1: 5", nil), ("3", nil), ("Stufe 3", nil), ("", nil), ("NRW/EU: 2", nil),
        ] as [(String, String?)])
    func `a Reifegrad belongs to its scheme`(typed: String, text: String?) {
        #expect(Reifegrad(getippt: typed)?.text == text)
    }

    @Test(arguments: Variante.allCases)
    func `a Variante is read by its name and by its word`(variante: Variante) {
        #expect(Variante(getippt: variante.rawValue) == variante)
        #expect(Variante(getippt: variante.wort.uppercased()) == variante)
    }
}
