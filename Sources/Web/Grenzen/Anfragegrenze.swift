import Synchronization

/// Lets so many requests work at once, and the others wait briefly.
package final class Anfragegrenze: Sendable {
    enum Abweisung: String, Error, CaseIterable { case voll = "queue_full", gewartet = "timeout" }

    private struct Zustand {
        var vergabe: Platzvergabe
        var warten: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        var abgewiesen: [Abweisung: Int] = [:]
    }

    private let zustand: Mutex<Zustand>
    private let nummern = Atomic<UInt64>(0)
    private let wartezeit: Duration
    private let jetzt: @Sendable () -> ContinuousClock.Instant
    private let beginn: ContinuousClock.Instant

    /// What a single route gets of `plaetze`: a crowd on it leaves the greater part to the others.
    static func anteil(_ plaetze: Int) -> Int { max(1, plaetze / 8) }

    /// Routes on which many come at the same moment, as at the start of work, and each takes a tenth of a second.
    private static let geduldige: Set<String> = ["/anmelden"]

    /// `plaetze` requests at once; four times as many may wait, half of them for one route.
    package init(
        plaetze: Int = 128, jeRoute: Int? = nil, wartezeit: Duration = .seconds(2),
        jetzt: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        zustand = Mutex(
            Zustand(
                vergabe: Platzvergabe(
                    plaetze: plaetze, jeRoute: jeRoute ?? Anfragegrenze.anteil(plaetze), schlange: plaetze * 4,
                    schlangeJeRoute: plaetze * 2)))
        self.wartezeit = wartezeit
        (self.jetzt, beginn) = (jetzt, jetzt())
    }

    /// Returns with a place, which `verlasse` gives back.
    /// - Throws: `Abweisung`, or `CancellationError` while waiting.
    func betritt(_ route: String) async throws {
        let number = nummern.add(1, ordering: .relaxed).newValue
        if zustand.withLock({ $0.vergabe.sofort(route) }) { return }
        let until = jetzt() - beginn + wartezeit * (Anfragegrenze.geduldige.contains(route) ? 5 : 1)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let now: Result<Void, any Error>? = zustand.withLock { zustand in
                    // Whoever cancels from here on finds the continuation.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    switch zustand.vergabe.anfrage(number, route, bis: until) {
                    case .sofort: return .success(())
                    case .voll:
                        zustand.abgewiesen[.voll, default: 0] += 1
                        return .failure(Abweisung.voll)
                    case .warten:
                        zustand.warten[number] = continuation
                        return nil
                    }
                }
                if let now { continuation.resume(with: now) }
            }
        } onCancel: {
            let sleeper = zustand.withLock { zustand in
                zustand.vergabe.gibAuf(number, route) ? zustand.warten.removeValue(forKey: number) : nil
            }
            sleeper?.resume(throwing: CancellationError())
        }
    }

    func verlasse(_ route: String) {
        let next = zustand.withLock { zustand in
            zustand.vergabe.fertig(route).compactMap { zustand.warten.removeValue(forKey: $0) }
        }
        for sleeper in next { sleeper.resume() }
    }

    /// Sends those away whose time is over; somebody has to call it now and then.
    package func raeume() {
        let now = jetzt() - beginn
        let late = zustand.withLock { zustand in
            let late = zustand.vergabe.abgelaufen(now).compactMap { zustand.warten.removeValue(forKey: $0) }
            zustand.abgewiesen[.gewartet, default: 0] += late.count
            return late
        }
        for sleeper in late { sleeper.resume(throwing: Abweisung.gewartet) }
    }

    /// Work and queue at this moment.
    package var stand: (inArbeit: Int, wartende: Int) {
        zustand.withLock { ($0.vergabe.inArbeit, $0.vergabe.wartende) }
    }
}

extension Anfragegrenze: Messquelle {
    package func messreihen() -> [Messreihe] {
        let (state, shed) = zustand.withLock { ($0.vergabe, $0.abgewiesen) }
        return [
            Messreihe("leitstand_http_places", .gauge, "Requests that may work at once.", state.plaetze),
            Messreihe("leitstand_http_places_taken", .gauge, "Requests that work now.", state.inArbeit),
            Messreihe("leitstand_http_requests_waiting", .gauge, "Requests that wait for a place.", state.wartende),
            Messreihe(
                "leitstand_http_requests_shed_total", .counter, "Requests sent away because too many came.",
                Abweisung.allCases.map { .init(Double(shed[$0] ?? 0), [.init("reason", $0.rawValue)]) }),
        ]
    }
}
