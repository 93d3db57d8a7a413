package import Kernel
package import Storage
package import Web

/// Every statement that touches `leistung`, but for the import of the catalogue.
package enum LeistungStore {
    package static func find(_ id: Leistung.ID, in db: any SQLConnection) throws -> Leistung? {
        try db.first("SELECT \(Leistung.columns) FROM \(Leistung.quelle) WHERE leistung.id = \(id)")
    }

    package static func find(_ ids: [Leistung.ID], in db: any SQLConnection) throws -> [Leistung] {
        guard !ids.isEmpty else { return [] }
        return try db.all(
            "SELECT \(Leistung.columns) FROM \(Leistung.quelle) WHERE leistung.id IN (\(ids)) ORDER BY leistung.sortname, leistung.id"
        )
    }

    package static func count(_ filter: LeistungFilter, in db: any SQLConnection) throws -> Int {
        try db.value("SELECT count(*) FROM \(Leistung.quelle) WHERE \(filter.bedingung)") ?? 0
    }

    /// Leistungen that count in figures: neither headings nor gone nor provisional.
    package static func zaehlbar(in db: any SQLConnection) throws -> Int {
        try db.value(
            "SELECT count(*) FROM leistung WHERE stand_bis IS NULL AND NOT ist_objekt AND NOT vorlaeufig") ?? 0
    }

    package static func page(_ filter: LeistungFilter, _ seite: Seite, in db: any SQLConnection) throws -> [Leistung] {
        try db.all("\(liste(filter)) LIMIT \(seite.groesse) OFFSET \(seite.versatz)")
    }

    /// The whole list in the order of its pages, one Leistung at a time.
    package static func forEach(
        _ filter: LeistungFilter, in db: any SQLConnection, _ body: (Leistung) throws -> Void
    ) throws {
        try db.forEach(liste(filter)) { row in try body(Leistung(row: row)) }
    }

    private static func liste(_ filter: LeistungFilter) -> SQL {
        "SELECT \(Leistung.columns) FROM \(Leistung.quelle) WHERE \(filter.bedingung) ORDER BY \(filter.ordnung)"
    }

    package static func list(
        _ filter: LeistungFilter, _ wunsch: Listenwunsch, in db: any SQLConnection
    ) throws -> (eintraege: [Leistung], weiter: String?) {
        let after = wunsch.bedingung(sortname: "leistung.sortname", id: "leistung.id")
        let rows = try db.all(
            """
            SELECT \(Leistung.columns) FROM \(Leistung.quelle) WHERE \(filter.bedingung) AND \(after)
            ORDER BY leistung.sortname, leistung.id LIMIT \(wunsch.anzahl + 1)
            """, as: Leistung.self)
        return wunsch.teil(rows) { [Faltung.sort($0.name), $0.id.rawValue] }
    }

    /// Everything with the same object, in the order of the keys.
    package static func gleichesObjekt(_ schluessel: Leistungsschluessel, in db: any SQLConnection) throws -> [Leistung]
    {
        try db.all(
            """
            SELECT \(Leistung.columns) FROM \(Leistung.quelle)
            WHERE leistung.objekt = \(schluessel.objekt) AND leistung.stand_bis IS NULL ORDER BY leistung.schluessel
            """)
    }

    /// Other objects of the same group, by their heading or their first Verrichtung.
    package static func gleicheGruppe(
        _ schluessel: Leistungsschluessel, limit: Int, in db: any SQLConnection
    ) throws -> [Leistung] {
        try db.all(
            """
            SELECT \(Leistung.columns) FROM \(Leistung.quelle)
            WHERE leistung.schluessel IN (SELECT MIN(schluessel) FROM leistung
                WHERE gruppe = \(schluessel.gruppe) AND objekt <> \(schluessel.objekt) AND stand_bis IS NULL GROUP BY objekt)
            ORDER BY leistung.sortname, leistung.id LIMIT \(limit)
            """)
    }

    /// All Leistungen of an OZG-Leistung, headings before their Verrichtungen.
    package static func ofOZG(_ ozgID: String, in db: any SQLConnection) throws -> [Leistung] {
        try db.all(
            """
            SELECT \(Leistung.columns) FROM \(Leistung.quelle)
            WHERE leistung.ozg_id = \(ozgID) AND leistung.stand_bis IS NULL
            ORDER BY leistung.schluessel NULLS LAST, leistung.sortname, leistung.id
            """)
    }

    /// Enters a well-formed key that no Katalogstand knows yet; the next one that does replaces the entry.
    package static func enterProvisional(
        _ schluessel: Leistungsschluessel, name: String, durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        // A catalogue that is being loaded has read its stock already.
        try db.lock("katalog")
        let inserted = try db.execute(
            """
            INSERT INTO leistung (id, schluessel, name, sortname, suchname, typen, objekt, gruppe, ist_objekt, vorlaeufig)
            VALUES (\(Leistung.ID(schluessel)), \(schluessel), \(name), \(Faltung.sort(name)), \(Faltung.suche(name)), '',
                    \(schluessel.objekt), \(schluessel.gruppe), FALSE, TRUE)
            ON CONFLICT DO NOTHING
            """)
        guard inserted == 1 else { return }
        try VerlaufStore.append(
            [Verlauf(.leistungVorlaeufig, leistung: schluessel.rawValue, nach: name)], durch: urheber, in: db)
    }
}
