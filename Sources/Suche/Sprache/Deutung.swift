/// Finds the words that can stand for a typed one.
struct Deutung {
    let wortschatz: Wortschatz
    let alltag: Alltagswoerter
    /// Leaves out what is only guessed, words inside others and slips, where nobody would use it.
    var nurSicheres = false

    /// The idea that begins at the first of these words, and how many of them it takes.
    func begriff(_ words: ArraySlice<Wort>, in typed: String) -> (Suchanfrage.Begriff, Int) {
        guard let first = words.first else { return (leer(typed), 1) }
        for count in stride(from: min(words.count, Alltagswoerter.laengstePhrase), through: 2, by: -1) {
            let phrase = words.prefix(count)
            if let meant = alltag.synonyme[phrase.map(\.stamm).joined(separator: " ")] {
                var alternatives = synonyme(meant)
                alternatives.append(.init(gruppen: phrase.map { [$0.stamm] }, guete: 1, weg: .wort))
                return (begriff(text(phrase, typed), alternatives, wort: nil), count)
            }
        }
        if words.count >= 2, let joined = zusammen(first, words[words.startIndex + 1]) {
            let alternatives =
                deute(joined, istLetztes: words.count == 2) + [
                    .init(gruppen: [[first.stamm], [words[words.startIndex + 1].stamm]], guete: 0.95, weg: .wort)
                ]
            return (begriff(text(words.prefix(2), typed), alternatives, wort: joined), 2)
        }
        return (begriff(String(typed[first.bereich]), deute(first, istLetztes: words.count == 1), wort: first), 1)
    }

    private func text(_ words: ArraySlice<Wort>, _ typed: String) -> String {
        guard let first = words.first, let last = words.last else { return "" }
        return String(typed[first.bereich.lowerBound..<last.bereich.upperBound])
    }

    private func leer(_ typed: String) -> Suchanfrage.Begriff {
        .init(getippt: typed, alternativen: [], gewicht: 0, istSchwach: true)
    }

    private func begriff(_ typed: String, _ alternatives: [Suchanfrage.Alternative], wort: Wort?) -> Suchanfrage.Begriff
    {
        let count = alternatives.lazy.map { anzahl($0) }.first { $0 > 0 } ?? 0
        let isWeak =
            wort.map { word in
                alltag.schwache.contains(word.stamm)
                    || wortschatz.anzahl(word.stamm) == 0
                        && !alltag.schwacheFormen.aehnlich(word.form, hoechstens: 1).isEmpty
            } ?? false
        return .init(
            getippt: typed, alternativen: alternatives, gewicht: Deutung.gewicht(count, von: wortschatz.namen),
            istSchwach: isWeak)
    }

    /// Names that the rarest group of an alternative can reach.
    private func anzahl(_ alternative: Suchanfrage.Alternative) -> Int {
        alternative.gruppen.map { group in group.reduce(0) { $0 + wortschatz.anzahl($1) } }.min() ?? 0
    }

    /// From 1 for a word that most names hold to about 12 for one that hardly any does.
    static func gewicht(_ count: Int, von all: Int) -> Double {
        var ratio = Double(max(all, 1) + 1) / Double(count + 1)
        var bits = 1.0
        while ratio >= 2, bits < 12 {
            ratio /= 2
            bits += 1
        }
        return bits + ratio - 1
    }

    /// "wohn geld" is one word written as two, "gewerbe schein" an everyday word.
    private func zusammen(_ a: Wort, _ b: Wort) -> Wort? {
        for link in ["", "s"] {
            let form = a.form + link + b.form
            let stamm = Wortform.stamm(form)
            let isKnown = wortschatz.anzahl(stamm) > 0 || alltag.synonyme[stamm] != nil
            let isBroken = wortschatz.anzahl(a.stamm) == 0 || wortschatz.anzahl(b.stamm) == 0
            if isKnown, isBroken || wortschatz.anzahl(stamm) > 0 {
                return Wort(form: form, stamm: stamm, bereich: a.bereich)
            }
        }
        return nil
    }

    /// Every way to read one word, the surest first.
    func deute(_ word: Wort, istLetztes: Bool) -> [Suchanfrage.Alternative] {
        var found: [Suchanfrage.Alternative] = []
        let isKnown = wortschatz.anzahl(word.stamm) > 0
        if isKnown { found.append(.init(gruppen: [[word.stamm]], guete: 1, weg: .wort)) }
        if let meant = alltag.synonyme[word.stamm] { found += synonyme(meant) }
        found += zerlegt(word)
        if let plain = Wortform.ohnePartizip(word.form), wortschatz.anzahl(plain) > 0 {
            found.append(.init(gruppen: [[plain]], guete: 0.9, weg: .wort))
        }
        if !isKnown { found += unbekannt(word, istLetztes: istLetztes, sonst: found) }
        return found.sorted { $0.guete > $1.guete }
    }

