package import Kernel
package import Storage

/// Every statement that touches roles held and roles delegated.
package enum AmtStore {
    /// The roles that count for a person: those held, and those that another Organisation delegated to where they are
    /// held. What was delegated is not delegated on.
    package static func geltende(_ person: Person.ID, am: Instant, in db: any SQLConnection) throws -> [Person.Amt] {
        let tag = am.tag
        return try db.rows(
            """
            SELECT amt.rolle, amt.organisation, amt.vertretung, '' AS delegiert_an FROM amt WHERE amt.person = \(person)
            UNION ALL
            SELECT amt.rolle, delegation.von, amt.vertretung, delegation.an
            FROM amt JOIN delegation ON delegation.an = amt.organisation AND delegation.rolle = amt.rolle
            WHERE amt.person = \(person)
                  AND (delegation.gueltig_von IS NULL OR delegation.gueltig_von <= \(tag))
                  AND (delegation.gueltig_bis IS NULL OR delegation.gueltig_bis >= \(tag))
            ORDER BY 4, 1, 2
            """
        ).compactMap { row in
            let (rolle, organisation): (Rolle, String) = (try row["rolle"], try row["organisation"])
            let delegiertAn: String = try row["delegiert_an"]
            // A delegation of a role that cannot be delegated counts nothing, however it came into the table.
            guard delegiertAn.isEmpty || rolle.istDelegierbar else { return nil }
            return Person.Amt(
                rolle, an: organisation.isEmpty ? nil : organisation, vertretung: try row["vertretung"],
                delegiertAn: delegiertAn.isEmpty ? nil : delegiertAn)
        }
    }

    /// Gives a role; one that is held already takes the new form of holding it.
    ///
    /// - Throws: `Refusal.unprocessable` for a role that is never held at one Organisation.
    package static func gib(
        _ amt: Person.Amt, an person: Person.ID, durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        guard !amt.rolle.giltUeberall || amt.organisation == nil else {
            throw Refusal(
                .unprocessable,
                "Die Rolle \(amt.rolle.name) gilt in der ganzen Installation und nicht bei einer Verwaltung.")
        }
        try db.execute(
            """
            INSERT INTO amt (person, rolle, organisation, vertretung, vergeben_am, vergeben_von)
            VALUES (\(person), \(amt.rolle), \(amt.organisation ?? ""), \(amt.vertretung), \(urheber.am),
                    \(urheber.person))
            ON CONFLICT (person, rolle, organisation) DO UPDATE SET vertretung = excluded.vertretung
            """)
        try VerlaufStore.append(
            [
                Verlauf(
                    .rolleGegeben, organisation: amt.organisation, feld: amt.vertretung ? "vertretung" : "rolle",
                    von: person.rawValue, nach: amt.rolle.rawValue)
            ], durch: urheber, in: db)
    }

    /// Takes a role back; nothing happens where it is not held.
    package static func nimm(
        _ rolle: Rolle, organisation: String?, von person: Person.ID, durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        let gone = try db.execute(
            "DELETE FROM amt WHERE person = \(person) AND rolle = \(rolle) AND organisation = \(organisation ?? "")")
        guard gone > 0 else { return }
        try VerlaufStore.append(
            [
                Verlauf(
                    .rolleGenommen, organisation: organisation, feld: "rolle", von: rolle.rawValue,
                    nach: person.rawValue)
            ], durch: urheber, in: db)
    }
}
