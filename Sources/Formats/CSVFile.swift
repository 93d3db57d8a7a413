/// Writes a table as CSV into a file, a piece at a time.
package final class CSVFile: TableWriter {
    private let file: TemporaryFile
    private var writer = CSVWriter()
    private var pending = 0

    package init(_ file: TemporaryFile, columns: [TableColumn]) {
        self.file = file
        writer.row(columns.map(\.title))
    }

    package func row(_ cells: [TableCell]) throws(FormatError) {
        writer.row(cells.map(\.plain))
        pending += 1
        if pending == 500 { try flush() }
    }

    /// Writes what is left.
    package func finish() throws(FormatError) { try flush() }

    private func flush() throws(FormatError) {
        try file.append(writer.take())
        pending = 0
    }
}

extension TableCell {
    fileprivate var plain: String {
        switch self {
        case .empty: ""
        case .text(let text): text
        case .number(let number): String(number)
        case .date(let year, let month, let day):
            [(year, 4), (month, 2), (day, 2)].map { number, width in
                let digits = String(number)
                return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
            }.joined(separator: "-")
        }
    }
}
