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
    /// Why nothing can be saved while reading goes on.
    package enum WriteObstacle: Sendable, Equatable {
        case full
        /// The disk, the file or the server takes no writes, after a fault or by intention.
        case refused
    }

    /// Nil for every other error. Nothing of the unit of work was saved.
    package var writeObstacle: WriteObstacle? {
        switch self {
        case .readOnly: .refused
        // SQLITE_FULL; disk_full of PostgreSQL.
        case .other("13", _), .other("53100", _): .full
        // SQLite's I/O errors of writing, syncing, truncating and growing a file; io_error of PostgreSQL.
        case .other("778", _), .other("1034", _), .other("1290", _), .other("1546", _), .other("4874", _),
            .other("58030", _):
            .refused
        default: nil
        }
    }
}

extension StorageError: CustomStringConvertible {
    /// For an operator; never holds a value of a statement.
    package var description: String {
        switch self {
        case .unavailable(let reason): "Die Datenbank ist nicht erreichbar: \(reason)"
        case .readOnly: "Die Datenbank lässt nur Lesen zu; es wurde nichts geschrieben."
        case .conflict: "Die Datenbank ist gerade mit einer anderen Änderung beschäftigt. Versuchen Sie es noch einmal."
        case .uniqueViolation(let detail): "Die Datenbank kennt diesen Wert schon: \(detail)"
        case .foreignKeyViolation(let detail):
            "Ein Eintrag der Datenbank bezieht sich auf einen, den es nicht gibt: \(detail)"
        case .checkViolation(let detail): "Die Datenbank nimmt den Wert nicht an: \(detail)"
        case .decoding(let column, let found):
            "Die Spalte \(column) der Datenbank enthält etwas Unerwartetes (\(found))."
        case .other(let code, let message):
            switch writeObstacle {
            case .full: "Die Platte der Datenbank ist voll; es wurde nichts geschrieben. Schaffen Sie Platz. (\(code))"
            case .refused: "Die Platte der Datenbank nimmt nichts an; es wurde nichts geschrieben. (\(code))"
            case nil: "Datenbankfehler \(code): \(message)"
            }
        }
    }
}
