import Foundation
import TestKit
import Testing

@testable import Formats

@Suite struct TextSourceTests {
    private func lines(_ bytes: [UInt8], limits: TextLimits = .standard) throws -> [TextLine] {
        let source = try TextSource(bytes: bytes, name: "probe.csv", limits: limits)
        var lines: [TextLine] = []
        while let line = try source.nextLine() { lines.append(line) }
        return lines
    }

    private func refusal(_ bytes: [UInt8], limits: TextLimits = .standard) -> FormatError? {
        do {
            _ = try lines(bytes, limits: limits)
            return nil
        } catch {
            return error as? FormatError
        }
    }

    @Test func `line feed, carriage return with line feed, and no ending at the end are told apart`() throws {
        let expected = [
            TextLine(number: 1, text: "a", ending: .lf), TextLine(number: 2, text: "", ending: .crlf),
            TextLine(number: 3, text: "b\r", ending: .crlf), TextLine(number: 4, text: "c", ending: .none),
        ]
        #expect(try lines(Array("a\n\r\nb\r\r\nc".utf8)) == expected)
    }

    @Test func `a lone carriage return ends lines where there is no line feed`() throws {
        #expect(try lines(Array("a\rb\r".utf8)).map(\.text) == ["a", "b"])
    }

    @Test func `a byte order mark is no part of the text`() throws {
        let source = try TextSource(bytes: [0xEF, 0xBB, 0xBF] + Array("ä".utf8), name: "x")
        #expect(source.encoding == .utf8BOM)
        #expect(source.byteCount == 5)
        #expect(try source.nextLine()?.text == "ä")
    }

    @Test func `text that is no UTF-8 is read as Windows-1252`() throws {
        let source = try TextSource(bytes: [0x4D, 0xFC, 0x6E, 0x80, 0x96, 0x9F, 0xFF], name: "x")
        #expect(source.encoding == .windows1252)
        #expect(try source.nextLine()?.text == "Mün€–Ÿÿ")
    }

    @Test func `Windows-1252 agrees with Foundation on every byte it defines`() throws {
        for byte in UInt8(1)...255 where !Windows1252.undefined.contains(byte) {
            let decoded = [byte].withUnsafeBytes(Windows1252.decode)
            #expect(decoded == String(data: Data([byte]), encoding: .windowsCP1252), "byte \(byte)")
        }
    }

    @Test(arguments: Windows1252.undefined)
    func `a byte that neither encoding knows is refused with its line`(byte: UInt8) {
        let error = refusal([0x61, 0x0A, 0xFC, byte])
        #expect(error?.line == 2)
        #expect(error?.reason.contains("als UTF-8 speichern") == true)
    }

    @Test func `text that was encoded twice is left alone`() throws {
        #expect(try lines(Array("MÃ¼nster".utf8)).map(\.text) == ["MÃ¼nster"])
    }

    @Test func `a file of another kind is named in the refusal`() {
        let zip: [UInt8] = [0x50, 0x4B, 0x03, 0x04, 0]
        let cases: [([UInt8], String)] = [
            (zip + Array("[Content_Types].xml".utf8), "Excel-Datei (XLSX)"),
            (zip + Array("mimetypeapplication/vnd.oasis.opendocument".utf8), "LibreOffice"),
            (zip, "ZIP-Datei"), (Array("%PDF-1.7".utf8), "PDF"), ([0xD0, 0xCF, 0x11, 0xE0, 0], "alte Excel-Datei"),
            ([0xFF, 0xFE, 0x61, 0], "UTF-16"), ([0, 0, 0xFE, 0xFF], "UTF-32"), ([0x61, 0x0A, 0], "Null-Bytes"),
        ]
        for (bytes, word) in cases {
            #expect(refusal(bytes)?.reason.contains(word) == true, "\(word)")
            #expect(refusal(bytes)?.fatal == true)
        }
    }

    @Test func `an empty, missing, unreadable or special file is refused with a sentence`() throws {
        #expect(refusal([])?.reason.contains("ist leer") == true)
        let cases = [("/gibt/es/nicht.csv", "gibt es nicht"), ("/", "Ordner"), ("/dev/null", "keine gewöhnliche")]
        for (path, word) in cases {
            let error = #expect(throws: FormatError.self) { _ = try TextSource(path: path) }
            #expect(error?.reason.contains(word) == true, "\(path)")
        }
    }

    @Test func `a file is read like its bytes`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).txt").path
        defer { try? FileManager.default.removeItem(atPath: path) }  // A file left behind breaks no test.
        let text = (1...20_000).map { "Zeile \($0) äöü€" }.joined(separator: "\r\n")
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        let source = try TextSource(path: path)
        var texts: [String] = []
        while let line = try source.nextLine() { texts.append(line.text) }
        #expect(source.encoding == .utf8)
        #expect(texts.joined(separator: "\r\n") == text)
    }

    @Test func `a line as long as the limit is read and one byte more refused with its number`() throws {
        let limits = TextLimits(lineBytes: 5)
        #expect(try lines(Array("12345\r\n12345".utf8), limits: limits).count == 2)
        let error = refusal(Array("1\n123456\n2\n".utf8), limits: limits)
        #expect(error?.line == 2)
        #expect(error?.fatal == true)
    }

    @Test func `an endless line is refused before it is in memory`() {
        let error = refusal([UInt8](repeating: 0x61, count: 8 << 20))
        #expect(error?.line == 1)
    }

    @Test func `the check for UTF-8 agrees with the standard library wherever a block ends`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Zufall(seed)
        let units: [[UInt8]] = [
            [0x41], Array("ä".utf8), Array("€".utf8), Array("🏛".utf8), [0xC0], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5], [0x80], [0xE2, 0x82], Array(repeating: 0x42, count: 40),
        ]
        for _ in 0..<2000 {
            let good = Bool.random(using: &random)
            let bytes = (0..<Int.random(in: 0...12, using: &random)).flatMap { _ in
                (good ? units[0...3].randomElement(using: &random) : units.randomElement(using: &random)) ?? []
            }
            let cut = Int.random(in: 0...bytes.count, using: &random)
            var check = UTF8Check()
            let isValid = bytes.withUnsafeBytes { all in
                check.add(UnsafeRawBufferPointer(rebasing: all[..<cut]))
                    && check.add(UnsafeRawBufferPointer(rebasing: all[cut...])) && check.isComplete
            }
            #expect(isValid == (String(validating: bytes, as: UTF8.self) != nil), "seed \(seed), \(bytes), cut \(cut)")
        }
    }
}
