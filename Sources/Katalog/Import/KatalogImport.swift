package import Formats
package import Kernel
package import Storage

/// Loads a catalogue as the next numbered Katalogstand.
package enum KatalogImport {
    /// The files of one catalogue.
    package struct Dateien {
        let leistungen: TextSource
        let ohneSchluessel: TextSource?
        let ozg: TextSource

        package init(leistungen: TextSource, ohneSchluessel: TextSource?, ozg: TextSource) {
            (self.leistungen, self.ohneSchluessel, self.ozg) = (leistungen, ohneSchluessel, ozg)
        }
    }

    /// One transaction; what is gone is closed, never deleted. `datum` is the date of the data as its source gives it.
    package static func run(
        _ dateien: Dateien, datum: String?, _ auftrag: Importauftrag, in database: any Database
    ) async throws -> Importbericht {
        var gelesen = Importbericht()
        var read = Katalogdatei()
        read.readOZG(dateien.ozg, &gelesen)
        read.readLeistungen(dateien.leistungen, &gelesen)
        if let ohneSchluessel = dateien.ohneSchluessel { read.readOhneSchluessel(ohneSchluessel, &gelesen) }
        let (datei, bisher, mitOhne) = (read, gelesen, dateien.ohneSchluessel != nil)
        guard bisher.fehlerzahl == 0 || auftrag.probe || auftrag.fehlerhafteUeberspringen, !datei.leistungen.isEmpty
        else {
            return bisher
        }
        return try await database.fuehre(auftrag) { db in
            var bericht = bisher
            try db.lock("katalog")
            let bekannt = try DatenstandStore.newest(.katalog, in: db)
            let number = (bekannt?.nummer ?? 0) + 1
            let plan = try Katalogplan(
                datei, nummer: number, schliessen: bisher.fehlerzahl == 0, mitOhneSchluessel: mitOhne, in: db)
            plan.describe(in: &bericht)
            auftrag.pruefeEntfallen(bericht.entfallen, von: plan.bestand, hoechstensProzent: 10, &bericht)
            if datum == nil {
                bericht.hinweise.append("Ohne --stand zeigen die Seiten statt des Datenstands den Tag des Ladens.")
            }
            guard auftrag.schreibt(bericht) else { return bericht }
            bericht.geschrieben = true
            // The same content under another date is a Stand of its own.
            guard plan.aendertEtwas || (datum != nil && datum != bekannt?.datum) else { return bericht }
            try plan.write(in: db)
            try DatenstandStore.record(.katalog, datum: datum, bericht: bericht, durch: auftrag.urheber, in: db)
            return bericht
        }
    }
}
