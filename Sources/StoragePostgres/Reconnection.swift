import Storage
import Synchronization

/// Decides for all connections of a database who may try to connect, and when.
///
/// While the server is away one thread tries, at growing intervals; the others wait for it. After `patience` they
/// give up, and who comes later learns at once that nobody gets through.
final class Reconnection: Sendable {
    private struct State {
        var hasEverConnected = false
        var trying = 0
        var failures = 0
        var downSince: ContinuousClock.Instant?
        var notBefore = ContinuousClock.now
        var reason = ""
        /// Connections that were lost, all of them and those not made anew yet.
        var losses = 0
        var missing = 0
        var reconnects = 0
    }

    private enum Turn {
        case go
        case wait(Duration)
        case giveUp(StorageError)
    }

    /// At most so many connect at the same moment to a server that answers.
    private static let crowd = 4

    private let state = Mutex(State())
    private let patience: Duration

    init(patience: Duration) { self.patience = patience }

    /// How often a connection was lost. A mark taken before the last loss may speak of another server.
    var losses: Int { state.withLock { $0.losses } }

    var reconnects: Int { state.withLock { $0.reconnects } }

    func countLoss() {
        state.withLock { state in
            state.losses += 1
            state.missing += 1
        }
    }

    /// Runs `make` when it is this thread's turn, again and again until it succeeds.
    ///
    /// A database that was never reached is not waited for: its address is more likely wrong than its server away.
    ///
    /// - Throws: `StorageError.unavailable`, or `CancellationError` when the unit was cancelled meanwhile.
    func connect<T>(for unit: UnitOfWork?, _ make: () throws -> T) throws -> T {
        while true {
            if unit?.isCancelled == true { throw CancellationError() }
            switch turn() {
            case .go:
                do {
                    let made = try make()
                    succeeded()
                    return made
                } catch {
                    if let final = failed(error) { throw final }
                }
            case .wait(let pause): Socket.sleep(milliseconds: max(1, Int(pause / .milliseconds(1))))
            case .giveUp(let error): throw error
            }
        }
    }

    private func turn() -> Turn {
        state.withLock { state in
            guard let downSince = state.downSince else {
                guard state.trying < Reconnection.crowd else { return .wait(.milliseconds(2)) }
                state.trying += 1
                return .go
            }
            let now = ContinuousClock.now
            let isDue = state.trying == 0 && now >= state.notBefore
            if isDue {
                state.trying += 1
                return .go
            }
            if now - downSince >= patience { return .giveUp(unreachable(state.reason)) }
            return .wait(min(.milliseconds(20), max(.milliseconds(2), state.notBefore - now)))
        }
    }

    private func succeeded() {
        state.withLock { state in
            state.trying -= 1
            state.failures = 0
            state.downSince = nil
            state.hasEverConnected = true
            guard state.missing > 0 else { return }
            state.missing -= 1
            state.reconnects += 1
        }
    }

    /// The error to give up with, or `nil` when there is time for another try.
    private func failed(_ error: any Error) -> (any Error)? {
        state.withLock { state in
            state.trying -= 1
            guard state.hasEverConnected, case StorageError.unavailable(let reason) = error else { return error }
            let now = ContinuousClock.now
            let downSince = state.downSince ?? now
            state.downSince = downSince
            state.reason = reason
            state.failures += 1
            let pause = min(1_000, 25 << min(state.failures, 6))
            state.notBefore = now + .milliseconds(Int.random(in: pause / 2...pause))
            return now - downSince >= patience ? unreachable(reason) : nil
        }
    }

    private func unreachable(_ reason: String) -> StorageError {
        .unavailable("PostgreSQL war \(patience.components.seconds) Sekunden lang nicht zu erreichen (\(reason)).")
    }
}
