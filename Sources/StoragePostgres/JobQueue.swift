import Storage

/// Jobs that wait for a connection, served in turn.
struct JobQueue {
    struct Waiter {
        let job: PostgresPool.Job
        let since = ContinuousClock.now
    }

    private var waiters: [Waiter] = []
    /// Those in front were served; removing each of them one by one would move all others.
    private var served = 0

    var isEmpty: Bool { served == waiters.count }
    var count: Int { waiters.count - served }
    var first: Waiter? { isEmpty ? nil : waiters[served] }

    mutating func append(_ job: PostgresPool.Job) { waiters.append(Waiter(job: job)) }

    mutating func popFirst() -> Waiter? {
        guard let waiter = first else { return nil }
        served += 1
        if served > 64, served * 2 > waiters.count {
            waiters.removeFirst(served)
            served = 0
        }
        return waiter
    }

    mutating func remove(_ unit: UnitOfWork) -> Waiter? {
        waiters[served...].firstIndex { $0.job.unit === unit }.map { waiters.remove(at: $0) }
    }

    mutating func removeAll() -> [Waiter] {
        defer { self = JobQueue() }
        return Array(waiters[served...])
    }
}
