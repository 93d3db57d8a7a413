import Dispatch
import Synchronization

/// Carries the cancellation of a task to the connection that works for it.
///
/// A request to cancel never hits what comes after the unit. It is sent under the lock of the unit, and `end` takes
/// that lock before anything else is sent on the connection. `PQcancel` returns only after the server has signalled
/// the backend and closed the line; a backend clears a signal that finds it idle before it reads its next statement.
/// Should a request fail half-way, or come through a proxy that answers early, the connection is given up, or the
/// statement it hits is repeated (`PostgresConnection.interruption`).
final class UnitOfWork: Sendable {
    private struct State {
        var isCancelled = false
        var connection: PostgresConnection?
    }

    private let state = Mutex(State())

    /// Cancelling talks to the server and blocks, which the cancelling thread must not.
    private static let cancelQueue = DispatchQueue(label: "leitstand.postgres.cancel", attributes: .concurrent)

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// From here on a cancellation reaches `connection`.
    func begin(on connection: PostgresConnection) throws {
        try state.withLock { state in
            if state.isCancelled { throw CancellationError() }
            state.connection = connection
        }
    }

    /// Waits for a cancellation under way, so that none is sent after the unit's end.
    func end() { state.withLock { $0.connection = nil } }

    /// Never waits for the server: a request is sent only after this has returned.
    func cancel() {
        let isRunning = state.withLock { state in
            state.isCancelled = true
            return state.connection != nil
        }
        // Who begins later sees that it is cancelled.
        if isRunning { sendCancel() }
    }

    /// Repeats, because a request that arrives between two statements stops neither.
    private func sendCancel() {
        UnitOfWork.cancelQueue.async {
            let isRunning = self.state.withLock { state in
                state.connection?.cancelStatement()
                return state.connection != nil
            }
            guard isRunning else { return }
            UnitOfWork.cancelQueue.asyncAfter(deadline: .now() + .milliseconds(100)) { self.sendCancel() }
        }
    }
}
