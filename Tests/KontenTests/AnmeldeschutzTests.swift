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
import Web

@testable import Konten

/// Guessing, finding out who has an account, forged addresses, secrets in the log.
@Suite struct AnmeldeschutzTests {
    /// Keeps every line with all its metadata.
    private struct Mitschrift: LogHandler {
        static let zeilen = Mutex<[String]>([])
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let text = "\(event.message) \(metadata) \(event.metadata ?? [:])"
            Mitschrift.zeilen.withLock { $0.append(text) }
        }
    }

    @Test(arguments: TestBackend.available)
    func `guessing is slowed down with a clear wait, alike for accounts that exist and that do not`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        let clock = Uhr()
        try await Probekonto.anlegen(in: database)
        try await TestSite(database, now: { clock.jetzt }).run { (client) async throws in
            var pages: [[String]] = []
            for email in [Probekonto.email, "niemand@leitstand.localhost"] {
                var browser = try await Browser(client)
                var texts: [String] = []
                for number in 1...5 {
                    // Whoever writes another address of origin each time gains nothing.
                    browser.kopf[.init("X-Forwarded-For") ?? .server] = "203.0.113.\(number)"
                    let answer = try await browser.melde(email, "falsch\(number)")
                    #expect(answer.status == .unprocessableContent)
                    texts.append(answer.text)
                }
                browser.kopf[.init("X-Forwarded-For") ?? .server] = "203.0.113.99"
                let wait = try await browser.melde(email)
                #expect(wait.status == .tooManyRequests && wait.headers[.retryAfter] == "2")
                #expect(wait.text.contains("Zu viele Fehlversuche. Versuchen Sie es in 2 Sekunden noch einmal."))
                #expect(wait.text.contains("value=\"\(email)\""), "the address stays")
                texts.append(wait.text)
                pages.append(
                    texts.map { text in
                        text.replacing(email, with: "…").replacing(#/name="csrf" value="[^"]+"/#, with: "csrf")
                    })
            }
            #expect(pages[0] == pages[1])
            clock.vor(2)
            var browser = try await Browser(client)
            #expect(try await browser.melde(Probekonto.email).status == .seeOther, "the wait is over")
        }
    }

    @Test(arguments: TestBackend.available)
    func `a browser that has signed in before is not slowed down by others who guess`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.leer(backend)
        try await Probekonto.anlegen(in: database)
        try await Probekonto.anlegen("zweite@leitstand.localhost", in: database)
        try await TestSite(database).run { (client) async throws in
            var known = try await Browser(client)
            #expect(try await known.melde(Probekonto.email).status == .seeOther)
            try await known.get("/konto")
            try await known.post("/abmelden")
            var guesser = try await Browser(client)
            for _ in 0..<6 { try await guesser.melde(Probekonto.email, "falsch") }
            #expect(try await guesser.melde(Probekonto.email).status == .tooManyRequests)
            #expect(try await known.melde(Probekonto.email).status == .seeOther)
            // The mark counts for the account it was given for alone.
            try await known.get("/konto")
            try await known.post("/abmelden")
            for _ in 0..<5 { try await guesser.melde("zweite@leitstand.localhost", "falsch") }
            #expect(try await known.melde("zweite@leitstand.localhost").status == .tooManyRequests)
        }
    }

    @Test func `sign-in takes forms alone and needs the cookie of its form`() async throws {
        let database = try await Welt.leer(.sqliteMemory)
        try await Probekonto.anlegen(in: database)
        try await TestSite(database).run { (client) async throws in
            var browser = try await Browser(client)
            try await browser.get("/anmelden")
            let vor = try #require(browser.kekse["leitstand_vor"])
            for type in ["application/json", "text/plain", "application/xml", ""] {
                let body = "email=\(Probekonto.email)&passwort=geheim&csrf=\(browser.csrf)"
                let answer = try await browser.client.send(
                    .post, "/anmelden", headers: [.contentType: type, .cookie: "leitstand_vor=\(vor)"],
                    body: Array(body.utf8))
                #expect(answer.status == .unsupportedMediaType, "\(type)")
            }
            let foreign = try await browser.post("/anmelden", [("code", "123456")], csrf: "fremd")
            #expect(foreign.status == .forbidden)
            let noHalf = try await browser.post("/anmelden", [("code", "123456")])
            #expect(noHalf.status == .unprocessableContent)
        }
    }

    @Test(arguments: [
        "//evil.example", "https://evil.example", "/\\evil.example", "/%0d%0aA:b\r\nB:c", "/anmelden", "javascript:x",
    ])
    func `neither the code nor setting up sends anybody to another site`(_ ziel: String) async throws {
        let database = try await Welt.leer(.sqliteMemory)
        let person = try await Probekonto.anlegen(in: database)
        let (totp, _) = try await Probekonto.faktor(of: person, in: database)
        try await Probekonto.anlegen("neu@leitstand.localhost", [.init(.administration)], in: database)
        try await TestSite(database).run { (client) async throws in
            var browser = try await Browser(client)
            #expect(
                try await browser.melde(Probekonto.email, ziel: ziel).headers[.location]
                    == "/anmelden?ziel=%2F")
            let answer = try await browser.post("/anmelden", [("code", totp.code(Welt.jetzt)), ("ziel", ziel)])
            #expect(answer.headers[.location] == "/")
            var other = try await Browser(client)
            #expect(
                try await other.melde("neu@leitstand.localhost", ziel: ziel).headers[.location]
                    == "/konto/zweiter-faktor?ziel=%2F")
            let page = try await other.get(Adresse("/konto/zweiter-faktor", [("ziel", ziel)]).text)
            #expect(page.text.contains("name=\"ziel\" value=\"/\""))
        }
    }

    @Test func `X-Forwarded-For counts as far as own proxies wrote it, and not at all without them`() throws {
        let name = try #require(HTTPField.Name("X-Forwarded-For"))
        let proxys = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"].compactMap { Netzbereich($0) }
        func adresse(_ peer: String?, _ header: [String], _ proxys: [Netzbereich]) -> String? {
            var fields = HTTPFields()
            for value in header { fields.append(HTTPField(name: name, value: value)) }
            let request = Request(
                head: .init(method: .get, scheme: nil, authority: nil, path: "/", headerFields: fields),
                body: .init(buffer: ByteBuffer()))
            return Herkunft(proxys: proxys).adresse(request, gegenstelle: peer)
        }
        #expect(adresse("203.0.113.7", ["1.2.3.4"], []) == "203.0.113.7")
        #expect(adresse("127.0.0.1", ["1.2.3.4"], []) == "127.0.0.1")
        #expect(adresse("203.0.113.7", ["1.2.3.4"], proxys) == "203.0.113.7")
        #expect(adresse("127.0.0.1", ["1.2.3.4"], proxys) == "1.2.3.4")
        #expect(adresse("127.0.0.1", ["9.9.9.9, 1.2.3.4"], proxys) == "1.2.3.4", "what the client wrote itself")
        #expect(adresse("127.0.0.1", ["9.9.9.9, 1.2.3.4, 10.1.1.1"], proxys) == "1.2.3.4")
        #expect(adresse("127.0.0.1", ["9.9.9.9", "1.2.3.4, 10.1.1.1"], proxys) == "1.2.3.4")
        #expect(adresse("127.0.0.1", ["1.2.3.4, unsinn"], proxys) == "127.0.0.1")
        #expect(adresse("127.0.0.1", ["1.2.3.0/24"], proxys) == "127.0.0.1")
        #expect(adresse("127.0.0.1", [], proxys) == "127.0.0.1")
        #expect(adresse("fd00::1", ["2001:db8::5"], proxys) == "2001:db8::5")
        #expect(adresse(nil, ["1.2.3.4"], proxys) == nil)
        // One connection has 2^64 addresses; they count as one.
        #expect(Netzbereich.stelle("2001:db8::5") == Netzbereich.stelle("2001:db8::ffff:1"))
        #expect(Netzbereich.stelle("2001:db8:0:1::5") != Netzbereich.stelle("2001:db8::5"))
        #expect(Netzbereich.stelle("::ffff:1.2.3.4") == "1.2.3.4")
        #expect(Netzbereich.stelle("unsinn") == nil)
    }

    @Test func `nothing secret and nobody's address stands in the log`() async throws {
        let database = try await Welt.leer(.sqliteMemory)
        let person = try await Probekonto.anlegen(in: database)
        let (totp, codes) = try await Probekonto.faktor(of: person, in: database)
        let site = try TestSite(database)
        let logger = Logger(label: "test") { _ in Mitschrift() }
        let code = totp.code(Welt.jetzt)
        try await Application(responder: site.leitstand.responder(), logger: logger).test(.router) {
            (client) async throws in
            var cookies: [String: String] = [:]
            func sende(_ felder: [(String, String)]) async throws -> HTTPResponse.Status {
                var csrf = ""
                let head: HTTPFields = [.cookie: cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")]
                func keep(_ response: TestResponse) {
                    for line in response.headers[values: .setCookie] {
                        let pair = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
                        if pair.count == 2 { cookies[String(pair[0])] = String(pair[1]) }
                    }
                }
                let form = try await client.execute(uri: "/anmelden", method: .get, headers: head)
                keep(form)
                csrf =
                    (String(buffer: form.body).firstMatch(of: #/name="csrf" value="([^"]+)"/#)?.1)
                    .map(String.init) ?? ""
                let body = (felder + [("csrf", csrf)])
                    .map { "\($0.0)=\(Adresse("", [("x", $0.1)]).text.dropFirst(3))" }.joined(separator: "&")
                let answer = try await client.execute(
                    uri: "/anmelden?geheim=\(code)", method: .post,
                    headers: [
                        .contentType: "application/x-www-form-urlencoded",
                        .cookie: cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; "),
                    ], body: ByteBuffer(string: body))
                keep(answer)
                return answer.status
            }
            #expect(
                try await sende([("email", Probekonto.email), ("passwort", "falsches-Wort")]) == .unprocessableContent)
            #expect(try await sende([("email", Probekonto.email), ("passwort", Browser.passwort)]) == .seeOther)
            #expect(try await sende([("code", "999999")]) == .unprocessableContent)
            #expect(try await sende([("code", codes[0])]) == .seeOther)
            let log = Mitschrift.zeilen.withLock { $0 }.joined(separator: "\n")
            #expect(log.contains("anmeldung abgelehnt") && log.contains("passwort") && log.contains("code"))
            for secret in [
                Probekonto.email, "falsches-Wort", "999999", code, codes[0], totp.base32, person.rawValue,
            ] + cookies.values where secret.utf8.count > 5 {
                #expect(!log.contains(secret), "\(secret)")
            }
        }
    }
}
