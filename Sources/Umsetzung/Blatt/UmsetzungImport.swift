package import Formats
import Katalog
package import Kernel
package import Storage
package import Verzeichnis
import Web

/// Loads an authority's sheet into its Umsetzungsliste.
///
/// A row is recognised by its Zeilenmarke, else by title, Leistungen and OZG-ID (equal ones in their order). Rows the
/// sheet does not name stay as they are.
package enum UmsetzungImport {
    /// Far more rows than there are services; a larger sheet is not a list.
    static let hoechstens = 20_000

    /// One transaction, which asks `pruefe` first; nothing is written on a trial, or when a row was refused and that was
    /// not waived.
    package static func run(
        _ source: TextSource, organisation: Organisation.ID, _ auftrag: Importauftrag, in database: any Database,
        pruefe: @escaping @Sendable (any SQLConnection) throws -> Void = { _ in }
    ) async throws -> Importbericht {
        var gelesen = Importbericht()
        guard
            let (header, zeilen) = Blatt.read(
                source, required: ["Titel"], known: Umsetzungsblatt.spalten, hoechstens: hoechstens, &gelesen,
                zeile: Umsetzungsblatt.zeile)
        else { return gelesen }
        gelesen.melde(unbekannte: header.unknown)
        let bisher = gelesen
        return try await database.fuehre(auftrag) { db in
            var bericht = bisher
            try pruefe(db)
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
}
