package import Jobs
package import Kernel
package import Logging
import ServiceLifecycle
package import Storage
package import Web

/// Seals what any process wrote into the Verlauf.
package struct Siegeldienst: Service {
    /// How long a line usually waits for its seal.
    static let abstand = Duration.seconds(5)

    let database: any Database
    /// Kinds of jobs that read what was sealed.
    let folgen: [Jobart]
    let logger: Logger
    let werte: Dienstwerte
    let now: @Sendable () -> Instant

    package init(
        database: any Database, folgen: [Jobart] = [], logger: Logger,
        werte: Dienstwerte = Dienstwerte("verlaufssiegel"), now: @escaping @Sendable () -> Instant = { .jetzt() }
    ) {
        (self.database, self.folgen, self.logger, self.werte, self.now) = (database, folgen, logger, werte, now)
    }

    package func run() async throws {
        await werte.wiederhole(alle: Siegeldienst.abstand, "verlauf nicht versiegelt", logger: logger) {
            guard try await Versiegelung.nachfuehren(database, now: now) > 0, !folgen.isEmpty else { return }
            let am = now()
            try await database.write { db in try Siegeldienst.stelle(folgen, am: am, in: db) }
        }
    }

    /// Asks for what follows from lines that were sealed.
    package static func stelle(_ folgen: [Jobart], am: Instant, in db: any SQLConnection) throws {
        for art in folgen {
            try JobStore.stelle(art, KeineAngaben(), schluessel: planschluessel, am: am, in: db)
        }
    }
}
