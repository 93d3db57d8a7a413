package import Formats
import Katalog
package import Kernel
package import Storage
import Verzeichnis
import Web

/// Loads a sheet of Onlinedienste; a service is recognised by its name and its provider.
package enum DienstImport {
    static let spalten = [
        "Name", "Anbieter", "URL", "Hersteller", "Formularsystem", "Leistungen", "Variante", "Reifegradmodell",
        "Reifegrad",
        "Beschreibung",
    ]

    private struct Zeile: Sendable {
        let row: CSVRow
        let form: DienstForm
    }

    /// One transaction; a service that the sheet does not name stays as it is.
    package static func run(
        _ source: TextSource, _ auftrag: Importauftrag, in database: any Database
    ) async throws -> Importbericht {
        var gelesen = Importbericht()
        guard
            let (header, zeilen) = Blatt.read(
                source, required: ["Name", "Anbieter"], known: spalten, &gelesen,
                zeile: { row, header throws(FormatError) in Zeile(row: row, form: try form(row, header)) })
        else { return gelesen }
        gelesen.melde(unbekannte: header.unknown)
        let bisher = gelesen
        return try await database.fuehre(auftrag) { db in
            var bericht = bisher
            try db.lock("dienste")
            var gesehen: Set<Onlinedienst.ID> = []
            var writes: [(any SQLConnection) throws -> Void] = []
            for zeile in zeilen {
                do {
                    if let write = try plan(zeile, header, &gesehen, auftrag, &bericht, in: db) { writes.append(write) }
                } catch let errors as FormErrors {
                    for entry in errors.entries {
                        let feld = spalte(entry.feld)
                        bericht.refuse(
                            .init(
                                zeile: zeile.row.line, spalte: header.column(of: feld, in: zeile.row), feld: feld,
                                grund: entry.text))
                    }
                }
            }
            guard auftrag.schreibt(bericht) else { return bericht }
            for write in writes { try write(db) }
            bericht.geschrieben = true
            guard bericht.aendertEtwas else { return bericht }
            try DatenstandStore.record(.dienste, datum: nil, bericht: bericht, durch: auftrag.urheber, in: db)
            return bericht
        }
    }

    /// What the row asks for; nil when the service already is as it says.
    private static func plan(
        _ zeile: Zeile, _ header: CSVHeader, _ gesehen: inout Set<Onlinedienst.ID>, _ auftrag: Importauftrag,
        _ bericht: inout Importbericht,
        in db: any SQLConnection
    ) throws -> ((any SQLConnection) throws -> Void)? {
        let fresh = Onlinedienst.ID(rawValue: Kennung.neu(auftrag.urheber.am))
        let (typed, _) = try zeile.form.checked(id: fresh, slug: "", in: db)
        guard let old = try DienstStore.find(name: typed.name, anbieter: typed.anbieter, in: db) else {
            let key = Onlinedienst.ID(rawValue: Faltung.suche(typed.name) + " " + typed.anbieter.rawValue)
            guard gesehen.insert(key).inserted else { throw duplicate }
            bericht.neu += 1
            return { db in
                let slug = try DienstStore.freierSlug(typed.name, in: db)
                let (dienst, leistungen) = try zeile.form.checked(id: fresh, slug: slug, in: db)
                try DienstStore.insert(dienst, leistungen: leistungen, durch: auftrag.urheber, in: db)
            }
        }
        guard gesehen.insert(old.dienst.id).inserted else { throw duplicate }
        let form = zeile.form.ergaenzt(aus: old, header)
        let (dienst, leistungen) = try form.checked(id: old.dienst.id, slug: old.dienst.slug, in: db)
        if Dienstvergleich.changes(old, dienst, leistungen).isEmpty {
            bericht.unveraendert += 1
            return nil
        }
        bericht.geaendert += 1
        return { db in try DienstStore.change(old, to: dienst, leistungen: leistungen, durch: auftrag.urheber, in: db) }
    }

    private static var duplicate: FormErrors {
        var errors = FormErrors()
        errors.add("name", "Diesen Namen hat beim selben Anbieter schon eine Zeile weiter oben.")
        return errors
    }

    private static func spalte(_ feld: String) -> String {
        spalten.first { Faltung.suche($0) == feld } ?? "Name"
    }

    private static func form(_ row: CSVRow, _ header: CSVHeader) throws(FormatError) -> DienstForm {
        var form = DienstForm()
        form.name = header[row, "Name"]
        form.anbieter = header[row, "Anbieter"]
        form.url = header[row, "URL"]
        form.hersteller = header[row, "Hersteller"]
        form.formularsystem = header[row, "Formularsystem"]
        form.leistungen = header[row, "Leistungen"]
        form.beschreibung = header[row, "Beschreibung"]
        let variante = header[row, "Variante"]
        if !variante.isEmpty {
            guard let known = Variante(getippt: variante) else {
                throw header.error(
                    "„\(variante.prefix(40))“ ist keine Variante. Bekannt sind: \(Variante.allCases.map(\.rawValue).joined(separator: ", ")).",
                    in: row, field: "Variante")
            }
            form.variante = known.rawValue
        }
        let (modell, stufe) = (header[row, "Reifegradmodell"], header[row, "Reifegrad"])
        guard modell.isEmpty == stufe.isEmpty else {
            throw header.error(
                "Reifegradmodell und Reifegrad gehören zusammen, eines von beiden fehlt.", in: row, field: "Reifegrad")
        }
        if !modell.isEmpty {
            guard let known = Reifegrad.Modell(getippt: modell) else {
                throw header.error(
                    "„\(modell.prefix(40))“ ist kein Reifegradmodell. Bekannt sind: \(Reifegrad.Modell.allCases.map(\.rawValue).joined(separator: ", ")).",
                    in: row, field: "Reifegradmodell")
            }
            guard let number = Int(stufe), let level = Reifegrad(known, number) else {
                throw header.error(
                    "„\(stufe.prefix(20))“ ist keine Stufe von \(known.wort), erlaubt sind \(known.stufen.lowerBound) bis \(known.stufen.upperBound).",
                    in: row, field: "Reifegrad")
            }
            form.reifegrad = level.text
        }
        return form
    }
}

extension DienstForm {
    /// The sheet's cells over what the service said before: a column that the sheet lacks leaves the value as it is.
    fileprivate func ergaenzt(aus old: DienstEintrag, _ header: CSVHeader) -> DienstForm {
        var form = DienstForm(old)
        func take(_ column: String, _ path: WritableKeyPath<DienstForm, String>) {
            if header.contains(column) { form[keyPath: path] = self[keyPath: path] }
        }
        take("Name", \.name)
        take("Anbieter", \.anbieter)
        take("URL", \.url)
        take("Hersteller", \.hersteller)
        take("Formularsystem", \.formularsystem)
        take("Leistungen", \.leistungen)
        take("Variante", \.variante)
        take("Reifegradmodell", \.reifegrad)
        take("Reifegrad", \.reifegrad)
        take("Beschreibung", \.beschreibung)
        return form
    }
}
