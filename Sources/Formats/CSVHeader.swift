/// Finds the columns of a table by name, whatever their order, case, blanks and spelling of umlauts.
package struct CSVHeader: Sendable {
    /// Columns of the table that nobody asked for.
    package let unknown: [String]

    private let positions: [String: Int]
    private let names: Set<String>

    /// - Throws: `FormatError` when a required column is missing or a known one stands twice.
    package init(
        _ header: [String], required: [String], known: [String] = [], line: Int = 1
    ) throws(FormatError) {
        let names = Set((required + known).map(Self.key))
        var positions: [String: Int] = [:]
        var unknown: [String] = []
        for (position, name) in header.enumerated() where !name.isEmpty {
            let key = Self.key(name)
            guard names.contains(key) else {
                unknown.append(name)
                continue
            }
            if let earlier = positions[key] {
                throw FormatError(
                    line: line, field: name,
                    reason: "Die Spalte „\(name)“ steht zweimal in der Kopfzeile (Spalte \(earlier + 1) und "
                        + "\(position + 1)). Bitte eine davon entfernen.",
                    fatal: true)
            }
            positions[key] = position
        }
        let missing = required.filter { positions[Self.key($0)] == nil }
        guard missing.isEmpty else {
            throw FormatError(
                line: line, field: missing.first,
                reason: "In der Kopfzeile \(missing.count == 1 ? "fehlt" : "fehlen") \(Self.list(missing)). "
                    + "Gefunden: \(Self.list(header.filter { !$0.isEmpty })).",
                fatal: true)
        }
        self.names = names
        self.positions = positions
        self.unknown = unknown
    }

    /// Whether the table has the column.
    package func contains(_ name: String) -> Bool { positions[Self.key(name)] != nil }

    /// The value without blanks around it; empty when the table lacks the column.
    package subscript(row: CSVRow, name: String) -> String {
        guard let position = position(of: name, in: row) else { return "" }
        return Self.trimmed(row.fields[position])
    }

    /// Where the field begins in its line, nil when the table lacks the column.
    package func column(of name: String, in row: CSVRow) -> Int? {
        position(of: name, in: row).map { row.columns[$0] }
    }

    /// An error at the place of a field.
    package func error(_ reason: String, in row: CSVRow, field name: String) -> FormatError {
        FormatError(line: row.line, column: column(of: name, in: row), field: name, reason: reason)
    }

    private func position(of name: String, in row: CSVRow) -> Int? {
        let key = Self.key(name)
        assert(names.contains(key), "column \(name) was not declared")
        guard let position = positions[key], position < row.fields.count else { return nil }
        return position
    }

    /// Without blanks, also hard ones, at both ends.
    static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.first, let last = scalars.last else { return text }
        guard first.properties.isWhitespace || last.properties.isWhitespace else { return text }
        var rest = scalars[...]
        while rest.first?.properties.isWhitespace == true { rest.removeFirst() }
        while rest.last?.properties.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }

    private static func key(_ name: String) -> String {
        var key = ""
        for character in name.lowercased() {
            switch character {
            // A Character equals its decomposed spelling, so both forms of an umlaut come here.
            case "ä": key += "ae"
            case "ö": key += "oe"
            case "ü": key += "ue"
            case "ß": key += "ss"
            case "-", "_": continue
            default: if !character.isWhitespace { key.append(character) }
            }
        }
        return key
    }

    private static func list(_ names: [String]) -> String {
        names.isEmpty ? "keine Spalten" : names.map { "„\($0)“" }.joined(separator: ", ")
    }
}
