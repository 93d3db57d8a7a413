import Dispatch
import Storage
import Synchronization

/// Lends a fixed number of connections; who waits is served in turn.
final class PostgresPool: Sendable {
    private struct Waiter {
        let id: Int
        let since = ContinuousClock.now
        let continuation: CheckedContinuation<PostgresConnection, any Error>
    }

    private struct State {
        var idle: [PostgresConnection] = []
        var open = 0
        var nextWaiter = 0
        var waiters: [Waiter] = []
        var waited: Duration = .zero
        var isClosed = false
    }

    private let state = Mutex(State())
    private let limit: Int
    private let make: @Sendable () -> PostgresConnection

    init(limit: Int, make: @escaping @Sendable () -> PostgresConnection) {
        self.limit = limit
        self.make = make
    }

    var counters: DatabaseCounters {
        state.withLock { state in
            var counters = DatabaseCounters()
            counters.open = state.open
            counters.idle = state.idle.count
            counters.waiting = state.waiters.count
            counters.waitedMilliseconds = Int(state.waited / .milliseconds(1))
            return counters
        }
    }

    func lease() async throws -> PostgresConnection {
        try Task.checkCancellation()
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if let ready = takeOrWait(Waiter(id: id, continuation: continuation)) {
                    continuation.resume(with: ready)
                } else if Task.isCancelled {
                    abandon(id)
                }
            }
        } onCancel: {
            abandon(id)
        }
    }

    /// A connection that died stays out of the pool unless somebody waits; then it connects anew.
    func release(_ connection: PostgresConnection) {
        let waiter: Waiter? = state.withLock { state in
            if !state.waiters.isEmpty {
                let waiter = state.waiters.removeFirst()
                state.waited += ContinuousClock.now - waiter.since
                return waiter
            }
            if connection.isConnected, !state.isClosed {
                state.idle.append(connection)
            } else {
                state.open -= 1
            }
            return nil
        }
        waiter?.continuation.resume(returning: connection)
    }

    func close() async {
        let (idle, waiters) = state.withLock { state in
            let found = (state.idle, state.waiters)
            state.isClosed = true
            state.open -= state.idle.count
            state.idle = []
            state.waiters = []
            return found
        }
        for waiter in waiters { waiter.continuation.resume(throwing: PostgresPool.closed) }
        for connection in idle {
            await withCheckedContinuation { continuation in
                connection.queue.async {
                    connection.disconnect()
                    continuation.resume()
                }
            }
        }
    }

    /// `nil` when the waiter now stands in the queue.
    private func takeOrWait(_ waiter: Waiter) -> Result<PostgresConnection, any Error>? {
        state.withLock { state in
            if state.isClosed { return .failure(PostgresPool.closed) }
            if let connection = state.idle.popLast() { return .success(connection) }
            if state.open < limit {
                state.open += 1
                return .success(make())
            }
            state.waiters.append(waiter)
            return nil
        }
    }

    private func abandon(_ id: Int) {
        let waiter = state.withLock { state in
            state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }

    private static let closed = StorageError.unavailable("Die Datenbank ist geschlossen.")
}
