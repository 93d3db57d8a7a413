import Storage
import TestKit
import Testing

@testable import Suche

/// Conditions mean the same on both databases, and nothing that is typed becomes a sign of theirs.
@Suite(.timeLimit(.minutes(10))) struct SuchausdruckTests {
    @Test func `a condition holds for the words that fulfil it and names all of them`() {
        let condition = Suchausdruck.alle([
            .wort("hund"), .eines([.wort("anmeld"), .alle([.wort("not"), .wort("near")])]), .eines([.wort("or")]),
        ])
        var words: Set<String> = []
        condition.sammle(&words)
        #expect(words == ["hund", "anmeld", "not", "near", "or"])
        #expect(condition.trifft(["hund", "anmeld", "or"]) && condition.trifft(["hund", "near", "not", "or"]))
        #expect(!condition.trifft(["hund", "anmeld"]) && !condition.trifft(["hund", "near", "or"]))
    }

    @Test func `a condition without words can match nothing`() {
        #expect(Suchausdruck.wort("").istLeer && Suchausdruck.alle([]).istLeer && Suchausdruck.eines([]).istLeer)
        #expect(Suchausdruck.alle([.wort("a"), .eines([])]).istLeer)
        #expect(!Suchausdruck.eines([.wort("a"), .alle([])]).istLeer)
        #expect(Suchplan(Suchanfrage("", wortschatz: .leer, alltag: .leer)).strenge.isEmpty)
    }

    private static func zufaellig(_ words: [String], _ depth: Int, _ random: inout Zufall) -> Suchausdruck {
        guard depth > 0, Int.random(in: 0..<3, using: &random) > 0 else {
            return .wort(words.randomElement(using: &random) ?? "x")
        }
        let parts = (0..<Int.random(in: 1...3, using: &random)).map { _ in zufaellig(words, depth - 1, &random) }
        return Bool.random(using: &random) ? .alle(parts) : .eines(parts)
    }

    @Test(arguments: TestBackend.available)
    func `the lists find the rows whose words fulfil the condition, and no others`(backend: TestBackend) async throws {
        let seed = UInt64.random(in: 0 ... .max)
        let welt = try await Lesewelt.beispiel.welt(backend)
        try await welt.database.read { db in
            var random = Zufall(seed)
            let rechnung = try Nachrechnung(db)
            let words = rechnung.woerter + ["nirgends", "and", "near", "1"]
            for _ in 0..<150 {
                let condition = Self.zufaellig(words, 3, &random)
                for art in Suchdokument.Art.allCases {
                    for nurName in [true, false] {
                        let step = Suchplan.Stufe(ausdruck: condition, nurName: nurName)
                        let expected = rechnung.treffer(step, art)
                        let lists = Suchlisten(rechnung.inhalt, in: db)
                        let found = try lists.menge(step, art)
                        #expect(
                            lists.erste(.max, found, art, codes: nil) == expected.map(\.nr),
                            "seed \(seed): \(condition)")
                        #expect(lists.zaehle(found, art).values.reduce(0, +) == expected.count, "seed \(seed)")
                    }
                }
            }
        }
    }

    /// Questions that an engine, a pattern or a database could take for something else.
    private static let boese = [
        "hund AND", "AND", "OR OR OR", "NOT hund", "hund NOT steuer", "NEAR(hund steuer, 5)", "NEAR", "^hund", "hund*",
        "*",
        "worte:hund", "worte : hund", "{worte}: hund", "- worte : hund", "hund + steuer", "\"hund", "hund\"", "\"\"\"",
        "\"",
        "'", "''", "'hund", "hund'", "' OR 1=1 --", "'; DROP TABLE suche_eintrag; --", "hund & steuer",
        "hund | !steuer",
        "!hund", "!!", "& &", "hund <-> steuer", "<->", "hund:*", "hund:AB", "hund:", "\\", "\\\\", "\\'", "hund\\",
        "(hund",
        "hund)", "()", "((((((((((", ")(", "{", "}", "{hund}", "%", "_", "%%%", "hun%", "h_nd", "$1", "?1", ":q", "@q",
        "NULL",
        "\u{0}", "hund\u{0}steuer", "\u{0}\u{0}\u{0}", ".", "...", "!?!?", "—–-", "„“", "  ", "\t\n\r\n", "😀",
        "hund 😀 steuer",
        "👨‍👩‍👧‍👦", "🇩🇪", "שלום", "مرحبا بالعالم", "\u{202E}dnuh", "\u{200F}", "\u{308}", "e\u{301}\u{302}", "\u{903}\u{903}",
        "\u{FDFA}", "\u{FFFD}", "\u{FEFF}hund", "\u{E000}", "\u{10FFFF}", "﷽", "½", "٣٤", "０５", "九九",
        String(repeating: "a", count: 100_000), String(repeating: "hund ", count: 10_000),
        String(repeating: "\"", count: 10_000), String(repeating: "(", count: 10_000),
        "a" + String(repeating: "\u{903}", count: 50_000), "a" + String(repeating: "\u{301}", count: 50_000),
        String(repeating: "ß", count: 300), String(repeating: "1", count: 300), String(repeating: "99 ", count: 100),
        String(repeating: "ab ", count: 8), "a b c d e f g h i j k l m n o p q r s t u v w x y z",
    ]

    @Test(arguments: TestBackend.available)
    func `signs of the engines, of patterns and of no language are answered, never an error`(backend: TestBackend)
        async throws
    {
        let welt = try await Lesewelt.beispiel.welt(backend)
        for text in Self.boese {
            do {
                let found = try await welt.frage(text)
                #expect(found.leistungen.treffer.count <= 20, "\(text.prefix(40))")
                #expect(found.leistungen.treffer.count == min(20, found.leistungen.gesamt), "\(text.prefix(40))")
            } catch {
                Issue.record("\(text.prefix(40).debugDescription): \(error)")
            }
        }
        for text in ["%", "_", "\\", "'", "\"", "*", ":", "😀", "\u{0}", "…"] {
            #expect(try await welt.frage(text).istLeer, "\(text) says nothing")
        }
        // Signs between words part them and mean nothing else.
        let plain = try await welt.frage("hund steuer")
        try #require(!plain.istLeer)
        for text in [
            "hund & steuer", "hund:steuer", "\"hund steuer\"", "(hund) steuer*", "hund\u{0}steuer", "'hund'|'steuer'",
        ] {
            let found = try await welt.frage(text)
            #expect(found.leistungen.treffer.map(\.id) == plain.leistungen.treffer.map(\.id), "\(text)")
            #expect(found.leistungen.gesamt == plain.leistungen.gesamt, "\(text)")
        }
    }

    @Test(arguments: TestBackend.available)
    func `300 random texts are answered`(backend: TestBackend) async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var salat = Zeichensalat(seed)
        let welt = try await Lesewelt.beispiel.welt(backend)
        for _ in 0..<300 {
            let text = salat.text()
            do {
                let found = try await welt.frage(text)
                for hit in found.leistungen.treffer + found.ozg.treffer + found.gebiete.treffer {
                    // What is shown is what stands there, however it is cut.
                    #expect(hit.markiert.map(\.text).joined() == hit.name, "seed \(seed): \(text.debugDescription)")
                }
            } catch {
                Issue.record("seed \(seed): \(text.debugDescription): \(error)")
            }
        }
    }
}
