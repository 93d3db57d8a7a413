import App
import HTTPTypes
import Kernel
import Logging
import Storage
import Synchronization
import TestKit
import Testing
import Web

@testable import Konten

/// Sessions that are over, stolen in part or made up, and requests that lie about where they come from.
@Suite struct FalscheSitzungenTests {
    private static let email = "petra@leitstand.localhost"

    /// Ways a session ends, each by its name.
    private static let enden: [(String, @Sendable (SiteClient, any Database, Person.ID) async throws -> Void)] = [
        ("abgemeldet", { client, _, _ in _ = try await client.post("/abmelden") }),
        (
            "neues Passwort",
            { _, database, id in
                let kennwort = try Kennwort.neu("ein anderes Wort", .gering)
                try await database.write { db in
                    try KontoStore.setzeKennwort(kennwort, of: id, durch: .betrieb(Welt.jetzt), in: db)
                }
            }
        ),
        (
            "gesperrt",
            { _, database, id in
                _ = try await database.write { db in
                    try db.execute("UPDATE person SET gesperrt_am = \(Welt.jetzt) WHERE id = \(id)")
                }
            }
        ),
        (
            "gelöscht",
            { _, database, id in
                try await database.write { db in
                    try Datenschutz.ueblich.loesche(id, durch: .betrieb(Welt.jetzt), in: db)
                }
            }
        ),
    ]

