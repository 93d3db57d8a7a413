package import Kernel
package import Storage
package import Web

/// What narrows a list of Leistungen.
package struct LeistungFilter: Sendable, Equatable {
    package var suche: Suchmuster?
    /// Typed digits: the beginning of a key.
    package var schluessel: String?
    package var typ: String?
    package var themenfeld: String?
    package var lage: String?
    package var ozgID: String?
    /// Only what counts in figures: neither headings nor provisional entries.
    package var nurZaehlende = false

    package init() {}

    package init(_ abfrage: Abfrage) throws {
        if let typed = abfrage["q"] {
            let digits = typed.filter { !$0.isWhitespace }
            if digits.utf8.allSatisfy({ (48...57).contains($0) }) {
                schluessel = digits
            } else {
                suche = Suchmuster(typed)
            }
        }
        if let typ = abfrage["typ"] {
            guard Typisierung.istCode(typ) else {
                throw Refusal(.badRequest, "„\(typ.prefix(20))“ ist kein Code der Typisierung, z. B. 2/3.")
            }
            self.typ = typ
        }
        themenfeld = abfrage["themenfeld"]
        lage = abfrage["lage"]
        ozgID = abfrage["ozg"]
        nurZaehlende = abfrage["ueberschriften"] == "nein"
    }

    var bedingung: SQL {
        var parts: [SQL] = ["leistung.stand_bis IS NULL"]
        if let suche {
            // A service without a key is also found by its id, which pages and lists show.
            parts.append(
                "((\(suche.bedingung(suchname: "leistung.suchname", sortname: "leistung.sortname"))) OR leistung.id = \(suche.ganz.replacing(" ", with: "-")) OR \(suche.frueherLeistung))"
            )
        }
        if let schluessel {
            parts.append("(leistung.schluessel LIKE \(schluessel + "%") OR leistung.ozg_id = \(schluessel))")
        }
        if let typ { parts.append("leistung.id IN (SELECT leistung FROM leistung_typ WHERE typ = \(typ))") }
        if let themenfeld { parts.append("themenfeld.slug = \(themenfeld)") }
        if let lage { parts.append("lage.slug = \(lage)") }
        if let ozgID { parts.append("leistung.ozg_id = \(ozgID)") }
        if nurZaehlende { parts.append("NOT leistung.ist_objekt AND NOT leistung.vorlaeufig") }
        return parts.joined(separator: " AND ")
    }
}

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
        let order: SQL =
            filter.suche.map { "\($0.rang(suchname: "leistung.suchname")), leistung.sortname, leistung.id" }
            ?? (filter.schluessel == nil ? "leistung.sortname, leistung.id" : "leistung.schluessel, leistung.id")
        return try db.all(
            """
            SELECT \(Leistung.columns) FROM \(Leistung.quelle) WHERE \(filter.bedingung)
            ORDER BY \(order) LIMIT \(seite.groesse) OFFSET \(seite.versatz)
            """)
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
