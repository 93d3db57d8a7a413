import TestKit
import Testing

@testable import Formats

@Suite struct CSVWriterTests {
    @Test func `a table is written with byte order mark, semicolons and CRLF`() {
        var writer = CSVWriter()
        writer.row(["a", "b;c", "d\"e", "", "ü"])
        #expect(writer.take() == [0xEF, 0xBB, 0xBF] + Array("a;\"b;c\";\"d\"\"e\";;ü\r\n".utf8))
        writer.row(["x"])
        #expect(writer.take() == Array("x\r\n".utf8))
    }

    @Test(arguments: ["=1+1", "+49 251", "-5", "@x", "\tx", "\rx", "'=x"])
    func `what a spreadsheet would run gets an apostrophe`(field: String) {
        var writer = CSVWriter()
        writer.row([field])
        #expect(String(decoding: writer.take(), as: UTF8.self).contains("'" + field))
    }

    @Test func `every field is read as it was written`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Zufall(seed)
        let pieces = [
            "a", "ä", "🏛", "\"", ";", ",", "\t", "\n", "\r", "\r\n", "'", "=", "+", "-", "@", " ", "\u{A0}", "u\u{308}",
            "sep=;", "0",
        ]
        for _ in 0..<300 {
            let width = Int.random(in: 1...5, using: &random)
            let header = (0..<width).map { "Spalte \($0)" }
            let rows = (0..<5).map { _ in
                (0..<width).map {
                    $0 == 0 ? "x" + random.text(of: pieces, length: 6) : random.text(of: pieces, length: 6)
                }
            }
            var writer = CSVWriter()
            writer.row(header)
            for row in rows { writer.row(row.reversed()) }
            let reader = try CSVReader(TextSource(bytes: writer.take(), name: "x"))
            var read: [[String]] = []
            while let row = try reader.next() { read.append(row.fields.reversed()) }
            #expect(reader.header == header)
            #expect(read.map { $0.map { Array($0.utf8) } } == rows.map { $0.map { Array($0.utf8) } }, "seed \(seed)")
        }
    }

    @Test func `the reader ends on any bytes, with rows, errors or both`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Zufall(seed)
        let pieces = ["a", "ä", "\"", "\"", ";", ",", "\n", "\r", "'", "=", "sep=", "\u{FEFF}"]
        for _ in 0..<2000 {
            var bytes = Array(random.text(of: pieces, length: 40).utf8)
            if !bytes.isEmpty, Int.random(in: 0..<4, using: &random) == 0 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            // A refused header is an answer too.
            guard let reader = try? CSVReader(TextSource(bytes: bytes, name: "x")) else { continue }
            var steps = 0
            var isAtEnd = false
            while !isAtEnd, steps <= bytes.count {
                steps += 1
                do {
                    let row = try reader.next()
                    isAtEnd = row == nil
                    #expect(row == nil || row?.fields.count == reader.header.count, "seed \(seed)")
                    #expect(row?.fields.count == row?.columns.count, "seed \(seed)")
                } catch {
                    #expect(error.line > 0, "seed \(seed)")
                }
            }
            #expect(isAtEnd, "seed \(seed), \(bytes)")
        }
    }
}