    @Test(arguments: TestBackend.available)
    func `a cookie of a session that ended opens no page and makes no change, however it ended`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let besetzung = try await Besetzung.stelleAuf(in: database)
        let site = try TestSite(database)
        let routes = site.leitstand.router().routes.filter {
            $0.zugang == .angemeldet && $0.method == .get && !$0.path.contains("{")
        }
        #expect(routes.count >= 8)
        try await site.run { anyone in
            for (number, (name, ende)) in Self.enden.enumerated() {
                let client = try await anyone.als(email: "\(number)\(Self.email)") { _ in
                    [.init(.ozgAnsprechperson, an: besetzung.duelmen)]
                }
                let id = try #require(try await client.person()?.id)
                #expect(try await client.get("/konto/auskunft").status == .ok)
                try await ende(client, database, id)
                let before: Int = try await database.read { db in try db.value("SELECT count(*) FROM verlauf") ?? 0 }
                for route in routes {
                    let answer = try await client.get(route.path)
                    #expect(answer.status == .seeOther, "\(name): \(route.path)")
                    #expect(answer.headers[.location]?.hasPrefix("/anmelden") == true, "\(name): \(route.path)")
                    #expect(!answer.text.contains(Self.email))
                }
                for path in ["/umsetzung/\(Rollenspiel.duelmen)", "/dienste", "/konto/loeschung", "/abmelden"] {
                    let answer = try await client.post(
                        path, [("titel", "Nachgeholt"), ("stand", "offen"), ("passwort", "geheim")])
                    #expect(answer.status == .unauthorized, "\(name): \(path)")
                }
                #expect(try await !client.get("/umsetzung/\(Rollenspiel.duelmen)").text.contains("Abmelden"), "\(name)")
                let after: Int = try await database.read { db in try db.value("SELECT count(*) FROM verlauf") ?? 0 }
                #expect(after == before, "\(name)")
            }
        }
    }

    @Test func `a session counts only as the cookie it was given as`() async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        try await TestSite(database).run { anyone in
            let client = try await anyone.als(.administration)
            let visitor = try await anyone.als(.besuch)
            let cookie = try #require(client.cookie)
            let token = String(cookie.dropFirst("leitstand_sitzung=".count))
            #expect(try await visitor.get("/dienste/neu", headers: [.cookie: cookie]).status == .ok)
            for headers: HTTPFields in [
                [.cookie: "__Host-leitstand_sitzung=\(token)"], [.cookie: "leitstand_vor=\(token)"],
                [.authorization: "Bearer \(token)"], [.cookie: "leitstand_sitzung=\(token.dropLast())"],
                [.cookie: "leitstand_sitzung=\(token)A"], [.cookie: "leitstand_sitzung="],
                [.cookie: "leitstand_sitzung=\(String(repeating: "a", count: 5_000))"],
                [.cookie: "leitstand_sitzung=' OR 1=1 --aaaaaaaaaaaaaaaaa"],
            ] { #expect(try await visitor.get("/dienste/neu", headers: headers).status == .seeOther, "\(headers)") }
            #expect(try await visitor.get("/dienste/neu?leitstand_sitzung=\(token)").status == .seeOther)
            // What the database holds is no key.
            let stored: String? = try await database.read { db in try db.value("SELECT token_hash FROM sitzung LIMIT 1")
            }
            #expect(
                try await visitor.get("/dienste/neu", headers: [.cookie: "leitstand_sitzung=\(stored ?? "")"]).status
                    == .seeOther)
        }
    }

    @Test(arguments: [nil, "https://leitstand.example"] as [String?])
    func `a forged host leads nobody away and gets no cookie`(_ adresse: String?) async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        let host = try #require(HTTPField.Name("Host"))
        let forwarded = try #require(HTTPField.Name("X-Forwarded-Host"))
        let scheme = try #require(HTTPField.Name("X-Forwarded-Proto"))
        try await TestSite(database, adresse: adresse).run { anyone in
            let client = try await anyone.als(.administration)
            for path in [
                "/", "/anmelden", "/dienste/neu", "/konto/auskunft", "/konto/loeschung", "/betrieb/datenschutz",
                "/umsetzung/\(Rollenspiel.duelmen)",
            ] {
                for headers: HTTPFields in [[host: "boese.invalid"], [forwarded: "boese.invalid", scheme: "http"]] {
                    for one in [client, try await anyone.als(.besuch)] {
                        let answer = try await one.get(path, headers: headers)
                        #expect(answer.status.code < 500, "\(path)")
                        for value in answer.headers.map(\.value) {
                            #expect(!value.contains("boese.invalid"), "\(path): \(value)")
                        }
                        for match in answer.text.matches(of: #/(?:href|action|src)="([^"]*)"/#) {
                            #expect(!match.1.contains("boese.invalid"), "\(path): \(match.1)")
                        }
                        if adresse != nil { #expect(!answer.text.contains("boese.invalid"), "\(path)") }
                    }
                }
            }
            // A page of another site sends its own origin, whatever it makes the host out to be.
            let origin: HTTPFields = [
                .contentType: "application/x-www-form-urlencoded", .origin: "https://boese.invalid",
                host: "leitstand.example",
            ]
            let body = Array("csrf=\(client.csrf ?? "")&passwort=geheim".utf8)
            #expect(try await client.send(.post, "/konto/loeschung", headers: origin, body: body).status == .forbidden)
        }
    }

    @Test(arguments: [
        "text/plain", "application/json", "application/xml", "multipart/form-data", "multipart/form-data; boundary=",
        "application/x-www-form-urlencoded-x", "", "x/y; charset=utf-8",
    ])
    func `a body of another kind changes nothing and is refused with a sentence`(_ art: String) async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        try await TestSite(database).run { anyone in
            let client = try await anyone.als(.administration)
            let body = Array("csrf=\(client.csrf ?? "")&passwort=geheim&email=administration@leitstand.localhost".utf8)
            for path in ["/konto/loeschung", "/betrieb/datenschutz", "/abmelden", "/dienste"] {
                let answer = try await client.send(.post, path, headers: [.contentType: art], body: body)
                #expect(
                    [.unsupportedMediaType, .badRequest].contains(answer.status), "\(path) \(art): \(answer.status)")
                #expect(answer.text.contains("<h1"))
            }
            #expect(try await client.get("/dienste/neu").status == .ok)
        }
    }

    /// Keeps every line of the log with all that belongs to it.
    private struct Mitschrift: LogHandler {
        final class Zeilen: Sendable {
            let text = Mutex("")
        }
        let zeilen: Zeilen
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            zeilen.text.withLock { $0 += "\(event.level) \(event.message) \(metadata) \(event.metadata ?? [:])\n" }
        }
    }

    @Test func `the log holds no password, no secret of a session and no address of a person`() async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        let zeilen = Mitschrift.Zeilen()
        let logger = Logger(label: "test") { _ in Mitschrift(zeilen: zeilen) }
        let secrets = Mutex<[String]>([])
        try await TestSite(database).run(log: logger) { anyone in
            let client = try await anyone.als(.administration)
            secrets.withLock { $0 = [String(client.cookie?.dropFirst(18) ?? "?"), client.csrf ?? "?"] }
            _ = try await client.get("/konto/auskunft.json?email=administration@leitstand.localhost")
            _ = try await client.post("/konto/loeschung", [("passwort", "ganz-geheimes-wort")])
            _ = try await client.post("/betrieb/datenschutz", [("email", "gesuchte@leitstand.localhost")])
            _ = try await anyone.als(.besuch).send(
                .post, "/anmelden",
                headers: [
                    .contentType: "application/x-www-form-urlencoded",
                    .cookie: "leitstand_vor=vorvorvorvorvorvorvorvorvor12345",
                ],
                body: Array(
                    "email=gesuchte@leitstand.localhost&passwort=ganz-geheimes-wort&csrf=vorvorvorvorvorvorvorvorvor12345"
                        .utf8))
            try await database.write { db in try db.execute("DROP TABLE fremdkonto") }
            #expect(try await client.get("/konto/auskunft").status == .internalServerError)
        }
        let text = zeilen.text.withLock { $0 }
        #expect(text.contains("/konto/auskunft"))
        #expect(text.contains("fehler"))
        for secret in secrets.withLock({ $0 }) + [
            "ganz-geheimes-wort", "gesuchte", "administration@", "vorvorvor",
        ] { #expect(!text.contains(secret), "\(secret)") }
    }
}
