import CPostgres
import Storage

/// One thing to send; several travel together and cost one round trip.
enum Order {
    /// Prepared when the connection was made, because almost every unit needs it.
    enum Fixed: String, CaseIterable {
        case beginRead, beginWrite, commit, rollback, transaction, snapshot

        var sql: String {
            switch self {
            case .beginRead: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            // So that a statement after `lock` sees what the lock's former holder wrote.
            case .beginWrite: "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
            case .commit: "COMMIT"
            case .rollback: "ROLLBACK"
            case .transaction: "SELECT pg_current_xact_id_if_assigned()"
            case .snapshot: "SELECT CAST(pg_current_snapshot() AS TEXT)"
            }
        }
    }

    case fixed(Fixed)
    case prepare(name: String, PreparedStatements.Key)
    case execute(name: String, Parameters)
    case text(String, Parameters)

    /// A constant text without values.
    static func text(_ text: String) -> Order { .text(text, Parameters([])) }
}

/// The results of a batch, one for each order that was answered.
final class Answers {
    fileprivate(set) var results: [OpaquePointer?]
    /// Whether the server has dealt with the whole batch and waits for the next.
    fileprivate(set) var isComplete = false

    fileprivate init(_ count: Int) { results = Array(repeating: nil, count: count) }

    deinit { for result in results { PQclear(result) } }

    /// The result of an order that went well.
    func good(_ position: Int) -> OpaquePointer? {
        guard results.indices.contains(position), let result = results[position] else { return nil }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return result
        default: return nil
        }
    }

    /// The first text of a result, `nil` for NULL.
    func text(_ position: Int) -> String? {
        guard let result = good(position), PQntuples(result) > 0, PQgetisnull(result, 0, 0) == 0 else { return nil }
        return PQgetvalue(result, 0, 0).map { String(cString: $0) }
    }

    /// The first order that failed; the ones behind it were not run.
    var failure: OpaquePointer?? {
        for result in results {
            guard let result else { return .some(nil) }
            switch PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: continue
            default: return .some(result)
            }
        }
        return nil
    }
}

/// Batches on a connection that is in libpq's pipeline mode.
enum Pipeline {
    /// Sends the orders and waits for all answers. An order behind one that failed is skipped by the server.
    ///
    /// - Parameter flushing: the position whose answer the server sends before it goes on to the next order.
    static func exchange(_ orders: [Order], on handle: OpaquePointer?, flushing: Int? = nil) -> Answers {
        let answers = Answers(orders.count)
        for (position, order) in orders.enumerated() {
            guard send(order, on: handle) else { return answers }
            if position == flushing { PQsendFlushRequest(handle) }
        }
        guard PQpipelineSync(handle) == 1 else { return answers }
        var position = 0
        var isBetween = false
        while true {
            guard let result = PQgetResult(handle) else {
                // One nil ends each order; two in a row are what a lost connection answers.
                if isBetween || PQstatus(handle) != CONNECTION_OK { return answers }
                isBetween = true
                position += 1
                continue
            }
            isBetween = false
            if PQresultStatus(result) == PGRES_PIPELINE_SYNC {
                PQclear(result)
                answers.isComplete = true
                return answers
            }
            if position < orders.count, answers.results[position] == nil {
                answers.results[position] = result
            } else {
                PQclear(result)
            }
        }
    }

    /// Sends an order whose answer is read by `drain` before the connection is used again.
    static func post(_ order: Order, on handle: OpaquePointer?) -> Bool {
        send(order, on: handle) && PQpipelineSync(handle) == 1
    }

    /// Reads what is left of posted orders up to the end of the batch; `false` when it does not come in time.
    static func drain(_ handle: OpaquePointer?, within milliseconds: Int32) -> Bool {
        var nils = 0
        while nils < 3 {
            while PQisBusy(handle) == 1 {
                guard Socket.isReadable(PQsocket(handle), within: milliseconds), PQconsumeInput(handle) == 1 else {
                    return false
                }
            }
            guard let result = PQgetResult(handle) else {
                nils += 1
                continue
            }
            defer { PQclear(result) }
            if PQresultStatus(result) == PGRES_PIPELINE_SYNC { return true }
        }
        return false
    }

    private static func send(_ order: Order, on handle: OpaquePointer?) -> Bool {
        switch order {
        case .fixed(let fixed): PQsendQueryPrepared(handle, fixed.rawValue, 0, nil, nil, nil, 0) == 1
        case .prepare(let name, let key):
            PQsendPrepare(handle, name, key.text, Int32(key.types.count), key.types) == 1
        case .execute(let name, let parameters):
            parameters.withPointers { values, lengths, formats in
                PQsendQueryPrepared(handle, name, parameters.count, values, lengths, formats, 0) == 1
            }
        case .text(let text, let parameters):
            parameters.withPointers { values, lengths, formats in
                PQsendQueryParams(handle, text, parameters.count, parameters.types, values, lengths, formats, 0) == 1
            }
        }
    }
}
