import Storage

/// The lists of one index that a search needs, each read once.
final class Suchlisten {
    /// A stem among the words of one kind.
    struct Stelle: Hashable {
        let art: Suchdokument.Art
        let stamm: String
    }

    private struct Schluessel: Hashable {
        let stelle: Stelle
        let feld: Listensammlung.Feld
    }

    private let inhalt: Suchgedaechtnis.Inhalt
    private let db: any SQLConnection
    private var gelesen: [Schluessel: Treffermenge] = [:]
    private var gefragt: Set<Stelle> = []

    init(_ inhalt: Suchgedaechtnis.Inhalt, in db: any SQLConnection) { (self.inhalt, self.db) = (inhalt, db) }

    /// Row numbers by place.
    private func nummern(_ art: Suchdokument.Art) -> [Int64] { inhalt.nummern[art] ?? [] }

    /// Reads the lists of all these conditions in one go.
    func bereite(_ steps: [(art: Suchdokument.Art, stufen: [Suchplan.Stufe])]) throws {
        var wanted: Set<Stelle> = []
        for (art, steps) in steps where !nummern(art).isEmpty {
            var words: Set<String> = []
            for step in steps { step.ausdruck.sammle(&words) }
            wanted.formUnion(words.lazy.map { Stelle(art: art, stamm: $0) })
        }
        wanted.subtract(gefragt)
        guard !wanted.isEmpty else { return }
        gefragt.formUnion(wanted)
        try SucheStore.listen(inhalt.fassung, Array(wanted), in: db) { place, feld, bytes in
            var set = Treffermenge(umfang: nummern(place.art).count)
            try Wortliste.entpacke(bytes, in: &set)
            gelesen[Schluessel(stelle: place, feld: feld)] = set
        }
    }

    /// The things that fulfil a condition.
    func menge(_ step: Suchplan.Stufe, _ art: Suchdokument.Art) throws -> Treffermenge {
        try bereite([(art, [step])])
        return menge(step.ausdruck, step.nurName ? .name : .text, art) ?? Treffermenge(umfang: nummern(art).count)
    }

    /// Nil for none.
    private func menge(
        _ condition: Suchausdruck, _ feld: Listensammlung.Feld, _ art: Suchdokument.Art
    ) -> Treffermenge? {
        switch condition {
        case .wort(let word): return gelesen[Schluessel(stelle: Stelle(art: art, stamm: word), feld: feld)]
        case .alle(let parts):
            var found: Treffermenge?
            for part in parts {
                guard let next = menge(part, feld, art) else { return nil }
                if found == nil { found = next } else { found?.schneide(next) }
            }
            return found
        case .eines(let parts):
            var found: Treffermenge?
            for part in parts {
                guard let next = menge(part, feld, art) else { continue }
                if found == nil { found = next } else { found?.vereinige(next) }
            }
            return found
        }
    }

    /// How many of the things there are by combination of facets.
    func zaehle(_ set: Treffermenge, _ art: Suchdokument.Art) -> [Int64: Int] {
        let numbers = nummern(art)
        var counts: [Int32] = []
        set.durchlaufe { place in
            let code = Int(numbers[place] & Zeilennummer.codemaske)
            if code >= counts.count { counts += [Int32](repeating: 0, count: code + 64 - counts.count) }
            counts[code] += 1
            return true
        }
        var found: [Int64: Int] = [:]
        for (code, count) in counts.enumerated() where count > 0 { found[Int64(code)] = Int(count) }
        return found
    }

    /// The first row numbers, those in front by rank, under any of the combinations of facets.
    func erste(_ limit: Int, _ set: Treffermenge, _ art: Suchdokument.Art, codes: Set<Int64>?) -> [Int64] {
        let numbers = nummern(art)
        var found: [Int64] = []
        set.durchlaufe { place in
            let number = numbers[place]
            guard codes?.contains(number & Zeilennummer.codemaske) != false else { return true }
            found.append(number)
            return found.count < limit
        }
        return found
    }
}
