package import Kernel
package import Storage

/// People of `an` act in this role for `von`.
package struct Delegation: Sendable, Equatable, RowDecodable {
    /// An Organisation as this room knows it.
    package struct Haus: Sendable, Equatable {
        package let id: String
        package let name: String
        package let ars: String?

        package var pfad: String { "/organisationen/\(ars ?? id)" }
    }

    package let von: Haus
    package let an: Haus
    package let rolle: Rolle
    package let gueltigVon: Tag?
    package let gueltigBis: Tag?

    package init(row: Row) throws {
        von = Haus(id: try row["von"], name: try row["von_name"], ars: try row["von_ars"])
        an = Haus(id: try row["an"], name: try row["an_name"], ars: try row["an_ars"])
        rolle = try row["rolle"]
        gueltigVon = try row["gueltig_von"]
        gueltigBis = try row["gueltig_bis"]
    }

    package func istBeendet(am heute: Tag) -> Bool { gueltigBis.map { $0 < heute } ?? false }
}

/// Every statement about who acts for whom.
package enum DelegationStore {
    /// The Organisation with this id or Regionalschlüssel.
    package static func haus(_ word: String, in db: any SQLConnection) throws -> Delegation.Haus? {
        try db.rows(
            "SELECT id, name, ars FROM organisation_sicht WHERE id = \(word) OR ars = \(word) ORDER BY id LIMIT 1"
        ).first.map(haus)
    }

    private static func haus(_ row: Row) throws -> Delegation.Haus {
        .init(id: try row["id"], name: try row["name"], ars: try row["ars"])
    }

    /// Whom an authority may let act for it: the Kreis above it and the IT providers.
    package static func moegliche(
        fuer id: String, in db: any SQLConnection
    ) throws -> [Delegation.Haus] {
        let above = try db.rows(
            """
            WITH RECURSIVE weg (gebiet, stufe) AS (
                SELECT gebiet_sicht.gehoert_zu, 1 FROM organisation_sicht
                JOIN gebiet_sicht ON gebiet_sicht.id = organisation_sicht.gebiet WHERE organisation_sicht.id = \(id)
                UNION ALL
                SELECT gebiet_sicht.gehoert_zu, weg.stufe + 1
                FROM weg JOIN gebiet_sicht ON gebiet_sicht.id = weg.gebiet WHERE weg.stufe < 8
            )
            SELECT organisation_sicht.id, organisation_sicht.name, organisation_sicht.ars
            FROM weg JOIN gebiet_sicht ON gebiet_sicht.id = weg.gebiet AND gebiet_sicht.art = 'kreis'
                 JOIN organisation_sicht ON organisation_sicht.id = gebiet_sicht.verwaltung
            WHERE organisation_sicht.gueltig_bis IS NULL
            """
        ).map(haus)
        let providers = try db.rows(
            """
            SELECT id, name, ars FROM organisation_sicht
            WHERE art = 'dienstleister' AND gueltig_bis IS NULL AND id <> \(id) ORDER BY sortname, id LIMIT 500
            """
        ).map(haus)
        return above.filter { $0.id != id } + providers
    }

    private static let query: SQL = """
        SELECT delegation.von, delegation.an, delegation.rolle, delegation.gueltig_von, delegation.gueltig_bis,
               geber.name AS von_name, geber.ars AS von_ars, nehmer.name AS an_name, nehmer.ars AS an_ars
        FROM delegation JOIN organisation_sicht geber ON geber.id = delegation.von
             JOIN organisation_sicht nehmer ON nehmer.id = delegation.an
        """

    /// What an Organisation delegated, and what was delegated to it.
    package static func alle(
        _ id: String, in db: any SQLConnection
    ) throws -> (gegeben: [Delegation], erhalten: [Delegation]) {
        (
            try db.all("\(query) WHERE delegation.von = \(id) ORDER BY nehmer.sortname, delegation.rolle"),
            try db.all(
                "\(query) WHERE delegation.an = \(id) ORDER BY geber.sortname, geber.id, delegation.rolle LIMIT 500")
        )
    }

    /// Lets people of another Organisation act in a role; one that is given already takes the new days.
    ///
    /// - Throws: `Refusal.unprocessable` for a role or an Organisation that cannot act.
    package static func gib(
        _ rolle: Rolle, von: String, an: String, ab: Tag?, bis: Tag?, durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        guard rolle.istDelegierbar else {
            throw Refusal(.unprocessable, "Die Rolle \(rolle.name) lässt sich nicht delegieren.")
        }
        guard try moegliche(fuer: von, in: db).contains(where: { $0.id == an }) else {
            throw Refusal(.unprocessable, "Delegieren können Sie nur an Ihren Kreis oder an einen IT-Dienstleister.")
        }
        try db.execute(
            """
            INSERT INTO delegation (von, an, rolle, gueltig_von, gueltig_bis, angelegt_am, angelegt_von)
            VALUES (\(von), \(an), \(rolle), \(ab), \(bis), \(urheber.am), \(urheber.person))
            ON CONFLICT (von, an, rolle) DO UPDATE SET gueltig_von = excluded.gueltig_von,
                gueltig_bis = excluded.gueltig_bis, angelegt_am = excluded.angelegt_am,
                angelegt_von = excluded.angelegt_von
            """)
        try VerlaufStore.append(
            [
                Verlauf(.delegationGegeben, organisation: von, feld: rolle.rawValue, nach: an),
                Verlauf(.delegationGegeben, organisation: an, feld: rolle.rawValue, von: von),
            ], durch: urheber, in: db)
    }

    /// Ends it with yesterday; nothing happens where it has ended already.
    package static func beende(
        _ rolle: Rolle, von: String, an: String, durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        let tag = urheber.am.tag.plus(tage: -1)
        let ended = try db.execute(
            """
            UPDATE delegation SET gueltig_bis = \(tag) WHERE von = \(von) AND an = \(an) AND rolle = \(rolle)
                   AND (gueltig_bis IS NULL OR gueltig_bis > \(tag))
            """)
        guard ended > 0 else { return }
        try VerlaufStore.append(
            [
                Verlauf(.delegationBeendet, organisation: von, feld: rolle.rawValue, nach: an),
                Verlauf(.delegationBeendet, organisation: an, feld: rolle.rawValue, von: von),
            ], durch: urheber, in: db)
    }
}
