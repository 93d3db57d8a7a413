import Glibc

/// Looks through a whole text, block by block, and says how its characters are stored.
struct EncodingCheck {
    /// Whether any line ends with a line feed; in a text without one the carriage return ends lines.
    private(set) var hasLineFeed = false
    private var line = 1
    private var isFirstBlock = true
    private var isUTF8 = true
    private var hasBOM = false
    /// The first byte that Windows-1252 does not define, and its line.
    private var undefined: (byte: UInt8, line: Int)?
    private var utf8 = UTF8Check()

    mutating func add(_ block: UnsafeRawBufferPointer) throws(FormatError) {
        guard let start = block.baseAddress else { return }
        if isFirstBlock {
            isFirstBlock = false
            if let reason = Self.foreignKind(block) { throw FormatError(reason: reason, fatal: true) }
            hasBOM = block.starts(with: [0xEF, 0xBB, 0xBF])
        }
        if !hasLineFeed { hasLineFeed = memchr(start, 0x0A, block.count) != nil }
        if let zero = memchr(start, 0, block.count) {
            throw FormatError(
                line: line + Self.lineFeeds(block, before: UnsafeRawPointer(zero) - start),
                reason: "Die Datei enthält Null-Bytes und ist kein lesbarer Text. "
                    + "Bitte als CSV im Zeichensatz UTF-8 speichern.",
                fatal: true)
        }
        if isUTF8 { isUTF8 = utf8.add(block) }
        if undefined == nil { findUndefined(block) }
        line += Self.lineFeeds(block, before: block.count)
    }

    /// The encoding, once every block was added.
    func encoding() throws(FormatError) -> TextEncoding {
        if isUTF8, utf8.isComplete { return hasBOM ? .utf8BOM : .utf8 }
        if hasBOM {
            throw FormatError(
                reason: "Die Datei kündigt UTF-8 an, enthält aber ungültige Zeichen. Bitte neu als UTF-8 speichern.",
                fatal: true)
        }
        if let undefined {
            throw FormatError(
                line: undefined.line,
                reason: "Die Datei ist weder UTF-8 noch Windows-1252 "
                    + "(Byte \(String(undefined.byte, radix: 16, uppercase: true))). Bitte als UTF-8 speichern.",
                fatal: true)
        }
        return .windows1252
    }

    private mutating func findUndefined(_ block: UnsafeRawBufferPointer) {
        guard let start = block.baseAddress else { return }
        var first = block.count
        for byte in Windows1252.undefined {
            if let found = memchr(start, Int32(byte), first) { first = UnsafeRawPointer(found) - start }
        }
        if first < block.count { undefined = (block[first], line + Self.lineFeeds(block, before: first)) }
    }

    private static func lineFeeds(_ block: UnsafeRawBufferPointer, before end: Int) -> Int {
        guard let start = block.baseAddress else { return 0 }
        var count = 0
        var position = 0
        while position < end, let found = memchr(start + position, 0x0A, end - position) {
            position = UnsafeRawPointer(found) - start + 1
            count += 1
        }
        return count
    }

    /// A sentence when the first bytes show a file that is no text in a readable encoding.
    private static func foreignKind(_ block: UnsafeRawBufferPointer) -> String? {
        let asCSV = "bitte als CSV speichern."
        if block.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            if contains(block, "opendocument") { return "Das ist eine LibreOffice-Datei, \(asCSV)" }
            if contains(block, "[Content_Types].xml") || contains(block, "xl/") {
                return "Das ist eine Excel-Datei (XLSX), \(asCSV)"
            }
            return "Das ist eine ZIP-Datei, bitte entpacken und die CSV-Datei darin wählen."
        }
        if block.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) { return "Das ist eine alte Excel-Datei (XLS), \(asCSV)" }
        if block.starts(with: Array("%PDF-".utf8)) { return "Das ist eine PDF-Datei, \(asCSV)" }
        if block.starts(with: [0x1F, 0x8B]) { return "Das ist eine gepackte Datei (GZIP), bitte zuerst entpacken." }
        if block.starts(with: [0xFF, 0xFE, 0, 0]) || block.starts(with: [0, 0, 0xFE, 0xFF]) {
            return "Die Datei ist als UTF-32 gespeichert, bitte als UTF-8 speichern."
        }
        if block.starts(with: [0xFF, 0xFE]) || block.starts(with: [0xFE, 0xFF]) {
            return "Die Datei ist als UTF-16 („Unicode-Text“) gespeichert, bitte als UTF-8 speichern."
        }
        return nil
    }

    private static func contains(_ block: UnsafeRawBufferPointer, _ text: String) -> Bool {
        block.contains(Array(text.utf8))
    }
}
