/// A database that runs units of work, each in exactly one transaction.
///
/// Bodies are synchronous, may run more than once and so have no side effect but SQL.
package protocol Database: Sendable {
    var dialect: SQLDialect { get }

    /// Runs `body` on one consistent snapshot; a statement that writes throws `StorageError.readOnly`.
    func read<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T

    /// Runs `body` and commits, or leaves nothing behind when it throws.
    ///
    /// `StorageError.conflict` makes it run again, at most three times.
    @discardableResult
    func write<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T

    /// What the database holds at this moment, as a mark to compare.
    ///
    /// Two equal marks say that nothing was committed between taking the one and the other, by whatever process.
    /// Marks may differ although nothing was changed.
    func version() async throws -> DatabaseVersion

    /// How busy the database is, for an operator.
    var counters: DatabaseCounters { get }

    /// Gives the connections back. Later calls throw.
    func close() async
}

/// Runs `attempt` again after a conflict, at most three times, each time waiting a little longer.
package func retryingConflicts<T>(_ attempt: () async throws -> T) async throws -> T {
    for pause in [10, 20, 40] {
        do { return try await attempt() } catch StorageError.conflict {
            // Two that collided must not come back at the same moment.
            try await Task.sleep(for: .milliseconds(pause + Int.random(in: 0..<pause)))
        }
    }
    return try await attempt()
}
