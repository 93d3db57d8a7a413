import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization
import TestKit
import Testing

@testable import Web

/// Hosts that mean harm: names that change their meaning, redirects inward, answers without an end.
@Suite struct AbrufGrenzenTests {
    private static func server(_ body: @escaping @Sendable (String, Abruf.Regel) async throws -> Void) async throws {
        let router = Router()
        router.get("/inne") { _, _ in
            Response(status: .found, headers: [.location: "http://169.254.169.254/latest/meta-data/"])
        }
        router.post("/inne") { _, _ in
            Response(status: .temporaryRedirect, headers: [.location: "http://169.254.169.254/"])
        }
        router.on("/riesig", method: .post) { _, _ in
            Response(
                status: .accepted,
                body: .init(contentLength: 10 << 30) { writer in
                    let piece = ByteBuffer(repeating: 120, count: 1 << 16)
                    for _ in 0..<(10 << 14) { try await writer.write(piece) }
                    try await writer.finish(nil)
                })
        }
        router.on("/tropft", method: .post) { _, _ in
            Response(
                status: .created,
                body: .init { writer in
                    for _ in 0..<600 {
                        try await writer.write(ByteBuffer(string: "."))
                        try await Task.sleep(for: .milliseconds(100))
                    }
                    try await writer.finish(nil)
                })
        }
        router.post("/spaeter") { _, _ in
            var headers = HTTPFields()
            headers[.retryAfter] = "120"
            return Response(status: .tooManyRequests, headers: headers)
        }
        router.post("/kopf") { request, _ in request.headers[HTTPField.Name("X-Probe") ?? .accept] ?? "nichts" }
        try await Application(router: router).test(.live) { client in
            let basis = "http://127.0.0.1:\(client.port ?? 0)"
            let own = Set(Abrufziel(basis).map { [$0.ursprung] } ?? [])
            try await body(basis, Abruf.Regel(ziele: own, innen: own, frist: .seconds(60), hoechstens: 65_536))
        }
    }

    private static func erwarte(
        _ fehler: Abruffehler, _ anfrage: Abruf.Anfrage, _ regel: Abruf.Regel, _ abruf: Abruf = Abruf(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        await #expect(throws: fehler, sourceLocation: sourceLocation) { try await abruf.hole(anfrage, regel) }
    }

    @Test func `a name that is public when asked first and inner when asked again is refused the second time`() async {
        let lookups = Mutex(0)
        let abruf = Abruf(aufloesen: { _ in
            lookups.withLock { count in
                count += 1
                return count == 1 ? ["9.9.9.9"] : ["127.0.0.1"]
            }
        })
        #expect((try? await abruf.pruefe("https://wechselt.example/", Abruf.Regel())) != nil)
        await Self.erwarte(.innen, .init("https://wechselt.example/", inhalt: []), Abruf.Regel(), abruf)
    }

    @Test func `a check names the fault and sends nothing`() async {
        let abruf = Abruf(aufloesen: { $0 == "weg.example" ? [] : [$0 == "nett.example" ? "9.9.9.9" : "10.0.0.1"] })
        for (ziel, erwartet) in [
            ("https://nett.example:8443/x?y", nil), ("http://nett.example/", Abruffehler.unverschluesselt),
            ("https://innen.example/", .innen), ("https://weg.example/", .unbekannt),
            ("https://a:b@nett.example/", .keineAdresse), ("ftp://nett.example/", .keineAdresse),
            ("https://nett.example:0/", .keineAdresse), ("https://nett.example:70000/", .keineAdresse),
            ("https://nett.example/\r\nX-Boese: 1", .keineAdresse), ("https://nett.example/#x", .keineAdresse),
        ] {
            var found: Abruffehler?
            do { try await abruf.pruefe(ziel, Abruf.Regel()) } catch { found = error as? Abruffehler }
            #expect(found == erwartet, "\(ziel)")
        }
    }

    @Test func `only an inner host that is named may be asked without TLS`() async throws {
        let esb = try #require(Abrufziel("http://esb.kreis.intern:8080")).ursprung
        let abruf = Abruf(aufloesen: { _ in ["10.1.2.3"] })
        var regel = Abruf.Regel(innen: [esb])
        func mangel(_ ziel: String) async -> Abruffehler? {
            do { try await abruf.pruefe(ziel, regel) } catch { return error as? Abruffehler }
            return nil
        }
        #expect(await mangel("http://esb.kreis.intern:8080/x") == .unverschluesselt)
        regel.unverschluesselt = [esb]
        #expect(await mangel("http://esb.kreis.intern:8080/x") == nil)
        #expect(await mangel("http://esb.kreis.intern:8081/x") == .unverschluesselt)
        #expect(await mangel("https://esb.kreis.intern:8080/x") == .innen)
    }

    @Test func `a redirect to an inner address is not followed`() async throws {
        try await Self.server { basis, eng in
            var regel = eng
            (regel.ziele, regel.weiterleitungen) = (nil, 3)
            await Self.erwarte(.unverschluesselt, .init(basis + "/inne"), regel)
            await Self.erwarte(.umgeleitet, .init(basis + "/inne", inhalt: [1]), regel)
        }
    }

    @Test func `of an answer without an end the beginning counts where that is allowed`() async throws {
        try await Self.server { basis, streng in
            await Self.erwarte(.zuGross, .init(basis + "/riesig", inhalt: [1]), streng)
            var kurz = streng
            kurz.frist = .milliseconds(1_500)
            await Self.erwarte(.zeit, .init(basis + "/tropft", inhalt: [1]), kurz)
            // Long enough for a first drop on a busy machine, too short for all of it.
            kurz.frist = .seconds(10)
            kurz.kuerzt = true
            let tropfen = try await Abruf().hole(.init(basis + "/tropft", inhalt: [1]), kurz)
            #expect(tropfen.status == 201 && (1..<600).contains(tropfen.bytes.count))
            var gross = streng
            gross.kuerzt = true
            let riese = try await Abruf().hole(.init(basis + "/riesig", inhalt: [1]), gross)
            #expect(riese.status == 202 && riese.bytes.count == 65_536)
            #expect(try await Abruf().hole(.init(basis + "/spaeter", inhalt: []), gross).spaeter == 120)
        }
    }

    @Test func `headers travel with what is posted, and an encoded line end in an address stays encoded`() async throws
    {
        try await Self.server { basis, regel in
            let gut = try await Abruf().hole(.init(basis + "/kopf", kopf: [("X-Probe", "ja")], inhalt: [1]), regel)
            #expect(String(decoding: gut.bytes, as: UTF8.self) == "ja")
            let boese = try await Abruf().hole(.init(basis + "/kopf%0d%0aX-Probe:%20ja", inhalt: [1]), regel)
            #expect(boese.status == 404)
        }
    }

    @Test func `whoever is cancelled does not wait for the answer`() async throws {
        try await Self.server { basis, regel in
            // Whoever waits to the end gets it: there is time enough.
            var lang = regel
            lang.frist = .seconds(600)
            let task = Task { [lang] in try await Abruf().hole(.init(basis + "/tropft", inhalt: [1]), lang) }
            try await Task.sleep(for: .milliseconds(300))
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }
}
