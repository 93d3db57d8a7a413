import Foundation

/// Brings German text into the forms in which it is sorted, searched and put into addresses.
///
/// All three accept any text and change nothing when applied twice.
package enum Faltung {
    /// The sort key after DIN 5007-1 (words): lower case, `ä` as `a`, `ß` as `ss`, punctuation as single blanks.
    package static func sort(_ s: String) -> String { fold(s, sortTable, umlautAddsE: false) }

    /// The search key: lower case, `ä` as `ae`, `ß` as `ss`, everything but letters and digits as single blanks.
    package static func suche(_ s: String) -> String { fold(s, sucheTable, umlautAddsE: true) }

    /// A part of an address: ASCII letters and digits with single hyphens, at most 80 bytes, never empty.
    package static func slug(_ s: String) -> String {
        var result: [UInt8] = []
        for byte in suche(s).utf8 where byte < 0x80 {
            let isBlank = byte == 0x20
            if isBlank, result.isEmpty || result.last == UInt8(ascii: "-") { continue }
            result.append(isBlank ? UInt8(ascii: "-") : byte)
            if result.count == 80 { break }
        }
        if result.last == UInt8(ascii: "-") { result.removeLast() }
        return result.isEmpty ? "eintrag" : String(decoding: result, as: UTF8.self)
    }

    /// Scalars below this one fold by table; every German name does.
    private static let tableEnd = 0x180
    private static let sortTable = table(umlautAddsE: false)
    private static let sucheTable = table(umlautAddsE: true)

    /// Each entry is what the general way makes of the scalar between two letters, so both ways agree.
    private static func table(umlautAddsE: Bool) -> [[UInt8]] {
        (0..<tableEnd).map { value in
            guard let scalar = Unicode.Scalar(UInt32(value)) else { return [] }
            var words = Words()
            foldAny("x\(Character(scalar))x", umlautAddsE: umlautAddsE, into: &words)
            return Array(words.bytes.dropFirst().dropLast())
        }
    }

    private static func fold(_ text: String, _ table: [[UInt8]], umlautAddsE: Bool) -> String {
        var words = Words()
        words.bytes.reserveCapacity(text.utf8.count + 8)
        var text = text
        let isDone = text.withUTF8 { bytes in
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if byte &- 0x61 < 26 || byte &- 0x30 < 10 {
                    words.append(byte)
                } else if byte < 0x80 {
                    words.append(contentsOf: table[Int(byte)])
                } else if byte == 0xE2, bytes[index + 1] == 0x80, 0x90...0xA7 ~= bytes[index + 2] {
                    // Dashes, quotation marks and points from U+2010 to U+2027.
                    words.appendBlank()
                    index += 2
                } else {
                    // Two bytes from C2 to C5 are the scalars below U+0180; anything else needs the general way.
                    guard byte < 0xC6 else { return false }
                    index += 1
                    words.append(contentsOf: table[Int(byte & 0x1F) << 6 | Int(bytes[index] & 0x3F)])
                }
                index += 1
            }
            return true
        }
        if !isDone {
            words = Words()
            foldAny(text, umlautAddsE: umlautAddsE, into: &words)
        }
        return String(decoding: words.bytes, as: UTF8.self)
    }

    /// Folds any text by taking characters apart (ligatures, accents, wide forms) and looking at each part.
    private static func foldAny(_ text: String, umlautAddsE: Bool, into words: inout Words) {
        var base: Unicode.Scalar?
        for scalar in text.decomposedStringWithCompatibilityMapping.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark:
                let isUmlaut = scalar.value == 0x308 && (base == "a" || base == "o" || base == "u")
                if umlautAddsE, isUmlaut {
                    words.append(UInt8(ascii: "e"))
                    base = nil
                }
            case .format:
                // Soft hyphens and joiners are invisible and do not part words.
                continue
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .otherLetter, .modifierLetter, .spacingMark,
                .decimalNumber, .letterNumber, .otherNumber:
                base = append(scalar, to: &words)
            default:
                words.appendBlank()
                base = nil
            }
        }
    }

    /// Appends a letter or digit in lower case and returns what a following umlaut mark would belong to.
    private static func append(_ scalar: Unicode.Scalar, to words: inout Words) -> Unicode.Scalar? {
        var last: Unicode.Scalar?
        for lower in scalar.properties.lowercaseMapping.unicodeScalars {
            if (0x2B9...0x2BF).contains(lower.value) {
                // Letters in name only: apostrophes and primes.
                words.appendBlank()
                last = nil
            } else if let plain = undecomposed[lower] {
                words.append(contentsOf: plain)
                last = nil
            } else {
                words.append(contentsOf: UTF8.encode(lower).map(Array.init) ?? [])
                last = lower
            }
        }
        return last
    }

    /// Latin letters that Unicode does not take apart, although readers do.
    private static let undecomposed: [Unicode.Scalar: [UInt8]] = [
        "ß": Array("ss".utf8), "æ": Array("ae".utf8), "œ": Array("oe".utf8), "þ": Array("th".utf8),
        "ø": Array("o".utf8), "đ": Array("d".utf8), "ð": Array("d".utf8), "ħ": Array("h".utf8),
        "ı": Array("i".utf8), "ĸ": Array("k".utf8), "ł": Array("l".utf8), "ŋ": Array("n".utf8),
        "ŧ": Array("t".utf8),
    ]

    /// Collects words with single blanks between them and none around them.
    private struct Words {
        var bytes: [UInt8] = []
        var blankPending = false

        mutating func append(_ byte: UInt8) {
            if blankPending {
                if !bytes.isEmpty { bytes.append(0x20) }
                blankPending = false
            }
            bytes.append(byte)
        }

        mutating func append(contentsOf more: [UInt8]) {
            for byte in more {
                if byte == 0x20 { appendBlank() } else { append(byte) }
            }
        }

        mutating func appendBlank() { blankPending = true }
    }
}
