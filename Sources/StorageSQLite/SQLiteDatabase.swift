import GRDB
package import Storage
import Synchronization

/// A database in one file, or in memory for tests and trials.
package final class SQLiteDatabase: Storage.Database {
    private struct State {
        var isClosed = false
        var running = 0
        var reading = 0
        /// The most that ever read at once; so many connections are open.
        var readers = 0
        var reads = 0
        var writes = 0
        var repeated = 0
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private static let mostReaders = 8

    let writer: any DatabaseWriter
    private let group: GroupWriter
    /// None for a memory database, which nobody else can change.
    private let watch: CommitWatch?
    private let state = Mutex(State())

    /// Opens or creates the file at `path`; without a path the data lives in memory only.
    package init(path: String?) throws {
        let run = WriteRun()
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = Self.mostReaders
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { db in
            // Takes effect in a new file only, and only before the first page is written.
            if !db.configuration.readonly { try db.execute(sql: "PRAGMA page_size = 8192") }
            try db.execute(sql: "PRAGMA cache_size = -8192")
            if !db.configuration.readonly { run.watch(db) }
        }
        do {
            guard let path else {
                writer = try DatabaseQueue(configuration: configuration)
                watch = nil
                group = GroupWriter(writer, run)
                return
            }
            let pool = try DatabasePool(path: path, configuration: configuration)
            // GRDB chooses NORMAL, which may lose the last commits when the power fails.
            try pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = FULL")
                // A large import must not leave a log of its size for ever.
                _ = try Int.fetchOne(db, sql: "PRAGMA journal_size_limit = 67108864")
            }
            writer = pool
            watch = try CommitWatch(path: path)
            group = GroupWriter(pool, run)
        } catch let error as DatabaseError {
            throw StorageError.unavailable(error.message ?? "SQLite \(error.extendedResultCode.rawValue)")
        }
    }

    package var dialect: SQLDialect { .sqlite }

    package func read<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try enter { state in
            state.reads += 1
            state.reading += 1
            state.readers = min(Self.mostReaders, max(state.readers, state.reading))
        }
        defer { leave { $0.reading -= 1 } }
        return try await retryingConflicts {
            do { return try await self.writer.read { db in try body(SQLiteConnection(db: db)) } } catch {
                throw translated(error)
            }
        }
    }

    package func write<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try enter { $0.writes += 1 }
        defer { leave { _ in } }
        var attempts = 0
        return try await retryingConflicts {
            attempts += 1
            if attempts > 1 { state.withLock { $0.repeated += 1 } }
            return try await group.perform(body)
        }
    }

    package func version() async throws -> DatabaseVersion {
        if let watch { return try watch.version() }
        if state.withLock({ $0.isClosed }) { throw StorageError.closed }
        return DatabaseVersion("\(group.commits)")
    }

    package var counters: DatabaseCounters {
        var counters = DatabaseCounters()
        state.withLock { state in
            // The writer and, on a file, readers and the one that knows the version.
            counters.open = state.isClosed ? 0 : watch == nil ? 1 : 2 + state.readers
            let busy = watch == nil ? 0 : min(state.reading, state.readers)
            counters.idle = max(0, counters.open - busy - (group.isRunning ? 1 : 0))
            counters.reads = state.reads
            counters.writes = state.writes
            counters.repeated = state.repeated
        }
        group.count(into: &counters)
        return counters
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
        watch?.close()
        try? writer.close()
    }

    /// GRDB crashes when a closed memory database is used, so nothing may start after `close`.
    private func enter(_ note: (inout State) -> Void) throws {
        try state.withLock { state in
            if state.isClosed { throw StorageError.closed }
            state.running += 1
            note(&state)
        }
    }

    private func leave(_ note: (inout State) -> Void) {
        let closers = state.withLock { state in
            state.running -= 1
            note(&state)
            guard state.isClosed, state.running == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer.resume() }
    }
}
