/// A condition over stored words.
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

    /// All words in it.
    func sammle(_ words: inout Set<String>) {
        switch self {
        case .wort(let word): words.insert(word)
        case .alle(let parts), .eines(let parts): for part in parts { part.sammle(&words) }
        }
    }

    /// Whether a set of words fulfils it; what the lists are tested against.
    func trifft(_ words: Set<String>) -> Bool {
        switch self {
        case .wort(let word): words.contains(word)
        case .alle(let parts): parts.allSatisfy { $0.trifft(words) }
        case .eines(let parts): parts.contains { $0.trifft(words) }
        }
    }
}
