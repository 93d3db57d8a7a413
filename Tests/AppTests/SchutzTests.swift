import Foundation
import HTTPTypes
import TestKit
import Testing
import Web

/// What protects readers and the signed-in, seen from outside on the whole product.
@Suite struct SchutzTests {
    @Test func `under TLS every answer says for a year that there is no other way, and without TLS none does`()
        async throws
    {
        let paths = [
            "/", "/dienste", "/gibtesnicht", "/dienste/gibtesnicht", "/api/v1/dienste", "/api/v1/gibtesnicht",
            "/anmelden", "/konto", "/gebiete/05515", "/healthz", "/dienste?q=%ff", "/assets/x/leitstand.css",
        ]
        let database = try await Welt.beispiel(.sqliteMemory)
        for tls in [true, false] {
            try await TestSite(database, tls: tls).run { (client) async throws in
                for path in paths + paths {
                    let answer = try await client.get(path)
                    #expect(
                        answer.headers[.strictTransportSecurity] == (tls ? "max-age=31536000" : nil), "\(path) \(tls)")
                    guard let mark = answer.headers[.eTag] else { continue }
                    let known = try await client.get(path, headers: [.ifNoneMatch: mark])
                    #expect(known.status == .notModified, "\(path)")
                    #expect((known.headers[.strictTransportSecurity] != nil) == tls, "\(path) 304")
                    #expect(known.headers[.contentSecurityPolicy] == SecurityHeaders.policy, "\(path) 304")
                }
            }
        }
    }

    /// One place makes cookies, so none can forget what binds it.
    @Test func `only one file writes a cookie`() throws {
        let sources = Welt.ordner("Sources")
        let files = FileManager.default.enumerator(atPath: sources)?.compactMap { $0 as? String } ?? []
        let found = try files.filter { file in
            guard file.hasSuffix(".swift") else { return false }
            return try String(contentsOfFile: "\(sources)/\(file)", encoding: .utf8).contains("SameSite")
        }
        #expect(found == ["Web/Keks.swift"])
    }

    @Test func `what is drawn for somebody signed in is kept nowhere`() async throws {
        let site = try TestSite(try await Welt.beispiel(.sqliteMemory))
        let pages = site.leitstand.router().routes.filter { $0.method == .get && !$0.path.contains("{") }.map(\.path)
        #expect(pages.count > 30)
        try await site.run { (client) async throws in
            let client = try await client.als(.administration)
            for path in pages where !path.hasPrefix("/api/") && path != "/favicon.ico" {
                let answer = try await client.get(path)
                let isPersonal =
                    answer.headers[.contentType]?.hasPrefix("text/html") == true
                    || answer.headers[.contentDisposition] != nil
                guard isPersonal else { continue }
                #expect(answer.headers[.cacheControl] == "no-store", "\(path)")
            }
        }
    }

    @Test func `a form without a session is short, and says so when it is not`() async throws {
        try await TestSite(try await Welt.beispiel(.sqliteMemory)).run { (client) async throws in
            let cookie = "leitstand_vor=vorvorvorvorvorvorvorvor"
            for (type, path) in [
                ("application/x-www-form-urlencoded", "/anmelden"), ("multipart/form-data; boundary=x", "/anmelden"),
                ("application/x-www-form-urlencoded", "/anmelden/vergessen"),
                ("multipart/form-data; boundary=x", "/anmelden/einladung/" + String(repeating: "a", count: 43)),
            ] {
                for length in [Vorabkoerper.hoechstens, Vorabkoerper.hoechstens + 1, 300_000] {
                    let answer = try await client.send(
                        .post, path, headers: [.contentType: type, .cookie: cookie],
                        body: [UInt8](repeating: 45, count: length))
                    #expect(
                        (answer.status == .contentTooLarge) == (length > Vorabkoerper.hoechstens), "\(path) \(length)")
                    #expect(answer.status.code < 500 && answer.headers[.contentSecurityPolicy] != nil)
                    if length > Vorabkoerper.hoechstens { #expect(answer.text.contains("höchstens 64 KB")) }
                }
            }
        }
    }
}
