import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Logging
import NIOCore
import Storage
import Synchronization
import TestKit
import Testing

@testable import Web

@Suite struct AuftrittTests {
    private static let schutz = [
        "Content-Security-Policy": SecurityHeaders.policy, "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY", "Permissions-Policy": SecurityHeaders.rechte,
        "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
    ]

    private static func hatSchutz(_ headers: HTTPFields) -> Bool {
        schutz.allSatisfy { pair in HTTPField.Name(pair.key).flatMap { headers[$0] } == pair.value }
    }

    @Test(arguments: [
        ("/", 200), ("/dienste", 200), ("/gibtesnicht", 404), ("/dienste/gibtesnicht", 404), ("/api/v1/dienste", 200),
        ("/api/v1/gibtesnicht", 404),
        ("/assets/x/leitstand.css", 200), ("/assets/x/gibtesnicht.css", 404), ("/assets/x/../../Package.swift", 404),
        ("/favicon.ico", 200),
        ("/dienste/neu", 303), ("/gebiete/%ff", 400), ("/gebiete/%00", 400), ("/dienste?q=%ff", 400),
        ("/dienste?q=%00", 400), ("/dienste?q=%", 400),
        ("/gebiete/05515", 308), ("/healthz", 200), ("/dienste?seite=99999999999999999999999", 400),
        ("/dienste?seite=5000", 404),
        ("/leistungen?q=" + String(repeating: "x", count: 9_000), 414),
        ("/api/v1/leistungen?q=" + String(repeating: "x", count: 9_000), 414),
    ])
    func `every answer has its status and the headers that protect its reader`(_ path: String, _ status: Int)
        async throws
    {
        try await TestSite(await Welt.beispiel(.sqliteMemory)).run { (client) async throws in
            let answer = try await client.get(path)
            #expect(answer.status.code == status, "\(path.prefix(60))")
            #expect(Self.hatSchutz(answer.headers), "\(path.prefix(60))")
            if status >= 400 {
                let isAPI = path.hasPrefix("/api/")
                #expect(
                    answer.headers[.contentType] == (isAPI ? "application/problem+json" : "text/html; charset=utf-8"))
                if isAPI {
                    let json = try #require(
                        try JSONSerialization.jsonObject(with: Data(answer.text.utf8)) as? [String: Any])
                    #expect(json["status"] as? Int == status)
                    #expect(json["type"] as? String == "about:blank")
                    #expect((json["title"] as? String)?.isEmpty == false)
                    #expect((json["detail"] as? String)?.isEmpty == false)
                } else {
                    #expect(answer.text.contains("Fehler \(status)"))
                }
            }
            let head = try await client.send(.head, path, headers: [:], body: nil)
            #expect(head.status.code == status, "HEAD \(path.prefix(60))")
            #expect(head.text.isEmpty, "HEAD \(path.prefix(60))")
        }
    }

    @Test func `a method that a page does not know is refused as a page`() async throws {
        try await TestSite(await Welt.leer(.sqliteMemory)).run { (client) async throws in
            for method in [HTTPRequest.Method.put, .delete, .patch] {
                let answer = try await client.send(method, "/dienste", headers: [:], body: nil)
                #expect((400..<500).contains(answer.status.code), "\(method)")
                #expect(Self.hatSchutz(answer.headers))
            }
        }
    }

    @Test func `who cannot save is told why, that reading goes on, and when to come back`() async throws {
        let router = try Kleinseite.router { routes in
            routes.get("/voll") { _, _ in throw StorageError.other(code: "53100", message: "No space left on device") }
            routes.get("/gesperrt") { _, _ in throw StorageError.notWritable("/var/lib/geheim") }
            routes.get("/weg") { _, _ in throw StorageError.unavailable("host=db.intern") }
            routes.get("/eng") { _, _ in throw StorageError.conflict }
            routes.get("/kaputt") { _, _ in throw StorageError.other(code: "11", message: "malformed") }
        }
        try await Application(router: router).test(.router) { (client) async throws in
            for (path, satz) in [
                ("/voll", "nimmt zurzeit keine Änderungen an"), ("/gesperrt", "nimmt zurzeit keine Änderungen an"),
                ("/weg", "antwortet zurzeit nicht"), ("/eng", "Gerade wird viel geändert"),
            ] {
                let answer = try await client.execute(uri: path, method: .get)
                #expect(answer.status == .serviceUnavailable)
                #expect(String(buffer: answer.body).contains(satz), "\(path)")
                #expect(answer.headers[.retryAfter].flatMap { Int($0) } ?? 0 > 0, "\(path)")
            }
            let kaputt = try await client.execute(uri: "/kaputt", method: .get)
            #expect(kaputt.status == .internalServerError && kaputt.headers[.retryAfter] == nil)
        }
    }

    @Test func `who hangs up in the middle of a request causes no incident`() async throws {
        let router = try Kleinseite.router { routes in
            routes.get("/abgerissen") { _, _ in throw IOError(errnoCode: ECONNRESET, reason: "read") }
        }
        try await Application(router: router).test(.router) { (client) async throws in
            let answer = try await client.execute(uri: "/abgerissen", method: .get)
            #expect(answer.status == .badRequest && answer.body.readableBytes == 0)
        }
    }

    @Test func `nobody is told to sign in because the database is away`() async throws {
        struct Stumm: SessionSource {
            func session(of token: String, at now: Instant) async throws -> Sitzung? {
                throw StorageError.unavailable("host=db.intern")
            }

            func session(of token: String, at now: Instant, in db: any SQLConnection) throws -> Sitzung? { nil }
        }
        let router = Router(context: SiteContext.self)
        router.add(middleware: SessionLookup(sessions: Stumm(), tls: false, now: { Welt.jetzt }))
        router.add(middleware: ErrorPages(site: try Kleinseite.site(), newID: { "vorfall7" }))
        var routes = Routes(router)
        routes.get("/offen") { _, _ in Response(status: .ok) }
        routes.get("/zu", .angemeldet) { _, _ in throw Refusal(.signInNeeded, "Bitte melden Sie sich an.") }
        try await Application(router: router).test(.router) { (client) async throws in
            let keks: HTTPFields = [.cookie: "leitstand_sitzung=x"]
            let offen = try await client.execute(uri: "/offen", method: .get, headers: keks)
            #expect(offen.status == .ok)
            let zu = try await client.execute(uri: "/zu", method: .get, headers: keks)
            #expect(zu.status == .serviceUnavailable && zu.headers[.retryAfter] != nil)
            let fremd = try await client.execute(uri: "/zu", method: .get)
            #expect(fremd.status == .seeOther)
        }
    }

    @Test func `a fault of ours shows a number and nothing else`() async throws {
        struct Geheimnisvoll: Error { let kennwort = "geheim123" }
        let router = try Kleinseite.router { routes in
            routes.get("/kaputt") { _, _ in throw Geheimnisvoll() }
            routes.get("/api/v1/kaputt") { _, _ in throw Geheimnisvoll() }
            routes.get("/weg") { _, _ in throw StorageError.unavailable("host=db.intern") }
        }
        try await Application(router: router).test(.router) { (client) async throws in
            for (path, status) in [("/kaputt", 500), ("/api/v1/kaputt", 500), ("/weg", 503)] {
                let answer = try await client.execute(uri: path, method: .get)
                #expect(answer.status.code == status)
                let text = String(buffer: answer.body)
                #expect(text.contains("vorfall7"))
                #expect(!text.contains("geheim123") && !text.contains("Geheimnisvoll") && !text.contains("db.intern"))
                #expect(Self.hatSchutz(answer.headers))
            }
        }
    }

    @Test func `a change from another site is refused before anything else`() async throws {
        let router = try Kleinseite.router { routes in
            routes.post("/tun", .oeffentlich) { _, _ in Response(status: .noContent) }
        }
        let site = HTTPField.Name.fetchSite
        let cases: [(HTTPFields, Int)] = [
            ([site: "cross-site"], 403), ([site: "same-site"], 403), ([site: "same-origin"], 204),
            ([site: "none"], 204), ([:], 204),
            ([.origin: "https://boese.example"], 403), ([.origin: "https://localhost.boese.example"], 403),
            ([.origin: "https://boese.example/localhost:1"], 403),
            ([.origin: "http://localhost:9"], 403), ([.origin: "http://localhost"], 204),
            ([.origin: "https://localhost"], 204),
        ]
        try await Application(router: router).test(.router) { (client) async throws in
            for (headers, status) in cases {
                let answer = try await client.execute(uri: "/tun", method: .post, headers: headers)
                #expect(answer.status.code == status, "\(headers)")
            }
        }
    }

    @Test func `a body that is too large or of another kind is refused with its status`() async throws {
        let router = try Kleinseite.router { routes in
            routes.post("/tun", .oeffentlich) { request, _ in
                _ = try await Formular.read(request, secret: "geheim")
                return Response(status: .noContent)
            }
        }
        try await Application(router: router).test(.router) { (client) async throws in
            let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded; charset=utf-8"]
            for (headers, body, status) in [
                (form, "csrf=geheim", 204), (form, "csrf=geheim2", 403), (form, "csrf=", 403), (form, "", 403),
                (form, "csrf=geheim&a=%ff", 400),
                (form, "csrf=geheim&a=%00", 400),
                (form, "csrf=geheim&a=" + String(repeating: "x", count: 300_000), 413),
                ([.contentType: "text/plain"], "csrf=geheim", 415), ([:], "csrf=geheim", 415),
                ([.contentType: "multipart/form-data"], "x", 400),
            ] as [(HTTPFields, String, Int)] {
                let answer = try await client.execute(
                    uri: "/tun", method: .post, headers: headers, body: ByteBuffer(string: body))
                #expect(answer.status.code == status, "\(body.prefix(40))")
            }
        }
    }

    /// `body{}` as gzip -9 packs it.
    private static let gepackt: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4B, 0xCA, 0x4F, 0xA9, 0xAC, 0xAE, 0x05, 0x00,
        0x59, 0x71,
        0x87, 0xE2, 0x06, 0x00, 0x00, 0x00,
    ]

    @Test func `assets are kept for ever, compressed where possible, and never leave their folder`() async throws {
        let files: [String: [UInt8]] = [
            "a.css": Array("body{}".utf8), "a.css.gz": Self.gepackt, "unter/b.svg": Array("<svg/>".utf8),
            // Packed before the file was changed.
            "alt.css": Array("body{ }".utf8), "alt.css.gz": Self.gepackt,
            "geheim.sh": [65], ".env": [65],
        ]
        try await Kleinseite.ordner(files) { (folder) async throws in
            let assets = try Assets(ordner: [folder])
            let router = try Kleinseite.router(assets: assets) { assets.add(to: &$0) }
            let base = assets.base
            try await Application(router: router).test(.router) { (client) async throws in
                let plain = try await client.execute(uri: base + "/a.css", method: .get)
                #expect(plain.status == .ok)
                #expect(String(buffer: plain.body) == "body{}")
                #expect(plain.headers[.cacheControl] == "public, max-age=31536000, immutable")
                #expect(plain.headers[.vary] == "Accept-Encoding")
                #expect(plain.headers[.contentType] == "text/css; charset=utf-8")
                let zipped = try await client.execute(
                    uri: base + "/a.css", method: .get, headers: [.acceptEncoding: "br, gzip"])
                #expect(zipped.headers[.contentEncoding] == "gzip")
                #expect(Array(zipped.body.readableBytesView) == Self.gepackt)
                let stale = try await client.execute(
                    uri: base + "/alt.css", method: .get, headers: [.acceptEncoding: "gzip"])
                #expect(stale.headers[.contentEncoding] == nil && String(buffer: stale.body) == "body{ }")
                #expect(Self.hatSchutz(zipped.headers))
                #expect(try await client.execute(uri: base + "/unter/b.svg", method: .get).status == .ok)
                for path in ["/geheim.sh", "/.env", "/fehlt.css", "/../a.css", "/unter", "/a.css/x"] {
                    #expect(try await client.execute(uri: base + path, method: .get).status == .notFound, "\(path)")
                }
            }
            let before = assets.base
            try Ordner.fuelle(folder, ["a.css": Array("body{color:red}".utf8)])
            #expect(try Assets(ordner: [folder]).base != before)
        }
    }
}
