/// Seeded questions to a generated catalogue.
struct Korpusfragen: Sendable {
    /// A question that one certain service must answer.
    struct Probe: Sendable {
        let frage: String
        let gesucht: Int
    }

    /// Questions of one to three words, as people ask them.
    let fragen: [String]
    let nachNamen: [Probe]
    let nachText: [Probe]

    init(_ korpus: Korpus, saat: UInt64, anzahl: Int = 400, proben: Int = 200) {
        var random = Zufallsfolge(saat)
        let words = korpus.vorrat.worte
        let first = korpus.vorrat.ersterSinn
        fragen = (0..<anzahl).map { _ in
            let ranks = korpus.raenge(random.zahl(korpus.umfang)).text.filter { $0 >= first }
            let count = [1, 1, 1, 2, 2, 2, 3][random.zahl(7)]
            // Who types several words takes common ones; each alone would find too much.
            let common = ranks.filter { $0 < (count == 2 ? 1_500 : 450) }
            let pool = count == 1 ? ranks : common.count < count ? ranks : common
            var chosen: [Int] = []
            while chosen.count < count {
                let rank = pool[random.zahl(pool.count)]
                if !chosen.contains(rank) { chosen.append(rank) }
            }
            return chosen.map { Korpusfragen.getippt(words[$0], &random) }.joined(separator: " ")
        }
        var names: [Probe] = []
        var texts: [Probe] = []
        while names.count < proben {
            let number = random.zahl(korpus.umfang)
            let ranks = Array(Set(korpus.raenge(number).name.filter { $0 >= first })).sorted()
            guard ranks.count >= 3 else { continue }
            let three = ranks.shuffled(using: &random).prefix(3)
            names.append(Probe(frage: three.map { words[$0].lowercased() }.joined(separator: " "), gesucht: number))
        }
        while texts.count < proben {
            let number = random.zahl(korpus.umfang)
            let rare = Set(korpus.raenge(number).text).sorted().suffix(2)
            texts.append(Probe(frage: rare.map { words[$0].lowercased() }.joined(separator: " "), gesucht: number))
        }
        (nachNamen, nachText) = (names, texts)
    }

    /// Small letters mostly, and umlauts now and then without their points, which every engine here understands.
    private static func getippt(_ word: String, _ random: inout Zufallsfolge) -> String {
        var typed = random.zahl(4) == 0 ? word : word.lowercased()
        if random.zahl(3) == 0 {
            for (umlaut, plain) in [("ä", "a"), ("ö", "o"), ("ü", "u"), ("Ä", "A"), ("Ö", "O"), ("Ü", "U")] {
                typed = typed.replacing(umlaut, with: plain)
            }
        }
        return typed
    }
}
