import TestKit
import Testing

@testable import Formats

@Suite struct XLSXFileTests {
    private func mappe(_ columns: [TableColumn], _ rows: [[TableCell]]) throws -> Arbeitsmappe {
        let file = try TemporaryFile()
        let writer = try XLSXFile(path: file.path, title: "Blatt [1]: Größe/Art? 'x'", columns: columns)
        for row in rows { try writer.row(row) }
        try writer.finish(notes: "Auswahl", [(label: "Art", text: "Stadt")])
        return try Arbeitsmappe(bytes: file.read(at: 0, count: file.byteCount))
    }

    private let spalten = [
        TableColumn("Schlüssel", width: 12), TableColumn("Zahl", width: 8), TableColumn("Tag", width: 10),
    ]

    @Test func `keys stay text, quantities and days are numbers, an empty cell is none`() throws {
        let blatt = try mappe(
            spalten,
            [
                [.text("05558"), .number(47_000), .date(year: 2026, month: 11, day: 22)],
                [.empty, .number(-3), .empty], [.text("=1+1"), .empty, .empty],
            ]
        ).blaetter[0]
        #expect(blatt.zeilen[1].map(\.art) == ["text", "zahl", "zahl"])
        // Days since 30 December 1899, as Excel counts them.
        #expect(blatt.zeilen[1].map(\.wert) == ["05558", "47000", "46348"])
        #expect(blatt.zeilen[2].map(\.wert) == ["", "-3"])
        #expect(blatt.zeilen[3][0].art == "text" && blatt.zeilen[3][0].wert == "=1+1")
    }

    @Test func `the heading is bold, stays in sight and filters all rows; columns have their widths`() throws {
        let mappe = try mappe(spalten, (0..<10).map { [.text("0\($0)"), .number($0), .empty] })
        let blatt = mappe.blaetter[0]
        #expect(blatt.zeilen[0].map(\.wert) == ["Schlüssel", "Zahl", "Tag"])
        #expect(blatt.zeilen[0].allSatisfy { mappe.fett.contains($0.stil) })
        #expect(blatt.zeilen[1].allSatisfy { !mappe.fett.contains($0.stil) })
        #expect(blatt.fixiertBis == "A2" && blatt.filter == "A1:C11" && blatt.spaltenbreiten == 3)
        #expect(blatt.name == "Blatt 1 GrößeArt ’x")
        let leer = try self.mappe(spalten, [])
        #expect(leer.blaetter[0].zeilen.count == 1 && leer.blaetter[0].filter == "A1:C2")
    }

    @Test func `texts that no cell can hold are cut, and control characters dropped`() throws {
        let long = String(repeating: "ä", count: 40_000)
        let emoji = String(repeating: "😀", count: 20_000)
        let rows: [[TableCell]] = [
            [.text(long), .empty, .empty], [.text(emoji), .empty, .empty],
            [.text("a\u{0}b\u{1}c\u{1F}d\u{7F}e\u{FFFF}f\r\ng\rh\ti"), .empty, .empty],
            [.text("_x0041_ _x00_ <&>\"'"), .empty, .empty], [.text(""), .empty, .empty],
        ]
        let blatt = try mappe(spalten, rows).blaetter[0]
        #expect(blatt.zeilen[1][0].wert == String(repeating: "ä", count: 32_766) + "…")
        #expect(blatt.zeilen[2][0].wert.utf16.count <= 32_767 && blatt.zeilen[2][0].wert.hasSuffix("😀…"))
        #expect(blatt.zeilen[3][0].wert == "abcdef\ng\nh\ti")
        #expect(blatt.zeilen[4][0].wert == "_x0041_ _x00_ <&>\"'")
    }

    @Test func `every text of a table is read as it was written`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Zufall(seed)
        let pieces = [
            "a", "ä", "🏛", "\"", ";", "\n", "'", "=", "<", "&", "_x0041_", "_", " ", "\u{A0}", "u\u{308}", "0",
        ]
        let rows = (0..<400).map { _ in
            (0..<3).map { _ in "x" + random.text(of: pieces, length: 8) + "x" }
        }
        let blatt = try mappe(spalten, rows.map { $0.map { .text($0) } }).blaetter[0]
        let read = blatt.zeilen.dropFirst().map { $0.map { Array($0.wert.utf8) } }
        #expect(read == rows.map { $0.map { Array($0.utf8) } }, "seed \(seed)")
    }

    @Test func `a row of another width and a folder that takes no file are refused with a sentence`() throws {
        let file = try TemporaryFile()
        let writer = try XLSXFile(path: file.path, title: "x", columns: spalten)
        #expect(throws: FormatError.self) { try writer.row([.empty]) }
        #expect(throws: FormatError.self) { try TemporaryFile(in: "/gibt/es/nicht") }
        let gone = try XLSXFile(path: "/gibt/es/nicht/x.xlsx", title: "x", columns: spalten)
        #expect(throws: FormatError.self) { try gone.finish(notes: "n", []) }
    }
}
