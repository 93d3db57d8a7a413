/// What a genericode 1.0 code list (OASIS) says about itself before its rows.
package struct Genericode: Sendable, Equatable {
    package static let namespace = "http://docs.oasis-open.org/codelist/ns/genericode/1.0/"

    package struct Column: Sendable, Equatable {
        package let id: String
        package let shortName: String
        package let longName: String?
        package let type: GenericodeType
        /// The datatype as the file names it, e.g. `nonNegativeInteger`.
        package let typeName: String
        package let language: String?
        package let isRequired: Bool
    }

    /// Columns whose values together occur once.
    package struct Key: Sendable, Equatable {
        package let id: String
        /// Positions in `columns`.
        package let columns: [Int]
        /// Local names of the elements in its AppInfo, by which standards mark the key they recommend.
        package let marks: [String]
    }

    /// One element of a Description: a standard's own word with its text.
    package struct Note: Sendable, Equatable {
        package let name: String
        package let text: String

        package init(name: String, text: String) { (self.name, self.text) = (name, text) }
    }

    package var shortName = ""
    package var longName: String?
    package var version = ""
    package var canonicalURI = ""
    package var canonicalVersionURI = ""
    package var agencyShortName: String?
    package var agencyLongName: String?
    package var notes: [Note] = []
    package var columns: [Column] = []
    package var keys: [Key] = []
    /// The line of `Identification`, to name a fault of it.
    package var line = 0
}

/// One row of a code list.
package struct GenericodeRow: Sendable, Equatable {
    package let line: Int
    /// In the order of the columns; nil where the row leaves the value undefined.
    package let values: [String?]
}

/// How much of a code list is taken.
package struct GenericodeLimits: Sendable {
    package var rows: Int
    package var columns: Int

    package init(rows: Int = 1_000_000, columns: Int = 200) { (self.rows, self.columns) = (rows, columns) }

    package static let standard = GenericodeLimits()
}

/// The kind of value of a column, as far as it is checked.
package enum GenericodeType: String, Sendable, CaseIterable {
    case text, integer, decimal, boolean, date

    /// From the name of an XML Schema datatype, with or without its prefix; an unknown one is text.
    package init(xsd name: String) {
        self =
            switch name.split(separator: ":").last.map(String.init) ?? name {
            case "integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger",
                "nonPositiveInteger", "negativeInteger", "unsignedInt", "unsignedLong", "unsignedShort",
                "unsignedByte":
                .integer
            case "decimal", "double", "float": .decimal
            case "boolean": .boolean
            case "date": .date
            default: .text
            }
    }

    package func accepts(_ text: String) -> Bool {
        switch self {
        case .text: true
        case .integer: Self.isInteger(text[...])
        case .decimal: Double(text) != nil && text.utf8.allSatisfy { $0 < 0x80 }
        case .boolean: ["true", "false", "1", "0"].contains(text)
        case .date: Self.isDate(text)
        }
    }

    /// The word for a sentence about a value that is none.
    var sentence: String {
        switch self {
        case .text: "ein Text"
        case .integer: "eine ganze Zahl"
        case .decimal: "eine Zahl"
        case .boolean: "true oder false"
        case .date: "ein Datum in der Form JJJJ-MM-TT"
        }
    }

    private static func isInteger(_ text: Substring) -> Bool {
        let digits = text.first == "-" || text.first == "+" ? text.dropFirst() : text
        return !digits.isEmpty && digits.utf8.allSatisfy { (48...57).contains($0) }
    }

    /// `2026-12-31`, with the time zone that XML Schema allows after it.
    private static func isDate(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return false }
        let digits = [0, 1, 2, 3, 5, 6, 8, 9].map { Int(bytes[$0]) - 48 }
        guard digits.allSatisfy({ (0...9).contains($0) }) else { return false }
        let year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3]
        let (month, day) = (digits[4] * 10 + digits[5], digits[6] * 10 + digits[7])
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length = month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
        guard (1...12).contains(month), (1...length).contains(day) else { return false }
        let zone = String(text.utf8.dropFirst(10)) ?? "?"
        return zone.isEmpty || zone == "Z" || zone.utf8.count == 6 && (zone.hasPrefix("+") || zone.hasPrefix("-"))
    }
}
