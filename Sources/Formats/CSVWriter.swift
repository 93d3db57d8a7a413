/// Writes tables the way German Excel opens them: UTF-8 with byte order mark, semicolons, CRLF, no formulas.
package struct CSVWriter: Sendable {
    private static let semicolon = UInt8(ascii: ";")
    /// Quoted too, so that readers that guess the delimiter guess right.
    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")

    private var bytes: [UInt8] = [0xEF, 0xBB, 0xBF]

    package init() {}

    /// Appends a row; quotes are set only where they are needed.
    package mutating func row(_ fields: [String]) {
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(Self.semicolon) }
            append(field)
        }
        bytes.append(0x0D)
        bytes.append(0x0A)
    }

    /// Hands over what was written since the last call, so that long tables can be sent in pieces.
    package mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    private mutating func append(_ field: String) {
        var field = field
        field.withUTF8 { text in
            let needsQuotes =
                text.first == 0x20 || text.last == 0x20
                || text.contains { $0 < 0x20 || $0 == Self.semicolon || $0 == Self.comma || $0 == Self.quote }
            if needsQuotes { bytes.append(Self.quote) }
            if FormulaGuard.isNeeded(text) { bytes.append(UInt8(ascii: "'")) }
            if needsQuotes {
                for byte in text {
                    if byte == Self.quote { bytes.append(byte) }
                    bytes.append(byte)
                }
                bytes.append(Self.quote)
            } else {
                bytes.append(contentsOf: text)
            }
        }
    }
}
