import Formats
package import Kernel
package import Storage

/// Loads code lists (OASIS genericode 1.0) as Fassungen that stand side by side.
package enum CodelistenImport {
    /// One transaction for all files. A Fassung that was loaded before with other content is refused, unless
    /// `ersetzen` says that its publisher corrected it.
    package static func run(
        _ quellen: [Codelistenquelle], ersetzen: Bool = false, _ auftrag: Importauftrag, in database: any Database
    ) async throws -> Importbericht {
        var gelesen = Importbericht()
        var read: [Codelistendatei] = []
        for quelle in quellen {
            if let datei = Codelistendatei.read(quelle, &gelesen) { read.append(datei) }
        }
        let (dateien, bisher) = (read, gelesen)
        guard !dateien.isEmpty, bisher.fehlerzahl == 0 || auftrag.probe || auftrag.fehlerhafteUeberspringen else {
            return bisher
        }
        return try await database.fuehre(auftrag) { db in
            var bericht = bisher
            try db.lock("codelisten")
            let plan = try Codelistenplan(dateien, ersetzen: ersetzen, &bericht, in: db)
            guard auftrag.schreibt(bericht) else { return bericht }
            bericht.geschrieben = true
            guard !plan.schritte.isEmpty else { return bericht }
            let nummer = try DatenstandStore.record(
                .codelisten, datum: nil, bericht: bericht, durch: auftrag.urheber, in: db)
            try plan.write(datenstand: nummer, am: auftrag.urheber.am, in: db)
            return bericht
        }
    }
}
