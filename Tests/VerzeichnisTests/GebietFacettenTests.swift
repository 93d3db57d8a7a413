import Formats
import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Web

@testable import Verzeichnis

/// Facets and files of the list of places: their numbers and rows are those of the list.
@Suite(.timeLimit(.minutes(15))) struct GebietFacettenTests {
    /// Places by chance in three Länder, with people around every bound of the classes.
    private static func verzeichnis(_ random: inout Zufall) -> Verzeichnisbau {
        var bau = Verzeichnisbau()
        let bounds = [0, 1, 999, 1_000, 4_999, 5_000, 19_999, 20_000, 49_999, 50_000, 99_999, 100_000, 3_000_000]
        for land in ["05", "06", "07"] {
            bau.land(land, "Land \(land)")
            for kreis in 1...2 {
                bau.kreis("\(land)10\(kreis)", "Kreis \(land)\(kreis)")
                for number in 10..<(10 + Int.random(in: 1...8, using: &random)) {
                    let people = bounds.randomElement(using: &random) ?? 0
                    let kind = ["61", "63", "64", "66"].randomElement(using: &random) ?? "64"
                    bau.frei("\(land)10\(kreis)00\(number)0\(number)", "Ort \(land)\(kreis)\(number)", kind, ew: people)
                }
            }
            bau.stadt(
                "\(land)20\(1)", "Stadt \(land)", sitz: "Stadt \(land)", ew: bounds.randomElement(using: &random) ?? 0)
        }
        return bau
    }

    private static func filter(_ random: inout Zufall) throws -> (GebietFilter, String) {
        func some(_ all: [String]) -> [String] {
            Bool.random(using: &random) ? all.filter { _ in Int.random(in: 0..<4, using: &random) == 0 } : []
        }
        var pairs: [String] = []
        let q = ["", "", "ort", "stadt 05", "0510", "06-101", "nirgends"].randomElement(using: &random) ?? ""
        if !q.isEmpty { pairs.append("q=\(q.replacing(" ", with: "+"))") }
        pairs += some(["05", "06", "07", "99"]).map { "land=\($0)" }
        pairs += some(Gebiet.Art.allCases.map(\.rawValue)).map { "art=\($0)" }
        pairs += some(Groessenklasse.allCases.map(\.rawValue)).map { "groesse=\($0)" }
        let text = pairs.shuffled(using: &random).joined(separator: "&")
        return (try GebietFilter(Abfrage(kodiert: text)), text)
    }

    @Test(arguments: TestBackend.available)
    func `each count is the number of places that the list gives when that value is chosen`(on backend: TestBackend)
        async throws
    {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Zufall(seed)
        let welt = try await Verzeichniswelt(backend)
        let bericht = try await welt.lade(Self.verzeichnis(&random))
        #expect(bericht.fehlerzahl == 0, "\(bericht.zeilen.prefix(5))")
        // The official file always gives a number; places of other sources may not have one.
        try await welt.database.write { db in
            try db.execute("UPDATE gebiet SET einwohner = NULL WHERE name LIKE 'Ort 05%' AND ags LIKE '%1'")
        }
        for _ in 0..<12 {
            let (filter, text) = try Self.filter(&random)
            try await welt.database.read { db in
                let (gesamt, facetten) = try GebietStore.facetten(filter, laender: GebietStore.laender(in: db), in: db)
                #expect(gesamt == (try GebietStore.count(filter, in: db)), "seed \(seed): \(text)")
                for facette in facetten {
                    for wert in facette.werte {
                        var andere = filter
                        switch facette.name {
                        case "land": andere.laender = [wert.wert]
                        case "art": andere.arten = [try #require(Gebiet.Art(rawValue: wert.wert))]
                        default: andere.groessen = [try #require(Groessenklasse(rawValue: wert.wert))]
                        }
                        let rows = try GebietStore.page(andere, Seite(nummer: 1, groesse: 1_000), in: db)
                        #expect(wert.anzahl == rows.count, "seed \(seed): \(text), \(facette.name) \(wert.wert)")
                    }
                    let chosen = facette.werte.lazy.filter(\.gewaehlt).map(\.wert)
                    let index = try #require(GebietFilter.facetten.firstIndex(of: facette.name))
                    #expect(Set(chosen) == Set(filter.gewaehlt[index]), "seed \(seed): \(text)")
                }
                // Every place falls into exactly one class.
                let classes = try #require(facetten.last).werte.reduce(0) { $0 + $1.anzahl }
                var ohne = filter
                ohne.groessen = []
                #expect(classes == (try GebietStore.count(ohne, in: db)), "seed \(seed): \(text)")
            }
        }
    }

    @Test(
        arguments: [
            (0, "unter_1000"), (999, "unter_1000"), (1_000, "1000_4999"), (4_999, "1000_4999"), (5_000, "5000_19999"),
            (19_999, "5000_19999"), (20_000, "20000_49999"), (49_999, "20000_49999"), (50_000, "50000_99999"),
            (99_999, "50000_99999"), (100_000, "ab_100000"), (3_700_000, "ab_100000"), (nil, "unbekannt"),
        ] as [(Int?, String)])
    func `the bounds of the size classes`(einwohner: Int?, klasse: String) async throws {
        let database = try await TestBackend.sqliteMemory.database()
        let value: SQL = einwohner.map { "\($0)" } ?? "NULL"
        let found = try await database.read { db in
            try Groessenklasse.allCases.filter {
                try db.value("SELECT 1 WHERE \($0.bedingung(value))", as: Int.self) == 1
            }
        }
        #expect(found.map(\.rawValue) == [klasse])
    }

    @Test(arguments: TestBackend.available)
    func `CSV and XLSX hold exactly the places of the list in its order, keys with their zeros`(on backend: TestBackend)
        async throws
    {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Zufall(seed)
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(Self.verzeichnis(&random))
        let filters = try (0..<4).map { _ in try Self.filter(&random) }
        try await TestSite(welt.database).run { client in
            for (filter, text) in filters {
                let rows = try await welt.database.read { db in
                    try GebietStore.page(filter, Seite(nummer: 1, groesse: 1_000), in: db)
                }
                let csv = try await client.get("/gebiete.csv?\(text)")
                let reader = try CSVReader(TextSource(bytes: csv.bytes, name: "x"))
                var keys: [String] = []
                while let row = try reader.next() { keys.append(row.fields[0]) }
                #expect(keys == rows.map { $0.ars ?? "" }, "seed \(seed): \(text)")
                let mappe = try Arbeitsmappe(bytes: try await client.get("/gebiete.xlsx?\(text)").bytes)
                let blatt = mappe.blaetter[0]
                #expect(blatt.spalte("ARS") == keys, "seed \(seed): \(text)")
                #expect(blatt.spalte("Einwohner") == rows.map { $0.einwohner.map(String.init) ?? "" })
                #expect(blatt.zeilen.dropFirst().allSatisfy { $0[0].art == "text" && $0[6].art == "zahl" })
            }
        }
    }

    @Test func `unknown classes, kinds and malformed keys are refused, several values are one choice`() async throws {
        let welt = try await Verzeichniswelt(.sqliteMemory)
        try await welt.lade(.klein())
        try await TestSite(welt.database).run { client in
            for (query, status) in [
                ("groesse=riesig", 400), ("groesse=ab_100000&groesse=x", 400), ("art=gemeinde&art=schloss", 400),
                ("land=05&land=5", 400), ("land=0%C2%B9", 400), ("seite=2&land=05", 404),
                (String(repeating: "land=05&", count: 500), 200), ("groesse=unbekannt", 200),
            ] {
                #expect(try await client.get("/gebiete?\(query)").status.code == status, "\(query.prefix(40))")
                #expect(
                    try await client.get("/api/v1/gebiete?\(query)&facetten=ja").status.code
                        == (query.hasPrefix("seite") ? 200 : status), "\(query.prefix(40))")
            }
            let page = try await client.get("/gebiete?art=kreisfreie_stadt&art=kreis&land=05").text
            #expect(page.contains("<strong>2 Gebiete</strong>"))
            #expect(page.contains("Land: Nordrhein-Westfalen<") && page.contains("Art: Kreisfreie Stadt<"))
            #expect(page.contains("href=\"/gebiete.xlsx?land=05&amp;art=kreis&amp;art=kreisfreie_stadt\""))
            // Beside the choice of kinds the other Länder still say what they would give.
            #expect(page.contains("Niedersachsen <span class=\"ls-leise\">(1)</span>"))
        }
    }
}
