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
    let reconnection: Reconnection
    var statements = PreparedStatements()
    var cursors = 0
    /// Sent ahead of the next statement in the same round trip.
    var owed: [Order] = []
    /// What the unit that works on it has met so far.
    var course = Course(.read)
    var unit: UnitOfWork?
    private(set) var handle: OpaquePointer?
    private(set) var server = ""
    private let conninfo: @Sendable () throws -> Conninfo
    private var canceller: OpaquePointer?
    private var lastCancel: ContinuousClock.Instant?
    private var isTainted = false
    /// Whether the answer to the last unit's end is still to be read.
    private var hasPosted = false
    private var lastUse = ContinuousClock.now

    init(_ conninfo: @escaping @Sendable () throws -> Conninfo, _ reconnection: Reconnection) {
        self.conninfo = conninfo
        self.reconnection = reconnection
    }

    deinit { disconnect() }

    var isConnected: Bool { handle != nil }

    func disconnect() {
        PQfreeCancel(canceller)
        PQfinish(handle)
        canceller = nil
        handle = nil
        hasPosted = false
        owed = []
    }

    /// Disconnects because the server is gone or the connection cannot be trusted.
    func giveUp() {
        if handle != nil { reconnection.countLoss() }
        disconnect()
    }

    /// Safe from another thread by libpq's contract.
    func cancelStatement() {
        lastCancel = .now
        let isSent = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            PQcancel(canceller, buffer.baseAddress, 256) == 1
        }
        // The signal of a request that failed half-way may still come, at any time.
        if !isSent { isTainted = true }
    }

    /// Connects unless there is a connection that can be used, and looks at one that was idle for long.
    func makeReady(for unit: UnitOfWork?) throws {
        dropUnlessHealthy()
        if handle == nil {
            try reconnection.connect(for: unit) { try open() }
        }
    }

    func dropUnlessHealthy() {
        if handle != nil, !isHealthy() { giveUp() }
    }

    /// To be called on every way out of a unit.
    func finish() {
        unit = nil
        owed = []
        cursors = 0
        lastUse = .now
        if isTainted || course.loss != nil || PQstatus(handle) != CONNECTION_OK || !(hasPosted || isIdle) { giveUp() }
    }

    /// Ends the transaction without waiting for the answer, which is read before the connection is used again.
    func post(_ order: Order.Fixed) {
        owed = []
        guard !isIdle, PQstatus(handle) == CONNECTION_OK else { return }
        hasPosted = Pipeline.post(.fixed(order), on: handle)
    }

    var isIdle: Bool { PQtransactionStatus(handle) == PQTRANS_IDLE }

    /// Sends the orders of the unit and waits for the answers.
    func exchange(_ orders: [Order]) throws -> Answers {
        if unit?.isCancelled == true { throw CancellationError() }
        if let loss = course.loss { throw loss }
        let answers = Pipeline.exchange(orders, on: handle)
        // The first order of a transaction is its `BEGIN`. Without it nothing more may be sent, or it would be saved
        // at once.
        if answers.good(0) != nil { course.hasBegun = true } else if !course.hasBegun { _ = lose() }
        return answers
    }

    /// - Throws: what the first order that failed means to the unit.
    func require(_ answers: Answers) throws {
        if let failure = answers.failure { throw failure.map { error(from: $0) } ?? lose() }
        // The answers are here, but the next statement would find nobody.
        if !answers.isComplete { _ = lose() }
    }

    /// Runs the orders for their effect.
    func run(_ orders: [Order]) throws { try require(exchange(orders)) }

    /// Hands a good result of a single statement outside the pipeline to `read` and frees it.
    func checked<T>(_ result: OpaquePointer?, _ read: (OpaquePointer) throws -> T) throws -> T {
        guard let result else { throw lose() }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_COPY_IN: return try read(result)
        default: throw error(from: result)
        }
    }

    /// `COPY` and statements that refuse a transaction need libpq's plain mode; changing it talks to nobody.
    func outsidePipeline<T>(_ work: () throws -> T) throws -> T {
        guard PQexitPipelineMode(handle) == 1 else { throw lose() }
        defer { PQenterPipelineMode(handle) }
        return try work()
    }

    /// Notes that the unit has lost its connection.
    func lose(_ error: StorageError = .unavailable("Die Verbindung zu PostgreSQL ist abgerissen.")) -> StorageError {
        course.loss = course.loss ?? error
        return error
    }

    /// Tells the task's own cancellation from one that came late and meant another, and from the time limit.
    func interruption(_ message: String) -> any Error {
        if unit?.isCancelled == true { return CancellationError() }
        if let lastCancel, ContinuousClock.now - lastCancel < .seconds(2) {
            course.hasConflict = true
            return StorageError.conflict
        }
        return StorageError.other(code: "57014", message: message)
    }

    private func open() throws {
        let conninfo = try conninfo()
        let handle = try conninfo.connect()
        guard PQenterPipelineMode(handle) == 1 else { throw lost(handle, "Kein Stapelbetrieb möglich") }
        let orders =
            Order.Fixed.allCases.map { Order.prepare(name: $0.rawValue, .init(text: $0.sql, types: [])) }
            + [.text(CommitOutcome.serverQuery)]
        let answers = Pipeline.exchange(orders, on: handle)
        guard answers.isComplete, answers.failure == nil else { throw lost(handle, "Verbindung nicht eingerichtet") }
        self.handle = handle
        server = answers.text(orders.count - 1) ?? ""
        canceller = PQgetCancel(handle)
        statements.forgetAll()
        (lastCancel, isTainted, hasPosted, owed, lastUse) = (nil, false, false, [], .now)
    }

    private func lost(_ handle: OpaquePointer, _ reason: String) -> StorageError {
        PQfinish(handle)
        return .unavailable(reason)
    }

    /// Costs nothing for a connection just used, a look at the socket after two seconds and an empty round trip
    /// after thirty: a router may have forgotten the connection without a word to either side.
    private func isHealthy() -> Bool {
        if hasPosted {
            hasPosted = false
            guard Pipeline.drain(handle, within: 2_000) else { return false }
        }
        let idle = ContinuousClock.now - lastUse
        if idle > .seconds(2) {
            // A server that went away leaves a message and then the end of the stream.
            for _ in 0..<2 where PQconsumeInput(handle) == 0 { return false }
        }
        if idle > .seconds(30) {
            guard PQpipelineSync(handle) == 1, Pipeline.drain(handle, within: 2_000) else { return false }
        }
        return PQstatus(handle) == CONNECTION_OK && isIdle
    }
}
