import ServiceLifecycle
import Synchronization
import Web

/// The first to stop: says that the server is going, and lets some time pass before it takes nothing new.
struct Abschied: Service {
    let bereitschaft: Bereitschaft
    let verbindungen: Verbindungen
    /// How long supervisors and proxies have to notice.
    let vorlauf: Duration

    func run() async throws {
        // Ends early only when everything is cancelled.
        try? await gracefulShutdown()
        bereitschaft.beende()
        verbindungen.abschied.store(true, ordering: .relaxed)
        // A pause that is cut short takes the leave at once.
        try? await Task.sleep(for: vorlauf)
    }
}

/// Sends requests away that waited too long; the last to stop, because requests in flight may still wait.
struct Grenzwacht: Service {
    /// How late somebody may be sent away.
    private static let takt = Duration.milliseconds(100)

    let grenze: Anfragegrenze

    func run() async throws {
        while !Task.isCancelled, !Task.isShuttingDownGracefully || grenze.stand.wartende > 0 {
            // A pause that is cut short ends the loop.
            try? await Task.sleep(for: Grenzwacht.takt)
            grenze.raeume()
        }
    }
}
