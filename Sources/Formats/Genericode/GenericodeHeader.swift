/// Reads what stands before the rows, and leaves the reader at the start of `SimpleCodeList`.
struct GenericodeHeader {
    private let xml: XMLReader
    private let limits: GenericodeLimits
    private var header = Genericode()
    private var positions: [String: Int] = [:]
    private var hasIdentification = false

    /// The header, and the position of each column by its id.
    static func read(_ xml: XMLReader, _ limits: GenericodeLimits) throws(FormatError) -> (Genericode, [String: Int]) {
        var reader = GenericodeHeader(xml, limits)
        try reader.document()
        return (reader.header, reader.positions)
    }

    private init(_ xml: XMLReader, _ limits: GenericodeLimits) { (self.xml, self.limits) = (xml, limits) }

    private mutating func document() throws(FormatError) {
        guard let root = try xml.nextChild() else { throw fault("Die Datei enthält kein Element.") }
        guard root.name.namespace == Genericode.namespace else {
            let home = root.name.namespace.map { "aus dem Namensraum \($0.prefix(200))" } ?? "ohne Namensraum"
            throw fault(
                "Das ist keine genericode-Datei: das erste Element ist „\(root.name.local.prefix(80))“ \(home), "
                    + "erwartet wird CodeList aus \(Genericode.namespace).")
        }
        guard root.name.local == "CodeList" else {
            throw fault(
                "Gelesen wird eine einzelne Codeliste (CodeList), diese Datei ist ein „\(root.name.local.prefix(80))“.")
        }
        while let child = try xml.nextChild() {
            switch child.genericodeName {
            case "Annotation": try annotation()
            case "Identification": try identification(child.line)
            case "ColumnSet": try columnSet(child)
            case "ColumnSetRef", "CodeListRef":
                throw fault(
                    "Die Codeliste verweist auf eine andere Datei (\(child.name.local)). Das wird nicht gelesen.")
            case "SimpleCodeList": return try requireComplete()
            default: try xml.skipElement()
            }
        }
        throw fault("Die Datei beschreibt eine Codeliste, enthält aber keine Einträge (SimpleCodeList fehlt).")
    }

    private func requireComplete() throws(FormatError) {
        guard hasIdentification else { throw fault("Vor den Einträgen fehlt das Element Identification.") }
        guard !header.columns.isEmpty else { throw fault("Vor den Einträgen fehlen die Spalten (ColumnSet).") }
        guard !header.keys.isEmpty else { throw fault("Der Codeliste fehlt ein Schlüssel (Key in ColumnSet).") }
    }

    private mutating func annotation() throws(FormatError) {
        while let child = try xml.nextChild() {
            guard child.genericodeName == "Description" else {
                try xml.skipElement()
                continue
            }
            while let note = try xml.nextChild() {
                guard header.notes.count < 100 else { throw fault("Die Beschreibung hat mehr als 100 Angaben.") }
                header.notes.append(.init(name: note.name.local, text: try xml.elementText().unwrapped))
            }
        }
    }

    private mutating func identification(_ line: Int) throws(FormatError) {
        guard !hasIdentification else { throw fault("Das Element Identification steht zweimal da.") }
        hasIdentification = true
        header.line = line
        while let child = try xml.nextChild() {
            switch child.genericodeName {
            case "ShortName": header.shortName = try xml.elementText().collapsed
            // The first of several languages counts.
            case "LongName": header.longName = try value(unless: header.longName)
            case "Version": header.version = try xml.elementText().collapsed
            case "CanonicalUri": header.canonicalURI = try xml.elementText().collapsed
            case "CanonicalVersionUri": header.canonicalVersionURI = try xml.elementText().collapsed
            case "Agency":
                while let part = try xml.nextChild() {
                    switch part.genericodeName {
                    case "ShortName": header.agencyShortName = try value(unless: header.agencyShortName)
                    case "LongName": header.agencyLongName = try value(unless: header.agencyLongName)
                    default: try xml.skipElement()
                    }
                }
            default: try xml.skipElement()
            }
        }
        try require("ShortName", header.shortName, 200)
        try require("Version", header.version, 100)
        try require("CanonicalUri", header.canonicalURI, 500)
        try require("CanonicalVersionUri", header.canonicalVersionURI, 600)
        for (field, uri) in [
            ("CanonicalUri", header.canonicalURI), ("CanonicalVersionUri", header.canonicalVersionURI),
        ]
        where uri.contains(where: \.isWhitespace) || !uri.contains(":") {
            throw fault("„\(uri.prefix(80))“ ist keine Kennung wie urn:….", field, at: line)
        }
    }

    private func require(_ field: String, _ value: String, _ most: Int) throws(FormatError) {
        guard !value.isEmpty else {
            throw fault("In der Identification fehlt \(field) oder ist leer.", field, at: header.line)
        }
        guard value.utf8.count <= most else {
            throw fault("\(field) ist länger als \(most) Bytes.", field, at: header.line)
        }
    }

