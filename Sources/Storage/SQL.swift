/// A statement with its values kept apart from its text.
///
/// Values are written with ordinary interpolation and always become bound parameters:
///
/// ```swift
/// "SELECT name FROM angebot WHERE id = \(id) AND stand IN (\(staende))"
/// ```
///
/// Parameters render as `$1`, `$2`, … in order of appearance. SQLite and PostgreSQL both
/// accept that spelling, so no placeholder is ever rewritten. Text that is not a literal of
/// the program needs `SQL(stringLiteral:)`, which review treats as an alarm.
package struct SQL: Sendable, ExpressibleByStringInterpolation {
    enum Part: Sendable {
        case text(String)
        case value(SQLValue)
        indirect case perDialect(sqlite: SQL, postgres: SQL)
    }

    var parts: [Part]

    package init(stringLiteral value: String) { parts = [.text(value)] }

    package init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

    /// The few spellings on which the two databases disagree.
    package init(sqlite: SQL, postgres: SQL) { parts = [.perDialect(sqlite: sqlite, postgres: postgres)] }

    init(parts: [Part]) { self.parts = parts }

    package static func + (left: SQL, right: SQL) -> SQL { SQL(parts: left.parts + right.parts) }

    /// Collects literal text, values and fragments in order.
    package struct StringInterpolation: StringInterpolationProtocol {
        var parts: [Part] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            parts.reserveCapacity(interpolationCount * 2 + 1)
        }

        package mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { parts.append(.text(literal)) }
        }

        package mutating func appendInterpolation(_ value: some SQLConvertible) {
            parts.append(.value(value.sqlValue))
        }

        package mutating func appendInterpolation(_ value: (some SQLConvertible)?) {
            parts.append(.value(value.sqlValue))
        }

        package mutating func appendInterpolation(_ fragment: SQL) { parts += fragment.parts }

        /// A list for `IN (…)`; an empty one renders as `NULL`, so `IN` and `NOT IN` both match nothing.
        package mutating func appendInterpolation(_ values: [some SQLConvertible]) {
            if values.isEmpty { parts.append(.text("NULL")) }
            for (position, value) in values.enumerated() {
                if position > 0 { parts.append(.text(", ")) }
                parts.append(.value(value.sqlValue))
            }
        }
    }

    /// The text and the values in the order of their parameters.
    ///
    /// - Throws: `StorageError.other` for a value that one of the two databases could not store.
    package func rendered(for dialect: SQLDialect) throws -> (text: String, values: [SQLValue]) {
        var text = ""
        var values: [SQLValue] = []
        try append(to: &text, &values, for: dialect)
        return (text, values)
    }

    private func append(to text: inout String, _ values: inout [SQLValue], for dialect: SQLDialect) throws {
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .value(let value):
                try value.requireStorable()
                values.append(value)
                text += "$\(values.count)"
            case .perDialect(let sqlite, let postgres):
                try (dialect == .sqlite ? sqlite : postgres).append(to: &text, &values, for: dialect)
            }
        }
    }
}

extension Sequence<SQL> {
    /// All fragments in order with `separator` between them; an empty sequence gives an empty fragment.
    package func joined(separator: SQL) -> SQL {
        var parts: [SQL.Part] = []
        for (position, fragment) in enumerated() {
            if position > 0 { parts += separator.parts }
            parts += fragment.parts
        }
        return SQL(parts: parts)
    }
}
