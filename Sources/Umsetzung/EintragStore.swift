import Katalog
package import Kernel
package import Storage
package import Verzeichnis
package import Web

/// Every statement that reads Umsetzungslisten.
package enum EintragStore {
    package static func find(
        _ id: Umsetzungseintrag.ID, organisation: Organisation.ID, in db: any SQLConnection
    ) throws -> Umsetzungseintrag? {
        try db.first(
            """
            SELECT \(Umsetzungseintrag.columns) FROM umsetzungseintrag e
            WHERE e.id = \(id) AND e.organisation = \(organisation)
            """)
    }

    package static func count(
        _ filter: EintragFilter, organisation: Organisation.ID, in db: any SQLConnection
    ) throws -> Int {
        try db.value("SELECT count(*) FROM umsetzungseintrag e WHERE \(filter.bedingung(organisation))") ?? 0
    }

    package static func page(
        _ filter: EintragFilter, _ seite: Seite, organisation: Organisation.ID, in db: any SQLConnection
    ) throws -> [Umsetzungseintrag] {
        try db.all("\(liste(filter, organisation)) LIMIT \(seite.groesse) OFFSET \(seite.versatz)")
    }

    /// The whole list in the order of its pages, one row at a time.
    package static func forEach(
        _ filter: EintragFilter, organisation: Organisation.ID, in db: any SQLConnection,
        _ body: (Umsetzungseintrag) throws -> Void
    ) throws {
        try db.forEach(liste(filter, organisation)) { row in try body(Umsetzungseintrag(row: row)) }
    }

    private static func liste(_ filter: EintragFilter, _ organisation: Organisation.ID) -> SQL {
        """
        SELECT \(Umsetzungseintrag.columns) FROM umsetzungseintrag e WHERE \(filter.bedingung(organisation))
        ORDER BY \(filter.ordnung)
        """
    }

    /// The whole list in its own order.
    package static func all(organisation: Organisation.ID, in db: any SQLConnection) throws -> [Umsetzungseintrag] {
        try db.all(
            """
            SELECT \(Umsetzungseintrag.columns) FROM umsetzungseintrag e WHERE e.organisation = \(organisation)
            ORDER BY e.nummer, e.id
            """)
    }

    /// Rows by Stand, in the order of the states; states without rows are left out.
    package static func staende(
        organisation: Organisation.ID, in db: any SQLConnection
    ) throws -> [(stand: Umsetzungsstand, anzahl: Int)] {
        var counts: [Umsetzungsstand: Int] = [:]
        for row in try db.rows(
            "SELECT stand, count(*) AS anzahl FROM umsetzungseintrag WHERE organisation = \(organisation) GROUP BY stand"
        ) {
            counts[try row["stand"]] = try row["anzahl"]
        }
        return Umsetzungsstand.allCases.compactMap { stand in counts[stand].map { (stand: stand, anzahl: $0) } }
    }

    /// Offices that occur in the list.
    package static func aemter(organisation: Organisation.ID, in db: any SQLConnection) throws -> [String] {
        try db.rows(
            """
            SELECT DISTINCT amt FROM umsetzungseintrag WHERE organisation = \(organisation) AND amt IS NOT NULL
            ORDER BY amt LIMIT 200
            """
        ).map { row in try row["amt"] }
    }

    /// Names of the offices that the authority keeps, as it orders them.
    package static func amtsnamen(
        organisation: Organisation.ID, am heute: Tag, in db: any SQLConnection
    ) throws -> [String] {
        try db.rows(
            """
            SELECT DISTINCT name, sortname FROM organisationseinheit_sicht
            WHERE organisation = \(organisation) AND (gueltig_bis IS NULL OR gueltig_bis >= \(heute))
            ORDER BY sortname, name LIMIT 500
            """
        ).map { row in try row["name"] }
    }

    /// Services that serve what these rows are about, by row and name.
    package static func loesungen(
        _ ids: [Umsetzungseintrag.ID], in db: any SQLConnection
    ) throws -> [Umsetzungseintrag.ID: [Loesung]] {
        guard !ids.isEmpty else { return [:] }
        var found: [Umsetzungseintrag.ID: [Loesung]] = [:]
        for row in try db.rows(
            """
            SELECT DISTINCT umsetzung_loesung.eintrag, \(Loesung.columns), d.sortname
            FROM umsetzung_loesung JOIN onlinedienst_sicht d ON d.id = umsetzung_loesung.onlinedienst
            WHERE umsetzung_loesung.eintrag IN (\(ids)) ORDER BY d.sortname, d.id
            """)
        {
            found[try row["eintrag"], default: []].append(try Loesung(row: row))
        }
        return found
    }

    package static func loesung(_ id: String, in db: any SQLConnection) throws -> Loesung? {
        try db.first("SELECT \(Loesung.columns) FROM onlinedienst_sicht d WHERE d.id = \(id)")
    }

    /// Services by id, for the names in a list.
    package static func dienste(_ ids: [String], in db: any SQLConnection) throws -> [String: Loesung] {
        guard !ids.isEmpty else { return [:] }
        let all = try db.all(
            "SELECT \(Loesung.columns) FROM onlinedienst_sicht d WHERE d.id IN (\(ids))", as: Loesung.self)
        return Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The service that an address (slug) or a name stands for; nil when none or several do.
    package static func dienst(genannt text: String, in db: any SQLConnection) throws -> Loesung? {
        let folded = Faltung.suche(text)
        let found = try db.all(
            """
            SELECT \(Loesung.columns) FROM onlinedienst_sicht d
            WHERE d.slug = \(text) OR d.id = \(text) OR d.suchname = \(folded)
            ORDER BY CASE WHEN d.slug = \(text) OR d.id = \(text) THEN 0 ELSE 1 END, d.id LIMIT 3
            """, as: Loesung.self)
        return found.first { $0.slug == text || $0.id == text } ?? (found.count == 1 ? found.first : nil)
    }

    /// An authority that keeps a list, with its figures.
    package struct Liste: Sendable, RowDecodable {
        package let organisation: Organisation.ID
        package let name: String
        package let ars: String?
        package let gesamt: Int
        /// Without those that are not its task.
        package let zaehlend: Int
        package let online: Int

        package init(row: Row) throws {
            organisation = try row["id"]
            name = try row["name"]
            ars = try row["ars"]
            gesamt = try row["gesamt"]
            zaehlend = try row["zaehlend"]
            online = try row["online"]
        }
    }

    package static func listenzahl(in db: any SQLConnection) throws -> Int {
        try db.value("SELECT count(DISTINCT organisation) FROM umsetzungseintrag") ?? 0
    }

    package static func listen(_ seite: Seite, in db: any SQLConnection) throws -> [Liste] {
        try db.all(
            """
            SELECT o.id, o.name, o.ars, count(*) AS gesamt, count(*) FILTER (WHERE e.stand <> 'nicht_zustaendig') AS zaehlend,
                   count(*) FILTER (WHERE e.stand = 'online') AS online
            FROM umsetzungseintrag e JOIN organisation_sicht o ON o.id = e.organisation
            GROUP BY o.id, o.name, o.ars, o.sortname ORDER BY o.sortname, o.id
            LIMIT \(seite.groesse) OFFSET \(seite.versatz)
            """)
    }
}
