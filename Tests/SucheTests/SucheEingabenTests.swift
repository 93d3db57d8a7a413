import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

@testable import Suche

/// What nobody should send is refused with a sentence, and no question keeps the database busy.
@Suite(.timeLimit(.minutes(10))) struct SucheEingabenTests {
    private static func json(_ antwort: SiteClient.Antwort) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(antwort.bytes)) as? [String: Any])
    }

    @Test(arguments: TestBackend.available)
    func `parameters out of range are refused with a sentence on the page and in the interface`(backend: TestBackend)
        async throws
    {
        let typen = (0...100).map { "typ=\($0)" }.joined(separator: "&")
        let cases: [(query: String, status: HTTPResponse.Status, says: String)] = [
            ("art=x", .badRequest, "kein bekannter Wert"), ("art=leistung%00", .badRequest, "nicht lesbar"),
            ("art=LEISTUNG", .badRequest, "kein bekannter Wert"), ("anzahl=0", .badRequest, "1 bis 50"),
            ("anzahl=51", .badRequest, "1 bis 50"), ("anzahl=abc", .badRequest, "1 bis 50"),
            ("anzahl=-1", .badRequest, "1 bis 50"), ("anzahl=99999999999999999999", .badRequest, "1 bis 50"),
            ("seite=0", .badRequest, "ab 1 gezählt"), ("seite=-3", .badRequest, "ab 1 gezählt"),
            ("seite=zwei", .badRequest, "ab 1 gezählt"), ("seite=999999", .notFound, "besten 200"),
            ("seite=11", .notFound, "besten 200"), ("seite=9223372036854775807", .notFound, "So viele Seiten"),
            ("seite=99999999999999999999", .badRequest, "ab 1 gezählt"), ("seite=5&anzahl=50", .notFound, "besten 200"),
            ("art=leistung&seite=9", .notFound, "gibt es nicht"), (typen, .badRequest, "höchstens 100"),
            (typen.replacing("typ", with: "themenfeld"), .badRequest, "höchstens 100"),
            (typen.replacing("typ", with: "lage"), .badRequest, "höchstens 100"),
            ("typ=%FF", .badRequest, "nicht lesbar"),
            ("lage=%ZZ", .badRequest, "nicht lesbar"),
        ]
        try await TestSite(try await Lesewelt.beispiel.welt(backend).database).run { client in
            for (query, status, says) in cases {
                // The interface answers an empty page where the list has ended.
                for path in query.hasSuffix("seite=9") ? ["/suche"] : ["/suche", "/api/v1/suche"] {
                    let answer = try await client.get("\(path)?q=hund&\(query)")
                    #expect(answer.status == status, "\(path) \(query.prefix(40)): \(answer.text.suffix(200))")
                    #expect(answer.text.contains(says), "\(path) \(query.prefix(40))")
                }
            }
            let all = try await client.get("/suche?q=hund&seite=2")
            #expect(all.status == .notFound && all.text.contains("nur für eine Art allein"))
            // Unknown values are no error, they match nothing.
            for query in [
                "typ=%25", "themenfeld=gibt-es-nicht", "lage='", "typ=2/3&typ=2/3", "unbekannt=1", "alle=x", "q=katze",
            ] {
                for path in ["/suche", "/api/v1/suche"] {
                    let answer = try await client.get("\(path)?q=hund&\(query)")
                    #expect(answer.status == .ok, "\(path) \(query)")
                }
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `whatever stands in the question, page and interface answer and stay small`(backend: TestBackend) async throws
    {
        let seed = UInt64.random(in: 0 ... .max)
        var salat = Zeichensalat(seed)
        let long = [
            String(repeating: "wort ", count: 10_000), String(repeating: "a", count: 50_000),
            String(repeating: "\u{903}", count: 5_000), String(repeating: "\"", count: 10_000),
        ]
        let texts = (0..<60).map { _ in salat.text() } + long
        try await TestSite(try await Lesewelt.beispiel.welt(backend).database).run { client in
            for text in texts {
                let query = text.utf8.map { "%" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
                for path in ["/suche", "/api/v1/suche", "/api/v1/suche/vorschlaege"] {
                    let answer = try await client.get("\(path)?q=\(query)")
                    let allowed: [HTTPResponse.Status] = [.ok, .badRequest, .uriTooLong]
                    #expect(
                        allowed.contains(answer.status), "seed \(seed), \(path): \(text.prefix(60).debugDescription)")
                    #expect(answer.bytes.count < 1 << 20, "\(path): \(answer.bytes.count) bytes for \(text.prefix(20))")
                    if path != "/suche" { _ = try Self.json(answer) }
                }
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `the interface answers in the agreed shape`(backend: TestBackend) async throws {
        try await TestSite(try await Lesewelt.beispiel.welt(backend).database).run { client in
            let answer = try await client.get("/api/v1/suche?q=hund")
            #expect(answer.headers[.contentType]?.hasPrefix("application/json") == true)
            let found = try Self.json(answer)
            #expect(
                Set(found.keys) == ["leistungen", "ozg", "gebiete", "meintenSie", "gesamt", "gruende", "facetten"])
            let service = try #require((found["leistungen"] as? [[String: Any]])?.first)
            for key in ["id", "schluessel", "name", "typ", "ozgId", "themenfeld", "lage", "istObjekt"] {
                #expect(service[key] != nil, "\(key)")
            }
            #expect(service["typ"] is [String] && found["meintenSie"] is NSNull)
            #expect(found["ozg"] is [[String: Any]] && found["gebiete"] is [[String: Any]])
            let places = try Self.json(await client.get("/api/v1/suche?q=m%C3%BCnster&art=gebiet"))
            #expect((places["leistungen"] as? [Any])?.isEmpty == true && (places["ozg"] as? [Any])?.isEmpty == true)
            let place = try #require((places["gebiete"] as? [[String: Any]])?.first)
            for key in ["ars", "ags", "name", "art", "einwohner", "gehoertZu"] { #expect(place[key] != nil, "\(key)") }
            let bundles = try Self.json(await client.get("/api/v1/suche?q=abfall&art=ozg"))
            let bundle = try #require((bundles["ozg"] as? [[String: Any]])?.first)
            #expect(bundle["ozgId"] is String && bundle["name"] is String)
            let slip = try Self.json(await client.get("/api/v1/suche?q=hundestuer"))
            #expect(slip["meintenSie"] as? String == "hundesteuer", "\(slip["meintenSie"] ?? "")")
            let less = try Self.json(await client.get("/api/v1/suche?q=anmeldung&anzahl=2"))
            #expect((less["leistungen"] as? [Any])?.count == 2)
            let more = try Self.json(await client.get("/api/v1/suche/vorschlaege?q=hund"))
            let offer = try #require((more["vorschlaege"] as? [[String: Any]])?.first)
            #expect(Set(offer.keys) == ["text", "zusatz", "pfad", "art"])
        }
    }

    /// A database that takes its time.
    private struct Traege: Database {
        let base: any Database
        var dialect: SQLDialect { base.dialect }

        func read<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T {
            try await Task.sleep(for: .seconds(1))
            return try await base.read(body)
        }

        func write<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T {
            try await base.write(body)
        }

        func close() async { await base.close() }
    }

    @Test func `a visitor whose search takes too long reads a sentence that says what to do`() async throws {
        let slow = Traege(base: try await Lesewelt.beispiel.welt(.sqliteMemory).database)
        try await TestSite(slow, frist: .milliseconds(20)).run { client in
            for path in ["/suche", "/api/v1/suche", "/api/v1/suche/vorschlaege"] {
                let answer = try await client.get("\(path)?q=hund")
                #expect(answer.status == .serviceUnavailable, "\(path)")
                #expect(answer.text.contains("abgebrochen") && answer.text.contains("selteneres Wort"), "\(path)")
            }
        }
    }

    private static let endlos: SQL = """
        WITH RECURSIVE zahl (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n % 1000 + 1 FROM zahl)
        SELECT count(*) FROM zahl
        """

    @Test(arguments: TestBackend.available)
    func `a search without end is refused when its time is up, and the next one is answered`(backend: TestBackend)
        async throws
    {
        let database = try await Lesewelt.beispiel.welt(backend).database
        for _ in 0..<3 {
            let clock = ContinuousClock()
            let start = clock.now
            let refusal = await #expect(throws: Refusal.self) {
                _ = try await Suchfrist.lies(database, frist: .milliseconds(200)) { db in
                    try db.value(Self.endlos, as: Int.self)
                }
            }
            #expect(refusal?.kind == .unavailable && refusal?.message.contains("abgebrochen") == true)
            #expect(clock.now - start < .seconds(10), "the statement ends with the time limit")
            let one = try await Suchfrist.lies(database, frist: .seconds(60)) { db in
                try db.value("SELECT 1", as: Int.self)
            }
            #expect(one == 1)
        }
        // As many as there are connections, and more.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    await #expect(throws: Refusal.self) {
                        _ = try await Suchfrist.lies(database, frist: .milliseconds(200)) { db in
                            try db.value(Self.endlos, as: Int.self)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await Lesewelt.beispiel.welt(backend).frage("hund").leistungen.gesamt > 0)
    }

    @Test(arguments: TestBackend.available)
    func `a search that fails or is given up passes that on, not the time limit`(backend: TestBackend) async throws {
        let database = try await Lesewelt.beispiel.welt(backend).database
        struct Fehlschlag: Error {}
        await #expect(throws: Fehlschlag.self) {
            try await Suchfrist.lies(database, frist: .seconds(60)) { _ in throw Fehlschlag() }
        }
        let task = Task {
            try await Suchfrist.lies(database, frist: .seconds(60)) { db in try db.value(Self.endlos, as: Int.self) }
        }
        try await Task.sleep(for: .milliseconds(100))
        task.cancel()
        let clock = ContinuousClock()
        let start = clock.now
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        #expect(clock.now - start < .seconds(10))
    }
}
