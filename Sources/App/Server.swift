import Hummingbird
import HummingbirdCore
import Kernel
import Konten
package import Logging
import NIOCore
import ServiceLifecycle
import Storage
package import UnixSignals
import Web

/// Runs the web server until it is told to stop.
package enum Server {
    /// Time that requests in flight get to finish.
    package static let nachlauf = Duration.seconds(9)

    /// Connections that the kernel completes while the server is busy accepting others.
    private static let wartesaal = 1_024

    /// `vorlauf` is how long the server still takes requests after it has been told to stop; with no `jobs` it leaves
    /// the queue to other processes.
    package static func run(
        _ leitstand: Leitstand, host: String, port: Int, grenzen: Netzgrenzen = Netzgrenzen(),
        vorlauf: Duration = .zero, jobs: Int = 4, signale: [UnixSignal] = [.sigterm, .sigint], logger: Logger,
        bereit: @escaping @Sendable (Int) async -> Void
    ) async throws {
        let verbindungen = Verbindungen(grenzen)
        let suchwerte = Dienstwerte("suchindex")
        let siegelwerte = Dienstwerte("verlaufssiegel")
        leitstand.messwerte.fuege(verbindungen)
        leitstand.messwerte.fuege(suchwerte)
        leitstand.messwerte.fuege(siegelwerte)
        let jobdienst = Jobdienst(leitstand, plaetze: jobs, logger: logger)
        leitstand.messwerte.fuege(jobdienst.werte)
        let application = Application(
            responder: leitstand.responder(),
            server: HTTPServerBuilder { Netzkanal(verbindungen, responder: $0) },
            configuration: .init(address: .hostname(host, port: port), serverName: nil, backlog: wartesaal),
            onServerRunning: { channel in await bereit(channel.localAddress?.port ?? port) },
            logger: logger)
        // They stop one after the other, the last one first.
        var configuration = ServiceGroupConfiguration(
            services: [
                Grenzwacht(grenze: leitstand.anfragegrenze), application,
                Suchdienst(database: leitstand.database, logger: logger, werte: suchwerte),
                Siegeldienst(
                    database: leitstand.database, folgen: leitstand.verlaufsfolgen, logger: logger,
                    werte: siegelwerte, now: leitstand.now),
                jobdienst,
                Abschied(bereitschaft: leitstand.bereitschaft, verbindungen: verbindungen, vorlauf: vorlauf),
            ],
            gracefulShutdownSignals: signale, logger: logger)
        configuration.maximumGracefulShutdownDuration = nachlauf + vorlauf
        try await ServiceGroup(configuration: configuration).run()
        await leitstand.database.close()
        JSONLog.flush()
    }

    /// Works off the queue, without a web server, until it is told to stop.
    package static func arbeite(
        _ leitstand: Leitstand, jobs: Int, signale: [UnixSignal] = [.sigterm, .sigint], logger: Logger
    ) async throws {
        var configuration = ServiceGroupConfiguration(
            services: [Jobdienst(leitstand, plaetze: jobs, logger: logger)],
            gracefulShutdownSignals: signale, logger: logger)
        configuration.maximumGracefulShutdownDuration = nachlauf
        try await ServiceGroup(configuration: configuration).run()
        await leitstand.database.close()
        JSONLog.flush()
    }
}
