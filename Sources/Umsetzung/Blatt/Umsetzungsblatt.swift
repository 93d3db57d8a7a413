import Formats
import Katalog
import Kernel
import Web

/// The sheet in which coordinators keep their list: its headings, and how each cell is read and written.
enum Umsetzungsblatt {
    static let spalten = [
        "Zeilenmarke", "Titel", "Leistungsschlüssel", "OZG-ID", "Amt", "Stand", "Variante", "Onlinedienst", "URL",
        "Reifegrad",
        "Priorität", "Frist", "Rolle", "Notiz", "Schlagworte",
    ]

    /// A row as the sheet says it, before anything is looked up.
    struct Zeile: Sendable {
        let row: CSVRow
        let marke: String
        var leistungen: [Leistungsangabe.Teil] = []
        var dienst = ""
        /// Applies the cells that the sheet has; a column it lacks leaves the value as it is.
        var inhalt: Umsetzungseintrag.Inhalt
        let vorhanden: Set<String>
    }

    static func zeile(_ row: CSVRow, _ header: CSVHeader) throws(FormatError) -> Zeile {
        func text(_ name: String, _ limit: Int) throws(FormatError) -> String? {
            let value = header[row, name]
            guard value.utf8.count <= limit else {
                throw header.error("Der Text ist länger als \(limit) Zeichen.", in: row, field: name)
            }
            return value.isEmpty ? nil : value
        }
        var inhalt = Umsetzungseintrag.Inhalt()
        inhalt.titel = try text("Titel", 500) ?? ""
        inhalt.amt = try text("Amt", 200)
        inhalt.reifegrad = try text("Reifegrad", 60).map { Reifegrad(getippt: $0)?.text ?? $0 }
        inhalt.prioritaet = try text("Priorität", 60)
        inhalt.rolle = try text("Rolle", 200)
        inhalt.notiz = try text("Notiz", 10_000)
        inhalt.schlagworte = try text("Schlagworte", 1_000)
        inhalt.ozgID = try text("OZG-ID", 20)
        inhalt.url = try text("URL", Webadresse.hoechstlaenge)
        if let url = inhalt.url, !Webadresse.istGueltig(url) {
            throw header.error(Webadresse.regel, in: row, field: "URL")
        }
        if let typed = try text("Stand", 100) {
            guard let stand = Umsetzungsstand(getippt: typed) else {
                let known = Umsetzungsstand.allCases.map(\.wort).joined(separator: ", ")
                throw header.error(
                    "„\(typed)“ ist kein Umsetzungsstand. Bekannt sind: \(known).", in: row, field: "Stand")
            }
            inhalt.stand = stand
        }
        if let typed = try text("Variante", 100) {
            guard let variante = Variante(getippt: typed) else {
                let known = Variante.allCases.map(\.rawValue).joined(separator: ", ")
                throw header.error("„\(typed)“ ist keine Variante. Bekannt sind: \(known).", in: row, field: "Variante")
            }
            inhalt.variante = variante
        }
        if let typed = try text("Frist", 40) {
            guard let frist = Tag(getippt: typed) else {
                throw header.error(
                    "„\(typed)“ ist kein Datum. Schreiben Sie z. B. 31.12.2026.", in: row, field: "Frist")
            }
            inhalt.frist = frist
        }
        let leistungen: [Leistungsangabe.Teil]
        do { leistungen = try Leistungsangabe.parse(header[row, "Leistungsschlüssel"]) } catch {
            throw header.error(error.grund, in: row, field: "Leistungsschlüssel")
        }
        // An empty cell says nothing about the Stand: a new row is open, a known one stays as it is.
        let vorhanden = spalten.filter { header.contains($0) && ($0 != "Stand" || !header[row, $0].isEmpty) }
        return Zeile(
            row: row, marke: header[row, "Zeilenmarke"], leistungen: leistungen,
            dienst: try text("Onlinedienst", 500) ?? "", inhalt: inhalt, vorhanden: Set(vorhanden))
    }

    /// The headings with widths that show most cells whole.
    static let tabellenspalten = zip(spalten, [28, 48, 34, 9, 22, 16, 20, 40, 40, 14, 12, 12, 18, 40, 24])
        .map { TableColumn($0, width: $1) }

    /// The row of the sheet for an entry; `dienst` is its Onlinedienst as the sheet names it.
    static func zellen(_ eintrag: Umsetzungseintrag, dienst: String?) -> [TableCell] {
        let inhalt = eintrag.inhalt
        return [
            .text(eintrag.id.rawValue), .text(inhalt.titel),
            .text(inhalt.leistungen.map(\.rawValue).joined(separator: " ")), TableCell(inhalt.ozgID),
            TableCell(inhalt.amt), .text(inhalt.stand.wort), TableCell(inhalt.variante?.rawValue),
            TableCell(dienst ?? inhalt.dienstText), TableCell(inhalt.url), TableCell(inhalt.reifegrad),
            TableCell(inhalt.prioritaet),
            inhalt.frist.map { .date(year: $0.jahr, month: $0.monat, day: $0.tagImMonat) } ?? .empty,
            TableCell(inhalt.rolle), TableCell(inhalt.notiz), TableCell(inhalt.schlagworte),
        ]
    }
}

extension Umsetzungsblatt.Zeile {
    /// The entry as it is after this row: cells of the sheet over what it said before.
    func applied(to old: Umsetzungseintrag.Inhalt) -> Umsetzungseintrag.Inhalt {
        var new = old
        func take<T>(_ column: String, _ path: WritableKeyPath<Umsetzungseintrag.Inhalt, T>) {
            if vorhanden.contains(column) { new[keyPath: path] = inhalt[keyPath: path] }
        }
        take("Titel", \.titel)
        take("Leistungsschlüssel", \.leistungen)
        take("OZG-ID", \.ozgID)
        take("Amt", \.amt)
        take("Stand", \.stand)
        take("Variante", \.variante)
        take("Onlinedienst", \.dienst)
        take("Onlinedienst", \.dienstText)
        take("URL", \.url)
        take("Reifegrad", \.reifegrad)
        take("Priorität", \.prioritaet)
        take("Frist", \.frist)
        take("Rolle", \.rolle)
        take("Notiz", \.notiz)
        take("Schlagworte", \.schlagworte)
        return new
    }
}
