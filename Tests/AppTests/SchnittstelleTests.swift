import Foundation
import HTTPTypes
import TestKit
import Testing

/// The readable page of the JSON interface says all that its OpenAPI document says.
@Suite struct SchnittstelleTests {
    private func json(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// The names of all fields below a schema, as the page writes them.
    private func felder(_ schema: [String: Any], _ prefix: String = "") -> [String] {
        if let items = schema["items"] as? [String: Any] {
            return felder(items, String(prefix.dropLast()) + "[].")
        }
        return (schema["properties"] as? [String: [String: Any]] ?? [:]).flatMap { name, inner in
            [prefix + name] + felder(inner, prefix + name + ".")
        }
    }

    @Test func `every operation, parameter, schema, field and value of the document is on the page`() async throws {
        try await TestSite(try await Welt.beispiel(.sqliteMemory)).run { client in
            let page = try await client.get("/schnittstelle").text
            let document = try json(try await client.get("/api/v1/openapi.json").text)
            let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
            #expect(paths.count > 10)
            for (path, operations) in paths {
                for (method, operation) in operations {
                    #expect(page.contains("<strong>\(method.uppercased())</strong> \(path)</code>"), "\(path)")
                    #expect(page.contains(">\(operation["summary"] as? String ?? "?")</h3>"))
                    #expect(page.contains("id=\"abruf-\(operation["operationId"] as? String ?? "?")\""))
                    for parameter in operation["parameters"] as? [[String: Any]] ?? [] {
                        #expect(page.contains("<code>\(parameter["name"] as? String ?? "?")</code></th>"), "\(path)")
                        #expect(page.contains(">\(parameter["description"] as? String ?? "?")</td>"), "\(path)")
                    }
                }
            }
            let schemas = try #require(
                (document["components"] as? [String: Any])?["schemas"] as? [String: [String: Any]])
            for (name, schema) in schemas {
                let start = try #require(page.firstRange(of: "id=\"form-\(name)\""), "\(name)")
                let section = page[start.upperBound...].prefix { $0 != "\u{0}" }
                let part = section[..<(section.firstRange(of: "</section>")?.lowerBound ?? section.endIndex)]
                for field in felder(schema) {
                    #expect(part.contains("<code>\(field)</code></th>"), "\(name): \(field)")
                }
                for (field, inner) in schema["properties"] as? [String: [String: Any]] ?? [:] {
                    for word in inner["enum"] as? [Any] ?? [] {
                        guard let word = word as? String else { continue }
                        #expect(part.contains("<code>\(word)</code>"), "\(name).\(field): \(word)")
                    }
                }
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `every example opens a real answer`(backend: TestBackend) async throws {
        try await TestSite(try await Welt.beispiel(backend)).run { client in
            let page = try await client.get("/schnittstelle").text
            let examples = page.matches(of: #/Ansehen: <a[^>]* href="([^"]+)"/#).map { String($0.1) }
            // The example world comes without boundaries, offices and what authorities say about themselves; what only
            // a token reads has no example.
            let reading = page.matches(of: #/<strong>GET</strong> ([^<]+)</code></p>\n(<p class="ls-leise">)?/#)
                .filter { $0.2 == nil }.map { String($0.1) }
            let empty = reading.filter {
                $0.contains("/grenzen") || $0.contains("/organisationen/{ars}/") && $0.hasSuffix("/{id}")
            }
            #expect(empty.count == 6)
            #expect(examples.count + empty.count == reading.count)
            #expect(!examples.contains { $0.contains("/grenzen") })
            #expect(examples.contains("/api/v1/leistungen?anzahl=2"))
            for path in examples {
                let antwort = try await client.get(path.replacing("&amp;", with: "&"))
                #expect(antwort.status == .ok, "\(path)")
                #expect(antwort.headers[.contentType]?.hasPrefix("application/json") ?? false, "\(path)")
            }
        }
    }

    @Test func `without data the page stands without examples, and examples name the address of the installation`()
        async throws
    {
        let site = try TestSite(try await Welt.leer(.sqliteMemory), adresse: "https://leitstand.example/")
        try await site.run { client in
            let page = try await client.get("/schnittstelle").text
            #expect(page.contains("curl &quot;https://leitstand.example/api/v1/leistungen/{id}&quot;"))
            #expect(page.contains("curl &quot;https://leitstand.example/api/v1/leistungen?anzahl=2&quot;"))
        }
    }

    @Test func `browsers learn the address of the search, and every page has its box`() async throws {
        let site = try TestSite(try await Welt.leer(.sqliteMemory), adresse: "https://leitstand.example")
        try await site.run { client in
            let antwort = try await client.get("/opensearch.xml")
            #expect(antwort.headers[.contentType]?.hasPrefix("application/opensearchdescription+xml") ?? false)
            #expect(antwort.text.contains("template=\"https://leitstand.example/suche?q={searchTerms}\""))
            let parser = XMLPruefer()
            #expect(parser.prueft(antwort.text))
            for path in ["/", "/anmelden", "/impressum", "/gibt-es-nicht"] {
                let page = try await client.get(path).text
                #expect(
                    page.contains("type=\"application/opensearchdescription+xml\" href=\"/opensearch.xml\""), "\(path)")
                #expect(page.contains("method=\"get\" action=\"/suche\" role=\"search\""), "\(path)")
                #expect(page.contains("<input id=\"kopfsuche\" name=\"q\""), "\(path)")
            }
        }
    }

    /// Enough of XML for one small document: tags close in order, and no bare ampersand.
    private struct XMLPruefer {
        func prueft(_ text: String) -> Bool {
            var open: [Substring] = []
            for match in text.matches(of: #/<(\/?)([A-Za-z]+)([^>]*?)(\/?)>/#) {
                if match.1 == "/" {
                    guard open.popLast() == match.2 else { return false }
                } else if match.4 != "/" {
                    open.append(match.2)
                }
            }
            return open.isEmpty && !text.contains(#/&(?!amp;|lt;|gt;|quot;)/#)
        }
    }

    @Test func `the last line of a printed page names its title, its moment and its address`() async throws {
        let site = try TestSite(try await Welt.beispiel(.sqliteMemory), adresse: "https://leitstand.example")
        try await site.run { client in
            let page = try await client.get("/gebiete?q=D%C3%BClmen&art=gemeinde").text
            #expect(
                page.contains(
                    "<p class=\"ls-nur-druck\">Gebiete · abgerufen am 22.11.2026 · "
                        + "https://leitstand.example/gebiete?q=D%C3%BClmen&amp;art=gemeinde</p>"))
        }
    }
}
