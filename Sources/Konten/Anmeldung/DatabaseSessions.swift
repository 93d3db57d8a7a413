package import Kernel
package import Storage
import Synchronization
package import Web

/// Sessions of the database, as the web looks them up.
package final class DatabaseSessions: SessionSource {
    private let database: any Database
    /// Sessions whose use is being noted right now.
    private let laufend = Mutex<Set<String>>([])

    package init(database: any Database) { self.database = database }

    package func session(of token: String, at now: Instant) async throws -> Sitzung? {
        guard (20...100).contains(token.utf8.count) else { return nil }
        let found = try await database.read { db in try SitzungStore.lies(token, am: now, in: db) }
        if found?.istAelter == true { merke(token) { db in try SitzungStore.merke(token, am: now, in: db) } }
        return found?.sitzung
    }

    package func session(of token: String, at now: Instant, in db: any SQLConnection) throws -> Sitzung? {
        guard (20...100).contains(token.utf8.count) else { return nil }
        return try SitzungStore.lies(token, am: now, in: db)?.sitzung
    }

    package func session(ofToken token: String, at now: Instant) async throws -> Sitzung? {
        // A typing error costs the database nothing.
        guard Tokentext.istWohlgeformt(token) else { return nil }
        let found = try await database.read { db in try ZugangStore.lies(token, am: now, in: db) }
        if found?.istAelter == true { merke(token) { db in try ZugangStore.merke(token, am: now, in: db) } }
        return found?.sitzung
    }

    package func session(ofToken token: String, at now: Instant, in db: any SQLConnection) throws -> Sitzung? {
        try ZugangStore.lies(token, am: now, in: db)?.sitzung
    }

    /// Beside the request: a reader does not wait for whoever writes just now.
    private func merke(_ token: String, _ note: @escaping @Sendable (any SQLConnection) throws -> Void) {
        guard laufend.withLock({ $0.insert(token).inserted }) else { return }
        Task {
            // A note that got lost is made up for by the next request.
            try? await database.write(note)
            laufend.withLock { _ = $0.remove(token) }
        }
    }
}
