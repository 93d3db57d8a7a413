import App
import Foundation
import HTTPTypes
import TestKit
import Testing
import Web

/// The description of the JSON interface is what the interface does.
@Suite struct OpenAPITests {
    private func mitDokument(
        _ body: @escaping @Sendable (SiteClient, NSDictionaryBox, [RouteEntry]) async throws -> Void
    ) async throws {
        let site = try TestSite(try await Welt.beispiel(.sqliteMemory))
        let routes = site.leitstand.router().routes
        try await site.run { client in
            let antwort = try await client.get("/api/v1/openapi.json")
            #expect(antwort.status == .ok)
            let json = try #require(try JSONSerialization.jsonObject(with: Data(antwort.text.utf8)) as? [String: Any])
            try await body(client, NSDictionaryBox(json), routes)
        }
    }

    /// JSON values do not say that they are `Sendable`; this one is only read.
    struct NSDictionaryBox: @unchecked Sendable {
        let value: [String: Any]
        init(_ value: [String: Any]) { self.value = value }
        subscript(_ path: String...) -> Any? {
            path.reduce(Optional<Any>.some(value)) { found, key in (found as? [String: Any])?[key] }
        }
    }

    @Test func `the document describes exactly the routes under api, in version 3.1`() async throws {
        try await mitDokument { _, document, routes in
            #expect((document["openapi"] as? String)?.hasPrefix("3.1") ?? false)
            let described = Set((document["paths"] as? [String: Any] ?? [:]).keys)
            let registered = Set(routes.map(\.path).filter { $0.hasPrefix("/api/") })
            #expect(described == registered)
        }
    }

    @Test func `every reference in the document leads to a schema`() async throws {
        try await mitDokument { client, document, _ in
            let schemas = try #require(document["components", "schemas"] as? [String: Any])
            let text = try await client.get("/api/v1/openapi.json").text
            for match in text.matches(of: ##/"\$ref":"#\/components\/schemas\/([A-Za-z]+)"/##) {
                #expect(schemas[String(match.1)] != nil, "\(match.1)")
            }
        }
    }

    @Test func `each answer has exactly the fields that its schema names, of their kinds`() async throws {
        try await mitDokument { client, document, _ in
            let lists = [
                "leistungen": "Leistung", "ozg": "OZGLeistung", "themenfelder": "Themenfeld", "gebiete": "Gebiet",
                "dienste": "Onlinedienst", "umsetzung": "Umsetzungsliste", "codelisten": "Codeliste",
                "organisationen": "Organisation",
                "codelisten/beispiel-antragsweg/eintraege": "Codelisteneintrag",
            ]
            for (path, name) in lists {
                let schema = try #require(document["components", "schemas", name, "properties"] as? [String: Any])
                let antwort = try await client.get("/api/v1/\(path)?anzahl=200")
                let list = try #require(
                    try JSONSerialization.jsonObject(with: Data(antwort.text.utf8)) as? [String: Any])
                #expect(Set(list.keys) == ["eintraege", "gesamt", "weiter"])
                let entries = try #require(list["eintraege"] as? [[String: Any]])
                #expect(!entries.isEmpty)
                for entry in entries {
                    #expect(Set(entry.keys) == Set(schema.keys), "\(path)")
                    for (field, value) in entry {
                        let described = schema[field] as? [String: Any] ?? [:]
                        let kinds =
                            described["type"] as? [String] ?? (described["type"] as? String).map { [$0] } ?? [
                                "object", "null",
                            ]
                        #expect(kinds.contains(kind(value)), "\(path).\(field): \(value)")
                        if let words = described["enum"] as? [Any], let word = value as? String {
                            #expect(words.contains { $0 as? String == word }, "\(path).\(field): \(word)")
                        }
                    }
                }
            }
        }
    }

    @Test func `facets are described where they can be asked for, and are what the description says`() async throws {
        try await mitDokument { client, document, _ in
            let schema = try #require(document["components", "schemas", "Facette", "properties"] as? [String: Any])
            for path in ["leistungen", "gebiete", "ozg"] {
                let get = try #require(document["paths", "/api/v1/\(path)", "get"] as? [String: Any])
                let parameters = try #require(get["parameters"] as? [[String: Any]])
                let has = parameters.contains { $0["name"] as? String == "facetten" }
                #expect(has == (path != "ozg"), "\(path)")
                guard has else { continue }
                let answer = try await client.get("/api/v1/\(path)?facetten=ja&anzahl=1")
                let json = try #require(
                    try JSONSerialization.jsonObject(with: Data(answer.text.utf8)) as? [String: Any])
                for facette in try #require(json["facetten"] as? [[String: Any]]) {
                    #expect(Set(facette.keys) == Set(schema.keys))
                    // Each facet is a parameter that may stand several times.
                    let parameter = try #require(
                        parameters.first { $0["name"] as? String == facette["name"] as? String })
                    #expect((parameter["schema"] as? [String: Any])?["type"] as? String == "array")
                    let werte = try #require(facette["werte"] as? [[String: Any]])
                    #expect(!werte.isEmpty)
                    for wert in werte { #expect(Set(wert.keys) == ["wert", "text", "anzahl", "gewaehlt"]) }
                }
            }
        }
    }

    private func kind(_ value: Any) -> String {
        switch value {
        case is NSNull: "null"
        case is String: "string"
        case is [Any]: "array"
        case is [String: Any]: "object"
        case let number as NSNumber: CFGetTypeIDIsBool(number) ? "boolean" : "integer"
        default: "?"
        }
    }

    private func CFGetTypeIDIsBool(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}
