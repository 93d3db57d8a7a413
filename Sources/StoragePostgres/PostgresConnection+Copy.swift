import CPostgres
import Storage

extension PostgresConnection {
    /// Sends the rows through `COPY`, about 64 KB at a time. `rows` must not use this connection.
    func insert(into table: String, columns: [String], rows: some Sequence<[SQLValue]>) throws -> Int {
        let target = try insertTarget(table, columns)
        // An empty batch would find out nothing but a cancellation.
        let first = takeOwed()
        if first.isEmpty { try requireUsable() } else { try run(first) }
        return try outsidePipeline {
            try checked(PQexec(handle, "COPY \(target) FROM STDIN")) { _ in }
            do { try send(rows, width: columns.count) } catch {
                // The server answers with an error we already know the reason of.
                PQputCopyEnd(handle, "stopped")
                drain()
                throw error
            }
            guard PQputCopyEnd(handle, nil) == 1 else { throw lose() }
            defer { drain() }
            return try checked(PQgetResult(handle)) { Int(String(cString: PQcmdTuples($0))) ?? 0 }
        }
    }

    private func requireUsable() throws {
        if unit?.isCancelled == true { throw CancellationError() }
        if let loss = course.loss { throw loss }
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
        try requireUsable()
        let sent = buffer.withUnsafeBytes { bytes in
            PQputCopyData(handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        }
        guard sent == 1 else { throw lose() }
        buffer.removeAll(keepingCapacity: true)
    }

    private func drain() {
        while let result = PQgetResult(handle) { PQclear(result) }
    }
}
