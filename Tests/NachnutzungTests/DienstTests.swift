import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

@testable import Nachnutzung

extension Database {
    func dienst(_ slug: String) async throws -> DienstEintrag? {
        try await read { db in try DienstStore.find(slug: slug, in: db) }
    }

    func anzahl(_ sql: SQL) async throws -> Int { try await read { db in try db.value(sql) ?? 0 } }
}

@Suite struct DienstTests {
    private static let formular = Formularprobe([
        ("name", "Fähre \"Süd\" & <Nord>"), ("anbieter", Rollenspiel.duelmen),
        ("url", "https://beispiel.invalid/f?a=1&b=2"),
        ("hersteller", "Hersteller <X>"), ("formularsystem", "System & Co"),
        ("leistungen", "99 102 013 002 000\n99089017015000"),
        ("variante", "eigenentwicklung"), ("reifegrad", "NRW/EU: 4"), ("beschreibung", "Erste Zeile\nzweite 'Zeile'"),
    ])

    @Test(arguments: TestBackend.available)
    func `the form creates a service with every field`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { (client) async throws in
            let client = try await client.als(.koordination)
            #expect(try await client.get("/dienste/neu").status == .ok)
            let saved = try await client.post("/dienste", Self.formular.mit())
            #expect(saved.status == .seeOther)
            #expect(saved.headers[.location] == "/dienste/faehre-sued-nord?ok=gespeichert")
            let eintrag = try #require(try await database.dienst("faehre-sued-nord"))
            #expect(eintrag.dienst.name == "Fähre \"Süd\" & <Nord>")
            #expect(eintrag.anbieterARS == Rollenspiel.duelmen)
            #expect(eintrag.dienst.url == "https://beispiel.invalid/f?a=1&b=2")
            #expect(eintrag.dienst.hersteller == "Hersteller <X>")
            #expect(eintrag.dienst.formularsystem == "System & Co")
            #expect(eintrag.leistungen.map(\.rawValue) == ["99089017015000", "99102013002000"])
            #expect(eintrag.dienst.variante == .eigenentwicklung)
            #expect(eintrag.dienst.reifegrad?.text == "NRW/EU: 4")
            #expect(eintrag.dienst.beschreibung == "Erste Zeile\nzweite 'Zeile'")
            let page = try await client.get(saved.headers[.location] ?? "")
            #expect(page.text.contains("Der Onlinedienst ist gespeichert."))
            #expect(!page.text.contains("<Nord>"))
            #expect(!page.text.contains("Hersteller <X>"))
            let form = try await client.get("/dienste/faehre-sued-nord/bearbeiten")
            #expect(form.text.contains("name=\"version\" value=\"1\""))
            #expect(form.text.contains("Leitstand 0."), "the foot names the program's version, not the service's")
            for (name, wert) in Self.formular.felder where !["leistungen"].contains(name) {
                #expect(Formularprobe.maskiert(wert).contains { form.text.contains($0) }, "\(name)")
            }
            #expect(
                try await database.anzahl(
                    "SELECT count(*) FROM verlauf WHERE art = 'dienst_angelegt' AND dienst = \(eintrag.dienst.id)") == 1
            )
        }
    }

    @Test(arguments: [
        (["name": ""], "name"), (["name": String(repeating: "ä", count: 301)], "name"),
        (["anbieter": "Niemandsland"], "anbieter"),
        (["anbieter": ""], "anbieter"), (["anbieter": "99999"], "anbieter"), (["url": "javascript:alert(1)"], "url"),
        (["url": "ftp://x.de"], "url"),
        (["url": "//x.de"], "url"), (["url": "beispiel.invalid"], "url"),
        (["leistungen": "88123456789000"], "leistungen"),
        (["leistungen": "12"], "leistungen"), (["leistungen": "o-0123456789ab"], "leistungen"),
        (["variante": "x"], "variante"),
        (["reifegrad": "OZG 1.1: 5"], "reifegrad"), (["reifegrad": "3"], "reifegrad"),
        (["beschreibung": String(repeating: "x", count: 5_001)], "beschreibung"),
        (["hersteller": String(repeating: "x", count: 301)], "hersteller"),
    ])
    func `a refused form names the field and loses nothing that was typed`(_ other: [String: String], _ feld: String)
        async throws
    {
        let database = try await Welt.beispiel(.sqliteMemory)
        let before = try await database.anzahl("SELECT count(*) FROM onlinedienst")
        try await TestSite(database).run { (client) async throws in
            let client = try await client.als(.koordination)
            for path in ["/dienste", "/dienste/beispiel-hund-anmelden-und-abmelden"] {
                let sent = Self.formular.mit(other, version: path == "/dienste" ? nil : 1)
                let answer = try await client.post(path, sent)
                #expect(answer.status == .unprocessableContent)
                #expect(answer.text.contains("href=\"#\(feld)\""))
                for (name, wert) in sent where !wert.isEmpty && !["variante", "reifegrad", "version"].contains(name) {
                    #expect(Formularprobe.maskiert(wert).contains { answer.text.contains($0) }, "\(name)")
                }
                // A link without a text says nothing to somebody who hears the page.
                #expect(!answer.text.contains("\"></a>"))
                #expect(answer.text.contains("<title>Fehler: "))
            }
        }
        #expect(try await database.anzahl("SELECT count(*) FROM onlinedienst") == before)
        #expect(try await database.anzahl("SELECT count(*) FROM verlauf WHERE art = 'dienst_geaendert'") == 0)
    }

    @Test(arguments: TestBackend.available)
    func `an address is unique and stays when the name changes`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { (client) async throws in
            let client = try await client.als(.koordination)
            for expected in ["faehre-sued-nord", "faehre-sued-nord-2", "faehre-sued-nord-3"] {
                #expect(
                    try await client.post("/dienste", Self.formular.mit()).headers[.location]
                        == "/dienste/\(expected)?ok=gespeichert")
            }
            let saved = try await client.post(
                "/dienste/faehre-sued-nord-2", Self.formular.mit(["name": "Ganz anders"], version: 1))
            #expect(saved.headers[.location] == "/dienste/faehre-sued-nord-2?ok=gespeichert")
            #expect(try await database.dienst("faehre-sued-nord-2")?.dienst.name == "Ganz anders")
            #expect(
                try await client.post("/dienste", Self.formular.mit(["name": "!!!"])).headers[.location]
                    == "/dienste/eintrag?ok=gespeichert")
            let id = try #require(try await database.dienst("eintrag")).dienst.id.rawValue
            #expect(try await client.get("/dienste/\(id)").headers[.location] == "/dienste/eintrag")
        }
    }

    @Test(arguments: TestBackend.available)
    func `services named alike at the same moment get an address each`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { (client) async throws in
            let client = try await client.als(.koordination)
            let statuses = try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
                for _ in 0..<6 { group.addTask { try await client.post("/dienste", Self.formular.mit()).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == Array(repeating: .seeOther, count: 6))
            #expect(
                try await database.anzahl("SELECT count(DISTINCT slug) FROM onlinedienst WHERE slug LIKE 'faehre-%'")
                    == 6)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a change enters a line of the Verlauf for each changed field, and none when nothing changed`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { (client) async throws in
            let client = try await client.als(.koordination)
            _ = try await client.post("/dienste", Self.formular.mit())
            #expect(
                try await client.post("/dienste/faehre-sued-nord", Self.formular.mit(version: 1)).status == .seeOther)
            #expect(try await database.anzahl("SELECT count(*) FROM verlauf WHERE art = 'dienst_geaendert'") == 0)
            _ = try await client.post(
                "/dienste/faehre-sued-nord",
                Self.formular.mit(["url": "", "leistungen": "99089017015000", "reifegrad": "OZG 2.0: 7"], version: 1))
            let lines = try await database.read { db in
                try db.rows("SELECT feld, von, nach FROM verlauf WHERE art = 'dienst_geaendert' ORDER BY feld").map {
                    row in
                    [
                        try row["feld"] as String, (try row["von"] as String?) ?? "-",
                        (try row["nach"] as String?) ?? "-",
                    ]
                }
            }
            #expect(
                lines == [
                    ["leistungen", "99089017015000 99102013002000", "99089017015000"],
                    ["reifegrad", "NRW/EU: 4", "OZG 2.0: 7"],
                    ["url", "https://beispiel.invalid/f?a=1&b=2", "-"],
                ])
        }
    }

    @Test(arguments: TestBackend.available)
    func `a stale version answers 409 and keeps what was typed`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { (client) async throws in
            let client = try await client.als(.koordination)
            _ = try await client.post("/dienste", Self.formular.mit())
            #expect(
                try await client.post("/dienste/faehre-sued-nord", Self.formular.mit(["name": "Erste"], version: 1))
                    .status
                    == .seeOther)
            for version in [1, 0, nil] as [Int?] {
                let late = try await client.post(
                    "/dienste/faehre-sued-nord", Self.formular.mit(["name": "Zweite Hand"], version: version))
                #expect(late.status == .conflict)
                #expect(late.text.contains("value=\"Zweite Hand\""))
                #expect(late.text.contains("System &amp; Co"))
            }
            #expect(try await database.dienst("faehre-sued-nord")?.dienst.name == "Erste")
        }
    }

    @Test(arguments: TestBackend.available)
    func `only its provider and the administration change a service`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let path = "/dienste/beispiel-hund-anmelden-und-abmelden"
        try await TestSite(database).run { (client) async throws in
            for (rolle, form, post) in [
                (Rollenspiel.besuch, HTTPResponse.Status.seeOther, HTTPResponse.Status.unauthorized),
                (.nachbarschaft, .forbidden, .forbidden),
                (.leserecht, .forbidden, .forbidden), (.koordination, .ok, .seeOther),
            ] {
                let client = try await client.als(rolle)
                #expect(try await client.get(path + "/bearbeiten").status == form, "\(rolle)")
                #expect(try await client.post(path, Self.formular.mit(version: 1)).status == post, "\(rolle)")
                #expect(try await client.get(path).text.contains("/bearbeiten") == (rolle == .koordination), "\(rolle)")
            }
            // Nobody gives a service away to an Organisation whose services they may not change, or takes one.
            let own = try await client.als(.koordination)
            #expect(
                try await own.post(path, Self.formular.mit(["anbieter": Rollenspiel.hamm], version: 2)).status
                    == .forbidden)
            #expect(
                try await own.post("/dienste", Self.formular.mit(["anbieter": Rollenspiel.hamm])).status == .forbidden)
            #expect(try await client.als(.leserecht).post("/dienste", Self.formular.mit()).status == .forbidden)
            #expect(
                try await database.dienst("beispiel-hund-anmelden-und-abmelden")?.anbieterARS == Rollenspiel.duelmen)
        }
    }

    @Test(arguments: TestBackend.available)
    func `who serves an object serves each of its Verrichtungen`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { (client) async throws in
            let client = try await client.als(.koordination)
            _ = try await client.post(
                "/dienste", Self.formular.mit(["name": "Alles zum Wohnsitz", "leistungen": "99115005000000"]))
            for key in ["99115005000000", "99115005070001", "99115005104002"] {
                #expect(try await client.get("/dienste?leistung=\(key)").text.contains("Alles zum Wohnsitz"), "\(key)")
                #expect(try await client.get("/leistungen/\(key)").text.contains("Alles zum Wohnsitz"), "\(key)")
            }
            #expect(try await client.get("/ozg/10124").text.contains("Alles zum Wohnsitz"))
            #expect(try await !client.get("/dienste?leistung=99102013002000").text.contains("Alles zum Wohnsitz"))
        }
    }
}
