import HTTPTypes
import Kernel
import Post
import Storage
import TestKit
import Testing
import Web

@testable import Konten

/// A link opens an account, so it goes when what it was given for is no longer true.
@Suite struct LinkschutzTests {
    private static let personen = "/organisationen/\(Rollenspiel.duelmen)/personen"
    private static let neu = "kollegin@stadt.example"

    private static func id(_ email: String, _ database: any Database) async throws -> Person.ID {
        try #require(try await database.read { db in try PersonStore.finde(email: email, in: db) }).id
    }

    /// The path of the link that a page shows.
    private static func gezeigt(_ antwort: SiteClient.Antwort) throws -> String {
        String(try #require(antwort.text.firstMatch(of: #/https?://[^/\s"<]+(/anmelden/[^\s"<]+)/#)).1)
    }

    @Test(arguments: TestBackend.available)
    func `a new password ends every link, also one that waits for a new address`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let post = Postsammler()
        let site = try TestSite(database, post: post)
        try await site.run { client in
            // Whoever knew the password asks for another address; the owner is told and changes the password.
            let own = try await client.als(.koordination)
            let thief = try await client.als(.koordination)
            let felder = [("email", "dieb@fremd.example"), ("passwort", "geheim")]
            #expect(try await thief.post("/konto/email", felder).status == .ok)
            try await site.arbeite()
            let pfad = try EinladungTests.pfad(post.briefe.first { $0.an.text == "dieb@fremd.example" })
            let changed = try await own.post("/konto/passwort", [("aktuell", "geheim"), ("neu", EinladungTests.gut)])
            #expect(changed.status == .seeOther)
            #expect(try await EinladungTests.sende(client, pfad, []).status == .notFound)
            #expect(try await Self.id("koordination@leitstand.localhost", database).rawValue.isEmpty == false)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a confirmed address ends the links that the old mailbox got`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let post = Postsammler()
        let site = try TestSite(database, post: post)
        try await site.run { client in
            let own = try await client.als(.koordination)
            _ = try await EinladungTests.sende(
                client, "/anmelden/vergessen", [("email", "koordination@leitstand.localhost")])
            try await site.arbeite()
            _ = try await own.post("/konto/email", [("email", Self.neu), ("passwort", "geheim")])
            try await site.arbeite()
            let old = try EinladungTests.pfad(post.briefe.first { $0.text.contains("/anmelden/passwort/") })
            let new = try EinladungTests.pfad(post.briefe.first { $0.an.text == Self.neu })
            #expect(try await client.als(.besuch).get(old).status == .ok)
            #expect(try await EinladungTests.sende(client, new, []).status == .ok)
            #expect(try await client.als(.besuch).get(old).status == .notFound)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a link that was shown opens no account that got another role since`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { client in
            let koordination = try await client.als(.koordination)
            let administration = try await client.als(.administration)
            let shown = try Self.gezeigt(
                try await koordination.post(Self.personen, [("email", Self.neu), ("rolle", "redaktion")]))
            #expect(try await client.als(.besuch).get(shown).status == .ok)
            let id = try await Self.id(Self.neu, database).rawValue
            let given = try await administration.post("/betrieb/personen/\(id)/rollen", [("rolle", "projektbuero")])
            #expect(given.status == .seeOther)
            #expect(try await client.als(.besuch).get(shown).status == .notFound)
            #expect(
                try await EinladungTests.sende(client, shown, [("name", "Ich"), ("passwort", EinladungTests.gut)])
                    .status
                    == .notFound)
            // And who could not have given that role sees no link again.
            let again = try await koordination.post("\(Self.personen)/\(id)/einladung")
            #expect(again.status == .ok && !again.text.contains("/anmelden/einladung/"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `a link that a letter carried survives another role`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let post = Postsammler()
        try await TestSite(database, post: post).run { client in
            let koordination = try await client.als(.koordination)
            _ = try await koordination.post(Self.personen, [("email", Self.neu), ("rolle", "redaktion")])
            try await client.site.arbeite()
            let pfad = try EinladungTests.pfad(post.briefe.last)
            let id = try await Self.id(Self.neu, database).rawValue
            _ = try await koordination.post("\(Self.personen)/\(id)/rollen", [("rolle", "leserecht")])
            #expect(try await client.als(.besuch).get(pfad).status == .ok)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a page with a link is kept by nobody, named to nobody and changes nothing when it is fetched`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let post = Postsammler()
        try await TestSite(database, post: post).run { client in
            let koordination = try await client.als(.koordination)
            _ = try await koordination.post(Self.personen, [("email", Self.neu), ("rolle", "redaktion")])
            try await client.site.arbeite()
            let pfad = try EinladungTests.pfad(post.briefe.last)
            for visitor in [try await client.als(.besuch), koordination] {
                for method in [HTTPRequest.Method.get, .head, .get] {
                    let page = try await visitor.send(method, pfad, headers: [:], body: nil)
                    #expect(page.status == .ok && page.headers[.cacheControl] == "no-store")
                    #expect(page.headers[.referrerPolicy] == "strict-origin")
                    // The form alone repeats it.
                    let token = try #require(pfad.split(separator: "/").last)
                    #expect(page.text.matches(of: try Regex(String(token))).count <= 1)
                }
            }
            #expect(try await client.als(.besuch).get("/leistungen").headers[.referrerPolicy] == "same-origin")
        }
    }

    @Test(arguments: TestBackend.available)
    func `nobody fills a mailbox with invitations`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let (post, uhr) = (Postsammler(), Uhr())
        try await TestSite(database, post: post, now: { uhr.jetzt }).run { client in
            let koordination = try await client.als(.koordination)
            _ = try await koordination.post(Self.personen, [("email", Self.neu), ("rolle", "redaktion")])
            let id = try await Self.id(Self.neu, database).rawValue
            for _ in 1..<Personenverwaltung.jeStunde {
                #expect(try await koordination.post("\(Self.personen)/\(id)/einladung").status == .seeOther)
            }
            let refused = try await koordination.post("\(Self.personen)/\(id)/einladung")
            #expect(refused.status == .conflict && refused.text.contains("in einer Stunde noch einmal"))
            try await client.site.arbeite()
            // A letter was asked for each time, but only the last link is wanted when they are written.
            #expect(post.briefe.count == 1)
            uhr.vor(3_601)
            #expect(try await koordination.post("\(Self.personen)/\(id)/einladung").status == .seeOther)
        }
    }

    @Test(arguments: TestBackend.available)
    func `an invited person who comes through the provider is invited no more`(on backend: TestBackend) async throws {
        try await Fremdbrowser.run(backend) { (browser, database) async throws in
            let kennwort = try Kennwort.neu("weiß niemand", .gering)
            let id = try await database.write { db in
                let id = try PersonStore.lade(
                    "probe@duelmen.example", name: nil, kennwort: kennwort, durch: .betrieb(Welt.jetzt), in: db)
                _ = try EinmallinkStore.neu(.einladung, fuer: id, am: Welt.jetzt, in: db)
                return id
            }
            #expect(Fremdbrowser.istAngemeldet(try await browser.anmelden()))
            let person = try #require(try await database.read { db in try PersonStore.finde(id, in: db) })
            #expect(person.zustand == .aktiv)
            // No fresh link opens it, no period of retention takes it, and no password is asked for that nobody has.
            try await database.write { db in
                #expect(throws: Refusal.self) {
                    try Personenverwaltung.ladeNeu(id, durch: .betrieb(Welt.jetzt), in: db)
                }
            }
            let later = Welt.jetzt.plus(sekunden: 100 * 86_400)
            #expect(try await database.read { db in try Kontenfristen.nieAngenommen(seit: later, in: db).isEmpty })
            #expect(try await database.read { db in try !KontoStore.hatKennwort(id, in: db) })
        }
    }

