import Formats
import Kernel
import TestKit
import Testing

@testable import Web

@Suite struct FacetteTests {
    /// Rows with values in three facets, some with none, some with several.
    private static func zeilen(_ random: inout Zufall) -> [[[String]]] {
        (0..<Int.random(in: 0...60, using: &random)).map { _ in
            (0..<3).map { _ in
                ["a", "b", "c", "d"].filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
            }
        }
    }

    /// Whether a row stands in the list of these choices, said as plainly as possible.
    private static func passt(_ zeile: [[String]], _ gewaehlt: [[String]]) -> Bool {
        zip(zeile, gewaehlt).allSatisfy { werte, wahl in wahl.isEmpty || !Set(werte).isDisjoint(with: wahl) }
    }

    @Test func `a count is the number of rows that choosing the value gives beside all other choices`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Zufall(seed)
        for _ in 0..<300 {
            let zeilen = Self.zeilen(&random)
            let gewaehlt = (0..<3).map { _ in
                ["a", "b", "c", "x"].filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
            }
            var zaehler = Facettenzaehler(gewaehlt)
            for zeile in zeilen { zaehler.add(zeile, anzahl: 1) }
            #expect(zaehler.gesamt == zeilen.count { Self.passt($0, gewaehlt) }, "seed \(seed)")
            for facette in 0..<3 {
                for wert in ["a", "b", "c", "d", "x"] {
                    var andere = gewaehlt
                    andere[facette] = [wert]
                    let rows = zeilen.count { Self.passt($0, andere) }
                    #expect((zaehler.zahlen[facette][wert] ?? 0) == rows, "seed \(seed)")
                }
            }
        }
    }

    @Test func `chosen values are shown with 0, values without rows are not, unknown ones under their own name`() {
        let facette = Facette(
            "f", "F", [(wert: "a", text: "Anton"), (wert: "b", text: "Berta"), (wert: "c", text: "Cäsar")],
            zahlen: ["a": 2, "z": 1], gewaehlt: ["c", "fremd"])
        #expect(facette.werte.map(\.text) == ["Anton", "Cäsar", "fremd", "z"])
        #expect(facette.werte.map(\.anzahl) == [2, 0, 0, 1])
        #expect(facette.werte.map(\.gewaehlt) == [false, true, true, false])
    }

    @Test func `a long facet shows its most frequent values after those chosen`() {
        let viele = (0..<40).map { (wert: "w\($0)", text: "Wert \($0)") }
        var zahlen: [String: Int] = [:]
        for (index, wert) in viele.enumerated() { zahlen[wert.wert] = index / 2 + 1 }
        let facette = Facette("f", "F", viele, zahlen: zahlen, gewaehlt: ["w3"])
        #expect(facette.werte.count == 40)
        let kurz = facette.gekuerzt.map(\.wert)
        #expect(kurz == ["w3", "w38", "w39", "w36", "w37", "w34", "w35", "w32", "w33", "w30", "w31"])
        let klein = Facette("f", "F", viele.prefix(16), zahlen: zahlen.filter { $0.value <= 8 }, gewaehlt: [])
        #expect(klein.gekuerzt == klein.werte && klein.werte.map(\.wert) == viele.prefix(16).map(\.wert))
    }

    @Test func `a choice of several values is a set: in one order, each once, not without bound`() throws {
        #expect(try Abfrage(kodiert: "t=b&t=a&t=&t=+b+&u=c").alle("t") == ["a", "b"])
        let same = String(repeating: "t=a&", count: 500)
        #expect(try Abfrage(kodiert: same).alle("t") == ["a"])
        let different = (0...Abfrage.hoechstens).map { "t=\($0)" }.joined(separator: "&")
        #expect(throws: Refusal.self) { try Abfrage(kodiert: different).alle("t") }
        let words: [Tabellenformat] = try Abfrage(kodiert: "f=xlsx&f=csv").alle("f")
        #expect(words == [.csv, .xlsx])
        #expect(throws: Refusal.self) { let _: [Tabellenformat] = try Abfrage(kodiert: "f=csv&f=pdf").alle("f") }
    }

    @Test func `each filter in force is named and can be taken away alone`() throws {
        let facette = Facette(
            "typ", "Typ", [(wert: "4", text: "4"), (wert: "5", text: "5")], zahlen: ["4": 3, "5": 1],
            gewaehlt: ["4", "5"])
        let adresse = Adresse("/x", [("q", "a & b"), ("typ", "4"), ("typ", "5"), ("nein", "ja"), ("von", "7")])
        let filter = Listenfilter(
            adresse, suche: "Name", facetten: [facette], schalter: [.init("nein", "ja", "Ohne")],
            worte: ["von": ("Anbieter", "Dülmen")])
        #expect(
            filter.auswahl.map { "\($0.label): \($0.text)" } == [
                "Suche: a & b", "Typ: 4", "Typ: 5", "Auswahl: Ohne", "Anbieter: Dülmen",
            ])
        #expect(adresse.ohne("typ", "4").text == "/x?q=a%20%26%20b&typ=5&nein=ja&von=7")
        #expect(filter.versteckt.map(\.name) == ["von"])
        let abfrage = try Abfrage(kodiert: "alle=typ&seite=2")
        let rahmen = try Listenrahmen(
            filter, abfrage, seite: Seite(abfrage, groesse: 2), gesamt: 4, ("Ding", "Dinge"), dateipfad: "/x")
        #expect(rahmen.child(named: "canonical") as? String == adresse.mit("seite", "2").text)
        #expect(rahmen.child(named: "xlsx") as? String == adresse.an("/x.xlsx").text)
        #expect((rahmen.child(named: "versteckte") as? [Werte])?.count == 2)
        #expect(throws: Refusal.self) {
            try Listenrahmen(filter, abfrage, seite: Seite(nummer: 3, groesse: 2), gesamt: 4, ("", ""), dateipfad: nil)
        }
    }
}
