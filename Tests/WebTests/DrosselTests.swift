import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import TestKit
import Testing

@testable import Web

@Suite struct DrosselTests {
    private static let sekunde: UInt64 = 1_000_000_000

    @Test func `a burst up to the limit passes, the next is told how long to wait`() {
        let drossel = Drossel<String>(jeMinute: 60)
        for number in 1...60 {
            let stand = drossel.nimm("a", bei: 0)
            #expect(stand.istErlaubt && stand.rest == 60 - number && stand.grenze == 60)
        }
        let refused = drossel.nimm("a", bei: 0)
        #expect(!refused.istErlaubt && refused.warte == 1 && refused.rest == 0 && refused.vollIn == 60)
        #expect(drossel.nimm("b", bei: 0).istErlaubt, "another key has its own")
        #expect(!drossel.nimm("a", bei: Self.sekunde / 2).istErlaubt)
        #expect(drossel.nimm("a", bei: Self.sekunde).istErlaubt)
        #expect(!drossel.nimm("a", bei: Self.sekunde).istErlaubt)
        #expect(drossel.nimm("a", bei: 61 * Self.sekunde).rest == 59)
    }

    /// The model is a bucket that fills steadily.
    @Test func `at random moments it agrees with a bucket`() {
        let seed = UInt64.random(in: 1..<1_000_000)
        var random = Zufall(seed)
        let limit = [1, 7, 60, 600].randomElement(using: &random) ?? 60
        let drossel = Drossel<Int>(jeMinute: limit)
        let cost = 60 * Self.sekunde / UInt64(limit)
        var debt: [Int: (UInt64, UInt64)] = [:]
        var now: UInt64 = 0
        for step in 0..<20_000 {
            now += UInt64.random(in: 0...(cost * 2), using: &random)
            let key = Int.random(in: 0..<3, using: &random)
            let (last, owed) = debt[key] ?? (0, 0)
            let left = owed > now - last ? owed - (now - last) : 0
            let allowed = left + cost <= cost * UInt64(limit)
            debt[key] = (now, allowed ? left + cost : left)
            let stand = drossel.nimm(key, bei: now)
            #expect(stand.istErlaubt == allowed, "Saat \(seed), Schritt \(step), Grenze \(limit)")
            if stand.istErlaubt != allowed { return }
        }
    }

    @Test func `however many keys come, only so many are kept`() {
        let drossel = Drossel<Int>(jeMinute: 10, eintraege: 1_000)
        for key in 0..<50_000 { _ = drossel.nimm(key, bei: UInt64(key)) }
        #expect(drossel.anzahl <= 1_000)
    }

    @Test func `an IPv6 network counts as one place, IPv4 through IPv6 as IPv4, and this machine as itself`() throws {
        func stelle(_ text: String) throws -> Netzstelle? { Netzstelle(try SocketAddress(ipAddress: text, port: 1)) }
        #expect(try stelle("2001:db8:0:1::1") == stelle("2001:db8:0:1:ffff::9"))
        #expect(try stelle("2001:db8:0:1::1") != stelle("2001:db8:0:2::1"))
        #expect(try stelle("::ffff:192.0.2.7") == stelle("192.0.2.7"))
        #expect(try stelle("192.0.2.7") != stelle("192.0.2.8"))
        for own in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            #expect(try stelle(own)?.istEigenerRechner == true, "\(own)")
        }
        #expect(try stelle("10.0.0.1")?.istEigenerRechner == false)
        #expect(Netzstelle(try SocketAddress(unixDomainSocketPath: "/tmp/x")) == nil)
    }

    @Test(arguments: TestBackend.available)
    func `answers from the cache count, too, and whoever asks too often gets 429`(on backend: TestBackend) async throws
    {
        let header = try #require(HTTPField.Name("X-Probe"))
        // The clock stands still, however long a busy machine takes.
        let stillstand = ContinuousClock.now
        let drosselung = Drosselung(jeMinute: 5, jetzt: { stillstand }) { request, _ in
            request.headers[header].flatMap { try? SocketAddress(ipAddress: $0, port: 1) }.flatMap { Netzstelle($0) }
        }
        let chain = try Kleinkette(try await backend.database(Kleinkette.migrations), drosselung: drosselung)
        try await chain.run { client in
            for round in 1...7 {
                let answer = try await client.hole("/zahl", .get, [header: "192.0.2.1"])
                #expect(answer.status == (round <= 5 ? .ok : .tooManyRequests), "\(round)")
                if round > 5 {
                    #expect(Int(answer.headers[.retryAfter] ?? "") ?? 0 > 0)
                    #expect(answer.headers[.cacheControl] == "no-store")
                    #expect(answer.text.contains("Zu viele Anfragen"))
                }
            }
            #expect(try await client.hole("/zahl", .get, [header: "192.0.2.2"]).status == .ok)
            for round in 1...6 {
                // Only what is really there to be asked often.
                for (place, path) in [
                    ("192.0.2.5", "/healthzX"), ("192.0.2.6", "/metricsX"), ("192.0.2.7", "/assets/x/y"),
                ] {
                    let answer = try await client.hole(path, .get, [header: place])
                    #expect((answer.status == .tooManyRequests) == (round > 5), "\(path) \(round)")
                }
                #expect(try await client.hole("/healthz", .get, [header: "192.0.2.8"]).status != .tooManyRequests)
            }
            for _ in 0..<10 { #expect(try await client.hole("/zahl").status == .ok) }
            let api = try await client.hole("/api/v1/gibtesnicht", .get, [header: "192.0.2.9"])
            #expect(api.headers[.rateLimit] == "5" && api.headers[.rateRemaining] == "4")
            #expect(api.headers[.rateReset] == "12")
        }
        #expect(chain.gezeichnet < 18, "the cache answered some of them")
    }
}
