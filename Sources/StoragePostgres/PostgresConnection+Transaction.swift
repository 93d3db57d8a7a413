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
    /// Runs `body` in a transaction that only reads. It begins with the first statement; without one there is none.
    func read<T>(_ unit: UnitOfWork, _ body: (any SQLConnection) throws -> T) -> Attempt<T> {
        course = Course(.read)
        defer { finish() }
        var failure: (any Error)?
        var value: T?
        do {
            try makeReady(for: unit)
            owed = [.fixed(.beginRead)]
            self.unit = unit
            try unit.begin(on: self)
            value = try body(self)
        } catch { failure = error }
        unit.end()
        switch ending(of: unit, failure) {
        case nil: post(.commit)
        case .done(let error):
            post(.rollback)
            failure = error
        case .conflict:
            post(.rollback)
            return .conflict
        case .lost(let error): return .lost(error)
        }
        if failure == nil, let value { return .done(.success(value)) }
        return .done(.failure(failure ?? CancellationError()))
    }

    /// What a unit has come to, `nil` when its body ended well and may be saved.
    func ending(of unit: UnitOfWork, _ failure: (any Error)?) -> WriteEnding? {
        if unit.isCancelled, course.loss != nil || course.hasConflict { return .done(CancellationError()) }
        if let loss = course.loss { return .lost(loss) }
        if course.hasConflict { return .conflict }
        if let failure { return failure as? StorageError == .conflict ? .conflict : .done(failure) }
        let hasRun = course.isFollowing ? course.isMarked : course.hasBegun
        return hasRun && PQtransactionStatus(handle) == PQTRANS_INERROR ? .done(ignored) : nil
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

    var ignored: StorageError {
        .other(code: "25P02", message: "a failed statement was ignored; nothing was saved")
    }

    func note(_ number: UInt64) {
        course.transaction = number
        course.transactionKnown = .now
    }
}
