package import Formats
package import Kernel
import Post
package import Storage
package import Web

/// Invites people to an Organisation from a sheet; a person is recognised by the address, a role by its name.
package enum Einladungsimport {
    static let spalten = ["E-Mail", "Name", "Amt", "Rolle", "Vertretung"]
    /// No authority invites more people at once.
    static let hoechstens = 2_000

    private struct Zeile: Sendable {
        let row: CSVRow
        let email: Postadresse
        let name: String?
        let vergabe: Personenverwaltung.Vergabe
    }

    package struct Ergebnis: Sendable {
        package var bericht: Importbericht
        /// Fresh links for those who have not taken their invitation, in the order of the sheet.
        package var einladungen: [Personenverwaltung.Einladung] = []
    }

    /// One transaction; a person whom the sheet does not name stays as she is.
    ///
    /// `person` is who invites, asked for in the transaction, nil for the operator; `kennwort` is of a secret that nobody knows.
    /// `zustellung` sees to it, in the same transaction, that each person gets the link.
    package static func run(
        _ source: TextSource, bei behoerde: Behoerde, als person: Nachschau?, kennwort: Kennwort,
        _ auftrag: Importauftrag,
        in database: any Database,
        zustellung: @escaping @Sendable (Personenverwaltung.Einladung, Handelnder, any SQLConnection) throws -> Void = {
            _, _, _ in
        }
    ) async throws -> Ergebnis {
        var gelesen = Importbericht()
        guard
            let (header, zeilen) = Blatt.read(
                source, required: ["E-Mail", "Rolle"], known: spalten, hoechstens: hoechstens, &gelesen,
                zeile: { row, header throws(FormatError) in try zeile(row, header, behoerde) })
        else { return Ergebnis(bericht: gelesen) }
        gelesen.melde(unbekannte: header.unknown)
        let bisher = gelesen
        let am = auftrag.urheber.am
        return try await database.fuehre(auftrag) { db in
            var ergebnis = Ergebnis(bericht: bisher)
            let wer = try person.map { try Handelnder.jetzt($0, am: am, in: db) } ?? .betrieb(am)
            try wer.verlange(.kontenVerwalten(organisation: behoerde.id))
            var gesehen: Set<String> = []
            var plan: [Zeile] = []
            for zeile in zeilen {
                do {
                    if try pruefe(zeile, header, wer, &gesehen, &ergebnis.bericht, in: db) { plan.append(zeile) }
                } catch let fault as FormatError { ergebnis.bericht.refuse(fault) }
            }
            guard auftrag.schreibt(ergebnis.bericht) else { return ergebnis }
            var links: [Person.ID: Int] = [:]
            for zeile in plan {
                let made = try Personenverwaltung.lade(
                    zeile.email, name: zeile.name, [zeile.vergabe], kennwort: kennwort, durch: wer, in: db)
                // A second role of the same person comes with a fresh link; the one before it is dead.
                if let index = links[made.person.id] {
                    ergebnis.einladungen[index] = made
                } else {
                    links[made.person.id] = ergebnis.einladungen.count
                    ergebnis.einladungen.append(made)
                }
            }
            for einladung in ergebnis.einladungen { try zustellung(einladung, wer, db) }
            ergebnis.bericht.geschrieben = true
            return ergebnis
        }
    }

    /// Whether the row asks for a change.
    private static func pruefe(
        _ zeile: Zeile, _ header: CSVHeader, _ wer: Handelnder, _ gesehen: inout Set<String>,
        _ bericht: inout Importbericht, in db: any SQLConnection
    ) throws -> Bool {
        let amt = zeile.vergabe.amt
        guard wer.darf(.rolleVergeben(amt.rolle, organisation: amt.organisation)) else {
            throw header.error(
                "Die Rolle \(amt.rolle.name) dürfen Sie hier nicht vergeben.", in: zeile.row, field: "Rolle")
        }
        guard gesehen.insert("\(zeile.email) \(amt.rolle.rawValue)").inserted else {
            throw header.error(
                "Diese Adresse hat dieselbe Rolle schon in einer Zeile weiter oben.", in: zeile.row, field: "E-Mail")
        }
        guard let old = try PersonStore.finde(email: zeile.email.text, in: db) else {
            bericht.neu += 1
            return true
        }
        if old.zustand == .gesperrt {
            throw header.error(
                "Dieses Konto ist gesperrt. Geben Sie es zuerst frei.", in: zeile.row, field: "E-Mail")
        }
        let held = try PersonStore.aemter([old.id], an: amt.organisation, in: db).first { $0.rolle == amt.rolle }
        if let held, held.vertretung == amt.vertretung, held.stelle == zeile.vergabe.stelle {
            bericht.unveraendert += 1
            return false
        }
        if held == nil { bericht.neu += 1 } else { bericht.geaendert += 1 }
        return true
    }

    private static func zeile(_ row: CSVRow, _ header: CSVHeader, _ behoerde: Behoerde) throws(FormatError) -> Zeile {
        let email: Postadresse
        do { email = try Postadresse(header[row, "E-Mail"]) } catch {
            throw header.error(error.message, in: row, field: "E-Mail")
        }
        let (name, stelle) = (header[row, "Name"], header[row, "Amt"])
        if let fault = Personenname.fehler(name) { throw header.error(fault, in: row, field: "Name") }
        if let fault = Personenname.fehler(stelle) {
            throw header.error(fault.replacing("Der Name", with: "Das Amt"), in: row, field: "Amt")
        }
        let word = header[row, "Rolle"]
        let folded = Faltung.suche(word)
        guard
            let rolle = Rolle.allCases.first(where: {
                $0.rawValue == word || !folded.isEmpty && Faltung.suche($0.name) == folded
            })
        else {
            let known = Rolle.allCases.filter { !$0.giltUeberall }.map(\.name).joined(separator: ", ")
            throw header.error(
                "„\(word.prefix(40))“ ist keine Rolle. Bekannt sind: \(known).", in: row, field: "Rolle")
        }
        guard !rolle.giltUeberall else {
            throw header.error(
                "Die Rolle \(rolle.name) gilt in der ganzen Installation und nicht bei einer Verwaltung.", in: row,
                field: "Rolle")
        }
        let vertretung: Bool
        switch Faltung.suche(header[row, "Vertretung"]) {
        case "", "nein", "n", "0": vertretung = false
        case "ja", "j", "x", "1": vertretung = true
        default: throw header.error("Schreiben Sie „ja“ oder „nein“.", in: row, field: "Vertretung")
        }
        return Zeile(
            row: row, email: email, name: name.isEmpty ? nil : name,
            vergabe: .init(
                Person.Amt(rolle, an: behoerde.id, vertretung: vertretung), stelle: stelle.isEmpty ? nil : stelle))
    }
}
