import Kernel
import Storage

/// Every statement of Datenschutz on the tables of the accounts.
enum DatenschutzStore {
    /// What an account says about its person.
    struct Konto: Sendable, RowDecodable {
        let id: Person.ID
        let email: String
        let name: String?
        let angelegtAm: Instant
        let gesperrtAm: Instant?
        let zuletztAm: Instant?
        let hinweisAm: Instant?
        let zweiterFaktor: Bool
        let mitteilungen: String
        let markiertAm: Instant?
        let emailVorher: String?

        var betroffen: BetroffenePerson { BetroffenePerson(id: id, email: email, name: name) }

        static let columns: SQL = """
            person.id, person.email, person.name, person.angelegt_am, person.gesperrt_am, person.zuletzt_am,
            person.hinweis_am, person.mitteilungen, person.markiert_am, person.email_vorher, person.totp IS NOT NULL AS zweiter_faktor
            """

        init(row: Row) throws {
            id = try row["id"]
            email = try row["email"]
            name = try row["name"]
            angelegtAm = try row["angelegt_am"]
            gesperrtAm = try row["gesperrt_am"]
            zuletztAm = try row["zuletzt_am"]
            hinweisAm = try row["hinweis_am"]
            zweiterFaktor = try row["zweiter_faktor"]
            mitteilungen = try row["mitteilungen"]
            markiertAm = try row["markiert_am"]
            emailVorher = try row["email_vorher"]
        }
    }

    static func konto(_ id: Person.ID, in db: any SQLConnection) throws -> Konto? {
        try db.first("SELECT \(Konto.columns) FROM person WHERE person.id = \(id)")
    }

    static func konto(email: String, in db: any SQLConnection) throws -> Konto? {
        try db.first("SELECT \(Konto.columns) FROM person WHERE person.email = \(email)")
    }

    /// Removes the account and everything that hangs on it. Roles are taken before, each with its line in the Verlauf.
    static func entferne(_ id: Person.ID, in db: any SQLConnection) throws {
        // Who gave a role or a delegation stands in the Verlauf; beside it there is no reason to keep it.
        try db.execute("UPDATE amt SET vergeben_von = NULL WHERE vergeben_von = \(id)")
        try db.execute("UPDATE delegation SET angelegt_von = NULL WHERE angelegt_von = \(id)")
        try db.execute("DELETE FROM sitzung WHERE person = \(id)")
        try db.execute("DELETE FROM einmallink WHERE person = \(id)")
        try db.execute("DELETE FROM mitteilung WHERE person = \(id)")
        try db.execute("DELETE FROM wiederherstellungscode WHERE person = \(id)")
        try db.execute("DELETE FROM halbsitzung WHERE person = \(id)")
        try db.execute("DELETE FROM bekanntes_geraet WHERE person = \(id)")
        try db.execute("DELETE FROM einladungsliste WHERE person = \(id)")
        try db.execute("DELETE FROM fremdamt WHERE person = \(id)")
        try db.execute("DELETE FROM fremdkonto WHERE person = \(id)")
        try ZugangStore.vergiss(id, in: db)
        try db.execute("DELETE FROM person WHERE id = \(id)")
    }

    static func mitteilungen(_ id: Person.ID, in db: any SQLConnection) throws -> [[Auskunftsteil.Feld]] {
        try db.rows("SELECT art, organisation, am FROM mitteilung WHERE person = \(id) ORDER BY id").map { row in
            [
                .init("am", "Zeitpunkt", .zeit(try row["am"])), .init("art", "Art", .text(try row["art"])),
                .init("organisation", "Organisation", .text(try row["organisation"])),
            ]
        }
    }

    static func sitzungen(_ id: Person.ID, am: Instant, in db: any SQLConnection) throws -> [[Auskunftsteil.Feld]] {
        try db.rows(
            """
            SELECT seit, bis, zuletzt_am, geraet, zweiter_faktor FROM sitzung
            WHERE person = \(id) AND bis >= \(am) ORDER BY seit DESC
            """
        ).map { row in
            [
                .init("seit", "seit", .zeit(try row["seit"])), .init("bis", "endet", .zeit(try row["bis"])),
                .init("zuletztAm", "benutzt", .init(try row["zuletzt_am"] as Instant?)),
                .init("geraet", "Gerät", .init(try row["geraet"] as String?)),
                .init("zweiterFaktor", "2. Faktor", .wahr(try row["zweiter_faktor"])),
            ]
        }
    }

    static func aemter(_ id: Person.ID, in db: any SQLConnection) throws -> [[Auskunftsteil.Feld]] {
        try db.rows(
            """
            SELECT amt.rolle, amt.organisation, amt.vertretung, amt.vergeben_am, o.name AS wo
            FROM amt LEFT JOIN organisation_sicht o ON o.id = amt.organisation
            WHERE amt.person = \(id) ORDER BY amt.rolle, amt.organisation
            """
        ).map { row in
            let (rolle, organisation): (Rolle, String) = (try row["rolle"], try row["organisation"])
            return [
                .init("rollenname", "Rolle", .text(rolle.name)),
                .init("organisationsname", "Organisation", .init(try row["wo"] as String?)),
                .init("vertretung", "Vertretung", .wahr(try row["vertretung"])),
                .init("vergebenAm", "seit", .init(try row["vergeben_am"] as Instant?)),
                .init("rolle", "Kürzel der Rolle", .text(rolle.rawValue)),
                .init("organisation", "Kennung der Organisation", .init(organisation.isEmpty ? nil : organisation)),
            ]
        }
    }

    static func links(_ id: Person.ID, in db: any SQLConnection) throws -> [[Auskunftsteil.Feld]] {
        try db.rows(
            "SELECT zweck, wert, angelegt_am, bis, benutzt_am FROM einmallink WHERE person = \(id) ORDER BY angelegt_am DESC"
        ).map { row in
            [
                .init("zweck", "Zweck", .text(try row["zweck"])),
                .init("wert", "neue E-Mail", .init(try row["wert"] as String?)),
                .init("angelegtAm", "verschickt", .zeit(try row["angelegt_am"])),
                .init("bis", "gültig bis", .zeit(try row["bis"])),
                .init("benutztAm", "benutzt", .init(try row["benutzt_am"] as Instant?)),
            ]
        }
    }

    static func fremdkonten(_ id: Person.ID, in db: any SQLConnection) throws -> [[Auskunftsteil.Feld]] {
        try db.rows("SELECT aussteller, subjekt FROM fremdkonto WHERE person = \(id) ORDER BY aussteller, subjekt").map
        {
            row in
            [
                .init("aussteller", "Anbieter", .text(try row["aussteller"])),
                .init("subjekt", "Kennung", .text(try row["subjekt"])),
            ]
        }
    }

    static func delegationen(_ id: Person.ID, in db: any SQLConnection) throws -> [[Auskunftsteil.Feld]] {
        try db.rows(
            "SELECT von, an, rolle, angelegt_am FROM delegation WHERE angelegt_von = \(id) ORDER BY angelegt_am, von, an, rolle"
        ).map { row in
            [
                .init("von", "von", .text(try row["von"])), .init("an", "an", .text(try row["an"])),
                .init("rolle", "Rolle", .text(try row["rolle"])),
                .init("am", "seit", .zeit(try row["angelegt_am"])),
            ]
        }
    }

    static func codezahl(_ id: Person.ID, in db: any SQLConnection) throws -> Int {
        try db.value("SELECT count(*) FROM wiederherstellungscode WHERE person = \(id)") ?? 0
    }
}
