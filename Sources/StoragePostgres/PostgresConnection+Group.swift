import CPostgres
import Storage

extension PostgresConnection {
    /// Runs `first` and then what `next` gives in one transaction, as long as that is no burden for the first.
    ///
    /// Each unit behind the first has a savepoint. What ends the one and begins the next goes to the server together
    /// with the next one's first statement, so a unit with one statement costs one round trip. Nobody is answered
    /// before the transaction is saved.
    func write(_ first: any PendingWrite, _ next: () -> (any PendingWrite)?) -> WriteGroup {
        course = Course(.write)
        defer { finish() }
        var group = WriteGroup()
        let failure = attempt(first) {
            try makeReady(for: first.unit)
            owed = [.fixed(.beginWrite)]
        }
        if let ending = ending(of: first.unit, failure) {
            post(.rollback)
            group.end(first, ending)
            return group
        }
        guard course.hasBegun else {
            group.end(first, .done(nil))
            return group
        }
        group.join(first)
        owed = [.fixed(.limits), .fixed(.mark)]
        let start = ContinuousClock.now
        while !course.isClosed, !isTainted, group.members.count < WriteGroup.most,
            ContinuousClock.now - start < WriteGroup.span, let write = next()
        {
            guard follow(write, &group) else { return group }
        }
        // The commit is not the last unit's alone.
        if course.isFollowing { unit = nil }
        commit(&group)
        return group
    }

    /// Runs a unit behind others; false when the transaction is over.
    private func follow(_ write: any PendingWrite, _ group: inout WriteGroup) -> Bool {
        course.follow(until: .now + WriteGroup.patience)
        let failure = attempt(write) {}
        if course.loss != nil || PQstatus(handle) != CONNECTION_OK {
            let loss = lose()
            group.end(write, ending(of: write.unit, failure) ?? .lost(loss))
            group.end { _ in .lost(loss) }
            return false
        }
        let isCancelled = write.unit.isCancelled
        if course.isAdrift {
            post(.rollback)
            group.dissolve()
            if isCancelled { group.end(write, .done(CancellationError())) } else { group.postpone(write) }
            return false
        }
        let ending = ending(of: write.unit, failure)
        if course.isMarked {
            let isGood = ending == nil && !course.isPostponed
            course.mustGoBack = !isGood
            // Going back keeps the savepoint.
            owed = isGood ? [.fixed(.unmark), .fixed(.mark)] : [.fixed(.back)]
        }
        if course.isPostponed {
            course.isClosed = true
            if isCancelled { group.end(write, .done(CancellationError())) } else { group.postpone(write) }
            return true
        }
        switch ending {
        case nil: group.join(write)
        case .done(let error): group.join(write, error)
        case .some(let ending): group.end(write, ending)
        }
        return true
    }

    private func attempt(_ write: any PendingWrite, _ prepare: () throws -> Void) -> (any Error)? {
        defer { write.unit.end() }
        do {
            try prepare()
            unit = write.unit
            try write.unit.begin(on: self)
            try write.run(in: self)
            return nil
        } catch { return error }
    }

    /// Commits, and finds out what happened when the connection is lost meanwhile.
    private func commit(_ group: inout WriteGroup) {
        owed = []
        // The number must be here before the server starts to commit, hence the flush between the two.
        let asks = course.transaction == nil
        let back: [Order] = course.mustGoBack ? [.fixed(.back)] : []
        let orders = back + (asks ? [.fixed(.transaction)] : []) + [.fixed(.commit)]
        let answers = Pipeline.exchange(orders, on: handle, flushing: asks ? back.count : nil)
        if asks, let number = answers.text(back.count).flatMap({ UInt64($0) }) { note(number) }
        if let result = answers.good(orders.count - 1) {
            // A transaction with a failed statement answers `COMMIT` with the tag `ROLLBACK` and no error.
            if String(cString: PQcmdStatus(result)) == "COMMIT" {
                course.hasCommitted = true
                group.end { .done($0) }
            } else {
                refuse(&group, .done(ignored))
            }
            return
        }
        if answers.isComplete, let failure = answers.failure, let failure {
            let error = error(from: failure)
            if course.loss == nil {
                post(.rollback)
                return refuse(&group, error as? StorageError == .conflict ? .conflict : .done(error))
            }
        }
        let loss = lose()
        // Nothing was changed, so nothing can be saved twice.
        if asks, answers.good(back.count) != nil, course.transaction == nil { return group.end { _ in .lost(loss) } }
        switch commitOutcome() {
        case .committed:
            course.hasCommitted = true
            group.end { .done($0) }
        case .notCommitted: group.end { _ in .lost(loss) }
        // Of a unit that failed nothing can have been saved.
        case .unknown: group.end { $0 == nil ? .done(CommitOutcome.unknownError) : .lost(loss) }
        }
    }

    /// The server refused to commit; whose fault that is shows when each unit is alone.
    private func refuse(_ group: inout WriteGroup, _ ending: WriteEnding) {
        if group.members.count > 1 { group.dissolve() } else { group.end { _ in ending } }
    }
}
