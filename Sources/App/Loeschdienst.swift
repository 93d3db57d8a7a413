package import Kernel
package import Konten
package import Logging
import ServiceLifecycle
package import Storage
package import Web

/// Lets go every night what has had its time; of several servers one does it.
package struct Loeschdienst: Service {
    /// How often a server looks whether a night's pass is due.
    static let abstand = Duration.seconds(300)
    /// A start is busy enough, and a short-lived server leaves the pass to others.
    static let anlauf = Duration.seconds(90)

    let lauf: Fristlauf
    let hinweis: Fristlauf.Hinweis?
    let logger: Logger
    let werte: Dienstwerte
    let now: @Sendable () -> Instant

    /// Without `hinweis` nobody is told, and no account goes for want of use.
    package init(
        _ datenschutz: Datenschutz, database: any Database, hinweis: Fristlauf.Hinweis? = nil, logger: Logger,
        werte: Dienstwerte = Dienstwerte("loeschfristen"), now: @escaping @Sendable () -> Instant
    ) {
        lauf = Fristlauf(datenschutz, database)
        (self.hinweis, self.logger, self.werte, self.now) = (hinweis, logger, werte, now)
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var pause = Loeschdienst.anlauf
            while !Task.isCancelled {
                // A pause that is cut short ends the loop; never in step with other servers.
                try? await Task.sleep(for: pause * Double.random(in: 0.8...1.2))
                pause = Loeschdienst.abstand
                guard !Task.isCancelled else { return }
                do { try await nacht() } catch is CancellationError {
                    return
                } catch {
                    // The next night lets the same records go.
                    logger.error("loeschfristen nicht eingehalten", metadata: ["fehler": "\(type(of: error))"])
                }
            }
        }
    }

    /// Does the pass where it is due and nobody else's; returns how many records went, nil where there was nothing to do.
    @discardableResult
    package func nacht() async throws -> Int? {
        let (am, start) = (now(), ContinuousClock.now)
        guard try await lauf.uebernimm(am: am) else { return nil }
        do {
            let found = try await lauf.raeume(am: am)
            if let hinweis {
                // A mail that does not leave must not keep the periods from being observed.
                do { _ = try await lauf.warne(am: am, hinweis) } catch {
                    logger.error("hinweise nicht verschickt", metadata: ["fehler": "\(type(of: error))"])
                }
            }
            let count = found.reduce(0) { $0 + $1.anzahl }
            try await lauf.beende(begonnen: am, am: now(), anzahl: count)
            logger.info(
                "loeschfristen",
                metadata: .init(
                    found.filter { $0.anzahl > 0 }.map { ($0.frist.art, .stringConvertible($0.anzahl)) },
                    uniquingKeysWith: { first, _ in first }))
            werte.notiere(seit: start, am: am, gelungen: true)
            return count
        } catch {
            werte.notiere(seit: start, am: am, gelungen: false)
            throw error
        }
    }
}
