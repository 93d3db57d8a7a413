/// Words of the names that can be found, kept in memory for one state of the index.
struct Wortschatz: Sendable {
    /// One spelling that occurs in a name.
    struct Eintrag: Sendable, Equatable {
        let form: String
        let stamm: String
        /// As people write it: "Führungszeugnis".
        let anzeige: String
        /// Number of names that hold it.
        let anzahl: Int
    }

    /// Sorted by `schlicht`.
    private let eintraege: [Eintrag]
    /// The forms without the e of umlauts, as bytes, so that typed words meet them in any spelling.
    private let schlicht: [[UInt8]]
    /// Which letters occur in each, so that most words are passed over without being looked at.
    private let buchstaben: [Buchstaben]
    private let haeufigkeit: [String: Int]
    let zerlegung: Zerlegung
    /// Number of things that have a name.
    let namen: Int

    /// - Parameter haeufigkeit: number of names by stem, parts of compounds counted too.
    init(eintraege: [Eintrag], haeufigkeit: [String: Int], teile: Set<String>, namen: Int) {
        let sorted = eintraege.map { ($0, Wortschatz.schlicht($0.form)) }.sorted {
            $0.1.lexicographicallyPrecedes($1.1) || ($0.1 == $1.1 && $0.0.form < $1.0.form)
        }
        self.eintraege = sorted.map(\.0)
        schlicht = sorted.map(\.1)
        buchstaben = sorted.map { Buchstaben($0.1) }
        self.haeufigkeit = haeufigkeit
        zerlegung = Zerlegung(teile: teile)
        self.namen = namen
    }

    static let leer = Wortschatz(eintraege: [], haeufigkeit: [:], teile: [], namen: 0)

    /// How many names hold the stem, alone or as part of a compound.
    func anzahl(_ stamm: String) -> Int { haeufigkeit[stamm] ?? 0 }

    /// Words that begin as typed, the commonest first.
    func beginnend(mit form: String, hoechstens: Int) -> [Eintrag] {
        let typed = Wortschatz.schlicht(form)
        var low = 0
        var high = schlicht.count
        while low < high {
            let middle = (low + high) / 2
            if schlicht[middle].lexicographicallyPrecedes(typed) { low = middle + 1 } else { high = middle }
        }
        var found: [Eintrag] = []
        while low < schlicht.count, schlicht[low].starts(with: typed) {
            found.append(eintraege[low])
            low += 1
        }
        return Wortschatz.haeufigste(found, hoechstens)
    }

    /// Words in which the typed one stands anywhere, the commonest first.
    func enthaltend(_ form: String, hoechstens: Int) -> [Eintrag] {
        let typed = Wortschatz.schlicht(form)
        let letters = Buchstaben(typed)
        var found: [Eintrag] = []
        for (position, word) in buchstaben.enumerated() where word.koennenEnthalten(letters) {
            if schlicht[position].enthaelt(typed) { found.append(eintraege[position]) }
        }
        return Wortschatz.haeufigste(found, hoechstens)
    }

    /// Words that differ by one slip of the finger, in longer words by two; the nearest first.
    func aehnlich(_ form: String, hoechstens: Int) -> [(eintrag: Eintrag, abstand: Int)] {
        let typed = Wortschatz.schlicht(form)
        guard typed.count >= 4 else { return [] }
        let limit = typed.count >= 8 ? 2 : 1
        var found: [(eintrag: Eintrag, abstand: Int)] = []
        let letters = Buchstaben(typed)
        for (position, known) in buchstaben.enumerated() where known.koennenGleichen(letters, bis: limit) {
            let word = schlicht[position]
            // Two slips that touch the first letter are another word.
            let isSameStart = word.first == typed.first
            let allowed = isSameStart ? limit : 1
            let distance = Abstand.zwischen(typed, word, hoechstens: allowed)
            if distance > 0, distance <= allowed { found.append((eintraege[position], isSameStart ? distance * 2 : 3)) }
        }
        found.sort {
            ($0.abstand, -$0.eintrag.anzahl, $0.eintrag.form) < ($1.abstand, -$1.eintrag.anzahl, $1.eintrag.form)
        }
        guard let nearest = found.first?.abstand else { return [] }
        return Array(found.prefix { $0.abstand <= nearest + 1 }.prefix(hoechstens))
    }

    private static func haeufigste(_ found: [Eintrag], _ limit: Int) -> [Eintrag] {
        Array(
            found.sorted {
                ($0.form.utf8.count > 40 ? 1 : 0, -$0.anzahl, $0.form) < (
                    $1.form.utf8.count > 40 ? 1 : 0, -$1.anzahl, $1.form
                )
            }.prefix(limit))
    }

    static func schlicht(_ form: String) -> [UInt8] { Wortform.ohneUmlaut(Array(form.utf8)) }
}

/// The length of a word and the letters in it, which tell quickly what it cannot hold or resemble.
private struct Buchstaben {
    private let maske: UInt32
    private let laenge: Int32

    init(_ word: [UInt8]) {
        // Letters from a to z have a bit of their own; digits and others share some.
        maske = word.reduce(0) { $0 | 1 << UInt32($1 & 31) }
        laenge = Int32(word.count)
    }

    /// Whether a longer word with these letters can hold the part.
    func koennenEnthalten(_ part: Buchstaben) -> Bool { laenge > part.laenge && part.maske & ~maske == 0 }

    /// A slip changes the length by one letter at most and which letters there are by two.
    func koennenGleichen(_ other: Buchstaben, bis slips: Int) -> Bool {
        abs(laenge - other.laenge) <= slips && (maske ^ other.maske).nonzeroBitCount <= 2 * slips
    }
}

extension [UInt8] {
    func enthaelt(_ part: [UInt8]) -> Bool {
        guard let first = part.first, count >= part.count else { return false }
        var start = 0
        while start <= count - part.count {
            if self[start] == first, self[start..<start + part.count].elementsEqual(part) { return true }
            start += 1
        }
        return false
    }
}

/// The number of slips between two words: a letter more, less, another, or two swapped (optimal string alignment).
enum Abstand {
    /// The distance, or `hoechstens + 1` where it is larger.
    static func zwischen(_ a: [UInt8], _ b: [UInt8], hoechstens limit: Int) -> Int {
        guard abs(a.count - b.count) <= limit else { return limit + 1 }
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        var row = last
        for i in 0..<a.count {
            row[0] = i + 1
            var best = row[0]
            for j in 0..<b.count {
                var cost = Swift.min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = Swift.min(cost, beforeLast[j - 1] + 1) }
                row[j + 1] = cost
                best = Swift.min(best, cost)
            }
            if best > limit { return limit + 1 }
            (beforeLast, last, row) = (last, row, beforeLast)
        }
        return Swift.min(last[b.count], limit + 1)
    }
}
