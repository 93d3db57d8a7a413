import App
import Jobs
import Kernel
import Post
import Storage
import TestKit
import Testing
import Verzeichnis
import Web

@testable import Konten

/// People hear by letter what others did at their Organisation, as often as they want.
@Suite struct MitteilungTests {
    private static let liste = "/umsetzung/\(Rollenspiel.duelmen)"
    private static let leserecht = "leserecht@leitstand.localhost"
    private static let koordination = "koordination@leitstand.localhost"

    private static func aendere(_ client: SiteClient, notiz: String = "Anruf bei Frau Vertraulich") async throws {
        let formular = [
            ("titel", "Fähre mieten"), ("stand", "offen"), ("notiz", notiz), ("leistungen", ""), ("version", ""),
        ]
        let answer = try await client.post(liste, formular)
        #expect(answer.status == .seeOther, "\(answer.text.suffix(2000))")
    }

    private static func beginne(_ site: TestSite, _ client: SiteClient) async throws {
        _ = try await client.als(.koordination)
        _ = try await client.als(.leserecht)
        // The first time the reader only marks where the Verlauf ends.
        try await Versiegelung.nachfuehren(site.database, now: site.leitstand.now)
        let am = site.leitstand.now()
        try await site.database.write { db in
            try Siegeldienst.stelle(site.leitstand.verlaufsfolgen, am: am, in: db)
        }
        try await site.arbeite()
    }

