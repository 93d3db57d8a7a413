import Foundation
import Synchronization

/// A public page while fifty people sign in at once.
enum Anmeldeandrang {
    static let teil = Teil(
        name: "anmeldungen",
        satz: "50 Personen melden sich zugleich an: p99 einer öffentlichen Seite währenddessen gegen Ruhe."
    ) { lauf in
        let probe = try await Seiten.proben(lauf)[0]
        var rows: [Zeile] = []
        for bestand in try await Kontenbestand.alle(lauf, "anmeldungen", konten: zugleich) {
            rows += try await messe(lauf, bestand, probe)
        }
        return rows
    }

    private static let zugleich = 50
    private static let grenze = 2.0
    private static let dauer = Duration.seconds(4)

    private struct Runde: Sendable {
        let gehalten: Lastlauf
        let neu: Lastlauf
        var anmeldungen = 0.0
        var abgewiesen = 0
        /// Of 100 answers that the cache could have held, so many were made anew.
        let neuVonHundert: Double
    }

    /// Rounds alternate, so that whatever else the machine does meets both.
    private static func messe(
        _ lauf: Lauf, _ bestand: Kontenbestand, _ probe: Seiten.Probe
    ) async throws -> [Zeile] {
        let server = try bestand.server()
        defer { server.beende() }
        _ = try await lies(server.port, probe, .seconds(1))
        var (quiet, busy): ([Runde], [Runde]) = ([], [])
        for _ in 0..<max(1, lauf.durchgaenge) {
            quiet.append(try await lies(server.port, probe, dauer))
            busy.append(try await andrang(server.port, probe))
        }
        let rate = Stichprobe(busy.map(\.anmeldungen))
        let refused = busy.reduce(0) { $0 + $1.abgewiesen }
        Lauf.sage("  \(bestand.name): \(rate.streuung("/s")) Anmeldungen, \(refused) abgewiesen")
        let seen = "\(Zeile.zahl(rate.median)) Anmeldungen/s, \(refused) abgewiesen"
        return [
            zeile(
                "\(probe.name)", bestand.name, quiet.map(\.gehalten), busy.map(\.gehalten),
                seen + ", \(Zeile.zahl(Stichprobe(busy.map(\.neuVonHundert)).median)) von 100 neu gezeichnet"),
            zeile("\(probe.name) ohne Zwischenspeicher", bestand.name, quiet.map(\.neu), busy.map(\.neu), seen),
        ]
    }

    private static func zeile(
        _ page: String, _ name: String, _ quiet: [Lastlauf], _ busy: [Lastlauf], _ seen: String
    ) -> Zeile {
        let (a, b) = (Stichprobe(busy.map(\.p99)), Stichprobe(quiet.map(\.p99)))
        let (x, y) = (Stichprobe(busy.map(\.p50)), Stichprobe(quiet.map(\.p50)))
        return Zeile(
            "\(page) bei \(zugleich) Anmeldungen zugleich, \(name), p99", a.median, gegen: b.median,
            .hoechstens(grenze), einheit: "ms", wogegen: "dieselbe Seite in Ruhe",
            satz: "99 von 100 Antworten sind so schnell, während \(zugleich) Personen sich ohne Pause anmelden "
                + "(Formular, Passwort, Sitzung); gelesen wird im Takt, 200-mal je Sekunde.",
            dazu: "\(a.streuung("ms")); in Ruhe \(b.streuung("ms")); p50 \(Zeile.zahl(x.median)) und "
                + "\(Zeile.zahl(y.median)) ms; \(seen)")
    }

    /// Two pairs of readers: one takes what the cache holds, the other brings a cookie that leads past it.
    private static func lies(_ port: Int, _ probe: Seiten.Probe, _ time: Duration) async throws -> Runde {
        let before = try treffer(port)
        async let kept = Taktleser(port: port, pfad: probe.pfad).lies(time)
        async let made = Taktleser(port: port, pfad: probe.pfad, keks: "leitstand_vor=messen").lies(time)
        let (gehalten, neu) = (try await kept, try await made)
        let share = (try treffer(port) - before) / Double(max(1, gehalten.antworten))
        return Runde(gehalten: gehalten, neu: neu, neuVonHundert: max(0, 100 * (1 - share)))
    }

    /// How often the server has answered from its cache.
    private static func treffer(_ port: Int) throws -> Double {
        let name = "leitstand_cache_hits_total "
        let text = String(decoding: try HTTPVerbindung(port: port).hole("/metrics").inhalt, as: UTF8.self)
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
            let count = Double(line.dropFirst(name.count))
        else { throw Serverprozess.Fehler(description: "Die Messwerte nennen den Zwischenspeicher nicht.") }
        return count
    }

    /// Reads once all fifty are at it, and until they are told to stop.
    private static func andrang(_ port: Int, _ probe: Seiten.Probe) async throws -> Runde {
        let stand = Anmeldestand()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...zugleich {
                group.addTask {
                    try await Lastlauf.faden {
                        let connection = try HTTPVerbindung(port: port)
                        while !stand.istZuEnde {
                            stand.melde(istDrin: try Kontenbestand.melde(number, an: connection) != nil)
                        }
                    }
                }
            }
            try await Task.sleep(for: .seconds(1))
            let before = stand.zahlen
            let begin = ContinuousClock.now
            var runde = try await lies(port, probe, dauer)
            let seconds = (ContinuousClock.now - begin) / .seconds(1)
            let after = stand.zahlen
            stand.beende()
            try await group.waitForAll()
            runde.anmeldungen = Double(after.drin - before.drin) / seconds
            runde.abgewiesen = after.abgewiesen
            return runde
        }
    }
}

/// What the people who sign in share.
private final class Anmeldestand: Sendable {
    private struct State {
        var istZuEnde = false
        var drin = 0
        var abgewiesen = 0
    }
    private let state = Mutex(State())

    var istZuEnde: Bool { state.withLock { $0.istZuEnde } }
    var zahlen: (drin: Int, abgewiesen: Int) { state.withLock { ($0.drin, $0.abgewiesen) } }

    func beende() { state.withLock { $0.istZuEnde = true } }

    func melde(istDrin: Bool) {
        state.withLock { if istDrin { $0.drin += 1 } else { $0.abgewiesen += 1 } }
    }
}
