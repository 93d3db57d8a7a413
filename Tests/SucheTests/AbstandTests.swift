import TestKit
import Testing

@testable import Suche

/// Slips between two words, and the words that are near a mistyped one.
@Suite struct AbstandTests {
    /// Optimal string alignment by its definition.
    private func langsam(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Int {
        guard let x = a.last else { return b.count }
        guard let y = b.last else { return a.count }
        var best = min(
            langsam(a.dropLast(), b) + 1, langsam(a, b.dropLast()) + 1,
            langsam(a.dropLast(), b.dropLast()) + (x == y ? 0 : 1))
        if a.count > 1, b.count > 1, x == b.dropLast().last, y == a.dropLast().last {
            best = min(best, langsam(a.dropLast(2), b.dropLast(2)) + 1)
        }
        return best
    }

    @Test(arguments: [
        ("", "", 0), ("a", "", 1), ("hund", "hund", 0), ("hund", "hnud", 1), ("hund", "hun", 1), ("hund", "hundd", 1),
        ("hund", "mund", 1), ("wohngeld", "wohngelt", 1), ("ca", "abc", 3), ("ab", "ba", 1), ("abcd", "badc", 2),
    ]) func `a letter more, less, another, or two swapped is one slip`(a: String, b: String, distance: Int) {
        #expect(Abstand.zwischen(Array(a.utf8), Array(b.utf8), hoechstens: 5) == distance)
        #expect(Abstand.zwischen(Array(b.utf8), Array(a.utf8), hoechstens: 5) == distance)
    }

    @Test func `the distance is that of its definition, and one more than the limit beyond it`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Zufall(seed)
        for _ in 0..<1_500 {
            let a = Array(random.text(of: ["a", "b", "c"], length: 6).utf8)
            let b = Array(random.text(of: ["a", "b", "c"], length: 6).utf8)
            let expected = langsam(a[...], b[...])
            for limit in 0...3 {
                let found = Abstand.zwischen(a, b, hoechstens: limit)
                #expect(
                    found == min(expected, limit + 1),
                    "seed \(seed): \(String(decoding: a, as: UTF8.self)) \(String(decoding: b, as: UTF8.self)) \(limit)"
                )
            }
        }
    }

    private static let schatz = Wortschatz(
        eintraege: ["hund", "hundert", "mund", "gewerbeanmeldung", "wohngeld", "muell", "quelle"].enumerated().map {
            .init(form: $1, stamm: Wortform.stamm($1), anzeige: $1, anzahl: $0 + 1)
        }, haeufigkeit: [:], teile: [], namen: 1)

    @Test func `near words are found by one slip, long ones by two, the nearest first`() {
        func near(_ form: String) -> [String] { Self.schatz.aehnlich(form, hoechstens: 5).map(\.eintrag.form) }
        #expect(near("hnud") == ["hund"])
        #expect(near("bund") == ["mund", "hund"])
        #expect(near("wohngelt") == ["wohngeld"])
        #expect(near("gewebeanmeldug") == ["gewerbeanmeldung"])
        #expect(near("mül").isEmpty && near("hun").isEmpty && near("").isEmpty && near("xxxxxxxx").isEmpty)
        // A known word has no slip.
        #expect(!near("hund").contains("hund"))
    }

    @Test func `beginnings and middles are found in any spelling of umlauts, the commonest first`() {
        func starts(_ form: String) -> [String] { Self.schatz.beginnend(mit: form, hoechstens: 9).map(\.form) }
        #expect(starts("hun") == ["hundert", "hund"])
        #expect(starts("mue") == ["muell", "mund"] && starts("mu") == ["muell", "mund"])
        #expect(starts("mull") == ["muell"] && starts("que") == ["quelle"] && starts("zzz").isEmpty)
        #expect(starts("").count == 7)
        #expect(Self.schatz.beginnend(mit: "hun", hoechstens: 1).map(\.form) == ["hundert"])
        func inside(_ form: String) -> [String] { Self.schatz.enthaltend(form, hoechstens: 9).map(\.form) }
        #expect(inside("anmeldung") == ["gewerbeanmeldung"] && inside("und") == ["mund", "hundert", "hund"])
        #expect(inside("gewerbeanmeldung").isEmpty)
    }

    @Test func `rare words weigh more, and every count has a weight`() {
        var last = Double.infinity
        for count in [0, 1, 2, 10, 100, 1_000, 5_249] {
            let weight = Deutung.gewicht(count, von: 5_249)
            #expect(weight < last && weight >= 1)
            last = weight
        }
        #expect(Deutung.gewicht(0, von: 0) > 0 && Deutung.gewicht(9, von: 0) > 0)
    }
}
