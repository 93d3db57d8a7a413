import CPostgres
import Storage

extension PostgresConnection: SQLConnection {
    var dialect: SQLDialect { .postgres }

    func rows(_ sql: SQL) throws -> [Row] {
        let (result, columns, answers) = try run(sql)
        // The answers own the result.
        return try withExtendedLifetime(answers) {
            let rows = ResultRows(result, columns)
            return try (0..<rows.count).map(rows.row)
        }
    }

    func execute(_ sql: SQL) throws -> Int {
        let (result, _, answers) = try run(sql)
        // `PQcmdTuples` is empty for statements that change no rows, such as `CREATE`.
        return withExtendedLifetime(answers) { Int(String(cString: PQcmdTuples(result))) ?? 0 }
    }

    /// Reads through a cursor, so that `body` may run other statements and may stop early
    /// without spoiling the transaction.
    func forEach(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        cursors += 1
        let name = "lauf_\(cursors)"
        let (text, values) = try sql.rendered(for: .postgres)
        let portion: Int32 = 500
        // It closes with the next statement, or with the transaction.
        defer { owed.append(.text("CLOSE \(name)")) }
        var orders =
            takeOwed() + [
                .text("DECLARE \(name) NO SCROLL CURSOR FOR " + text, Parameters(values)),
                .text("FETCH \(portion) FROM \(name)"),
            ]
        while true {
            let answers = try exchange(orders)
            try require(answers)
            guard let result = answers.good(orders.count - 1) else { throw lose() }
            try withExtendedLifetime(answers) {
                let rows = ResultRows(result)
                for position in 0..<rows.count { try body(rows.row(position)) }
            }
            if PQntuples(result) < portion { return }
            orders = takeOwed() + [.text("FETCH \(portion) FROM \(name)")]
        }
    }

    /// `BEGIN` and what else goes ahead of the next statement.
    func takeOwed() -> [Order] {
        defer { owed = [] }
        return owed
    }

    /// The good result of one statement, which lives as long as the answers.
    private func run(_ sql: SQL) throws -> (OpaquePointer, ResultColumns?, Answers) {
        let (text, values) = try sql.rendered(for: .postgres)
        let parameters = Parameters(values)
        let key = PreparedStatements.Key(text: text, types: parameters.types)
        let known = statements.find(key)
        var orders = takeOwed()
        var newName: String?
        if let known {
            orders.append(.execute(name: known.name, parameters))
        } else if values.count <= 40, PreparedStatements.accepts(text) {
            let (name, deallocate) = statements.makeRoom()
            orders += deallocate.map { .text("DEALLOCATE \($0)") }
            orders += [.prepare(name: name, key), .execute(name: name, parameters)]
            newName = name
        } else {
            // A long list in `IN (…)` rarely comes back in the same length.
            orders.append(.text(text, parameters))
        }
        let position = orders.count - 1
        // Known before the commit is sent, so that its outcome can be found out when the connection is lost in it.
        let asks = course.access == .write && course.transaction == nil && !isQuery(text)
        if asks { orders.append(.fixed(.transaction)) }
        let answers = try exchange(orders)
        if let newName, answers.good(position - 1) != nil { statements.remember(newName, for: key) }
        do { try require(answers) } catch StorageError.other("0A000", _) where known != nil {
            // "cached plan must not change result type": the schema changed since it was prepared.
            statements.forget(key)
            course.hasConflict = true
            throw StorageError.conflict
        } catch StorageError.other("26000", _) where known != nil {
            statements.forgetAll()
            course.hasConflict = true
            throw StorageError.conflict
        }
        guard let result = answers.good(position) else { throw lose() }
        if asks, let number = answers.text(position + 1).flatMap({ UInt64($0) }) { note(number) }
        guard known != nil || newName != nil, PQnfields(result) > 0 else { return (result, nil, answers) }
        if let columns = known?.columns { return (result, columns, answers) }
        let columns = ResultColumns(result)
        statements.remember(columns, for: key)
        return (result, columns, answers)
    }

    /// A query that changes something through a function is asked for its number at the commit.
    private func isQuery(_ text: String) -> Bool { ["SELECT", "VALUES"].contains(PreparedStatements.firstWord(text)) }
}
