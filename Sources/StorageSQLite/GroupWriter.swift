import GRDB
import Storage
import Synchronization

/// Runs units of work that write, those that meet in one transaction, so that they share one wait for the disk.
///
/// Nobody is answered before the transaction is on disk. A unit that fails is undone alone; its answer may rest
/// on what units before it wrote and so waits for them too.
final class GroupWriter: Sendable {
    private struct State {
        var waiting: [any PendingWrite] = []
        var isRunning = false
        /// The first of those waiting that ran in a transaction SQLite gave up; they are committed by themselves.
        var undone = 0
        var commits = 0
        var repeated = 0
        var waited = Duration.zero
    }

    /// A transaction takes no more units after so many, or after so long.
    private static let most = 256
    private static let span = Duration.milliseconds(10)
    /// A unit that takes longer is put back when others before it wait for the disk, and begins the next transaction.
    private static let patience = Duration.milliseconds(25)

    private let writer: any DatabaseWriter
    private let run: WriteRun
    private let state = Mutex(State())

    /// `run` watches the connection of `writer`.
    init(_ writer: any DatabaseWriter, _ run: WriteRun) { (self.writer, self.run) = (writer, run) }

    /// Transactions on disk.
    var commits: Int { state.withLock { $0.commits } }

    /// Adds what this part knows.
    func count(into counters: inout DatabaseCounters) {
        state.withLock { state in
            counters.waiting = state.waiting.count
            counters.waitedMilliseconds = Int(state.waited / .milliseconds(1))
            counters.commits = state.commits
            counters.repeated += state.repeated
        }
    }

    /// Whether the connection has work.
    var isRunning: Bool { state.withLock { $0.isRunning } }

    func perform<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T {
        let unit = WriteUnit(body)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if unit.wait(continuation) { enqueue(unit) }
            }
        } onCancel: {
            unit.cancel()
            // One that runs is not there any more.
            state.withLock { $0.waiting.removeAll { $0 === unit } }
        }
    }

    private func enqueue(_ unit: any PendingWrite) {
        let isFirst = state.withLock { state in
            state.waiting.append(unit)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if isFirst { schedule() }
    }

    private func schedule() { writer.asyncWriteWithoutTransaction { db in self.runGroup(db) } }

    /// One transaction a visit: readers of a memory database and whoever else needs the connection come between.
    private func runGroup(_ db: GRDB.Database) {
        fill(db)
        let isMore = state.withLock { state in
            state.isRunning = !state.waiting.isEmpty
            return state.isRunning
        }
        if isMore { schedule() }
    }

    private func fill(_ db: GRDB.Database) {
        var start = ContinuousClock.now
        let most = state.withLock { state in
            defer { state.undone = 0 }
            return state.undone > 0 ? state.undone : Self.most
        }
        var group = WriteGroup(db, run)
        while group.ran.count < most, !group.isClosed, ContinuousClock.now - start < Self.span {
            // Before a unit is taken, so that one cancelled meanwhile is still in the queue.
            if !db.isInsideTransaction {
                let before = ContinuousClock.now
                guard begin(db) else { break }
                // Waiting for another process is no reason to commit early.
                start += .now - before
            }
            guard let unit = next() else { break }
            switch group.attempt(unit, patience: Self.patience) {
            case .kept: break
            case .failed(let error): unit.answer(error)
            case .postponed: putBack([unit], undone: 0)
            case .lost(let error):
                if let error { unit.answer(error) }
                putBack(group.ran.map(\.unit) + (error == nil ? [unit] : []), undone: group.ran.count)
                return
            }
        }
        finish(group)
    }

    private func begin(_ db: GRDB.Database) -> Bool {
        let count = state.withLock { $0.waiting.count }
        guard count > 0 else { return false }
        do {
            try db.beginTransaction(.immediate)
            return true
        } catch {
            // Who came after the attempt gets one of its own.
            for _ in 0..<count { next()?.answer(translatedWriting(error)) }
            return false
        }
    }

    private func next() -> (any PendingWrite)? {
        let now = ContinuousClock.now
        return state.withLock { state in
            while !state.waiting.isEmpty {
                let unit = state.waiting.removeFirst()
                guard unit.begin() else { continue }
                state.waited += now - unit.arrival
                return unit
            }
            return nil
        }
    }

    private func putBack(_ units: [any PendingWrite], undone: Int) {
        let units = units.filter { $0.putBack() }
        state.withLock { state in
            state.waiting.insert(contentsOf: units, at: 0)
            state.undone = min(undone, units.count)
            state.repeated += units.count
        }
    }

    private func finish(_ group: WriteGroup) {
        do {
            if try group.commit() { state.withLock { $0.commits += 1 } }
            for (unit, error) in group.ran { unit.answer(error) }
        } catch {
            for (unit, _) in group.ran { unit.answer(translatedWriting(error)) }
        }
    }
}
