import Kernel
import Storage
import Synchronization

/// A job under way, for whoever does it: tells how far it is.
package final class Joblauf: Sendable {
    private struct Stand {
        var gemeldet: ContinuousClock.Instant?
    }

    private let job: Job
    private let database: any Database
    private let stand = Mutex(Stand())

    init(_ job: Job, _ database: any Database) { (self.job, self.database) = (job, database) }

    /// Shows the page how far it is; at most one write a second, so it may be called as often as one likes.
    package func melde(getan: Int, gesamt: Int?, _ satz: String? = nil) async throws {
        try Task.checkCancellation()
        let now = ContinuousClock.now
        let isDue = stand.withLock { stand in
            if let last = stand.gemeldet, now - last < .seconds(1) { return false }
            stand.gemeldet = now
            return true
        }
        guard isDue else { return }
        let job = job
        try await database.write { db in try JobStore.melde(job, getan: getan, gesamt: gesamt, satz: satz, in: db) }
    }
}
