import Hummingbird
import HummingbirdCore
import Kernel
import Konten
package import Logging
import NIOCore
import ServiceLifecycle
import Storage
import UnixSignals
import Web

/// Runs the web server until it is told to stop.
package enum Server {
    /// Time that requests in flight get to finish.
    package static let nachlauf = Duration.seconds(9)

    /// Larger than any address a route accepts, so that a refusal can still be explained on a page.
    private static let kopfgroesse = 2 * 1024 * 1024

    package static func run(
        _ leitstand: Leitstand, host: String, port: Int, logger: Logger, bereit: @escaping @Sendable (Int) async -> Void
    ) async throws {
        let application = Application(
            responder: leitstand.responder(),
            server: .http1(
                configuration: .init(
                    idleTimeout: .seconds(60),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: kopfgroesse, maxHeaderListSize: kopfgroesse, maxHeaderFieldCount: 200))),
            configuration: .init(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { channel in await bereit(channel.localAddress?.port ?? port) },
            logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: [application, Suchdienst(database: leitstand.database, logger: logger)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = nachlauf
        try await ServiceGroup(configuration: configuration).run()
        await leitstand.database.close()
        JSONLog.flush()
    }
}
