import Foundation
import TestKit
import Testing

@testable import Suche

/// The editable lists of everyday words: how they are written, and that the shipped ones keep what they promise.
@Suite struct AlltagswoerterTests {
    private func gelesen(_ synonyme: String, _ filler: String = "") throws -> Alltagswoerter {
        try Alltagswoerter(synonyme: synonyme, fuellwoerter: filler)
    }

    private func texte(_ words: Alltagswoerter, _ phrase: String) -> [String] {
        let key = Wortform.woerter(in: phrase).map(\.stamm).joined(separator: " ")
        return (words.synonyme[key] ?? []).map(\.text)
    }

    @Test func `a line says what everyday words mean, the best meaning first`() throws {
        let words = try gelesen(
            """
            # Überschrift

            angelschein, Fischerschein = Fischereischein | Fischerei Abgabe  # warum
              Perso verloren = Personalausweis Verlust
            """)
        #expect(texte(words, "Angelschein") == ["Fischereischein", "Fischerei Abgabe"])
        #expect(texte(words, "angelscheine") == ["Fischereischein", "Fischerei Abgabe"])
        #expect(texte(words, "fischerschein") == ["Fischereischein", "Fischerei Abgabe"])
        #expect(texte(words, "perso verloren") == ["Personalausweis Verlust"])
        #expect(texte(words, "perso").isEmpty)
    }

    @Test func `what stands twice on the left keeps both meanings`() throws {
        let words = try gelesen("lappen = Führerschein\nLappen, fetzen = Fahrerlaubnis | Führerschein")
        #expect(texte(words, "lappen") == ["Führerschein", "Fahrerlaubnis"])
    }

    @Test(arguments: ["\n", "\r\n", "\r"]) func `lists may be saved by any editor`(end: String) throws {
        let words = try gelesen(
            "\u{FEFF}# Liste\(end)auto = Kraftfahrzeug\(end)\(end)müll = Abfall\(end)",
            "\u{FEFF}[immer]\(end)wie\(end)[schwach]\(end)beantragen\(end)")
        #expect(texte(words, "auto") == ["Kraftfahrzeug"] && texte(words, "muell") == ["Abfall"])
        #expect(words.fuellwoerter == ["wie"] && words.schwache == ["beantrag"])
    }

    @Test func `filler words fall out of phrases as they fall out of questions`() throws {
        let words = try gelesen("auto für tante = Kraftfahrzeug\nwas für = Katalog", "für\ndie\nwas")
        #expect(words.synonyme["auto tant"]?.map(\.text) == ["Kraftfahrzeug"])
        // A phrase of nothing else stays as it is, like a question of nothing else.
        #expect(texte(words, "was für") == ["Katalog"])
    }

    @Test(arguments: [
        ("a = B\nauto Kraftfahrzeug", 2, "Gleichheitszeichen"), ("a = b = c", 1, "Gleichheitszeichen"),
        ("\n# x\nauto =", 3, "Rechts"), ("auto = | , ; |", 1, "Rechts"), (" = Kraftfahrzeug", 1, "ein bis drei"),
        ("auto,, kfz = Kraftfahrzeug", 1, "ein bis drei"), ("ein zwei drei vier = X", 1, "ein bis drei"),
        ("auto, !? = Kraftfahrzeug", 1, "ein bis drei"), ("a = B\r\n\r\nc", 3, "Gleichheitszeichen"),
    ]) func `a fault is named with its file, its line and what is wrong`(text: String, line: Int, reason: String) {
        let fault = #expect(throws: Alltagswoerter.Fehler.self) { try gelesen(text) }
        #expect(fault?.datei == "synonyme.txt" && fault?.zeile == line)
        #expect(fault?.grund.contains(reason) == true, "\(fault?.grund ?? "")")
    }

    @Test func `a section that is none is a fault of the list of filler words`() {
        let fault = #expect(throws: Alltagswoerter.Fehler.self) { try gelesen("", "[immer]\nwie\n[Schwache]\n") }
        #expect(fault?.datei == "fuellwoerter.txt" && fault?.zeile == 3)
    }

