import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

@testable import Codelisten

@Suite struct CodelistenSeitenTests {
    private func mitFarben(_ backend: TestBackend, _ body: @escaping @Sendable (SiteClient) async throws -> Void)
        async throws
    {
        let database = try await Welt.leer(backend)
        var (zwei, drei, tier) = (Codelistenblatt(), Codelistenblatt(), Codelistenblatt())
        (zwei.version, zwei.gueltigAb, zwei.zeilen[0][1]) = ("2", "2026-01-01", "Karminrot")
        (drei.version, drei.gueltigAb) = ("3", "2099-01-01")
        (tier.kennung, tier.kurzname, tier.name, tier.gueltigAb) = ("urn:beispiel:tier", "tier", "Beispiel: Tier", nil)
        tier.zeilen = (1...120).map { ["t\($0)", "Tier <\($0)>", "\($0)"] }
        try await database.lade(Codelistenblatt(), zwei, drei, tier)
        try await TestSite(database).run(body)
    }

    private func json(_ client: SiteClient, _ path: String) async throws -> [String: Any] {
        let antwort = try await client.get("/api/v1/codelisten" + path)
        #expect(antwort.status == .ok, "\(path): \(antwort.text)")
        return try #require(try JSONSerialization.jsonObject(with: Data(antwort.text.utf8)) as? [String: Any])
    }

