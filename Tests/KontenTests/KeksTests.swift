import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Web

@testable import Konten

@Suite struct KeksTests {
    /// Every cookie that the server sets from the first form to the end, with a second factor in between.
    private func alle(tls: Bool) async throws -> [String] {
        let database = try await Welt.beispiel(.sqliteMemory)
        let person = try await Probekonto.anlegen(in: database)
        let (totp, _) = try await Probekonto.faktor(of: person, in: database)
        let found = Sammler()
        try await TestSite(database, tls: tls).run { (client) async throws in
            var browser = try await Browser(client)
            func merke(_ answer: SiteClient.Antwort) { found.nimm(answer.headers[values: .setCookie]) }
            merke(try await browser.get("/anmelden"))
            merke(try await browser.get("/anmelden/vergessen"))
            merke(try await browser.post("/anmelden", [("email", Probekonto.email), ("passwort", Browser.passwort)]))
            merke(try await browser.get("/anmelden"))
            let done = try await browser.post("/anmelden", [("code", totp.code(Welt.jetzt))])
            #expect(done.status == .seeOther)
            merke(done)
            #expect(try await browser.istAngemeldet())
            // The pages outside of the sign-in set none, whatever the browser brings.
            #expect(try await browser.get("/dienste").headers[.setCookie] == nil)
            merke(try await browser.post("/abmelden"))
            #expect(try await !browser.istAngemeldet())
        }
        return found.alle
    }

    private final class Sammler: @unchecked Sendable {
        // Only the one task of its test touches it.
        private(set) var alle: [String] = []
        func nimm(_ cookies: [String]) { alle += cookies }
    }

    @Test func `under TLS every cookie is bound to this host and demands TLS`() async throws {
        let cookies = try await alle(tls: true)
        #expect(cookies.count >= 8)
        for cookie in cookies {
            #expect(cookie.hasPrefix("__Host-leitstand_"), "\(cookie)")
            #expect(cookie.contains("; Path=/;") && !cookie.lowercased().contains("domain="), "\(cookie)")
            #expect(cookie.contains("; HttpOnly; SameSite=Lax") && cookie.hasSuffix("; Secure"), "\(cookie)")
        }
        #expect(
            Set(cookies.map { $0.prefix { $0 != "=" } }) == [
                "__Host-leitstand_vor", "__Host-leitstand_halb", "__Host-leitstand_geraet", "__Host-leitstand_sitzung",
            ])
    }

    @Test func `without TLS the cookies of signing in are sent to its pages alone`() async throws {
        for cookie in try await alle(tls: false) {
            let path = cookie.hasPrefix("leitstand_sitzung=") ? "/" : "/anmelden"
            #expect(cookie.contains("; Path=\(path); ") && !cookie.contains("Secure"), "\(cookie)")
            #expect(cookie.contains("; HttpOnly; SameSite=Lax"), "\(cookie)")
        }
    }

    @Test func `under TLS a cookie that a neighbour under the same domain can plant counts for nothing`() async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        try await Probekonto.anlegen(in: database)
        try await TestSite(database, tls: true).run { (client) async throws in
            let planted = "gepflanztgepflanztgepflanzt1"
            let body = "email=\(Probekonto.email)&passwort=\(Browser.passwort)&csrf=\(planted)"
            let answer = try await client.send(
                .post, "/anmelden",
                headers: [
                    .contentType: "application/x-www-form-urlencoded", .cookie: "leitstand_vor=\(planted)",
                ], body: Array(body.utf8))
            #expect(answer.status == .forbidden)
            #expect(answer.headers[.setCookie] == nil)
        }
    }
}
