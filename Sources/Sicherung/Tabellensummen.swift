import Crypto
import Kernel
package import Storage

/// Counts and sums up every table of a database.
package enum Tabellensummen {
    private struct Tabelle {
        let name: String
        var spalten: [(name: String, isJSON: Bool)] = []
        /// What the rows are ordered by.
        var ordnung: [String] = []
    }

    /// All tables in the order of their names.
    package static func aller(in db: any SQLConnection) throws -> [Tabellensumme] {
        try tabellen(in: db).sorted { $0.name < $1.name }.map { try summe($0, in: db) }
    }

    /// SHA-256 over the names of the columns and then all values, row by row in the order of the primary key.
    ///
    /// Each value is a byte for its kind and its content: 0 NULL, 1 whole number or yes/no (8 bytes, big-endian),
    /// 2 number (IEEE 754, 8 bytes), 3 text and 4 bytes (length as 8 bytes, then the content). JSON counts as text in the
    /// form of `JSONKanon`.
    private static func summe(_ table: Tabelle, in db: any SQLConnection) throws -> Tabellensumme {
        let names = table.spalten.map { quoted($0.name) }
        let list = names.joined(separator: ", ")
        let order = table.ordnung.isEmpty ? names : table.ordnung.map(quoted)
        // Both sort NULL first and text by its bytes.
        let keys = order.map { "\($0)\(table.ordnung.isEmpty ? " NULLS FIRST" : "")" }.joined(separator: ", ")
        let text = SQL(stringLiteral: "SELECT \(list) FROM \(quoted(table.name)) ORDER BY \(keys)")
        var sum = SHA256()
        var buffer: [UInt8] = []
        for column in table.spalten { append(.text(column.name), to: &buffer) }
        var count = 0
        try db.forEach(text) { row in
            for (column, value) in zip(table.spalten, row.values) {
                if column.isJSON, case .text(let text) = value, let bytes = JSONKanon.bytes(of: text) {
                    append(3, bytes, to: &buffer)
                } else {
                    append(value, to: &buffer)
                }
            }
            count += 1
            if buffer.count > 60_000 {
                sum.update(data: buffer)
                buffer.removeAll(keepingCapacity: true)
            }
        }
        sum.update(data: buffer)
        return Tabellensumme(name: table.name, zeilen: count, sha256: sum.finalize().hex)
    }

    private static func append(_ value: SQLValue, to buffer: inout [UInt8]) {
        switch value {
        case .null: buffer.append(0)
        case .integer(let number): append(1, UInt64(bitPattern: number), to: &buffer)
        case .bool(let flag): append(1, flag ? 1 : 0, to: &buffer)
        // SQLite does not tell the two zeros apart.
        case .real(let number): append(2, (number == 0 ? 0 : number).bitPattern, to: &buffer)
        case .text(var text):
            buffer.append(3)
            text.withUTF8 { bytes in
                append(UInt64(bytes.count), to: &buffer)
                buffer.append(contentsOf: bytes)
            }
        case .blob(let bytes): append(4, bytes, to: &buffer)
        }
    }

    private static func append(_ kind: UInt8, _ bytes: [UInt8], to buffer: inout [UInt8]) {
        append(kind, UInt64(bytes.count), to: &buffer)
        buffer.append(contentsOf: bytes)
    }

    private static func append(_ kind: UInt8, _ number: UInt64, to buffer: inout [UInt8]) {
        buffer.append(kind)
        append(number, to: &buffer)
    }

    private static func append(_ number: UInt64, to buffer: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { buffer.append(contentsOf: $0) }
    }

    private static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

    private static func tabellen(in db: any SQLConnection) throws -> [Tabelle] {
        db.dialect == .sqlite ? try sqlite(db) : try postgres(db)
    }

    /// Full text tables count by what they hold; the shadow tables behind them are their own affair.
    private static func sqlite(_ db: any SQLConnection) throws -> [Tabelle] {
        let tables = try db.rows(
            """
            SELECT name, type, wr FROM pragma_table_list
            WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
            """)
        return try tables.map { row in
            let name: String = try row["name"]
            var table = Tabelle(name: name)
            let isVirtual = try row["type"] as String == "virtual"
            if isVirtual {
                table.spalten = [("rowid", false)]
                table.ordnung = ["rowid"]
            }
            var keys: [(Int, String)] = []
            for column in try db.rows("SELECT name, type, pk FROM pragma_table_info(\(name)) ORDER BY cid") {
                let spalte: String = try column["name"]
                table.spalten.append((spalte, try column["type"] as String == "JSONB"))
                let place: Int = try column["pk"]
                if place > 0 { keys.append((place, spalte)) }
            }
            if !isVirtual { table.ordnung = keys.sorted { $0.0 < $1.0 }.map(\.1) }
            return table
        }
    }

    private static func postgres(_ db: any SQLConnection) throws -> [Tabelle] {
        let columns = try db.rows(
            """
            SELECT c.relname AS tabelle, a.attname AS spalte, format_type(a.atttypid, NULL) AS typ,
                   coalesce(array_position(CAST(i.indkey AS SMALLINT[]), a.attnum), -1) AS platz
            FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
            WHERE c.relkind IN ('r', 'p') AND c.relnamespace = CAST(current_schema() AS REGNAMESPACE)
            ORDER BY c.relname, a.attnum
            """)
        var tables: [String: Tabelle] = [:]
        var keys: [String: [(Int, String)]] = [:]
        for row in columns {
            let (table, column): (String, String) = (try row["tabelle"], try row["spalte"])
            tables[table, default: Tabelle(name: table)].spalten.append((column, try row["typ"] as String == "jsonb"))
            let place: Int = try row["platz"]
            if place >= 0 { keys[table, default: []].append((place, column)) }
        }
        return tables.map { name, table in
            var table = table
            table.ordnung = (keys[name] ?? []).sorted { $0.0 < $1.0 }.map(\.1)
            return table
        }
    }
}