    @Test(arguments: TestBackend.available)
    func `whoever signs in through the provider alone gets no link for a password`(on backend: TestBackend) async throws
    {
        let database = try await Welt.beispiel(backend)
        let post = Postsammler()
        let site = try TestSite(database, post: post)
        try await Probekonto.anlegen(Self.neu, kennwort: Kennwort(gespeichert: ""), in: database)
        try await site.run { client in
            let answer = try await EinladungTests.sende(client, "/anmelden/vergessen", [("email", Self.neu)])
            try await site.arbeite()
            #expect(answer.status == .ok && post.briefe.isEmpty)
        }
    }

    @Test(arguments: TestBackend.available)
    func `an invited Administration does not stand in for the last one`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let kennwort = try Kennwort.neu("weiß niemand", .gering)
        try await TestSite(database).run { client in
            let administration = try await client.als(.administration)
            let own = try #require(try await administration.person()?.id)
            try await database.write { db in
                let id = try PersonStore.lade(
                    Self.neu, name: nil, kennwort: kennwort, durch: .betrieb(Welt.jetzt), in: db)
                try AmtStore.gib(.init(.administration), an: id, durch: .betrieb(Welt.jetzt), in: db)
            }
            let refused = try await administration.post("/konto/loeschung", [("passwort", "geheim")])
            #expect(refused.status == .conflict && refused.text.contains("letzte Konto der Administration"))
            #expect(try await database.read { db in try PersonStore.finde(own, in: db) } != nil)
        }
    }
}
