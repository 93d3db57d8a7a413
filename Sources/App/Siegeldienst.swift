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
        await werte.wiederhole(alle: Siegeldienst.abstand, "verlauf nicht versiegelt", logger: logger) {
            _ = try await Versiegelung.nachfuehren(database)
        }
    }
}
