import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import NIOCore
import TestKit
import Testing

@testable import Web

@Suite struct MesswerteTests {
    @Test func `the text has a sentence, a kind and masked labels for each family`() {
        let text = Messtext.schreibe([
            Messreihe("a_total", .counter, "Eine \\ Zeile\nmit \"Worten\".", [.init(3, [.init("b", "x\"y\\z\n")])]),
            Messreihe("c", .gauge, "Zahl.", 0.25),
            Messreihe("a_total", .counter, "Anders.", [.init(4, [.init("b", "zwei")])]),
        ])
        #expect(
            text == """
                # HELP a_total Eine \\\\ Zeile\\nmit "Worten".
                # TYPE a_total counter
                a_total{b="x\\"y\\\\z\\n"} 3
                a_total{b="zwei"} 4
                # HELP c Zahl.
                # TYPE c gauge
                c 0.25

                """)
        #expect(Messtext.zahl(.infinity) == "+Inf" && Messtext.zahl(.nan) == "NaN" && Messtext.zahl(1e300) == "1e+300")
    }

    @Test func `requests are counted by method, route and status, and no address that people invent becomes a label`()
        async throws
    {
        let messwerte = Messwerte()
        let router = Router(context: SiteContext.self, options: [.autoGenerateHeadEndpoints])
        router.add(middleware: ErrorPages(site: try Kleinseite.site(), newID: { "vorfall7" }))
        router.add(middleware: RequestGuard())
        var routes = Routes(router)
        routes.get("/dinge/{id}") { _, _ in Response(status: .ok) }
        routes.schliesseAb()
        let kette = ResponseChain(
            routes: router.buildResponder(),
            log: RequestLog(zaehler: messwerte.anfragezaehler(routes.table.map(\.path))))
        try await Application(responder: kette).test(.router) { (client) async throws in
            for number in 0..<300 {
                _ = try await client.execute(uri: "/dinge/\(number)?q=geheim", method: .get)
                _ = try await client.execute(uri: "/erfunden/\(number)", method: .get)
                _ = try await client.execute(
                    uri: "/erfunden", method: HTTPRequest.Method("ERFUNDEN\(number)") ?? .trace)
            }
            _ = try await client.execute(uri: "/dinge/1", method: .post)
        }
        let lines = messwerte.text.split(separator: "\n").filter { $0.hasPrefix("leitstand_http_requests_total{") }
        #expect(
            Set(lines) == [
                "leitstand_http_requests_total{method=\"GET\",route=\"/dinge/{id}\",status=\"200\"} 300",
                "leitstand_http_requests_total{method=\"POST\",route=\"/dinge/{id}\",status=\"405\"} 1",
                "leitstand_http_requests_total{method=\"GET\",route=\"unknown\",status=\"404\"} 300",
                "leitstand_http_requests_total{method=\"other\",route=\"unknown\",status=\"501\"} 300",
            ])
        #expect(messwerte.text.utf8.count < 8_000)
        #expect(!messwerte.text.contains("geheim") && !messwerte.text.contains("ERFUNDEN"))
        #expect(messwerte.text.contains("leitstand_http_request_duration_seconds_count{route=\"/dinge/{id}\"} 301\n"))
        #expect(messwerte.text.contains("leitstand_http_requests_in_flight 0\n"))
    }

    @Test func `a histogram counts each duration in its step and in all above`() {
        let werte = Anfragewerte()
        werte.kenne(["/a"])
        for seconds in [0.0005, 0.001, 0.003, 20] { werte.zaehle(.get, route: "/a", status: 200, sekunden: seconds) }
        let text = Messtext.schreibe(werte.messreihen())
        for (bound, count) in [("0.001", 2), ("0.0025", 2), ("0.005", 3), ("10", 3), ("+Inf", 4)] {
            let line = "leitstand_http_request_duration_seconds_bucket{route=\"/a\",le=\"\(bound)\"} \(count)\n"
            #expect(text.contains(line), "\(bound)")
        }
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.1.128.0/17", "10.1.127.9", false),
        ("10.1.128.0/17", "10.1.200.9", true), ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "::1", false),
        ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false), ("10.0.0.0/8", "::ffff:10.2.3.4", true),
        ("fd00::/8", "fd12::1", true), ("fd00::/8", "fe80::1", false), ("10.0.0.0/8", "quatsch", false),
    ])
    func `a network holds its addresses and no others`(_ range: String, _ address: String, _ holds: Bool) throws {
        #expect(try #require(Netzbereich(range)).enthaelt(address) == holds)
    }

    @Test(arguments: ["", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "10.0.0.0/-1", "a/8", "fd00::/129", "10.0.0.0/8/8"])
    func `what is no network is refused`(_ text: String) { #expect(Netzbereich(text) == nil) }

    @Test func `the figures are for this machine and the networks named, never through a proxy`() {
        let routes = MesswerteRoutes(messwerte: Messwerte(), netze: [Netzbereich("10.0.0.0/8")].compactMap { $0 })
        func darf(_ peer: String?, host: String = "localhost:8080", _ headers: HTTPFields = [:]) -> Bool {
            let request = Request(
                head: HTTPRequest(
                    method: .get, scheme: "http", authority: host, path: "/metrics", headerFields: headers),
                body: .init(buffer: ByteBuffer()))
            return routes.darf(request, gegenstelle: peer)
        }
        #expect(darf("127.0.0.1") && darf("::1", host: "[::1]:8080") && darf("127.0.0.1", host: "127.0.0.1:8080"))
        #expect(darf("10.9.8.7", host: "leitstand.example"))
        #expect(!darf(nil) && !darf("203.0.113.9"))
        // A proxy on this machine that passes on the name it was asked by.
        #expect(!darf("127.0.0.1", host: "leitstand.example"))
        for name in ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host"].compactMap({
            HTTPField.Name($0)
        }) {
            #expect(!darf("127.0.0.1", [name: "127.0.0.1"]) && !darf("10.9.8.7", [name: "10.1.1.1"]), "\(name)")
        }
    }
}
