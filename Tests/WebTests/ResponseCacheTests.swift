import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import NIOCore
import Storage
import Synchronization
import TestKit
import Testing

@testable import Web

/// What the cache keeps, for whom, and for how long.
@Suite(.timeLimit(.minutes(5))) struct ResponseCacheTests {
    private func kette(
        bytes: Int = 32 << 20, _ add: (inout Routes) -> Void = { _ in }
    ) async throws -> Kleinkette {
        try Kleinkette(try await TestBackend.sqliteMemory.database(Kleinkette.migrations), bytes: bytes, add)
    }

    @Test func `an answer is made once and again after a commit`() async throws {
        let kette = try await kette()
        try await kette.run { (client) async throws in
            for _ in 0..<3 { #expect(try await client.hole("/zahl").text == "0") }
            #expect(kette.gezeichnet == 1)
            #expect(try await kette.zaehleHoch() == 1)
            for _ in 0..<3 { #expect(try await client.hole("/zahl").text == "1") }
            #expect(kette.gezeichnet == 2)
            #expect(try await client.hole("/zahl?x=1").text == "1")
            #expect(kette.gezeichnet == 3, "eine andere Adresse ist eine andere Antwort")
        }
    }

    @Test func `equal requests share one rendering`() async throws {
        let kette = try await kette()
        let schranke = Schranke()
        kette.lage.schranke.withLock { $0 = schranke }
        try await kette.run { (client) async throws in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<40 { group.addTask { try await client.hole("/zahl").text } }
                await schranke.erreicht()
                while kette.cache.figures.joins < 39 { try await Task.sleep(for: .milliseconds(1)) }
                schranke.oeffne()
                for try await text in group { #expect(text == "0") }
            }
        }
        #expect(kette.gezeichnet == 1)
        #expect(kette.cache.figures.renderings == 1)
    }

    @Test(arguments: TestBackend.available)
    func `a request after a commit does not join a rendering begun before it`(backend: TestBackend) async throws {
        let kette = try Kleinkette(try await backend.database(Kleinkette.migrations))
        let schranke = Schranke()
        kette.lage.schranke.withLock { $0 = schranke }
        try await kette.run { (client) async throws in
            async let early = client.hole("/zahl").text
            await schranke.erreicht()
            kette.lage.schranke.withLock { $0 = nil }
            #expect(try await kette.zaehleHoch() == 1)
            #expect(try await client.hole("/zahl").text == "1")
            schranke.oeffne()
            #expect(try await early == "0")
            #expect(try await client.hole("/zahl").text == "1", "die späte Antwort ersetzt die neuere nicht")
        }
    }

    @Test func `a failure is not kept and does not fail those who waited for it`() async throws {
        let kette = try await kette { routes in
            routes.get("/kaputt") { _, _ in throw StorageError.other(code: "XX", message: "kaputt") }
        }
        try await kette.run { (client) async throws in
            for _ in 0..<2 { #expect(try await client.hole("/kaputt").status == .internalServerError) }
            kette.lage.status.withLock { $0 = .serviceUnavailable }
            let schranke = Schranke()
            kette.lage.schranke.withLock { $0 = schranke }
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<5 { group.addTask { try await client.hole("/zahl").status.code } }
                await schranke.erreicht()
                while kette.cache.figures.joins < 4 { try await Task.sleep(for: .milliseconds(1)) }
                schranke.oeffne()
                for try await status in group { #expect(status == 503) }
            }
            #expect(kette.gezeichnet == 5, "wer gewartet hat, zeichnet selbst")
            kette.lage.status.withLock { $0 = .ok }
            #expect(try await client.hole("/zahl").status == .ok)
            #expect(kette.gezeichnet == 6)
        }
        #expect(kette.cache.figures.entries == 1)
    }

    @Test func `what is one person's is neither kept nor taken from what is kept`() async throws {
        let wer = Mutex(0)
        let kette = try await kette { routes in
            for (path, headers) in [
                ("/offen", HTTPFields([HTTPField(name: .cacheControl, value: "no-cache")])),
                ("/plaetzchen", [.cacheControl: "no-cache", .setCookie: "a=b"]),
                ("/geheim", [.cacheControl: "no-store"]),
                ("/ohne", [:]), ("/datei", [.cacheControl: "no-cache"]), ("/gesund", [.cacheControl: "no-cache"]),
            ] {
                routes.get(path) { _, _ in
                    let number = wer.withLock { number in
                        number += 1
                        return number
                    }
                    return Response(
                        status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: "\(number)")))
                }
            }
        }
        try await kette.run { (client) async throws in
            var seen: Set<String> = []
            for path in ["/plaetzchen", "/geheim", "/ohne", "/datei", "/gesund"] {
                for _ in 0..<3 {
                    let text = try await client.hole(path).text
                    #expect(seen.insert(text).inserted, "\(path)")
                }
            }
            let shared = try await client.hole("/offen").text
            #expect(try await client.hole("/offen").text == shared)
            for headers: HTTPFields in [
                [.cookie: "leitstand_sitzung=abc"], [.cookie: "x=1; __Host-leitstand_sitzung=abc"],
                [.authorization: "Basic eDp5"],
            ] {
                #expect(try await client.hole("/offen", .get, headers).text != shared, "\(headers)")
            }
            // Cookies that count at `/anmelden` alone are no reason to draw a page again.
            for cookie in ["fremd=1", "leitstand_geraet=abc", "__Host-leitstand_vor=abc"] {
                #expect(try await client.hole("/offen", .get, [.cookie: cookie]).text == shared)
            }
            #expect(try await client.hole("/offen").text == shared)
        }
    }

    @Test func `a mark says 304 to who has the answer, and HEAD says the same without the body`() async throws {
        let kette = try await kette()
        try await kette.run { (client) async throws in
            let first = try await client.hole("/zahl")
            let mark = try #require(first.headers[.eTag])
            #expect(mark.hasPrefix("\"") && first.headers[.vary] == "Cookie")
            #expect(first.headers[.contentSecurityPolicy] == SecurityHeaders.policy)
            for known in [mark, "W/\(mark)", "\"anders\", \(mark)", "*"] {
                let again = try await client.hole("/zahl", .get, [.ifNoneMatch: known])
                #expect(again.status == .notModified && again.text.isEmpty && again.headers[.eTag] == mark, "\(known)")
                #expect(again.headers[.cacheControl] == "no-cache" && again.headers[.contentType] == nil)
            }
            #expect(try await client.hole("/zahl", .get, [.ifNoneMatch: "\"anders\""]).status == .ok)
            let head = try await client.hole("/zahl", .head)
            #expect(head.headers == first.headers && head.text.isEmpty && head.status == .ok)
            #expect(kette.gezeichnet == 1)
            _ = try await kette.zaehleHoch()
            // The first to ask after a commit may be anybody.
            #expect(try await client.hole("/zahl", .head, [.ifNoneMatch: mark]).headers[.contentLength] == "1")
            let second = try await client.hole("/zahl", .get, [.ifNoneMatch: mark])
            #expect(second.status == .ok && second.text == "1" && second.headers[.eTag] != mark)
            #expect(kette.gezeichnet == 2)
        }
    }

    @Test(arguments: [true, false])
    func `hosts have answers of their own where pages name them`(namesHost: Bool) throws {
        for host in ["a.example", "b.example:8080"] {
            let request = Request(
                head: HTTPRequest(method: .get, scheme: "http", authority: host, path: "/wirt"),
                body: RequestBody(buffer: ByteBuffer()))
            let key = try #require(CacheKey(request, namesHost: namesHost))
            #expect(key.host == (namesHost ? host : nil))
        }
    }

    @Test func `addresses that no page should depend on become no key`() {
        for (method, path) in [
            (HTTPRequest.Method.post, "/"), (.get, "http://fremd.example/"), (.get, "/ä"), (.get, "/a b"),
            (.get, "*"), (.get, "/a#b"), (.get, "/" + String(repeating: "a", count: CacheKey.longest)), (.get, ""),
        ] {
            let request = Request(
                head: HTTPRequest(method: method, scheme: "http", authority: "h", path: path),
                body: RequestBody(buffer: ByteBuffer()))
            #expect(CacheKey(request, namesHost: true) == nil, "\(method) \(path)")
        }
    }

    @Test func `memory stays within its bytes, and what is asked for often stays in it`() async throws {
        let limit = 300_000
        let kette = try await kette(bytes: limit)
        try await kette.run { (client) async throws in
            var zufall = Zufall(4_711)
            _ = try await client.hole("/laenge/777")
            for number in 0..<200 {
                let size = Int.random(in: 0...50_000, using: &zufall)
                _ = try await client.hole("/laenge/\(size)?n=\(number)")
                let before = kette.gezeichnet
                _ = try await client.hole("/laenge/777")
                #expect(kette.gezeichnet == before, "die gefragte Antwort ist noch da (\(number))")
                let figures = kette.cache.figures
                #expect(figures.bytes <= limit && (figures.entries > 3 || number < 3), "\(number): \(figures)")
            }
            #expect(kette.cache.figures.evictions > 100)
        }
    }

    @Test func `an answer too large to keep is given and not kept`() async throws {
        let kette = try await kette()
        try await kette.run { (client) async throws in
            for _ in 0..<3 {
                let answer = try await client.hole("/laenge/\(CachedResponse.largest + 1)")
                #expect(answer.body.readableBytes == CachedResponse.largest + 1)
            }
            #expect(kette.gezeichnet == 3)
            #expect(kette.cache.figures.bytes < 1_000)
            for _ in 0..<3 { _ = try await client.hole("/laenge/\(CachedResponse.largest)") }
            #expect(kette.gezeichnet == 4)
        }
    }

    @Test func `a new day makes new answers, and one made across midnight is not kept`() async throws {
        let kette = try await kette()
        try await kette.run { (client) async throws in
            _ = try await client.hole("/zahl")
            kette.lage.jetzt.withLock { $0 = $0.plus(sekunden: 13 * 3600) }
            _ = try await client.hole("/zahl")
            #expect(kette.gezeichnet == 1)
            kette.lage.jetzt.withLock { $0 = $0.plus(sekunden: 3600 - 1) }
            let schranke = Schranke()
            kette.lage.schranke.withLock { $0 = schranke }
            async let late = client.hole("/zahl?spaet").text
            await schranke.erreicht()
            kette.lage.jetzt.withLock { $0 = $0.plus(sekunden: 2) }
            schranke.oeffne()
            #expect(try await late == "0")
            _ = try await client.hole("/zahl")
            #expect(kette.gezeichnet == 3)
            kette.lage.jetzt.withLock { $0 = $0.plus(sekunden: -2) }
            _ = try await client.hole("/zahl?spaet")
            #expect(kette.gezeichnet == 4, "eine zurückgestellte Uhr zeigt nichts von morgen")
        }
    }

    @Test func `without its database nothing kept is served`() async throws {
        let kette = try Kleinkette(try await TestBackend.sqliteFile.database(Kleinkette.migrations))
        try await kette.run { (client) async throws in
            #expect(try await client.hole("/zahl").status == .ok)
            await kette.database.close()
            #expect(try await client.hole("/zahl").status == .serviceUnavailable)
        }
    }

    @Test func `every request is counted with its route, cached or not`() async throws {
        final class Buch: Anfragezaehler {
            let zeilen = Mutex<[String]>([])
            let offen = Mutex(0)
            func beginnt() { offen.withLock { $0 += 1 } }
            func endet(_ methode: HTTPRequest.Method, weg: String?, status: Int, mikrosekunden: Int) {
                offen.withLock { $0 -= 1 }
                zeilen.withLock { $0.append("\(methode) \(weg ?? "-") \(status)") }
            }
        }
        let buch = Buch()
        let kette = try Kleinkette(
            try await TestBackend.sqliteMemory.database(Kleinkette.migrations), log: RequestLog(zaehler: buch))
        try await kette.run { (client) async throws in
            for path in ["/zahl", "/zahl", "/laenge/3", "/laenge/3", "/fehlt"] { _ = try await client.hole(path) }
        }
        #expect(
            buch.zeilen.withLock { $0 } == [
                "GET /zahl 200", "GET /zahl 200", "GET /laenge/{bytes} 200", "GET /laenge/{bytes} 200",
                "GET NotFound 404",
            ])
        #expect(buch.offen.withLock { $0 } == 0)
    }
}
