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
    mutating func zaehle(_ counts: [String: Int]) { haeufigkeit.merge(counts, uniquingKeysWith: +) }

    func eintraege() -> [Wortschatz.Eintrag] {
        formen.map { .init(form: $0.key, stamm: $0.value.stamm, anzeige: $0.value.anzeige, anzahl: $0.value.anzahl) }
            .sorted { $0.form < $1.form }
    }
}

/// Brings texts into the form in which they are stored: stems with single blanks, parts of a compound after slashes.
///
/// Every stem has a number, so that a text of hundreds of words is told by as many small numbers.
struct Wortspeicher {
    private struct Bekannt {
        let gespeichert: String
        let nummern: [Int32]
    }

    let zerlegung: Zerlegung
    private(set) var staemme: [String] = []
    private var nummern: [String: Int32] = [:]
    /// Words come back often, and taking them apart costs; by what is written.
    private var bekannt: [String: Bekannt] = [:]
    private static let hoechstensBekannt = 300_000

    init(zerlegung: Zerlegung) { self.zerlegung = zerlegung }

    /// The stored words of a text; their stems' numbers come to `stems`.
    mutating func worte(_ text: String, _ stems: inout [Int32]) -> String {
        var result = ""
        jedesWort(text) { word in
            if !result.isEmpty, !word.gespeichert.isEmpty { result += " " }
            result += word.gespeichert
            stems += word.nummern
        }
        return result
    }

    /// The numbers of a text's stems, where its words themselves are not stored.
    mutating func lies(_ text: String, _ stems: inout [Int32]) {
        jedesWort(text) { stems += $0.nummern }
    }

    private mutating func jedesWort(_ text: String, _ body: (Bekannt) -> Void) {
        var text = text
        text.withUTF8 { bytes in
            Wortform.durchlaufe(bytes) { range in
                let written = String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
                if let known = bekannt[written] {
                    body(known)
                } else {
                    let made = neu(written)
                    if bekannt.count < Wortspeicher.hoechstensBekannt { bekannt[written] = made }
                    body(made)
                }
                return true
            }
        }
    }

    private mutating func neu(_ written: String) -> Bekannt {
        var stored: [String] = []
        var numbers: [Int32] = []
        for form in Wortform.formen(written) {
            let stems = [Wortform.stamm(form)] + zerlegung.teile(von: form)
            stored.append(stems.joined(separator: "/"))
            for stem in stems {
                let number = nummern[stem] ?? Int32(staemme.count)
                if number == staemme.count {
                    nummern[stem] = number
                    staemme.append(stem)
                }
                numbers.append(number)
            }
        }
        return Bekannt(gespeichert: stored.joined(separator: " "), nummern: numbers)
    }

    /// The stems and parts in stored words, each once.
    static func staemme(_ stored: String) -> Set<Substring> {
        // By scalars: a word may begin with a mark that would be one sign with the blank before it.
        Set(stored.unicodeScalars.split { $0 == " " || $0 == "/" }.map { Substring($0) })
    }
}
