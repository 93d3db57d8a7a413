import Storage
import TestKit

@testable import Suche

/// Questions as people type them, made at random from what can be found.
struct Zufallsfragen {
    var random: Zufall
    private let namen: [String]
    private let orte: [String]
    private let schluessel: [String]
    private let alltag: [String]

    /// Everything is read in an order that is the same in every database.
    init(_ seed: UInt64, _ db: any SQLConnection) throws {
        random = Zufall(seed)
        namen = try db.rows("SELECT name FROM suche_eintrag WHERE art <> 'gebiet' ORDER BY pfad").map { try $0["name"] }
        orte = try db.rows("SELECT name FROM suche_eintrag WHERE art = 'gebiet' ORDER BY pfad").map { try $0["name"] }
        schluessel = try db.rows("SELECT DISTINCT schluessel FROM suche_schluessel ORDER BY schluessel").map {
            try $0["schluessel"]
        }
        alltag = try Welt.alltagswoerter.get().synonyme.keys.sorted()
    }

    mutating func fragen(_ count: Int) -> [String] { (0..<count).map { _ in naechste() } }

    mutating func naechste() -> String {
        switch Int.random(in: 0..<14, using: &random) {
        case 0: return wort()
        case 1, 2: return wort() + " " + wort()
        case 3: return String(wort().prefix(Int.random(in: 2...6, using: &random)))
        case 4: return verschrieben(wort())
        case 5: return verschrieben(wort()) + " " + wort()
        case 6: return zusammen()
        case 7: return getrennt(wort())
        case 8: return ort()
        case 9: return wort() + " in " + ort()
        case 10: return ziffern()
        case 11: return gefuellt()
        case 12: return pick(alltag)
        default:
            return Bool.random(using: &random)
                ? pick(namen) : random.text(of: ["qu", "ax", "zo", "ill", "ß", "ng"], length: 5)
        }
    }

    private mutating func pick(_ from: [String]) -> String { from.randomElement(using: &random) ?? "" }

    private mutating func wort() -> String {
        let words = pick(namen).split { !$0.isLetter && $0 != "-" }.map(String.init).filter { $0.count > 2 }
        let word = words.randomElement(using: &random) ?? "Antrag"
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            return word.lowercased().replacing("ä", with: "ae").replacing("ö", with: "oe").replacing("ü", with: "ue")
        case 1: return word.lowercased().replacing("ä", with: "a").replacing("ö", with: "o").replacing("ü", with: "u")
        case 2: return word.lowercased()
        default: return word
        }
    }

    private mutating func ort() -> String {
        let name = pick(orte)
        return Bool.random(using: &random) ? name : verschrieben(String(name.prefix { $0 != "," }))
    }

    private mutating func verschrieben(_ word: String) -> String {
        var letters = Array(word)
        guard letters.count > 3 else { return word }
        let place = Int.random(in: 1..<letters.count - 1, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: letters.remove(at: place)
        case 1: letters.insert(letters[place], at: place)
        case 2: letters.swapAt(place, place + 1)
        default: letters[place] = "e"
        }
        return String(letters)
    }

    private mutating func zusammen() -> String { (wort() + pick(["", "s", "-"]) + wort()).lowercased() }

    private mutating func getrennt(_ word: String) -> String {
        guard word.count > 6 else { return word }
        let place = word.index(word.startIndex, offsetBy: Int.random(in: 3..<word.count - 2, using: &random))
        return word[..<place] + " " + word[place...]
    }

    private mutating func ziffern() -> String {
        let digits = pick(schluessel).prefix(Int.random(in: 2...14, using: &random))
        guard Bool.random(using: &random) else { return String(digits) }
        return "LeiKa " + digits.enumerated().map { $0 % 3 == 2 ? "\($1) " : "\($1)" }.joined()
    }

    private mutating func gefuellt() -> String {
        let word = wort()
        return pick([
            "wie kann ich \(word) beantragen", "wo bekomme ich einen \(word)?", "ich möchte \(word)", "\(word) online",
            "was kostet ein \(word)", "\(word) verloren was tun", "brauche ich für \(word) eine genehmigung",
        ])
    }
}
