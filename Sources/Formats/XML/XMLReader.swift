import CLibXML2

/// Reads an XML document of any size piece by piece; what it holds does not grow with the document.
///
/// A document with a document type (DTD) is refused, so there are no entities to expand; nothing is fetched from
/// anywhere. Encodings are those that the document declares, as libxml2 knows them.
package final class XMLReader {
    package let name: String
    /// The line of the last event, from 1.
    package private(set) var line = 1

    /// Released, and its file closed, as soon as the document was read or refused.
    private var source: ByteSource?
    private let sink: XMLSink
    private let parser: xmlParserCtxtPtr
    private let pieceBytes: Int
    /// What of the current block was not parsed yet.
    private var rest = UnsafeRawBufferPointer(start: nil, count: 0)
    private var fed = 0
    private var position = 0
    private var isAtEnd = false

    /// Opens a file; `name` in sentences is the last part of the path.
    package convenience init(path: String, limits: XMLLimits = .standard) throws(FormatError) {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        try self.init(ByteSource(path: path, name: name), name: name, limits: limits)
    }

    package convenience init(_ file: any Bytezugriff, name: String, limits: XMLLimits = .standard) throws(FormatError) {
        try self.init(ByteSource(file), name: name, limits: limits)
    }

    package convenience init(bytes: [UInt8], name: String, limits: XMLLimits = .standard) throws(FormatError) {
        try self.init(ByteSource(array: bytes), name: name, limits: limits)
    }

    /// `pieceBytes` is how much the parser gets at a time: the events of one piece wait in memory.
    init(_ source: ByteSource, name: String, limits: XMLLimits, pieceBytes: Int = 16 << 10) throws(FormatError) {
        guard source.byteCount > 0 else {
            throw FormatError(reason: "Die Datei „\(name)“ ist leer. Bitte eine Datei mit Inhalt wählen.", fatal: true)
        }
        guard source.byteCount <= limits.totalBytes else { throw Self.tooLong(name, limits) }
        _ = Self.library
        let sink = XMLSink(limits)
        // Only our own callbacks: libxml2's default ones expect its own context as user data.
        var handler = xmlSAXHandler()
        XMLSink.fill(&handler)
        guard
            let parser = xmlCreatePushParserCtxt(&handler, Unmanaged.passUnretained(sink).toOpaque(), nil, 0, nil)
        else { throw FormatError(reason: "Der Arbeitsspeicher reicht zum Lesen nicht aus.", fatal: true) }
        xmlCtxtUseOptions(parser, Int32(XML_PARSE_NONET.rawValue))
        sink.parser = parser
        (self.source, self.name, self.sink, self.parser, self.pieceBytes) = (source, name, sink, parser, pieceBytes)
    }

    deinit { xmlFreeParserCtxt(parser) }

    /// Set up once a process, before the first parser on any thread.
    private static let library: Void = xmlInitParser()

    /// The next event, nil at the end of the document. After an error there are no further events.
    package func next() throws(FormatError) -> XMLEvent? {
        while position == sink.events.count {
            if let failure = sink.takeFailure() {
                finish()
                throw failure
            }
            guard !isAtEnd else { return nil }
            do { try feed() } catch {
                finish()
                throw error
            }
        }
        let entry = sink.events[position]
        position += 1
        line = entry.line
        return entry.event
    }

    private func feed() throws(FormatError) {
        sink.events.removeAll(keepingCapacity: true)
        position = 0
        if rest.isEmpty, let source { rest = try source.next() }
        let piece = UnsafeRawBufferPointer(rebasing: rest[..<min(pieceBytes, rest.count)])
        rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
        fed += piece.count
        let limits = sink.limits
        // A file may grow while it is read.
        guard fed <= limits.totalBytes else { throw Self.tooLong(name, limits) }
        let isLast = piece.isEmpty
        sink.nothingFollows = isLast
        xmlParseChunk(parser, piece.bindMemory(to: CChar.self).baseAddress, Int32(piece.count), isLast ? 1 : 0)
        if isLast {
            isAtEnd = true
            source = nil
            if sink.hasNoFailure, parser.pointee.wellFormed == 0 {
                sink.fail(FormatError(reason: "Die Datei ist kein lesbares XML.", fatal: true))
            }
        } else if sink.hasNoFailure, let input = parser.pointee.input, let end = input.pointee.end,
            end - input.pointee.cur > limits.tagBytes + pieceBytes
        {
            // What the parser holds back waits for its end. Checking attributes against each other is quadratic.
            sink.fail(
                FormatError(
                    line: Int(input.pointee.line), column: Int(input.pointee.col),
                    reason: "Hier beginnt etwas (eine Marke oder ein Kommentar), das länger ist als \(limits.tagBytes) "
                        + "Bytes. Bitte prüfen, ob die Datei vollständig und unbeschädigt ist.",
                    fatal: true))
        }
        if !sink.hasNoFailure { source = nil }
    }

    private func finish() {
        isAtEnd = true
        source = nil
        rest = UnsafeRawBufferPointer(start: nil, count: 0)
        sink.events = []
        position = 0
    }

    private static func tooLong(_ name: String, _ limits: XMLLimits) -> FormatError {
        FormatError(reason: "Die Datei „\(name)“ ist größer als \(limits.totalBytes) Bytes.", fatal: true)
    }
}

/// Reading by structure: a caller walks the children it knows and skips the others.
extension XMLReader {
    /// The next child of the element whose start was read last, nil at its end. Text between children is left out.
    ///
    /// A child has to be read to its end before the next one is asked for.
    package func nextChild() throws(FormatError) -> XMLElement? {
        while let event = try next() {
            switch event {
            case .start(let element): return element
            case .text: continue
            case .end: return nil
            }
        }
        return nil
    }

    /// Reads to the end of the element whose start was read last and leaves out what is in it.
    package func skipElement() throws(FormatError) {
        var depth = 1
        while depth > 0, let event = try next() {
            switch event {
            case .start: depth += 1
            case .text: continue
            case .end: depth -= 1
            }
        }
    }

    /// All text in the element whose start was read last, that of its children included, up to its end.
    package func elementText() throws(FormatError) -> String {
        var text = ""
        var depth = 1
        while depth > 0, let event = try next() {
            switch event {
            case .start: depth += 1
            case .text(let more):
                guard text.utf8.count + more.utf8.count <= limits.textBytes else { throw textTooLong(line) }
                text += more
            case .end: depth -= 1
            }
        }
        return text
    }

    private var limits: XMLLimits { sink.limits }

    private func textTooLong(_ line: Int) -> FormatError {
        finish()
        return XMLSink.textTooLong(line: line, limits)
    }
}
