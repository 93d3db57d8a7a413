import Kernel
import Storage

/// Every statement that touches contacts, procedures, IT providers and legal statuses.
enum AngabeStore {
    private static func columns(_ art: Angabenart) -> SQL {
        (["id", "organisation", "version"] + art.felder.map(\.spalte)).joined(separator: ", ")
    }

    private static func decode(_ row: Row, _ art: Angabenart) throws -> Angabe {
        var werte: [String: String] = [:]
        for field in art.felder { werte[field.name] = try field.wert(row) }
        return Angabe(
            id: try row["id"], art: art, organisation: try row["organisation"], version: try row["version"],
            werte: werte)
    }

    static func find(
        _ id: String, _ art: Angabenart, organisation: Organisation.ID, in db: any SQLConnection
    ) throws -> Angabe? {
        try db.rows(
            "SELECT \(columns(art)) FROM \(art.tabelle) WHERE id = \(id) AND organisation = \(organisation)"
        ).first.map { try decode($0, art) }
    }

    /// All of one kind, by their names, the newest last.
    static func alle(
        _ art: Angabenart, organisation: Organisation.ID, in db: any SQLConnection
    ) throws -> [Angabe] {
        try db.rows(
            "SELECT \(columns(art)) FROM \(art.tabelle) WHERE organisation = \(organisation) ORDER BY id LIMIT 1000"
        ).map { try decode($0, art) }
            .map { (Faltung.sort($0.titel), $0) }.sorted { ($0.0, $0.1.id) < ($1.0, $1.1.id) }.map(\.1)
    }

    static func insert(
        _ werte: [String: String], _ art: Angabenart, organisation: Organisation.ID, durch urheber: Urheber,
        in db: any SQLConnection
    ) throws -> String {
        let id = Kennung.neu(urheber.am)
        let values = art.felder.map { field in "\(field.sql(werte[field.name]))" as SQL }.joined(separator: ", ")
        try db.execute(
            """
            INSERT INTO \(art.tabelle) (\(columns(art))) VALUES (\(id), \(organisation), 1, \(values))
            """)
        let title = art.felder.first { $0.name == art.titelfeld }
        try protokolliere(
            .angabeAngelegt, art, id, organisation,
            [(feld: art.titelfeld, von: nil, nach: title?.istPersoenlich == true ? nil : werte[art.titelfeld])],
            durch: urheber, in: db)
        return id
    }

    /// Writes what differs.
    ///
    /// - Throws: `Refusal.conflict` when somebody changed it since it was read.
    static func change(
        _ old: Angabe, to werte: [String: String], durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        let changed = old.art.felder.filter { old.werte[$0.name] != werte[$0.name] }
        guard !changed.isEmpty else { return }
        let sets = changed.map { field in "\(field.spalte) = \(field.sql(werte[field.name]))" as SQL }
            .joined(separator: ", ")
        let count = try db.execute(
            """
            UPDATE \(old.art.tabelle) SET \(sets), version = version + 1
            WHERE id = \(old.id) AND version = \(old.version)
            """)
        guard count == 1 else { throw inzwischenGeaendert }
        let visible = changed.filter { if case .verborgen = $0.art { false } else { true } }
        try protokolliere(
            .angabeGeaendert, old.art, old.id, old.organisation,
            try visible.map { field in
                (
                    feld: field.name, von: try protokollwert(old.werte[field.name], field, old.id, in: db),
                    nach: try protokollwert(werte[field.name], field, old.id, in: db)
                )
            }, durch: urheber, in: db)
    }

    /// What the Verlauf holds of a value: one about a person only under the salt of its statement.
    private static func protokollwert(
        _ wert: String?, _ field: Angabenfeld, _ id: String, in db: any SQLConnection
    ) throws -> String? {
        field.istPersoenlich ? try Verlauf.persoenlich(wert, von: id, in: db) : wert
    }

