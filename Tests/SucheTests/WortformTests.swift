import TestKit
import Testing

@testable import Suche

/// Words and their stems: spellings and forms of one word meet, others stay apart.
@Suite struct WortformTests {
    private func staemme(_ text: String) -> [String] { Wortform.woerter(in: text).map(\.stamm) }

    @Test(arguments: [
        ["Verlängerung", "verlängern", "verlaengern", "VERLÄNGERUNG", "Verlängerungen"],
        ["Haus", "Häuser", "Hauses", "Häusern", "haeuser"], ["Müll", "Muell", "Mull", "mu\u{308}ll", "Mülls"],
        ["Anmeldung", "anmelden", "Anmeldungen"], ["Straße", "Strasse", "STRASSE", "Straßen", "straẞe"],
        ["Fuß", "Fuss", "Füße", "Füsse", "fuesse"], ["Hund", "Hunde", "Hunden", "Hundes", "Hunds"],
        ["Führung", "Fuehrung", "Fuhrung", "führen"], ["Lehrer", "Lehrerin", "Lehrerinnen", "Lehrern"],
        ["Ausweis", "Ausweise", "Ausweises"], ["Zeugnis", "Zeugnisse", "Zeugnissen"],
        ["Prüfung", "Prüfungen", "prüfen", "Pruefung"], ["Ärztin", "Aerztin", "Arztin"],
        ["Änderung", "ändern", "Aenderung"], ["Kind", "Kinder", "Kindern", "Kindes"],
        ["Genehmigung", "genehmigen", "Genehmigungen"], ["Beurkundung", "beurkunden"], ["Auto", "Autos"],
    ]) func `forms and spellings of one word meet`(forms: [String]) {
        #expect(Set(forms.flatMap(staemme)).count == 1, "\(forms.map(staemme))")
    }

    @Test(arguments: [
        ("Haus", "Hase"), ("Wald", "Wahl"), ("Steuer", "Stau"), ("Kind", "Kinn"), ("Gericht", "Gerücht"),
        ("Hof", "Haft"), ("Ehe", "Ehre"), ("Rente", "Rind"), ("Bau", "Baum"), ("Anmeldung", "Abmeldung"),
        ("Pass", "Spass"), ("Geld", "Gold"), ("Amt", "Art"), ("Zuzug", "Auszug"), ("99001", "99002"),
        ("Quelle", "Qual"),
    ]) func `different words stay apart`(a: String, b: String) {
        #expect(staemme(a) != staemme(b))
    }

    @Test(arguments: [
        ("angemeldet", "anmelden"), ("abgemeldet", "abmelden"), ("umgezogen", "umzogen"), ("eingetragen", "eintragen"),
        ("zugelassen", "zulassen"), ("mitgeteilt", "mitteilen"),
    ]) func `a participle leads to its verb`(participle: String, verb: String) throws {
        let form = try #require(Wortform.woerter(in: participle).first?.form)
        #expect(Wortform.ohnePartizip(form) == staemme(verb).first)
    }

    @Test(arguments: [
        "angel", "umgebung", "ausgabe", "angebot", "anger", "vorgang", "zugabe", "", "ge", "ange", "anget",
    ])
    func `a word that is no participle leads nowhere`(form: String) {
        #expect(Wortform.ohnePartizip(form) == nil)
    }

    @Test(arguments: [
        ("Hund anmelden", ["hund", "anmelden"]), ("  99-110/009.104 ", ["99", "110", "009", "104"]),
        ("Kfz-Steuer", ["kfz", "steuer"]), ("§ 12 BGB", ["12", "bgb"]), ("Elektro\u{AD}geräte", ["elektrogeraete"]),
        ("Füße", ["fuesse"]), ("e\u{301}tage", ["etage"]), ("½", ["1", "2"]), ("Ⅷ.", ["viii"]), ("ﬁnden", ["finden"]),
        ("", []), ("!?…„“", []), ("\u{0}\u{0}", []), ("👨‍👩‍👧‍👦", []), ("a\u{0}b", ["a", "b"]), ("中文", ["中文"]),
    ]) func `text falls into words at everything but letters, digits and the marks in them`(
        text: String, forms: [String]
    ) {
        #expect(Wortform.woerter(in: text).map(\.form) == forms)
    }

