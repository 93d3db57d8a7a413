import CPostgres
import Storage

/// What a transaction may do.
enum Access: Sendable { case read, write }

/// What a unit of work has met on its connection. It counts more than the error its body ends with, because a body may
/// swallow or rename one.
struct Course {
    let access: Access
    /// The connection was lost, or has become one to a server that only reads.
    var loss: StorageError?
    /// The server gave the transaction up for another's sake.
    var hasConflict = false
    var hasBegun = false
    var hasCommitted = false
    /// The transaction's number, once it has changed something, and when that was known.
    var transaction: UInt64?
    var transactionKnown = ContinuousClock.now

    init(_ access: Access) { self.access = access }
}

extension PostgresConnection {
    func error(from result: OpaquePointer) -> any Error {
        let code = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) } ?? ""
        let message = PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) } ?? ""
        switch code {
        case "23505": return StorageError.uniqueViolation(message)
        case "23503": return StorageError.foreignKeyViolation(message)
        case "23514", "23502": return StorageError.checkViolation(message)
        case "40001", "40P01":
            course.hasConflict = true
            return StorageError.conflict
        case "25006": return course.access == .read ? StorageError.readOnly : lose(.readOnly)
        case "0A000" where course.access == .write && !course.hasBegun:
            // What a standby answers to `BEGIN … READ WRITE`.
            return lose(.readOnly)
        case "57014": return interruption(message)
        // Idle for too long within the unit: it would be so again.
        case "25P03": return StorageError.other(code: code, message: message)
        case "57P01", "57P02", "57P03", "57P05": return lose()
        default:
            if code.isEmpty || code.hasPrefix("08") || PQstatus(handle) != CONNECTION_OK { return lose() }
            return StorageError.other(code: code, message: message)
        }
    }
}
