import HTTPTypes
import Kernel
import Post
import Storage
import TestKit
import Testing
import Web

@testable import Konten

@Suite struct EinladungTests {
    private static let vor = "vorvorvorvorvorvorvorvorvor12345"
    private static let neu = "kollegin@stadt.example"
    static let gut = "ein-gutes-langes-passwort-77"

    /// Posts a public form as a browser without a session.
    static func sende(_ client: SiteClient, _ pfad: String, _ felder: [(String, String)], host: String? = nil)
        async throws -> SiteClient.Antwort
    {
        let body = (felder + [("csrf", vor)]).map { Adresse("", [$0]).text.dropFirst() }.joined(separator: "&")
        var headers: HTTPFields = [
            .contentType: "application/x-www-form-urlencoded", .cookie: "leitstand_vor=\(vor)",
        ]
        if let host, let name = HTTPField.Name("X-Forwarded-Host"), let own = HTTPField.Name("Host") {
            headers[name] = host
            headers[own] = host
        }
        return try await client.als(.besuch).send(.post, pfad, headers: headers, body: Array(body.utf8))
    }

    /// The path of the link in a letter.
    static func pfad(_ brief: Brief?) throws -> String {
        let text = try #require(brief?.text)
        let link = try #require(text.firstMatch(of: #/https?://[^/\s]+(/anmelden/[^\s]+)/#))
        return String(link.1)
    }

    private static func lade(_ client: SiteClient, _ email: String = neu, rolle: String = "redaktion") async throws
        -> SiteClient.Antwort
    {
        try await client.post(
            "/organisationen/\(Rollenspiel.duelmen)/personen",
            [("email", email), ("name", "Probe Beispiel"), ("rolle", rolle)])
    }

