import CPostgres
import Storage

/// The columns of a result.
final class ResultColumns: Sendable {
    fileprivate let types: [Oid]
    fileprivate let index: [String: Int]

    init(_ result: OpaquePointer) {
        let columns = 0..<PQnfields(result)
        types = columns.map { PQftype(result, $0) }
        var index: [String: Int] = [:]
        for column in columns { index[String(cString: PQfname(result, column))] = Int(column) }
        self.index = index
    }
}

/// Reads the rows of one libpq result.
struct ResultRows {
    private let result: OpaquePointer
    private let columns: ResultColumns

    init(_ result: OpaquePointer, _ columns: ResultColumns? = nil) {
        self.result = result
        self.columns = columns ?? ResultColumns(result)
    }

    var count: Int32 { PQntuples(result) }

    func row(_ row: Int32) throws -> Row {
        var values: [SQLValue] = []
        values.reserveCapacity(columns.types.count)
        for (column, type) in columns.types.enumerated() { values.append(try value(row, Int32(column), type)) }
        return Row(index: columns.index, values: values)
    }

    private func value(_ row: Int32, _ column: Int32, _ type: Oid) throws -> SQLValue {
        guard let start = PQgetvalue(result, row, column) else { return .null }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
        // NULL has no bytes either; only then is the question worth a call.
        if bytes.isEmpty, PQgetisnull(result, row, column) != 0 { return .null }
        let decoded: SQLValue? =
            switch type {
            case 16: .bool(bytes.first == UInt8(ascii: "t"))
            case 17: hexBytes(bytes).map { .blob($0) }
            case 20, 21, 23: wholeNumber(bytes).map { .integer($0) }
            case 700, 701: Double(String(decoding: bytes, as: UTF8.self)).map { .real($0) }
            default: .text(String(decoding: bytes, as: UTF8.self))
            }
        guard let decoded else {
            throw StorageError.decoding(column: String(cString: PQfname(result, column)), found: "unexpected text")
        }
        return decoded
    }
}

private func wholeNumber(_ text: UnsafeRawBufferPointer) -> Int64? {
    let isNegative = text.first == UInt8(ascii: "-")
    // Longer ones may not fit, which the careful way finds out.
    guard text.count < 18, !text.isEmpty else { return Int64(String(decoding: text, as: UTF8.self)) }
    var number: Int64 = 0
    for byte in text.dropFirst(isNegative ? 1 : 0) {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        number = number * 10 + Int64(byte &- UInt8(ascii: "0"))
    }
    return isNegative ? -number : number
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
