/// What can go wrong in either database, in one vocabulary.
package enum StorageError: Error, Sendable, Equatable {
    case uniqueViolation(String)
    case foreignKeyViolation(String)
    /// A `CHECK` or `NOT NULL` constraint.
    case checkViolation(String)
    /// Serialisation failure, deadlock or busy: safe to run again.
    case conflict
    /// No connection, or the connection was lost. Never contains a password.
    case unavailable(String)
    /// The disk takes nothing more: full, read-only or broken. Reading may still go.
    case notWritable(String)
    case decoding(column: String, found: String)
    /// A statement that writes inside `read`.
    case readOnly
    /// `code` is the SQLSTATE of PostgreSQL or the extended result code of SQLite.
    case other(code: String, message: String)
}

extension StorageError {
    /// A row of a bulk insert that does not have one value for each column.
    package static let wrongRowWidth = StorageError.other(code: "42601", message: "row and columns differ in length")
}

extension StorageError {
    /// Whether nothing can be saved while reading goes on; nothing of the unit of work was.
    package var preventsWriting: Bool {
        switch self {
        case .notWritable: true
        // disk_full and io_error of PostgreSQL.
        case .other("53100", _), .other("58030", _): true
        default: false
        }
    }
}

extension StorageError: CustomStringConvertible {
    /// For an operator; never holds a value of a statement.
    package var description: String {
        switch self {
        case .unavailable(let reason): "Die Datenbank ist nicht erreichbar: \(reason)"
        case .notWritable(let reason): "Die Datenbank kann zurzeit nichts speichern: \(reason)"
        case .readOnly: "Die Datenbank lässt nur Lesen zu."
        case .conflict: "Die Datenbank ist gerade mit einer anderen Änderung beschäftigt. Versuchen Sie es noch einmal."
        case .uniqueViolation(let detail): "Die Datenbank kennt diesen Wert schon: \(detail)"
        case .foreignKeyViolation(let detail):
            "Ein Eintrag der Datenbank bezieht sich auf einen, den es nicht gibt: \(detail)"
        case .checkViolation(let detail): "Die Datenbank nimmt den Wert nicht an: \(detail)"
        case .decoding(let column, let found):
            "Die Spalte \(column) der Datenbank enthält etwas Unerwartetes (\(found))."
        case .other(let code, let message): "Datenbankfehler \(code): \(message)"
        }
    }
}

extension StorageError {
    /// What a log may keep: a database's message may quote what a person typed, so it is left out. Nil where the kind
    /// of error alone says enough.
    package var ohneWerte: String? {
        switch self {
        case .other(let code, _): "Datenbankfehler \(code)"
        case .uniqueViolation: "Datenbankfehler: Wert doppelt"
        case .foreignKeyViolation: "Datenbankfehler: Bezug fehlt"
        case .checkViolation: "Datenbankfehler: Wert nicht erlaubt"
        case .unavailable, .notWritable: "\(self)"
        case .readOnly, .conflict, .decoding: nil
        }
    }
}
