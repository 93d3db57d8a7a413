import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Web

@testable import Konten

@Suite struct KontoTests {
    private static func mitKonto(
        _ backend: TestBackend, aemter: [Person.Amt] = [],
        _ body: @escaping @Sendable (SiteClient, Uhr, any Database) async throws -> Void
    ) async throws {
        let database = try await Welt.leer(backend)
        let clock = Uhr()
        try await Probekonto.anlegen(Probekonto.email, aemter, in: database)
        try await TestSite(database, now: { clock.jetzt }).run { client in try await body(client, clock, database) }
    }

    @Test(arguments: TestBackend.available)
    func `a new password asks for the present one, keeps this session and ends all others`(on backend: TestBackend)
        async throws
    {
        try await Self.mitKonto(backend) { client, _, _ in
            var one = try await Browser(client)
            var two = try await Browser(client)
            for email in [Probekonto.email] {
                try await one.melde(email)
                try await two.melde(email)
            }
            try await one.get("/konto")
            let new = "Regenschirm-Lampe-Tasse"
            for (current, next, field) in [
                ("", new, "aktuell"), ("falsch", new, "aktuell"), ("geheim", "winzig1", "neu"), ("geheim", "", "neu"),
                ("geheim", "probe@leitstand.localhost", "neu"), ("geheim", "aaaaaaaaaaaaaaaa", "neu"),
            ] {
                let answer = try await one.post("/konto/passwort", [("aktuell", current), ("neu", next)])
                #expect(answer.status == .unprocessableContent, "\(current) \(next)")
                #expect(answer.text.contains("href=\"#\(field)\""), "\(current) \(next)")
                #expect(next.isEmpty || next == Probekonto.email || !answer.text.contains(next))
            }
            #expect(try await two.istAngemeldet())
            let done = try await one.post("/konto/passwort", [("aktuell", "geheim"), ("neu", new)])
            #expect(done.headers[.location] == "/konto?ok=passwort")
            #expect(try await one.istAngemeldet())
            #expect(try await !two.istAngemeldet())
            #expect(try await two.melde(Probekonto.email, "geheim").status == .unprocessableContent)
            #expect(try await two.melde(Probekonto.email, new).status == .seeOther)
        }
    }

