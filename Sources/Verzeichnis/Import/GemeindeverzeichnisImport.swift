package import Formats
package import Kernel
package import Storage

/// Loads the official directory: adds, changes and closes places, and gives each administration its Organisation.
package enum GemeindeverzeichnisImport {
    /// One transaction; nothing is written on a trial, or when a record was refused and that was not waived.
    ///
    /// - Throws: `Refusal.conflict` for a file older than what is loaded.
    package static func run(
        _ source: TextSource, _ auftrag: Importauftrag, in database: any Database
    ) async throws -> Importbericht {
        var bericht = Importbericht()
        let datei = Verzeichnisdatei.read(source, bericht: &bericht)
        let gelesen = bericht
        guard let gebietsstand = datei.gebietsstand, !datei.reihenfolge.isEmpty else { return gelesen }
        guard gelesen.fehlerzahl == 0 || auftrag.probe || auftrag.fehlerhafteUeberspringen else { return gelesen }
        return try await database.fuehre(auftrag) { db in
            var bericht = gelesen
            try db.lock("gemeindeverzeichnis")
            let bekannt = try DatenstandStore.newest(.gemeindeverzeichnis, in: db)?.datum
            try refuseOlder(gebietsstand, than: bekannt)
            let vorhandene = try vorhandene(in: db)
            var datei = datei
            if gelesen.fehlerzahl > 0 {
                datei.ergaenze(um: vorhandene.values.map(\.gebiet).sorted { $0.id.rawValue < $1.id.rawValue })
            }
            let plan = Verzeichnisplan(datei, gebietsstand, vorhandene: vorhandene, jetzt: auftrag.urheber.am)
            plan.describe(datei, in: &bericht)
            if gelesen.fehlerzahl == 0 {
                try plan.close(mitNachfolger: mitNachfolger(in: db), in: &bericht)
                // In five years about one place in two hundred went; what goes on under another key is not missing.
                auftrag.pruefeEntfallen(
                    bericht.entfallen - plan.fortgefuehrt.count, von: plan.bestand, hoechstensProzent: 2, &bericht)
            } else {
                bericht.hinweise.append(keineSchliessung)
            }
            guard auftrag.schreibt(bericht) else { return bericht }
            bericht.geschrieben = true
            // A newer Gebietsstand without any difference is news all the same.
            guard bericht.aendertEtwas || bekannt != gebietsstand.iso else { return bericht }
            try plan.write(schliessen: gelesen.fehlerzahl == 0, in: db)
            try DatenstandStore.record(
                .gemeindeverzeichnis, datum: gebietsstand.iso, bericht: bericht, durch: auftrag.urheber, in: db)
            return bericht
        }
    }

    private static let keineSchliessung =
        "Weil Sätze übersprungen werden, bleiben auch Gebiete gültig, die in der Datei nicht vorkommen."

    private static func refuseOlder(_ gebietsstand: Tag, than bekannt: String?) throws {
        guard let newest = bekannt.flatMap(Tag.init(iso:)), gebietsstand < newest else { return }
        throw Refusal(
            .conflict,
            "Die Datei hat den Gebietsstand \(gebietsstand.deutsch), geladen ist schon der vom \(newest.deutsch). Ältere Stände werden nicht geladen."
        )
    }

    private static func vorhandene(in db: any SQLConnection) throws -> [String: Verzeichnisplan.Vorhanden] {
        var found: [String: Verzeichnisplan.Vorhanden] = [:]
        try db.forEach(
            """
            SELECT \(Gebiet.columns), organisation.id AS organisation_id, organisation.name AS organisation_name
            FROM gebiet LEFT JOIN organisation ON organisation.gebiet = gebiet.id
            """
        ) { row in
            let gebiet = try Gebiet(row: row)
            // An AGS has 8 digits, which no ARS has.
            guard let key = gebiet.ars ?? gebiet.ags else { return }
            found[key] = try Verzeichnisplan.Vorhanden(
                gebiet: gebiet, organisation: row["organisation_id"], organisationName: row["organisation_name"])
        }
        return found
    }

    /// Ids of places whose successor a list of changes names.
    private static func mitNachfolger(in db: any SQLConnection) throws -> Set<String> {
        try Set(db.rows("SELECT DISTINCT gebiet FROM gebiet_nachfolge").map { try $0["gebiet"] })
    }
}
