/// Text as a cell of Excel can hold it.
enum ExcelText {
    /// Longest text of a cell, in UTF-16 units (Excel specifications and limits).
    static let limit = 32_767

    /// The text without what no sheet can hold, cut with "…" where it is too long.
    static func cell(_ text: String) -> String {
        var result = isPlain(text) ? text : cleaned(text)
        if result.utf16.count > limit {
            var length = 0
            let kept = result.unicodeScalars.prefix { scalar in
                length += scalar.utf16.count
                return length < limit
            }
            result = String(String.UnicodeScalarView(kept)) + "…"
        }
        return result
    }

    /// A title that a sheet may have: at most 31 characters, none of `[]:*?/\`, no apostrophe at the ends.
    static func sheetName(_ text: String) -> String {
        let allowed = cell(text).filter { !"[]:*?/\\\n\t".contains($0) }
        let trimmed = allowed.drop { $0 == "'" || $0 == " " }.prefix(25)
        let name = String(trimmed).split(separator: "'").joined(separator: "’")
        return name.isEmpty ? "Tabelle" : name
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "_") }
    }

    /// Drops control characters and what XML forbids, and keeps Excel from reading `_x0041_` as a letter.
    private static func cleaned(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        let all = Array(text.replacing("\r\n", with: "\n").unicodeScalars)
        for (index, scalar) in all.enumerated() {
            switch scalar.value {
            case 0x0D: result.append("\n")
            case 0x09, 0x0A: result.append(scalar)
            case 0..<0x20, 0x7F..<0xA0, 0xFFFE, 0xFFFF: continue
            case 0x5F where isEscape(all[index...].prefix(7)): result.append(contentsOf: "_x005F_".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// `_x`, four hexadecimal digits, `_`: Excel would read the character of that number.
    private static func isEscape(_ piece: ArraySlice<Unicode.Scalar>) -> Bool {
        let scalars = Array(piece)
        return scalars.count == 7 && scalars[1] == "x" && scalars[6] == "_"
            && scalars[2..<6].allSatisfy { $0.properties.isASCIIHexDigit }
    }
}
