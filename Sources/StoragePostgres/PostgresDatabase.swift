import Dispatch
package import Storage

/// A PostgreSQL database behind a pool of blocking connections, each with its own thread.
///
/// A unit of work whose connection is lost is run again on a new one, unless it may have been saved: then the new
/// connection is asked. A server that is away is waited for, at most about ten seconds.
package final class PostgresDatabase: Storage.Database {
    private let connections: PostgresPool
    private let reconnection: Reconnection
    private let snapshots: SnapshotSource

    /// - Parameters:
    ///   - conninfo: a `postgres://` URL or `key=value` words; never printed, because it may hold a password.
    ///   - limit: the most connections open at once for units of work; one more answers `version()`.
    ///   - statementTimeout: milliseconds after which the server ends a statement.
    ///   - patience: how long a server that was reached before is waited for.
    package init(
        conninfo: String, limit: Int = 8, statementTimeout: Int = 30_000, patience: Duration = .seconds(10)
    ) {
        let reconnection = Reconnection(patience: patience)
        let make: @Sendable () -> PostgresConnection = {
            PostgresConnection({ try Conninfo(conninfo, statementTimeout: statementTimeout) }, reconnection)
        }
        connections = PostgresPool(limit: limit, make: make)
        snapshots = SnapshotSource(make())
        self.reconnection = reconnection
    }

    package var dialect: SQLDialect { .postgres }

    package var counters: DatabaseCounters {
        var counters = connections.counters
        counters.reconnects = reconnection.reconnects
        return counters
    }

    /// How many queries `version()` has sent.
    package var versionQueries: Int { snapshots.queries }

    package func version() async throws -> DatabaseVersion { try await snapshots.version() }

    package func read<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        connections.count(.read)
        return try await repeating { try await lending { $0.transaction(.read, $1, body) } }
    }

    /// `READ COMMITTED`, so that a statement after `lock` sees what the lock's former holder wrote.
    package func write<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        connections.count(.write)
        return try await repeating { try await lending { $0.transaction(.write, $1, body) } }
    }

    package func close() async {
        await connections.close()
        await snapshots.close()
    }

    /// Runs a statement that PostgreSQL refuses inside a transaction, such as `CREATE DATABASE` or `VACUUM`.
    package func executeAlone(_ sql: SQL) async throws {
        try await repeating { try await lending { $0.executeAlone(sql, $1) } }
    }

    /// Milliseconds before the repeats after a loss. A unit that itself brings the server down must come to an end.
    private static let pauses = [10, 20, 50, 100, 200, 400]

    /// At most three times after a conflict and six times after a loss, each time waiting a little longer.
    private func repeating<T: Sendable>(_ attempt: () async throws -> Attempt<T>) async throws -> T {
        var (conflicts, losses) = (0, 0)
        while true {
            let pause: Int
            switch try await attempt() {
            case .done(let result): return try result.get()
            case .conflict:
                guard conflicts < 3 else { throw StorageError.conflict }
                pause = 10 << conflicts
                conflicts += 1
            case .lost(let error):
                guard losses < PostgresDatabase.pauses.count else { throw error }
                pause = PostgresDatabase.pauses[losses]
                losses += 1
            }
            connections.countRepeat()
            // Those that collided or fell together must not come back at the same moment.
            try await Task.sleep(for: .milliseconds(pause + Int.random(in: 0..<pause)))
        }
    }

    /// One hop to the connection's thread and back for the whole unit of work.
    private func lending<T: Sendable>(
        _ work: @escaping @Sendable (PostgresConnection, UnitOfWork) -> Attempt<T>
    ) async throws -> Attempt<T> {
        try Task.checkCancellation()
        let unit = UnitOfWork()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                connections.submit(
                    PostgresPool.Job(
                        unit: unit,
                        run: { connection in
                            let attempt = work(connection, unit)
                            return { continuation.resume(returning: attempt) }
                        },
                        refuse: { continuation.resume(throwing: $0) }))
            }
        } onCancel: {
            unit.cancel()
            connections.withdraw(unit)
        }
    }
}
