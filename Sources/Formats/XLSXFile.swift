internal import CXLSXWriter

/// Writes a table as an Excel workbook: a sheet with the rows, and one that says what was chosen.
///
/// Each row leaves memory as soon as the next one comes.
package final class XLSXFile: TableWriter {
    /// Rows of a sheet, its heading among them (Excel specifications and limits).
    static let rowLimit = 1_048_576

    private var workbook: UnsafeMutablePointer<lxw_workbook>?
    private let sheet: UnsafeMutablePointer<lxw_worksheet>
    private let bold: UnsafeMutablePointer<lxw_format>
    private let quantity: UnsafeMutablePointer<lxw_format>
    private let day: UnsafeMutablePointer<lxw_format>
    private let wrapped: UnsafeMutablePointer<lxw_format>
    private let columns: [TableColumn]
    private var rows = 0

    /// - Parameters:
    ///   - path: written when the workbook is finished; a file there is overwritten.
    ///   - title: name of the sheet.
    package init(path: String, title: String, columns: [TableColumn]) throws(FormatError) {
        var options = lxw_workbook_options()
        options.constant_memory = 1
        let broken = FormatError(reason: "Die Arbeitsmappe ließ sich nicht anlegen.", fatal: true)
        guard let workbook = workbook_new_opt(path, &options) else { throw broken }
        guard let sheet = workbook_add_worksheet(workbook, ExcelText.sheetName(title)),
            let bold = workbook_add_format(workbook), let quantity = workbook_add_format(workbook),
            let day = workbook_add_format(workbook), let wrapped = workbook_add_format(workbook)
        else {
            workbook_close(workbook)
            throw broken
        }
        (self.workbook, self.sheet, self.columns) = (workbook, sheet, columns)
        (self.bold, self.quantity, self.day, self.wrapped) = (bold, quantity, day, wrapped)
        format_set_bold(bold)
        // Shown as the reader's Excel groups digits: 47.000 in Germany.
        format_set_num_format(quantity, "#,##0")
        format_set_num_format(day, "dd.mm.yyyy")
        format_set_text_wrap(wrapped)
        for (index, column) in columns.enumerated() {
            worksheet_set_column(sheet, UInt16(index), UInt16(index), Double(column.width), nil)
        }
        worksheet_freeze_panes(sheet, 1, 0)
        for (index, column) in columns.enumerated() {
            try put(column.title, on: sheet, 0, index, bold)
        }
    }

    /// The library frees a workbook by closing it; what it writes then is thrown away with its file.
    deinit { if let workbook { workbook_close(workbook) } }

    package func row(_ cells: [TableCell]) throws(FormatError) {
        guard cells.count == columns.count else {
            throw FormatError(reason: "Die Zeile hat \(cells.count) statt \(columns.count) Zellen.", fatal: true)
        }
        rows += 1
        guard rows < XLSXFile.rowLimit else {
            throw FormatError(
                reason: "Excel fasst höchstens 1.048.575 Zeilen. Schränken Sie die Liste ein oder nehmen Sie CSV.",
                fatal: true)
        }
        for (index, cell) in cells.enumerated() {
            switch cell {
            case .empty: continue
            case .text(let text): if !text.isEmpty { try put(text, on: sheet, rows, index, nil) }
            case .number(let number):
                try check(worksheet_write_number(sheet, UInt32(rows), UInt16(index), Double(number), quantity))
            case .date(let year, let month, let dayOfMonth):
                var date = lxw_datetime()
                (date.year, date.month, date.day) = (Int32(year), Int32(month), Int32(dayOfMonth))
                try check(worksheet_write_datetime(sheet, UInt32(rows), UInt16(index), &date, day))
            }
        }
    }

    /// Adds the sheet of notes, a label and a text in each line, and writes the file.
    package func finish(notes title: String, _ lines: [(label: String, text: String)]) throws(FormatError) {
        guard let workbook else { return }
        try check(
            worksheet_autofilter(sheet, 0, 0, UInt32(max(rows, 1)), UInt16(max(columns.count, 1) - 1)))
        guard let notes = workbook_add_worksheet(workbook, ExcelText.sheetName(title)) else {
            throw FormatError(reason: "Die Arbeitsmappe ließ sich nicht schreiben.", fatal: true)
        }
        worksheet_set_column(notes, 0, 0, 24, nil)
        worksheet_set_column(notes, 1, 1, 80, nil)
        for (index, line) in lines.enumerated() {
            try put(line.label, on: notes, index, 0, bold)
            try put(line.text, on: notes, index, 1, wrapped)
        }
        self.workbook = nil
        try check(workbook_close(workbook))
    }

    private func put(
        _ text: String, on sheet: UnsafeMutablePointer<lxw_worksheet>, _ row: Int, _ column: Int,
        _ format: UnsafeMutablePointer<lxw_format>?
    ) throws(FormatError) {
        try check(worksheet_write_string(sheet, UInt32(row), UInt16(column), ExcelText.cell(text), format))
    }

    private func check(_ code: lxw_error) throws(FormatError) {
        guard code != LXW_NO_ERROR else { return }
        switch code {
        case LXW_ERROR_CREATING_XLSX_FILE, LXW_ERROR_CREATING_TMPFILE, LXW_ERROR_ZIP_FILE_OPERATION,
            LXW_ERROR_ZIP_FILE_ADD, LXW_ERROR_ZIP_CLOSE:
            throw TemporaryFile.full
        default:
            throw FormatError(
                reason: "Die Arbeitsmappe ließ sich nicht schreiben: \(String(cString: lxw_strerror(code)))",
                fatal: true)
        }
    }
}
