import HTTPTypes
import Synchronization

/// Counts the requests of one route; every route has its own lock, held for some additions.
final class Routenwerte: Sendable {
    private struct Schluessel: Hashable {
        let methode: Anfragewerte.Methode
        let status: Int
    }

    private struct Zustand {
        var anzahl: [Schluessel: Int] = [:]
        /// How many took at most so long, each bound for itself; the last one is without a bound.
        var stufen = [Int](repeating: 0, count: Anfragewerte.grenzen.count + 1)
        var sekunden = 0.0
    }

    private let zustand = Mutex(Zustand())

    func zaehle(_ methode: Anfragewerte.Methode, _ status: Int, _ sekunden: Double) {
        let step = Anfragewerte.grenzen.firstIndex { sekunden <= $0 } ?? Anfragewerte.grenzen.count
        zustand.withLock { zustand in
            zustand.anzahl[Schluessel(methode: methode, status: status), default: 0] += 1
            zustand.stufen[step] += 1
            zustand.sekunden += sekunden
        }
    }

    /// Counters and histogram; nothing for a route nobody asked for.
    func werte(_ route: String) -> (anzahl: [Messreihe.Wert], dauer: [Messreihe.Wert]) {
        let state = zustand.withLock { $0 }
        guard !state.anzahl.isEmpty else { return ([], []) }
        let marke = Messreihe.Marke("route", route)
        let counts = state.anzahl.sorted {
            ($0.key.methode.rawValue, $0.key.status) < ($1.key.methode.rawValue, $1.key.status)
        }.map {
            Messreihe.Wert(
                Double($0.value),
                [.init("method", $0.key.methode.rawValue), marke, .init("status", String($0.key.status))])
        }
        var sum = 0
        var durations: [Messreihe.Wert] = []
        for (step, count) in state.stufen.enumerated() {
            sum += count
            let bound = step < Anfragewerte.grenzen.count ? Messtext.zahl(Anfragewerte.grenzen[step]) : "+Inf"
            durations.append(Messreihe.Wert(Double(sum), [marke, .init("le", bound)], endung: "_bucket"))
        }
        durations.append(Messreihe.Wert(state.sekunden, [marke], endung: "_sum"))
        durations.append(Messreihe.Wert(Double(sum), [marke], endung: "_count"))
        return (counts, durations)
    }
}

/// Requests by method, route and status. What people type never becomes a label: routes stand as they were registered,
/// all other addresses and methods share one.
final class Anfragewerte: Anfragezaehler, Messquelle {
    enum Methode: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
        case options = "OPTIONS"
        case andere = "other"

        init(_ method: HTTPRequest.Method) { self = Methode(rawValue: method.rawValue) ?? .andere }
    }

    /// Upper bounds of the histogram in seconds.
    static let grenzen = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    /// Where every address without a route is counted.
    static let unbekannt = "unknown"

    private final class Tafel: Sendable {
        let routen: [String: Routenwerte]

        init(_ routen: [String: Routenwerte]) { self.routen = routen }
    }

    /// Set once, after all routes are known, and read without a lock ever after.
    private let tafel = AtomicLazyReference<Tafel>()
    private let unbekannte = Routenwerte()
    private let inArbeit = Atomic(0)

    /// Names the routes that are counted each for itself; only the first call counts.
    func kenne(_ routen: some Sequence<String>) {
        _ = tafel.storeIfNil(Tafel(Dictionary(routen.map { ($0, Routenwerte()) }) { first, _ in first }))
    }

    func beginnt() { inArbeit.add(1, ordering: .relaxed) }

    func endet(_ methode: HTTPRequest.Method, weg: String?, status: Int, mikrosekunden: Int) {
        inArbeit.subtract(1, ordering: .relaxed)
        zaehle(methode, route: weg, status: status, sekunden: Double(mikrosekunden) / 1_000_000)
    }

    func zaehle(_ methode: HTTPRequest.Method, route: String?, status: Int, sekunden: Double) {
        let werte = route.flatMap { tafel.load()?.routen[$0] } ?? unbekannte
        // A status comes from our own code; what is outside of HTTP would be a fault of it.
        werte.zaehle(Methode(methode), (100...599).contains(status) ? status : 0, sekunden)
    }

    func messreihen() -> [Messreihe] {
        var counts: [Messreihe.Wert] = []
        var durations: [Messreihe.Wert] = []
        let known = (tafel.load()?.routen ?? [:]).sorted { $0.key < $1.key }
        for (route, werte) in known.map({ ($0.key, $0.value) }) + [(Anfragewerte.unbekannt, unbekannte)] {
            let (count, duration) = werte.werte(route)
            counts += count
            durations += duration
        }
        return [
            Messreihe(
                "leitstand_http_requests_total", .counter, "Requests answered, by method, route and status.", counts),
            Messreihe(
                "leitstand_http_request_duration_seconds", .histogram,
                "Time from the head of a request to its finished answer, by route.", durations),
            Messreihe(
                "leitstand_http_requests_in_flight", .gauge, "Requests that are being worked on or wait.",
                inArbeit.load(ordering: .relaxed)),
        ]
    }
}
