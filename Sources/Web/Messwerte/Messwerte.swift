package import Storage
import Synchronization

/// All figures of this process in one place; whoever has some registers as a source.
package final class Messwerte: Sendable {
    private struct Zustand {
        var anfragen = Anfragewerte()
        var quellen: [any Messquelle] = []
    }

    private let zustand: Mutex<Zustand>

    package init(_ quellen: [any Messquelle] = []) {
        zustand = Mutex(Zustand(quellen: quellen))
    }

    package func fuege(_ quelle: any Messquelle) { zustand.withLock { $0.quellen.append(quelle) } }

    /// Counts requests to these routes, each for itself; what an earlier one counted is forgotten.
    package func anfragezaehler(_ routen: some Sequence<String>) -> any Anfragezaehler {
        let anfragen = Anfragewerte()
        anfragen.kenne(routen)
        zustand.withLock { $0.anfragen = anfragen }
        return anfragen
    }

    /// Everything as the text that Prometheus fetches.
    package var text: String {
        let state = zustand.withLock { $0 }
        return Messtext.schreibe(state.anfragen.messreihen() + state.quellen.flatMap { $0.messreihen() })
    }
}

/// How busy the database is.
package struct Datenbankwerte: Messquelle {
    let database: any Database

    package init(_ database: any Database) { self.database = database }

    package func messreihen() -> [Messreihe] {
        let now = database.counters
        let prefix = "leitstand_database_"
        return [
            Messreihe(prefix + "connections_open", .gauge, "Connections to the database.", now.open),
            Messreihe(prefix + "connections_idle", .gauge, "Connections that nobody uses.", now.idle),
            Messreihe(prefix + "waiting", .gauge, "Units of work that wait for a connection.", now.waiting),
            Messreihe(
                prefix + "waited_seconds_total", .counter, "Time that units of work waited for a connection.",
                Double(now.waitedMilliseconds) / 1_000),
            Messreihe(prefix + "reads_total", .counter, "Units of work that read.", now.reads),
            Messreihe(prefix + "writes_total", .counter, "Units of work that wrote.", now.writes),
            Messreihe(prefix + "commits_total", .counter, "Transactions made durable.", now.commits),
            Messreihe(
                prefix + "repeated_total", .counter, "Units of work run again after a conflict or a lost connection.",
                now.repeated),
            Messreihe(
                prefix + "reconnects_total", .counter, "Connections made anew after one was lost.", now.reconnects),
        ]
    }
}
