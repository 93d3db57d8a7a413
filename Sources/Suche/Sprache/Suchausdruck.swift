/// A condition over stored words that both full text engines understand.
indirect enum Suchausdruck: Sendable, Equatable {
    case wort(String)
    case alle([Suchausdruck])
    case eines([Suchausdruck])

    /// The condition under which an idea occurs in one of the chosen ways.
    init(_ begriff: Suchanfrage.Begriff, ab guete: Double) {
        self = .eines(
            begriff.alternativen.filter { $0.guete >= guete }.map { alternative in
                .alle(alternative.gruppen.map { .eines($0.map(Suchausdruck.wort)) })
            })
    }

    /// Whether it can match at all.
    var istLeer: Bool {
        switch self {
        case .wort(let word): word.isEmpty
        case .alle(let parts): parts.isEmpty || parts.contains(where: \.istLeer)
        case .eines(let parts): parts.allSatisfy(\.istLeer)
        }
    }

    /// For FTS5: every word quoted, so that no word can be an operator.
    var fts5: String {
        switch self {
        case .wort(let word): "\"" + word + "\""
        case .alle(let parts): Suchausdruck.verbunden(parts.map(\.fts5), " AND ")
        case .eines(let parts): Suchausdruck.verbunden(parts.map(\.fts5), " OR ")
        }
    }

    /// For `tsquery`: every word quoted, so that no word can be an operator.
    var tsquery: String {
        switch self {
        case .wort(let word): "'" + word + "'"
        case .alle(let parts): Suchausdruck.verbunden(parts.map(\.tsquery), " & ")
        case .eines(let parts): Suchausdruck.verbunden(parts.map(\.tsquery), " | ")
        }
    }

    private static func verbunden(_ parts: [String], _ operation: String) -> String {
        parts.count == 1 ? parts[0] : "(" + parts.joined(separator: operation) + ")"
    }

    /// Whether a set of words fulfils it; what the engines are tested against.
    func trifft(_ words: Set<String>) -> Bool {
        switch self {
        case .wort(let word): words.contains(word)
        case .alle(let parts): parts.allSatisfy { $0.trifft(words) }
        case .eines(let parts): parts.contains { $0.trifft(words) }
        }
    }
}
