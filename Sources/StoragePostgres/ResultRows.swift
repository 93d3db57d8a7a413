import CPostgres
import Storage

/// Reads the rows of one libpq result.
struct ResultRows {
    private let result: OpaquePointer
    private let columns: Range<Int32>
    private let types: [Oid]
    private let index: [String: Int]

    init(_ result: OpaquePointer) {
        self.result = result
        columns = 0..<PQnfields(result)
        types = columns.map { PQftype(result, $0) }
        var index: [String: Int] = [:]
        for column in columns { index[String(cString: PQfname(result, column))] = Int(column) }
        self.index = index
    }

    var count: Int32 { PQntuples(result) }

    func row(_ row: Int32) throws -> Row {
        Row(index: index, values: try columns.map { try value(row, $0) })
    }

    private func value(_ row: Int32, _ column: Int32) throws -> SQLValue {
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else { return .null }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
        // Long bytes must not become text on the way.
        var text: String { String(decoding: bytes, as: UTF8.self) }
        let decoded: SQLValue? =
            switch types[Int(column)] {
            case 16: .bool(text == "t")
            case 17: hexBytes(bytes).map { .blob($0) }
            case 20, 21, 23: Int64(text).map { .integer($0) }
            case 700, 701: Double(text).map { .real($0) }
            default: .text(text)
            }
        guard let decoded else {
            throw StorageError.decoding(column: String(cString: PQfname(result, column)), found: "unexpected text")
        }
        return decoded
    }
}

/// The bytes of `\x…`.
private func hexBytes(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    guard text.count >= 2, text.count % 2 == 0, text[0] == UInt8(ascii: "\\"), text[1] == UInt8(ascii: "x") else {
        return nil
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 2 - 1)
    for position in stride(from: 2, to: text.count, by: 2) {
        guard let high = hexValue(text[position]), let low = hexValue(text[position + 1]) else { return nil }
        bytes.append(high << 4 | low)
    }
    return bytes
}

private func hexValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
}
