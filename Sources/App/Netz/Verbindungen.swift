import NIOCore
import Synchronization
import Web

/// All connections of the server: how many there are, which of them last too long, and when there are too many.
final class Verbindungen: Sendable {
    let grenzen: Netzgrenzen
    let offen = Atomic(0)
    let angenommen = Atomic(0)
    let abgewiesen = Atomic(0)
    /// From now on every answer is the last one of its connection.
    let abschied = Atomic(false)
    private let geschlossen = Mutex<[Verbindungszustand.Grund: Int]>([:])
    private let schleifen = Mutex<[ObjectIdentifier: Schleife]>([:])

    init(_ grenzen: Netzgrenzen) { self.grenzen = grenzen }

    func schleife(_ eventLoop: any EventLoop) -> Schleife {
        schleifen.withLock { all in
            if let known = all[ObjectIdentifier(eventLoop)] { return known }
            let new = Schleife(eventLoop, self)
            all[ObjectIdentifier(eventLoop)] = new
            return new
        }
    }

    func zaehle(_ grund: Verbindungszustand.Grund) { geschlossen.withLock { $0[grund, default: 0] += 1 } }
}

extension Verbindungen: Messquelle {
    func messreihen() -> [Messreihe] {
        let closed = geschlossen.withLock { $0 }
        return [
            Messreihe("leitstand_connections_open", .gauge, "Connections of readers.", offen.load(ordering: .relaxed)),
            Messreihe(
                "leitstand_connections_limit", .gauge, "Connections that are kept at most.", grenzen.verbindungen),
            Messreihe(
                "leitstand_connections_accepted_total", .counter, "Connections accepted.",
                angenommen.load(ordering: .relaxed)),
            Messreihe(
                "leitstand_connections_refused_total", .counter, "Connections refused because there were too many.",
                abgewiesen.load(ordering: .relaxed)),
            Messreihe(
                "leitstand_connections_closed_total", .counter, "Connections that the server closed, by reason.",
                Verbindungszustand.Grund.allCases.map {
                    .init(Double(closed[$0] ?? 0), [.init("reason", $0.rawValue)])
                }),
        ]
    }
}

/// The connections of one event loop.
///
/// Unchecked because everything in it is touched on that loop alone, which each function checks.
final class Schleife: @unchecked Sendable {
    private let eventLoop: any EventLoop
    private let alle: Verbindungen
    private var verbindungen: [Verbindung] = []
    private var takt: RepeatedTask?
    /// After a search without a find nobody searches again before the next beat.
    private var vergeblichGesucht = false
    /// Bytes of large heads that are not complete.
    private(set) var kopfbytes = 0

    init(_ eventLoop: any EventLoop, _ alle: Verbindungen) { (self.eventLoop, self.alle) = (eventLoop, alle) }

    /// Whether there is room for one more; idle ones make room for it.
    func nimmAuf(_ verbindung: Verbindung) -> Bool {
        eventLoop.preconditionInEventLoop()
        alle.angenommen.add(1, ordering: .relaxed)
        let open = alle.offen.add(1, ordering: .relaxed).newValue
        verbindung.platz = verbindungen.count
        verbindungen.append(verbindung)
        if takt == nil {
            takt = eventLoop.scheduleRepeatedTask(initialDelay: alle.grenzen.takt, delay: alle.grenzen.takt) { _ in
                self.pruefe()
            }
        }
        if open <= alle.grenzen.verbindungen || machePlatz() { return true }
        alle.abgewiesen.add(1, ordering: .relaxed)
        return false
    }

    func entlasse(_ verbindung: Verbindung) {
        eventLoop.preconditionInEventLoop()
        guard let place = verbindung.platz, place < verbindungen.count, verbindungen[place] === verbindung else {
            return
        }
        verbindung.platz = nil
        alle.offen.subtract(1, ordering: .relaxed)
        let last = verbindungen.removeLast()
        if last !== verbindung {
            verbindungen[place] = last
            last.platz = place
        }
        if verbindungen.isEmpty {
            takt?.cancel()
            takt = nil
        }
    }

    private func pruefe() {
        vergeblichGesucht = false
        let now = NIODeadline.now()
        kopfbytes = verbindungen.reduce(0) { $0 + ($1.zustand.kopfbytes > 16_384 ? $1.zustand.kopfbytes : 0) }
        // A connection that is closed leaves the list at once.
        for verbindung in verbindungen { verbindung.pruefe(now) }
    }

    /// Closes some of those that have been idle longest.
    private func machePlatz() -> Bool {
        guard !vergeblichGesucht else { return false }
        let idle = verbindungen.filter(\.istEntbehrlich)
            .sorted { $0.zustand.ruhtBeginn < $1.zustand.ruhtBeginn }
        guard !idle.isEmpty else {
            vergeblichGesucht = true
            return false
        }
        for verbindung in idle.prefix(max(1, verbindungen.count / 50)) { verbindung.schliesse(.gedraenge) }
        return true
    }
}
