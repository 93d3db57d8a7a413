import Hummingbird
import HummingbirdTesting
import Kernel
import NIOCore
import Synchronization
import TestKit
import Testing

@testable import Web

/// Outgoing requests go where they may, and nowhere else.
@Suite struct AbrufTests {
    @Test(arguments: [
        ("https://a.example", "https://a.example:443/"),
        ("HTTPS://A.Example:8443/x?y=1", "https://a.example:8443/x?y=1"),
        ("http://127.0.0.1:80?x", "http://127.0.0.1:80/?x"), ("https://[2001:DB8::1]/a", "https://[2001:db8::1]:443/a"),
    ])
    func `an address is read in one way`(_ text: String, _ gelesen: String) throws {
        #expect(try #require(Abrufziel(text)).text == gelesen)
    }

    @Test(arguments: [
        "", "a.example", "ftp://a.example", "https://", "https:///x", "https://a@b.example", "https://a.example:0",
        "https://a.example:99999", "https://a.example:1x", "https://a..example", "https://a.example.", "https://.a",
        "https://a.example#x", "https://a.example\\@b", "https://a b", "https://ä.example", "https://[::1",
        "https://[::1]x",
        "https://[1.2.3.4]", "https://a.example/\u{0}", "https://a_b.example", "https://a.example:80:90",
        "https://" + String(repeating: "a", count: 64) + ".example",
    ])
    func `what could be read in two ways is no address`(_ text: String) { #expect(Abrufziel(text) == nil) }

    @Test func `inner addresses in all their spellings are not public`() {
        for address in [
            "127.0.0.1", "127.255.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::", "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::7f00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "ff02::1",
            "2001:db8::1", "fec0::1", "kein", "", "1.2.3", "10.0.0.1/8",
        ] { #expect(!Netzadresse.istOeffentlich(address), "\(address)") }
        for address in ["9.9.9.9", "172.32.0.1", "193.99.144.80", "2a02:2e0:3fe::1", "::ffff:9.9.9.9"] {
            #expect(Netzadresse.istOeffentlich(address), "\(address)")
        }
    }

    private static func fehler(_ anfrage: Abruf.Anfrage, _ regel: Abruf.Regel, _ adressen: [String]? = nil) async
        -> Abruffehler?
    {
        let abruf = adressen.map { list in Abruf(aufloesen: { _ in list }) } ?? Abruf()
        do {
            _ = try await abruf.hole(anfrage, regel)
            return nil
        } catch { return error as? Abruffehler }
    }

    @Test func `an inner address is refused before anything is sent, whatever name leads there`() async {
        let regel = Abruf.Regel(frist: .seconds(2))
        for address in ["127.0.0.1", "10.0.0.1", "::1", "169.254.169.254", "::ffff:127.0.0.1"] {
            #expect(await Self.fehler(.init("https://nett.example/x"), regel, [address]) == .innen, "\(address)")
        }
        #expect(await Self.fehler(.init("https://127.0.0.1/"), regel) == .innen)
        #expect(await Self.fehler(.init("https://2130706433/"), regel) == .innen)
        #expect(await Self.fehler(.init("https://0x7f000001/"), regel) == .innen)
        #expect(await Self.fehler(.init("https://localhost/"), regel) == .innen)
        #expect(await Self.fehler(.init("https://weg.example/"), regel, []) == .unbekannt)
        #expect(await Self.fehler(.init("http://nett.example/"), regel, ["9.9.9.9"]) == .unverschluesselt)
        // A host that calls itself this machine and is another one.
        #expect(await Self.fehler(.init("http://localhost/"), regel, ["9.9.9.9"]) == .innen)
        #expect(await Self.fehler(.init("file:///etc/passwd"), regel) == .keineAdresse)
        let nur = Abruf.Regel(ziele: [Ursprung(verschluesselt: true, rechner: "a.example", port: 443)])
        #expect(await Self.fehler(.init("https://b.example/"), nur, ["9.9.9.9"]) == .fremd)
        #expect(await Self.fehler(.init("https://a.example:444/"), nur, ["9.9.9.9"]) == .fremd)
    }

    /// Answers on loopback, and counts.
    private final class Gegenueber: Sendable {
        let anfragen = Mutex<[String]>([])
        let port = Mutex(0)
        /// Lets those go on who wait.
        let frei = Mutex(false)

        var basis: String { "http://127.0.0.1:\(port.withLock { $0 })" }

        func regel(_ frist: Duration = .seconds(60), hoechstens: Int = 100_000, weiterleitungen: Int = 0) -> Abruf.Regel
        {
            let own = Abrufziel(basis).map { [$0.ursprung] } ?? []
            return Abruf.Regel(
                ziele: Set(own), innen: Set(own), frist: frist, hoechstens: hoechstens, weiterleitungen: weiterleitungen
            )
        }

        func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
            let router = Router()
            router.get("/gut") { request, _ in
                self.anfragen.withLock { $0.append(request.headers[.authorization] ?? "-") }
                return "gut"
            }
            router.post("/spiegel") { request, _ in try await request.body.collect(upTo: 1_000) }
            router.get("/gross") { _, _ in String(repeating: "x", count: 100_001) }
            router.get("/langsam") { _, _ in
                try await Task.sleep(for: .seconds(30))
                return "spaet"
            }
            router.get("/warte") { _, _ in
                self.anfragen.withLock { $0.append("wartet") }
                while !self.frei.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(20)) }
                return "frei"
            }
            router.get("/weiter") { _, _ in Response(status: .found, headers: [.location: "/gut"]) }
            router.get("/fremd") { _, _ in Response(status: .found, headers: [.location: "http://localhost:9/gut"]) }
            router.get("/datei") { _, _ in Response(status: .found, headers: [.location: "file:///etc/passwd"]) }
            router.get("/kreis") { _, _ in Response(status: .found, headers: [.location: "/kreis"]) }
            router.post("/post") { _, _ in Response(status: .temporaryRedirect, headers: [.location: "/spiegel"]) }
            try await Application(router: router).test(.live) { client in
                self.port.withLock { $0 = client.port ?? 0 }
                try await body()
            }
        }
    }

    @Test func `time, size and redirects have their limits`() async throws {
        let da = Gegenueber()
        try await da.run {
            let (abruf, basis) = (Abruf(), da.basis)
            let gut = try await abruf.hole(.init(basis + "/gut", kopf: [("Authorization", "Bearer x")]), da.regel())
            #expect(gut.status == 200 && String(decoding: gut.bytes, as: UTF8.self) == "gut")
            let bytes: [UInt8] = Array("a=1\u{0}&b=ü".utf8)
            #expect(try await abruf.hole(.init(basis + "/spiegel", inhalt: bytes), da.regel()).bytes == bytes)
            #expect(try await abruf.hole(.init(basis + "/spiegel", inhalt: []), da.regel()).bytes == [])
            #expect(try await abruf.hole(.init(basis + "/fehlt"), da.regel()).status == 404)
            #expect(await Self.fehler(.init(basis + "/gross"), da.regel()) == .zuGross)
            #expect(await Self.fehler(.init(basis + "/langsam"), da.regel(.milliseconds(700))) == .zeit)
            #expect(await Self.fehler(.init(basis + "/weiter"), da.regel()) == .umgeleitet)
            #expect(try await abruf.hole(.init(basis + "/weiter"), da.regel(weiterleitungen: 1)).status == 200)
            #expect(await Self.fehler(.init(basis + "/fremd"), da.regel(weiterleitungen: 3)) == .fremd)
            #expect(await Self.fehler(.init(basis + "/datei"), da.regel(weiterleitungen: 3)) == .umgeleitet)
            #expect(await Self.fehler(.init(basis + "/kreis"), da.regel(weiterleitungen: 3)) == .umgeleitet)
            #expect(
                await Self.fehler(.init(basis + "/post", inhalt: bytes), da.regel(weiterleitungen: 3)) == .umgeleitet)
            // A header that would begin another line is not sent.
            _ = try await abruf.hole(.init(basis + "/gut", kopf: [("Authorization", "a\r\nX-Boese: 1")]), da.regel())
            #expect(da.anfragen.withLock { $0 } == ["Bearer x", "-", "-"])
            // Who may ask everybody still may not ask this machine.
            #expect(await Self.fehler(.init(basis + "/gut"), Abruf.Regel()) == .innen)
        }
    }

    @Test func `the name is looked up once, and the connection goes to the address that was checked`() async throws {
        let da = Gegenueber()
        try await da.run {
            let lookups = Mutex(0)
            let abruf = Abruf(aufloesen: { _ in
                lookups.withLock { count in
                    count += 1
                    // The second answer would be the stranger's.
                    return count == 1 ? ["127.0.0.1"] : ["9.9.9.9"]
                }
            })
            let port = da.port.withLock { $0 }
            let own = Ursprung(verschluesselt: false, rechner: "localhost", port: port)
            let antwort = try await abruf.hole(
                .init("http://localhost:\(port)/gut"), Abruf.Regel(ziele: [own], innen: [own], frist: .seconds(60)))
            #expect(antwort.status == 200)
            #expect(lookups.withLock { $0 } == 1)
            // Where the name of the machine does not even exist, the checked address still counts.
            #expect(
                await Self.fehler(
                    .init("http://localhost:\(port)/gut"), Abruf.Regel(ziele: [own], innen: [own]), ["127.0.0.1"])
                    == nil)
        }
    }

    @Test func `more requests at a time than there are places are refused at once`() async throws {
        let da = Gegenueber()
        try await da.run {
            let abruf = Abruf(plaetze: 2)
            let regel = da.regel(.seconds(120))
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<2 {
                    group.addTask { try await abruf.hole(.init(da.basis + "/warte"), regel).status }
                }
                while da.anfragen.withLock({ $0.count }) < 2 { try await Task.sleep(for: .milliseconds(20)) }
                await #expect(throws: Abruffehler.ausgelastet) {
                    _ = try await abruf.hole(.init(da.basis + "/gut"), regel)
                }
                da.frei.withLock { $0 = true }
                #expect(try await group.reduce(0, +) == 400)
            }
            // The places are free again, after failures as well.
            for path in ["/gut", "/gross", "/gross", "/gross", "/gut"] {
                _ = try? await abruf.hole(.init(da.basis + path), regel)
            }
            #expect(try await abruf.hole(.init(da.basis + "/gut"), regel).status == 200)
        }
    }
}
