package import Jobs
import Synchronization
package import Web

/// Jobs that this process ended, by kind and outcome.
package final class Jobwerte: Jobbeobachter, Messquelle {
    private struct Zaehler: Hashable {
        let art: String
        let ausgang: String
    }

    private let zaehler = Mutex<[Zaehler: Int]>([:])

    package init() {}

    package func beendet(art: String, ausgang: Jobausgang, anzahl: Int) {
        zaehler.withLock { $0[Zaehler(art: art, ausgang: ausgang.rawValue), default: 0] += anzahl }
    }

    package func messreihen() -> [Messreihe] {
        let now = zaehler.withLock { $0 }.sorted { ($0.key.art, $0.key.ausgang) < ($1.key.art, $1.key.ausgang) }
        return [
            Messreihe(
                "leitstand_jobs_total", .counter, "Attempts at jobs of the queue by kind and outcome.",
                now.map { entry in
                    .init(
                        Double(entry.value), [.init("kind", entry.key.art), .init("outcome", entry.key.ausgang)])
                })
        ]
    }
}
