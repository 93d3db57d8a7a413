package import Formats
package import Kernel
package import Storage

/// Loads a list of changes: closed places become known, and old keys and names lead to their successors.
package enum GebietsaenderungenImport {
    /// One transaction; what the list does not name stays as it is.
    package static func run(
        _ source: TextSource, _ auftrag: Importauftrag, in database: any Database
    ) async throws -> Importbericht {
        var read = Importbericht()
        guard let datei = Aenderungsdatei.read(source, &read) else { return read }
        let gelesen = read
        return try await database.fuehre(auftrag) { db in
            var bericht = gelesen
            // The directory is compared and changed here too.
            try db.lock("gemeindeverzeichnis")
            let bestand = try Aenderungsbestand(in: db)
            guard !bestand.orte.isEmpty else {
                bericht.sperre(
                    .init(
                        zeile: 0,
                        grund:
                            "Das Gemeindeverzeichnis ist noch nicht geladen. Laden Sie es zuerst: leitstand import gemeindeverzeichnis DATEI"
                    ))
                return bericht
            }
            let plan = Aenderungsplan(datei, bestand, jetzt: auftrag.urheber.am, &bericht)
            guard auftrag.schreibt(bericht) else { return bericht }
            bericht.geschrieben = true
            guard bericht.aendertEtwas else { return bericht }
            try plan.write(bestand, bekannt: bestand.gebietsstand ?? Tag.heute(auftrag.urheber.am), in: db)
            try DatenstandStore.record(
                .gebietsaenderungen, datum: nil, bericht: bericht, durch: auftrag.urheber, in: db)
            return bericht
        }
    }
}

extension Aenderungsplan {
    /// - Parameter bekannt: the day of the directory that no longer has the places.
    fileprivate func write(_ bestand: Aenderungsbestand, bekannt: Tag, in db: any SQLConnection) throws {
        try db.insert(
            into: "gebiet",
            columns: [
                "id", "ags", "amtlicher_name", "name", "sortname", "suchname", "art", "land", "gehoert_zu",
                "gehoert_zu_ars", "gueltig_bis", "ende_unbekannt",
            ],
            rows: neueOrte.map { id, aenderung in
                let above = [5, 3, 2].map { String(aenderung.ags.prefix($0)) }.first { bestand.oben[$0] != nil }
                return [
                    .text(id), .text(aenderung.ags), .text(aenderung.amtlicherName), .text(aenderung.name),
                    .text(Faltung.sort(aenderung.name)), .text(Faltung.suche(aenderung.name)),
                    aenderung.gebietsart.sqlValue, .text(String(aenderung.ags.prefix(2))),
                    above.flatMap { bestand.oben[$0] }.sqlValue, above.sqlValue, (enden[id] ?? bekannt).sqlValue,
                    .bool(enden[id] == nil),
                ]
            })
        for old in verworfen {
            try db.execute("DELETE FROM gebiet_nachfolge WHERE gebiet = \(old.von) AND nachfolger = \(old.nach)")
        }
        try db.insert(
            into: "gebiet_nachfolge", columns: ["gebiet", "nachfolger", "wirksam_am", "art", "quelle"],
            rows: neueKanten.map { new in
                [
                    .text(new.von), .text(new.nach), new.kante.wirksamAm.sqlValue, new.kante.art.sqlValue,
                    .text("gebietsaenderungen"),
                ]
            })
        for new in geaenderteKanten {
            try db.execute(
                """
                UPDATE gebiet_nachfolge SET wirksam_am = \(new.kante.wirksamAm), art = \(new.kante.art),
                       quelle = 'gebietsaenderungen'
                WHERE gebiet = \(new.von) AND nachfolger = \(new.nach)
                """)
        }
        let fresh = Set(neueOrte.map(\.id))
        for (id, tag) in enden.sorted(by: { $0.key < $1.key }) where !fresh.contains(id) {
            // The directory only knows that the place was gone by its day.
            try db.execute(
                """
                UPDATE gebiet SET gueltig_bis = \(tag), ende_unbekannt = FALSE
                WHERE id = \(id) AND (gueltig_bis > \(tag) OR ars IS NULL)
                """)
        }
        for (id, name) in umbenannt {
            let short = Gebietsname(amtlich: name).name
            try db.execute(
                """
                UPDATE gebiet SET amtlicher_name = \(name), name = \(short), sortname = \(Faltung.sort(short)),
                       suchname = \(Faltung.suche(short)) WHERE id = \(id)
                """)
        }
        try FruehererName.insert(
            fruehereNamen.map { FruehererName(gebiet: $0.id, ars: nil, name: $0.name, bis: $0.bis) }, in: db)
    }
}

/// A name or key that a place no longer bears.
struct FruehererName: Sendable {
    let gebiet: String
    let ars: String?
    let name: String
    let bis: Tag?

    static func insert(_ names: [FruehererName], in db: any SQLConnection) throws {
        try db.insert(
            into: "gebiet_frueher", columns: ["gebiet", "ars", "name", "sortname", "suchname", "bis"],
            rows: names.map { name in
                [
                    .text(name.gebiet), name.ars.sqlValue, .text(name.name), .text(Faltung.sort(name.name)),
                    .text(Faltung.suche(name.name)), name.bis.sqlValue,
                ]
            })
    }
}
