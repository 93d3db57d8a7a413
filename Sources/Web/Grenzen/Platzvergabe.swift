/// Decides who works and who waits, without a clock and without waiting itself.
///
/// At most `plaetze` work at once and at most `jeRoute` of them on one route. Who waited longest is next, among those
/// whose route has room: a crowd on one route does not stand in the way of the others.
struct Platzvergabe: Sendable {
    enum Entscheid: Equatable { case sofort, warten, voll }

    struct Wartender: Equatable {
        let nummer: UInt64
        let bis: Duration
    }

    let plaetze: Int
    let jeRoute: Int
    let schlange: Int
    let schlangeJeRoute: Int

    private(set) var inArbeit = 0
    private(set) var wartende = 0
    private var arbeitJeRoute: [String: Int] = [:]
    private var schlangen: [String: [Wartender]] = [:]

    init(plaetze: Int, jeRoute: Int, schlange: Int, schlangeJeRoute: Int) {
        (self.plaetze, self.jeRoute) = (plaetze, jeRoute)
        (self.schlange, self.schlangeJeRoute) = (schlange, schlangeJeRoute)
    }

    func inArbeit(_ route: String) -> Int { arbeitJeRoute[route] ?? 0 }

    /// Takes a place where there is one and nobody waits for it.
    mutating func sofort(_ route: String) -> Bool {
        guard schlangen[route] == nil, inArbeit < plaetze, inArbeit(route) < jeRoute else { return false }
        beginne(route)
        return true
    }

    /// Numbers are the order of arrival.
    mutating func anfrage(_ nummer: UInt64, _ route: String, bis: Duration) -> Entscheid {
        if sofort(route) { return .sofort }
        let queue = schlangen[route]?.count ?? 0
        guard wartende < schlange, queue < schlangeJeRoute else { return .voll }
        schlangen[route, default: []].append(Wartender(nummer: nummer, bis: bis))
        wartende += 1
        return .warten
    }

    /// One on this route is done; the answer is who begins in its place.
    mutating func fertig(_ route: String) -> [UInt64] {
        inArbeit -= 1
        let rest = inArbeit(route) - 1
        arbeitJeRoute[route] = rest > 0 ? rest : nil
        var begun: [UInt64] = []
        while inArbeit < plaetze, let next = naechste() {
            guard let first = entferneErsten(next) else { break }
            beginne(next)
            begun.append(first.nummer)
        }
        return begun
    }

    /// Who has waited until now goes away.
    mutating func abgelaufen(_ jetzt: Duration) -> [UInt64] {
        var gone: [UInt64] = []
        for route in schlangen.keys {
            while let first = schlangen[route]?.first, first.bis <= jetzt, let late = entferneErsten(route) {
                gone.append(late.nummer)
            }
        }
        return gone
    }

    /// Whether the number was still waiting; it no longer is.
    mutating func gibAuf(_ nummer: UInt64, _ route: String) -> Bool {
        guard let index = schlangen[route]?.firstIndex(where: { $0.nummer == nummer }) else { return false }
        schlangen[route]?.remove(at: index)
        if schlangen[route]?.isEmpty == true { schlangen[route] = nil }
        wartende -= 1
        return true
    }

    private mutating func beginne(_ route: String) {
        inArbeit += 1
        arbeitJeRoute[route, default: 0] += 1
    }

    /// The route whose first one waited longest, among those that have room.
    private func naechste() -> String? {
        schlangen.filter { inArbeit($0.key) < jeRoute }
            .min { ($0.value.first?.nummer ?? .max) < ($1.value.first?.nummer ?? .max) }?.key
    }

    private mutating func entferneErsten(_ route: String) -> Wartender? {
        guard var queue = schlangen.removeValue(forKey: route), !queue.isEmpty else { return nil }
        let first = queue.removeFirst()
        if !queue.isEmpty { schlangen[route] = queue }
        wartende -= 1
        return first
    }
}