    @Test(arguments: TestBackend.available)
    func `who is invited chooses a password with the link, once, and fetching the link uses nothing up`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let post = Postsammler()
        try await TestSite(database, post: post).run { client in
            let koordination = try await client.als(.koordination)
            let answer = try await Self.lade(koordination)
            #expect(answer.status == .seeOther && answer.headers[.location]?.hasSuffix("?ok=einladung") == true)
            try await client.site.arbeite()
            #expect(post.briefe.map(\.an.text) == [Self.neu])
            let pfad = try Self.pfad(post.briefe.first)
            let stored = try await database.read { db in try db.value("SELECT token_hash FROM einmallink") ?? "" }
            #expect(!stored.isEmpty && !pfad.contains(stored))
            for _ in 0..<3 {
                let page = try await client.als(.besuch).get(pfad)
                #expect(page.status == .ok && page.text.contains(Self.neu) && page.headers[.cacheControl] == "no-store")
            }
            #expect(
                try await Self.sende(client, pfad, [("name", ""), ("passwort", "kurz")]).status == .unprocessableContent
            )
            let done = try await Self.sende(client, pfad, [("name", "Probe B."), ("passwort", Self.gut)])
            #expect(done.headers[.location] == "/anmelden/gesetzt")
            #expect(try await Self.sende(client, pfad, [("name", "Böse"), ("passwort", Self.gut)]).status == .notFound)
            #expect(try await client.als(.besuch).get(pfad).status == .notFound)
            let person = try #require(try await database.read { db in try PersonStore.finde(email: Self.neu, in: db) })
            #expect(person.zustand == .aktiv && person.name == "Probe B.")
            let konto = try await database.read { db in try KontoStore.konto(email: Self.neu, in: db) }
            #expect(konto?.kennwort.passt(Self.gut) == true)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a link is over after a day, dies with the next one and does one thing only`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.beispiel(backend)
        let (post, uhr) = (Postsammler(), Uhr())
        try await TestSite(database, post: post, now: { uhr.jetzt }).run { client in
            let koordination = try await client.als(.koordination)
            _ = try await Self.lade(koordination)
            try await client.site.arbeite()
            let first = try Self.pfad(post.briefe.last)
            let id = try #require(try await database.read { db in try PersonStore.finde(email: Self.neu, in: db) }).id
            _ = try await koordination.post(
                "/organisationen/\(Rollenspiel.duelmen)/personen/\(id.rawValue)/einladung")
            try await client.site.arbeite()
            let second = try Self.pfad(post.briefe.last)
            #expect(first != second)
            #expect(try await client.als(.besuch).get(first).status == .notFound)
            #expect(try await client.als(.besuch).get(second).status == .ok)
            for other in ["passwort", "email"] {
                let foreign = second.replacing("/einladung/", with: "/\(other)/")
                #expect(try await client.als(.besuch).get(foreign).status == .notFound)
                #expect(
                    try await Self.sende(client, foreign, [("name", "x"), ("passwort", Self.gut)]).status == .notFound)
            }
            for wrong in ["x", String(repeating: "A", count: 43), "..%2F", "%00"] {
                let status = try await client.als(.besuch).get("/anmelden/einladung/\(wrong)").status
                #expect([.notFound, .badRequest].contains(status), "\(wrong)")
            }
            uhr.vor(Einmallink.dauer + 1)
            #expect(try await client.als(.besuch).get(second).status == .notFound)
            #expect(
                try await Self.sende(client, second, [("name", "x"), ("passwort", Self.gut)]).status == .notFound)
        }
    }

    @Test(arguments: TestBackend.available)
    func `of many who use a link at once one gets it`(on backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        let kennwort = try Kennwort.neu("geheim", .gering)
        let link = try await database.write { db in
            let id = try KontoStore.insert(
                email: Self.neu, kennwort: kennwort, aemter: [], durch: .betrieb(Welt.jetzt), in: db)
            return try EinmallinkStore.neu(.passwort, fuer: id, am: Welt.jetzt, in: db)
        }
        let used = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    do {
                        _ = try await database.write { db in
                            try EinmallinkStore.verbrauche(link.token, .passwort, am: Welt.jetzt, in: db)
                        }
                        return true
                    } catch is Refusal { return false }
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(used == 1)
    }

    @Test(arguments: TestBackend.available)
    func `asking for a new password tells nobody which addresses have an account`(on backend: TestBackend) async throws
    {
        let database = try await Welt.beispiel(backend)
        let post = Postsammler()
        let site = try TestSite(database, post: post)
        try await site.run { client in
            _ = try await client.als(.koordination)
            func frage(_ email: String) async throws -> SiteClient.Antwort {
                let answer = try await Self.sende(
                    client, "/anmelden/vergessen", [("email", email)], host: "boese.example")
                try await site.arbeite()
                return answer
            }
            let known = try await frage("koordination@leitstand.localhost")
            let unknown = try await frage("niemand@leitstand.localhost")
            #expect(known.status == .ok && known.text == unknown.text)
            #expect(post.briefe.count == 1)
            #expect(!(post.briefe[0].text + post.briefe[0].html).contains("boese.example"))
            #expect(post.briefe[0].text.contains("http://localhost:8080/anmelden/passwort/"))
            // Three an hour, whoever asks.
            for _ in 0..<5 { _ = try await frage("koordination@leitstand.localhost") }
            #expect(post.briefe.count == 3)
            for wrong in ["", "x", "a@b.de\r\nBcc: c@d.de"] {
                #expect(try await frage(wrong).status == .unprocessableContent)
            }
            let signedIn = try await client.als(.koordination)
            let done = try await Self.sende(client, Self.pfad(post.briefe.last), [("passwort", Self.gut)])
            #expect(done.status == .seeOther)
            #expect(try await signedIn.get("/dienste/neu").status == .seeOther, "sessions of before are over")
        }
    }

    @Test(arguments: TestBackend.available)
    func `without letters the link is shown once to the one who invites, and without an address none is made`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { client in
            let koordination = try await client.als(.koordination)
            let page = try await Self.lade(koordination)
            #expect(page.status == .ok && page.headers[.cacheControl] == "no-store")
            #expect(page.text.contains("http://localhost:8080/anmelden/einladung/"))
            #expect(try await client.als(.besuch).get("/anmelden/vergessen").text.contains("verschickt keine E-Mails"))
        }
        try await TestSite(database, linkadresse: nil).run { client in
            let koordination = try await client.als(.koordination)
            let refused = try await Self.lade(koordination, "andere@stadt.example")
            #expect(refused.status == .serviceUnavailable && refused.text.contains("LEITSTAND_ADRESSE"))
            #expect(
                try await database.read { db in try PersonStore.finde(email: "andere@stadt.example", in: db) } == nil)
        }
        let broken = Postsammler(fehler: Postfehler(.nichtErreichbar, "Der Mailserver ist weg."))
        try await TestSite(database, post: broken).run { client in
            let koordination = try await client.als(.koordination)
            let answer = try await Self.lade(koordination, "dritte@stadt.example")
            let ort = try #require(answer.headers[.location])
            #expect(try await koordination.get(ort).text.contains("Die Einladung wird verschickt."))
            try await client.site.arbeite()
            let page = try await koordination.get(ort).text
            #expect(page.contains("Die Einladung kam nicht an: Der Mailserver ist weg."))
            // Who could have given all roles may still hand the link over.
            let pfad = String(try #require(ort.split(separator: "?").first)) + "/einladung"
            let shown = try await koordination.post(pfad, [("weg", "selbst")])
            #expect(shown.status == .ok && shown.text.contains("/anmelden/einladung/"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `a new address counts when it was confirmed, and the old one is told`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let post = Postsammler()
        let site = try TestSite(database, post: post)
        try await site.run { client in
            let koordination = try await client.als(.koordination)
            _ = try await client.als(.leserecht)
            func aendere(_ email: String, _ passwort: String = "geheim") async throws -> HTTPResponse.Status {
                let answer = try await koordination.post("/konto/email", [("email", email), ("passwort", passwort)])
                try await site.arbeite()
                return answer.status
            }
            #expect(try await aendere(Self.neu, "falsch") == .unprocessableContent)
            #expect(try await aendere("leserecht@leitstand.localhost") == .ok)
            #expect(post.briefe.isEmpty, "the address of somebody else gets no letter")
            #expect(try await aendere(Self.neu) == .ok)
            #expect(Set(post.briefe.map(\.an.text)) == [Self.neu, "koordination@leitstand.localhost"])
            #expect(try await database.read { db in try PersonStore.finde(email: Self.neu, in: db) } == nil)
            let pfad = try Self.pfad(post.briefe.first { $0.an.text == Self.neu })
            #expect(try await client.als(.besuch).get(pfad).text.contains(Self.neu))
            #expect(try await Self.sende(client, pfad, []).status == .ok)
            #expect(try await database.read { db in try PersonStore.finde(email: Self.neu, in: db) } != nil)
            let verlauf = try await database.read { db in
                try db.value("SELECT count(*) FROM verlauf WHERE art = 'email_geaendert' AND COALESCE(von, '') = ''")
                    ?? 0
            }
            #expect(verlauf == 1)
        }
    }
}
