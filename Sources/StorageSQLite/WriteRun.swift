import GRDB
import GRDBSQLite
import Storage
import Synchronization

/// What the writing connection is doing at the moment, and whether it has to stop.
///
/// SQLite asks during a long statement and `SQLiteConnection` before each one. Asking on the writer's own
/// thread, unlike interrupting from another, can never hit the unit that comes next.
final class WriteRun: Sendable {
    /// Why a unit of work was stopped.
    enum Stop { case cancelled, postponed }

    /// What the group has to know about a unit that has ended.
    struct Ending {
        var stop: Stop?
        /// It changed tables.
        var changedSchema = false
        /// It changed a setting that may hold until the end of the transaction.
        var changedSettings = false
    }

    private struct State {
        var unit: (any PendingWrite)?
        var deadline: ContinuousClock.Instant?
        var ending = Ending()
    }

    private let state = Mutex(State())

    /// Makes SQLite ask every thousand steps of its machine, some ten microseconds.
    ///
    /// The configuration that calls this must keep `self` as long as it keeps the connection.
    func watch(_ db: GRDB.Database) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_progress_handler(
            db.sqliteConnection, 1_000,
            { context in
                guard let context else { return 0 }
                return Unmanaged<WriteRun>.fromOpaque(context).takeUnretainedValue().mustStop() ? 1 : 0
            }, context)
    }

    func begin(_ unit: any PendingWrite, until deadline: ContinuousClock.Instant?) {
        state.withLock { $0 = State(unit: unit, deadline: deadline) }
    }

    func end() -> Ending {
        state.withLock { state in
            defer { state = State() }
            return state.ending
        }
    }

    /// Called before each statement of a unit.
    func check(_ db: GRDB.Database) throws {
        if mustStop() { throw CancellationError() }
        // Outside of the transaction each statement would be committed by itself.
        guard db.isInsideTransaction else { throw StorageError.transactionEnded }
    }

    func check(_ db: GRDB.Database, _ sql: String) throws {
        try check(db)
        switch StatementKind(sql) {
        case .plain: break
        case .schema: state.withLock { $0.ending.changedSchema = true }
        case .setting: state.withLock { $0.ending.changedSettings = true }
        case .transaction:
            throw StorageError.other(code: "25001", message: "a unit of work begins and ends no transaction")
        }
    }

    private func mustStop() -> Bool {
        state.withLock { state in
            guard let unit = state.unit else { return false }
            if unit.isCancelled {
                state.ending.stop = .cancelled
            } else if let deadline = state.deadline, ContinuousClock.now > deadline {
                state.ending.stop = .postponed
            }
            return state.ending.stop != nil
        }
    }
}

/// The kinds of statements that mean something to a group of units.
private enum StatementKind {
    case plain, schema, setting, transaction

    init(_ sql: String) {
        let word = sql.utf8.drop { $0 <= 0x20 }.prefix(9).prefix { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A }
        self =
            switch String(decoding: word.map { $0 | 0x20 }, as: UTF8.self) {
            case "create", "alter", "drop": .schema
            case "pragma": .setting
            case "begin", "commit", "end", "rollback", "savepoint", "release": .transaction
            default: .plain
            }
    }
}
