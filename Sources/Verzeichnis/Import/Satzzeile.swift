import Formats
import Kernel

/// One line of the directory, addressed by character positions from 1 as its description counts them.
struct Satzzeile {
    let zeile: Int
    private let bytes: [UInt8]
    /// Where each character begins; empty for a line of ASCII, where position and byte are the same.
    private let anfaenge: [Int]
    private let zeichenzahl: Int

    init(_ line: TextLine) throws(FormatError) {
        zeile = line.number
        let bytes = Array(line.text.utf8)
        self.bytes = bytes
        if bytes.allSatisfy({ $0 < 128 }) {
            anfaenge = []
            zeichenzahl = bytes.count
        } else {
            anfaenge = bytes.indices.filter { bytes[$0] & 0xC0 != 0x80 }
            zeichenzahl = anfaenge.count
        }
        guard zeichenzahl >= 72 else {
            throw FormatError(
                line: line.number, column: zeichenzahl + 1, field: nil,
                reason:
                    "Der Satz endet nach \(zeichenzahl) Zeichen, üblich sind 220. Die Datei ist vermutlich abgeschnitten."
            )
        }
        guard zeichenzahl <= 240 else {
            throw FormatError(
                line: line.number, column: 221, field: nil,
                reason:
                    "Der Satz hat \(zeichenzahl) Zeichen, üblich sind 220. Das ist kein Satz des Gemeindeverzeichnisses."
            )
        }
    }

    func error(_ column: Int, _ field: String, _ reason: String) -> FormatError {
        FormatError(line: zeile, column: column, field: field, reason: reason)
    }

    func duplicate(_ key: String) -> FormatError {
        error(11, "Schlüssel", "Der Schlüssel \(key) kommt in der Datei schon vor.")
    }

    /// The field without blanks at its ends; positions beyond the line are blank.
    func text(_ start: Int, _ length: Int) -> String {
        var from = anfang(min(start - 1, zeichenzahl))
        var to = anfang(min(start - 1 + length, zeichenzahl))
        while from < to, bytes[from] == UInt8(ascii: " ") { from += 1 }
        while to > from, bytes[to - 1] == UInt8(ascii: " ") { to -= 1 }
        return String(decoding: bytes[from..<to], as: UTF8.self)
    }

    /// The byte at which a character, counted from 0, begins.
    private func anfang(_ index: Int) -> Int {
        anfaenge.isEmpty ? index : index < anfaenge.count ? anfaenge[index] : bytes.count
    }

    func optional(_ start: Int, _ length: Int) -> String? {
        let text = text(start, length)
        return text.isEmpty ? nil : text
    }

    func digits(_ start: Int, _ length: Int, _ field: String) throws(FormatError) -> String {
        let text = text(start, length)
        guard text.utf8.count == length, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw error(start, field, "„\(text)“ ist kein Schlüssel, erwartet sind \(length) Ziffern.")
        }
        return text
    }

    func number(_ start: Int, _ length: Int, _ field: String) throws(FormatError) -> Int {
        let text = text(start, length)
        guard text.utf8.count == length, text.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int(text) else {
            throw error(start, field, "„\(text)“ ist keine Zahl mit \(length) Stellen.")
        }
        return value
    }

    func tag(_ start: Int, _ field: String) throws(FormatError) -> Tag {
        let text = text(start, 8)
        guard text.utf8.count == 8, let value = Int(text),
            let tag = Tag(jahr: value / 10_000, monat: value / 100 % 100, tag: value % 100)
        else { throw error(start, field, "„\(text)“ ist kein Datum (JJJJMMTT).") }
        return tag
    }

    /// The code of a kind, within the range that its record type knows.
    @discardableResult
    func kennzeichen(_ range: ClosedRange<Int>, _ whose: String) throws(FormatError) -> String {
        let text = text(123, 2)
        guard let code = Int(text), range.contains(code) else {
            throw error(
                123, "Textkennzeichen",
                "„\(text)“ ist keine Art \(whose) (\(range.lowerBound) bis \(range.upperBound)).")
        }
        return text
    }

    /// - Throws: when the line ends before that position.
    func mindestens(_ length: Int) throws(FormatError) {
        guard zeichenzahl < length else { return }
        throw error(
            zeichenzahl + 1, "Satz",
            "Der Satz endet nach \(zeichenzahl) Zeichen. Die Datei ist vermutlich abgeschnitten.")
    }

    private func postleitzahl() throws(FormatError) -> String? {
        guard let text = optional(166, 5) else { return nil }
        guard text.utf8.count == 5, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw error(166, "Postleitzahl", "„\(text)“ ist keine Postleitzahl, erwartet sind 5 Ziffern.")
        }
        return text
    }

    func satz(
        _ art: Gebiet.Art, ars: String, ags: String? = nil
    ) throws(FormatError) -> Verzeichnissatz {
        let name = text(23, 50)
        guard !name.isEmpty else { throw error(23, "Bezeichnung", "Der Satz hat keine Bezeichnung.") }
        return Verzeichnissatz(
            ars: ars, ags: ags, amtlicherName: name, art: art,
            kennzeichen: optional(123, 2), sitz: optional(73, 50), plz: try postleitzahl(), flaecheHa: 0, einwohner: 0,
            gehoertZu: nil)
    }
}
