import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Web

@testable import Katalog

/// What readers and programs are told about changes of the catalogue.
@Suite struct AenderungSeitenTests {
    private static let zeile = "99110009104001,Hundehaltung Anmeldung Kampfhund,\"1, 2/3\",10160,,,,\n"

    /// Three Stände: the second without one Leistung and with others changed, the third with one more.
    static func dreiStaende(_ backend: TestBackend) async throws -> any Database {
        let database = try await Welt.leer(backend)
        let blatt = Katalogblatt()
        _ = try await blatt.laden(database, stand: "2019")
        var zweites = blatt.mit(zeile, "").mit(
            "Beihilfen der Tierseuchenkasse,4,10160", "Beihilfen <Tiere> & mehr,4,10110")
        zweites = zweites.mit("10999,Ohne Einordnung,,,,,", "10999,Mit Einordnung,3,Wohnen & Umzug,4,Bauen & Wohnen,")
        _ = try await zweites.laden(database, stand: "2020")
        zweites.leistungen += "\n99001001003000,Abfallgebühr Erlass,5,10110,,,,"
        _ = try await zweites.laden(database, stand: "2020")
        let nochmal = zweites.mit("Abfallgebühr Erlass", "Abfallgebühr-Erlass")
        _ = try await nochmal.laden(database, stand: "2021")
        return database
    }

    private func mitStaenden(_ backend: TestBackend, _ body: @escaping @Sendable (SiteClient) async throws -> Void)
        async throws
    {
        try await TestSite(try await Self.dreiStaende(backend)).run(body)
    }

    private func json(_ client: SiteClient, _ query: String) async throws -> [String: Any] {
        let antwort = try await client.get("/api/v1/katalog/aenderungen" + query)
        #expect(antwort.status == .ok, "\(query): \(antwort.text)")
        return try #require(try JSONSerialization.jsonObject(with: Data(antwort.text.utf8)) as? [String: Any])
    }

