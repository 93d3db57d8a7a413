import Storage

/// Leistungsschlüssel (LeiKa): 14 digits, kept as text. Two digits catalogue, three group, three object, three
/// Verrichtung, three detail.
package struct Leistungsschluessel: RawRepresentable, Hashable, Comparable, SQLConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// A key as people write it: with blanks, dots or dashes between its parts. Nil when it is not 14 digits.
    package init?(getippt text: some StringProtocol) {
        let digits = text.unicodeScalars.filter {
            !$0.properties.isWhitespace && $0 != "." && $0 != "-" && $0 != "\u{2011}"
        }
        guard digits.count == 14, digits.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
        rawValue = String(String.UnicodeScalarView(digits))
    }

    /// Catalogue, group and object: what a Verrichtung is done to.
    package var objekt: String { String(rawValue.prefix(8)) }
    /// Catalogue and group.
    package var gruppe: String { String(rawValue.prefix(5)) }
    /// Ends without a Verrichtung: the object as such.
    package var istBlank: Bool { rawValue.hasSuffix("000000") }

    /// "99 110 009 104 000", as it is printed in the catalogue.
    package var lesbar: String {
        var parts = [String(rawValue.prefix(2))]
        var rest = rawValue.dropFirst(2)
        while !rest.isEmpty {
            parts.append(String(rest.prefix(3)))
            rest = rest.dropFirst(3)
        }
        return parts.joined(separator: " ")
    }

    package static func < (a: Leistungsschluessel, b: Leistungsschluessel) -> Bool { a.rawValue < b.rawValue }
}
