import Dispatch
package import Storage

/// A PostgreSQL database behind a pool of blocking connections, each with its own thread.
package final class PostgresDatabase: Storage.Database {
    private let connections: PostgresPool

    /// - Parameters:
    ///   - conninfo: a `postgres://` URL or `key=value` words; never printed, because it may hold a password.
    ///   - limit: the most connections open at once.
    ///   - statementTimeout: milliseconds after which the server ends a statement.
    package init(conninfo: String, limit: Int = 8, statementTimeout: Int = 30_000) {
        connections = PostgresPool(limit: limit) {
            PostgresConnection { try Conninfo(conninfo, statementTimeout: statementTimeout) }
        }
    }

    package var dialect: SQLDialect { .postgres }

    package var counters: DatabaseCounters { connections.counters }

    /// The snapshot itself: it names every transaction that is visible, so equal ones show the same rows.
    package func version() async throws -> DatabaseVersion {
        let snapshot: String? = try await read { db in try db.value("SELECT CAST(pg_current_snapshot() AS TEXT)") }
        return DatabaseVersion(snapshot ?? "")
    }

    package func read<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try await retryingConflicts {
            try await transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", body)
        }
    }

    /// `READ COMMITTED`, so that a statement after `lock` sees what the lock's former holder wrote.
    package func write<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try await retryingConflicts {
            try await transaction("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", body)
        }
    }

    package func close() async { await connections.close() }

    /// Runs a statement that PostgreSQL refuses inside a transaction, such as `CREATE DATABASE` or `VACUUM`.
    package func executeAlone(_ sql: SQL) async throws {
        try await lending { connection, unit in try connection.executeAlone(sql, unit) }
    }

    private func transaction<T: Sendable>(
        _ begin: String, _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try await lending { connection, unit in try connection.transaction(begin, unit, body) }
    }

    /// One hop to the connection's thread and back for the whole unit of work.
    private func lending<T: Sendable>(
        _ work: @escaping @Sendable (PostgresConnection, UnitOfWork) throws -> T
    ) async throws -> T {
        let connection = try await connections.lease()
        defer { connections.release(connection) }
        let unit = UnitOfWork()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                connection.queue.async {
                    continuation.resume(with: Result { try work(connection, unit) })
                }
            }
        } onCancel: {
            unit.cancel()
        }
    }
}