    @Test(arguments: TestBackend.available)
    func `guessing the present password from a session is slowed down`(on backend: TestBackend) async throws {
        try await Self.mitKonto(backend) { client, clock, _ in
            var browser = try await Browser(client)
            try await browser.melde(Probekonto.email)
            try await browser.get("/konto")
            let new = "Regenschirm-Lampe-Tasse"
            for _ in 0..<5 { try await browser.post("/konto/passwort", [("aktuell", "falsch"), ("neu", new)]) }
            let early = try await browser.post("/konto/passwort", [("aktuell", "geheim"), ("neu", new)])
            #expect(early.status == .unprocessableContent && early.text.contains("in 2 Sekunden"))
            clock.vor(2)
            #expect(
                try await browser.post("/konto/passwort", [("aktuell", "geheim"), ("neu", new)]).status == .seeOther)
        }
    }

    @Test(arguments: TestBackend.available)
    func `the list of devices names each and ends one or all others, never those of somebody else`(
        on backend: TestBackend
    ) async throws {
        try await Self.mitKonto(backend) { client, clock, database in
            try await Probekonto.anlegen("zweite@leitstand.localhost", in: database)
            let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
            let iphone =
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
            var one = try await Browser(client, agent: windows)
            var two = try await Browser(client, agent: iphone)
            var three = try await Browser(client)
            var foreign = try await Browser(client, agent: "<script>alert(1)</script>")
            for email in [Probekonto.email] {
                try await one.melde(email)
                try await two.melde(email)
                try await three.melde(email)
            }
            try await foreign.melde("zweite@leitstand.localhost")
            let page = try await one.get("/konto")
            for part in ["Firefox auf Windows (dieses Gerät)", "Safari auf iPhone", "Unbekanntes Gerät"] {
                #expect(page.text.contains(part), "\(part)")
            }
            let paths = page.text.matches(of: #/action="(\/konto\/sitzungen\/[0-9a-z]{16}\/ende)"/#).map {
                String($0.1)
            }
            #expect(Set(paths).count == 2)
            try await foreign.get("/konto")
            #expect(try await foreign.post(paths[0]).status == .notFound)
            let phone = try await database.read { db in
                try db.value("SELECT id FROM sitzung WHERE geraet = 'Safari auf iPhone'") ?? ""
            }
            try await one.get("/konto")
            #expect(try await one.post("/konto/sitzungen/\(phone)/ende").headers[.location] == "/konto?ok=geraete")
            #expect(try await !two.istAngemeldet())
            #expect(try await three.istAngemeldet())
            #expect(try await one.post("/konto/sitzungen/\(phone)/ende").status == .notFound)
            try await one.get("/konto")
            #expect(try await one.post("/konto/sitzungen/ende").status == .seeOther)
            #expect(try await !three.istAngemeldet())
            #expect(try await one.istAngemeldet())
            #expect(try await foreign.istAngemeldet())
            clock.vor(1)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a session ends when it is not used for two hours, and after twelve in any case`(on backend: TestBackend)
        async throws
    {
        try await Self.mitKonto(backend) { client, clock, database in
            func zuletzt() async throws -> Instant {
                try await database.read { db in try db.value("SELECT max(zuletzt_am) FROM sitzung") ?? Welt.jetzt }
            }
            var idle = try await Browser(client)
            try await idle.melde(Probekonto.email)
            clock.vor(KontoStore.leerlauf)
            // In time, and so it goes on.
            #expect(try await idle.istAngemeldet())
            for _ in 0..<200 where try await zuletzt() < clock.jetzt { try await Task.sleep(for: .milliseconds(10)) }
            #expect(try await zuletzt() == clock.jetzt)
            clock.vor(KontoStore.leerlauf + 1)
            #expect(try await !idle.istAngemeldet())

            var busy = try await Browser(client)
            try await busy.melde(Probekonto.email)
            for _ in 0..<11 {
                clock.vor(3_600)
                #expect(try await busy.istAngemeldet())
                for _ in 0..<200 where try await zuletzt() < clock.jetzt {
                    try await Task.sleep(for: .milliseconds(10))
                }
            }
            clock.vor(3_601)
            #expect(try await !busy.istAngemeldet())
        }
    }

    @Test(arguments: TestBackend.available)
    func `the use of a session is noted every few minutes, not with every page`(on backend: TestBackend) async throws {
        try await Self.mitKonto(backend) { client, clock, database in
            var browser = try await Browser(client)
            try await browser.melde(Probekonto.email)
            clock.vor(SitzungStore.takt - 1)
            for _ in 0..<5 { try await browser.get("/konto") }
            try await Task.sleep(for: .milliseconds(100))
            let noted: Instant? = try await database.read { db in try db.value("SELECT zuletzt_am FROM sitzung") }
            #expect(noted == Welt.jetzt)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a disabled account ends at once and gets the answer of a wrong password`(on backend: TestBackend) async throws
    {
        try await Self.mitKonto(backend) { client, _, database in
            var browser = try await Browser(client)
            try await browser.melde(Probekonto.email)
            #expect(try await browser.istAngemeldet())
            try await database.write { db in
                try db.execute("UPDATE person SET gesperrt_am = \(Welt.jetzt) WHERE email = \(Probekonto.email)")
            }
            #expect(try await !browser.istAngemeldet())
            let answer = try await browser.melde(Probekonto.email)
            #expect(answer.status == .unprocessableContent && answer.text.contains("stimmt nicht"))
            let wrong = try await browser.melde(Probekonto.email, "falsch")
            #expect(answer.text == wrong.text)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a stored password of weaker cost is replaced when it is typed, and the sessions stay`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.leer(backend)
        let weak = try Kennwort.neu(Browser.passwort, .init(n: 2, r: 1, p: 1))
        try await Probekonto.anlegen(kennwort: weak, in: database)
        try await TestSite(database).run { (client) async throws in
            var one = try await Browser(client)
            try await one.melde(Probekonto.email, "falsch")
            func gespeichert() async throws -> Kennwort? {
                try await database.read { db in try KontoStore.konto(email: Probekonto.email, in: db)?.kennwort }
            }
            #expect(try await gespeichert() == weak)
            try await one.melde(Probekonto.email)
            let stronger = try #require(try await gespeichert())
            #expect(stronger != weak && stronger.aufwand == .gering && stronger.passt(Browser.passwort))
            var two = try await Browser(client)
            try await two.melde(Probekonto.email)
            #expect(try await gespeichert() == stronger)
            #expect(try await one.istAngemeldet())
        }
    }

    @Test(arguments: TestBackend.available)
    func `the name is kept as typed, escaped, and its change enters the Verlauf without it`(on backend: TestBackend)
        async throws
    {
        try await Self.mitKonto(backend) { client, _, database in
            var browser = try await Browser(client)
            try await browser.melde(Probekonto.email)
            try await browser.get("/konto")
            let name = "<b>Leitung Ordnungsamt</b>"
            #expect(try await browser.post("/konto", [("name", " \(name) ")]).headers[.location] == "/konto?ok=name")
            let page = try await browser.get("/konto?ok=name")
            #expect(
                page.text.contains("value=\"&lt;b&gt;Leitung Ordnungsamt&lt;&#x2F;b&gt;\"") || !page.text.contains(name)
            )
            #expect(page.text.contains("Ihr Name ist gespeichert."))
            let long = String(repeating: "x", count: 101)
            #expect(try await browser.post("/konto", [("name", long)]).status == .unprocessableContent)
            #expect(try await browser.post("/konto", [("name", "a\nb")]).status == .unprocessableContent)
            try await browser.get("/konto")
            #expect(try await browser.post("/konto", [("name", "")]).status == .seeOther)
            let lines: [String] = try await database.read { db in
                try db.rows(
                    "SELECT coalesce(von, '') || coalesce(nach, '') AS w FROM verlauf WHERE art = 'konto_geaendert'"
                )
                .map { try $0["w"] }
            }
            #expect(lines.count == 2 && lines.allSatisfy { !$0.contains("Ordnungsamt") })
        }
    }

    @Test func `unknown words in the address of the account are refused, and its forms take forms alone`() async throws
    {
        try await Self.mitKonto(.sqliteMemory) { client, _, _ in
            var browser = try await Browser(client)
            try await browser.melde(Probekonto.email)
            #expect(try await browser.get("/konto?ok=alles").status == .badRequest)
            let cookie = try #require(browser.kekse["leitstand_sitzung"])
            for (type, body) in [
                ("application/json", "{}"), ("text/plain", "csrf=\(browser.csrf)"), ("", "csrf=\(browser.csrf)"),
            ] {
                for path in ["/konto", "/konto/passwort", "/konto/zweiter-faktor", "/konto/sitzungen/ende"] {
                    let answer = try await browser.client.send(
                        .post, path, headers: [.contentType: type, .cookie: "leitstand_sitzung=\(cookie)"],
                        body: Array(body.utf8))
                    #expect(answer.status == .unsupportedMediaType, "\(path) \(type)")
                }
            }
        }
    }

    @Test(arguments: [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox auf Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge auf Windows"
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
            "Safari auf macOS"
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36",
            "Chrome auf Android"
        ),
        ("curl/8.1", "curl"), ("", "Unbekanntes Gerät"), ("irgendwas", "Unbekanntes Gerät"),
    ])
    func `people recognise their device`(agent: String, text: String) {
        #expect(Geraet.text(agent) == text)
    }
}
