package import Katalog
package import Kernel
package import Storage
package import Verzeichnis
package import Web

/// What narrows an Umsetzungsliste.
package struct EintragFilter: Sendable, Equatable {
    package enum Sortierung: String, Sendable { case liste, titel, frist }

    package var suche: Suchmuster?
    package var schluessel: String?
    package var stand: Umsetzungsstand?
    package var variante: Variante?
    package var amt: String?
    /// Rows for which somebody offers a service.
    package var mitLoesung = false
    /// Rows that are online without address or Reifegrad.
    package var angabenFehlen = false
    package var sortierung: Sortierung = .liste

    package init() {}

    /// Internal columns narrow the list only for those who may see them.
    package init(_ abfrage: Abfrage, intern: Bool) throws {
        if let typed = abfrage["q"] {
            let digits = typed.filter { !$0.isWhitespace }
            if digits.utf8.allSatisfy({ (48...57).contains($0) }) {
                schluessel = digits
            } else {
                suche = Suchmuster(typed)
            }
        }
        stand = try abfrage.auswahl("stand")
        variante = try abfrage.auswahl("variante")
        mitLoesung = abfrage["loesung"] == "ja"
        angabenFehlen = abfrage["fehlt"] == "angaben"
        let wish: Sortierung = try abfrage.auswahl("sort") ?? .liste
        if intern { amt = abfrage["amt"] }
        sortierung = intern || wish != .frist ? wish : .liste
    }

    /// As it stands in the address of the list.
    package func werte(_ abfrage: Abfrage) -> [(name: String, wert: String?)] {
        [
            ("q", abfrage["q"]), ("stand", stand?.rawValue), ("variante", variante?.rawValue), ("amt", amt),
            ("loesung", mitLoesung ? "ja" : nil), ("fehlt", angabenFehlen ? "angaben" : nil),
            ("sort", sortierung == .liste ? nil : sortierung.rawValue),
        ]
    }

    func bedingung(_ organisation: Organisation.ID) -> SQL {
        var parts: [SQL] = ["e.organisation = \(organisation)"]
        if let suche { parts.append("(\(suche.bedingung(suchname: "e.suchname", sortname: "e.sortname")))") }
        if let schluessel {
            parts.append(
                """
                (e.ozg_id LIKE \(schluessel + "%") OR EXISTS (SELECT 1 FROM umsetzungseintrag_leistung l
                    WHERE l.eintrag = e.id AND l.leistung LIKE \(schluessel + "%")))
                """)
        }
        if let stand { parts.append("e.stand = \(stand)") }
        if let variante { parts.append("e.variante = \(variante)") }
        if let amt { parts.append("e.amt = \(amt)") }
        if mitLoesung {
            parts.append("EXISTS (SELECT 1 FROM umsetzung_loesung WHERE umsetzung_loesung.eintrag = e.id)")
        }
        if angabenFehlen { parts.append("e.angaben_fehlen") }
        return parts.joined(separator: " AND ")
    }

    var ordnung: SQL {
        switch sortierung {
        case .liste: "e.nummer, e.id"
        case .titel: "e.sortname, e.id"
        case .frist: "e.frist NULLS LAST, e.nummer, e.id"
        }
    }
}

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
        try db.all(
            """
            SELECT \(Umsetzungseintrag.columns) FROM umsetzungseintrag e WHERE \(filter.bedingung(organisation))
            ORDER BY \(filter.ordnung) LIMIT \(seite.groesse) OFFSET \(seite.versatz)
            """)
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

    /// Changes of one row, newest first.
    package static func verlauf(_ id: Umsetzungseintrag.ID, in db: any SQLConnection) throws -> [Eintragsverlauf] {
        try VerlaufStore.ofEintrag(id.rawValue, limit: 50, in: db)
    }
}
