import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

@testable import Verzeichnis

/// What readers and programs find in the directory.
@Suite struct GebietSeitenTests {
    private func mitVerzeichnis(
        _ backend: TestBackend, _ bau: Verzeichnisbau = .klein(),
        _ body: @escaping @Sendable (SiteClient) async throws -> Void
    ) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(bau)
        try await TestSite(welt.database).run(body)
    }

    private func json(_ client: SiteClient, _ path: String) async throws -> [String: Any] {
        let antwort = try await client.get(path)
        #expect(antwort.status == .ok, "\(path): \(antwort.text)")
        return try #require(try JSONSerialization.jsonObject(with: Data(antwort.text.utf8)) as? [String: Any])
    }

    private func werte(_ client: SiteClient, _ query: String, _ key: String) async throws -> [String] {
        let list = try #require(try await json(client, "/api/v1/gebiete?\(query)")["eintraege"] as? [[String: Any]])
        return list.compactMap { $0[key] as? String }
    }

    private static let schreibweisen = [
        ("05515", "055150000000"), ("055150000", "055150000000"), ("05515000", "055150000000"),
        ("055580000000", "05558"), ("055580000", "05558"), ("050000000000", "05"), ("055000000000", "055"),
        ("071355001000", "071355001"), ("05558016", "055580016016"), ("055%20580%20016%20016", "055580016016"),
        // Berlin is Land and Stadt: what is longer than the key of the Land means the Stadt.
        ("11000", "110000000000"), ("11000000", "110000000000"), ("110000000", "110000000000"),
    ]

    @Test(arguments: TestBackend.available)
    func `padded and shorter keys and the AGS lead to the one address of a place`(on backend: TestBackend) async throws
    {
        try await mitVerzeichnis(backend) { (client) async throws in
            for (typed, ars) in Self.schreibweisen {
                for base in ["", "/api/v1"] {
                    let antwort = try await client.get("\(base)/gebiete/\(typed)")
                    #expect(antwort.status.code == 308, "\(base) \(typed)")
                    #expect(antwort.headers[.location] == "\(base)/gebiete/\(ars)", "\(typed)")
                }
            }
            for ars in ["05", "055", "05558", "11", "055150000000", "055580016016", "071355001", "110000000000"] {
                #expect(try await client.get("/gebiete/\(ars)").status == .ok, "\(ars)")
                #expect(try await json(client, "/api/v1/gebiete/\(ars)")["ars"] as? String == ars)
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `an unknown or malformed key is 404, for programs as problem+json`(on backend: TestBackend) async throws {
        try await mitVerzeichnis(backend) { (client) async throws in
            for key in [
                "09", "5", "055580016999", "0555800160161", "abc", "05558x", "%25", "'%20OR%201=1--", "０５", "-5",
                "05_5",
            ] {
                let page = try await client.get("/gebiete/\(key)")
                #expect(page.status == .notFound, "\(key)")
                let problem = try await client.get("/api/v1/gebiete/\(key)")
                #expect(problem.status == .notFound, "\(key)")
                #expect(problem.headers[.contentType] == "application/problem+json")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `the page of a place leads up to its Land and down to its members`(on backend: TestBackend) async throws {
        try await mitVerzeichnis(backend) { (client) async throws in
            let page = try await client.get("/gebiete/071355001020").text
            let links = page.matches(of: #/href="\/gebiete\/(\d+)"/#).map { String($0.output.1) }
            let above = links.filter { ["07", "071", "07135", "071355001"].contains($0) }
            #expect(above.starts(with: ["07", "071", "07135", "071355001"]))
            #expect(page.contains("Stadt Cochem"))
            #expect(page.contains("5.300"))
            #expect(page.contains("21,21"))
            #expect(page.contains("Gebietsstand 31.08.2025"))
            // Who does the work here, with a way to it.
            #expect(page.contains("<a href=\"/gebiete/071355001\">Verbandsgemeinde Cochem</a>"))
            let verband = try await client.get("/gebiete/071355001").text
            #expect(
                verband.contains("href=\"/gebiete/071355001001\"") && verband.contains("href=\"/gebiete/071355001020\"")
            )
            #expect(!verband.contains("href=\"/gebiete/055580016016\""))
            #expect(try await client.get("/gebiete/031519501501").text.contains("<dd>keine</dd>"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `a closed place keeps its page, says since when, and stands in no list`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        var first = Verzeichnisbau.klein()
        first.frei("055580020020", "Havixbeck")
        try await welt.lade(first)
        try await welt.lade(.klein(stand: "20260131"))
        try await TestSite(welt.database).run { (client) async throws in
            #expect(try await client.get("/gebiete/055580020020").text.contains("31.01.2026"))
            #expect(try await json(client, "/api/v1/gebiete/055580020020")["gueltigBis"] as? String == "2026-01-31")
            #expect(try await werte(client, "q=havixbeck", "ars") == [])
            #expect(try await client.get("/gebiete?q=havixbeck").text.contains("Kein Gebiet passt"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `a Gebiet has the fields of the contract`(on backend: TestBackend) async throws {
        try await mitVerzeichnis(backend) { (client) async throws in
            let place = try await json(client, "/api/v1/gebiete/055580016016")
            #expect(place["ars"] as? String == "055580016016")
            #expect(place["ags"] as? String == "05558016")
            #expect(place["name"] as? String == "Dülmen")
            #expect(place["art"] as? String == "gemeinde")
            #expect(place["einwohner"] as? Int == 47_000)
            #expect(place["gehoertZu"] as? String == "05558")
            let land = try await json(client, "/api/v1/gebiete/05")
            #expect(land["gehoertZu"] is NSNull)
            #expect(try await json(client, "/api/v1/gebiete/055150000000")["art"] as? String == "kreisfreie_stadt")
        }
    }

    @Test(arguments: TestBackend.available)
    func `names stand without additions, sorted as Germans look them up`(on backend: TestBackend) async throws {
        var bau = Verzeichnisbau()
        bau.land("05", "Nordrhein-Westfalen")
        bau.kreis("05558", "Coesfeld")
        let names = [
            "Zell", "Öhringen, Stadt", "Osnabrück, Stadt", "Aerzen, Flecken", "Ohlsbach", "Ärzen", "ostbevern", "Straß",
            "Strasse",
        ]
        for (index, name) in names.enumerated() { bau.frei("0555800\(10 + index)0\(10 + index)", name, "63") }
        try await mitVerzeichnis(backend, bau) { (client) async throws in
            let sorted = [
                "Aerzen", "Ärzen", "Ohlsbach", "Öhringen", "Osnabrück", "ostbevern", "Straß", "Strasse", "Zell",
            ]
            #expect(try await werte(client, "art=gemeinde", "name") == sorted)
            let page = try await client.get("/gebiete/05558").text
            let shown = page.matches(of: #/<th class="kern-table__header" scope="row"><a href="[^"]*">([^<]*)<\/a>/#)
                .map { String($0.output.1) }
            #expect(shown == sorted)
        }
    }

    @Test(arguments: TestBackend.available)
    func `places are found by folded name, by the beginning of a key, by Land and by kind`(on backend: TestBackend)
        async throws
    {
        try await mitVerzeichnis(backend) { (client) async throws in
            for (query, keys) in [
                ("q=d%C3%BClmen", ["055580016016"]), ("q=DUELMEN", ["055580016016"]), ("q=dulmen", ["055580016016"]),
                ("q=05558016", ["055580016016"]), ("q=055%20580%20016", ["055580016016"]), ("q=%25", []), ("q=_", []),
                ("q=%27%20OR%201%3D1--", []), ("land=03&art=gemeindefrei", ["031519501501"]),
                ("land=07&art=verband", ["071355001"]), ("art=bund", []), ("land=99", []),
                ("q=cochem", ["071355001", "071355001020", "07135"]),
            ] as [(String, [String])] {
                #expect(Set(try await werte(client, query, "ars")) == Set(keys), "\(query)")
                #expect(try await client.get("/gebiete?\(query)").status == .ok, "\(query)")
            }
            for (query, status) in [
                ("art=quatsch", 400), ("land=5", 400), ("land=ab", 400), ("seite=0", 400), ("seite=-1", 400),
                ("seite=99999999999999999999", 400), ("seite=2", 404), ("q=%FF", 400), ("q=%00", 400),
            ] {
                #expect(try await client.get("/gebiete?\(query)").status.code == status, "\(query)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `following the cursor visits each place once, whatever the size of a page`(on backend: TestBackend)
        async throws
    {
        try await mitVerzeichnis(backend) { (client) async throws in
            for count in [1, 3, 7, 200] {
                var (seen, next, total): ([String], String?, Int) = ([], "", 0)
                while let cursor = next {
                    let list = try await json(
                        client, "/api/v1/gebiete?anzahl=\(count)" + (cursor.isEmpty ? "" : "&weiter=\(cursor)"))
                    let entries = try #require(list["eintraege"] as? [[String: Any]])
                    #expect(entries.count <= count && !entries.isEmpty)
                    seen += entries.compactMap { $0["ars"] as? String }
                    total = try #require(list["gesamt"] as? Int)
                    next = list["weiter"] as? String
                }
                #expect(seen.count == total && Set(seen).count == total)
            }
        }
    }
}