    @Test(arguments: TestBackend.available)
    func `on a working day at seven one letter says what others did, without what they noted`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let (post, uhr) = (Postsammler(), Uhr())
        let site = try TestSite(database, post: post, now: { uhr.jetzt })
        try await site.run { client in
            try await Self.beginne(site, client)
            let koordination = try await client.als(.koordination)
            try await Self.aendere(koordination)
            try await site.versiegele()
            #expect(post.briefe.isEmpty)
            // It is Sunday, 10:00; the plan comes up at 7:00 of the next day.
            uhr.vor(20 * 3_600)
            try await site.arbeite()
            #expect(post.briefe.isEmpty)
            uhr.vor(2 * 3_600)
            try await site.arbeite()
            #expect(post.briefe.map(\.an.text) == [Self.leserecht], "not the one who did it")
            let brief = try #require(post.briefe.first)
            #expect(brief.text.contains("Fähre mieten") && brief.text.contains("Dülmen"))
            #expect(brief.text.contains("http://localhost:8080/umsetzung/"))
            #expect(!(brief.text + brief.html).contains("Vertraulich"))
            #expect(brief.abmelden == "http://localhost:8080/konto/mitteilungen")
            #expect(try await database.read { db in try db.value("SELECT count(*) FROM mitteilung") ?? 0 } == 0)
            uhr.vor(86_400)
            try await site.arbeite()
            #expect(post.briefe.count == 1, "nothing to say, no letter")
        }
    }

    @Test(arguments: TestBackend.available)
    func `single letters wait for what belongs to them, and whoever wants none gets none`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let (post, uhr) = (Postsammler(), Uhr())
        let site = try TestSite(database, post: post, now: { uhr.jetzt })
        try await site.run { client in
            try await Self.beginne(site, client)
            let koordination = try await client.als(.koordination)
            let leserin = try await client.als(.leserecht)
            #expect(
                try await leserin.post("/konto/mitteilungen", [("mitteilungen", "einzeln")]).headers[.location]
                    == "/konto?ok=mitteilungen")
            for wrong in ["", "stündlich"] {
                let status = try await leserin.post("/konto/mitteilungen", [("mitteilungen", wrong)]).status
                #expect([.badRequest, .unprocessableContent].contains(status))
            }
            try await Self.aendere(koordination)
            try await site.versiegele()
            uhr.vor(100)
            try await site.arbeite()
            #expect(post.briefe.isEmpty)
            uhr.vor(30)
            try await site.arbeite()
            #expect(post.briefe.map(\.an.text) == [Self.leserecht])
            let faden = try #require(post.briefe.first?.faden)
            #expect(faden.hasPrefix("eintrag-"))
            _ = try await leserin.post("/konto/mitteilungen", [("mitteilungen", "keine")])
            try await Self.aendere(koordination)
            try await site.versiegele()
            uhr.vor(3 * 86_400)
            try await site.arbeite()
            #expect(post.briefe.count == 1)
        }
    }

    @Test(arguments: TestBackend.available)
    func `who may not see it any more when the letter is written is not told`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let (post, uhr) = (Postsammler(), Uhr())
        let site = try TestSite(database, post: post, now: { uhr.jetzt })
        try await site.run { client in
            try await Self.beginne(site, client)
            let koordination = try await client.als(.koordination)
            let leserin = try await client.als(.leserecht)
            let id = try #require(try await leserin.person()?.id)
            try await Self.aendere(koordination)
            try await site.versiegele()
            let organisation = try #require(try await leserin.person()?.organisationen.first)
            let am = uhr.jetzt
            try await database.write { db in
                try AmtStore.nimm(.leserecht, organisation: organisation, von: id, durch: .betrieb(am), in: db)
            }
            try await site.versiegele()
            uhr.vor(22 * 3_600)
            try await site.arbeite()
            let brief = try #require(post.briefe.first { $0.an.text == Self.leserecht })
            #expect(!brief.text.contains("Fähre") && brief.text.contains("Leserecht"), "only that the role is gone")
        }
    }

    @Test(arguments: TestBackend.available)
    func `many lines of one author come as one sentence`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let (post, uhr) = (Postsammler(), Uhr())
        let site = try TestSite(database, post: post, now: { uhr.jetzt })
        try await site.run { client in
            try await Self.beginne(site, client)
            let koordination = try await client.als(.koordination)
            let person = try #require(try await koordination.person())
            let am = uhr.jetzt
            try await database.write { db in
                try VerlaufStore.append(
                    (1...143).map { number in
                        Verlauf(
                            .eintragAngelegt, organisation: person.organisationen[0], eintrag: "e\(number)",
                            nach: "offen")
                    }, durch: Urheber(person: person.id, am: am), in: db)
            }
            try await site.versiegele()
            #expect(try await database.read { db in try db.value("SELECT count(*) FROM mitteilung") ?? 0 } == 1)
            uhr.vor(22 * 3_600)
            try await site.arbeite()
            #expect(post.briefe.map(\.an.text) == [Self.leserecht])
            #expect(post.briefe.first?.text.contains("hat 143 Einträge angelegt.") == true)
            #expect(post.briefe.first?.betreff == "Leitstand: 143 Änderungen")
        }
    }

    @Test(arguments: TestBackend.available)
    func `nobody is told what no page would show, and another office in the same role is no news`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let (post, uhr) = (Postsammler(), Uhr())
        let site = try TestSite(database, post: post, now: { uhr.jetzt })
        try await site.run { client in
            try await Self.beginne(site, client)
            let person = try #require(try await client.als(.koordination).person())
            let leserin = try #require(try await client.als(.leserecht).person())
            let (am, organisation) = (uhr.jetzt, person.organisationen[0])
            try await database.write { db in
                let changes = (1...11).map { number in
                    Verlauf(.organisationGeaendert, organisation: organisation, feld: "name", nach: "Name \(number)")
                }
                let office = Verlauf(
                    .rolleGegeben, organisation: organisation, feld: "stelle", von: leserin.id.rawValue,
                    nach: "leserecht")
                try VerlaufStore.append(changes + [office], durch: .betrieb(am), in: db)
            }
            try await site.versiegele()
            uhr.vor(22 * 3_600)
            try await site.arbeite()
            #expect(post.briefe.map(\.an.text) == [Self.koordination], "who may not read the Verlauf there is not told")
            #expect(post.briefe.first?.text.contains("11 Angaben geändert.") == true)
        }
    }

    @Test func `letters of the morning come from Monday to Friday`() throws {
        let monday = try #require(Tag(iso: "2026-11-23"))
        #expect(
            (0..<14).map { monday.plus(tage: $0).istArbeitstag } == [
                true, true, true, true, true, false, false, true, true, true, true, true, false, false,
            ])
    }
}
