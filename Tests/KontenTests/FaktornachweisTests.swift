import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

@testable import Konten

/// A session that somebody got hold of is not enough to tie the account to a device of theirs.
@Suite struct FaktornachweisTests {
    @Test(arguments: TestBackend.available)
    func `a session that began long ago does not tie the account to a device without the password`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        let clock = Uhr()
        let person = try await Probekonto.anlegen(in: database)
        try await TestSite(database, now: { clock.jetzt }).run { (client) async throws in
            var browser = try await Browser(client)
            try await browser.melde(Probekonto.email)
            let fresh = try await browser.get("/konto/zweiter-faktor")
            #expect(!fresh.text.contains("name=\"passwort\""))
            clock.vor(Faktorstand.frisch + 1)
            let page = try await browser.get("/konto/zweiter-faktor")
            #expect(page.text.contains("name=\"passwort\""))
            let secret = try #require(page.text.firstMatch(of: #/id="schluessel">([A-Z2-7 ]+)</#)?.1)
            let totp = try #require(TOTP(base32: String(secret)))
            for passwort in ["", "falsch"] {
                let answer = try await browser.post(
                    "/konto/zweiter-faktor", [("code", totp.code(clock.jetzt)), ("passwort", passwort)])
                #expect(answer.status == .unprocessableContent)
                #expect(try await database.read { db in try !ZweitfaktorStore.istEingerichtet(person, in: db) })
            }
            let done = try await browser.post(
                "/konto/zweiter-faktor", [("code", totp.code(clock.jetzt)), ("passwort", Browser.passwort)])
            #expect(done.status == .ok)
            #expect(try await database.read { db in try ZweitfaktorStore.istEingerichtet(person, in: db) })
        }
    }

    @Test(arguments: TestBackend.available)
    func `who has no password here and signed in long ago signs in again before a device is tied to the account`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        let clock = Uhr()
        let person = try await Probekonto.anlegen(in: database)
        try await TestSite(database, now: { clock.jetzt }).run { (client) async throws in
            var browser = try await Browser(client)
            try await browser.melde(Probekonto.email)
            try await database.write { db in try db.execute("UPDATE person SET kennwort = 'extern'") }
            clock.vor(Faktorstand.frisch + 1)
            let page = try await browser.get("/konto/zweiter-faktor")
            let secret = try #require(page.text.firstMatch(of: #/id="schluessel">([A-Z2-7 ]+)</#)?.1)
            let totp = try #require(TOTP(base32: String(secret)))
            let answer = try await browser.post("/konto/zweiter-faktor", [("code", totp.code(clock.jetzt))])
            #expect(answer.status == .unprocessableContent && answer.text.contains("neu an"))
            #expect(try await database.read { db in try !ZweitfaktorStore.istEingerichtet(person, in: db) })
        }
    }
}
