import Formats

/// What is text: plain, in columns, XML, a process model or JSON.
enum Textpruefung {
    static func art(_ file: any Bytezugriff, als wanted: Dateiart) throws -> Dateiart {
        switch wanted {
        case .text, .csv: try schlicht(file, wanted)
        case .json: try json(file)
        case .xml, .bpmn: try xml(file, wanted)
        default:
            throw Dateimangel(
                "Der Name endet auf .\(wanted.endungen[0]), der Inhalt ist aber kein \(wanted.name). Wählen Sie die richtige Datei."
            )
        }
        return wanted
    }

    /// Marks of what browsers and programs would run.
    private static let verboten = [
        "<!doctype html", "<html", "<script", "<svg", "<iframe", "<body", "<?php", "<?xml", "<%@",
    ].map { Array($0.utf8) }
    private static let ueberlapp = 16

    /// UTF-8, else Windows-1252; without control characters, and nothing that a program would run.
    private static func schlicht(_ file: any Bytezugriff, _ art: Dateiart) throws {
        var utf8 = UTF8Pruefung()
        var isUTF8 = true
        var isWindows = true
        var tail: [UInt8] = []
        var isFirst = true
        try file.stueckweise { part in
            if isFirst, part.starts(with: Array("#!".utf8)) { throw ausfuehrbar(art) }
            isFirst = false
            isUTF8 = isUTF8 && utf8.nimm(part)
            for byte in part {
                if byte < 32, byte != 9, byte != 10, byte != 12, byte != 13 { throw keinText(art) }
                if byte == 0x81 || byte == 0x8D || byte == 0x8F || byte == 0x90 || byte == 0x9D { isWindows = false }
            }
            // A mark may lie across the border of two parts.
            let looked = tail + part
            let lower = looked.map { (65...90).contains($0) ? $0 + 32 : $0 }
            if lower.contains(UInt8(ascii: "<")), verboten.contains(where: { Dateipruefung.enthaelt(lower, $0) }) {
                throw ausfuehrbar(art)
            }
            tail = Array(looked.suffix(ueberlapp))
            return true
        }
        guard isUTF8 && utf8.istGanz || isWindows else { throw keinText(art) }
    }

    private static func keinText(_ art: Dateiart) -> Dateimangel {
        Dateimangel(
            "Der Name endet auf .\(art.endungen[0]), der Inhalt ist aber kein lesbarer Text. Speichern Sie ihn als Text in UTF-8."
        )
    }

    private static func ausfuehrbar(_ art: Dateiart) -> Dateimangel {
        Dateimangel(
            "Der Name endet auf .\(art.endungen[0]), im Inhalt steht aber eine Webseite oder ein Programm. Das wird nicht angenommen."
        )
    }

    private static func json(_ file: any Bytezugriff) throws {
        let wrong = Dateimangel("Der Inhalt ist kein gültiges JSON (in UTF-8). Prüfen Sie die Datei.")
        var pruefung = JSONPruefung()
        try file.stueckweise { part in
            guard pruefung.nimm(part) else { throw wrong }
            return true
        }
        guard pruefung.istGanz() else { throw wrong }
    }

    private static let bpmn = "http://www.omg.org/spec/BPMN/20100524/MODEL"
    private static let ausgeschlossen: Set<String> = ["http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"]

    private static func xml(_ file: any Bytezugriff, _ art: Dateiart) throws {
        do {
            let reader = try XMLReader(file, name: "Datei")
            var isFirst = true
            while let event = try reader.next() {
                guard case .start(let element) = event else { continue }
                let name = element.name
                if isFirst, art == .bpmn, name.local != "definitions" || name.namespace != bpmn {
                    throw Dateimangel("Der Inhalt ist kein Prozessmodell nach BPMN 2.0. Prüfen Sie die Datei.")
                }
                let isPage = isFirst && ["html", "svg"].contains(name.local.lowercased())
                if isPage || ausgeschlossen.contains(name.namespace ?? "") {
                    throw Dateimangel(
                        "Webseiten und SVG-Zeichnungen werden nicht angenommen. Speichern Sie ein Bild als PNG.")
                }
                isFirst = false
            }
        } catch let error as FormatError {
            throw Dateimangel("Der Inhalt ist kein gültiges XML: \(error.reason)")
        }
    }
}
