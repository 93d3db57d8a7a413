/// How well a name and what stands around it answer a question.
struct Bewertung: Sendable {
    /// What one thing scored.
    struct Ergebnis: Sendable {
        /// Higher is better; 1 means that every idea stands in the name as typed and nothing else does.
        let punkte: Double
        /// The alternative that held, by idea; nil where the idea is missing.
        let gewaehlt: [Suchanfrage.Alternative?]
        /// Ideas found outside the name only.
        let nurUmfeld: [Bool]
        var fehlende: [Int] { gewaehlt.indices.filter { gewaehlt[$0] == nil } }
    }

    private let anfrage: Suchanfrage
    /// Numbers of the looked-for words by the hash of their bytes.
    private let nummern: [UInt64: Int]
    private let gruppen: [[[[Int]]]]

    /// What a whole word of the name, the last part of a compound, another part, and a word around the name are worth.
    private static let ganz = 1.0
    private static let kopf = 0.88
    private static let teil = 0.8
    private static let umfeld = 0.4

    init(_ anfrage: Suchanfrage) {
        self.anfrage = anfrage
        var numbers: [UInt64: Int] = [:]
        gruppen = anfrage.begriffe.map { begriff in
            begriff.alternativen.map { alternative in
                alternative.gruppen.map { group in
                    group.map { word in
                        let hash = Bewertung.hash(word.utf8)
                        let number = numbers[hash] ?? numbers.count
                        numbers[hash] = number
                        return number
                    }
                }
            }
        }
        nummern = numbers
    }

    /// - Parameters:
    ///   - name: the stored words of the name, parts of compounds after slashes.
    ///   - umfeld: words around the name, divided likewise.
    func bewerte(name: String, umfeld: String) -> Ergebnis {
        var guete = [Double](repeating: 0, count: nummern.count)
        var stelle = [Int](repeating: -1, count: nummern.count)
        var words = 0
        Bewertung.durchlaufe(name) { hash, word, part, isLast in
            words = word + 1
            guard let number = nummern[hash] else { return }
            let worth = part == 0 ? Bewertung.ganz : isLast ? Bewertung.kopf : Bewertung.teil
            if worth > guete[number] { (guete[number], stelle[number]) = (worth, word) }
        }
        Bewertung.durchlaufe(umfeld) { hash, _, part, _ in
            guard let number = nummern[hash], guete[number] == 0 else { return }
            guete[number] = Bewertung.umfeld * (part == 0 ? 1 : 0.85)
        }
        return zusammen(guete, stelle, words: words)
    }

    private func zusammen(_ guete: [Double], _ stelle: [Int], words: Int) -> Ergebnis {
        var chosen: [Suchanfrage.Alternative?] = []
        var outside: [Bool] = []
        var hit = Set<Int>()
        var sum = 0.0
        var all = 0.0
        for (index, begriff) in anfrage.begriffe.enumerated() {
            let weight = begriff.gewicht * (begriff.istSchwach ? 0.3 : 1)
            all += weight
            var best = 0.0
            var bestAlternative: Suchanfrage.Alternative?
            var bestPlaces: [Int] = []
            for (rank, alternative) in begriff.alternativen.enumerated() where alternative.guete > best {
                guard let (value, places) = Bewertung.wert(gruppen[index][rank], guete, stelle) else { continue }
                if value * alternative.guete > best {
                    (best, bestAlternative, bestPlaces) = (value * alternative.guete, alternative, places)
                }
            }
            chosen.append(bestAlternative)
            outside.append(bestAlternative != nil && bestPlaces.isEmpty)
            hit.formUnion(bestPlaces)
            sum += weight * best
        }
        let base = all > 0 ? sum / all : 0
        // Of two names that hold the question the one that says little else is meant.
        let share = words > 0 ? Double(hit.count) / Double(words) : 0
        let isFirst = hit.contains(0) ? 0.03 : 0
        return Ergebnis(punkte: base * (0.8 + 0.17 * share + isFirst), gewaehlt: chosen, nurUmfeld: outside)
    }

    /// The mean of the groups' worth and the places in the name; nil where a group does not occur.
    private static func wert(_ groups: [[Int]], _ guete: [Double], _ stelle: [Int]) -> (Double, [Int])? {
        var sum = 0.0
        var places: [Int] = []
        for group in groups {
            var best = 0.0
            var place = -1
            for number in group where guete[number] > best { (best, place) = (guete[number], stelle[number]) }
            if best == 0 { return nil }
            sum += best
            if place >= 0 { places.append(place) }
        }
        return groups.isEmpty ? nil : (sum / Double(groups.count), places)
    }

    /// Calls `body` with the hash of each word or part, the word's number, the part's number and whether it is the last.
    private static func durchlaufe(_ text: String, _ body: (UInt64, Int, Int, Bool) -> Void) {
        var hash = start
        var word = 0
        var part = 0
        var isEmpty = true
        for byte in text.utf8 {
            if byte == 0x20 || byte == 0x2F {
                if !isEmpty { body(hash, word, part, byte == 0x20) }
                if byte == 0x20 { (word, part) = (word + 1, 0) } else { part += 1 }
                (hash, isEmpty) = (start, true)
            } else {
                hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
                isEmpty = false
            }
        }
        if !isEmpty { body(hash, word, part, true) }
    }

    private static let start: UInt64 = 0xCBF2_9CE4_8422_2325

    /// FNV-1a.
    private static func hash(_ bytes: String.UTF8View) -> UInt64 {
        bytes.reduce(start) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
