/// One result row. Columns are read by name and fail loudly.
package struct Row: Sendable {
    let index: [String: Int]

    /// The values in the order of the selected columns.
    package let values: [SQLValue]

    /// - Parameter index: position of each column name in `values`, shared by all rows of a result.
    package init(index: [String: Int], values: [SQLValue]) {
        self.index = index
        self.values = values
    }

    package subscript<Value: SQLConvertible>(_ column: String) -> Value {
        get throws { try decoded(value(of: column), column) }
    }

    /// `nil` only for NULL; a value of another kind throws.
    package subscript<Value: SQLConvertible>(_ column: String) -> Value? {
        get throws {
            let value = try value(of: column)
            return value == .null ? nil : try decoded(value, column)
        }
    }

    private func value(of column: String) throws -> SQLValue {
        guard let position = index[column] else {
            throw StorageError.decoding(column: column, found: "no such column")
        }
        return values[position]
    }

    private func decoded<Value: SQLConvertible>(_ value: SQLValue, _ column: String) throws -> Value {
        guard let decoded = Value(sqlValue: value) else {
            throw StorageError.decoding(column: column, found: "\(value)")
        }
        return decoded
    }
}

/// A type built from one row.
package protocol RowDecodable {
    init(row: Row) throws
}
