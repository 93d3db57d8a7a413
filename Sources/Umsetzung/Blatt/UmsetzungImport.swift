package import Formats
import Katalog
package import Kernel
package import Storage
package import Verzeichnis

/// Loads an authority's sheet into its Umsetzungsliste.
///
/// A row is recognised by its Zeilenmarke, else by title, Leistungen and OZG-ID (equal ones in their order). Rows the
/// sheet does not name stay as they are.
package enum UmsetzungImport {
    /// Far more rows than there are services; a larger sheet is not a list.
    static let hoechstens = 20_000

    /// One transaction; nothing is written on a trial, or when a row was refused and that was not waived.
    package static func run(
        _ source: TextSource, organisation: Organisation.ID, _ auftrag: Importauftrag, in database: any Database
    ) async throws -> Importbericht {
        var gelesen = Importbericht()
        guard let (header, zeilen) = read(source, &gelesen) else { return gelesen }
        let bisher = gelesen
        return try await database.fuehre(auftrag) { db in
            var bericht = bisher
            try db.lock("umsetzung \(organisation.rawValue)")
            var plan = try Umsetzungsplan(organisation, auftrag.urheber, in: db)
            for zeile in zeilen {
                do { try plan.add(zeile, header, in: db) } catch let error as FormatError {
                    bericht.refuse(
                        .init(zeile: error.line, spalte: error.column, feld: error.field, grund: error.reason))
                }
            }
            plan.match(&bericht)
            guard auftrag.schreibt(bericht) else { return bericht }
            bericht.geschrieben = true
            guard bericht.aendertEtwas else { return bericht }
            try plan.write(in: db)
            try DatenstandStore.record(
                .umsetzung, bezug: organisation.rawValue, datum: auftrag.urheber.am.tag.iso, bericht: bericht,
                durch: auftrag.urheber, in: db)
            return bericht
        }
    }

    private static func read(
        _ source: TextSource, _ bericht: inout Importbericht
    ) -> (CSVHeader, [Umsetzungsblatt.Zeile])? {
        func refuse(_ error: FormatError) {
            bericht.refuse(.init(zeile: error.line, spalte: error.column, feld: error.field, grund: error.reason))
        }
        do throws(FormatError) {
            let reader = try CSVReader(source)
            let header = try CSVHeader(reader.header, required: ["Titel"], known: Umsetzungsblatt.spalten)
            for name in header.unknown {
                bericht.hinweise.append("Die Spalte „\(name)“ ist unbekannt und bleibt unbeachtet.")
            }
            var zeilen: [Umsetzungsblatt.Zeile] = []
            while true {
                do throws(FormatError) {
                    guard let row = try reader.next() else { break }
                    guard zeilen.count < hoechstens else {
                        throw FormatError(
                            line: row.line, reason: "Eine Liste hat höchstens 20.000 Zeilen.", fatal: true)
                    }
                    zeilen.append(try Umsetzungsblatt.zeile(row, header))
                } catch {
                    refuse(error)
                    if error.fatal { return nil }
                }
            }
            if zeilen.isEmpty, bericht.fehlerzahl == 0 {
                refuse(FormatError(reason: "Die Datei enthält nur die Kopfzeile."))
            }
            return (header, zeilen)
        } catch {
            refuse(error)
            return nil
        }
    }
}
