import Synchronization

/// Runs of one service in the background.
package final class Dienstwerte: Sendable, Messquelle {
    private struct Zustand {
        var laeufe = 0
        var fehlschlaege = 0
        var letzterErfolg: Double?
        var dauer = 0.0
    }

    private let name: String
    private let zustand = Mutex(Zustand())

    package init(_ name: String) { self.name = name }

    /// Notes a finished run; `am` is the time of the clock in seconds since 1970.
    package func lauf(gelungen: Bool, am: Double, dauer: Double) {
        zustand.withLock { zustand in
            zustand.laeufe += 1
            zustand.dauer += dauer
            if gelungen { zustand.letzterErfolg = am } else { zustand.fehlschlaege += 1 }
        }
    }

    package func messreihen() -> [Messreihe] {
        let now = zustand.withLock { $0 }
        let marke = [Messreihe.Marke("job", name)]
        return [
            Messreihe(
                "leitstand_job_runs_total", .counter, "Runs of a background service.",
                [.init(Double(now.laeufe), marke)]),
            Messreihe(
                "leitstand_job_failures_total", .counter, "Runs of a background service that failed.",
                [.init(Double(now.fehlschlaege), marke)]),
            Messreihe(
                "leitstand_job_seconds_total", .counter, "Time that a background service worked.",
                [.init(now.dauer, marke)]),
            Messreihe(
                "leitstand_job_last_success_timestamp_seconds", .gauge, "When a background service last succeeded.",
                now.letzterErfolg.map { [.init($0, marke)] } ?? []),
        ]
    }
}
