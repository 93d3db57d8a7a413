/// The conditions under which a question is asked of the index, the strictest first.
struct Suchplan: Sendable {
    /// One condition, over the words of names alone or of everything that is stored.
    struct Stufe: Sendable, Equatable {
        let ausdruck: Suchausdruck
        let nurName: Bool
    }

    /// Names that hold the whole question, then everything that does, first in the words that were typed.
    let strenge: [Stufe]
    /// For questions that find little: other readings, then one idea less, then each idea alone.
    let weite: [Stufe]
    /// What counts as an answer of the strict question.
    let gezaehlt: Suchausdruck

    init(_ anfrage: Suchanfrage) {
        let needed = anfrage.begriffe.filter { !$0.istSchwach }
        let sure = needed.map { Suchausdruck($0, ab: 0.6) }
        let wide = needed.map { Suchausdruck($0, ab: 0) }
        let helpful = anfrage.begriffe.filter(\.istSchwach).map { Suchausdruck($0, ab: 0.6) }.filter { !$0.istLeer }
        gezaehlt = .alle(sure)
        var strict: [Stufe] = []
        if !helpful.isEmpty { strict.append(Stufe(ausdruck: .alle(sure + helpful), nurName: true)) }
        strict.append(Stufe(ausdruck: .alle(sure), nurName: true))
        // Of the rest, first what holds the very words that were typed.
        strict.append(Stufe(ausdruck: .alle(needed.map { Suchausdruck($0, ab: 1) }), nurName: false))
        strict.append(Stufe(ausdruck: .alle(sure), nurName: false))
        strenge = strict.filter { !$0.ausdruck.istLeer }
        var looser = [wide]
        // One idea left out at a time, the commonest first; at last each idea alone, the rarest first.
        if needed.count > 2 {
            for left in needed.indices.sorted(by: { (needed[$0].gewicht, $0) < (needed[$1].gewicht, $1) }) {
                looser.append(wide.enumerated().filter { $0.offset != left }.map(\.element))
            }
        }
        if needed.count > 1 {
            for index in needed.indices.sorted(by: { (-needed[$0].gewicht, $0) < (-needed[$1].gewicht, $1) }) {
                looser.append([wide[index]])
            }
        }
        weite = looser.map { Stufe(ausdruck: .alle($0), nurName: false) }.filter { !$0.ausdruck.istLeer }
    }
}
