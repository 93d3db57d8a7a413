import Crypto
package import Kernel
package import Storage
package import Web

/// Every statement that touches persons, their roles and their sessions.
package enum KontoStore {
    /// How long a session lives at most.
    package static let sitzungsdauer = 12 * 60 * 60

    package static func gibtKonten(in db: any SQLConnection) throws -> Bool {
        let one: Int? = try db.value("SELECT 1 FROM person LIMIT 1")
        return one != nil
    }

    /// - Throws: `Refusal.conflict` when the address has an account already.
    package static func insert(
        email: String, kennwort: Kennwort, aemter: [Person.Amt], durch urheber: Urheber, in db: any SQLConnection
    ) throws -> Person.ID {
        let id = Person.ID(rawValue: Kennung.neu(urheber.am))
        let inserted = try db.execute(
            """
            INSERT INTO person (id, email, kennwort, angelegt_am) VALUES (\(id), \(email), \(kennwort.gespeichert), \(urheber.am))
            ON CONFLICT DO NOTHING
            """)
        guard inserted == 1 else { throw Refusal(.conflict, "Zu dieser E-Mail-Adresse gibt es schon ein Konto.") }
        for amt in aemter { try AmtStore.gib(amt, an: id, durch: urheber, in: db) }
        try VerlaufStore.append([Verlauf(.kontoAngelegt, nach: id.rawValue)], durch: urheber, in: db)
        return id
    }

    /// The account of an address with its stored password.
    package static func konto(email: String, in db: any SQLConnection) throws -> (id: Person.ID, kennwort: Kennwort)? {
        guard let row = try db.rows("SELECT id, kennwort FROM person WHERE email = \(email)").first else { return nil }
        return (id: try row["id"], kennwort: Kennwort(gespeichert: try row["kennwort"]))
    }

    /// Sets a new password and ends all sessions of the account.
    package static func setzeKennwort(
        _ kennwort: Kennwort, of id: Person.ID, durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        try db.execute("UPDATE person SET kennwort = \(kennwort.gespeichert) WHERE id = \(id)")
        try db.execute("DELETE FROM sitzung WHERE person = \(id)")
        try VerlaufStore.append([Verlauf(.kennwortGesetzt, nach: id.rawValue)], durch: urheber, in: db)
    }

    /// Begins a session; the token goes to the browser, the database keeps only its hash.
    package static func beginne(
        person: Person.ID, token: String, csrf: String, am: Instant, in db: any SQLConnection
    ) throws {
        try db.execute("DELETE FROM sitzung WHERE bis < \(am)")
        try db.execute(
            """
            INSERT INTO sitzung (token_hash, person, csrf, seit, bis)
            VALUES (\(hash(token)), \(person), \(csrf), \(am), \(am.plus(sekunden: sitzungsdauer)))
            """)
    }

    package static func beende(token: String, in db: any SQLConnection) throws {
        try db.execute("DELETE FROM sitzung WHERE token_hash = \(hash(token))")
    }

    package static func sitzung(_ token: String, am: Instant, in db: any SQLConnection) throws -> Sitzung? {
        guard
            let row = try db.rows(
                """
                SELECT person.id, person.email, person.name, sitzung.csrf
                FROM sitzung JOIN person ON person.id = sitzung.person
                WHERE sitzung.token_hash = \(hash(token)) AND sitzung.bis >= \(am) AND person.gesperrt_am IS NULL
                """
            ).first
        else { return nil }
        let id: Person.ID = try row["id"]
        let person = Person(
            id: id, email: try row["email"], name: try row["name"], aemter: try AmtStore.geltende(id, am: am, in: db))
        return Sitzung(person: person, csrf: try row["csrf"])
    }

    private static func hash(_ token: String) -> String {
        Base64URL.encode(Array(SHA256.hash(data: Array(token.utf8))))
    }
}

/// Sessions of the database, as the web looks them up.
package struct DatabaseSessions: SessionSource {
    let database: any Database

    package init(database: any Database) { self.database = database }

    package func session(of token: String, at now: Instant) async throws -> Sitzung? {
        guard (20...100).contains(token.utf8.count) else { return nil }
        return try await database.read { db in try KontoStore.sitzung(token, am: now, in: db) }
    }
}
