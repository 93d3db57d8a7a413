import GRDB
import Storage

/// The error in the words of `StorageError`; errors that are not SQLite's pass through.
func translated(_ error: any Error) -> any Error {
    guard let error = error as? DatabaseError else { return error }
    let message = error.message ?? ""
    let code = error.extendedResultCode
    switch code {
    case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID:
        return StorageError.uniqueViolation(message)
    case .SQLITE_CONSTRAINT_FOREIGNKEY: return StorageError.foreignKeyViolation(message)
    case .SQLITE_CONSTRAINT_CHECK, .SQLITE_CONSTRAINT_NOTNULL: return StorageError.checkViolation(message)
    case .SQLITE_IOERR_READ, .SQLITE_IOERR_SHORT_READ, .SQLITE_IOERR_CORRUPTFS:
        return StorageError.unavailable(
            "Der Datenträger meldet einen Lesefehler (SQLite \(code.rawValue)). Prüfen Sie ihn und das Dateisystem.")
    default: break
    }
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: return StorageError.conflict
    case .SQLITE_READONLY: return StorageError.readOnly
    case .SQLITE_INTERRUPT: return CancellationError()
    case .SQLITE_FULL:
        return StorageError.notWritable(
            "Auf dem Datenträger ist kein Platz mehr. Schaffen Sie Platz; ein Neustart ist nicht nötig.")
    case .SQLITE_IOERR:
        return StorageError.notWritable(
            "Der Datenträger meldet einen Fehler (SQLite \(code.rawValue)). Prüfen Sie ihn und das Dateisystem.")
    case .SQLITE_CANTOPEN, .SQLITE_PERM:
        return StorageError.unavailable(
            "Die Datei lässt sich nicht öffnen (SQLite \(code.rawValue)). Prüfen Sie Ordner und Rechte.")
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
        return StorageError.unavailable(
            "Die Datei ist beschädigt (SQLite \(code.rawValue)). Spielen Sie die letzte Sicherung ein.")
    case .SQLITE_NOMEM: return StorageError.unavailable("Der Arbeitsspeicher reicht nicht.")
    default: return StorageError.other(code: "\(code.rawValue)", message: message)
    }
}

/// The same for a unit of work that may write: if it may not, that is the disk's fault.
func translatedWriting(_ error: any Error) -> any Error {
    guard let error = error as? DatabaseError, error.resultCode == .SQLITE_READONLY else { return translated(error) }
    return StorageError.notWritable(
        "Der Datenträger oder die Datei lässt nur Lesen zu (SQLite \(error.extendedResultCode.rawValue)). "
            + "Prüfen Sie, ob das Dateisystem schreibbar eingehängt ist und die Rechte stimmen.")
}

extension StorageError {
    static let transactionEnded = StorageError.other(code: "25P01", message: "SQLite has ended the transaction")
    static let closed = StorageError.unavailable("Die Datenbank ist geschlossen.")
}
