import Jobs
package import Logging
package import ServiceLifecycle
import Web

/// Works off the queue beside the web server or in a process of its own.
package struct Jobdienst: Service {
    /// Time that jobs under way get to finish; what takes longer is begun anew when its lease is over.
    static let nachlauf = Duration.seconds(5)

    let runner: JobRunner?
    /// Counts what this process did, for the operator's supervision.
    let werte: Jobwerte

    /// With no `plaetze` it only waits.
    package init(_ leitstand: Leitstand, plaetze: Int, logger: Logger) {
        let werte = Jobwerte()
        self.werte = werte
        runner =
            plaetze == 0
            ? nil
            : JobRunner(
                leitstand.arbeiten, database: leitstand.database, plaetze: plaetze, logger: logger, now: leitstand.now,
                beobachter: werte)
    }

    package func run() async throws {
        guard let runner else {
            // However the waiting ends, there is nothing to give back.
            try? await gracefulShutdown()
            return
        }
        let (ende, melder) = AsyncStream<Void>.makeStream()
        Task {
            await runner.lauf()
            melder.finish()
        }
        await withGracefulShutdownHandler {
            for await _ in ende {}
        } onGracefulShutdown: {
            runner.halte()
            // A mail server that hangs must not take the time that requests in flight have.
            Task {
                // Nobody cancels it; and were it cut short, the end would only come sooner.
                try? await Task.sleep(for: Jobdienst.nachlauf)
                melder.finish()
            }
        }
    }
}
