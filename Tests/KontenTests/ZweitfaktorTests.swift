import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Web

@testable import Konten

@Suite struct ZweitfaktorTests {
    private static func mitFaktor(
        _ backend: TestBackend, _ aemter: [Person.Amt] = [.init(.administration)],
        _ body: @escaping @Sendable (SiteClient, Uhr, TOTP, [String], any Database) async throws -> Void
    ) async throws {
        let database = try await Welt.leer(backend)
        let clock = Uhr()
        let person = try await Probekonto.anlegen(Probekonto.email, aemter, in: database)
        let (totp, codes) = try await Probekonto.faktor(of: person, in: database)
        try await TestSite(database, now: { clock.jetzt }).run { client in
            try await body(client, clock, totp, codes, database)
        }
    }

    @Test(arguments: TestBackend.available)
    func `the right password leads to a second form, and only its code to a session`(on backend: TestBackend)
        async throws
    {
        try await Self.mitFaktor(backend) { client, clock, totp, _, database in
            var browser = try await Browser(client)
            let first = try await browser.melde(Probekonto.email, ziel: "/dienste/neu")
            #expect(first.status == .seeOther && first.headers[.location] == "/anmelden?ziel=%2Fdienste%2Fneu")
            #expect(browser.kekse["leitstand_sitzung"] == nil)
            #expect(
                first.headers[values: .setCookie].contains {
                    $0.hasPrefix("leitstand_halb=") && $0.contains("HttpOnly") && $0.contains("Path=/anmelden;")
                })
            #expect(try await !browser.istAngemeldet())
            // The half session is no session, under whatever name it is sent.
            var thief = browser
            thief.kekse["leitstand_sitzung"] = browser.kekse["leitstand_halb"]
            #expect(try await !thief.istAngemeldet())

            let form = try await browser.get("/anmelden?ziel=%2Fdienste%2Fneu")
            for part in ["name=\"code\"", "autocomplete=\"one-time-code\"", "inputmode=\"numeric\"", "no-store"] {
                #expect(form.text.contains(part) || form.headers[.cacheControl] == part, "\(part)")
            }
            let code = totp.code(clock.jetzt)
            let pasted = " \(code.prefix(3)) \(code.suffix(3)) "
            let second = try await browser.post("/anmelden", [("code", pasted), ("ziel", "/dienste/neu")])
            #expect(second.status == .seeOther && second.headers[.location] == "/dienste/neu")
            #expect(browser.kekse["leitstand_halb"] == nil)
            #expect(try await browser.get("/dienste/neu").status == .ok, "the role counts with the second factor")
            #expect(try await database.read { db in try db.value("SELECT count(*) FROM halbsitzung") ?? 9 } == 0)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a code works once, and neither it nor an older one within its window`(on backend: TestBackend) async throws {
        try await Self.mitFaktor(backend) { client, clock, totp, _, _ in
            let code = totp.code(clock.jetzt)
            var one = try await Browser(client)
            try await one.melde(Probekonto.email)
            #expect(try await one.post("/anmelden", [("code", code)]).status == .seeOther)
            var two = try await Browser(client)
            for used in [code, totp.code(clock.jetzt, plus: -1)] {
                try await two.melde(Probekonto.email)
                let again = try await two.post("/anmelden", [("code", used)])
                #expect(again.status == .unprocessableContent)
                #expect(again.text.contains("wurde schon benutzt"))
                #expect(!again.text.contains(used))
            }
            clock.vor(30)
            #expect(try await two.post("/anmelden", [("code", totp.code(clock.jetzt))]).status == .seeOther)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a recovery code works once, however it is typed`(on backend: TestBackend) async throws {
        try await Self.mitFaktor(backend) { client, _, _, codes, database in
            var browser = try await Browser(client)
            for (code, works) in [
                (codes[0], true), (codes[0], false), (codes[1].replacing("-", with: " "), true),
                (codes[1].replacing("-", with: ""), false), ("0000-0000-0000-0000", false),
            ] {
                browser.kekse = [:]
                try await browser.melde(Probekonto.email)
                let answer = try await browser.post("/anmelden", [("code", code)])
                #expect((answer.status == .seeOther) == works, "\(code)")
            }
            let left: [String] = try await database.read { db in
                try db.rows("SELECT code_hash FROM wiederherstellungscode").map { try $0["code_hash"] }
            }
            #expect(left.count == 8 && left.allSatisfy { !codes.contains($0) && $0.utf8.count == 43 })
        }
    }

    @Test(arguments: TestBackend.available)
    func `of two that send the same code at once, one gets in`(on backend: TestBackend) async throws {
        try await Self.mitFaktor(backend) { client, clock, totp, codes, _ in
            for code in [totp.code(clock.jetzt), codes[3]] {
                var browsers: [Browser] = []
                for _ in 0..<4 {
                    var browser = try await Browser(client)
                    try await browser.melde(Probekonto.email)
                    browsers.append(browser)
                }
                // The same half session from two tabs as well.
                browsers.append(browsers[0])
                let signedIn = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for browser in browsers {
                        group.addTask {
                            var browser = browser
                            return try await browser.post("/anmelden", [("code", code)]).status == .seeOther
                        }
                    }
                    return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(signedIn == 1)
                clock.vor(3_600)
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `the code must come soon, in the same browser and before the account is changed`(on backend: TestBackend)
        async throws
    {
        try await Self.mitFaktor(backend) { client, clock, totp, _, database in
            var browser = try await Browser(client)
            try await browser.melde(Probekonto.email)
            var stranger = try await Browser(client)
            try await stranger.get("/anmelden")
            let foreign = try await stranger.post("/anmelden", [("code", totp.code(clock.jetzt))])
            #expect(foreign.status == .unprocessableContent && foreign.text.contains("zu lange gedauert"))
            clock.vor(SitzungStore.halbdauer + 1)
            let late = try await browser.post("/anmelden", [("code", totp.code(clock.jetzt))])
            #expect(late.status == .unprocessableContent && late.text.contains("zu lange gedauert"))
            #expect(late.text.contains("name=\"passwort\""))

            try await browser.melde(Probekonto.email)
            let neu = try Kennwort.neu("ein ganz anderes Wort", .gering)
            try await database.write { db in
                guard let konto = try KontoStore.konto(email: Probekonto.email, in: db) else { return }
                try KontoStore.setzeKennwort(neu, of: konto.id, durch: .betrieb(Welt.jetzt), in: db)
            }
            let changed = try await browser.post("/anmelden", [("code", totp.code(clock.jetzt))])
            #expect(changed.status == .unprocessableContent)
        }
    }

    @Test(arguments: TestBackend.available)
    func `guessing codes is slowed down`(on backend: TestBackend) async throws {
        try await Self.mitFaktor(backend) { client, clock, totp, _, _ in
            var browser = try await Browser(client)
            try await browser.melde(Probekonto.email)
            for _ in 0..<5 {
                #expect(try await browser.post("/anmelden", [("code", "000000")]).status == .unprocessableContent)
            }
            let wait = try await browser.post("/anmelden", [("code", totp.code(clock.jetzt))])
            #expect(wait.status == .tooManyRequests && wait.headers[.retryAfter] == "2")
            #expect(wait.text.contains("in 2 Sekunden"))
            clock.vor(2)
            #expect(try await browser.post("/anmelden", [("code", totp.code(clock.jetzt))]).status == .seeOther)
        }
    }

    @Test(arguments: TestBackend.available)
    func `whose role demands a second factor is led to it and has until then no right of that role`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        let clock = Uhr()
        try await Probekonto.anlegen(
            Probekonto.email, [.init(.administration), .init(.leserecht, an: "x")], in: database)
        try await TestSite(database, now: { clock.jetzt }).run { (client) async throws in
            var browser = try await Browser(client)
            let answer = try await browser.melde(Probekonto.email, ziel: "/dienste/neu")
            #expect(answer.headers[.location] == "/konto/zweiter-faktor?ziel=%2Fdienste%2Fneu")
            let refused = try await browser.get("/dienste/neu")
            #expect(refused.status == .forbidden && refused.text.contains("erst mit einem zweiten Faktor"))
            #expect(try await browser.get("/konto").text.contains("gilt erst mit zweitem Faktor"))

            let page = try await browser.get("/konto/zweiter-faktor?ziel=%2Fdienste%2Fneu")
            let secret = try #require(page.text.firstMatch(of: #/id="schluessel">([A-Z2-7 ]+)</#)?.1)
            let totp = try #require(TOTP(base32: String(secret)))
            #expect(page.text.contains("<svg class=\"ls-qr\""))
            // A slip changes neither the secret nor the session.
            let slip = try await browser.post("/konto/zweiter-faktor", [("code", "000000")])
            #expect(slip.status == .unprocessableContent && slip.text.contains(secret))
            let before = try #require(browser.kekse["leitstand_sitzung"])
            var old = browser
            let done = try await browser.post(
                "/konto/zweiter-faktor", [("code", totp.code(clock.jetzt)), ("ziel", "/dienste/neu")])
            #expect(done.status == .ok && done.headers[.cacheControl] == "no-store")
            let codes = done.text.matches(of: #/<li>(\d{4}-\d{4}-\d{4}-\d{4})<\/li>/#).map { String($0.1) }
            #expect(Set(codes).count == 10)
            #expect(done.text.contains("href=\"/dienste/neu\""))
            #expect(browser.kekse["leitstand_sitzung"] != before, "the session goes on under a new token")
            #expect(try await !old.istAngemeldet())
            #expect(try await browser.get("/dienste/neu").status == .ok)
            #expect(try await !browser.get("/konto/zweiter-faktor").text.contains(codes[0]), "shown once")

            // Not turned off while the role demands it, but moved, with the password.
            let off = try await browser.post("/konto/zweiter-faktor/aus", [("passwort", Browser.passwort)])
            #expect(off.status == .conflict)
            try await browser.get("/konto/zweiter-faktor?neu=1")
            let another = try #require(browser.seite.firstMatch(of: #/id="schluessel">([A-Z2-7 ]+)</#)?.1)
            let other = try #require(TOTP(base32: String(another)))
            #expect(other != totp)
            clock.vor(60)
            let noPassword = try await browser.post("/konto/zweiter-faktor", [("code", other.code(clock.jetzt))])
            #expect(noPassword.status == .unprocessableContent)
            let moved = try await browser.post(
                "/konto/zweiter-faktor", [("code", other.code(clock.jetzt)), ("passwort", Browser.passwort)])
            #expect(moved.status == .ok)
            let renewed = try await browser.post("/konto/zweiter-faktor/codes", [("passwort", Browser.passwort)])
            #expect(renewed.status == .ok && !renewed.text.contains(codes[0]))
            #expect(
                try await browser.post("/konto/zweiter-faktor/codes", [("passwort", "falsch")]).status
                    == .unprocessableContent)
        }
    }

    @Test(arguments: TestBackend.available)
    func `without such a role it can be turned off, and then no session counts as having one`(on backend: TestBackend)
        async throws
    {
        try await Self.mitFaktor(backend, []) { client, clock, totp, codes, database in
            var browser = try await Browser(client)
            try await browser.melde(Probekonto.email)
            try await browser.post("/anmelden", [("code", totp.code(clock.jetzt))])
            try await browser.get("/konto/zweiter-faktor")
            #expect(
                try await browser.post("/konto/zweiter-faktor/aus", [("passwort", "falsch")]).status
                    == .unprocessableContent)
            let off = try await browser.post("/konto/zweiter-faktor/aus", [("passwort", Browser.passwort)])
            #expect(off.headers[.location] == "/konto?ok=faktor")
            try await database.write { db in
                guard let konto = try KontoStore.konto(email: Probekonto.email, in: db) else { return }
                try AmtStore.gib(.init(.administration), an: konto.id, durch: .betrieb(Welt.jetzt), in: db)
            }
            #expect(try await browser.get("/dienste/neu").status == .forbidden)
            var other = try await Browser(client)
            #expect(try await other.melde(Probekonto.email).headers[.location]?.hasPrefix("/konto/zweiter-") == true)
            try await other.get("/konto/zweiter-faktor")
            #expect(
                try await other.post("/konto/zweiter-faktor/codes", [("passwort", Browser.passwort)]).status
                    == .conflict)
            #expect(
                try await database.read { db in try db.value("SELECT count(*) FROM wiederherstellungscode") ?? 9 } == 0)
            #expect(!codes.isEmpty)
        }
    }

    @Test func `a program may send all three at once`() async throws {
        try await Self.mitFaktor(.sqliteMemory) { client, clock, totp, _, _ in
            var browser = try await Browser(client)
            try await browser.get("/anmelden")
            let answer = try await browser.post(
                "/anmelden",
                [("email", Probekonto.email), ("passwort", Browser.passwort), ("code", totp.code(clock.jetzt))])
            #expect(answer.status == .seeOther && answer.headers[.location] == "/")
            #expect(try await browser.istAngemeldet())
        }
    }
}
