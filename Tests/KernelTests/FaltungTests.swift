import TestKit
import Testing

@testable import Kernel

@Suite struct FaltungTests {
    @Test func `sorting takes umlauts as their base letters`() {
        #expect(Faltung.sort("Ämter für Öffentliche Größe") == "amter fur offentliche grosse")
        let names = ["Zug", "Äpfel", "Apfelbaum", "Öl", "Ofen"]
        #expect(names.sorted { Faltung.sort($0) < Faltung.sort($1) } == ["Äpfel", "Apfelbaum", "Ofen", "Öl", "Zug"])
    }

    @Test func `searching takes umlauts as two letters`() {
        #expect(Faltung.suche("Ämter für Öffentliche Größe") == "aemter fuer oeffentliche groesse")
        #expect(Faltung.suche("MÜNSTER") == Faltung.suche("Muenster"))
    }

    @Test(arguments: [
        ("u\u{308}ber", "ueber"), ("ﬁnden", "finden"), ("İstanbul ıĞ", "istanbul ig"), ("Łódź", "lodz"),
        ("Æon ŒUVRE", "aeon oeuvre"),
        ("STRAẞE", "strasse"), ("Amt\u{AD}lich", "amtlich"), ("m²", "m2"), ("３０ Ｋm", "30 km"),
        ("🏛 Rathaus 👩‍💻", "rathaus"),
        (" - (a)–b… ", "a b"), ("Ǖ", "ue"), ("Αθήνα", "αθηνα"), ("0251/492-0", "0251 492 0"), ("", ""), ("…", ""),
    ])
    func `search keys of unusual text`(text: String, key: String) {
        #expect(Faltung.suche(text) == key)
    }

    @Test func `an address part is ASCII, has single hyphens, at most 80 bytes and is never empty`() {
        #expect(Faltung.slug(" Größe & Äpfel! ") == "groesse-aepfel")
        #expect(Faltung.slug("Αθήνα") == "eintrag")
        #expect(Faltung.slug("") == "eintrag")
        #expect(Faltung.slug(String(repeating: "a", count: 79) + " b").utf8.count == 79)
        #expect(Faltung.slug(String(repeating: "ab ", count: 100)).utf8.count <= 80)
    }

    @Test func `folding every single character twice changes nothing`() {
        for value in UInt32(0)...0x3FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "x\(Character(scalar))y"
            let sorted = Faltung.sort(text)
            let searched = Faltung.suche(text)
            if sorted != Faltung.sort(sorted) || searched != Faltung.suche(searched) {
                Issue.record("U+\(String(value, radix: 16))")
            }
        }
    }

    @Test func `folding any text twice changes nothing and leaves single blanks`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Zufall(seed)
        let pieces: [String] = [
            "a", "U", "ß", "Ü", "u", "\u{308}", "\u{304}", "e\u{301}", "ﬃ", "İ", "ŉ", "½", "´", "🏛", "\u{200D}", "-",
            " ",
            "\u{A0}", "–", "7", "가", "が", "\u{FEFF}", "µ",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in pieces.randomElement(using: &random) ?? ""
            }
            .joined()
            for fold in [Faltung.sort, Faltung.suche, Faltung.slug] {
                let once = fold(text)
                #expect(Array(fold(once).utf8) == Array(once.utf8), "seed \(seed), \(text)")
                #expect(!once.contains("  ") && once.first != " " && once.last != " ", "seed \(seed), \(text)")
            }
            let slug = Faltung.slug(text)
            #expect(slug.utf8.allSatisfy { $0 < 0x80 } && !slug.isEmpty && slug.last != "-", "seed \(seed), \(text)")
        }
    }

    @Test func `the quick way and the general way agree on every character of the table`() {
        for value in 0..<0x180 {
            guard let scalar = Unicode.Scalar(UInt32(value)) else { continue }
            // A Greek letter sends the text the general way.
            #expect(
                Faltung.suche("b\(Character(scalar))b") + " ω" == Faltung.suche("b\(Character(scalar))b ω"), "\(value)")
            #expect(
                Faltung.sort("b\(Character(scalar))b") + " ω" == Faltung.sort("b\(Character(scalar))b ω"), "\(value)")
        }
    }
}
