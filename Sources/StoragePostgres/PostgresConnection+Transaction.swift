import CPostgres
import Storage

/// What became of one try to run a unit of work.
enum Attempt<T: Sendable>: Sendable {
    case done(Result<T, any Error>)
    /// Nothing was saved; the next try may succeed.
    case conflict
    case lost(StorageError)
}

extension PostgresConnection {
    /// Runs `body` in a transaction that begins with its first statement; without a statement there is none.
    func transaction<T>(
        _ access: Access, _ unit: UnitOfWork, _ body: (any SQLConnection) throws -> T
    ) -> Attempt<T> {
        course = Course(access)
        defer { finish() }
        let result: Result<T, any Error>
        do {
            try makeReady(for: unit)
            owed = [.fixed(access == .read ? .beginRead : .beginWrite)]
            self.unit = unit
            try unit.begin(on: self)
            result = .success(try body(self))
        } catch {
            result = .failure(error)
        }
        unit.end()
        if unit.isCancelled, course.loss != nil || course.hasConflict {
            post(.rollback)
            return .done(.failure(CancellationError()))
        }
        if let loss = course.loss { return .lost(loss) }
        if course.hasConflict { return given(up: .conflict) }
        switch result {
        case .failure(StorageError.conflict): return given(up: .conflict)
        case .failure: return given(up: .done(result))
        case .success(let value):
            guard course.hasBegun else { return .done(result) }
            if PQtransactionStatus(handle) == PQTRANS_INERROR { return given(up: .done(.failure(ignored))) }
            if access == .write { return commit(value) }
            post(.commit)
            return .done(result)
        }
    }

    /// Runs one statement without a transaction around it.
    func executeAlone(_ sql: SQL, _ unit: UnitOfWork) -> Attempt<Void> {
        course = Course(.read)
        defer { finish() }
        do {
            try makeReady(for: unit)
            // It cannot be repeated once it was sent, so look whether the server is there.
            try run([.text("SELECT 1")])
        } catch { return course.loss.map { .lost($0) } ?? .done(.failure(error)) }
        return .done(
            Result {
                self.unit = unit
                try unit.begin(on: self)
                defer { unit.end() }
                let (text, values) = try sql.rendered(for: .postgres)
                let parameters = Parameters(values)
                try outsidePipeline {
                    let result = parameters.withPointers { values, lengths, formats in
                        PQexecParams(
                            handle, text, parameters.count, parameters.types, values, lengths, formats, 0)
                    }
                    try checked(result) { _ in }
                }
            })
    }

    private func given<T>(up attempt: Attempt<T>) -> Attempt<T> {
        post(.rollback)
        return attempt
    }

    private var ignored: StorageError {
        .other(code: "25P02", message: "a failed statement was ignored; nothing was saved")
    }

    /// Commits, and finds out what happened when the connection is lost meanwhile.
    private func commit<T>(_ value: T) -> Attempt<T> {
        owed = []
        // The number must be here before the server starts to commit, hence the flush between the two.
        let asks = course.transaction == nil
        let position = asks ? 1 : 0
        let answers = Pipeline.exchange(
            asks ? [.fixed(.transaction), .fixed(.commit)] : [.fixed(.commit)], on: handle, flushing: asks ? 0 : nil)
        if asks, let number = answers.text(0).flatMap({ UInt64($0) }) { note(number) }
        if let result = answers.good(position) {
            // A transaction with a failed statement answers `COMMIT` with the tag `ROLLBACK` and no error.
            guard String(cString: PQcmdStatus(result)) == "COMMIT" else {
                return .done(.failure(ignored))
            }
            course.hasCommitted = true
            return .done(.success(value))
        }
        if answers.isComplete, let failure = answers.failure, let failure {
            let error = error(from: failure)
            if course.loss == nil {
                if error is CancellationError { return given(up: .done(.failure(error))) }
                return given(up: error as? StorageError == .conflict ? .conflict : .done(.failure(error)))
            }
        }
        let loss = lose()
        // Nothing was changed, so nothing can be saved twice.
        if asks, answers.good(0) != nil, course.transaction == nil { return .lost(loss) }
        switch commitOutcome() {
        case .committed:
            course.hasCommitted = true
            return .done(.success(value))
        case .notCommitted: return .lost(loss)
        case .unknown: return .done(.failure(CommitOutcome.unknownError))
        }
    }

    func note(_ number: UInt64) {
        course.transaction = number
        course.transactionKnown = .now
    }
}