    private func synonyme(_ meant: [Alltagswoerter.Entsprechung]) -> [Suchanfrage.Alternative] {
        meant.enumerated().map { rank, words in
            .init(
                gruppen: words.formen.map(katalogwort), guete: max(0.95 - 0.08 * Double(rank), 0.5),
                weg: .synonym(words.text))
        }
    }

    /// A word of the right side of the list: its stem, or the words of the catalogue in which it stands.
    private func katalogwort(_ form: String) -> [String] {
        let stamm = Wortform.stamm(form)
        if wortschatz.anzahl(stamm) > 0 { return [stamm] }
        let around = wortschatz.enthaltend(stamm, hoechstens: 24).map(\.stamm)
        return around.isEmpty ? [stamm] : Array(Set(around)).sorted()
    }

    /// "elterngeldantrag": its parts together, and with less weight the part that says most.
    private func zerlegt(_ word: Wort) -> [Suchanfrage.Alternative] {
        let parts = wortschatz.zerlegung.teile(von: word.form)
        guard parts.count >= 2 else { return [] }
        let strong = parts.filter { !alltag.schwache.contains($0) }
        var found = [Suchanfrage.Alternative(gruppen: parts.map { teil($0) }, guete: 0.95, weg: .teile)]
        if strong.count < parts.count, !strong.isEmpty {
            found.append(.init(gruppen: strong.map { teil($0) }, guete: 0.9, weg: .teile))
        } else if wortschatz.anzahl(word.stamm) == 0 {
            for part in parts {
                // The rarer part says more; its head alone says least.
                let isHead = part == parts.last
                found.append(.init(gruppen: [[part]], guete: isHead ? 0.35 : 0.5, weg: .teile))
            }
        }
        return found
    }

    private func teil(_ stamm: String) -> [String] {
        [stamm]
            + (alltag.synonyme[stamm] ?? []).map(\.formen).filter { $0.count == 1 }.prefix(3).flatMap {
                katalogwort($0[0])
            }
    }

    /// A word that no name holds: it may stand in a text, be the beginning or the middle of another, or have a slip.
    private func unbekannt(
        _ word: Wort, istLetztes: Bool, sonst others: [Suchanfrage.Alternative]
    ) -> [Suchanfrage.Alternative] {
        var found: [Suchanfrage.Alternative] = [.init(gruppen: [[word.stamm]], guete: 1, weg: .wort)]
        guard word.form.utf8.count >= 3 else { return found }
        let starts = wortschatz.beginnend(mit: word.form, hoechstens: 16)
        if !starts.isEmpty {
            found.append(.init(gruppen: [Array(Set(starts.map(\.stamm))).sorted()], guete: 0.85, weg: .anfang))
        }
        if nurSicheres { return found }
        if word.form.utf8.count >= 5 {
            let inside = wortschatz.enthaltend(word.form, hoechstens: 16)
            if !inside.isEmpty {
                found.append(.init(gruppen: [Array(Set(inside.map(\.stamm))).sorted()], guete: 0.7, weg: .enthalten))
            }
        }
        // Only the last word can be one that is still being typed.
        if istLetztes, word.form.utf8.count >= 4, others.isEmpty {
            for entry in alltag.einzelne.beginnend(mit: word.form, hoechstens: 3) {
                found += synonyme(alltag.synonyme[entry.stamm] ?? [])
            }
        }
        if others.isEmpty, found.count == 1 {
            found += verschrieben(word, hoechstens: 4, abzug: 0)
        } else if word.form.utf8.count >= 8, starts.isEmpty, !others.contains(where: { $0.weg != .teile }) {
            // "Gewebeanmeldung" has parts that are words, and yet it has a slip.
            found += verschrieben(word, hoechstens: 2, abzug: 0.15)
        }
        return found
    }

    private func verschrieben(_ word: Wort, hoechstens limit: Int, abzug: Double) -> [Suchanfrage.Alternative] {
        var near = wortschatz.aehnlich(word.form, hoechstens: limit)
        near += alltag.einzelne.aehnlich(word.form, hoechstens: 2)
        near.sort {
            ($0.abstand, -$0.eintrag.anzahl, $0.eintrag.form) < ($1.abstand, -$1.eintrag.anzahl, $1.eintrag.form)
        }
        var found: [Suchanfrage.Alternative] = []
        for (rank, match) in near.prefix(limit).enumerated() {
            let guete = 0.9 - abzug - 0.05 * Double(match.abstand) - 0.05 * Double(rank)
            let way = Suchanfrage.Weg.aehnlich(match.eintrag.anzeige)
            if wortschatz.anzahl(match.eintrag.stamm) > 0 {
                found.append(.init(gruppen: [[match.eintrag.stamm]], guete: guete, weg: way))
            }
            for (place, words) in (alltag.synonyme[match.eintrag.stamm] ?? []).prefix(3).enumerated() {
                found.append(
                    .init(gruppen: words.formen.map(katalogwort), guete: guete - 0.05 - 0.05 * Double(place), weg: way))
            }
        }
        return found.sorted { $0.guete > $1.guete }
    }
}
