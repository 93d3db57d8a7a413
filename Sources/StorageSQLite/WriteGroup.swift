import GRDB
import GRDBSQLite
import Storage

/// The units of work of one transaction.
struct WriteGroup {
    /// What became of a unit.
    enum Outcome {
        /// It waits in `ran` for the end of the transaction.
        case kept
        /// Nothing of it is left, and no unit before it can have to do with that.
        case failed(any Error)
        /// It took too long while others wait and was undone.
        case postponed
        /// SQLite gave up the whole transaction because of this unit: by its error, or because it was stopped
        /// in the middle of a change and only has to be postponed.
        case lost((any Error)?)
    }

    private let db: GRDB.Database
    private let run: WriteRun
    /// Units whose answer waits for the end of the transaction, with the error of those that failed.
    private(set) var ran: [(unit: any PendingWrite, error: (any Error)?)] = []
    /// Takes no more units.
    private(set) var isClosed = false
    /// Statements prepared since then are wrong when the change is undone.
    private var hasChangedSchema = false

    init(_ db: GRDB.Database, _ run: WriteRun) { (self.db, self.run) = (db, run) }

    /// Runs a unit in the open transaction, behind a savepoint if it is not the first.
    ///
    /// The first one fails with its transaction and is spared the journal that a savepoint keeps.
    mutating func attempt(_ unit: any PendingWrite, patience: Duration) -> Outcome {
        let isFirst = ran.isEmpty
        var failure: (any Error)?
        run.begin(unit, until: isFirst ? nil : .now + patience)
        do {
            if !isFirst { try savepoint("SAVEPOINT einheit") }
            try unit.run(in: SQLiteConnection(db: db, run: run))
        } catch { failure = translatedWriting(error) }
        let ending = run.end()
        isClosed = ending.changedSettings
        hasChangedSchema = hasChangedSchema || ending.changedSchema
        if failure == nil, ending.stop == nil { failure = unfinished() }
        do {
            if failure == nil, ending.stop == nil {
                if !isFirst { try savepoint("RELEASE einheit") }
                ran.append((unit, nil))
                return .kept
            }
            if ending.stop != nil { resetStatements() }
            try undo(isFirst)
        } catch {
            // What is not undone alone has to be undone with the rest.
            failure = failure ?? translatedWriting(error)
            giveUp()
        }
        if hasChangedSchema { db.clearSchemaCache() }
        return outcome(unit, ending.stop, failure, isFirst)
    }

    /// Ends the transaction; false when nothing was in it.
    ///
    /// - Throws: when it is not on disk. Nothing is stored then.
    func commit() throws -> Bool {
        guard !ran.isEmpty else {
            giveUp()
            return false
        }
        do {
            guard db.isInsideTransaction else { throw StorageError.transactionEnded }
            try db.commit()
            return true
        } catch {
            giveUp()
            if hasChangedSchema { db.clearSchemaCache() }
            throw error
        }
    }

    private mutating func outcome(
        _ unit: any PendingWrite, _ stop: WriteRun.Stop?, _ failure: (any Error)?, _ isFirst: Bool
    ) -> Outcome {
        let isLost = !isFirst && !db.isInsideTransaction
        if stop == .postponed {
            isClosed = true
            return isLost ? .lost(nil) : .postponed
        }
        let error = stop == .cancelled ? CancellationError() : failure ?? CancellationError()
        if isLost { return .lost(error) }
        if isFirst || stop != nil { return .failed(error) }
        ran.append((unit, error))
        return .kept
    }

    /// What SQLite would find at the end of the transaction and then blame on all units.
    private func unfinished() -> (any Error)? {
        guard db.isInsideTransaction else { return StorageError.transactionEnded }
        var (open, highest): (Int32, Int32) = (0, 0)
        sqlite3_db_status(db.sqliteConnection, SQLITE_DBSTATUS_DEFERRED_FKS, &open, &highest, 0)
        return open == 0 ? nil : StorageError.foreignKeyViolation("FOREIGN KEY constraint failed")
    }

    private func undo(_ isFirst: Bool) throws {
        // After a full disk, say, SQLite may have undone the transaction by itself.
        guard db.isInsideTransaction else { return }
        if isFirst { return giveUp() }
        try savepoint("ROLLBACK TO einheit")
        try savepoint("RELEASE einheit")
    }

    private func savepoint(_ sql: String) throws { try db.cachedStatement(sql: sql).execute() }

    private func giveUp() {
        // ROLLBACK ends the transaction even when it reports an error, and there is nothing more to undo.
        try? db.rollback()
    }

    /// A stopped full text statement leaves statements of its own open, and they would keep the transaction open.
    private func resetStatements() {
        var statement = sqlite3_next_stmt(db.sqliteConnection, nil)
        while let current = statement {
            sqlite3_reset(current)
            statement = sqlite3_next_stmt(db.sqliteConnection, current)
        }
    }
}
