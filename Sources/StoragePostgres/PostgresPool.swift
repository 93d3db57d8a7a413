import Dispatch
import Storage
import Synchronization

/// Lends a fixed number of connections; who waits is served in turn.
///
/// A connection that becomes free takes the next unit on its own thread, so that nobody is woken only to pass it on.
/// Units that write are spread over few connections, so that many at the same moment share transactions; they get
/// more connections when these make no headway.
final class PostgresPool: Sendable {
    struct Job: Sendable {
        enum Work: Sendable {
            /// May share a transaction with others.
            case shared(any PendingWrite)
            case alone(any PendingWrite)
            /// Does the work and returns what tells the waiting task, which must not hold the connection up.
            case other(@Sendable (PostgresConnection) -> @Sendable () -> Void)
        }

        let unit: UnitOfWork
        let work: Work
        let refuse: @Sendable (any Error) -> Void

        var isShared: Bool { if case .shared = work { true } else { false } }
    }

    private struct State {
        var idle: [PostgresConnection] = []
        var open = 0
        var waiters = JobQueue()
        /// Units that may share a transaction.
        var writers = JobQueue()
        /// Connections at work for such units.
        var writing = 0
        /// Somebody will look after those that wait to write.
        var isWatched = false
        var waited: Duration = .zero
        var isClosed = false
        var reads = 0
        var writes = 0
        var commits = 0
        var repeated = 0

        mutating func nextWriter() -> Job? {
            writers.popFirst().map { waiter in
                waited += ContinuousClock.now - waiter.since
                return waiter.job
            }
        }

        /// Whoever has waited longest.
        mutating func next(_ lanes: Int) -> Job? {
            if let writer = writers.first, writer.since < (waiters.first?.since ?? .now),
                writing < lanes || ContinuousClock.now - writer.since > PostgresPool.patience
            {
                writing += 1
                return nextWriter()
            }
            return waiters.popFirst().map { waiter in
                waited += ContinuousClock.now - waiter.since
                return waiter.job
            }
        }
    }

    private enum Place {
        case on(PostgresConnection)
        case queue(watch: Bool)
        case refused
    }

    /// How many connections units that write use at first. Each waits for the disk while the others work.
    private static let lanes = 4
    /// Who has waited that long to write gets a connection of its own if there is one.
    private static let patience = Duration.milliseconds(10)

    private let state = Mutex(State())
    private let limit: Int
    private let make: @Sendable () -> PostgresConnection
    private let watch = DispatchQueue(label: "leitstand.postgres.pool")

    init(limit: Int, make: @escaping @Sendable () -> PostgresConnection) {
        self.limit = limit
        self.make = make
    }

    var counters: DatabaseCounters {
        state.withLock { state in
            var counters = DatabaseCounters()
            counters.open = state.open
            counters.idle = state.idle.count
            counters.waiting = state.waiters.count + state.writers.count
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

    func countRepeats(_ count: Int = 1) { state.withLock { $0.repeated += count } }

    /// Runs the job on a free connection now, or later in turn.
    func submit(_ job: Job) {
        let place: Place = state.withLock { state in
            if state.isClosed { return .refused }
            guard job.isShared else {
                if let connection = free(&state) { return .on(connection) }
                state.waiters.append(job)
                return .queue(watch: false)
            }
            if state.writing < PostgresPool.lanes, let connection = free(&state) {
                state.writing += 1
                return .on(connection)
            }
            state.writers.append(job)
            defer { state.isWatched = true }
            return .queue(watch: !state.isWatched)
        }
        switch place {
        case .on(let connection): connection.queue.async { self.work(connection, job) }
        case .queue(let watch):
            if watch { lookLater() }
            if job.unit.isCancelled { withdraw(job.unit) }
        case .refused: job.refuse(PostgresPool.closed)
        }
    }

    private func free(_ state: inout State) -> PostgresConnection? {
        if let connection = state.idle.popLast() { return connection }
        guard state.open < limit else { return nil }
        state.open += 1
        return make()
    }

    private func lookLater() { watch.asyncAfter(deadline: .now() + .milliseconds(5)) { self.look() } }

    /// Gives those that have waited for long a connection of their own.
    private func look() {
        let (starts, isMore) = state.withLock { state in
            var starts: [(PostgresConnection, Job)] = []
            let now = ContinuousClock.now
            while let first = state.writers.first, now - first.since > PostgresPool.patience,
                let connection = free(&state)
            {
                state.writing += 1
                if let job = state.nextWriter() { starts.append((connection, job)) }
            }
            state.isWatched = !state.writers.isEmpty
            return (starts, state.isWatched)
        }
        for (connection, job) in starts { connection.queue.async { self.work(connection, job) } }
        if isMore { lookLater() }
    }

    /// Takes a job that still waits out of the queue.
    func withdraw(_ unit: UnitOfWork) {
        let waiter = state.withLock { $0.writers.remove(unit) ?? $0.waiters.remove(unit) }
        waiter?.job.refuse(CancellationError())
    }

    func close() async {
        let (idle, waiters) = state.withLock { state in
            let found = (state.idle, state.waiters.removeAll() + state.writers.removeAll())
            state.isClosed = true
            state.open -= state.idle.count
            state.idle = []
            return found
        }
        for waiter in waiters { waiter.job.refuse(PostgresPool.closed) }
        for connection in idle { await connection.close() }
    }

    /// On the connection's thread.
    private func work(_ connection: PostgresConnection, _ first: Job) {
        var next: Job? = first
        while let job = next {
            let group: WriteGroup
            switch job.work {
            case .other(let work):
                let tell = work(connection)
                next = release(connection, wasShared: false)
                tell()
                continue
            case .alone(let write): group = connection.write(write) { nil }
            case .shared(let write): group = connection.write(write, nextWrite)
            }
            next = release(connection, wasShared: job.isShared)
            for (write, ending) in group.endings { write.answer(ending) }
            if !group.again.isEmpty { countRepeats(group.again.count) }
            for write in group.again { submit(Job(unit: write.unit, work: .alone(write), refuse: write.refuse)) }
        }
    }

    /// A unit that may join a transaction.
    private func nextWrite() -> (any PendingWrite)? {
        guard case .shared(let write) = state.withLock({ $0.nextWriter() })?.work else { return nil }
        return write
    }

    /// A connection that died stays out of the pool unless somebody waits; then it connects anew.
    private func release(_ connection: PostgresConnection, wasShared: Bool) -> Job? {
        let hasCommitted = connection.course.hasCommitted
        return state.withLock { state in
            if hasCommitted { state.commits += 1 }
            if wasShared { state.writing -= 1 }
            if let job = state.next(PostgresPool.lanes) { return job }
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
