import Storage
import TestKit
import Testing

@testable import Suche

/// Facets of the search: a count says exactly what choosing the value gives, under every combination.
@Suite(.timeLimit(.minutes(15))) struct SucheFacettenTests {
    private static let facetten: [(name: String, wahl: any WritableKeyPath<Suchwunsch, [String]> & Sendable)] = [
        ("themenfeld", \.themenfelder), ("lage", \.lagen), ("typ", \.typen),
    ]

    private static func zahlen(_ name: String, _ found: Suchergebnis) -> [String: Int] {
        name == "themenfeld" ? found.themenfelder : name == "lage" ? found.lagen : found.typen
    }

    /// Some values of some facets, mostly such that rows have.
    private static func gewaehlt(_ wunsch: Suchwunsch, _ found: Suchergebnis, _ random: inout Zufall) -> Suchwunsch {
        var wunsch = wunsch
        for (name, wahl) in facetten where Int.random(in: 0..<5, using: &random) < 2 {
            let known = zahlen(name, found).keys.sorted()
            wunsch[keyPath: wahl] = Array(known.shuffled(using: &random).prefix(Int.random(in: 1...2, using: &random)))
            if Int.random(in: 0..<8, using: &random) == 0 { wunsch[keyPath: wahl].append("gibt-es-nicht") }
        }
        return wunsch
    }

    private func pruefe(_ welt: Suchwelt, _ frage: String, _ random: inout Zufall, _ seed: UInt64) async throws {
        var offen = Suchwunsch(frage)
        (offen.arten, offen.anzahl) = ([.leistung], 1)
        let wunsch = Self.gewaehlt(offen, try await welt.frage(offen), &random)
        let which: Comment =
            "seed \(seed), „\(frage)“, Themenfelder \(wunsch.themenfelder), Lagen \(wunsch.lagen), Typen \(wunsch.typen)"
        let found = try await welt.frage(wunsch)
        for (name, wahl) in Self.facetten {
            let counts = Self.zahlen(name, found)
            #expect(counts.values.allSatisfy { $0 > 0 }, which)
            for value in counts.keys.sorted().shuffled(using: &random).prefix(2) + ["gibt-es-nicht"] {
                var chosen = wunsch
                chosen[keyPath: wahl] = [value]
                let total = try await welt.frage(chosen).leistungen.gesamt
                #expect(total == counts[value] ?? 0, "\(which) und \(name) \(value)")
            }
        }
    }

    @Test(.enabled(if: Welt.echteDaten != nil), arguments: TestBackend.available)
    func `each count is the total that choosing the value gives`(backend: TestBackend) async throws {
        let seed = UInt64.random(in: 0 ... .max)
        let welt = try await Lesewelt.echt.welt(backend)
        let fragen = try await welt.database.read { db in
            var fragen = try Zufallsfragen(seed, db)
            return fragen.fragen(25)
        }
        var random = Zufall(seed)
        for frage in fragen { try await pruefe(welt, frage, &random, seed) }
    }

    @Test(arguments: TestBackend.available)
    func `counts are right for questions with few answers and for keys too`(backend: TestBackend) async throws {
        let seed = UInt64.random(in: 0 ... .max)
        let welt = try await Lesewelt.beispiel.welt(backend)
        var random = Zufall(seed)
        for frage in ["hund steuer", "hund", "sperrmuell", "99 110", "99", "antrag xyz", "wohnung anmelden", "abfal"] {
            for _ in 0..<3 { try await pruefe(welt, frage, &random, seed) }
        }
    }

    @Test(arguments: TestBackend.available)
    func `the pages hold as many answers as the total says, each once and each as chosen`(backend: TestBackend)
        async throws
    {
        let seed = UInt64.random(in: 0 ... .max)
        let welt = try await (Welt.echteDaten == nil ? Lesewelt.beispiel : Lesewelt.echt).welt(backend)
        let (fragen, rechnung) = try await welt.database.read { db in
            var fragen = try Zufallsfragen(seed, db)
            return (
                fragen.fragen(10) + ["gewerbe", "antrag", "genehmigung", "99", "05", "99 050", "hund"],
                try Nachrechnung(db)
            )
        }
        var random = Zufall(seed)
        let merkmale = Dictionary(uniqueKeysWithValues: rechnung.zeilen.map { ($0.kandidat.pfad, $0.merkmal) })
        for frage in fragen {
            let wunsch = Self.gewaehlt(Suchwunsch(frage), try await welt.frage(frage), &random)
            let found = try await welt.frage(wunsch)
            for art in Suchdokument.Art.allCases {
                let which: Comment =
                    "seed \(seed), „\(frage)“, \(art.rawValue), \(wunsch.themenfelder) \(wunsch.lagen) \(wunsch.typen)"
                let all = try await welt.alle(art, wunsch)
                #expect(all.count == min(found.gruppe(art).gesamt, Suchgruppe.hoechstens), which)
                #expect(Set(all.map(\.id)).count == all.count, which)
                #expect(all.prefix(20).map(\.id) == found.gruppe(art).treffer.map(\.id), which)
                #expect(all.allSatisfy { wunsch.passt(merkmale[$0.pfad] ?? Merkmal()) }, which)
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `places and their count fall away where facets of Leistungen are chosen`(backend: TestBackend) async throws {
        let welt = try await Lesewelt.beispiel.welt(backend)
        var wunsch = Suchwunsch("münster")
        try #require(try await welt.frage(wunsch).gebiete.gesamt > 0)
        wunsch.typen = ["2/3"]
        let found = try await welt.frage(wunsch)
        #expect(found.gebiete.gesamt == 0 && found.gebiete.treffer.isEmpty)
    }
}
