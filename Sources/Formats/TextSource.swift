import Glibc

/// Reads a text line by line in constant memory, whatever its size.
///
/// The first pass over the whole text finds its encoding: UTF-8 with or without byte order mark, otherwise
/// Windows-1252. What is neither, or no text at all, is refused with a sentence that says what to do.
package final class TextSource {
    package let name: String
    package let encoding: TextEncoding
    package let byteCount: Int

    private let source: ByteSource
    private let limits: TextLimits
    private let terminator: UInt8
    /// What is still unread of the current block of `source`.
    private var rest = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The beginning of a line that reaches over the end of a block.
    private var carried: [UInt8] = []
    private var lineNumber = 0
    private var isAtEnd = false

    /// Opens a file; `name` in sentences is the last part of the path.
    package convenience init(path: String, limits: TextLimits = .standard) throws(FormatError) {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        try self.init(ByteSource(path: path, name: name), name: name, limits: limits)
    }

    package convenience init(bytes: [UInt8], name: String, limits: TextLimits = .standard) throws(FormatError) {
        try self.init(ByteSource(array: bytes), name: name, limits: limits)
    }

    private init(_ source: ByteSource, name: String, limits: TextLimits) throws(FormatError) {
        guard source.byteCount > 0 else {
            throw FormatError(reason: "Die Datei „\(name)“ ist leer. Bitte eine Datei mit Inhalt wählen.", fatal: true)
        }
        var check = EncodingCheck()
        while true {
            let block = try source.next()
            if block.isEmpty { break }
            try check.add(block)
        }
        self.name = name
        self.source = source
        self.limits = limits
        encoding = try check.encoding()
        byteCount = source.byteCount
        terminator = check.hasLineFeed ? 0x0A : 0x0D
        source.restart(at: encoding == .utf8BOM ? 3 : 0)
    }

    /// The next line, nil at the end. After an error there are no further lines.
    package func nextLine() throws(FormatError) -> TextLine? {
        guard !isAtEnd else { return nil }
        do {
            return try scan()
        } catch {
            isAtEnd = true
            throw error
        }
    }

    private func scan() throws(FormatError) -> TextLine? {
        while true {
            if rest.isEmpty {
                rest = try source.next()
                if rest.isEmpty { return try lastLine() }
            }
            guard let start = rest.baseAddress else { return nil }
            let found = memchr(start, Int32(terminator), rest.count)
            let count = found.map { UnsafeRawPointer($0) - start } ?? rest.count
            let piece = UnsafeRawBufferPointer(rebasing: rest[..<count])
            rest = UnsafeRawBufferPointer(rebasing: rest[min(count + 1, rest.count)...])
            if found != nil, carried.isEmpty { return try line(piece, isTerminated: true).get() }
            carried.append(contentsOf: piece)
            if found != nil { return try carriedLine(isTerminated: true) }
            // One byte more than allowed may be the carriage return before a line feed.
            if carried.count > limits.lineBytes + 1 { throw tooLong() }
        }
    }

    private func lastLine() throws(FormatError) -> TextLine? {
        isAtEnd = true
        return carried.isEmpty ? nil : try carriedLine(isTerminated: false)
    }

    private func carriedLine(isTerminated: Bool) throws(FormatError) -> TextLine {
        let bytes = carried
        carried = []
        return try bytes.withUnsafeBytes { line($0, isTerminated: isTerminated) }.get()
    }

    private func line(_ bytes: UnsafeRawBufferPointer, isTerminated: Bool) -> Result<TextLine, FormatError> {
        var bytes = bytes
        var ending = LineEnding.none
        if isTerminated {
            ending = terminator == 0x0A ? .lf : .cr
            if ending == .lf, bytes.last == 0x0D {
                ending = .crlf
                bytes = UnsafeRawBufferPointer(rebasing: bytes.dropLast())
            }
        }
        guard bytes.count <= limits.lineBytes else { return .failure(tooLong()) }
        lineNumber += 1
        let text = encoding == .windows1252 ? Windows1252.decode(bytes) : String(validating: bytes, as: UTF8.self)
        guard let text else {
            return .failure(
                FormatError(
                    line: lineNumber,
                    reason: "Die Datei wurde während des Lesens verändert. Bitte noch einmal versuchen.", fatal: true))
        }
        return .success(TextLine(number: lineNumber, text: text, ending: ending))
    }

    private func tooLong() -> FormatError {
        FormatError(
            line: lineNumber + 1,
            reason: "Die Zeile ist länger als \(limits.lineBytes) Bytes. "
                + "Bitte prüfen, ob die Datei wirklich eine Tabelle oder ein Text mit Zeilen ist.",
            fatal: true)
    }
}
