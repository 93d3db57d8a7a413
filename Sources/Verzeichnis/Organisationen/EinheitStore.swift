import Kernel
package import Storage

/// Every statement that touches the offices of the Organisationen.
package enum EinheitStore {
    package static func baum(_ organisation: Organisation.ID, in db: any SQLConnection) throws -> Einheitenbaum {
        Einheitenbaum(
            try db.all(
                """
                SELECT \(Organisationseinheit.columns) FROM organisationseinheit WHERE organisation = \(organisation)
                ORDER BY rang, sortname, id
                """))
    }

    /// Whose office it is.
    static func organisation(
        of id: Organisationseinheit.ID, in db: any SQLConnection
    ) throws -> Organisation.ID? {
        try db.value("SELECT organisation FROM organisationseinheit WHERE id = \(id)")
    }

    static func insert(
        _ id: Organisationseinheit.ID, _ inhalt: EinheitInhalt, rang: Int, organisation: Organisation.ID,
        in db: any SQLConnection
    ) throws {
        try db.execute(
            """
            INSERT INTO organisationseinheit (id, organisation, ueber, rang, name, kuerzel, sortname, version)
            VALUES (\(id), \(organisation), \(inhalt.ueber), \(rang), \(inhalt.name), \(inhalt.kuerzel),
                    \(Faltung.sort(inhalt.name)), 1)
            """)
    }

    /// - Returns: whether the office still had this version.
    static func update(
        _ old: Organisationseinheit, to inhalt: EinheitInhalt, rang: Int, in db: any SQLConnection
    ) throws -> Bool {
        try db.execute(
            """
            UPDATE organisationseinheit SET name = \(inhalt.name), kuerzel = \(inhalt.kuerzel),
                   sortname = \(Faltung.sort(inhalt.name)), ueber = \(inhalt.ueber), rang = \(rang),
                   version = version + 1
            WHERE id = \(old.id) AND version = \(old.version)
            """) == 1
    }

    /// Ranks are not part of what a form shows, so they count no change.
    static func setze(rang: Int, _ id: Organisationseinheit.ID, in db: any SQLConnection) throws {
        try db.execute("UPDATE organisationseinheit SET rang = \(rang) WHERE id = \(id)")
    }

    static func haenge(
        _ id: Organisationseinheit.ID, unter ueber: Organisationseinheit.ID?, rang: Int, in db: any SQLConnection
    ) throws {
        try db.execute(
            "UPDATE organisationseinheit SET ueber = \(ueber), rang = \(rang), version = version + 1 WHERE id = \(id)")
    }

    static func schliesse(
        _ id: Organisationseinheit.ID, am tag: Tag?, in ziel: Organisationseinheit.ID? = nil, db: any SQLConnection
    ) throws {
        try db.execute(
            """
            UPDATE organisationseinheit SET gueltig_bis = \(tag), aufgegangen_in = \(ziel), version = version + 1
            WHERE id = \(id)
            """)
    }

    /// What hangs on the one office hangs on the other: contacts, procedures, and the offices merged into it before.
    ///
    /// - Returns: how many contacts and procedures moved.
    static func uebertrage(
        von alt: Organisationseinheit.ID, nach neu: Organisationseinheit.ID, in db: any SQLConnection
    ) throws -> Int {
        let contacts = try db.execute(
            "UPDATE ansprechpartner SET einheit = \(neu), version = version + 1 WHERE einheit = \(alt)")
        let procedures = try db.execute(
            "UPDATE fachverfahren SET einheit = \(neu), version = version + 1 WHERE einheit = \(alt)")
        try db.execute("UPDATE organisationseinheit SET aufgegangen_in = \(neu) WHERE aufgegangen_in = \(alt)")
        return contacts + procedures
    }

    /// Moves all offices to another Organisation, behind those that it has.
    static func uebertrage(
        von alt: Organisation.ID, nach neu: Organisation.ID, in db: any SQLConnection
    ) throws {
        let last: Int =
            try db.value("SELECT COALESCE(MAX(rang), 0) FROM organisationseinheit WHERE organisation = \(neu)") ?? 0
        try db.execute(
            """
            UPDATE organisationseinheit SET organisation = \(neu), version = version + 1,
                   rang = CASE WHEN ueber IS NULL THEN rang + \(last) ELSE rang END
            WHERE organisation = \(alt)
            """)
    }

    static func anzahl(_ organisation: Organisation.ID, in db: any SQLConnection) throws -> Int {
        try db.value("SELECT count(*) FROM organisationseinheit WHERE organisation = \(organisation)") ?? 0
    }
}

/// What people write about an office.
struct EinheitInhalt: Sendable, Equatable {
    var name = ""
    var kuerzel: String?
    var ueber: Organisationseinheit.ID?

    init() {}

    init(_ einheit: Organisationseinheit) {
        (name, kuerzel, ueber) = (einheit.name, einheit.kuerzel, einheit.ueber)
    }

    /// Fields that differ, as the Verlauf keeps them.
    func changes(to new: EinheitInhalt) -> [(feld: String, von: String?, nach: String?)] {
        [
            (feld: "name", von: name, nach: new.name), (feld: "kuerzel", von: kuerzel, nach: new.kuerzel),
            (feld: "ueber", von: ueber?.rawValue, nach: new.ueber?.rawValue),
        ].filter { $0.von != $0.nach }
    }
}
