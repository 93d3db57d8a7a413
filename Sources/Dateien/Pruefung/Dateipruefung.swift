package import Formats
import Kernel

/// Says what a file is, from its content alone, and refuses what is two things at once or not what its name says.
package enum Dateipruefung {
    /// - Throws: `FormErrors` with a sentence for the field of the file, or `FormatError` where it cannot be read.
    package static func art(_ file: any Bytezugriff, name: Dateiname) throws -> Dateiart {
        do { return try erkannt(file, name) } catch let mangel as Dateimangel {
            var errors = FormErrors()
            errors.add("datei", "\(mangel.satz) Es wurde nichts gespeichert.")
            throw errors
        }
    }

    private static func erkannt(_ file: any Bytezugriff, _ name: Dateiname) throws -> Dateiart {
        guard file.byteCount > 0 else { throw Dateimangel("Die Datei ist leer. Wählen Sie eine Datei mit Inhalt.") }
        guard let wanted = Dateiart.zur(endung: name.endung) else { throw unbekannt(file, name) }
        let start = try file.read(at: 0, count: 1_024)
        let found = try familie(start)
        // What a name promises is said before what is wrong with the content.
        if let found, found != .zip || !gepackte.contains(wanted) { _ = try passend(found, wanted) }
        if found != .pdf, enthaelt(start, Array("%PDF-".utf8)) { throw zweierlei }
        switch found {
        case .pdf: try PDFPruefung.pruefe(file)
        case .png: try Bildpruefung.png(file)
        case .gif: try Bildpruefung.gif(file)
        case .webp: try Bildpruefung.webp(file)
        case .jpeg: try JPEGPruefung.pruefe(file)
        case .zip: return try passend(Archivpruefung.art(file), wanted)
        case nil: return try Textpruefung.art(file, als: wanted)
        default: break
        }
        if try Zipverzeichnis.haengtAn(file) { throw zweierlei }
        return try passend(found ?? wanted, wanted)
    }

    /// Those that are ZIP archives underneath.
    private static let gepackte: Set<Dateiart> = [.zip, .docx, .xlsx, .pptx, .odt, .ods, .odp]

    private static func passend(_ found: Dateiart, _ wanted: Dateiart) throws -> Dateiart {
        guard found == wanted else {
            throw Dateimangel(
                "Der Name endet auf .\(wanted.endungen[0]), der Inhalt ist aber \(found.name). Geben Sie der Datei die Endung .\(found.endungen[0]) oder wählen Sie die richtige."
            )
        }
        return found
    }

    static let zweierlei = Dateimangel(
        "Die Datei ist zweierlei zugleich: In ihr steckt noch eine Datei anderer Art. Speichern Sie sie in dem Programm, aus dem sie kommt, neu und hängen Sie sie dann an."
    )

    static func beschaedigt(_ art: Dateiart) -> Dateimangel {
        Dateimangel(
            "Die Datei ist als \(art.name) unvollständig oder beschädigt. Öffnen und speichern Sie sie noch einmal.")
    }

    /// The kind by the first bytes; nil for what can only be text.
    private static func familie(_ start: [UInt8]) throws -> Dateiart? {
        func begins(_ bytes: [UInt8], at offset: Int = 0) -> Bool { start.dropFirst(offset).starts(with: bytes) }
        if begins(Array("%PDF-".utf8)) { return .pdf }
        if begins([0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10]) { return .png }
        if begins([0xFF, 0xD8, 0xFF]) { return .jpeg }
        if begins(Array("GIF87a".utf8)) || begins(Array("GIF89a".utf8)) { return .gif }
        if begins(Array("RIFF".utf8)), begins(Array("WEBP".utf8), at: 8) { return .webp }
        if begins([0x50, 0x4B, 3, 4]) || begins([0x50, 0x4B, 5, 6]) { return .zip }
        if begins([0xD0, 0xCF, 0x11, 0xE0]) {
            throw Dateimangel(
                "Dateien alter Office-Fassungen (.doc, .xls, .ppt) und geschützte Dateien werden nicht angenommen. Speichern Sie sie als DOCX, XLSX, PPTX oder PDF."
            )
        }
        return nil
    }

    private static func unbekannt(_ file: any Bytezugriff, _ name: Dateiname) -> Dateimangel {
        let what =
            name.endung.isEmpty
            ? "Der Name der Datei hat keine Endung."
            : "Dateien mit der Endung .\(name.endung.prefix(20)) werden nicht angenommen."
        let advice: String
        switch name.endung {
        case "doc", "xls", "ppt", "rtf": advice = " Speichern Sie sie als DOCX, XLSX, PPTX oder PDF."
        case "docm", "xlsm", "pptm", "dotm", "xltm", "potm", "xlsb": advice = " Speichern Sie sie ohne Makros."
        case "svg", "bmp", "tif", "tiff", "heic": advice = " Speichern Sie das Bild als PNG oder JPEG."
        default: advice = ""
        }
        return Dateimangel("\(what)\(advice) Angenommen werden \(Dateiart.aufzaehlung).")
    }

    static func enthaelt(_ bytes: [UInt8], _ mark: [UInt8]) -> Bool {
        guard let first = mark.first, bytes.count >= mark.count else { return false }
        for at in 0...(bytes.count - mark.count) where bytes[at] == first {
            if bytes[at..<(at + mark.count)].elementsEqual(mark) { return true }
        }
        return false
    }
}

/// Why a file is not taken, as a sentence.
struct Dateimangel: Error, Sendable, Equatable {
    let satz: String

    init(_ satz: String) { self.satz = satz }
}

enum PDFPruefung {
    static func pruefe(_ file: any Bytezugriff) throws {
        let size = file.byteCount
        let head = try file.read(at: 0, count: 16)
        let version = String(decoding: head.dropFirst(5).prefix(3), as: UTF8.self)
        guard version.wholeMatch(of: #/[12]\.[0-9]/#) != nil else { throw Dateipruefung.beschaedigt(.pdf) }
        let start = max(0, size - 2_048)
        let tail = try file.read(at: start, count: size - start)
        let mark = Array("%%EOF".utf8)
        guard let end = (0...max(0, tail.count - mark.count)).last(where: { tail[$0...].starts(with: mark) }) else {
            throw Dateipruefung.beschaedigt(.pdf)
        }
        // Some programs fill up with empty bytes; anything else behind the end is another file.
        let behind = tail[(end + mark.count)...]
        guard behind.allSatisfy({ $0 == 0 || $0 == 9 || $0 == 10 || $0 == 13 || $0 == 26 || $0 == 32 }) else {
            throw Dateipruefung.zweierlei
        }
    }
}
