import CLibXML2

/// What the parser's callbacks collect: the events of one piece of the document, or why it was refused.
final class XMLSink {
    let limits: XMLLimits
    var events: [(event: XMLEvent, line: Int)] = []
    /// Belongs to the reader, which outlives every callback.
    var parser: xmlParserCtxtPtr?
    private var failure: FormatError?
    private var failureWasTaken = false
    /// How many elements are open.
    private var open = 0
    private var hasRoot = false
    /// The whole file was handed over, so that whatever is still missing was cut off.
    var nothingFollows = false
    private var text: [UInt8] = []
    private var textLine = 1
    /// The parser keeps one copy of each name, so that its address stands for it.
    private var names: [UnsafePointer<xmlChar>: String] = [:]

    init(_ limits: XMLLimits) { self.limits = limits }

    var hasNoFailure: Bool { failure == nil && !failureWasTaken }

    /// The first fault, once.
    func takeFailure() -> FormatError? {
        defer {
            failureWasTaken = failureWasTaken || failure != nil
            failure = nil
        }
        return failure
    }

    /// Only the first fault counts; later ones follow from it.
    func fail(_ error: FormatError) {
        if hasNoFailure { failure = error }
    }

    fileprivate var line: Int { parser?.pointee.input.map { Int($0.pointee.line) } ?? 0 }
    fileprivate var column: Int? { parser?.pointee.input.map { Int($0.pointee.col) } }

    private func refuse(_ reason: String) {
        fail(FormatError(line: line, column: column, reason: reason, fatal: true))
        if let parser { xmlStopParser(parser) }
    }

    fileprivate func start(
        _ name: XMLName, _ count: Int, _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, declared: Int
    ) {
        flush()
        guard open < limits.depth else {
            return refuse("Die Elemente sind tiefer als \(limits.depth) Stufen verschachtelt.")
        }
        guard count + declared <= limits.attributes else {
            return refuse("Das Element „\(name.local.prefix(80))“ hat mehr als \(limits.attributes) Attribute.")
        }
        var list: [XMLElement.Attribute] = []
        list.reserveCapacity(count)
        for index in 0..<count {
            // Five pointers for each: name, prefix, namespace, beginning and end of the value.
            guard let entry = attributes?.advanced(by: index * 5), let local = entry[0], let first = entry[3],
                let end = entry[4]
            else { continue }
            let value = String(decoding: UnsafeBufferPointer(start: first, count: end - first), as: UTF8.self)
            // Without entity substitution an ampersand stays written so; any other reference was refused.
            let plain = value.utf8.contains(UInt8(ascii: "&")) ? value.replacing("&#38;", with: "&") : value
            list.append(.init(name: self.name(local, entry[2]), value: plain))
        }
        open += 1
        hasRoot = true
        let line = line
        events.append((.start(XMLElement(name: name, attributes: list, line: line)), line))
        textLine = line
    }

    fileprivate func end(_ name: XMLName) {
        flush()
        open -= 1
        let line = line
        events.append((.end(name), line))
        textLine = line
    }

    fileprivate func append(_ bytes: UnsafeBufferPointer<xmlChar>) {
        guard text.count + bytes.count <= limits.textBytes else {
            text = []
            fail(Self.textTooLong(line: line, limits))
            if let parser { xmlStopParser(parser) }
            return
        }
        text.append(contentsOf: bytes)
    }

    static func textTooLong(line: Int, _ limits: XMLLimits) -> FormatError {
        FormatError(
            line: line, reason: "Ein Text ist länger als \(limits.textBytes) Bytes.", fatal: true)
    }

    private func flush() {
        guard !text.isEmpty else { return }
        events.append((.text(String(decoding: text, as: UTF8.self)), textLine))
        text.removeAll(keepingCapacity: text.capacity <= 65_536)
    }

    fileprivate func name(_ local: UnsafePointer<xmlChar>, _ namespace: UnsafePointer<xmlChar>?) -> XMLName {
        XMLName(interned(local), in: namespace.map(interned))
    }

    private func interned(_ name: UnsafePointer<xmlChar>) -> String {
        if let known = names[name] { return known }
        guard names.count < limits.names else {
            refuse("Das Dokument benutzt mehr als \(limits.names) verschiedene Namen.")
            return ""
        }
        let text = String(cString: name)
        names[name] = text
        return text
    }

    fileprivate func documentType() {
        refuse(
            "Das Dokument bringt eine Dokumenttyp-Deklaration (DOCTYPE) mit. Solche Dateien werden nicht gelesen, "
                + "weil sie andere Dateien einbinden oder den Rechner überlasten können. Bitte ohne DOCTYPE speichern.")
    }

    fileprivate func fault(_ error: xmlError) {
        // Warnings refuse nothing.
        guard error.level.rawValue >= XML_ERR_ERROR.rawValue else { return }
        let progress: XMLFault.Progress =
            open == 0 ? (hasRoot ? .after : .before) : nothingFollows ? .cutOff : .inside
        fail(XMLFault.error(error, progress))
    }
}

extension XMLSink {
    private static func sink(_ data: UnsafeMutableRawPointer?) -> XMLSink? {
        data.map { Unmanaged<XMLSink>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Sets the callbacks; all others stay empty.
    static func fill(_ handler: inout xmlSAXHandler) {
        handler.initialized = UInt32(XML_SAX2_MAGIC)
        handler.startElementNs = { data, local, _, namespace, declared, _, count, _, attributes in
            guard let sink = XMLSink.sink(data), sink.hasNoFailure, let local else { return }
            sink.start(sink.name(local, namespace), Int(count), attributes, declared: Int(declared))
        }
        handler.endElementNs = { data, local, _, namespace in
            guard let sink = XMLSink.sink(data), sink.hasNoFailure, let local else { return }
            sink.end(sink.name(local, namespace))
        }
        let text: charactersSAXFunc = { data, bytes, count in
            guard let sink = XMLSink.sink(data), sink.hasNoFailure else { return }
            sink.append(UnsafeBufferPointer(start: bytes, count: Int(count)))
        }
        handler.characters = text
        handler.cdataBlock = text
        // The very same function: the parser then does not ask whether white space means anything.
        handler.ignorableWhitespace = text
        handler.internalSubset = { data, _, _, _ in XMLSink.sink(data)?.documentType() }
        handler.serror = { data, error in
            guard let error else { return }
            XMLSink.sink(data)?.fault(error.pointee)
        }
    }
}
