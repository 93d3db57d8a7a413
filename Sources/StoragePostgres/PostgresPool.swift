import Dispatch
import Storage
import Synchronization

/// Lends a fixed number of connections; who waits is served in turn.
///
/// A connection that becomes free takes the next unit on its own thread, so that nobody is woken only to pass it on.
final class PostgresPool: Sendable {
    struct Job: Sendable {
        let unit: UnitOfWork
        /// Does the work and returns what tells the waiting task, which must not hold the connection up.
        let run: @Sendable (PostgresConnection) -> @Sendable () -> Void
        let refuse: @Sendable (any Error) -> Void
    }

    private struct Waiter {
        let job: Job
        let since = ContinuousClock.now
    }

    private struct State {
        var idle: [PostgresConnection] = []
        var open = 0
        var waiters: [Waiter] = []
        /// Those in front were served; removing each of them one by one would move all others.
        var served = 0
        var waited: Duration = .zero
        var isClosed = false
        var reads = 0
        var writes = 0
        var commits = 0
        var repeated = 0

        mutating func nextWaiter() -> Waiter? {
            guard served < waiters.count else { return nil }
            let waiter = waiters[served]
            served += 1
            if served > 64, served * 2 > waiters.count {
                waiters.removeFirst(served)
                served = 0
            }
            return waiter
        }
    }

    private enum Place {
        case on(PostgresConnection)
        case queue
        case refused
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
            counters.waiting = state.waiters.count - state.served
            counters.waitedMilliseconds = Int(state.waited / .milliseconds(1))
            counters.reads = state.reads
            counters.writes = state.writes
            counters.commits = state.commits
            counters.repeated = state.repeated
            return counters
        }
    }

    func count(_ access: Access) {
        state.withLock { state in
            if access == .read { state.reads += 1 } else { state.writes += 1 }
        }
    }

    func countRepeat() { state.withLock { $0.repeated += 1 } }

    /// Runs the job on a free connection now, or later in turn.
    func submit(_ job: Job) {
        let place: Place = state.withLock { state in
            if state.isClosed { return .refused }
            if let connection = state.idle.popLast() { return .on(connection) }
            if state.open < limit {
                state.open += 1
                return .on(make())
            }
            state.waiters.append(Waiter(job: job))
            return .queue
        }
        switch place {
        case .on(let connection): connection.queue.async { self.work(connection, job) }
        case .queue: if job.unit.isCancelled { withdraw(job.unit) }
        case .refused: job.refuse(PostgresPool.closed)
        }
    }

    /// Takes a job that still waits out of the queue.
    func withdraw(_ unit: UnitOfWork) {
        let waiter = state.withLock { state in
            state.waiters[state.served...].firstIndex { $0.job.unit === unit }.map { state.waiters.remove(at: $0) }
        }
        waiter?.job.refuse(CancellationError())
    }

    func close() async {
        let (idle, waiters) = state.withLock { state in
            let found = (state.idle, state.waiters[state.served...])
            state.isClosed = true
            state.open -= state.idle.count
            state.idle = []
            state.waiters = []
            state.served = 0
            return found
        }
        for waiter in waiters { waiter.job.refuse(PostgresPool.closed) }
        for connection in idle { await connection.close() }
    }

    /// On the connection's thread.
    private func work(_ connection: PostgresConnection, _ first: Job) {
        var next: Job? = first
        while let job = next {
            let tell = job.run(connection)
            next = release(connection)
            tell()
        }
    }

    /// A connection that died stays out of the pool unless somebody waits; then it connects anew.
    private func release(_ connection: PostgresConnection) -> Job? {
        let hasCommitted = connection.course.hasCommitted
        return state.withLock { state in
            if hasCommitted { state.commits += 1 }
            if let waiter = state.nextWaiter() {
                state.waited += ContinuousClock.now - waiter.since
                return waiter.job
            }
            if connection.isConnected, !state.isClosed {
                state.idle.append(connection)
            } else {
                state.open -= 1
            }
            return nil
        }
    }

    static let closed = StorageError.unavailable("Die Datenbank ist geschlossen.")
}

extension PostgresConnection {
    func close() async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.disconnect()
                continuation.resume()
            }
        }
    }
}
