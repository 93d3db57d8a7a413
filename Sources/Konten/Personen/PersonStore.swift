package import Kernel
package import Storage

/// Every statement that touches accounts from the side of those who look after them.
package enum PersonStore {
    package static func finde(email: String, in db: any SQLConnection) throws -> Personeneintrag? {
        try db.first("SELECT \(Personeneintrag.columns) FROM person WHERE person.email = \(email)")
    }

    /// With all roles.
    package static func finde(_ id: Person.ID, in db: any SQLConnection) throws -> Personeneintrag? {
        guard
            var found = try db.first(
                "SELECT \(Personeneintrag.columns) FROM person WHERE person.id = \(id)", as: Personeneintrag.self)
        else { return nil }
        found.aemter = try aemter([id], in: db)
        return found
    }

    /// Those who hold a role at an Organisation, or (nil) all accounts, by name; without their roles.
    ///
    /// Names are folded here and not in the database, so that both databases sort and find alike.
    package static func alle(_ organisation: String?, _ filter: PersonFilter, in db: any SQLConnection) throws
        -> [Personeneintrag]
    {
        let here: SQL =
            organisation.map { "WHERE person.id IN (SELECT amt.person FROM amt WHERE amt.organisation = \($0))" } ?? ""
        let found = try db.all("SELECT \(Personeneintrag.columns) FROM person \(here)", as: Personeneintrag.self)
        return found.filter(filter.passt).map { (Faltung.sort($0.anzeige), $0) }
            .sorted { ($0.0, $0.1.id.rawValue) < ($1.0, $1.1.id.rawValue) }.map(\.1)
    }

    /// The roles of some accounts; with `organisation` only those held there.
    package static func aemter(_ ids: [Person.ID], an organisation: String? = nil, in db: any SQLConnection) throws
        -> [Amtsangabe]
    {
        guard !ids.isEmpty else { return [] }
        let here: SQL = organisation.map { "AND amt.organisation = \($0)" } ?? ""
        let found = try db.all(
            """
            SELECT amt.person, amt.rolle, amt.organisation, amt.vertretung, amt.stelle, amt.vergeben_am,
                   COALESCE(geber.name, geber.email) AS vergeben_von, organisation_sicht.name AS organisationsname
            FROM amt LEFT JOIN person geber ON geber.id = amt.vergeben_von
                 LEFT JOIN organisation_sicht ON organisation_sicht.id = amt.organisation
            WHERE amt.person IN (\(ids)) \(here)
            """, as: Amtsangabe.self)
        let rang = Dictionary(uniqueKeysWithValues: Rolle.allCases.enumerated().map { ($1, $0) })
        return found.sorted {
            (rang[$0.rolle] ?? 0, $0.organisation ?? "") < (rang[$1.rolle] ?? 0, $1.organisation ?? "")
        }
    }

    /// Makes an account that nobody can sign in to before the invitation is taken: `kennwort` is of a secret that
    /// nobody knows.
    static func lade(
        _ email: String, name: String?, kennwort: Kennwort, durch urheber: Urheber, in db: any SQLConnection
    ) throws -> Person.ID {
        let id = try KontoStore.insert(email: email, kennwort: kennwort, aemter: [], durch: urheber, in: db)
        try db.execute("UPDATE person SET eingeladen_am = \(urheber.am), name = \(name) WHERE id = \(id)")
        return id
    }

    /// The invited person has chosen a password.
    package static func nimmAn(_ id: Person.ID, name: String? = nil, in db: any SQLConnection) throws {
        try db.execute("UPDATE person SET eingeladen_am = NULL, name = COALESCE(\(name), name) WHERE id = \(id)")
    }

    static func setze(
        stelle: String?, _ amt: Person.Amt, of id: Person.ID, durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        try db.execute(
            """
            UPDATE amt SET stelle = \(stelle)
            WHERE person = \(id) AND rolle = \(amt.rolle) AND organisation = \(amt.organisation ?? "")
            """)
        try VerlaufStore.append(
            [
                Verlauf(
                    .rolleGegeben, organisation: amt.organisation, feld: "stelle", von: id.rawValue,
                    nach: amt.rolle.rawValue)
            ], durch: urheber, in: db)
    }

    /// - Throws: `Refusal.conflict` when somebody else has the address.
    static func aendere(email: String, of id: Person.ID, durch urheber: Urheber, in db: any SQLConnection) throws {
        // Somebody may be invited to that address at the same moment.
        try db.lock("einladung \(email)")
        let one: Int? = try db.value("SELECT 1 FROM person WHERE email = \(email) AND id <> \(id)")
        guard one == nil else {
            throw Refusal(.conflict, "Diese Adresse hat inzwischen ein anderes Konto. Es bleibt bei der bisherigen.")
        }
        // Of two changes in a row, the first owner is the one who must hear of it: the second mailbox was confirmed.
        let changed = try db.execute(
            """
            UPDATE person SET email_vorher = COALESCE(email_vorher, email), email = \(email)
            WHERE id = \(id) AND email <> \(email)
            """)
        // Both a new mailbox and the old one that was confirmed get mail again.
        try db.execute("UPDATE person SET markiert_am = NULL, markierung = NULL WHERE id = \(id)")
        // Whoever reads the old mailbox has no part in the account any more.
        try EinmallinkStore.beende(alle: id, in: db)
        guard changed > 0 else { return }
        try VerlaufStore.append([Verlauf(.emailGeaendert, nach: id.rawValue)], durch: urheber, in: db)
    }

    /// Keeps somebody out, or lets them in again; sessions and links end.
    static func sperre(
        _ id: Person.ID, _ sperren: Bool, organisation: String?, durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        let changed = try db.execute(
            sperren
                ? "UPDATE person SET gesperrt_am = \(urheber.am) WHERE id = \(id) AND gesperrt_am IS NULL"
                : "UPDATE person SET gesperrt_am = NULL WHERE id = \(id) AND gesperrt_am IS NOT NULL")
        guard changed == 1 else { return }
        if sperren {
            try SitzungStore.beendeAlle(of: id, in: db)
            try ZugangStore.widerrufeAlle(of: id, durch: urheber, in: db)
            try EinmallinkStore.beende(alle: id, in: db)
        }
        try VerlaufStore.append(
            [Verlauf(sperren ? .kontoGesperrt : .kontoFreigegeben, organisation: organisation, nach: id.rawValue)],
            durch: urheber, in: db)
    }

    /// Somebody other than this person can sign in as Administration.
    ///
    /// - Throws: `Refusal.conflict` where this person is the last one; call it in the transaction that takes her away.
    package static func verlangeWeitereAdministration(ausser id: Person.ID, in db: any SQLConnection) throws {
        // Of two who take each other's role at once, one must see the other.
        try db.lock("administration")
        let istEine = try gibtAdministration("= \(id)", in: db)
        guard try !istEine || gibtAndereAdministration(als: id, in: db) else {
            throw Refusal(
                .conflict, "Das ist die letzte Administration. Geben Sie diese Rolle zuerst einer weiteren Person.")
        }
    }

    /// Whether an Administration that can sign in is left without this person.
    static func gibtAndereAdministration(als id: Person.ID, in db: any SQLConnection) throws -> Bool {
        try gibtAdministration("<> \(id)", in: db)
    }

    private static func gibtAdministration(_ wer: SQL, in db: any SQLConnection) throws -> Bool {
        let one: Int? = try db.value(
            """
            SELECT 1 FROM amt JOIN person ON person.id = amt.person
            WHERE amt.rolle = \(Rolle.administration) AND amt.organisation = '' AND person.gesperrt_am IS NULL
                  AND person.eingeladen_am IS NULL AND person.id \(wer) LIMIT 1
            """)
        return one != nil
    }
}

/// What narrows a list of accounts.
package struct PersonFilter: Sendable, Equatable {
    package var suche = ""
    package var zustand: Personeneintrag.Zustand?

    package init(suche: String = "", zustand: Personeneintrag.Zustand? = nil) {
        (self.suche, self.zustand) = (suche, zustand)
    }

    /// Every typed word stands in the name or in the address.
    func passt(_ person: Personeneintrag) -> Bool {
        if let zustand, zustand != person.zustand { return false }
        let words = Faltung.suche(suche).split(separator: " ")
        guard !words.isEmpty else { return suche.isEmpty }
        let text = Faltung.suche("\(person.name ?? "") \(person.email)")
        return words.allSatisfy { text.contains($0) }
    }
}