    /// Without the statement nobody needs to recognise its personal values in the Verlauf any more.
    static func delete(_ old: Angabe, durch urheber: Urheber, in db: any SQLConnection) throws {
        let count = try db.execute(
            "DELETE FROM \(old.art.tabelle) WHERE id = \(old.id) AND version = \(old.version)")
        guard count == 1 else { throw inzwischenGeaendert }
        let title = old.art.felder.first { $0.name == old.art.titelfeld }
        try protokolliere(
            .angabeGeloescht, old.art, old.id, old.organisation,
            [
                (
                    feld: old.art.titelfeld, von: title?.istPersoenlich == true ? nil : old.werte[old.art.titelfeld],
                    nach: nil
                )
            ],
            durch: urheber, in: db)
        try VerlaufStore.vergissSalz(von: old.id, in: db)
    }

    static let inzwischenGeaendert = Refusal(
        .conflict,
        "Diese Angabe hat inzwischen jemand anderes geändert. Laden Sie die Seite neu und tragen Sie Ihre Änderung noch einmal ein."
    )

    static func anzahl(_ art: Angabenart, _ organisation: Organisation.ID, in db: any SQLConnection) throws -> Int {
        try db.value("SELECT count(*) FROM \(art.tabelle) WHERE organisation = \(organisation)") ?? 0
    }

    /// Moves all of one kind to another Organisation.
    static func uebertrage(
        _ art: Angabenart, von alt: Organisation.ID, nach neu: Organisation.ID, in db: any SQLConnection
    ) throws {
        try db.execute(
            "UPDATE \(art.tabelle) SET organisation = \(neu), version = version + 1 WHERE organisation = \(alt)")
    }

    /// What the old authority was by law ends with it.
    static func beendeStatus(_ organisation: Organisation.ID, am tag: Tag, in db: any SQLConnection) throws {
        try db.execute(
            """
            UPDATE rechtsstatus SET gilt_bis = \(tag)
            WHERE organisation = \(organisation) AND (gilt_bis IS NULL OR gilt_bis > \(tag))
            """)
    }

    /// IT providers that authorities name and the directory does not know, with who names them.
    static func vorschlaege(in db: any SQLConnection) throws -> [(name: String, von: [Organisation])] {
        var found: [(name: String, suchname: String, von: [Organisation])] = []
        try db.forEach(
            """
            SELECT it_dienstleister.name AS genannt, it_dienstleister.suchname AS gefaltet, \(Organisation.columns)
            FROM it_dienstleister JOIN organisation ON organisation.id = it_dienstleister.organisation
            WHERE it_dienstleister.dienstleister IS NULL
            ORDER BY it_dienstleister.suchname, organisation.sortname, organisation.id LIMIT 1000
            """
        ) { row in
            let folded: String = try row["gefaltet"]
            let by = try Organisation(row: row)
            if found.last?.suchname == folded {
                if found[found.count - 1].von.last?.id != by.id { found[found.count - 1].von.append(by) }
            } else {
                found.append((try row["genannt"], folded, [by]))
            }
        }
        return found.map { ($0.name, $0.von) }
    }

    /// Those who named a provider that the directory knows now are linked to it.
    static func verbinde(_ organisation: Organisation.ID, suchname: String, in db: any SQLConnection) throws {
        try db.execute(
            """
            UPDATE it_dienstleister SET dienstleister = \(organisation), version = version + 1
            WHERE dienstleister IS NULL AND suchname = \(suchname)
            """)
    }

    private static func protokolliere(
        _ verlauf: Verlauf.Art, _ art: Angabenart, _ id: String, _ organisation: Organisation.ID,
        _ changes: [(feld: String, von: String?, nach: String?)], durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        try VerlaufStore.append(
            changes.map { change in
                Verlauf(
                    verlauf, organisation: organisation.rawValue, eintrag: id, feld: "\(art.rawValue).\(change.feld)",
                    von: change.von, nach: change.nach)
            }, durch: urheber, in: db)
    }
}
