/// Collects the words of all names while the index is built: what is known, how often, what can be part of a compound.
struct Wortsammlung {
    private struct Form {
        let stamm: String
        let anzeige: String
        var anzahl: Int
    }

    private var formen: [String: Form] = [:]
    private(set) var haeufigkeit: [String: Int] = [:]
    private(set) var teile: Set<String> = []

    /// First pass: the words themselves.
    mutating func lies(_ text: String, mitTeilen: Bool) {
        for word in Wortform.woerter(in: text) {
            let shown = String(text[word.bereich])
            if let known = formen[word.form] {
                // Whichever comes first in the alphabet, so that the order of reading does not matter.
                formen[word.form] = Form(
                    stamm: word.stamm, anzeige: min(known.anzeige, shown), anzahl: known.anzahl + 1)
            } else {
                formen[word.form] = Form(stamm: word.stamm, anzeige: shown, anzahl: 1)
            }
            if mitTeilen, word.form.utf8.count >= Zerlegung.kuerzesterTeil { teile.insert(word.stamm) }
        }
    }

    /// Second pass: how many things hold each stem, parts of compounds counted too.
    mutating func zaehle(_ stems: Set<Substring>) {
        for stem in stems { haeufigkeit[String(stem), default: 0] += 1 }
    }

    func eintraege() -> [Wortschatz.Eintrag] {
        formen.map { .init(form: $0.key, stamm: $0.value.stamm, anzeige: $0.value.anzeige, anzahl: $0.value.anzahl) }
            .sorted { $0.form < $1.form }
    }
}

/// Brings texts into the form in which they are stored: stems with single blanks, parts of a compound after slashes.
struct Wortspeicher {
    let zerlegung: Zerlegung
    /// Words come back often, and taking them apart costs.
    private var bekannt: [String: String] = [:]
    private static let hoechstensBekannt = 200_000

    init(zerlegung: Zerlegung) { self.zerlegung = zerlegung }

    mutating func worte(_ text: String) -> String {
        var result = ""
        for word in Wortform.woerter(in: text) {
            if !result.isEmpty { result += " " }
            result += wort(word)
        }
        return result
    }

    private mutating func wort(_ word: Wort) -> String {
        if let known = bekannt[word.form] { return known }
        let made = ([word.stamm] + zerlegung.teile(von: word.form)).joined(separator: "/")
        if bekannt.count < Wortspeicher.hoechstensBekannt { bekannt[word.form] = made }
        return made
    }

    /// The stems and parts in stored words, each once.
    static func staemme(_ stored: String) -> Set<Substring> {
        // By scalars: a word may begin with a mark that would be one sign with the blank before it.
        Set(stored.unicodeScalars.split { $0 == " " || $0 == "/" }.map { Substring($0) })
    }
}
