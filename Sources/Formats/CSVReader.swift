/// One row of a table, with the start column of each field for messages.
package struct CSVRow: Sendable, Equatable {
    /// The line on which the row begins, counted from 1.
    package let line: Int
    /// As many as the header has; missing ones at the end are empty. Blanks around a value are still there.
    package let fields: [String]
    /// Where each field begins in its line, counted in characters from 1.
    package let columns: [Int]

    package init(line: Int, fields: [String], columns: [Int]) {
        self.line = line
        self.fields = fields
        self.columns = columns
    }
}

/// How much of a table is taken into memory at once.
package struct CSVLimits: Sendable {
    package var fieldsPerRow: Int
    package var fieldBytes: Int
    package var rowBytes: Int

    package init(fieldsPerRow: Int = 200, fieldBytes: Int = 1 << 20, rowBytes: Int = 4 << 20) {
        self.fieldsPerRow = fieldsPerRow
        self.fieldBytes = fieldBytes
        self.rowBytes = rowBytes
    }

    package static let standard = CSVLimits()
}

/// Reads tables as RFC 4180 describes them, also with semicolons or tabs and the `sep=;` line of Excel.
///
/// The apostrophe that `CSVWriter` puts before formulas is taken off again. After an error that is not fatal, reading
/// may go on with the next row.
package final class CSVReader {
    /// The names of the columns, without blanks around them.
    package let header: [String]
    package let headerLine: Int
    /// `;`, `,`, `|` or a tab.
    package let delimiter: UInt8

    private let source: TextSource
    private var parser: CSVRowParser
    private var isAtEnd = false

    /// Reads the header; the delimiter is the one of `;`, `,` and tab that occurs most in it.
    package init(_ source: TextSource, limits: CSVLimits = .standard) throws(FormatError) {
        var line = try Self.nextFilledLine(source)
        var announced: UInt8?
        if let text = line?.text, let delimiter = Self.announcedDelimiter(text) {
            announced = delimiter
            line = try Self.nextFilledLine(source)
        }
        guard let line else {
            throw FormatError(
                reason: "Die Datei enthält keine Kopfzeile. Bitte die Namen der Spalten in die erste Zeile schreiben.",
                fatal: true)
        }
        var parser = CSVRowParser(delimiter: announced ?? Self.frequentDelimiter(line.text), limits: limits)
        let row: CSVRow
        do {
            row = try parser.row(from: line, in: source)
        } catch {
            var error = error
            error.fatal = true
            throw error
        }
        self.source = source
        self.parser = parser
        delimiter = parser.delimiter
        header = row.fields.map(CSVHeader.trimmed)
        headerLine = row.line
    }

    /// The next row that is not empty, nil at the end and after a fatal error.
    package func next() throws(FormatError) -> CSVRow? {
        while !isAtEnd {
            do {
                guard let line = try source.nextLine() else { break }
                if line.text.isEmpty { continue }
                let row = try parser.row(from: line, in: source)
                if row.fields.allSatisfy(Self.isBlank) { continue }
                return try completed(row)
            } catch {
                isAtEnd = error.fatal
                throw error
            }
        }
        isAtEnd = true
        return nil
    }

    private func completed(_ row: CSVRow) throws(FormatError) -> CSVRow {
        let missing = header.count - row.fields.count
        if missing == 0 { return row }
        guard missing > 0 else {
            throw FormatError(
                line: row.line, column: row.columns[header.count],
                reason: "Die Zeile hat \(row.fields.count) Felder, die Kopfzeile aber nur \(header.count). "
                    + "Bitte Felder, die ein Trennzeichen enthalten, in Anführungszeichen setzen.")
        }
        let end = row.columns.last ?? 1
        return CSVRow(
            line: row.line, fields: row.fields + Array(repeating: "", count: missing),
            columns: row.columns + Array(repeating: end, count: missing))
    }

    private static func nextFilledLine(_ source: TextSource) throws(FormatError) -> TextLine? {
        while let line = try source.nextLine() {
            if !line.text.utf8.allSatisfy(" \t;,|\"".utf8.contains) { return line }
        }
        return nil
    }

    private static func isBlank(_ text: String) -> Bool { text.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 } }

    private static func announcedDelimiter(_ text: String) -> UInt8? {
        let bytes = text.utf8.filter { $0 != UInt8(ascii: "\"") }
        guard bytes.count == 5, String(decoding: bytes.prefix(4), as: UTF8.self).lowercased() == "sep=",
            ";,\t|".utf8.contains(bytes[4])
        else { return nil }
        return bytes[4]
    }

    private static func frequentDelimiter(_ text: String) -> UInt8 {
        var counts: [UInt8: Int] = [:]
        var isQuoted = false
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted { counts[byte, default: 0] += 1 }
        }
        var best = UInt8(ascii: ";")
        for candidate in ";\t,".utf8 where counts[candidate, default: 0] > counts[best, default: 0] { best = candidate }
        return best
    }
}
