import Kernel
package import Logging
import ServiceLifecycle
package import Storage
package import Web

/// Seals what any process wrote into the Verlauf.
package struct Siegeldienst: Service {
    /// How long a line usually waits for its seal.
    static let abstand = Duration.seconds(5)

    let database: any Database
    let logger: Logger
    let werte: Dienstwerte

    package init(database: any Database, logger: Logger, werte: Dienstwerte = Dienstwerte("verlaufssiegel")) {
        (self.database, self.logger, self.werte) = (database, logger, werte)
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let start = ContinuousClock.now
                do {
                    try await Versiegelung.nachfuehren(database)
                    notiere(start, gelungen: true)
                } catch is CancellationError {
                    return
                } catch {
                    notiere(start, gelungen: false)
                    // The lines wait; the next round, or another server, seals them.
                    logger.error("verlauf nicht versiegelt", metadata: ["fehler": "\(type(of: error))"])
                }
                // Never in step with other servers on the same database. A pause that is cut short ends the loop.
                try? await Task.sleep(for: Siegeldienst.abstand * Double.random(in: 0.8...1.2))
            }
        }
    }

    private func notiere(_ start: ContinuousClock.Instant, gelungen: Bool) {
        let took = (ContinuousClock.now - start).components
        werte.lauf(
            gelungen: gelungen, am: Double(Instant.jetzt().rawValue) / 1_000,
            dauer: Double(took.seconds) + Double(took.attoseconds) / 1e18)
    }
}
