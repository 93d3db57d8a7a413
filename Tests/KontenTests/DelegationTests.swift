import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

@testable import Konten

/// An authority lets its Kreis or an IT provider act for it, and nobody else.
@Suite struct DelegationTests {
    private static let pfad = "/organisationen/\(Rollenspiel.duelmen)"

    private func id(_ word: String, _ database: any Database) async throws -> String {
        try #require(try await database.read { db in try DelegationStore.haus(word, in: db) }).id
    }

    private func form(_ an: String, _ other: [String: String] = [:]) -> [(String, String)] {
        Formularprobe([("an", an), ("rolle", "umsetzungsverantwortung"), ("ab", ""), ("bis", "")]).mit(other)
    }

    @Test(arguments: TestBackend.available)
    func `the Kreis acts from the first day to the last, and both pages say so`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let (kreis, duelmen) = (try await id("05558", database), try await id(Rollenspiel.duelmen, database))
        let person = try await database.write { db in
            try KontoStore.insert(
                email: "kreis@leitstand.localhost", kennwort: Kennwort(gespeichert: "x"),
                aemter: [.init(.umsetzungsverantwortung, an: kreis)], durch: .betrieb(Welt.jetzt), in: db)
        }
        try await TestSite(database).run { anyone in
            let client = try await anyone.als(.koordination)
            let page = try await client.get(Self.pfad + "/delegation").text
            #expect(page.contains(">Kreis Coesfeld</option>") && !page.contains(">Stadt Hamm</option>"))
            let saved = try await client.post(
                Self.pfad + "/delegation", form(kreis, ["ab": "22.11.2026", "bis": "30.11.2026"]))
            #expect(saved.headers[.location] == Self.pfad + "/delegation?ok=gegeben")
            #expect(try await client.get(Self.pfad).text.contains("handelt hier als Umsetzungsverantwortung"))
            let admin = try await anyone.als(.administration)
            let other = try await admin.get("/organisationen/05558").text
            #expect(other.contains("Handelt als Umsetzungsverantwortung für") && other.contains("Stadt Dülmen"))
            #expect(try await !anyone.get(Self.pfad).text.contains("handelt hier als"))
        }
        func acts(_ days: Int) async throws -> Bool {
            let am = Welt.jetzt.plus(sekunden: days * 86_400)
            let held = try await database.read { db in try AmtStore.geltende(person, am: am, in: db) }
            return held.contains { $0.organisation == duelmen && $0.delegiertAn == kreis }
        }
        #expect(try await [acts(-1), acts(0), acts(8), acts(9)] == [false, true, true, false])
        try await TestSite(database).run { anyone in
            let client = try await anyone.als(.koordination)
            let ended = try await client.post(
                Self.pfad + "/delegation/ende", [("an", kreis), ("rolle", "umsetzungsverantwortung")])
            #expect(ended.status == .seeOther)
            #expect(try await client.get(Self.pfad + "/delegation").text.contains(">beendet</span>"))
        }
        #expect(try await !acts(0))
        let lines: Int? = try await database.read { db in
            try db.value("SELECT count(*) FROM verlauf WHERE art IN ('delegation_gegeben', 'delegation_beendet')")
        }
        #expect(lines == 4)
    }

    @Test(arguments: [
        (["rolle": ""], "rolle"), (["rolle": "leitung"], "rolle"), (["rolle": "administration"], "rolle"),
        (["an": ""], "an"), (["an": "gibtesnicht"], "an"), (["an": "hamm"], "an"), (["an": "duelmen"], "an"),
        (["bis": "21.11.2026"], "bis"), (["ab": "1.1.2027", "bis": "31.12.2026"], "bis"), (["ab": "morgen"], "ab"),
    ])
    func `a refused delegation names the field and gives nothing`(_ other: [String: String], _ feld: String)
        async throws
    {
        let database = try await Welt.beispiel(.sqliteMemory)
        let words = [
            "hamm": try await id(Rollenspiel.hamm, database), "duelmen": try await id(Rollenspiel.duelmen, database),
        ]
        let kreis = try await id("05558", database)
        try await TestSite(database).run { anyone in
            let sent = form(kreis, other.mapValues { words[$0] ?? $0 })
            let answer = try await anyone.als(.koordination).post(Self.pfad + "/delegation", sent)
            #expect(answer.status == .unprocessableContent && answer.text.contains("href=\"#\(feld)\""))
            let count: Int? = try await database.read { db in try db.value("SELECT count(*) FROM delegation") }
            #expect(count == 0)
        }
    }

    @Test(arguments: TestBackend.available)
    func `only those who may delegate reach the page, and a delegate does not`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let kreis = try await id("05558", database)
        try await TestSite(database).run { anyone in
            for (rolle, status) in [
                (Rollenspiel.nachbarschaft, HTTPResponse.Status.forbidden), (.leserecht, .forbidden),
                (.koordination, .seeOther), (.besuch, .unauthorized),
            ] {
                let client = try await anyone.als(rolle)
                #expect(
                    try await client.post(Self.pfad + "/delegation", form(kreis)).status == status, "\(rolle)")
            }
            #expect(try await anyone.als(.koordination).get("/organisationen/niemand/delegation").status == .notFound)
        }
    }
}
