import Storage
import TestKit
import Testing

@testable import Suche

/// Every database gives the same answers in the same order, and they are the ones that plain counting gives.
@Suite(.enabled(if: Welt.echteDaten != nil), .timeLimit(.minutes(20))) struct SucheGleichheitTests {
    /// What a person sees of the answers, without the ids that each database gives its places.
    private static func abdruck(_ found: Suchergebnis) -> [String] {
        var lines: [String] = []
        for group in [found.leistungen, found.ozg, found.gebiete] {
            lines.append("\(group.art) \(group.gesamt)")
            lines += group.treffer.prefix(10).map { hit in
                let text = (hit.markiert + hit.ausschnitt).map { $0.gefunden ? "[\($0.text)]" : $0.text }.joined()
                return "\(hit.pfad) \(hit.name) \(hit.zusatz ?? "") \(text) \(hit.grund ?? "") \(hit.ohne)"
            }
        }
        for counts in [found.themenfelder, found.lagen, found.typen] {
            lines.append(counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        }
        return lines + [found.meintenSie ?? "", "\(found.ausgelassen)"]
    }

    @Test func `500 random questions have the same answers on every database`() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        let fragen = try await Lesewelt.echt.welt(.sqliteMemory).database.read { db in
            var fragen = try Zufallsfragen(seed, db)
            return fragen.fragen(500)
        }
        let answers = try await withThrowingTaskGroup(of: (TestBackend, [[String]]).self) { group in
            for backend in TestBackend.available {
                group.addTask {
                    let welt = try await Lesewelt.echt.welt(backend)
                    var all: [[String]] = []
                    for frage in fragen { all.append(Self.abdruck(try await welt.frage(frage))) }
                    return (backend, all)
                }
            }
            return try await group.reduce(into: [TestBackend: [[String]]]()) { $0[$1.0] = $1.1 }
        }
        let first = try #require(answers[.sqliteMemory])
        for (backend, other) in answers {
            for (number, frage) in fragen.enumerated() where first[number] != other[number] {
                let (a, b) = zip(first[number], other[number]).first { $0 != $1 } ?? ("", "")
                Issue.record("seed \(seed), \(backend), „\(frage)“:\n\(a)\n\(b)")
            }
        }
        let answered = first.count { $0[0] != "leistung 0" || $0.contains("gebiet 0") == false }
        #expect(answered > 350, "seed \(seed): the questions are worth asking")
    }

    @Test(arguments: TestBackend.available)
    func `the answers are those of a search that looks at every row`(backend: TestBackend) async throws {
        let seed = UInt64.random(in: 0 ... .max)
        let welt = try await Lesewelt.echt.welt(backend)
        let (rechnung, fragen) = try await welt.database.read { db in
            var fragen = try Zufallsfragen(seed, db)
            return (try Nachrechnung(db), fragen.fragen(backend == .sqliteMemory ? 40 : 15))
        }
        let alltag = try Welt.alltagswoerter.get()
        for frage in fragen where Suche.schluessel(frage) == nil {
            let wunsch = Suchwunsch(frage)
            let found = try await welt.frage(wunsch)
            let katalog = Suchanfrage(frage, wortschatz: rechnung.inhalt.katalog, alltag: alltag)
            let orte = rechnung.ortsanfrage(frage, katalog: katalog, alltag: alltag)
            for group in [found.leistungen, found.ozg, found.gebiete] {
                let plain = rechnung.beantworte(group.art == .gebiet ? orte : katalog, group.art, wunsch)
                let which: Comment = "seed \(seed), „\(frage)“, \(group.art.rawValue)"
                #expect(group.treffer.map(\.id) == plain.ids, which)
                #expect(group.gesamt == plain.gesamt, which)
                guard group.art == .leistung else { continue }
                #expect(found.themenfelder == plain.themenfelder, which)
                #expect(found.lagen == plain.lagen, which)
                #expect(found.typen == plain.typen, which)
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `a question has the same answers however often it is asked, alone and among others`(backend: TestBackend)
        async throws
    {
        let welt = try await Lesewelt.echt.welt(backend)
        let fragen = ["hund anmelden", "wohngelt", "dülmen", "99110", "gewerbe"]
        var alone: [Suchergebnis] = []
        for frage in fragen { alone.append(try await welt.frage(frage)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for round in 0..<4 {
                for (number, frage) in fragen.enumerated() {
                    group.addTask { [alone] in
                        let found = try await welt.frage(frage)
                        #expect(found == alone[number], "\(round) \(frage)")
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
