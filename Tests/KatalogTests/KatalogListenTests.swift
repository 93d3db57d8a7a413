import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

@testable import Katalog

/// Lists of the interface and the figures of pages.
@Suite struct KatalogListenTests {
    private func json(_ client: SiteClient, _ path: String) async throws -> [String: Any] {
        let antwort = try await client.get(path)
        #expect(antwort.status == .ok, "\(path): \(antwort.text)")
        #expect(antwort.headers[.contentType]?.hasPrefix("application/json") == true)
        return try #require(try JSONSerialization.jsonObject(with: Data(antwort.text.utf8)) as? [String: Any])
    }

    private func mitKatalog(_ backend: TestBackend, _ body: @escaping @Sendable (SiteClient) async throws -> Void)
        async throws
    {
        let database = try await Welt.leer(backend)
        _ = try await Katalogblatt().laden(database)
        try await TestSite(database).run(body)
    }

    @Test(arguments: TestBackend.available)
    func `following the cursor visits each entry once, in every list and size of page`(on backend: TestBackend)
        async throws
    {
        try await mitKatalog(backend) { (client) async throws in
            for (list, key, total) in [("leistungen", "id", 9), ("ozg", "ozgId", 3), ("themenfelder", "slug", 2)] {
                for count in [1, 2, 5, 200] {
                    var (seen, next): ([String], String?) = ([], "")
                    while let cursor = next {
                        let page = try await json(
                            client, "/api/v1/\(list)?anzahl=\(count)" + (cursor.isEmpty ? "" : "&weiter=\(cursor)"))
                        #expect(Set(page.keys) == ["eintraege", "gesamt", "weiter"])
                        #expect(page["gesamt"] as? Int == total)
                        let entries = try #require(page["eintraege"] as? [[String: Any]])
                        #expect(entries.count <= count && !entries.isEmpty)
                        seen += entries.compactMap { $0[key] as? String }
                        next = page["weiter"] as? String
                    }
                    #expect(seen.count == total && Set(seen).count == total, "\(list) by \(count)")
                }
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `a list narrowed by a filter pages within the filter`(on backend: TestBackend) async throws {
        try await mitKatalog(backend) { (client) async throws in
            let first = try await json(client, "/api/v1/leistungen?ozg=10110&anzahl=3")
            #expect(first["gesamt"] as? Int == 4)
            let cursor = try #require(first["weiter"] as? String)
            let second = try await json(client, "/api/v1/leistungen?ozg=10110&anzahl=3&weiter=\(cursor)")
            #expect((second["eintraege"] as? [[String: Any]])?.count == 1)
            #expect(second["weiter"] is NSNull)
        }
    }

    @Test(arguments: TestBackend.available)
    func `entries without key, OZG-Leistung or Lage say null`(on backend: TestBackend) async throws {
        try await mitKatalog(backend) { (client) async throws in
            let id = Leistung.ID(ohneSchluessel: "Altöl abgeben", ozgID: nil, nummer: 1).rawValue
            let entry = try await json(client, "/api/v1/leistungen/\(id)")
            for key in ["schluessel", "ozgId", "themenfeld", "lage"] { #expect(entry[key] is NSNull, "\(key)") }
            #expect(entry["typ"] as? [String] == ["5"])
            #expect(entry["name"] as? String == "Altöl abgeben")
            let ozg = try await json(client, "/api/v1/ozg/10999")
            #expect(ozg["themenfeld"] is NSNull && ozg["lage"] is NSNull && ozg["leistungen"] as? Int == 0)
            let feld = try await json(client, "/api/v1/themenfelder/bauen-wohnen")
            #expect(feld["name"] as? String == "Bauen & Wohnen")
            #expect(feld["ozgLeistungen"] as? Int == 1)
            // Of four Leistungen one is a heading.
            #expect(feld["leistungen"] as? Int == 3)
        }
    }

    @Test(arguments: TestBackend.available)
    func `every refusal of the interface is problem+json`(on backend: TestBackend) async throws {
        try await mitKatalog(backend) { (client) async throws in
            for (path, status) in [
                ("leistungen?typ=x", 400), ("leistungen?typ=%2B1", 400), ("leistungen?anzahl=-1", 400),
                ("leistungen?weiter=AAAA", 400), ("leistungen?q=%FF", 400), ("leistungen?q=%00", 400),
                ("ozg?weiter=%C3%A4", 400),
                ("leistungen/o-000000000000", 404), ("themenfelder/quatsch", 404), ("ozg/99999", 404), ("quatsch", 404),
            ] {
                let antwort = try await client.get("/api/v1/\(path)")
                #expect(antwort.status.code == status, "\(path)")
                #expect(antwort.headers[.contentType] == "application/problem+json", "\(path)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `a page of an unkeyed Leistung, an OZG-Leistung and a Themenfeld shows its figures and ways on`(
        on backend: TestBackend
    ) async throws {
        try await mitKatalog(backend) { (client) async throws in
            let id = Leistung.ID(ohneSchluessel: "Altöl abgeben", ozgID: "10110", nummer: 2).rawValue
            let page = try await client.get("/leistungen/\(id)").text
            #expect(page.contains(id) && page.contains("/ozg/10110") && page.contains("/themenfelder/bauen-wohnen"))
            let ozg = try await client.get("/ozg/10110").text
            #expect(
                ozg.contains("Katalogstand 2019") && ozg.contains("3 Leistungen") && ozg.contains("/leistungen/\(id)"))
            let feld = try await client.get("/themenfelder/bauen-wohnen").text
            #expect(
                feld.contains("/ozg/10110") && feld.contains("Wohnen &amp; Umzug") && feld.contains("Katalogstand 2019")
            )
            for path in ["/leistungen", "/ozg", "/themenfelder"] {
                #expect(try await client.get(path).text.contains("Katalogstand 2019"), "\(path)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `related Leistungen come from the structure of the key, each object once`(on backend: TestBackend) async throws
    {
        try await mitKatalog(backend) { (client) async throws in
            let page = try await client.get("/leistungen/99110020000000").text
            // The other object of the group by its heading, not by each of its Verrichtungen.
            #expect(page.contains("/leistungen/99110009000000"))
            #expect(!page.contains("/leistungen/99110009104000"))
            #expect(!page.contains("/leistungen/99001001000000"))
        }
    }
}
