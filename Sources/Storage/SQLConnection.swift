/// A connection lent to one closure. Not `Sendable`, so it cannot outlive the closure's thread.
///
/// Never catch the error of a failed statement and go on: SQLite undoes that statement only,
/// PostgreSQL gives up the whole transaction. Use `ON CONFLICT` instead.
package protocol SQLConnection {
    var dialect: SQLDialect { get }

    /// All rows of a query.
    func rows(_ sql: SQL) throws -> [Row]

    /// Calls `body` row by row without holding the whole result. `sql` is a `SELECT`.
    ///
    /// Other statements may run inside `body`; an error of `body` ends the query and leaves the
    /// connection usable.
    func forEach(_ sql: SQL, _ body: (Row) throws -> Void) throws

    /// Runs one statement and returns the number of rows it changed.
    @discardableResult func execute(_ sql: SQL) throws -> Int

    /// Inserts many rows in the fastest way the database has and returns their number.
    ///
    /// `table` and `columns` are constants of the program, never input.
    @discardableResult
    func insert(into table: String, columns: [String], rows: some Sequence<[SQLValue]>) throws -> Int
}

extension SQLConnection {
    package func all<T: RowDecodable>(_ sql: SQL, as: T.Type = T.self) throws -> [T] {
        try rows(sql).map(T.init(row:))
    }

    /// The first row. The whole result is fetched, so `sql` should say `LIMIT 1` unless it has at most one row.
    package func first<T: RowDecodable>(_ sql: SQL, as: T.Type = T.self) throws -> T? {
        try rows(sql).first.map(T.init(row:))
    }

    /// The first column of the first row; `nil` when there is no row or the value is NULL.
    package func value<T: SQLConvertible>(_ sql: SQL, as: T.Type = T.self) throws -> T? {
        guard let value = try rows(sql).first?.values.first, value != .null else { return nil }
        guard let decoded = T(sqlValue: value) else {
            throw StorageError.decoding(column: "1", found: "\(value)")
        }
        return decoded
    }

    /// Waits until no other transaction holds `name` and keeps it until this transaction ends.
    ///
    /// SQLite needs nothing: the writer is already alone.
    package func lock(_ name: String) throws {
        guard dialect == .postgres else { return }
        _ = try rows("SELECT pg_advisory_xact_lock(hashtextextended(\(name), 0))")
    }

    /// The statement head of a bulk insert.
    ///
    /// - Throws: `StorageError.other` when a name is not made of `a`–`z`, `0`–`9` and `_`.
    package func insertTarget(_ table: String, _ columns: [String]) throws -> String {
        for name in [table] + columns where !isPlainIdentifier(name) {
            throw StorageError.other(code: "42602", message: "not a plain identifier: \(name)")
        }
        return "\(table) (\(columns.joined(separator: ", ")))"
    }
}

private func isPlainIdentifier(_ name: String) -> Bool {
    let allowed = name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
    return allowed && !name.isEmpty
}
