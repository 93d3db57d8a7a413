import Formats
import Kernel
import Web

/// A list of changes of places: `ags_alt, name_alt, ags_neu` and, where it has them, `name_neu, wirksam_am, art`.
struct Aenderungsdatei: Sendable {
    private(set) var zeilen: [Aenderungszeile] = []

    /// All changes since the founding of the Länder are fewer.
    static let hoechstens = 100_000
    private static let noetig = ["ags_alt", "name_alt", "ags_neu"]
    private static let bekannt = ["name_neu", "wirksam_am", "art"]

    /// Nil when the file as a whole cannot be read; the report says why.
    static func read(_ source: TextSource, _ bericht: inout Importbericht) -> Aenderungsdatei? {
        guard
            let (header, rows) = Blatt.read(
                source, required: noetig, known: bekannt, hoechstens: hoechstens, &bericht,
                zeile: { row, header throws(FormatError) in try zeile(row, header) })
        else { return nil }
        bericht.melde(unbekannte: header.unknown)
        var datei = Aenderungsdatei()
        var pairs: [String: Int] = [:]
        var names: [String: (zeile: Int, name: String)] = [:]
        for row in rows {
            let aenderung = row.aenderung
            if let first = pairs.updateValue(row.zeile, forKey: aenderung.ags + aenderung.nachfolger) {
                bericht.refuse(row.fehler("ags_alt", "Diese Änderung steht schon in Zeile \(first)."))
                continue
            }
            if let first = names[aenderung.ags], Faltung.suche(first.name) != Faltung.suche(aenderung.name) {
                bericht.refuse(
                    row.fehler(
                        "name_alt",
                        "Das Gebiet \(aenderung.ags) heißt in Zeile \(first.zeile) „\(first.name.prefix(60))“. Ein Schlüssel hat einen Namen."
                    ))
                continue
            }
            if names[aenderung.ags] == nil { names[aenderung.ags] = (row.zeile, aenderung.name) }
            datei.zeilen.append(row)
        }
        return datei
    }

    private static func zeile(_ row: CSVRow, _ header: CSVHeader) throws(FormatError) -> Aenderungszeile {
        let name = header[row, "name_alt"]
        guard !Faltung.suche(name).isEmpty else {
            throw header.error("Der Name des früheren Gebiets fehlt.", in: row, field: "name_alt")
        }
        guard name.count <= 200 else {
            throw header.error(
                "Der Name hat \(name.count) Zeichen, höchstens 200 sind möglich.", in: row, field: "name_alt")
        }
        let typed = header[row, "wirksam_am"]
        var wirksamAm: Tag?
        if !typed.isEmpty {
            guard let tag = Tag(getippt: typed) else {
                throw header.error(
                    "„\(typed.prefix(20))“ ist kein Datum. Gemeint ist z. B. 2024-01-01.", in: row, field: "wirksam_am")
            }
            wirksamAm = tag
        }
        let aenderung = Gebietsaenderung(
            ags: try schluessel("ags_alt", row, header), amtlicherName: name,
            nachfolger: try schluessel("ags_neu", row, header), nachfolgerName: header[row, "name_neu"].nonEmpty,
            wirksamAm: wirksamAm, art: String(header[row, "art"].prefix(60)).nonEmpty)
        var spalten: [String: Int] = [:]
        for feld in noetig + bekannt { spalten[feld] = header.column(of: feld, in: row) }
        return Aenderungszeile(aenderung: aenderung, zeile: row.line, spalten: spalten)
    }

    private static func schluessel(
        _ field: String, _ row: CSVRow, _ header: CSVHeader
    ) throws(FormatError) -> String {
        let typed = header[row, field]
        let key = typed.filter { !$0.isWhitespace }
        let isNumber = !key.isEmpty && key.utf8.allSatisfy { (48...57).contains($0) }
        if isNumber, key.utf8.count == 8 { return key }
        guard isNumber, key.utf8.count == 7 else {
            throw header.error(
                "„\(typed.prefix(40))“ ist kein Gemeindeschlüssel (AGS), erwartet sind 8 Ziffern.", in: row,
                field: field)
        }
        throw header.error(
            "„\(typed)“ hat nur 7 Ziffern. Vermutlich hat eine Tabellenkalkulation die führende Null verschluckt: speichern Sie die Spalte als Text.",
            in: row, field: field)
    }
}

extension String {
    /// Nil for an empty cell.
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
