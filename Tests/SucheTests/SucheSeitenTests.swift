import Foundation
import HTTPTypes
import Storage
import TestKit
import Testing

@testable import Suche

/// The page and the JSON interface of the search, as browsers and programs meet them.
@Suite(.timeLimit(.minutes(15))) struct SucheSeitenTests {
    private static func kodiert(_ text: String) -> String {
        text.utf8.map { byte in
            (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7A)
                ? String(UnicodeScalar(byte)) : "%" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }

    private static func json(_ antwort: SiteClient.Antwort) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(antwort.bytes)) as? [String: Any])
    }

    private static func eintraege(_ json: [String: Any], _ name: String) -> [[String: Any]] {
        json[name] as? [[String: Any]] ?? []
    }

    /// Addresses of the answers, as they stand on the page.
    private static func treffer(_ page: String) -> [String] {
        page.matches(of: #/class="ls-treffer__name" href="([^"]*)"/#).map { String($0.output.1) }
    }

    private static func mitBeispiel(
        _ backend: TestBackend, _ body: @escaping @Sendable (SiteClient) async throws -> Void
    ) async throws {
        try await TestSite(try await Lesewelt.beispiel.welt(backend).database).run(body)
    }

    @Test(
        .enabled(if: Welt.echteDaten != nil),
        arguments: TestBackend.available,
        [
            ("hund anmelden", "/leistungen/99110009104000", "Hund"), ("perso verloren", "/leistungen/99", "ausweis"),
            ("Sperrmuell", "/leistungen/99", "Sperrmüll"), ("wohngelt antrag", "/leistungen/99107023", "Wohngeld"),
            ("99 110 009 104 000", "/leistungen/99110009104000", "Hund"), ("Dülmen", "/gebiete/055580016016", "Dülmen"),
            ("99110009104000", "/leistungen/99110009104000", "Hund"), ("duelmen", "/gebiete/055580016016", "Dülmen"),
        ])
    func `what the story types is among the first answers of page, interface and suggestions`(
        backend: TestBackend, frage: (text: String, pfad: String, wort: String)
    ) async throws {
        try await TestSite(try await Lesewelt.echt.welt(backend).database).run { client in
            let page = try await client.get("/suche?q=\(Self.kodiert(frage.text))")
            #expect(page.status == .ok)
            let first = Self.treffer(page.text).prefix(5)
            #expect(first.contains { $0.hasPrefix(frage.pfad) }, "\(frage.text): \(first)")
            #expect(page.text.localizedCaseInsensitiveContains(frage.wort))
            let answer = try Self.json(await client.get("/api/v1/suche?q=\(Self.kodiert(frage.text))"))
            let names = (Self.eintraege(answer, "leistungen").prefix(5) + Self.eintraege(answer, "gebiete").prefix(5))
                .compactMap { $0["name"] as? String }
            #expect(names.contains { $0.localizedCaseInsensitiveContains(frage.wort) }, "\(frage.text): \(names)")
            let more = try Self.json(await client.get("/api/v1/suche/vorschlaege?q=\(Self.kodiert(frage.text))"))
            let paths = Self.eintraege(more, "vorschlaege").compactMap { $0["pfad"] as? String }
            #expect(paths.contains { $0.hasPrefix(frage.pfad) }, "\(frage.text): \(paths)")
        }
    }

    @Test(.enabled(if: Welt.echteDaten != nil), arguments: TestBackend.available)
    func `the page marks what was found and says why something is an answer`(backend: TestBackend) async throws {
        try await TestSite(try await Lesewelt.echt.welt(backend).database).run { client in
            let hund = try await client.get("/suche?q=hund+anmelden").text
            #expect(hund.contains("<mark>Hundehaltung</mark> <mark>Anmeldung</mark>"))
            let perso = try await client.get("/suche?q=perso+verloren").text
            #expect(perso.contains("heißt hier"))
            let slip = try await client.get("/suche?q=wohngelt+antrag").text
            #expect(slip.contains("Meinten Sie") && slip.contains("href=\"/suche?q=wohngeld%20antrag\""))
            #expect(slip.contains("ähnlich geschrieben: „Wohngeld“"))
            #expect(!hund.contains("Meinten Sie"))
            let ort = try await client.get("/suche?q=D%C3%BClmen").text
            #expect(!ort.contains("Meinten Sie"), "a place is no slip")
        }
    }

    /// Texts that would become part of the page if it did not take care.
    private static let auszeichnung = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "hund\" onfocus=\"alert(1)", "</title><b>hund",
        "</mark><b>hund</b>", "hund<!--x", "{{{titel}}} hund", "{{>web/feld}}", "hund&lt;b&gt;", "'-alert(1)-'",
        "wohngelt<b>", "<b>wohngelt</b> anmeldn", "javascript:alert(1)", "hundestuer<i>",
    ]

    @Test(arguments: TestBackend.available)
    func `nothing that is typed becomes part of the page's markup`(backend: TestBackend) async throws {
        try await Self.mitBeispiel(backend) { client in
            for text in Self.auszeichnung {
                for rest in ["", "&art=leistung", "&themenfeld=\(Self.kodiert(text))&typ=\(Self.kodiert(text))"] {
                    let page = try await client.get("/suche?q=\(Self.kodiert(text))\(rest)")
                    #expect(page.status == .ok, "\(text)")
                    for tag in ["<script>alert", "<img src=x", "\" onfocus=\"", "<b>", "<i>", "hund<!--", "</title><"] {
                        #expect(!page.text.contains(tag), "\(text) \(rest): \(tag)")
                    }
                    // The box holds what was typed, and so does the title.
                    let box = Formularprobe.maskiert(text).contains { page.text.contains("value=\"\($0)\"") }
                    #expect(box, "\(text)")
                    let title = Formularprobe.maskiert("Suche: \(text.prefix(60))").contains {
                        page.text.contains("<title>\($0)")
                    }
                    #expect(title, "\(text)")
                }
                if text == "hundestuer<i>" {
                    let page = try await client.get("/suche?q=\(Self.kodiert(text))").text
                    #expect(page.contains("Meinten Sie") && page.contains(">hundesteuer&lt;i&gt;</a>"))
                }
                let answer = try await client.get("/api/v1/suche?q=\(Self.kodiert(text))")
                #expect(answer.status == .ok || answer.status == .badRequest, "\(text)")
                _ = try Self.json(answer)
            }
        }
    }

    @Test(.enabled(if: Welt.echteDaten != nil), arguments: TestBackend.available)
    func `filters stand in the address, in the boxes and in the marks, and narrow the answers`(backend: TestBackend)
        async throws
    {
        try await TestSite(try await Lesewelt.echt.welt(backend).database).run { client in
            let alle = try Self.json(await client.get("/api/v1/suche?q=anmeldung"))
            let total = try #require((alle["gesamt"] as? [String: Int])?["leistungen"])
            for facet in Self.eintraege(alle, "facetten") {
                let name = try #require(facet["name"] as? String)
                let value = try #require((facet["werte"] as? [[String: Any]])?.first)
                let (wert, anzahl) = (try #require(value["wert"] as? String), try #require(value["anzahl"] as? Int))
                #expect(anzahl > 0 && anzahl <= total && value["gewaehlt"] as? Bool == false)
                let query = "q=anmeldung&\(name)=\(Self.kodiert(wert))"
                let eng = try Self.json(await client.get("/api/v1/suche?\(query)"))
                #expect((eng["gesamt"] as? [String: Int])?["leistungen"] == anzahl, "\(query)")
                let chosen = Self.eintraege(eng, "facetten").first { $0["name"] as? String == name }
                let marked = (chosen?["werte"] as? [[String: Any]])?.filter { $0["gewaehlt"] as? Bool == true }
                #expect(marked?.compactMap { $0["wert"] as? String } == [wert], "\(query)")
                let page = try await client.get("/suche?\(query)").text
                #expect(page.contains("name=\"\(name)\" value=\"\(wert)\" checked"), "\(query)")
                #expect(page.contains("Filter entfernen") && page.contains("href=\"/suche?q=anmeldung\""), "\(query)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `one kind alone has pages, and their addresses keep the question`(backend: TestBackend) async throws {
        try await Self.mitBeispiel(backend) { client in
            let first = try await client.get("/suche?q=anmeldung&art=leistung&anzahl=3").text
            let all = try await client.get("/suche?q=anmeldung&art=leistung&anzahl=50").text
            let second = try await client.get("/suche?q=anmeldung&art=leistung&anzahl=3&seite=2").text
            #expect(Self.treffer(first).count == 3)
            #expect(Self.treffer(first) + Self.treffer(second) == Array(Self.treffer(all).prefix(6)))
            #expect(second.contains("<ol class=\"ls-treffer\" start=\"4\">"))
            let next = try #require(first.firstMatch(of: #/href="([^"]*seite=2[^"]*)"/#)).output.1
            let followed = try await client.get(String(next).replacing("&amp;", with: "&"))
            #expect(Self.treffer(followed.text) == Self.treffer(second), "\(next)")
        }
    }

    @Test(arguments: TestBackend.available)
    func `a question without words is met with a sentence`(backend: TestBackend) async throws {
        try await Self.mitBeispiel(backend) { client in
            for query in ["", "?q=", "?q=%20%20", "?q=+"] {
                let page = try await client.get("/suche\(query)")
                #expect(page.status == .ok && page.text.contains("Fragen Sie, wie Sie sprechen"), "\(query)")
                #expect(!page.text.contains("kein Wort und keine Zahl"), "\(query)")
            }
            for text in ["!?", "…", "\"'()*", "%_", "😀", "—–", "\u{202E}", "\\", "@@ <-> &"] {
                let page = try await client.get("/suche?q=\(Self.kodiert(text))")
                #expect(page.status == .ok && page.text.contains("kein Wort und keine Zahl"), "\(text)")
                #expect(Self.treffer(page.text).isEmpty)
            }
            for query in ["", "?q=", "?q=%21%3F", "?q=%F0%9F%98%80"] {
                let answer = try await client.get("/api/v1/suche\(query)")
                #expect(answer.status == .badRequest && answer.text.contains("„q“ fehlt"), "\(query)")
                #expect(answer.headers[.contentType]?.hasPrefix("application/problem+json") == true)
                let none = try Self.json(await client.get("/api/v1/suche/vorschlaege\(query)"))
                #expect(none["vorschlaege"] as? [String] == [], "\(query)")
            }
            let nothing = try await client.get("/suche?q=xqzxqzxqz").text
            #expect(nothing.contains("Dazu wurde nichts gefunden") && !nothing.contains("<ol class=\"ls-treffer"))
        }
    }
}
