import Storage
import Synchronization

/// A unit of work that writes, between the caller who waits for it and the thread that runs it.
protocol PendingWrite: AnyObject, Sendable {
    var arrival: ContinuousClock.Instant { get }

    /// The caller wants its answer no more; a unit that has begun stops at its next statement.
    var isCancelled: Bool { get }

    /// From here on a cancellation has to wait for the unit to stop. False when its caller has gone.
    func begin() -> Bool

    /// Runs the body and keeps what it returned.
    func run(in db: any SQLConnection) throws

    /// Forgets that the body ran, because it has to run again. False when the caller has gone meanwhile.
    func putBack() -> Bool

    /// Answers the caller: with `error`, or with what the body returned.
    func answer(_ error: (any Error)?)
}

/// The unit of work of one call of `write`.
final class WriteUnit<T: Sendable>: PendingWrite {
    private enum Stage { case waiting, running, answered }

    private struct State {
        var stage = Stage.waiting
        var isCancelled = false
        var continuation: CheckedContinuation<T, any Error>?
        var result: T?

        /// Each caller is answered once.
        mutating func takeContinuation() -> CheckedContinuation<T, any Error>? {
            defer { continuation = nil }
            stage = .answered
            return continuation
        }
    }

    let arrival = ContinuousClock.now
    private let body: @Sendable (any SQLConnection) throws -> T
    private let state = Mutex(State())

    init(_ body: @escaping @Sendable (any SQLConnection) throws -> T) { self.body = body }

    /// Gives the unit the caller to answer. False when that was cancelled before; it has its answer then.
    func wait(_ continuation: CheckedContinuation<T, any Error>) -> Bool {
        let isWaiting = state.withLock { state in
            guard !state.isCancelled else { return false }
            state.continuation = continuation
            return true
        }
        if !isWaiting { continuation.resume(throwing: CancellationError()) }
        return isWaiting
    }

    /// Answers at once while the unit waits. One that runs is answered when it has stopped or is on disk.
    func cancel() {
        let continuation = state.withLock { state in
            state.isCancelled = true
            return state.stage == .waiting ? state.takeContinuation() : nil
        }
        continuation?.resume(throwing: CancellationError())
    }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    func begin() -> Bool {
        state.withLock { state in
            guard state.stage == .waiting else { return false }
            state.stage = .running
            return true
        }
    }

    func run(in db: any SQLConnection) throws {
        let result = try body(db)
        state.withLock { $0.result = result }
    }

    func putBack() -> Bool {
        let continuation = state.withLock { state in
            state.result = nil
            state.stage = .waiting
            return state.isCancelled ? state.takeContinuation() : nil
        }
        continuation?.resume(throwing: CancellationError())
        return continuation == nil
    }

    func answer(_ error: (any Error)?) {
        let (continuation, result) = state.withLock { state in (state.takeContinuation(), state.result) }
        if error == nil, let result {
            continuation?.resume(returning: result)
        } else {
            continuation?.resume(throwing: error ?? CancellationError())
        }
    }
}
