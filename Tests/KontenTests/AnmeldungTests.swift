import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import NIOCore
import Storage
import TestKit
import Testing
import Web

@testable import Konten

@Suite struct AnmeldungTests {
    private static let vor = "vorvorvorvorvorvorvorvorvor12345"

    /// Signs in with the form, as a browser without a session would.
    private static func anmelden(
        _ client: SiteClient, email: String, passwort: String, ziel: String = "", csrf: String = vor,
        cookie: String? = vor
    ) async throws -> SiteClient.Antwort {
        let body = [("email", email), ("passwort", passwort), ("ziel", ziel), ("csrf", csrf)]
            .map { "\($0.0)=\(Adresse("", [("x", $0.1)]).text.dropFirst(3))" }.joined(separator: "&")
        var headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        if let cookie { headers[.cookie] = "leitstand_vor=\(cookie)" }
        return try await client.als(.besuch).send(.post, "/anmelden", headers: headers, body: Array(body.utf8))
    }

    private static func cookie(_ name: String, _ antwort: SiteClient.Antwort) -> String? {
        antwort.headers[values: .setCookie].first { $0.hasPrefix(name + "=") }
    }

    private static func token(_ antwort: SiteClient.Antwort) -> String? {
        cookie("leitstand_sitzung", antwort)?.split(separator: ";").first.map {
            String($0.dropFirst("leitstand_sitzung=".count))
        }
    }

