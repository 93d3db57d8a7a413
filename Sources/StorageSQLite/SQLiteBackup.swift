import GRDB
import Storage

/// Copies a database that others use and write to.
package enum SQLiteBackup {
    /// Writes the database at `path`, as it is at one moment, to a new file.
    ///
    /// One read transaction lasts for the whole copy. With a write-ahead log it holds nobody up, and a commit of
    /// another process does not make the copy begin again; the log only cannot shrink before the end.
    ///
    /// - Parameter progress: called after every few megabytes with the pages left; what it throws ends the copy.
    package static func copy(
        from path: String, to target: String, progress: @escaping (_ remaining: Int) throws -> Void = { _ in }
    ) throws {
        var reading = Configuration()
        reading.readonly = true
        reading.busyMode = .timeout(5)
        var writing = Configuration()
        writing.prepareDatabase { db in
            // A copy that did not finish is thrown away, so it needs neither a journal nor a flush for each step.
            try db.execute(sql: "PRAGMA journal_mode = OFF")
            try db.execute(sql: "PRAGMA synchronous = OFF")
        }
        do {
            let source = try DatabaseQueue(path: path, configuration: reading)
            let copy = try DatabaseQueue(path: target, configuration: writing)
            try source.inDatabase { db in
                try db.inTransaction(.deferred) {
                    // The first read fixes the moment.
                    _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master")
                    try copy.inDatabase { target in
                        try db.backup(to: target, pagesPerStep: 1024) { try progress($0.remainingPageCount) }
                    }
                    return .commit
                }
            }
            try copy.close()
            try source.close()
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_CANTOPEN, .SQLITE_NOTADB, .SQLITE_PERM, .SQLITE_AUTH:
                throw StorageError.unavailable(error.message ?? "SQLite \(error.extendedResultCode.rawValue)")
            default: throw translated(error)
            }
        }
    }

    /// What `PRAGMA integrity_check` and the foreign keys of the file at `path` find fault with; empty when all is well.
    package static func faults(at path: String) throws -> [String] {
        do {
            let queue = try DatabaseQueue(path: path)
            let faults = try queue.inDatabase { db in
                let pages = try String.fetchAll(db, sql: "PRAGMA integrity_check(10)").filter { $0 != "ok" }
                let keys = try Row.fetchAll(
                    db, sql: "SELECT \"table\", count(*) AS n FROM pragma_foreign_key_check GROUP BY 1")
                return pages
                    + keys.map { row in "\(row["table"] as String? ?? "?"): \(row["n"] as Int? ?? 0) Bezüge ins Leere" }
            }
            try queue.close()
            return faults
        } catch let error as DatabaseError {
            return [error.message ?? "SQLite \(error.extendedResultCode.rawValue)"]
        }
    }
}
