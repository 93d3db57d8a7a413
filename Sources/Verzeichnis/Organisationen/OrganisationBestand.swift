import Kernel
package import Storage
package import Web

extension OrganisationStore {
    private static let quelle: SQL = "organisation LEFT JOIN gebiet ON gebiet.id = organisation.gebiet"

    package static func count(_ filter: OrganisationFilter, in db: any SQLConnection) throws -> Int {
        try db.value("SELECT count(*) FROM \(quelle) WHERE \(filter.bedingung)") ?? 0
    }

    /// One page, the best match first where something was searched, else by name.
    package static func page(
        _ filter: OrganisationFilter, _ seite: Seite, in db: any SQLConnection
    ) throws -> [Organisation] {
        try db.all("\(liste(filter)) LIMIT \(seite.groesse) OFFSET \(seite.versatz)")
    }

    /// The whole list in the order of its pages, one Organisation at a time.
    package static func forEach(
        _ filter: OrganisationFilter, in db: any SQLConnection, _ body: (Organisation) throws -> Void
    ) throws {
        try db.forEach(liste(filter)) { row in try body(Organisation(row: row)) }
    }

    private static func liste(_ filter: OrganisationFilter) -> SQL {
        "SELECT \(Organisation.columns) FROM \(quelle) WHERE \(filter.bedingung) ORDER BY \(filter.ordnung)"
    }

    /// Organisationen after a cursor of sort name and id, with the cursor of the last one.
    package static func list(
        _ filter: OrganisationFilter, _ wunsch: Listenwunsch, in db: any SQLConnection
    ) throws -> (eintraege: [Organisation], weiter: String?) {
        let after = wunsch.bedingung(sortname: "organisation.sortname", id: "organisation.id")
        let rows = try db.rows(
            """
            SELECT \(Organisation.columns), organisation.sortname FROM \(quelle)
            WHERE \(filter.bedingung) AND \(after)
            ORDER BY organisation.sortname, organisation.id LIMIT \(wunsch.anzahl + 1)
            """
        ).map { row in (organisation: try Organisation(row: row), sortname: try row["sortname"] as String) }
        let (found, next) = wunsch.teil(rows) { [$0.sortname, $0.organisation.id.rawValue] }
        return (found.map(\.organisation), next)
    }

    /// How many there are under the filter, and its facets with their counts, in one pass.
    package static func facetten(
        _ filter: OrganisationFilter, laender: [Gebiet], in db: any SQLConnection
    ) throws -> (gesamt: Int, facetten: [Facette]) {
        var zaehler = Facettenzaehler(filter.gewaehlt)
        for row in try db.rows(
            """
            SELECT organisation.art, gebiet.land, count(*) AS anzahl FROM \(quelle)
            WHERE \(filter.grundbedingung) GROUP BY organisation.art, gebiet.land
            """)
        {
            let (art, land): (String, String?) = (try row["art"], try row["land"])
            zaehler.add([[art], land.map { [$0] } ?? []], anzahl: try row["anzahl"])
        }
        let bekannt = [
            Organisation.Art.allCases.map { (wert: $0.rawValue, text: $0.wort) },
            laender.map { (wert: $0.ars ?? "", text: $0.name) },
        ]
        let titel = ["Art", "Land"]
        let facetten = titel.indices.map { index in
            Facette(
                OrganisationFilter.facetten[index], titel[index], bekannt[index], zahlen: zaehler.zahlen[index],
                gewaehlt: filter.gewaehlt[index])
        }
        return (zaehler.gesamt, facetten)
    }

    /// The valid IT provider of that name.
    static func dienstleister(genannt name: String, in db: any SQLConnection) throws -> Organisation? {
        let found = try db.all(
            """
            SELECT \(Organisation.columns) FROM organisation
            WHERE suchname = \(Faltung.suche(name)) AND art = \(Organisation.Art.dienstleister)
                  AND gueltig_bis IS NULL ORDER BY id LIMIT 1
            """, as: Organisation.self)
        return found.first
    }

    /// Names of all valid IT providers, for the form.
    static func dienstleisternamen(in db: any SQLConnection) throws -> [String] {
        try db.rows(
            """
            SELECT name FROM organisation WHERE art = \(Organisation.Art.dienstleister) AND gueltig_bis IS NULL
            ORDER BY sortname, id LIMIT 500
            """
        ).map { try $0["name"] }
    }

    /// Whether another valid Organisation is called so.
    static func gibt(
        name: String, ausser id: Organisation.ID?, in db: any SQLConnection
    ) throws -> Bool {
        let one: Int? = try db.value(
            """
            SELECT 1 FROM organisation WHERE suchname = \(Faltung.suche(name)) AND gueltig_bis IS NULL
                   AND id <> \(id?.rawValue ?? "") LIMIT 1
            """)
        return one != nil
    }

    /// Creates an Organisation without a Gebiet; authorities that proposed a provider of that name are linked to it.
    static func insert(
        _ inhalt: OrganisationInhalt, durch urheber: Urheber, in db: any SQLConnection
    ) throws -> Organisation.ID {
        let id = Organisation.ID(rawValue: Kennung.neu(urheber.am))
        try db.execute(
            """
            INSERT INTO organisation (id, art, name, sortname, suchname, webadresse)
            VALUES (\(id), \(inhalt.art), \(inhalt.name), \(Faltung.sort(inhalt.name)), \(Faltung.suche(inhalt.name)),
                    \(inhalt.webadresse))
            """)
        if inhalt.art == .dienstleister {
            try AngabeStore.verbinde(id, suchname: Faltung.suche(inhalt.name), in: db)
        }
        try VerlaufStore.append(
            [Verlauf(.organisationAngelegt, organisation: id.rawValue, feld: "name", nach: inhalt.name)],
            durch: urheber, in: db)
        return id
    }

    /// Writes what differs.
    ///
    /// - Throws: `Refusal.conflict` when somebody changed it since it was read.
    static func change(
        _ old: Organisation, to inhalt: OrganisationInhalt, durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        let changes: [(feld: String, von: String?, nach: String?)] = [
            (feld: "name", von: old.name, nach: inhalt.name),
            (feld: "webadresse", von: old.webadresse, nach: inhalt.webadresse),
        ].filter { $0.von != $0.nach }
        guard !changes.isEmpty else { return }
        // The place's own name decides where an authority is found among others of its kind.
        let sortname: SQL =
            old.name == inhalt.name || old.gebiet != nil ? "sortname" : "\(Faltung.sort(inhalt.name))"
        let count = try db.execute(
            """
            UPDATE organisation SET name = \(inhalt.name), sortname = \(sortname),
                   suchname = \(Faltung.suche(inhalt.name)), webadresse = \(inhalt.webadresse), version = version + 1
            WHERE id = \(old.id) AND version = \(old.version)
            """)
        guard count == 1 else { throw OrganisationForm.inzwischenGeaendert }
        try VerlaufStore.append(
            changes.map { change in
                Verlauf(
                    .organisationGeaendert, gebiet: old.gebiet?.rawValue, organisation: old.id.rawValue,
                    feld: change.feld, von: change.von, nach: change.nach)
            }, durch: urheber, in: db)
    }
}
