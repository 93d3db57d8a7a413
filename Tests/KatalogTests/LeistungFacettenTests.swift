import Formats
import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Web

@testable import Katalog

/// Facets and files of the list of Leistungen: their numbers and rows are those of the list.
@Suite(.timeLimit(.minutes(15))) struct LeistungFacettenTests {
    private static let codes = ["1", "2", "2/3", "4", "5", "11"]

    /// A catalogue by chance: Leistungen with and without OZG-Leistung, with none or several codes, some headings.
    private static func katalog(_ random: inout Zufall) -> Katalogblatt {
        var blatt = Katalogblatt()
        blatt.ozg = "ozg_id,ozg_leistung,lebenslage_id,lebenslage,themenfeld_id,themenfeld,anzahl_leika_leistungen\n"
        for number in 0..<24 {
            let lage = number % 7
            blatt.ozg +=
                number == 23
                ? "10\(100 + number),Bündel \(number),,,,,\n"
                : "10\(100 + number),Bündel \(number),\(lage),Lage \(lage),\(lage % 3),Feld \(lage % 3),1\n"
        }
        let words = ["Hund", "Müll", "Straße", "Gewerbe", "Wohnung"]
        blatt.leistungen =
            "leika_schluessel,bezeichnung,typisierung,ozg_id,ozg_leistung,lebenslage,themenfeld,rechtsgrundlage\n"
        for number in 0..<70 {
            let key = "99\(String(format: "%03d", number % 9))\(String(format: "%03d", number / 3))"
            let rest = number % 3 == 0 ? "000000" : "0\(number % 3)0000"
            let types = codes.filter { _ in Int.random(in: 0..<4, using: &random) == 0 }.joined(separator: ", ")
            let word = words.randomElement(using: &random) ?? ""
            let ozg = "10\(100 + Int.random(in: 0..<24, using: &random))"
            blatt.leistungen += "\(key)\(rest),\(word) \(number / 3) Nr \(number),\"\(types)\",\(ozg),,,,\n"
        }
        blatt.ohneSchluessel = "bezeichnung,typisierung,ozg_id\n"
        for number in 0..<20 {
            let ozg = Bool.random(using: &random) ? "10\(100 + number)" : ""
            blatt.ohneSchluessel? += "Ohne \(number),\(codes.randomElement(using: &random) ?? "1"),\(ozg)\n"
        }
        return blatt
    }

    private static func wahl(_ random: inout Zufall, _ all: [String], _ odds: Int) -> [String] {
        Int.random(in: 0..<3, using: &random) == 0
            ? all.filter { _ in Int.random(in: 0..<odds, using: &random) == 0 } : []
    }

    private static func filter(_ random: inout Zufall) throws -> (LeistungFilter, String) {
        var pairs: [String] = []
        let q = ["", "", "", "hund", "strasse nr", "99 00", "99.001", "10105", "ohne", "nichts davon"]
        if let q = q.randomElement(using: &random), !q.isEmpty { pairs.append("q=\(q.replacing(" ", with: "+"))") }
        pairs += wahl(&random, codes + ["12"], 3).map { "typ=\($0)" }
        pairs += wahl(&random, ["feld-0", "feld-1", "feld-2", "fremd"], 3).map { "themenfeld=\($0)" }
        pairs += wahl(&random, (0..<7).map { "lage-\($0)" }, 4).map { "lage=\($0)" }
        pairs += wahl(&random, (0..<24).map { "10\(100 + $0)" } + ["99999"], 6).map { "ozg=\($0)" }
        if Bool.random(using: &random) { pairs.append("ueberschriften=nein") }
        let text = pairs.shuffled(using: &random).joined(separator: "&")
        return (try LeistungFilter(Abfrage(kodiert: text)), text)
    }

    @Test(arguments: TestBackend.available)
    func `each count is the number of rows that the list gives when that value is chosen`(on backend: TestBackend)
        async throws
    {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Zufall(seed)
        let database = try await Welt.leer(backend)
        let bericht = try await Self.katalog(&random).laden(database)
        #expect(bericht.fehlerzahl == 0, "\(bericht.zeilen.prefix(5))")
        for _ in 0..<10 {
            let (filter, text) = try Self.filter(&random)
            try await database.read { db in
                let (gesamt, facetten) = try LeistungStore.facetten(filter, in: db)
                #expect(gesamt == (try LeistungStore.count(filter, in: db)), "seed \(seed): \(text)")
                #expect(facetten.map(\.name) == ["themenfeld", "lage", "typ", "ozg"])
                for facette in facetten {
                    var seen = 0
                    for wert in facette.werte {
                        var andere = filter
                        switch facette.name {
                        case "themenfeld": andere.themenfelder = [wert.wert]
                        case "lage": andere.lagen = [wert.wert]
                        case "typ": andere.typen = [wert.wert]
                        default: andere.ozgIDs = [wert.wert]
                        }
                        let rows = try LeistungStore.page(andere, Seite(nummer: 1, groesse: 1_000), in: db)
                        #expect(wert.anzahl == rows.count, "seed \(seed): \(text), \(facette.name) \(wert.wert)")
                        #expect(wert.anzahl > 0 || wert.gewaehlt)
                        seen += wert.gewaehlt ? 1 : 0
                    }
                    let chosen = filter.gewaehlt[LeistungFilter.facetten.firstIndex(of: facette.name) ?? 0]
                    #expect(seen == chosen.count, "seed \(seed): \(text)")
                }
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `CSV and XLSX hold exactly the rows of the list in its order`(on backend: TestBackend) async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Zufall(seed)
        let database = try await Welt.leer(backend)
        _ = try await Self.katalog(&random).laden(database)
        let filters = try (0..<4).map { _ in try Self.filter(&random) }
        try await TestSite(database).run { client in
            for (filter, text) in filters {
                let rows = try await database.read { db in
                    try LeistungStore.page(filter, Seite(nummer: 1, groesse: 1_000), in: db)
                }
                let query = text.replacing("2/3", with: "2%2F3")
                let csv = try await client.get("/leistungen.csv?\(query)")
                #expect(csv.status == .ok)
                let reader = try CSVReader(TextSource(bytes: csv.bytes, name: "x"))
                #expect(reader.header == LeistungTabelle.spalten.map(\.title))
                var ids: [String] = []
                while let row = try reader.next() { ids.append(row.fields[0]) }
                #expect(ids == rows.map(\.id.rawValue), "seed \(seed): \(text)")
                let xlsx = try await client.get("/leistungen.xlsx?\(query)")
                let mappe = try Arbeitsmappe(bytes: xlsx.bytes)
                #expect(mappe.blaetter[0].spalte("Kennung") == ids, "seed \(seed): \(text)")
                #expect(mappe.blaetter[0].spalte("Leistung") == rows.map(\.name), "seed \(seed): \(text)")
                let notes = mappe.blaetter[1].zeilen.map { $0.map(\.wert) }
                #expect(notes.contains(["Zeilen", "\(rows.count)"]) && notes.contains(["Stand", "Katalogstand 2019"]))
            }
        }
    }

    private func mitKatalog(_ body: @escaping @Sendable (SiteClient) async throws -> Void) async throws {
        let database = try await Welt.leer(.sqliteMemory)
        _ = try await Katalogblatt().laden(database)
        try await TestSite(database).run(body)
    }

    @Test func `the page names the filters in force, each with a way out, and keeps them over its links`() async throws
    {
        try await mitKatalog { client in
            let page = try await client.get("/leistungen?typ=5&typ=2/3&q=abfall&lage=wohnen-umzug&ueberschriften=nein")
                .text
            let state = "q=abfall&lage=wohnen-umzug&typ=2%2F3&typ=5&ueberschriften=nein"
            let masked = state.replacing("&", with: "&amp;")
            #expect(page.contains("<link rel=\"canonical\" href=\"/leistungen?\(masked)\">"))
            #expect(page.contains("href=\"/leistungen.csv?\(masked)\"") && page.contains("/leistungen.xlsx?\(masked)"))
            for (gone, text) in [
                ("q=abfall&", "Suche: abfall"), ("lage=wohnen-umzug&", "Lage: Wohnen &amp; Umzug"),
                ("typ=5&", "Typ: 5"),
            ] {
                let rest = state.replacing(gone, with: "").replacing("&", with: "&amp;")
                #expect(page.contains("<a href=\"/leistungen?\(rest)\">\(text)<"), "\(text)")
            }
            #expect(
                page.contains("name=\"typ\" value=\"2/3\" checked") && page.contains("name=\"typ\" value=\"5\" checked")
            )
            #expect(page.contains("name=\"ueberschriften\" value=\"nein\" checked"))
            // Of the five Leistungen with this word one is a heading; none is of Typ 2/3.
            #expect(page.contains("<strong>1 Leistung</strong>"))
        }
    }

    @Test func `several values of a facet widen the list, several facets narrow it`() async throws {
        try await mitKatalog { client in
            for (query, count) in [
                ("typ=1", 1), ("typ=4", 1), ("typ=1&typ=4", 2), ("typ=2/3&typ=4", 4), ("typ=2/3&typ=2/3", 3),
                ("typ=1&typ=4&lage=wohnen-umzug", 0), ("lage=tierhaltung&lage=wohnen-umzug", 8),
                ("ozg=10160&ozg=10110&typ=5", 4), ("themenfeld=bauen-wohnen&themenfeld=gibtesnicht", 4),
                ("q=99-001-001", 2), ("q=99.110.009.104", 2),
            ] {
                let answer = try await client.get("/api/v1/leistungen?\(query)&facetten=ja")
                let json = try #require(
                    try JSONSerialization.jsonObject(with: Data(answer.text.utf8)) as? [String: Any])
                #expect(json["gesamt"] as? Int == count, "\(query)")
                #expect((json["eintraege"] as? [Any])?.count == count, "\(query)")
                #expect((json["facetten"] as? [Any])?.count == 4, "\(query)")
            }
            #expect(try await client.get("/api/v1/leistungen").text.contains("facetten") == false)
        }
    }

    @Test func `what cannot be a filter is refused with a sentence, for programs as problem+json`() async throws {
        try await mitKatalog { client in
            let hundert = (0..<101).map { "ozg=\($0)" }.joined(separator: "&")
            for (query, status) in [
                ("typ=1&typ=abc", 400), ("typ=13", 400), (hundert, 400), ("typ=%ff", 400), ("lage=%00", 400),
                (String(repeating: "typ=1&", count: 500), 200), (String(repeating: "typ=1&", count: 2_000), 414),
                ("lage=%27%20OR%201%3D1", 200), ("typ=1&seite=2", 404), ("typ=1&seite=0", 400), ("alle=quatsch", 200),
                ("alle=ozg", 200), ("themenfeld=\(String(repeating: "x", count: 5_000))", 200),
            ] {
                let page = try await client.get("/leistungen?\(query)")
                #expect(page.status.code == status, "\(query.prefix(60))")
                if !query.contains("seite") {
                    for file in ["csv", "xlsx"] {
                        #expect(try await client.get("/leistungen.\(file)?\(query)").status.code == status)
                    }
                }
            }
            for query in ["typ=abc", "facetten=quatsch", hundert] {
                let answer = try await client.get("/api/v1/leistungen?\(query)")
                #expect(answer.status == .badRequest)
                #expect(answer.headers[.contentType] == "application/problem+json")
            }
            for file in ["/leistungen.pdf", "/leistungen.csv/x", "/leistungen.CSV"] {
                #expect(try await client.get(file).status == .notFound)
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `the list of OZG-Leistungen is saved with its rows, numbers as numbers and keys as text`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        _ = try await Katalogblatt().laden(database)
        try await TestSite(database).run { client in
            let file = try await client.get("/ozg.xlsx?q=1&lage=tierhaltung")
            #expect(
                file.headers[.contentDisposition] == "attachment; filename=\"ozg-leistungen-auswahl-2026-11-22.xlsx\"")
            let mappe = try Arbeitsmappe(bytes: file.bytes)
            #expect(mappe.blaetter[0].spalte("OZG-ID") == ["10160"])
            #expect(mappe.blaetter[0].zeilen[1].map(\.art) == ["text", "text", "text", "text", "zahl"])
            #expect(mappe.blaetter[1].zeilen.map { $0.map(\.wert) }.contains(["Lage", "Tierhaltung"]))
            let all = try await client.get("/ozg.csv").text
            #expect(all.split(whereSeparator: \.isNewline).count == 4)
        }
    }
}