    private mutating func columnSet(_ element: XMLElement) throws(FormatError) {
        guard header.columns.isEmpty else { throw fault("Das Element ColumnSet steht zweimal da.") }
        var keys: [(id: String, columns: [String], marks: [String], line: Int)] = []
        while let child = try xml.nextChild() {
            switch child.genericodeName {
            case "Column": try column(child)
            case "Key": keys.append(try key(child))
            case "ColumnRef", "KeyRef":
                throw fault(
                    "Die Spalten verweisen auf eine andere Datei (\(child.name.local)). Das wird nicht gelesen.")
            default: try xml.skipElement()
            }
        }
        // A key may name a column that stands after it.
        for key in keys {
            var columns: [Int] = []
            for id in key.columns {
                guard let position = positions[id] else {
                    throw fault(
                        "Der Schlüssel „\(key.id)“ nennt die Spalte „\(id.prefix(80))“, die es nicht gibt.",
                        "ColumnRef",
                        at: key.line)
                }
                columns.append(position)
            }
            guard !columns.isEmpty, Set(columns).count == columns.count else {
                throw fault("Der Schlüssel „\(key.id)“ nennt keine Spalte oder eine zweimal.", "Key", at: key.line)
            }
            header.keys.append(.init(id: key.id, columns: columns, marks: key.marks))
        }
    }

    private mutating func column(_ element: XMLElement) throws(FormatError) {
        let id = element["Id"] ?? ""
        guard !id.isEmpty, id.utf8.count <= 200 else {
            throw fault("Einer Spalte (Column) fehlt das Attribut Id, oder es ist länger als 200 Bytes.", "Column")
        }
        guard header.columns.count < limits.columns else {
            throw fault("Die Codeliste hat mehr als \(limits.columns) Spalten.", "Column")
        }
        let use = element["Use"] ?? "required"
        guard use == "required" || use == "optional" else {
            throw fault("Die Spalte „\(id)“ ist weder required noch optional (Use).", id)
        }
        var (shortName, longName, type, language) = ("", String?.none, "string", String?.none)
        while let child = try xml.nextChild() {
            switch child.genericodeName {
            case "ShortName": shortName = try xml.elementText().collapsed
            case "LongName": longName = try value(unless: longName)
            case "Data":
                type = child["Type"] ?? type
                language = child["Lang"]
                try xml.skipElement()
            default: try xml.skipElement()
            }
        }
        guard !shortName.isEmpty else { throw fault("Der Spalte „\(id)“ fehlt ShortName.", id, at: element.line) }
        guard positions.updateValue(header.columns.count, forKey: id) == nil else {
            throw fault("Die Spalte „\(id)“ steht zweimal da.", id, at: element.line)
        }
        header.columns.append(
            .init(
                id: id, shortName: shortName, longName: longName, type: GenericodeType(xsd: type), typeName: type,
                language: language, isRequired: use == "required"))
    }

    private func key(
        _ element: XMLElement
    ) throws(FormatError) -> (id: String, columns: [String], marks: [String], line: Int) {
        var (columns, marks) = ([String](), [String]())
        while let child = try xml.nextChild() {
            switch child.genericodeName {
            case "ColumnRef":
                columns.append(child["Ref"] ?? "")
                try xml.skipElement()
            case "Annotation":
                while let part = try xml.nextChild() {
                    guard part.genericodeName == "AppInfo" else {
                        try xml.skipElement()
                        continue
                    }
                    while let mark = try xml.nextChild() {
                        if marks.count < 20 { marks.append(mark.name.local) }
                        try xml.skipElement()
                    }
                }
            default: try xml.skipElement()
            }
            guard columns.count <= limits.columns else { throw fault("Ein Schlüssel nennt zu viele Spalten.", "Key") }
        }
        return (String((element["Id"] ?? "").prefix(200)), columns, marks, element.line)
    }

    /// The text of the element just begun, nil when there is none; what is known already stays.
    private func value(unless known: String?) throws(FormatError) -> String? {
        let text = try xml.elementText().collapsed
        return known ?? (text.isEmpty ? nil : text)
    }

    private func fault(_ reason: String, _ field: String? = nil, at line: Int? = nil) -> FormatError {
        FormatError(line: line ?? xml.line, field: field, reason: reason, fatal: true)
    }
}

extension XMLElement {
    /// Elements below the root belong to no namespace; some programs put them into that of genericode.
    var genericodeName: String? {
        name.namespace == nil || name.namespace == Genericode.namespace ? name.local : nil
    }
}

extension String {
    /// Without white space at both ends; where a line was broken in between, one blank.
    var collapsed: String {
        let trimmed = trimmedWhitespace
        guard trimmed.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }) else { return String(trimmed) }
        return trimmed.split(whereSeparator: \.isNewline).map(\.trimmedWhitespace).filter { !$0.isEmpty }
            .joined(separator: " ").replacing("\t", with: " ")
    }

    /// A text of several lines as it was meant: programs break and indent long lines, people begin new ones after a
    /// blank line and for the points of an enumeration.
    var unwrapped: String {
        var lines: [String] = []
        var beginsAnew = true
        for line in split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let text = line.trimmedWhitespace
            let isPoint = text.first.map { "*•-–".contains($0) } ?? false || text.prefix(4).contains(")")
            if text.isEmpty {
                beginsAnew = true
            } else if beginsAnew || isPoint || lines.isEmpty {
                lines.append(String(text))
                beginsAnew = false
            } else {
                lines[lines.count - 1] += " " + text
            }
        }
        return lines.joined(separator: "\n")
    }
}

extension StringProtocol {
    fileprivate var trimmedWhitespace: SubSequence {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return self[startIndex..<startIndex] }
        return self[first...last]
    }
}
