import Formats
import Kernel
import Web

/// The three sheets of a catalogue, checked row by row.
struct Katalogdatei: Sendable {
    struct OZGZeile: Sendable, Equatable {
        let ozgID: String
        let name: String
        let lage: String?
        let themenfeld: String?
    }

    struct LeistungZeile: Sendable, Equatable {
        let id: Leistung.ID
        let schluessel: Leistungsschluessel?
        let name: String
        let typen: [String]
        let ozgID: String?
        let rechtsgrundlage: String?
    }

    private(set) var ozg: [OZGZeile] = []
    private(set) var leistungen: [LeistungZeile] = []
    private var ozgIDs: Set<String> = []
    private var ids: Set<Leistung.ID> = []
    private var paare: [String: Int] = [:]
    /// Names by the address they get; Lagen with their Themenfeld.
    private var lagen: [String: (name: String, themenfeld: String)] = [:]
    private var themenfelder: [String: String] = [:]

    /// Reads `ozg_id, ozg_leistung, lebenslage, themenfeld`.
    mutating func readOZG(_ source: TextSource, _ bericht: inout Importbericht) {
        rows(source, ["ozg_id", "ozg_leistung", "lebenslage", "themenfeld"], &bericht) {
            datei, row, header throws(FormatError) in
            let ozgID = header[row, "ozg_id"]
            guard (1...10).contains(ozgID.utf8.count), ozgID.utf8.allSatisfy({ (48...57).contains($0) }) else {
                throw header.error(
                    "„\(ozgID.prefix(40))“ ist keine OZG-ID. Eine OZG-ID besteht nur aus Ziffern.", in: row,
                    field: "ozg_id")
            }
            guard !datei.ozgIDs.contains(ozgID) else {
                throw header.error("Die OZG-ID \(ozgID) kommt in der Datei schon vor.", in: row, field: "ozg_id")
            }
            let name = try Katalogdatei.name(header, row, "ozg_leistung")
            let (lage, feld) = (header[row, "lebenslage"], header[row, "themenfeld"])
            guard lage.isEmpty == feld.isEmpty else {
                throw header.error(
                    "Lebenslage und Themenfeld gehören zusammen, eines von beiden fehlt.", in: row, field: "themenfeld")
            }
            if !lage.isEmpty { try datei.einordnen(lage, feld, header, row) }
            datei.ozgIDs.insert(ozgID)
            datei.ozg.append(
                OZGZeile(
                    ozgID: ozgID, name: name, lage: lage.isEmpty ? nil : lage, themenfeld: feld.isEmpty ? nil : feld))
        }
    }

    /// Notes where a Lage belongs; two names with one address would hide each other.
    private mutating func einordnen(
        _ lage: String, _ feld: String, _ header: CSVHeader, _ row: CSVRow
    ) throws(FormatError) {
        if let known = themenfelder[Faltung.slug(feld)], known != feld {
            throw header.error("Das Themenfeld „\(feld)“ heißt weiter oben „\(known)“.", in: row, field: "themenfeld")
        }
        if let known = lagen[Faltung.slug(lage)] {
            guard known.name == lage else {
                throw header.error(
                    "Die Lage „\(lage)“ heißt weiter oben „\(known.name)“.", in: row, field: "lebenslage")
            }
            guard known.themenfeld == feld else {
                throw header.error(
                    "Die Lage „\(lage)“ gehört weiter oben zum Themenfeld „\(known.themenfeld)“.", in: row,
                    field: "themenfeld")
            }
        }
        themenfelder[Faltung.slug(feld)] = feld
        lagen[Faltung.slug(lage)] = (lage, feld)
    }

