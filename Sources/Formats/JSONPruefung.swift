/// Says whether bytes are one JSON value (RFC 8259), piece by piece and without keeping anything of it.
package struct JSONPruefung: Sendable {
    /// How deep lists and objects may lie in one another.
    package static let tiefe = 200

    private enum Zustand {
        case wert, wertOderEnde, name, nameOderEnde, doppelpunkt, danach, text, flucht, hex(Int), wort, ende
    }

    private var stapel: [UInt8] = []
    private var zustand = Zustand.wert
    private var istName = false
    private var wort: [UInt8] = []
    private var utf8 = UTF8Check()

    package init() {}

    /// False as soon as it cannot become one.
    package mutating func nimm(_ bytes: [UInt8]) -> Bool {
        guard bytes.withUnsafeBytes({ utf8.add($0) }) else { return false }
        for byte in bytes where !schritt(byte) { return false }
        return true
    }

    /// Whether what came is one whole value.
    package mutating func istGanz() -> Bool {
        if case .wort = zustand, !beendeWort() { return false }
        guard stapel.isEmpty, utf8.isComplete else { return false }
        if case .ende = zustand { return true }
        return false
    }

    private mutating func schritt(_ byte: UInt8) -> Bool {
        switch zustand {
        case .text:
            if byte == UInt8(ascii: "\"") { nachText() } else if byte == UInt8(ascii: "\\") { zustand = .flucht }
            return byte >= 0x20
        case .flucht:
            if byte == UInt8(ascii: "u") {
                zustand = .hex(4)
                return true
            }
            zustand = .text
            return "\"\\/bfnrt".utf8.contains(byte)
        case .hex(let left):
            zustand = left == 1 ? .text : .hex(left - 1)
            return Self.istHex(byte)
        case .wort:
            if !Self.istLeer(byte), byte != UInt8(ascii: ","), byte != UInt8(ascii: "]"), byte != UInt8(ascii: "}") {
                wort.append(byte)
                return wort.count <= 1_000
            }
            guard beendeWort() else { return false }
        default: break
        }
        return Self.istLeer(byte) || zeichen(byte)
    }

    private mutating func zeichen(_ byte: UInt8) -> Bool {
        switch (zustand, byte) {
        case (.wertOderEnde, UInt8(ascii: "]")), (.nameOderEnde, UInt8(ascii: "}")): return schliesse()
        case (.wert, _), (.wertOderEnde, _): return beginne(byte)
        case (.name, UInt8(ascii: "\"")), (.nameOderEnde, UInt8(ascii: "\"")):
            (zustand, istName) = (.text, true)
            return true
        case (.doppelpunkt, UInt8(ascii: ":")):
            zustand = .wert
            return true
        case (.danach, UInt8(ascii: ",")):
            zustand = stapel.last == UInt8(ascii: "{") ? .name : .wert
            return true
        case (.danach, UInt8(ascii: "]")) where stapel.last == UInt8(ascii: "["): return schliesse()
        case (.danach, UInt8(ascii: "}")) where stapel.last == UInt8(ascii: "{"): return schliesse()
        default: return false
        }
    }

    private mutating func beginne(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            stapel.append(byte)
            zustand = byte == UInt8(ascii: "{") ? .nameOderEnde : .wertOderEnde
            return stapel.count <= Self.tiefe
        case UInt8(ascii: "\""):
            (zustand, istName) = (.text, false)
            return true
        default:
            (zustand, wort) = (.wort, [byte])
            return true
        }
    }

    private mutating func schliesse() -> Bool {
        guard stapel.popLast() != nil else { return false }
        zustand = stapel.isEmpty ? .ende : .danach
        return true
    }

    private mutating func nachText() {
        zustand = istName ? .doppelpunkt : stapel.isEmpty ? .ende : .danach
    }

    private mutating func beendeWort() -> Bool {
        zustand = stapel.isEmpty ? .ende : .danach
        let text = String(decoding: wort, as: UTF8.self)
        return ["true", "false", "null"].contains(text) || text.wholeMatch(of: Self.zahl) != nil
    }

    // A pattern is no value that threads could share, so each asks for its own.
    private static var zahl: Regex<Substring> { #/-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/# }

    private static func istLeer(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }

    private static func istHex(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
    }
}
