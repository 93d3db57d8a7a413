import CPostgres
import Dispatch
import Storage

/// One place in the pool with its own thread; connects when it is first used and after it was lost.
///
/// `@unchecked Sendable` holds because the pool lends it to one unit of work at a time, which
/// touches it on `queue` only; `cancelStatement` is called under the lock of that unit, between its
/// `begin` and `end`.
final class PostgresConnection: @unchecked Sendable {
    let queue = DispatchQueue(label: "leitstand.postgres")
    var statements = PreparedStatements()
    var cursors = 0
    private(set) var unit: UnitOfWork?
    private(set) var handle: OpaquePointer?
    private let conninfo: @Sendable () throws -> Conninfo
    private var canceller: OpaquePointer?
    private var lastCancel: ContinuousClock.Instant?

    init(_ conninfo: @escaping @Sendable () throws -> Conninfo) { self.conninfo = conninfo }

    deinit { disconnect() }

    var isConnected: Bool { handle != nil }

    func disconnect() {
        PQfreeCancel(canceller)
        PQfinish(handle)
        canceller = nil
        handle = nil
    }

    /// Safe from another thread by libpq's contract.
    func cancelStatement() {
        lastCancel = .now
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            // A request that fails is repeated by the unit of work.
            _ = PQcancel(canceller, buffer.baseAddress, 256)
        }
    }

    /// Runs `body` between `begin` and `COMMIT`.
    func transaction<T>(_ begin: String, _ unit: UnitOfWork, _ body: (any SQLConnection) throws -> T) throws -> T {
        defer { if !isIdle { disconnect() } }
        if unit.isCancelled { throw CancellationError() }
        try start(begin)
        self.unit = unit
        defer { self.unit = nil }
        let result: T
        do {
            try unit.begin(on: self)
            result = try body(self)
            unit.end()
        } catch {
            unit.end()
            rollBack()
            throw error
        }
        try commit()
        return result
    }

    /// Runs one statement without a transaction around it.
    func executeAlone(_ sql: SQL, _ unit: UnitOfWork) throws {
        defer { if !isIdle { disconnect() } }
        try start("SELECT 1")
        self.unit = unit
        defer { self.unit = nil }
        try unit.begin(on: self)
        defer { unit.end() }
        _ = try execute(sql)
    }

    /// `BEGIN` doubles as the health check: nothing of the body has run, so a new connection may take over.
    private func start(_ begin: String) throws {
        if handle != nil {
            do { return try command(begin) } catch StorageError.unavailable { disconnect() }
        }
        statements.forgetAll()
        lastCancel = nil
        let handle = try conninfo().connect()
        self.handle = handle
        canceller = PQgetCancel(handle)
        try command(begin)
    }

    /// A transaction with a failed statement answers `COMMIT` with the tag `ROLLBACK` and no error.
    private func commit() throws {
        do {
            try checked(PQexec(handle, "COMMIT")) { result in
                guard String(cString: PQcmdStatus(result)) == "COMMIT" else {
                    throw StorageError.other(
                        code: "25P02", message: "a failed statement was ignored; nothing was saved")
                }
            }
        } catch {
            rollBack()
            throw error
        }
    }

    private func rollBack() {
        // A late cancellation may hit the first attempt. What then is still open is disconnected.
        for _ in 0..<2 where !isIdle { PQclear(PQexec(handle, "ROLLBACK")) }
        cursors = 0
    }

    private var isIdle: Bool { PQstatus(handle) == CONNECTION_OK && PQtransactionStatus(handle) == PQTRANS_IDLE }

    /// Runs a constant text without values.
    func command(_ text: String) throws { try checked(PQexec(handle, text)) { _ in } }

    /// Hands a good result to `read`, turns any other into an error, and frees it.
    func checked<T>(_ result: OpaquePointer?, _ read: (OpaquePointer) throws -> T) throws -> T {
        guard let result else { throw lost }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_COPY_IN: return try read(result)
        default: throw error(from: result)
        }
    }

    private var lost: StorageError { .unavailable("Die Verbindung zu PostgreSQL ist abgerissen.") }

    private func error(from result: OpaquePointer) -> any Error {
        let code = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) } ?? ""
        let message = PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) } ?? ""
        switch code {
        case "23505": return StorageError.uniqueViolation(message)
        case "23503": return StorageError.foreignKeyViolation(message)
        case "23514", "23502": return StorageError.checkViolation(message)
        case "40001", "40P01": return StorageError.conflict
        case "25006": return StorageError.readOnly
        case "57014": return interruption(message)
        case "57P01", "57P02", "57P03", "57P05", "08000", "08003", "08006": return lost
        default: return PQstatus(handle) == CONNECTION_OK ? StorageError.other(code: code, message: message) : lost
        }
    }

    /// Tells the task's own cancellation from one that came late and meant another, and from the time limit.
    private func interruption(_ message: String) -> any Error {
        if unit?.isCancelled == true { return CancellationError() }
        if let lastCancel, ContinuousClock.now - lastCancel < .seconds(2) { return StorageError.conflict }
        return StorageError.other(code: "57014", message: message)
    }
}
