import Foundation
import GRDB
import Storage

/// The connection GRDB lends for one transaction.
struct SQLiteConnection: SQLConnection {
    let db: GRDB.Database
    /// Of a unit of work that writes. GRDB itself stops one that reads.
    var run: WriteRun?

    var dialect: SQLDialect { .sqlite }

    func rows(_ sql: Storage.SQL) throws -> [Storage.Row] {
        try translatingErrors {
            var rows: [Storage.Row] = []
            try step(prepared(sql)) { rows.append($0) }
            return rows
        }
    }

    func forEach(_ sql: Storage.SQL, _ body: (Storage.Row) throws -> Void) throws {
        try translatingErrors {
            let (text, values) = try sql.rendered(for: .sqlite)
            try run?.check(db, text)
            // Not from the cache: `body` may run the same text and would reset the statement under way.
            let statement = try db.makeStatement(sql: text)
            try statement.setArguments(StatementArguments(values.map(\.databaseValue)))
            try step(statement, body)
        }
    }

    func execute(_ sql: Storage.SQL) throws -> Int {
        try translatingErrors {
            let before = db.totalChangesCount
            try prepared(sql).execute()
            // SQLite keeps the count of an earlier statement when this one changes nothing.
            return db.totalChangesCount == before ? 0 : db.changesCount
        }
    }

    func insert(into table: String, columns: [String], rows: some Sequence<[SQLValue]>) throws -> Int {
        try translatingErrors {
            let target = try insertTarget(table, columns)
            let marks = Array(repeating: "?", count: columns.count).joined(separator: ", ")
            let statement = try db.cachedStatement(sql: "INSERT INTO \(target) VALUES (\(marks))")
            var count = 0
            for row in rows {
                guard row.count == columns.count else { throw StorageError.wrongRowWidth }
                for value in row { try value.requireStorable() }
                if count % 64 == 0 { try run?.check(db) }
                statement.setUncheckedArguments(StatementArguments(row.map(\.databaseValue)))
                try statement.execute()
                count += 1
            }
            return count
        }
    }

    private func prepared(_ sql: Storage.SQL) throws -> Statement {
        let (text, values) = try sql.rendered(for: .sqlite)
        try run?.check(db, text)
        // GRDB's cache has no bound, and a long list in `IN (…)` rarely comes back in the same length.
        let statement = try values.count <= 40 ? db.cachedStatement(sql: text) : db.makeStatement(sql: text)
        try statement.setArguments(StatementArguments(values.map(\.databaseValue)))
        return statement
    }

    private func step(_ statement: Statement, _ body: (Storage.Row) throws -> Void) throws {
        var index: [String: Int] = [:]
        for (position, name) in statement.columnNames.enumerated() { index[name] = position }
        let cursor = try GRDB.Row.fetchCursor(statement)
        while let row = try cursor.next() {
            try body(Storage.Row(index: index, values: row.databaseValues.map(SQLValue.init)))
        }
    }

    private func translatingErrors<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch { throw run == nil ? translated(error) : translatedWriting(error) }
    }
}

extension SQLValue {
    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let value): value.databaseValue
        case .real(let value): value.databaseValue
        case .bool(let value): value.databaseValue
        case .text(let value): value.databaseValue
        case .blob(let bytes): Data(bytes).databaseValue
        }
    }

    fileprivate init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let value): self = .integer(value)
        case .double(let value): self = .real(value)
        case .string(let value): self = .text(value)
        case .blob(let data): self = .blob(Array(data))
        }
    }
}
