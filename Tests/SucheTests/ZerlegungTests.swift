import TestKit
import Testing

@testable import Suche

/// Compounds fall into words that stand alone elsewhere, and into nothing else.
@Suite struct ZerlegungTests {
    private static let klein = Zerlegung(
        teile: Set(
            [
                "Gewerbe", "Abmeldung", "Eltern", "Geld", "Antrag", "Führung", "Zeugnis", "Sperre", "Müll", "Wohnung",
                "Geber", "Bestätigung", "Wirtschaft", "Zone", "Kind", "Garten", "Platz", "Fischerei", "Schein",
            ].flatMap { Wortform.woerter(in: $0).map(\.stamm) }))

    private func teile(_ text: String, _ zerlegung: Zerlegung = klein) -> [String] {
        Wortform.woerter(in: text).first.map { zerlegung.teile(von: $0.form) } ?? []
    }

    private func staemme(_ text: String) -> [String] { Wortform.woerter(in: text).map(\.stamm) }

    @Test(arguments: [
        ("Gewerbeabmeldung", "Gewerbe Abmeldung"), ("elterngeldantrag", "Eltern Geld Antrag"),
        ("Führungszeugnis", "Führung Zeugnis"), ("fuehrungszeugnis", "Führung Zeugnis"),
        ("Führungszeugnisse", "Führung Zeugnis"), ("Sperrmüll", "Sperre Müll"), ("Sperrmuell", "Sperre Müll"),
        ("Wohnungsgeberbestätigung", "Wohnung Geber Bestätigung"), ("Wirtschaftszone", "Wirtschaft Zone"),
        ("Kindergartenplatz", "Kind Garten Platz"), ("Fischereischein", "Fischerei Schein"),
    ]) func `a compound falls into its parts`(word: String, parts: String) {
        #expect(teile(word) == staemme(parts))
    }

    @Test(arguments: [
        "Gewerbe", "Antrag", "Geld", "Garten", "Haus", "Ordnung", "Mitteilung", "Anordnungen", "xyzxyzxyz", "",
        "99110009104000", "Geldxyz", "xyzGeld", "GeldundGeld", "中文中文中文", "kindxantrag",
    ]) func `a word without known parts on both sides has none`(word: String) {
        #expect(teile(word).isEmpty, "\(teile(word))")
    }

    @Test func `parts are known words or listed short ones, and together they are the word`() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Zufall(seed)
        let pieces = [
            "gewerbe", "abmeldung", "eltern", "geld", "antrag", "s", "en", "x", "bau", "amt", "kind", "ung", "er",
            "garten",
        ]
        for _ in 0..<2_000 {
            let form = random.text(of: pieces, length: 6)
            let parts = Self.klein.teile(von: form)
            #expect(parts.count != 1, "seed \(seed): \(form)")
            #expect(parts.count <= 6, "seed \(seed): \(form)")
            for part in parts {
                #expect(
                    Self.klein.teile.contains(part) || Zerlegung.kurzeTeile.contains(part),
                    "seed \(seed): \(form) → \(parts)")
            }
            // The parts stand in the word one after another.
            var rest = Substring(form)
            for part in parts {
                let found = rest.ranges(of: part).first
                #expect(found != nil, "seed \(seed): \(form) → \(parts)")
                rest = rest[(found?.upperBound ?? rest.startIndex)...]
            }
        }
    }

    @Test(
        .enabled(if: Welt.echteDaten != nil),
        arguments: [
            ("Personalausweis", "Personal Ausweis"), ("Elterngeld", "Eltern Geld"),
            ("Gewerbeanmeldung", "Gewerbe Anmeldung"),
            ("Hundesteuer", "Hund Steuer"), ("Baugenehmigung", "Bau Genehmigung"),
        ]) func `the real catalogue's own words take everyday compounds apart`(word: String, parts: String) async throws
    {
        let known = try await Lesewelt.echt.welt(.sqliteMemory).inhalt()
        #expect(teile(word, known.katalog.zerlegung) == staemme(parts))
    }

    @Test(
        .enabled(if: Welt.echteDaten != nil),
        arguments: ["Straße", "Antrag", "Polizei", "Steuern", "Familie", "Bescheinigung"])
    func `the real catalogue leaves plain words whole`(word: String) async throws {
        let known = try await Lesewelt.echt.welt(.sqliteMemory).inhalt()
        #expect(teile(word, known.katalog.zerlegung).isEmpty, "\(teile(word, known.katalog.zerlegung))")
    }

    @Test(.timeLimit(.minutes(1))) func `nonsense as long as a word can be is given up in bounded time`() {
        // Every piece is a part, so the number of ways to cut grows without bound; the work must not.
        let every = Zerlegung(teile: Set((4...40).map { String(repeating: "a", count: $0) }))
        let clock = ContinuousClock()
        let time = clock.measure {
            for _ in 0..<20 {
                _ = every.teile(von: String(repeating: "a", count: 63) + "x")
                _ = every.teile(von: String(repeating: "a", count: 64))
            }
        }
        #expect(time < .seconds(20))
        #expect(every.teile(von: String(repeating: "a", count: 65)).isEmpty)
        #expect(every.teile(von: String(repeating: "a", count: 1_000_000)).isEmpty)
    }
}
