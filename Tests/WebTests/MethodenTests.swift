import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import NIOCore
import TestKit
import Testing

@testable import Web

@Suite struct MethodenTests {
    @Test func `a known address names the methods it answers to`() async throws {
        try await TestSite(await Welt.leer(.sqliteMemory)).run { (client) async throws in
            for (method, path, allowed) in [
                (HTTPRequest.Method.put, "/dienste", "GET, HEAD, POST"), (.get, "/abmelden", "POST"),
                (.head, "/abmelden", "POST"), (.delete, "/leistungen/99110009104000", "GET, HEAD"),
                (.options, "/", "GET, HEAD"), (.trace, "/", "GET, HEAD"), (.post, "/api/v1/leistungen", "GET, HEAD"),
                (.post, "/dienste/neu", "GET, HEAD"),
            ] {
                let answer = try await client.send(method, path, headers: [:], body: nil)
                #expect(answer.status == .methodNotAllowed, "\(method) \(path)")
                #expect(answer.headers[.allow] == allowed, "\(method) \(path)")
                #expect(answer.headers[.contentSecurityPolicy] != nil)
                if path.hasPrefix("/api/") {
                    #expect(answer.headers[.contentType] == "application/problem+json")
                } else if method != .head {
                    #expect(answer.text.contains("Fehler 405") && answer.text.contains("Möglich: \(allowed)"))
                }
            }
        }
    }

    @Test(arguments: ["CONNECT", "PROPFIND", "BREW"])
    func `a method that no address answers to is not implemented`(_ name: String) async throws {
        let method = try #require(HTTPRequest.Method(name))
        try await TestSite(await Welt.leer(.sqliteMemory)).run { (client) async throws in
            for path in ["/", "/gibtesnicht"] {
                let answer = try await client.send(method, path, headers: [:], body: nil)
                #expect(answer.status == .notImplemented)
                #expect(answer.headers[.allow] == nil)
            }
        }
    }

    @Test func `an address without a route stays unknown, whatever the method`() async throws {
        try await TestSite(await Welt.leer(.sqliteMemory)).run { (client) async throws in
            #expect(try await client.send(.put, "/gibtesnicht", headers: [:], body: nil).status == .notFound)
        }
    }

    @Test func `who is sent away is told when to come again, and supervisors are let in`() async throws {
        let grenze = Anfragegrenze(plaetze: 1, wartezeit: .zero)
        let router = Router(context: SiteContext.self, options: [.autoGenerateHeadEndpoints])
        router.add(middleware: SecurityHeaders())
        router.add(middleware: Anfragebegrenzung(grenze: grenze, site: try Kleinseite.site()))
        var routes = Routes(router)
        for path in ["/dinge", "/healthz", "/readyz", "/api/v1/dinge"] {
            routes.get(path) { _, _ in Response(status: .ok) }
        }
        routes.post("/dinge", .oeffentlich) { request, _ in
            var request = request
            return Response(status: .ok, body: .init(byteBuffer: try await request.collectBody(upTo: 100)))
        }
        let waechter = Task {
            while !Task.isCancelled {
                grenze.raeume()
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        defer { waechter.cancel() }
        try await Application(router: router).test(.router) { (client) async throws in
            let echo = try await client.execute(uri: "/dinge", method: .post, body: ByteBuffer(string: "a=1"))
            #expect(String(buffer: echo.body) == "a=1")
            try await grenze.betritt("/dinge")
            for _ in 0..<2 {
                let page = try await client.execute(uri: "/dinge?q=geheim", method: .get)
                #expect(page.status == .serviceUnavailable)
                #expect((2...6).contains(page.headers[.retryAfter].flatMap { Int($0) } ?? 0))
                #expect(page.headers[.contentSecurityPolicy] != nil && page.headers[.cacheControl] == "no-store")
                let text = String(buffer: page.body)
                #expect(text.contains("Gerade zu viel los") && !text.contains("geheim"))
            }
            #expect(try await client.execute(uri: "/healthz", method: .get).status == .ok)
            #expect(try await client.execute(uri: "/readyz", method: .get).status == .ok)
            let json = try await client.execute(uri: "/api/v1/dinge", method: .get)
            #expect(json.status == .serviceUnavailable)
            #expect(json.headers[.contentType] == "application/problem+json")
            grenze.verlasse("/dinge")
            #expect(try await client.execute(uri: "/dinge", method: .get).status == .ok)
        }
        #expect(grenze.stand == (0, 0))
    }
}