    @Test(arguments: TestBackend.available)
    func `the page compares the last two Stände unless it is told others, and shows old and new`(backend: TestBackend)
        async throws
    {
        try await mitStaenden(backend) { client in
            let page = try await client.get("/katalog/aenderungen").text
            #expect(page.contains("Katalogstand 2020 (Nr. 3) bis Katalogstand 2021"))
            #expect(page.contains("Abfallgebühr-Erlass") && page.contains("<strong>1 Änderung</strong>"))
            let alle = try await client.get("/katalog/aenderungen?von=1&bis=3").text
            #expect(alle.contains("Beihilfen der Tierseuchenkasse <span aria-hidden=\"true\">→"))
            #expect(alle.contains("Beihilfen &lt;Tiere&gt; &amp; mehr"))
            #expect(alle.contains("Hundehaltung (10160)") && alle.contains("Abfallentsorgung (10110)"))
            #expect(alle.contains("ohne Angabe") && alle.contains("Mit Einordnung"))
            #expect(alle.contains("Entfallene Leistung (1)") && alle.contains("/leistungen/99110009104001"))
            #expect(alle.contains("Was dazwischen kam und wieder ging"))
            // Two loads of one date are told apart.
            #expect(alle.contains(">2020 (Nr. 2)<") && alle.contains(">2020 (Nr. 3)<") && alle.contains(">2019<"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `every figure leads to as many rows, under every Themenfeld`(backend: TestBackend) async throws {
        try await mitStaenden(backend) { client in
            var sum = 0
            for query in [
                "von=1&bis=4", "von=1&bis=2", "von=1&bis=4&themenfeld=bauen-wohnen",
                "von=1&themenfeld=engagement-hobby",
            ] {
                let page = try await client.get("/katalog/aenderungen?\(query)").text
                let figures = page.matches(
                    of: #/<a href="(\/katalog\/aenderungen\?[^"]*)"><span class="ls-zahlen__zahl">(\d+)</#)
                #expect(figures.count == 6)
                for figure in figures {
                    let list = try await client.get(String(figure.1).replacing("&amp;", with: "&")).text
                    let rows = list.matches(of: #/scope="row"/#).count
                    #expect(rows == Int(figure.2), "\(figure.1)")
                    sum += rows
                }
            }
            #expect(sum > 8)
            // What moved from one Themenfeld to another belongs to both.
            for feld in ["bauen-wohnen", "engagement-hobby"] {
                let found = try await json(client, "?von=1&bis=2&art=leistung&aenderung=geaendert&themenfeld=\(feld)")
                #expect(found["gesamt"] as? Int == 1, "\(feld)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `the same twice, the later first and one alone are answered with a sentence`(backend: TestBackend) async throws
    {
        try await mitStaenden(backend) { client in
            let gleich = try await client.get("/katalog/aenderungen?von=2&bis=2")
            #expect(gleich.status == .ok && gleich.text.contains("zweimal denselben Katalogstand"))
            let verkehrt = try await client.get("/katalog/aenderungen?von=3&bis=1")
            #expect(verkehrt.text.contains("Verglichen wird vom früheren zum späteren."))
            let richtig = try await client.get("/katalog/aenderungen?von=1&bis=3")
            #expect(
                verkehrt.text.contains("<strong>4 Änderungen</strong>")
                    && richtig.text.contains("<strong>4 Änderungen</strong>"))
            // Before the first there is none.
            #expect(try await client.get("/katalog/aenderungen?bis=1").text.contains("zweimal denselben"))
            #expect(
                try await client.get("/katalog/aenderungen?von=2").text.contains(
                    "Katalogstand 2020 (Nr. 2) bis Katalogstand 2021"))
        }
    }

    @Test func `before there are two Stände the page says what will be here`() async throws {
        let database = try await Welt.leer(.sqliteMemory)
        try await TestSite(database).run { client in
            let none = try await client.get("/katalog/aenderungen")
            #expect(none.status == .ok && none.text.contains("noch kein Katalog geladen"))
            #expect(!none.text.contains("aenderungen.atom"))
            #expect(try await client.get("/katalog/aenderungen.atom").status == .notFound)
            #expect(try await client.get("/katalog/aenderungen.csv").status == .ok)
            #expect(try await json(client, "")["gesamt"] as? Int == 0)
            #expect(try await client.get("/katalog/aenderungen?von=1").status == .notFound)
        }
        _ = try await Katalogblatt().laden(database)
        try await TestSite(database).run { client in
            let one = try await client.get("/katalog/aenderungen")
            #expect(one.text.contains("Bisher ist ein einziger Stand geladen: Katalogstand 2019."))
            #expect(one.text.contains("aenderungen.atom") && !one.text.contains("<form class=\"ls-flaeche"))
            #expect(try await client.get("/katalog/aenderungen?von=1&bis=1").status == .ok)
            #expect(try await client.get("/katalog/aenderungen.atom").status == .ok)
            #expect(try await json(client, "")["gesamt"] as? Int == 0)
        }
    }

    static let falsch: [(String, Int)] = [
        ("von=9", 404), ("bis=0", 404), ("von=-1", 400), ("von=%2B1", 400), ("von=eins", 400), ("bis=1.0", 400),
        ("von=1e1", 400), ("von=%EF%BC%91", 400), ("von=99999999999999999999999", 400),
        ("bis=9223372036854775807", 404),
        ("von=1&bis=%27--", 400), ("art=gebiet", 400), ("aenderung=weg", 400), ("themenfeld=gibtesnicht", 404),
        ("themenfeld=%25", 404), ("von=%FF", 400), ("von=%00", 400),
    ]

    @Test(arguments: falsch)
    func `numbers, kinds and Themenfelder that do not exist are refused with a sentence`(query: String, status: Int)
        async throws
    {
        try await mitStaenden(.sqliteMemory) { client in
            for path in ["/katalog/aenderungen", "/katalog/aenderungen.csv", "/api/v1/katalog/aenderungen"] {
                let antwort = try await client.get("\(path)?\(query)")
                #expect(antwort.status.code == status, "\(path)?\(query)")
            }
        }
    }

    @Test func `pages beyond the end, foreign cursors and a later Stand first are refused`() async throws {
        try await mitStaenden(.sqliteMemory) { client in
            for (path, status) in [
                ("/katalog/aenderungen?seite=2", 404), ("/katalog/aenderungen?seite=0", 400),
                ("/api/v1/katalog/aenderungen?von=3&bis=1", 400), ("/api/v1/katalog/aenderungen?weiter=AAAA", 400),
                ("/api/v1/katalog/aenderungen?weiter=\(Marke.encode(["a", "b", "c", "d", "e"]))", 400),
                ("/api/v1/katalog/aenderungen?weiter=\(Marke.encode(["1", "2", "0", "x", "y"]))", 200),
                ("/api/v1/katalog/aenderungen?weiter=\(Marke.encode(["1", "7", "0", "x", "y"]))", 404),
                ("/api/v1/katalog/aenderungen?von=1&bis=3&weiter=\(Marke.encode(["1", "2", "0", "x", "y"]))", 400),
                ("/api/v1/katalog/staende?weiter=\(Marke.encode(["x"]))", 400),
                ("/katalog/aenderungen.atom?themenfeld=gibtesnicht", 404), ("/katalog/aenderungen.xml", 404),
                ("/katalog", 404),
            ] {
                let antwort = try await client.get(path)
                #expect(antwort.status.code == status, "\(path)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `programs read the same changes, each once, with the fields of the description`(backend: TestBackend)
        async throws
    {
        try await mitStaenden(backend) { client in
            for count in [1, 2, 200] {
                var (seen, next): ([String], String?) = ([], "")
                while let cursor = next {
                    let start = cursor.isEmpty ? "von=1&bis=4" : "weiter=\(cursor)"
                    let page = try await json(client, "?\(start)&anzahl=\(count)")
                    #expect(page["gesamt"] as? Int == 4)
                    for entry in try #require(page["eintraege"] as? [[String: Any]]) {
                        #expect(
                            Set(entry.keys) == [
                                "art", "aenderung", "id", "name", "themenfeld", "von", "bis", "felder",
                            ])
                        #expect(entry["von"] as? Int == 1 && entry["bis"] as? Int == 4)
                        seen.append("\(entry["aenderung"] ?? "") \(entry["id"] ?? "")")
                    }
                    next = page["weiter"] as? String
                }
                #expect(
                    seen == [
                        "neu 99001001003000", "entfallen 99110009104001", "geaendert 99110020000000", "geaendert 10999",
                    ], "\(seen)")
                #expect(Set(seen).count == seen.count)
            }
            let changed = try await json(client, "?von=1&bis=2&art=leistung&aenderung=geaendert")
            let felder = try #require((changed["eintraege"] as? [[String: Any]])?.first?["felder"] as? [[String: Any]])
            #expect(felder.map { $0["feld"] as? String } == ["name", "ozgId"])
            #expect(felder.last?["alt"] as? String == "10160" && felder.last?["neu"] as? String == "10110")
            let staende = try await client.get("/api/v1/katalog/staende?anzahl=3")
            #expect(staende.text.contains("\"nummer\":4,\"datum\":\"2021\"") && staende.text.contains("\"gesamt\":4"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `the table has a row for each changed field of just the list shown`(backend: TestBackend) async throws {
        try await mitStaenden(backend) { client in
            let antwort = try await client.get("/katalog/aenderungen.csv?von=1&bis=2")
            #expect(
                antwort.headers[.contentDisposition]?.contains("katalog-aenderungen-1-bis-2-auswahl-2026-11-22.csv")
                    == true)
            #expect(antwort.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(
                antwort.text.contains(
                    "Geändert;Leistung;99110020000000;Beihilfen <Tiere> & mehr;Bauen & Wohnen;OZG-Leistung;Hundehaltung (10160);Abfallentsorgung (10110);Katalogstand 2019;Katalogstand 2020 (Nr. 2)\r\n"
                ))
            let one = try await client.get("/katalog/aenderungen.csv?von=1&bis=2&aenderung=entfallen")
            #expect(one.text.split(separator: "\r\n").count == 2)
        }
    }

    @Test func `long lists are paged and every change stands on one page`() async throws {
        let database = try await Welt.leer(.sqliteMemory)
        var blatt = Katalogblatt()
        _ = try await blatt.laden(database, stand: "2019")
        blatt.leistungen +=
            "\n" + (100..<230).map { "99110\($0)104000,Leistung \($0),1,10160," }.joined(separator: "\n")
        _ = try await blatt.laden(database, stand: "2020")
        try await TestSite(database).run { client in
            var names: Set<String> = []
            for page in 1...3 {
                let text = try await client.get("/katalog/aenderungen?seite=\(page)").text
                #expect(text.contains("<strong>130 Änderungen</strong>") && text.contains("Neue Leistungen (130)"))
                for match in text.matches(of: #/scope="row"><a href="([^"]*)"/#) { names.insert(String(match.1)) }
            }
            #expect(names.count == 130)
        }
    }
}
