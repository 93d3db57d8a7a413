import GRDB
package import Storage
import Synchronization

/// A database in one file, or in memory for tests and trials.
package final class SQLiteDatabase: Storage.Database {
    private struct State {
        var isClosed = false
        var running = 0
        var counters = DatabaseCounters()
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private let writer: any DatabaseWriter
    /// Never writes, so its `data_version` moves with every commit of any other connection; none for a memory database.
    private let observer: DatabaseQueue?
    private let state = Mutex(State())

    /// Opens or creates the file at `path`; without a path the data lives in memory only.
    package init(path: String?) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 8
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            // Takes effect in a new file only, and only before the first page is written.
            if !db.configuration.readonly { try db.execute(sql: "PRAGMA page_size = 8192") }
            try db.execute(sql: "PRAGMA cache_size = -8192")
        }
        do {
            guard let path else {
                writer = try DatabaseQueue(configuration: configuration)
                observer = nil
                return
            }
            let pool = try DatabasePool(path: path, configuration: configuration)
            // GRDB chooses NORMAL, which may lose the last commits when the power fails.
            try pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
            writer = pool
            configuration.readonly = true
            observer = try DatabaseQueue(path: path, configuration: configuration)
        } catch let error as DatabaseError {
            throw StorageError.unavailable(error.message ?? "SQLite \(error.extendedResultCode.rawValue)")
        }
    }

    package var dialect: SQLDialect { .sqlite }

    package func read<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        state.withLock { $0.counters.reads += 1 }
        return try await translatingErrors { try await self.writer.read { db in try body(SQLiteConnection(db: db)) } }
    }

    package func write<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        state.withLock { $0.counters.writes += 1 }
        defer { state.withLock { $0.counters.commits += 1 } }
        return try await translatingErrors { try await self.writer.write { db in try body(SQLiteConnection(db: db)) } }
    }

    package var counters: DatabaseCounters { state.withLock { $0.counters } }

    package func version() async throws -> DatabaseVersion {
        guard let observer else { return DatabaseVersion("\(counters.commits)") }
        let version = try await translatingErrors {
            try await observer.read { db in try Int.fetchOne(db, sql: "PRAGMA data_version") }
        }
        return DatabaseVersion("\(version ?? 0)")
    }

    /// Waits for the work under way and leaves a file that is complete without its log.
    package func close() async {
        await withCheckedContinuation { continuation in
            let isQuiet = state.withLock { state in
                state.isClosed = true
                if state.running > 0 { state.closers.append(continuation) }
                return state.running == 0
            }
            if isQuiet { continuation.resume() }
        }
        // GRDB closes the readers last, and they cannot do this. A failure loses nothing: the log stays beside the file.
        _ = try? await writer.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
        // Nothing runs any more, and there is nobody left to tell of a failure.
        try? observer?.close()
        try? writer.close()
    }

    private func translatingErrors<T>(_ work: () async throws -> T) async throws -> T {
        try enter()
        defer { leave() }
        return try await retryingConflicts {
            do { return try await work() } catch { throw translated(error) }
        }
    }

    /// GRDB crashes when a closed memory database is used, so nothing may start after `close`.
    private func enter() throws {
        try state.withLock { state in
            if state.isClosed { throw StorageError.unavailable("Die Datenbank ist geschlossen.") }
            state.running += 1
        }
    }

    private func leave() {
        let closers = state.withLock { state in
            state.running -= 1
            guard state.isClosed, state.running == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer.resume() }
    }
}
