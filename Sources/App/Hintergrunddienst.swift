import Kernel
import Logging
import ServiceLifecycle
import Web

extension Dienstwerte {
    /// Notes a run that began then; `am` is the time of the clock.
    func notiere(seit start: ContinuousClock.Instant, am: Instant, gelungen: Bool) {
        let took = (ContinuousClock.now - start).components
        lauf(
            gelungen: gelungen, am: Double(am.rawValue) / 1_000,
            dauer: Double(took.seconds) + Double(took.attoseconds) / 1e18)
    }

    /// Works again and again until the server stops, never in step with other servers on the same database.
    ///
    /// What fails is logged with `satz` and tried again in the next round, or by another server.
    func wiederhole(
        alle abstand: Duration, _ satz: String, logger: Logger, _ work: @escaping @Sendable () async throws -> Void
    ) async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let start = ContinuousClock.now
                do {
                    try await work()
                    self.notiere(seit: start, am: .jetzt(), gelungen: true)
                } catch is CancellationError {
                    return
                } catch {
                    self.notiere(seit: start, am: .jetzt(), gelungen: false)
                    logger.error("\(satz)", metadata: ["fehler": "\(type(of: error))"])
                }
                // A pause that is cut short ends the loop.
                try? await Task.sleep(for: abstand * Double.random(in: 0.8...1.2))
            }
        }
    }
}
