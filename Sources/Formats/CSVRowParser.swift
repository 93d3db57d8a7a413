/// Takes the lines of one row apart into fields.
struct CSVRowParser {
    let delimiter: UInt8
    let limits: CSVLimits

    private enum State { case start, plain, quoted, afterQuote }

    private static let quote = UInt8(ascii: "\"")

    private var state = State.start
    private var fields: [String] = []
    private var columns: [Int] = []
    private var field: [UInt8] = []
    private var rowBytes = 0
    private var column = 1
    private var fieldColumn = 1
    private var fieldLine = 0
    private var line = 0
    /// The first fault of the row; the row is still read to its end, so that the next one begins where it should.
    private var fault: FormatError?

    init(delimiter: UInt8, limits: CSVLimits) {
        self.delimiter = delimiter
        self.limits = limits
    }

    /// The row that begins with `first`; takes further lines from `source` while a quoted field is open.
    mutating func row(from first: TextLine, in source: TextSource) throws(FormatError) -> CSVRow {
        begin()
        var current = first
        while true {
            line = current.number
            column = 1
            scan(current.text)
            guard state == .quoted else { break }
            field.append(contentsOf: current.ending.rawValue.utf8)
            if field.count > limits.fieldBytes { throw unterminated() }
            guard let following = try source.nextLine() else { throw unterminated() }
            current = following
        }
        endField()
        if let fault { throw fault }
        return CSVRow(line: first.number, fields: fields, columns: columns)
    }

    private mutating func begin() {
        state = .start
        fields.removeAll(keepingCapacity: true)
        columns.removeAll(keepingCapacity: true)
        field.removeAll(keepingCapacity: true)
        rowBytes = 0
        fieldColumn = 1
        fault = nil
    }

    private mutating func scan(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if byte == delimiter, state != .quoted {
                    endField()
                    column += 1
                    fieldColumn = column
                    index += 1
                    continue
                }
                if byte == Self.quote, state != .plain {
                    quoteMark()
                    column += 1
                    index += 1
                    continue
                }
                if state == .afterQuote {
                    note(
                        "Nach dem schließenden Anführungszeichen folgt noch Text. "
                            + "Bitte Anführungszeichen im Feld verdoppeln.", column: column)
                    state = .plain
                } else if state == .start {
                    state = .plain
                }
                // Everything up to the next byte that could mean something belongs to the field.
                let end = state == .quoted ? Self.quote : delimiter
                let begin = index
                while index < bytes.count, bytes[index] != end {
                    if bytes[index] & 0xC0 != 0x80 { column += 1 }
                    index += 1
                }
                field.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[begin..<index]))
            }
        }
    }

    private mutating func quoteMark() {
        switch state {
        case .start:
            state = .quoted
            fieldLine = line
        case .quoted: state = .afterQuote
        case .afterQuote:
            field.append(Self.quote)
            state = .quoted
        case .plain: break
        }
    }

    private mutating func endField() {
        rowBytes += field.count
        if field.count > limits.fieldBytes {
            note("Das Feld ist länger als \(limits.fieldBytes) Bytes. Bitte kürzen.", column: fieldColumn)
        } else if rowBytes > limits.rowBytes {
            note("Die Zeile ist insgesamt länger als \(limits.rowBytes) Bytes. Bitte kürzen.", column: fieldColumn)
        } else if fields.count == limits.fieldsPerRow {
            note(
                "Die Zeile hat mehr als \(limits.fieldsPerRow) Felder. Bitte das Trennzeichen prüfen.",
                column: fieldColumn)
        }
        if fault == nil {
            fields.append(FormulaGuard.undone(field))
            columns.append(fieldColumn)
        }
        field.removeAll(keepingCapacity: true)
        state = .start
    }

    private mutating func note(_ reason: String, column: Int) {
        guard fault == nil else { return }
        fault = FormatError(line: line, column: column, reason: reason)
    }

    private func unterminated() -> FormatError {
        FormatError(
            line: fieldLine, column: fieldColumn,
            reason:
                "Das Anführungszeichen, das hier beginnt, wird nicht geschlossen. Bitte am Ende des Feldes ergänzen.",
            fatal: true)
    }
}
