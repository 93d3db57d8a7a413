/// Everyday words and what the catalogue calls them, read from text files that an operator may edit.
package struct Alltagswoerter: Sendable {
    /// A fault in one of the files.
    package struct Fehler: Error, Equatable {
        package let datei: String
        package let zeile: Int
        package let grund: String
    }

    /// Words of the catalogue that stand for an everyday phrase.
    struct Entsprechung: Sendable, Equatable {
        let formen: [String]
        /// As the list writes it.
        let text: String
    }

    /// Alternatives in catalogue words, best first, by the stems of the everyday phrase joined by blanks.
    let synonyme: [String: [Entsprechung]]
    /// The everyday words themselves where they are single words, for beginnings and slips.
    let einzelne: Wortschatz
    /// Words that say nothing.
    let fuellwoerter: Set<String>
    /// Stems that count little beside other words.
    let schwache: Set<String>
    /// The same words as written, for slips.
    let schwacheFormen: Wortschatz
    /// Most words in an everyday phrase.
    static let laengstePhrase = 3

    package static let leer = Alltagswoerter(
        synonyme: [:], einzelne: .leer, fuellwoerter: [], schwache: [], schwacheFormen: .leer)

    /// Places have no everyday names in the list; only filler words count there.
    static func nurFuellwoerter(_ all: Alltagswoerter) -> Alltagswoerter {
        Alltagswoerter(
            synonyme: [:], einzelne: .leer, fuellwoerter: all.fuellwoerter, schwache: [],
            schwacheFormen: .leer)
    }

    private init(
        synonyme: [String: [Entsprechung]], einzelne: Wortschatz, fuellwoerter: Set<String>,
        schwache: Set<String>, schwacheFormen: Wortschatz
    ) {
        (self.synonyme, self.einzelne, self.fuellwoerter) = (synonyme, einzelne, fuellwoerter)
        (self.schwache, self.schwacheFormen) = (schwache, schwacheFormen)
    }

    /// - Parameters:
    ///   - synonyme: lines `angelschein, fischerschein = Fischereischein | …`.
    ///   - fuellwoerter: a word a line; from the line `[schwach]` on words that are dropped only beside others.
    /// - Throws: `Fehler` that names the file and the line.
    package init(synonyme text: String, fuellwoerter filler: String) throws {
        var fuellwoerter: (always: Set<String>, weak: Set<String>) = ([], [])
        var schwacheFormen: [Wortschatz.Eintrag] = []
        var isWeak = false
        for (number, line) in Alltagswoerter.zeilen(filler) {
            if line.hasPrefix("[") {
                guard line == "[schwach]" || line == "[immer]" else {
                    throw Fehler(
                        datei: "fuellwoerter.txt", zeile: number,
                        grund: "Der Abschnitt „\(line)“ ist unbekannt; es gibt [immer] und [schwach].")
                }
                isWeak = line == "[schwach]"
                continue
            }
            for word in Wortform.woerter(in: line) {
                if isWeak {
                    fuellwoerter.weak.insert(word.stamm)
                    schwacheFormen.append(.init(form: word.form, stamm: word.stamm, anzeige: word.form, anzahl: 1))
                } else {
                    fuellwoerter.always.insert(word.form)
                }
            }
        }
        var synonyme: [String: [Entsprechung]] = [:]
        var einzelne: [Wortschatz.Eintrag] = []
        for (number, line) in Alltagswoerter.zeilen(text) {
            let sides = line.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2 else {
                throw Fehler(
                    datei: "synonyme.txt", zeile: number, grund: "Die Zeile braucht genau ein Gleichheitszeichen.")
            }
            let alternatives = sides[1].split(separator: "|").map { part in
                Entsprechung(formen: Wortform.woerter(in: String(part)).map(\.form), text: part.trimmed)
            }.filter { !$0.formen.isEmpty }
            guard !alternatives.isEmpty else {
                throw Fehler(
                    datei: "synonyme.txt", zeile: number,
                    grund: "Rechts vom Gleichheitszeichen fehlen die Wörter des Katalogs.")
            }
            for phrase in sides[0].split(separator: ",", omittingEmptySubsequences: false) {
                let words = Wortform.woerter(in: String(phrase))
                guard (1...Alltagswoerter.laengstePhrase).contains(words.count) else {
                    throw Fehler(
                        datei: "synonyme.txt", zeile: number,
                        grund: "„\(phrase)“ muss aus ein bis drei Wörtern bestehen.")
                }
                // The question loses its filler words before it is looked up.
                let said = words.filter { !fuellwoerter.always.contains($0.form) }
                let key = (said.isEmpty ? words : said).map(\.stamm).joined(separator: " ")
                synonyme[key, default: []] += alternatives.filter { !(synonyme[key] ?? []).contains($0) }
                if words.count == 1, let word = words.first {
                    let shown = phrase.drop { $0.isWhitespace }.prefix { !$0.isWhitespace }
                    einzelne.append(.init(form: word.form, stamm: word.stamm, anzeige: String(shown), anzahl: 1))
                }
            }
        }
        self.init(
            synonyme: synonyme, einzelne: Wortschatz(eintraege: einzelne, haeufigkeit: [:], teile: [], namen: 0),
            fuellwoerter: fuellwoerter.always, schwache: fuellwoerter.weak,
            schwacheFormen: Wortschatz(eintraege: schwacheFormen, haeufigkeit: [:], teile: [], namen: 0))
    }

    /// Lines that say something, with their numbers from 1; editors end lines and begin files in their own ways.
    private static func zeilen(_ text: String) -> [(Int, String)] {
        let body = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
        return body.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().compactMap {
            number, line in
            let said = line.prefix { $0 != "#" }.trimmed
            return said.isEmpty ? nil : (number + 1, said)
        }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        let start = drop { $0.isWhitespace }
        var end = start
        while end.last?.isWhitespace == true { end.removeLast() }
        return String(end)
    }
}
