import CPostgres
import Storage

extension PostgresConnection: SQLConnection {
    var dialect: SQLDialect { .postgres }

    func rows(_ sql: SQL) throws -> [Row] {
        try run(sql) { result in
            let rows = ResultRows(result)
            return try (0..<rows.count).map(rows.row)
        }
    }

    func execute(_ sql: SQL) throws -> Int {
        // `PQcmdTuples` is empty for statements that change no rows, such as `CREATE`.
        try run(sql) { Int(String(cString: PQcmdTuples($0))) ?? 0 }
    }

    /// Reads through a cursor, so that `body` may run other statements and may stop early
    /// without spoiling the transaction.
    func forEach(_ sql: SQL, _ body: (Row) throws -> Void) throws {
        cursors += 1
        let name = "lauf_\(cursors)"
        _ = try execute(SQL(stringLiteral: "DECLARE \(name) NO SCROLL CURSOR FOR ") + sql)
        do {
            while try fetch(500, from: name, body) {}
        } catch {
            if PQtransactionStatus(handle) == PQTRANS_INTRANS { try command("CLOSE \(name)") }
            throw error
        }
        try command("CLOSE \(name)")
    }

    private func fetch(_ count: Int32, from cursor: String, _ body: (Row) throws -> Void) throws -> Bool {
        try requireNotCancelled()
        return try checked(PQexec(handle, "FETCH \(count) FROM \(cursor)")) { result in
            let rows = ResultRows(result)
            for position in 0..<rows.count { try body(rows.row(position)) }
            return rows.count == count
        }
    }

    private func run<T>(_ sql: SQL, _ read: (OpaquePointer) throws -> T) throws -> T {
        try requireNotCancelled()
        let (text, values) = try sql.rendered(for: .postgres)
        let parameters = Parameters(values)
        // A long list in `IN (…)` rarely comes back in the same length.
        guard values.count <= 40, PreparedStatements.accepts(text) else {
            let result = parameters.withPointers { pointers in
                PQexecParams(handle, text, parameters.count, parameters.types, pointers, nil, nil, 0)
            }
            return try checked(result, read)
        }
        let key = PreparedStatements.Key(text: text, types: parameters.types)
        let known = statements.name(for: key)
        let name = try known ?? prepare(key)
        let result = parameters.withPointers { pointers in
            PQexecPrepared(handle, name, parameters.count, pointers, nil, nil, 0)
        }
        do { return try checked(result, read) } catch StorageError.other("0A000", _) where known != nil {
            // "cached plan must not change result type": the schema changed since it was prepared.
            statements.forget(key)
            throw StorageError.conflict
        } catch StorageError.other("26000", _) where known != nil {
            statements.forgetAll()
            throw StorageError.conflict
        }
    }

    private func prepare(_ key: PreparedStatements.Key) throws -> String {
        let (name, deallocate) = statements.makeRoom()
        for old in deallocate { try command("DEALLOCATE \(old)") }
        try checked(PQprepare(handle, name, key.text, Int32(key.types.count), key.types)) { _ in }
        statements.remember(name, for: key)
        return name
    }

    private func requireNotCancelled() throws {
        if unit?.isCancelled == true { throw CancellationError() }
    }
}

extension PostgresConnection {
    /// Sends the rows through `COPY`, about 64 KB at a time. `rows` must not use this connection.
    func insert(into table: String, columns: [String], rows: some Sequence<[SQLValue]>) throws -> Int {
        try requireNotCancelled()
        try command("COPY \(insertTarget(table, columns)) FROM STDIN")
        do { try send(rows, width: columns.count) } catch {
            // The server answers with an error we already know the reason of.
            PQputCopyEnd(handle, "stopped")
            drain()
            throw error
        }
        guard PQputCopyEnd(handle, nil) == 1 else { return try checked(nil) { _ in 0 } }
        defer { drain() }
        return try checked(PQgetResult(handle)) { Int(String(cString: PQcmdTuples($0))) ?? 0 }
    }

    private func send(_ rows: some Sequence<[SQLValue]>, width: Int) throws {
        var buffer: [UInt8] = []
        buffer.reserveCapacity(80_000)
        for row in rows {
            guard row.count == width else { throw StorageError.wrongRowWidth }
            for (position, value) in row.enumerated() {
                try value.requireStorable()
                if position > 0 { buffer.append(UInt8(ascii: "\t")) }
                value.appendCopyField(to: &buffer)
            }
            buffer.append(UInt8(ascii: "\n"))
            if buffer.count >= 65_536 { try flush(&buffer) }
        }
        try flush(&buffer)
    }

    private func flush(_ buffer: inout [UInt8]) throws {
        try requireNotCancelled()
        let sent = buffer.withUnsafeBytes { bytes in
            PQputCopyData(handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        }
        guard sent == 1 else { return try checked(nil) { _ in } }
        buffer.removeAll(keepingCapacity: true)
    }

    private func drain() {
        while let result = PQgetResult(handle) { PQclear(result) }
    }
}
