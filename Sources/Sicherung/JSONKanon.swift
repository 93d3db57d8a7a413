import Kernel

/// JSON in one form for equal values: PostgreSQL stores `JSONB` with its own blanks and order of keys, SQLite as written.
struct JSONKanon {
    private let text: [UInt8]
    private var position = 0

    private init(_ text: [UInt8]) { self.text = text }

    /// Object keys sorted by their bytes, no blanks, texts without needless escapes; `nil` for what is not JSON.
    static func bytes(of text: String) -> [UInt8]? {
        var parser = JSONKanon(Array(text.utf8))
        guard let value = parser.value(depth: 0) else { return nil }
        parser.skipBlanks()
        return parser.position == parser.text.count ? value : nil
    }

    private var here: UInt8 { position < text.count ? text[position] : 0 }

    private mutating func skipBlanks() {
        while [0x20, 0x09, 0x0A, 0x0D].contains(here) { position += 1 }
    }

    private mutating func take(_ byte: Character) -> Bool {
        skipBlanks()
        guard here == byte.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) -> [UInt8]? {
        skipBlanks()
        guard depth < 200 else { return nil }
        switch here {
        case UInt8(ascii: "{"): return object(depth)
        case UInt8(ascii: "["): return array(depth)
        case UInt8(ascii: "\""): return string().map(JSONKanon.quoted)
        default:
            let start = position
            while ![0, 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}")].contains(here) {
                position += 1
            }
            return position > start ? Array(text[start..<position]) : nil
        }
    }

    private mutating func object(_ depth: Int) -> [UInt8]? {
        position += 1
        // The last of equal keys counts, as in PostgreSQL.
        var members: [[UInt8]: [UInt8]] = [:]
        if take("}") { return Array("{}".utf8) }
        repeat {
            skipBlanks()
            guard here == UInt8(ascii: "\""), let key = string(), take(":"), let member = value(depth: depth + 1) else {
                return nil
            }
            members[key] = member
        } while take(",")
        guard take("}") else { return nil }
        let parts = members.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { JSONKanon.quoted($0.key) + [UInt8(ascii: ":")] + $0.value }
        return [UInt8(ascii: "{")] + parts.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "}")]
    }

    private mutating func array(_ depth: Int) -> [UInt8]? {
        position += 1
        if take("]") { return Array("[]".utf8) }
        var parts: [[UInt8]] = []
        repeat {
            guard let part = value(depth: depth + 1) else { return nil }
            parts.append(part)
        } while take(",")
        guard take("]") else { return nil }
        return [UInt8(ascii: "[")] + parts.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
    }

    /// The bytes that a JSON text means.
    private mutating func string() -> [UInt8]? {
        position += 1
        var units: [UInt8] = []
        while position < text.count {
            let byte = text[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return units
            case UInt8(ascii: "\\"):
                guard let scalar = escape() else { return nil }
                units += Array(String(scalar).utf8)
            default: units.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        let byte = here
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "u"):
            guard let high = unit() else { return nil }
            guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) }
            guard here == UInt8(ascii: "\\") else { return nil }
            position += 2
            guard let low = unit(), (0xDC00..<0xE000).contains(low) else { return nil }
            return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        default: return nil
        }
    }

    private mutating func unit() -> UInt32? {
        guard position + 4 <= text.count else { return nil }
        defer { position += 4 }
        return UInt32(String(decoding: text[position..<position + 4], as: UTF8.self), radix: 16)
    }

    private static func quoted(_ bytes: [UInt8]) -> [UInt8] {
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        for byte in bytes {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                quoted += [UInt8(ascii: "\\"), byte]
            } else if byte < 0x20 {
                quoted += Array("\\u00".utf8) + Array([byte].hex.utf8)
            } else {
                quoted.append(byte)
            }
        }
        return quoted + [UInt8(ascii: "\"")]
    }
}