    /// Reads Leistungen with their keys.
    mutating func readLeistungen(_ source: TextSource, _ bericht: inout Importbericht) {
        rows(source, ["leika_schluessel", "bezeichnung", "typisierung", "ozg_id"], &bericht) {
            datei, row, header throws(FormatError) in
            let text = header[row, "leika_schluessel"]
            guard let schluessel = Leistungsschluessel(getippt: text) else {
                throw header.error(
                    "„\(text.prefix(40))“ ist kein Leistungsschlüssel. Ein Leistungsschlüssel hat 14 Ziffern.", in: row,
                    field: "leika_schluessel")
            }
            try datei.add(Leistung.ID(schluessel), schluessel, row, header)
        }
    }

    /// Reads Leistungen without keys; equal pairs of name and OZG-ID are numbered in the order of the file.
    mutating func readOhneSchluessel(_ source: TextSource, _ bericht: inout Importbericht) {
        rows(source, ["bezeichnung", "typisierung", "ozg_id"], &bericht) { datei, row, header throws(FormatError) in
            let name = try Katalogdatei.name(header, row, "bezeichnung")
            let ozgID = header[row, "ozg_id"]
            let number = (datei.paare[name + "\n" + ozgID] ?? 0) + 1
            let id = Leistung.ID(ohneSchluessel: name, ozgID: ozgID.isEmpty ? nil : ozgID, nummer: number)
            try datei.add(id, nil, row, header)
            datei.paare[name + "\n" + ozgID] = number
        }
    }

    /// Keys of bare objects that stand beside their own Verrichtungen.
    var objekte: Set<Leistung.ID> {
        var mitVerrichtung: Set<String> = []
        for row in leistungen {
            if let key = row.schluessel, !key.istBlank { mitVerrichtung.insert(key.objekt) }
        }
        return Set(
            leistungen.filter { row in row.schluessel.map { $0.istBlank && mitVerrichtung.contains($0.objekt) } ?? false
            }.map(\.id))
    }

    private mutating func add(
        _ id: Leistung.ID, _ schluessel: Leistungsschluessel?, _ row: CSVRow, _ header: CSVHeader
    ) throws(FormatError) {
        let name = try Katalogdatei.name(header, row, "bezeichnung")
        let typen = Typisierung.codes(header[row, "typisierung"])
        if let wrong = typen.first(where: { !Typisierung.istCode($0) }) {
            throw header.error(
                "„\(wrong.prefix(40))“ ist kein Code der Typisierung, z. B. 2/3.", in: row, field: "typisierung")
        }
        let ozgID = header[row, "ozg_id"]
        guard ozgID.isEmpty || ozgIDs.contains(ozgID) else {
            throw header.error(
                "Die OZG-ID „\(ozgID.prefix(40))“ steht nicht in der Liste der OZG-Leistungen.", in: row,
                field: "ozg_id")
        }
        guard ids.insert(id).inserted else {
            throw header.error(
                "Der Schlüssel \(id.rawValue) kommt in der Datei schon vor.", in: row, field: "leika_schluessel")
        }
        let recht = header[row, "rechtsgrundlage"]
        leistungen.append(
            LeistungZeile(
                id: id, schluessel: schluessel, name: name, typen: typen, ozgID: ozgID.isEmpty ? nil : ozgID,
                rechtsgrundlage: recht.isEmpty ? nil : recht))
    }

    private static func name(_ header: CSVHeader, _ row: CSVRow, _ field: String) throws(FormatError) -> String {
        let name = header[row, field]
        guard !name.isEmpty else { throw header.error("Die Bezeichnung fehlt.", in: row, field: field) }
        guard name.utf8.count <= 1_000 else {
            throw header.error("Die Bezeichnung ist länger als 1.000 Zeichen.", in: row, field: field)
        }
        return name
    }

    private mutating func rows(
        _ source: TextSource, _ required: [String], _ bericht: inout Importbericht,
        _ body: (inout Katalogdatei, CSVRow, CSVHeader) throws(FormatError) -> Void
    ) {
        _ = Blatt.read(
            source, required: required, known: ["lebenslage", "themenfeld", "rechtsgrundlage"], quelle: source.name,
            &bericht,
            zeile: { row, header throws(FormatError) in try body(&self, row, header) })
    }
}
