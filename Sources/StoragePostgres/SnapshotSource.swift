import Dispatch
import Storage
import Synchronization

/// Answers `version()` on a connection of its own, so that it neither waits for a place in the pool nor takes one.
///
/// One query serves all callers that came before it was sent; who comes while it is under way shares the next one.
///
/// The mark is exact. A snapshot `xmin:xmax:xip` names every transaction whose changes are visible: those below `xmax`
/// that are not in `xip` and did not fail. A new commit has a number from `xmax` on, and then `xmax` grows, or one in
/// `xip`, and then that number leaves the list for ever. So on one running server a snapshot never comes back after a
/// commit, and two equal ones show the same rows. A connection does not outlive its server, whether that restarts or
/// is replaced by one that lacks some transactions; the epoch in the mark stands for the connection. When any
/// connection of the pool was lost, this one is made anew too: it might still talk to a server that was replaced.
final class SnapshotSource: Sendable {
    private struct Waiter {
        let continuation: CheckedContinuation<DatabaseVersion, any Error>
        /// The query that will answer; 0 before it is sent.
        var query = 0
    }

    private struct State {
        var waiters: [Int: Waiter] = [:]
        var lastWaiter = 0
        var queries = 0
        var epoch = 0
        var losses = 0
        var isRunning = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let connection: PostgresConnection

    init(_ connection: PostgresConnection) { self.connection = connection }

    /// How many queries were sent.
    var queries: Int { state.withLock { $0.queries } }

    func version() async throws -> DatabaseVersion {
        try Task.checkCancellation()
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (isClosed, starts) = state.withLock { state in
                    if state.isClosed { return (true, false) }
                    state.waiters[id] = Waiter(continuation: continuation)
                    defer { state.isRunning = true }
                    return (false, !state.isRunning)
                }
                if isClosed { continuation.resume(throwing: PostgresPool.closed) }
                if starts { connection.queue.async { self.answer() } }
                if Task.isCancelled { abandon(id) }
            }
        } onCancel: {
            abandon(id)
        }
    }

    func close() async {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.continuation.resume(throwing: PostgresPool.closed) }
        await connection.close()
    }

    private func abandon(_ id: Int) {
        let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
        waiter?.continuation.resume(throwing: CancellationError())
    }

    /// On the connection's thread, until nobody waits.
    private func answer() {
        while true {
            let isWanted = state.withLock { state in
                state.isRunning = !state.waiters.isEmpty && !state.isClosed
                return state.isRunning
            }
            guard isWanted else { return }
            var query = 0
            let result = Result { try ask { query = startQuery() } }
            let answered = state.withLock { state in
                // A query that could not be sent answers all that wait for it.
                let done = state.waiters.filter { query == 0 || $0.value.query != 0 && $0.value.query <= query }
                for id in done.keys { state.waiters[id] = nil }
                return done
            }
            for waiter in answered.values { waiter.continuation.resume(with: result) }
        }
    }

    private func startQuery() -> Int {
        state.withLock { state in
            state.queries += 1
            for (id, waiter) in state.waiters where waiter.query == 0 { state.waiters[id]?.query = state.queries }
            return state.queries
        }
    }

    /// - Parameter sending: called at the last moment before the query goes out.
    private func ask(_ sending: () -> Void) throws -> DatabaseVersion {
        var repeats = 0
        while true {
            connection.course = Course(.read)
            connection.dropUnlessHealthy()
            // Read before connecting: what is lost later makes the connection anew once more.
            let losses = connection.reconnection.losses
            if state.withLock({ $0.losses }) != losses { connection.disconnect() }
            let isNew = !connection.isConnected
            try connection.makeReady(for: nil)
            defer { connection.finish() }
            if isNew {
                state.withLock { state in
                    state.epoch += 1
                    state.losses = losses
                }
            }
            sending()
            do {
                let answers = try connection.exchange([.fixed(.snapshot)])
                try connection.require(answers)
                guard let snapshot = answers.text(0) else { throw connection.lose() }
                return DatabaseVersion("\(state.withLock { $0.epoch })/\(snapshot)")
            } catch {
                repeats += 1
                guard connection.course.loss != nil, repeats < 4 else { throw error }
            }
        }
    }
}
