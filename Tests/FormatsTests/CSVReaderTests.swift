import Testing

@testable import Formats

@Suite struct CSVReaderTests {
    private func reader(_ text: String, limits: CSVLimits = .standard) throws -> CSVReader {
        try CSVReader(TextSource(bytes: Array(text.utf8), name: "probe.csv"), limits: limits)
    }

    /// Rows and errors in the order in which they come.
    private func read(_ text: String, limits: CSVLimits = .standard) throws -> (rows: [CSVRow], errors: [FormatError]) {
        let reader = try reader(text, limits: limits)
        var rows: [CSVRow] = []
        var errors: [FormatError] = []
        while true {
            do {
                guard let row = try reader.next() else { return (rows, errors) }
                rows.append(row)
            } catch {
                errors.append(error)
            }
        }
    }

    @Test(arguments: [";", ",", "\t"])
    func `the delimiter is the one that the header uses most`(delimiter: String) throws {
        let other = delimiter == ";" ? "," : ";"
        let text = "a\(delimiter)\"x\(other)\(other)\(other)\"\(delimiter)c\n1\(delimiter)2\(other)\(delimiter)3"
        #expect(try read(text).rows.map(\.fields) == [["1", "2\(other)", "3"]])
    }

    @Test func `the first line of Excel that announces the delimiter is honoured`() throws {
        let reader = try reader("sep=,\r\na,\"b;c;d\"\r\n1,2\r\n")
        #expect(reader.header == ["a", "b;c;d"])
        #expect(reader.headerLine == 2)
        #expect(try reader.next()?.fields == ["1", "2"])
    }

    @Test func `names in the header lose the byte order mark and blanks around them`() throws {
        #expect(try reader("\u{FEFF} Name ;\u{A0}Ort\n").header == ["Name", "Ort"])
    }

    @Test func `blank lines and rows of empty fields are skipped but counted`() throws {
        let rows = try read("\n;;\na;b\n\n ;\n\"\";\n1;2\n").rows
        #expect(rows == [CSVRow(line: 7, fields: ["1", "2"], columns: [1, 3])])
    }

    @Test func `a quoted field may contain delimiters, quotes and lines`() throws {
        let rows = try read("a;b\n\"x;\"\"y\"\"\r\nz\";2\n3;4").rows
        #expect(rows.map(\.fields) == [["x;\"y\"\r\nz", "2"], ["3", "4"]])
        #expect(rows.map(\.line) == [2, 4])
    }

    @Test func `columns are counted in characters, not bytes`() throws {
        #expect(try read("a;b;c\näöü;\"€\";x").rows.first?.columns == [1, 5, 9])
    }

    @Test func `missing fields at the end are empty and surplus fields are an error of that row alone`() throws {
        let result = try read("a;b\n1\n1;2;3\n4;5\n")
        #expect(result.rows.map(\.fields) == [["1", ""], ["4", "5"]])
        #expect(result.errors.map(\.line) == [3])
        #expect(result.errors.first?.column == 5)
        #expect(result.errors.first?.fatal == false)
    }

    @Test func `text after a closing quote is an error of that row alone`() throws {
        let result = try read("a;b\n\"x\"y;\"z\nz\"\n3;4\n")
        #expect(result.rows.map(\.fields) == [["3", "4"]])
        #expect(result.errors.map(\.line) == [2])
        #expect(result.errors.first?.column == 4)
    }

    @Test func `a quote that is never closed ends reading and names the line where it began`() throws {
        let result = try read("a;b\n1;2\n3;\"x\n4;5\n6;7\n")
        #expect(result.rows.count == 1)
        #expect(result.errors.map(\.line) == [3])
        #expect(result.errors.first?.column == 3)
        #expect(result.errors.first?.fatal == true)
    }

    @Test func `an open quote is given up at the limit of a field`() throws {
        let text = "a\n\"" + String(repeating: "0123456789\n", count: 20)
        let result = try read(text, limits: CSVLimits(fieldBytes: 50))
        #expect(result.errors.map(\.line) == [2])
        #expect(result.errors.first?.fatal == true)
    }

    @Test func `too many fields, long fields and long rows are errors of that row`() throws {
        let limits = CSVLimits(fieldsPerRow: 3, fieldBytes: 6, rowBytes: 10)
        let result = try read("a;b;c\n1;2;3;4\n1234567;2\n123456;12345\n1;2;3\n", limits: limits)
        #expect(result.errors.map(\.line) == [2, 3, 4])
        #expect(result.rows.map(\.line) == [5])
    }

    @Test func `a file without a header is refused`() {
        let error = #expect(throws: FormatError.self) { _ = try reader("\n;;\n  \n") }
        #expect(error?.reason.contains("Kopfzeile") == true)
    }

    @Test func `columns are found whatever their case, blanks and umlauts`() throws {
        let reader = try reader("ZUSTA\u{308}NDIGE Stelle;gueltig-von;Rest\n  x ;'=1+1;z\n")
        let header = try CSVHeader(reader.header, required: ["Zuständige Stelle"], known: ["Gültig von", "Ende"])
        let row = try #require(try reader.next())
        #expect(header[row, "Zuständige Stelle"] == "x")
        #expect(header[row, "Gültig von"] == "=1+1")
        #expect(header[row, "Ende"] == "")
        #expect(header.column(of: "Gültig von", in: row) == 6)
        #expect(header.column(of: "Ende", in: row) == nil)
        #expect(header.contains("Gültig von") && !header.contains("Ende"))
        #expect(header.unknown == ["Rest"])
        let error = FormatError(line: 2, column: 6, field: "Gültig von", reason: "Kein Datum.")
        #expect(header.error("Kein Datum.", in: row, field: "Gültig von") == error)
    }

    @Test func `missing columns are listed beside those that were found`() {
        let error = #expect(throws: FormatError.self) {
            _ = try CSVHeader(["Name", "Ort"], required: ["Name", "Schlüssel", "Stand"])
        }
        #expect(error?.reason.contains("„Schlüssel“, „Stand“") == true)
        #expect(error?.reason.contains("„Name“, „Ort“") == true)
    }

    @Test func `a known column that stands twice is refused`() {
        let error = #expect(throws: FormatError.self) {
            _ = try CSVHeader(["Name", "x", "x", "NAME"], required: ["Name"])
        }
        #expect(error?.reason.contains("zweimal") == true)
    }
}
