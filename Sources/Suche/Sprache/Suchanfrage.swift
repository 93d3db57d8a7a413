/// What a person typed, understood: the ideas in it and the words that can stand for each.
struct Suchanfrage: Sendable {
    /// How a word of the question came to the words that are looked for.
    enum Weg: Sendable, Equatable {
        case wort
        case teile
        case synonym(String)
        case anfang
        case enthalten
        case aehnlich(String)
    }

    /// Words that together can stand for an idea: of each group one must occur.
    struct Alternative: Sendable, Equatable {
        let gruppen: [[String]]
        /// How sure it is that this is meant, from 0 to 1.
        let guete: Double
        let weg: Weg

        /// The word that was meant where the typed one has a slip.
        var verbessert: String? { if case .aehnlich(let word) = weg { word } else { nil } }
    }

    /// One idea of the question.
    struct Begriff: Sendable {
        let getippt: String
        /// Best first.
        var alternativen: [Alternative]
        /// Rare words weigh more.
        var gewicht: Double
        /// Helps to order but excludes nothing: "beantragen", "anmelden".
        var istSchwach: Bool
    }

    /// More words narrow nothing a person would notice.
    static let hoechstens = 8

    let begriffe: [Begriff]
    /// The question with its slips mended, where there were some.
    let meintenSie: String?

    var istLeer: Bool { begriffe.isEmpty }

    init(_ typed: String, wortschatz: Wortschatz, alltag: Alltagswoerter, nurSicheres: Bool = false) {
        let all = Wortform.woerter(in: String(typed.prefix(300)), hoechstens: 40)
        var words = all.filter { !alltag.fuellwoerter.contains($0.form) }
        if words.isEmpty { words = all }
        words = Array(words.prefix(Suchanfrage.hoechstens))
        let deutung = Deutung(wortschatz: wortschatz, alltag: alltag, nurSicheres: nurSicheres)
        var begriffe: [Begriff] = []
        var mended: [Range<String.Index>: String] = [:]
        var position = 0
        while position < words.count {
            let (begriff, used) = deutung.begriff(words[position...], in: typed)
            begriffe.append(begriff)
            if used == 1, let meant = begriff.alternativen.lazy.compactMap(\.verbessert).first {
                mended[words[position].bereich] = meant
            }
            position += used
        }
        if begriffe.allSatisfy(\.istSchwach) {
            for index in begriffe.indices { begriffe[index].istSchwach = false }
        }
        self.begriffe = begriffe
        meintenSie = mended.isEmpty ? nil : Suchanfrage.ersetzt(typed, mended)
    }

    private init(begriffe: [Begriff], meintenSie: String?) { (self.begriffe, self.meintenSie) = (begriffe, meintenSie) }

    /// The words that names of places hold. Beginnings count where nothing else was typed, slips where they are asked for.
    func nurOrte(_ orte: Wortschatz, auchAehnliche: Bool) -> Suchanfrage {
        let kept = begriffe.compactMap { begriff -> Begriff? in
            var begriff = begriff
            begriff.alternativen = begriff.alternativen.filter { alternative in
                guard alternative.gruppen.allSatisfy({ $0.contains { orte.anzahl($0) > 0 } }) else { return false }
                switch alternative.weg {
                case .wort: return true
                case .anfang: return begriffe.count == 1
                case .aehnlich: return auchAehnliche
                case .teile, .synonym, .enthalten: return false
                }
            }
            return begriff.alternativen.isEmpty ? nil : begriff
        }
        return Suchanfrage(begriffe: kept, meintenSie: nil)
    }

    private static func ersetzt(_ typed: String, _ mended: [Range<String.Index>: String]) -> String {
        var result = typed
        for (range, word) in mended.sorted(by: { $0.key.lowerBound > $1.key.lowerBound }) {
            result.replaceSubrange(range, with: word.lowercased())
        }
        return result
    }
}
