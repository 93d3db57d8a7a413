/// Writes JSON straight into bytes; commas come by themselves.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    package init(capacity: Int = 1024) { bytes.reserveCapacity(capacity) }

    /// Hands over what was written since the last call, so that long lists can be sent in pieces.
    package mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: false) }
        return bytes
    }

    package mutating func object<E>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        open(UInt8(ascii: "{"))
        try body(&self)
        close(UInt8(ascii: "}"))
    }

    package mutating func array<E>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        open(UInt8(ascii: "["))
        try body(&self)
        close(UInt8(ascii: "]"))
    }

    /// The name of the value that is written next.
    package mutating func key(_ name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func string(_ value: String) {
        separate()
        quote(value)
    }

    package mutating func int(_ value: Int) { append(String(value)) }

    /// Infinite values and those that are no number become null, because JSON has no form for them.
    package mutating func double(_ value: Double) { value.isFinite ? append("\(value)") : null() }

    package mutating func bool(_ value: Bool) { append(value ? "true" : "false") }

    package mutating func null() { append("null") }

    /// A value that is JSON already, e.g. long lists of numbers made without a call for each.
    package mutating func raw(_ value: [UInt8]) {
        separate()
        bytes.append(contentsOf: value)
    }

    package mutating func field(_ name: StaticString, _ value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    package mutating func field(_ name: StaticString, _ value: Int?) {
        key(name)
        if let value { int(value) } else { null() }
    }

    package mutating func field(_ name: StaticString, _ value: Double?) {
        key(name)
        if let value { double(value) } else { null() }
    }

    package mutating func field(_ name: StaticString, _ value: Bool?) {
        key(name)
        if let value { bool(value) } else { null() }
    }

    package mutating func field<E>(
        _ name: StaticString, object body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        key(name)
        try object(body)
    }

    package mutating func field<E>(
        _ name: StaticString, array body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        key(name)
        try array(body)
    }

    private mutating func key(_ name: StaticString) {
        separate()
        name.withUTF8Buffer { quote($0) }
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func append(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func quote(_ text: String) {
        var text = text
        text.withUTF8 { quote($0) }
    }

    private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        var written = 0
        var index = 0
        while index < text.count {
            let length = Self.escapedLength(text, index)
            if length > 0 {
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[written..<index]))
                escape(text, index)
                written = index + length
            }
            index += max(length, 1)
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[written...]))
        bytes.append(UInt8(ascii: "\""))
    }

    /// How many bytes at `index` must be escaped: one, three for the line ends that JavaScript minds, or none.
    private static func escapedLength(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int {
        switch text[index] {
        case 0..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x7F: 1
        case 0xE2 where index + 2 < text.count && text[index + 1] == 0x80 && text[index + 2] & 0xFE == 0xA8: 3
        default: 0
        }
    }

    private mutating func escape(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) {
        switch text[index] {
        case UInt8(ascii: "\""): bytes.append(contentsOf: #"\""#.utf8)
        case UInt8(ascii: "\\"): bytes.append(contentsOf: #"\\"#.utf8)
        case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
        case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
        case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
        case 0xE2: bytes.append(contentsOf: (text[index + 2] == 0xA8 ? #"\u2028"# : #"\u2029"#).utf8)
        case let byte:
            bytes.append(contentsOf: #"\u00"#.utf8)
            bytes.append(HexDigit.lower[Int(byte >> 4)])
            bytes.append(HexDigit.lower[Int(byte & 15)])
        }
    }
}