    @Test func `whatever is typed becomes words that an engine can hold`() {
        let seed = UInt64.random(in: 0 ... .max)
        var salat = Zeichensalat(seed)
        for _ in 0..<2_000 {
            let text = salat.text()
            var last = text.startIndex
            for word in Wortform.woerter(in: text) {
                #expect(!word.form.isEmpty && !word.stamm.isEmpty, "seed \(seed)")
                for part in [word.form, word.stamm] {
                    #expect(part.utf8.count <= 4 * Wortform.laengstesWort, "seed \(seed)")
                    #expect(
                        part.unicodeScalars.allSatisfy { !" '\"\\/|&!():*<>\u{0}".unicodeScalars.contains($0) },
                        "seed \(seed): \(part.debugDescription)")
                }
                // What is stored is typed again, and must be found as the same word.
                #expect(Wortform.woerter(in: word.form).map(\.form) == [word.form], "seed \(seed): \(word.form)")
                #expect(Wortform.stamm(word.form) == word.stamm)
                #expect(word.bereich.lowerBound >= last && word.bereich.upperBound <= text.endIndex, "seed \(seed)")
                last = word.bereich.lowerBound
            }
        }
    }

    @Test func `a stem is a beginning of its word, read without umlauts`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Zufall(seed)
        let pieces = [
            "a", "ae", "e", "en", "er", "ung", "niss", "innen", "qu", "ue", "s", "st", "m", "h", "ge", "an", "x",
        ]
        for _ in 0..<5_000 {
            let form = random.text(of: pieces, length: 7)
            let stem = Wortform.stamm(form)
            let plain = String(decoding: Wortform.ohneUmlaut(Array(form.utf8)), as: UTF8.self)
            #expect(plain.hasPrefix(stem), "seed \(seed): \(form) → \(stem)")
            #expect(stem.isEmpty == form.isEmpty)
            #expect(Wortform.ohneUmlaut(Array(stem.utf8)) == Array(stem.utf8), "seed \(seed): \(form) → \(stem)")
        }
    }

    @Test func `long texts and long words cost no more than their length`() {
        let many = String(repeating: "Führungszeugnis ", count: 10_000)
        #expect(Wortform.woerter(in: many).count == 10_000)
        #expect(Wortform.woerter(in: many, hoechstens: 7).count == 7)
        #expect(Wortform.woerter(in: many, hoechstens: 0).isEmpty)
        for letter in ["a", "ß", "ä", "中", "e\u{301}", "\u{903}", "क\u{903}", "😀", "\u{FDFA}", "\u{AD}"] {
            let words = Wortform.woerter(in: String(repeating: letter, count: 200_000), hoechstens: 100)
            #expect(words.allSatisfy { $0.form.unicodeScalars.count <= Wortform.laengstesWort }, "\(letter)")
        }
        // One sign with ever more marks is one letter to Swift.
        let marked = Wortform.woerter(in: "a" + String(repeating: "\u{903}", count: 100_000))
        #expect(marked.allSatisfy { $0.form.utf8.count <= 4 * Wortform.laengstesWort })
    }

    @Test(.enabled(if: Welt.echteDaten != nil))
    func `every umlaut of the real catalogue may be typed with e or without its points`() async throws {
        let names = try await Lesewelt.echt.welt(.sqliteMemory).database.read { db in
            try db.rows("SELECT name FROM suche_eintrag WHERE art <> 'gebiet'").map { try $0["name"] as String }
        }
        let words = Set(names.flatMap { $0.split { !$0.isLetter }.map { $0.lowercased() } })
        let marked = words.filter { $0.contains { "äöü".contains($0) } }
        try #require(marked.count > 500)
        var apart: [String] = []
        for word in marked.sorted() {
            let spelled = word.replacing("ä", with: "ae").replacing("ö", with: "oe").replacing("ü", with: "ue")
            let plain = word.replacing("ä", with: "a").replacing("ö", with: "o").replacing("ü", with: "u")
            #expect(staemme(word) == staemme(spelled), "\(word)")
            if staemme(word) != staemme(plain) { apart.append(word) }
        }
        #expect(apart.isEmpty, "\(apart)")
    }
}