    @Test(arguments: TestBackend.available)
    func `the list names each Codeliste with its newest Fassung and is searched by name, Kennung and publisher`(
        backend: TestBackend
    ) async throws {
        try await mitFarben(backend) { client in
            let page = try await client.get("/codelisten").text
            #expect(
                page.contains("<a href=\"/codelisten/farbe\">Beispiel: Farbe</a>") && page.contains("urn:beispiel:tier")
            )
            #expect(page.contains("<strong>2 Codelisten</strong>"))
            for (query, count) in [
                ("tier", 1), ("BEISPIEL%3Atier", 1), ("beispielamt", 2), ("urn", 2), ("zebra", 0), ("%25", 0),
                ("%22", 0),
                ("%27%20OR%201%3D1--", 0),
            ] {
                #expect(try await json(client, "?q=\(query)")["gesamt"] as? Int == count, "\(query)")
            }
            #expect(try await client.get("/codelisten?q=zebra").text.contains("Keine Codeliste passt"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `a page shows the Fassung in force, or the one chosen, and says which is in force`(backend: TestBackend)
        async throws
    {
        try await mitFarben(backend) { client in
            let today = try await client.get("/codelisten/farbe").text
            #expect(today.contains("Codeliste · Fassung 2") && today.contains("Karminrot"))
            #expect(!today.contains("Heute gilt"))
            let first = try await client.get("/codelisten/farbe?version=1").text
            #expect(first.contains("Fassung 1") && first.contains(">Rot<") && !first.contains("Karminrot"))
            #expect(first.contains("Heute gilt <a href=\"/codelisten/farbe?version=2\">Fassung 2</a>"))
            #expect(first.contains("href=\"/codelisten/farbe/eintraege.csv?version=1\""))
            let before = try await client.get("/codelisten/farbe?am=2025-05-05").text
            #expect(before.contains("Codeliste · Fassung 1"))
            // Without a date it is in force.
            #expect(try await client.get("/codelisten/tier").text.contains("nicht angegeben"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `a Kennung leads to the address of its list and Fassung`(backend: TestBackend) async throws {
        try await mitFarben(backend) { client in
            for (path, target) in [
                ("/codelisten/urn:beispiel:farbe", "/codelisten/farbe"),
                ("/codelisten/urn%3Abeispiel%3Afarbe?q=rot", "/codelisten/farbe?q=rot"),
                ("/codelisten/urn:beispiel:farbe_1", "/codelisten/farbe?version=1"),
                ("/codelisten/urn:beispiel:farbe?version=3&seite=1", "/codelisten/farbe?version=3&seite=1"),
                ("/api/v1/codelisten/urn:beispiel:tier", "/api/v1/codelisten/tier"),
            ] {
                let antwort = try await client.get(path)
                #expect(antwort.status == .permanentRedirect && antwort.headers[.location] == target, "\(path)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `entries are searched by code and by words of any column, the very code first`(backend: TestBackend)
        async throws
    {
        try await mitFarben(backend) { client in
            for (query, codes) in [
                ("q=rot", ["r"]), ("q=KARMIN", ["r"]), ("q=gruen", ["g"]), ("q=grun", ["g"]), ("q=b%2Fl", ["b/l"]),
                ("q=hellblau", ["b/l"]), ("q=rot&version=1", ["r"]), ("q=karmin&version=1", []), ("q=%25", []),
                ("q=", ["r", "g", "b/l"]),
            ] {
                let found = try #require(
                    try await json(client, "/farbe/eintraege?\(query)")["eintraege"] as? [[String: Any]])
                #expect(found.map { $0["code"] as? String } == codes, "\(query)")
            }
            let page = try await client.get("/codelisten/tier?q=t12").text
            let first = try #require(page.firstMatch(of: #/<th class="kern-table__header" scope="row">(t[0-9]+)</#))
            #expect(first.1 == "t12")
            #expect(page.contains("Tier &lt;12&gt;"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `a reader who follows the cursor or the pages sees each entry once, in order`(backend: TestBackend)
        async throws
    {
        try await mitFarben(backend) { client in
            var (codes, next) = ([String](), String?.some(""))
            while let cursor = next {
                let list = try await json(
                    client, "/tier/eintraege?anzahl=50" + (cursor.isEmpty ? "" : "&weiter=\(cursor)"))
                #expect(list["gesamt"] as? Int == 120)
                codes += try #require(list["eintraege"] as? [[String: Any]]).compactMap { $0["code"] as? String }
                next = list["weiter"] as? String
            }
            #expect(codes == (1...120).map { "t\($0)" })
            var shown: [String] = []
            for seite in 1...3 {
                let page = try await client.get("/codelisten/tier?seite=\(seite)").text
                shown += page.matches(of: #/scope="row">(t[0-9]+)</#).map { String($0.1) }
            }
            #expect(shown == codes)
        }
    }

    @Test(arguments: TestBackend.available)
    func `one code is looked up, on a day or in a Fassung`(backend: TestBackend) async throws {
        try await mitFarben(backend) { client in
            let today = try await json(client, "/farbe/eintraege/r")
            #expect(today["name"] as? String == "Karminrot" && today["position"] as? Int == 1)
            #expect(today["werte"] as? [String: String] == ["code": "r", "name": "Karminrot", "rang": "1"])
            #expect(try await json(client, "/farbe/eintraege/r?am=2025-06-01")["name"] as? String == "Rot")
            #expect(try await json(client, "/farbe/eintraege/r?version=1")["name"] as? String == "Rot")
            #expect(try await json(client, "/urn:beispiel:farbe/eintraege/r")["name"] as? String == "Karminrot")
            #expect(try await json(client, "/urn:beispiel:farbe_1/eintraege/r")["name"] as? String == "Rot")
            #expect(try await json(client, "/farbe/eintraege/b%2Fl")["name"] as? String == "Blau & Hellblau")
            let whole = try await json(client, "/farbe")
            let fassungen = try #require(whole["fassungen"] as? [[String: Any]])
            #expect(fassungen.map { $0["version"] as? String } == ["3", "2", "1"])
            #expect(
                (fassungen[0]["spalten"] as? [[String: Any]])?.map { $0["id"] as? String } == ["code", "name", "rang"])
        }
    }

    @Test(arguments: TestBackend.available)
    func `the sheet holds exactly what is shown`(backend: TestBackend) async throws {
        try await mitFarben(backend) { client in
            let sheet = try await client.get("/codelisten/farbe/eintraege.csv?version=1")
            #expect(sheet.text == "\u{FEFF}code;name;rang\r\nr;Rot;1\r\ng;Grün;\r\nb/l;Blau & Hellblau;3\r\n")
            #expect(sheet.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(sheet.headers[.contentDisposition] == "attachment; filename=\"codeliste-farbe-1.csv\"")
            #expect(
                try await client.get("/codelisten/farbe/eintraege.csv?q=karmin").text
                    == "\u{FEFF}code;name;rang\r\nr;Karminrot;1\r\n")
        }
    }

    @Test func `a sheet of more entries than one portion is whole`() async throws {
        let database = try await Welt.leer(.sqliteMemory)
        var blatt = Codelistenblatt()
        blatt.zeilen = (1...2_000).map { ["\($0)", "n", nil] }
        try await database.lade(blatt)
        try await TestSite(database).run { client in
            let lines = try await client.get("/codelisten/farbe/eintraege.csv").text.split(separator: "\r\n")
            #expect(lines.count == 2_001 && lines.last == "2000;n;")
        }
    }

    @Test func `what is not there or makes no sense is refused with a sentence`() async throws {
        try await mitFarben(.sqliteMemory) { client in
            for (path, status) in [
                ("/codelisten/fehlt", 404), ("/codelisten/farbe?version=9", 404), ("/codelisten/farbe?am=gestern", 400),
                ("/codelisten/farbe?am=1999-01-01", 404), ("/codelisten/farbe?seite=0", 400),
                ("/codelisten/farbe?seite=2", 404),
                ("/codelisten?seite=x", 400), ("/codelisten/fehlt/eintraege.csv", 404),
                ("/codelisten/%3Cscript%3E", 404),
                ("/codelisten/farbe?q=%00", 400), ("/codelisten/farbe/eintraege.csv?version=9", 404),
                ("/api/v1/codelisten/fehlt", 404), ("/api/v1/codelisten/farbe/eintraege?anzahl=0", 400),
                ("/api/v1/codelisten/farbe/eintraege?weiter=x", 400),
                ("/api/v1/codelisten/farbe/eintraege?weiter=YWJj", 400),
                ("/api/v1/codelisten/farbe/eintraege?weiter=LTE", 400), ("/api/v1/codelisten/farbe/eintraege/R", 404),
                ("/api/v1/codelisten/farbe/eintraege/r?am=1999-01-01", 404),
                ("/api/v1/codelisten/fehlt/eintraege/r", 404),
                ("/api/v1/codelisten/farbe/eintraege/%27%20OR%201%3D1--", 404),
            ] {
                let antwort = try await client.get(path)
                #expect(antwort.status.code == status, "\(path): \(antwort.status)")
            }
        }
    }

    @Test func `without any Codeliste the page says so`() async throws {
        try await TestSite(try await Welt.leer(.sqliteMemory)).run { client in
            let page = try await client.get("/codelisten").text
            #expect(page.contains("noch keine Codeliste geladen"))
        }
    }

    @Test func `values are read as what their column says`() throws {
        let eintrag = Codelisteneintrag(
            position: 1, code: "x", name: nil,
            werte: ["zahl": "42", "tag": "2026-12-31Z", "ja": "1", "nein": "false", "text": "4,5"])
        #expect(eintrag.zahl("zahl") == 42 && eintrag.zahl("text") == nil && eintrag.zahl("fehlt") == nil)
        #expect(eintrag.tag("tag") == Tag(iso: "2026-12-31") && eintrag.tag("text") == nil)
        #expect(eintrag.wahrheit("ja") == true && eintrag.wahrheit("nein") == false && eintrag.wahrheit("text") == nil)
        #expect(eintrag["text"] == "4,5")
    }
}