    @Test(arguments: TestBackend.available)
    func `signing in sets a session cookie that scripts and other sites cannot use`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { (client) async throws in
            _ = try await client.als(.koordination)
            let form = try await client.get("/anmelden")
            #expect(form.status == .ok)
            #expect(form.headers[.cacheControl] == "no-store")
            let secret = try #require(Self.cookie("leitstand_vor", form))
            #expect(secret.contains("HttpOnly") && secret.contains("SameSite=Lax"))
            let answer = try await Self.anmelden(
                client, email: " Koordination@Leitstand.localhost ", passwort: "geheim", ziel: "/dienste?q=a%20b")
            #expect(answer.status == .seeOther)
            #expect(answer.headers[.location] == "/dienste?q=a%20b")
            let cookie = try #require(Self.cookie("leitstand_sitzung", answer))
            for part in ["; Path=/;", "; HttpOnly", "; SameSite=Lax", "; Max-Age=43200"] {
                #expect(cookie.contains(part), "\(part)")
            }
            #expect(!cookie.contains("Secure"))
            let page = try await client.als(.besuch).get("/", headers: [.cookie: String(cookie.prefix { $0 != ";" })])
            #expect(page.text.contains("koordination</span></a>"))
            #expect(page.headers[.cacheControl] == "no-store")
        }
    }

    @Test(arguments: TestBackend.available)
    func `a wrong password and an unknown address get the same answer, which keeps the address`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { (client) async throws in
            _ = try await client.als(.koordination)
            let wrong = try await Self.anmelden(
                client, email: "koordination@leitstand.localhost", passwort: "falschesWort")
            let unknown = try await Self.anmelden(
                client, email: "niemand@leitstand.localhost", passwort: "falschesWort")
            let long = try await Self.anmelden(
                client, email: "koordination@leitstand.localhost", passwort: String(repeating: "x", count: 2_000))
            for answer in [wrong, unknown, long] {
                #expect(answer.status == .unprocessableContent)
                #expect(answer.text.contains("E-Mail-Adresse oder Passwort stimmt nicht"))
                #expect(!answer.text.contains("falschesWort"))
                #expect(Self.cookie("leitstand_sitzung", answer) == nil)
            }
            #expect(wrong.text.contains("value=\"koordination@leitstand.localhost\""))
            #expect(unknown.text.replacing("niemand@", with: "koordination@") == wrong.text)
            for (email, passwort) in [("", "geheim"), ("koordination@leitstand.localhost", ""), ("", "")] {
                #expect(
                    try await Self.anmelden(client, email: email, passwort: passwort).status == .unprocessableContent)
            }
            #expect(
                try await Self.anmelden(client, email: String(repeating: "a", count: 400) + "@b.de", passwort: "geheim")
                    .text.contains("stimmt nicht"))
        }
    }

    @Test func `signing in needs the secret of the form and its cookie`() async throws {
        try await TestSite(await Welt.leer(.sqliteMemory)).run { (client) async throws in
            _ = try await client.als(.administration)
            let email = "administration@leitstand.localhost"
            #expect(try await Self.anmelden(client, email: email, passwort: "geheim", csrf: "").status == .forbidden)
            #expect(
                try await Self.anmelden(client, email: email, passwort: "geheim", csrf: "fremd").status == .forbidden)
            #expect(try await Self.anmelden(client, email: email, passwort: "geheim", cookie: nil).status == .forbidden)
            #expect(
                try await Self.anmelden(client, email: email, passwort: "geheim", csrf: "", cookie: "").status
                    == .forbidden)
            #expect(
                try await Self.anmelden(client, email: email, passwort: "geheim", csrf: "kurz", cookie: "kurz").status
                    == .forbidden)
        }
    }

    @Test(arguments: [
        "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "https:evil",
        "javascript:alert(1)", "evil.example",
        "/\t/evil.example", "/%0d%0aSet-Cookie:x\r\nA: b", "/ä", " //evil.example", "/anmelden?ziel=/anmelden", "",
    ])
    func `after signing in nobody is sent to another site`(_ ziel: String) async throws {
        #expect(AnmeldungRoutes.innen(ziel) == "/")
        try await TestSite(await Welt.leer(.sqliteMemory)).run { (client) async throws in
            try await Probekonto.anlegen(in: client.datenbank)
            let answer = try await Self.anmelden(client, email: Probekonto.email, passwort: "geheim", ziel: ziel)
            #expect(answer.status == .seeOther)
            #expect(answer.headers[.location] == "/")
        }
    }

    @Test(arguments: TestBackend.available)
    func `a session ends at its time and at signing out, and its secret is stored hashed only`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.leer(backend)
        let clock = Uhr()
        try await TestSite(database, now: { clock.jetzt }).run { (client) async throws in
            let signedIn = try await client.als(.administration)
            let answer = try await Self.anmelden(
                client, email: "administration@leitstand.localhost", passwort: "geheim")
            let token = try #require(Self.token(answer))
            let stored = try await database.read { db in
                try db.rows("SELECT token_hash FROM sitzung").map { row in try row["token_hash"] as String }
            }
            #expect(stored.count == 2)
            #expect(!stored.contains(token))
            #expect(stored.allSatisfy { !$0.contains(token) })

            func status(_ client: SiteClient) async throws -> HTTPResponse.Status {
                try await client.get("/dienste/neu").status
            }
            #expect(try await status(signedIn) == .ok)
            let out = try await signedIn.post("/abmelden")
            #expect(out.status == .seeOther)
            #expect(Self.cookie("leitstand_sitzung", out)?.contains("Max-Age=0") == true)
            #expect(try await status(signedIn) == .seeOther)

            let late = try await client.als(.administration)
            clock.vor(KontoStore.leerlauf)
            #expect(try await status(late) == .ok)
            clock.vor(KontoStore.sitzungsdauer - KontoStore.leerlauf + 1)
            #expect(try await status(late) == .seeOther)
            #expect(try await late.post("/abmelden").status == .unauthorized)
            // The next session sweeps up those that are over.
            _ = try await client.als(.administration)
            #expect(try await database.read { db in try db.value("SELECT count(*) FROM sitzung") ?? 0 } == 1)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a new password ends every session of the account and of no other`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { (client) async throws in
            let one = try await client.als(.koordination)
            let two = try await client.als(.koordination)
            let other = try await client.als(.nachbarschaft)
            let neu = try Kennwort.neu("neues-wort-fuer-alle", .gering)
            try await database.write { db in
                let konto = try KontoStore.konto(email: "koordination@leitstand.localhost", in: db)
                guard let konto else { throw Refusal(.notFound, "kein Konto") }
                try KontoStore.setzeKennwort(neu, of: konto.id, durch: .betrieb(Welt.jetzt), in: db)
            }
            for client in [one, two] { #expect(try await client.get("/dienste/neu").status == .seeOther) }
            #expect(try await other.get("/dienste/neu").status == .ok)
            #expect(
                try await Self.anmelden(client, email: "koordination@leitstand.localhost", passwort: "geheim").status
                    == .unprocessableContent)
            #expect(
                try await Self.anmelden(
                    client, email: "koordination@leitstand.localhost", passwort: "neues-wort-fuer-alle"
                ).status == .seeOther)
        }
    }

    @Test(arguments: TestBackend.available)
    func `the first account is made once, also when two servers start together`(on backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        let anmeldung = try Anmeldung(aufwand: .gering)
        let made = try await withThrowingTaskGroup(of: Erstkonto?.self) { group in
            for _ in 0..<6 { group.addTask { try await Erstkonto.anlegen(anmeldung, am: Welt.jetzt, in: database) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }.compactMap { $0 }
        #expect(made.count == 1)
        let konto = try #require(made.first)
        let stored = try #require(try await database.read { db in try KontoStore.konto(email: konto.email, in: db) })
        #expect(stored.kennwort.passt(konto.klartext))
        #expect(try await Erstkonto.anlegen(anmeldung, am: Welt.jetzt, in: database) == nil)
        #expect(
            try await database.read { db in try db.value("SELECT count(*) FROM amt WHERE rolle = 'administration'") ?? 0
            } == 1)
    }

    @Test(arguments: TestBackend.available)
    func `each start gives a link to the first account until somebody used it, and several servers give one`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        let anmeldung = try Anmeldung(aufwand: .gering)
        let together = try await withThrowingTaskGroup(of: NeuerLink?.self) { group in
            for _ in 0..<6 { group.addTask { try await Erstkonto.lade(anmeldung, am: Welt.jetzt, in: database) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }.compactMap { $0 }
        #expect(together.count == 1)
        let am = Welt.jetzt.plus(sekunden: 60)
        let link = try #require(try await Erstkonto.lade(anmeldung, am: am, in: database))
        let first = try #require(together.first)
        let kennwort = try Kennwort.neu("ein-gutes-erstes-wort", .gering)
        try await database.write { db in
            #expect(try EinmallinkStore.finde(first.token, .einladung, am: am, in: db) == nil, "only the newest counts")
            let used = try EinmallinkStore.verbrauche(link.token, .einladung, am: am, in: db)
            try KontoStore.setzeKennwort(kennwort, of: used.person, durch: .betrieb(am), in: db)
            try PersonStore.nimmAn(used.person, in: db)
            #expect(try AmtStore.geltende(used.person, am: am, in: db).map(\.rolle) == [.administration])
        }
        #expect(try await Erstkonto.lade(anmeldung, am: am.plus(sekunden: 60), in: database) == nil)
    }
}