    @Test func `whatever a list holds is read or refused and never breaks the program`() {
        let seed = UInt64.random(in: 0 ... .max)
        var salat = Zeichensalat(seed)
        for _ in 0..<500 {
            let lines = (0..<3).map { _ in
                salat.text() + (Bool.random(using: &salat.random) ? " = " : "") + salat.text()
            }
            do { _ = try gelesen(lines.joined(separator: "\n"), salat.text()) } catch {
                #expect(error is Alltagswoerter.Fehler, "seed \(seed)")
            }
        }
    }

    /// Lines of the shipped list: the phrases on the left and the alternatives on the right.
    private func zeilen() throws -> [(nummer: Int, links: [String], rechts: [String])] {
        let text = try String(contentsOfFile: Welt.ordner("Sources/Suche/woerter/synonyme.txt"), encoding: .utf8)
        return text.components(separatedBy: "\n").enumerated().compactMap { number, line in
            let sides = line.prefix { $0 != "#" }.components(separatedBy: "=")
            guard sides.count == 2 else { return nil }
            return (
                number + 1, sides[0].components(separatedBy: ",").map { $0.trimmingCharacters(in: .whitespaces) },
                sides[1].components(separatedBy: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            )
        }
    }

    @Test func `the shipped list knows at least 200 everyday words, each once`() throws {
        let words = try Welt.alltagswoerter.get()
        #expect(words.synonyme.count >= 200)
        #expect(words.synonyme.keys.filter { !$0.contains(" ") }.count >= 200, "single words")
        for phrase in ["angelschein", "bafög", "kfz", "perso", "müll", "lappen", "stempelgeld"] {
            #expect(!texte(words, phrase).isEmpty, "\(phrase)")
        }
        var seen: [String: Int] = [:]
        for (number, left, _) in try zeilen() {
            for phrase in left {
                let forms = Wortform.woerter(in: phrase).map(\.form).joined(separator: " ")
                // A line may write one word with and without its hyphen.
                #expect(
                    seen[forms] == nil || seen[forms] == number,
                    "„\(phrase)“ steht in Zeile \(seen[forms] ?? 0) und \(number)")
                seen[forms] = number
            }
        }
    }

    @Test func `no meaning of the shipped list is lost where stems meet`() throws {
        let words = try Welt.alltagswoerter.get()
        for (number, left, right) in try zeilen() {
            for phrase in left {
                let all = Wortform.woerter(in: phrase)
                let said = all.filter { !words.fuellwoerter.contains($0.form) }
                let key = (said.isEmpty ? all : said).map(\.stamm).joined(separator: " ")
                let found = (words.synonyme[key] ?? []).map(\.text)
                #expect(Set(right).isSubset(of: found), "Zeile \(number): \(phrase)")
            }
        }
    }

    @Test(.enabled(if: Welt.echteDaten != nil))
    func `every meaning of the shipped list finds something in the real catalogue`() async throws {
        let welt = try await Lesewelt.echt.welt(.sqliteMemory)
        let (words, known) = (try Welt.alltagswoerter.get(), try await welt.inhalt().katalog)
        var rows: [String: Set<Int>] = [:]
        try await welt.database.read { db in
            try db.rows("SELECT name_worte, umfeld_worte FROM suche_eintrag WHERE art <> 'gebiet'").map {
                try $0["name_worte"] + " " + $0["umfeld_worte"] as String
            }
        }.enumerated().forEach { number, stored in
            for word in Wortspeicher.staemme(stored) { rows[String(word), default: []].insert(number) }
        }
        var dead: [String] = []
        for (number, left, right) in try zeilen() {
            let question = Suchanfrage(left[0], wortschatz: known, alltag: words)
            for meaning in right {
                let found = question.begriffe.flatMap(\.alternativen).first { $0.weg == .synonym(meaning) }
                guard let found else {
                    dead.append("Zeile \(number): „\(left[0])“ führt nicht zu „\(meaning)“")
                    continue
                }
                let sets = found.gruppen.map { group in group.reduce(into: Set<Int>()) { $0.formUnion(rows[$1] ?? []) }
                }
                let hits = sets.dropFirst().reduce(sets.first ?? []) { $0.intersection($1) }
                if hits.isEmpty { dead.append("Zeile \(number): „\(meaning)“ findet nichts") }
            }
        }
        #expect(dead.isEmpty, "\(dead.joined(separator: "\n"))")
    }
}
