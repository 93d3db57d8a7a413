/// A JSON value as it was read; numbers stay text, because whoever asks knows which kind is meant.
package enum JSONTree: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONTree])
    /// In the order of the text; each name once.
    case object([Member])

    package struct Member: Sendable, Equatable {
        package let name: String
        package let value: JSONTree

        package init(_ name: String, _ value: JSONTree) { (self.name, self.value) = (name, value) }
    }

    /// - Throws: `JSONFault` that says where the text stops being JSON (RFC 8259), or goes deeper than anybody means.
    package init(_ bytes: [UInt8]) throws(JSONFault) {
        var parser = JSONParser(bytes)
        self = try parser.document()
    }
}

/// Why a text is no JSON, and where.
package struct JSONFault: Error, Sendable, Equatable {
    package let line: Int
    /// In bytes, counted from 1.
    package let column: Int
    /// Ends the sentence "in Zeile 3, Zeichen 7: …".
    package let reason: String
}

/// Reads one JSON text, strictly: no comments, no second value of a name, no NUL, no half of a surrogate pair.
private struct JSONParser {
    static let deepest = 32

    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSONFault) -> JSONTree {
        skipBlanks()
        let value = try value(depth: 0)
        skipBlanks()
        guard at == bytes.count else { throw fault("nach dem Ende steht noch etwas") }
        return value
    }

    private func fault(_ reason: String, at place: Int? = nil) -> JSONFault {
        let end = min(place ?? at, bytes.count)
        let lines = bytes[..<end].filter { $0 == 10 }.count
        let start = bytes[..<end].lastIndex(of: 10).map { $0 + 1 } ?? 0
        return JSONFault(line: lines + 1, column: end - start + 1, reason: reason)
    }

    private mutating func skipBlanks() {
        while at < bytes.count, [9, 10, 13, 32].contains(bytes[at]) { at += 1 }
    }

    private mutating func value(depth: Int) throws(JSONFault) -> JSONTree {
        guard depth <= Self.deepest else { throw fault("die Werte sind zu tief verschachtelt") }
        guard at < bytes.count else { throw fault("der Text endet zu früh") }
        switch bytes[at] {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw fault("hier beginnt kein Wert")
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSONTree) throws(JSONFault) -> JSONTree {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard bytes[at...].starts(with: wanted) else { throw fault("hier beginnt kein Wert") }
        at += wanted.count
        return value
    }

    private mutating func object(depth: Int) throws(JSONFault) -> JSONTree {
        at += 1
        var members: [JSONTree.Member] = []
        var names: Set<String> = []
        skipBlanks()
        if take(UInt8(ascii: "}")) { return .object([]) }
        while true {
            skipBlanks()
            let start = at
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw fault("hier fehlt ein Feldname") }
            let name = try string()
            guard names.insert(name).inserted else { throw fault("das Feld steht zweimal da", at: start) }
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw fault("hier fehlt ein Doppelpunkt") }
            skipBlanks()
            members.append(.init(name, try value(depth: depth + 1)))
            skipBlanks()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw fault("hier fehlt ein Komma oder eine Klammer") }
        }
    }

    private mutating func array(depth: Int) throws(JSONFault) -> JSONTree {
        at += 1
        var values: [JSONTree] = []
        skipBlanks()
        if take(UInt8(ascii: "]")) { return .array([]) }
        while true {
            skipBlanks()
            values.append(try value(depth: depth + 1))
            skipBlanks()
            if take(UInt8(ascii: "]")) { return .array(values) }
            guard take(UInt8(ascii: ",")) else { throw fault("hier fehlt ein Komma oder eine Klammer") }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    private mutating func number() throws(JSONFault) -> JSONTree {
        let start = at
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        guard at - start <= 40 else { throw fault("die Zahl ist zu lang", at: start) }
        return .number(String(decoding: bytes[start..<at], as: UTF8.self))
    }

    private mutating func digits() throws(JSONFault) {
        let start = at
        while at < bytes.count, (48...57).contains(bytes[at]) { at += 1 }
        guard at > start else { throw fault("hier fehlt eine Ziffer") }
    }

    private mutating func string() throws(JSONFault) -> String {
        let start = at
        at += 1
        var text: [UInt8] = []
        while at < bytes.count {
            let byte = bytes[at]
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                guard let valid = String(validating: text, as: UTF8.self) else {
                    throw fault("der Text ist kein gültiges UTF-8", at: start)
                }
                return valid
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<32: throw fault("ein Steuerzeichen im Text muss als \\u geschrieben sein")
            default:
                text.append(byte)
                at += 1
            }
        }
        throw fault("der Text hat kein Ende", at: start)
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONFault) {
        let start = at
        at += 1
        guard at < bytes.count else { throw fault("der Text endet zu früh") }
        let byte = bytes[at]
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "u"):
            var code = try hex(start)
            if (0xD800..<0xDC00).contains(code) {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw half(start) }
                let low = try hex(start)
                guard (0xDC00..<0xE000).contains(low) else { throw half(start) }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            // Neither database keeps it in a text.
            guard code != 0 else { throw fault("das Zeichen \\u0000 ist nicht erlaubt", at: start) }
            guard let scalar = Unicode.Scalar(code) else { throw half(start) }
            text.append(contentsOf: String(Character(scalar)).utf8)
        default: throw fault("dieses Zeichen nach \\ gibt es nicht", at: start)
        }
    }

    private func half(_ start: Int) -> JSONFault { fault("das Zeichen nach \\u ist nur ein halbes", at: start) }

    private mutating func hex(_ start: Int) throws(JSONFault) -> UInt32 {
        guard at + 4 <= bytes.count else { throw fault("nach \\u fehlen Ziffern", at: start) }
        var value: UInt32 = 0
        for byte in bytes[at..<(at + 4)] {
            switch byte {
            case 48...57: value = value << 4 | UInt32(byte - 48)
            case 65...70: value = value << 4 | UInt32(byte - 55)
            case 97...102: value = value << 4 | UInt32(byte - 87)
            default: throw fault("nach \\u fehlen Ziffern", at: start)
            }
        }
        at += 4
        return value
    }
}
