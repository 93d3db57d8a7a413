import Kernel

/// Shows where the words of a question stand and says why something is an answer.
package final class Fundstelle {
    /// A piece of text, found or not.
    package struct Stueck: Sendable, Equatable {
        package let text: String
        package let gefunden: Bool
    }

    private let anfrage: Suchanfrage
    private let zerlegung: Zerlegung
    private let alle: Wortsuche
    /// By the words that an answer holds; most answers of a question hold the same.
    private var gehaltene: [Set<String>: Wortsuche] = [:]

    init(anfrage: Suchanfrage, zerlegung: Zerlegung) {
        self.anfrage = anfrage
        self.zerlegung = zerlegung
        alle = Wortsuche(
            Set(anfrage.begriffe.flatMap { $0.alternativen.flatMap { $0.gruppen.flatMap { $0 } } }), zerlegung)
    }

    func treffer(
        _ art: Suchdokument.Art, _ row: SucheStore.Kandidat, _ worth: Bewertung.Ergebnis, text: String?
    ) -> Suchtreffer {
        let words = Set(worth.gewaehlt.flatMap { $0?.gruppen.flatMap { $0 } ?? [] })
        let missing = worth.fehlende.map { anfrage.begriffe[$0] }.filter { !$0.istSchwach && !steht($0, in: text) }
        return Suchtreffer(
            art: art, id: row.id, pfad: row.pfad, name: row.name, zusatz: row.zusatz,
            markiert: markiert(row.name, suche(nach: words)),
            ausschnitt: text.map { ausschnitt($0) } ?? [], grund: grund(row, worth, missing.map(\.getippt)),
            ohne: missing.map(\.getippt))
    }

    /// An answer to a typed key, which needs no words.
    static func treffer(_ art: Suchdokument.Art, _ row: SucheStore.Kandidat) -> Suchtreffer {
        Suchtreffer(
            art: art, id: row.id, pfad: row.pfad, name: row.name, zusatz: row.zusatz,
            markiert: [Stueck(text: row.name, gefunden: false)], ausschnitt: [], grund: "Schlüssel", ohne: [])
    }

    private func suche(nach words: Set<String>) -> Wortsuche {
        if let known = gehaltene[words] { return known }
        let made = Wortsuche(words, zerlegung)
        gehaltene[words] = made
        return made
    }

    /// The text with the found words set apart.
    private func markiert(_ text: String, _ words: Wortsuche) -> [Stueck] {
        var text = text
        return text.withUTF8 { bytes in
            func piece(_ range: Range<Int>, _ isFound: Bool) -> Stueck {
                Stueck(text: String(decoding: bytes[range], as: UTF8.self), gefunden: isFound)
            }
            var pieces: [Stueck] = []
            var position = 0
            Wortform.durchlaufe(bytes) { range in
                guard words.trifft(bytes, range) else { return true }
                if position < range.lowerBound { pieces.append(piece(position..<range.lowerBound, false)) }
                pieces.append(piece(range, true))
                position = range.upperBound
                return true
            }
            if position < bytes.count { pieces.append(piece(position..<bytes.count, false)) }
            return pieces
        }
    }

    /// Bytes shown before the first found word and in all.
    private static let davor = 60
    private static let laenge = 220

    /// A piece of the text from shortly before the first found word on; nothing where none stands in it.
    private func ausschnitt(_ text: String) -> [Stueck] {
        var text = text
        let found: Int? = text.withUTF8 { bytes in Fundstelle.erstesWort(bytes, alle) }
        guard let found else { return [] }
        let utf8 = text.utf8
        var start = utf8.index(utf8.startIndex, offsetBy: max(0, found - Fundstelle.davor))
        var end = utf8.index(start, offsetBy: Fundstelle.laenge, limitedBy: utf8.endIndex) ?? utf8.endIndex
        // Whole words at both ends.
        while start > utf8.startIndex, utf8[utf8.index(before: start)] != 0x20 { start = utf8.index(before: start) }
        while end < utf8.endIndex, utf8[end] != 0x20 { end = utf8.index(after: end) }
        var pieces = markiert(String(text[start..<end]), alle)
        if start > utf8.startIndex { pieces.insert(Stueck(text: "… ", gefunden: false), at: 0) }
        if end < utf8.endIndex { pieces.append(Stueck(text: " …", gefunden: false)) }
        return pieces
    }

    /// The place of the first looked-for word.
    private static func erstesWort(_ bytes: UnsafeBufferPointer<UInt8>, _ words: Wortsuche) -> Int? {
        var found: Int?
        Wortform.durchlaufe(bytes) { range in
            if words.trifft(bytes, range) { found = range.lowerBound }
            return found == nil
        }
        return found
    }

    /// Whether the text holds an idea that neither the name nor what is around it does.
    private func steht(_ begriff: Suchanfrage.Begriff, in text: String?) -> Bool {
        guard var text else { return false }
        return begriff.alternativen.contains { alternative in
            alternative.gruppen.allSatisfy { group in
                text.withUTF8 { Fundstelle.erstesWort($0, suche(nach: Set(group))) } != nil
            }
        }
    }

    /// A sentence where the name does not show why it is an answer.
    private func grund(
        _ row: SucheStore.Kandidat, _ worth: Bewertung.Ergebnis, _ missing: [String]
    ) -> String? {
        var said = missing.map { "ohne „\($0)“" }
        for (index, chosen) in worth.gewaehlt.enumerated() {
            let begriff = anfrage.begriffe[index]
            guard let chosen else { continue }
            switch chosen.weg {
            case .synonym(let words): said.append("„\(begriff.getippt)“ heißt hier „\(words)“")
            case .aehnlich(let word): said.append("ähnlich geschrieben: „\(word)“")
            case .wort, .teile, .anfang, .enthalten: break
            }
            if worth.nurUmfeld[index] {
                said.append(umfeld(begriff, row))
            } else if let former = frueher(chosen, row) {
                said.append(former)
            }
        }
        var seen: Set<String> = []
        let once = said.filter { seen.insert($0).inserted }
        return once.isEmpty ? nil : once.joined(separator: ", ")
    }

    private func umfeld(_ begriff: Suchanfrage.Begriff, _ row: SucheStore.Kandidat) -> String {
        let words = Set(begriff.alternativen.flatMap { $0.gruppen.flatMap { $0 } })
        return frueher(words, row) ?? row.zusatz.map { "gehört zu \($0)" } ?? "im Umfeld genannt"
    }

    /// The former name that holds what the present one lacks of a reading.
    private func frueher(_ alternative: Suchanfrage.Alternative, _ row: SucheStore.Kandidat) -> String? {
        guard row.frueher != nil else { return nil }
        let name = Wortspeicher.staemme(row.nameWorte)
        let missing = alternative.gruppen.filter { group in !group.contains { name.contains(Substring($0)) } }
        return frueher(Set(missing.flatMap { $0 }), row)
    }

    private func frueher(_ words: Set<String>, _ row: SucheStore.Kandidat) -> String? {
        let former = row.frueher?.split(separator: "\n").first { name in
            Wortform.woerter(in: String(name)).contains { words.contains($0.stamm) }
        }
        return former.map { "früher: \($0)" }
    }
}
