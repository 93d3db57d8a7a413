/// The two databases the product runs on.
package enum SQLDialect: Sendable { case sqlite, postgres }

/// A value as both databases know it.
package enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case bool(Bool)
    case text(String)
    case blob([UInt8])
}

extension SQLValue {
    /// Refuses what one database would store and the other would not, so that both behave alike.
    ///
    /// PostgreSQL cannot hold NUL in text; SQLite turns NaN into NULL.
    package func requireStorable() throws {
        switch self {
        case .text(let text) where text.utf8.contains(0):
            throw StorageError.other(code: "22021", message: "text contains the character NUL")
        case .real(let number) where !number.isFinite:
            throw StorageError.other(code: "22003", message: "number is not finite")
        default: return
        }
    }
}

extension SQLValue: CustomStringConvertible {
    /// The kind without the content, because descriptions end up in logs.
    package var description: String {
        switch self {
        case .null: "null"
        case .integer: "integer"
        case .real: "real"
        case .bool: "bool"
        case .text: "text"
        case .blob: "blob"
        }
    }
}
