/// Reads a genericode 1.0 code list row by row, whatever its length, and checks each row against its columns.
///
/// A row with a fault is thrown as an error that is not fatal; reading goes on with the next one.
package final class GenericodeReader {
    package let header: Genericode
    /// Rows read so far, those with a fault included.
    package private(set) var rowCount = 0

    private let xml: XMLReader
    private let limits: GenericodeLimits
    private let positions: [String: Int]
    /// For each key its values, as hashes of 64 bits, with the line where they stand. Among a million rows two
    /// different ones share a hash once in forty million files.
    private var seen: [[Int: Int32]]
    private var isDone = false

    /// Reads up to the first row.
    package init(_ xml: XMLReader, limits: GenericodeLimits = .standard) throws(FormatError) {
        (header, positions) = try GenericodeHeader.read(xml, limits)
        seen = header.keys.map { _ in [:] }
        (self.xml, self.limits) = (xml, limits)
    }

    /// The next row, nil when the document was read to its end.
    package func next() throws(FormatError) -> GenericodeRow? {
        guard !isDone else { return nil }
        do throws(FormatError) {
            while let child = try xml.nextChild() {
                guard child.genericodeName == "Row" else {
                    try xml.skipElement()
                    continue
                }
                rowCount += 1
                guard rowCount <= limits.rows else {
                    throw FormatError(
                        line: child.line, reason: "Die Codeliste hat mehr als \(limits.rows) Einträge.", fatal: true)
                }
                return try row(child.line)
            }
            // What follows has to be well-formed to its end, or the file was cut off.
            while try xml.next() != nil {}
            isDone = true
            return nil
        } catch {
            isDone = error.fatal
            throw error
        }
    }

    private func row(_ line: Int) throws(FormatError) -> GenericodeRow {
        var values: [String?] = header.columns.map { _ in nil }
        var isNamed = header.columns.map { _ in false }
        var fault: FormatError?
        var next = 0
        while let child = try xml.nextChild() {
            guard child.genericodeName == "Value" else {
                try xml.skipElement()
                continue
            }
            // Without a name it is the value of the column after the one before.
            let reference = child["ColumnRef"]
            let position = reference.map { positions[$0] } ?? (next < header.columns.count ? next : nil)
            guard let position, !isNamed[position] else {
                fault = fault ?? misplaced(reference, position, child.line)
                try xml.skipElement()
                continue
            }
            isNamed[position] = true
            next = position + 1
            do throws(FormatError) { values[position] = try value(header.columns[position]) } catch {
                if error.fatal { throw error }
                fault = fault ?? error
            }
        }
        if let found = fault ?? missing(values, line) { throw found }
        try register(values, line)
        return GenericodeRow(line: line, values: values)
    }

    private func value(_ column: Genericode.Column) throws(FormatError) -> String? {
        var text: String?
        var fault: FormatError?
        while let child = try xml.nextChild() {
            switch child.genericodeName {
            case "SimpleValue": text = try xml.elementText().collapsed
            case "ComplexValue":
                fault = FormatError(
                    line: child.line, field: column.id,
                    reason: "Zusammengesetzte Werte (ComplexValue) werden nicht gelesen."
                )
                try xml.skipElement()
            default: try xml.skipElement()
            }
        }
        if let fault { throw fault }
        guard let text, !text.isEmpty else { return nil }
        guard column.type.accepts(text) else {
            throw FormatError(
                line: xml.line, field: column.id, reason: "„\(text.prefix(40))“ ist nicht \(column.type.sentence).")
        }
        return text
    }

    private func misplaced(_ reference: String?, _ position: Int?, _ line: Int) -> FormatError {
        let reason =
            if position != nil {
                "Der Eintrag nennt diese Spalte zweimal."
            } else if let reference {
                "Die Spalte „\(reference.prefix(80))“ (ColumnRef) gibt es in dieser Codeliste nicht."
            } else {
                "Der Eintrag hat mehr Werte, als es Spalten gibt."
            }
        return FormatError(
            line: line, field: position.map { header.columns[$0].id } ?? "ColumnRef", reason: reason)
    }

    private func missing(_ values: [String?], _ line: Int) -> FormatError? {
        for (position, column) in header.columns.enumerated() where column.isRequired && values[position] == nil {
            return FormatError(
                line: line, field: column.id,
                reason: "Der Eintrag hat in der Spalte „\(column.id)“ keinen Wert, sie muss aber einen haben.")
        }
        return nil
    }

    private func register(_ values: [String?], _ line: Int) throws(FormatError) {
        var hashes: [Int?] = []
        for (index, key) in header.keys.enumerated() {
            let parts = key.columns.map { values[$0] }
            // A key of optional columns need not be defined in each row.
            guard parts.allSatisfy({ $0 != nil }) else {
                hashes.append(nil)
                continue
            }
            let hash = parts.hashValue
            if let first = seen[index][hash] {
                let text = parts.compactMap { $0 }.joined(separator: " | ")
                throw FormatError(
                    line: line, field: header.columns[key.columns[0]].id,
                    reason: "Der Schlüssel „\(text.prefix(80))“ steht schon in Zeile \(first).")
            }
            hashes.append(hash)
        }
        for (index, hash) in hashes.enumerated() {
            if let hash { seen[index][hash] = Int32(clamping: line) }
        }
    }
}
