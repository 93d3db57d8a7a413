package import Kernel
package import Storage
package import Web

/// Every statement that touches persons and their passwords.
package enum KontoStore {
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

    static func kennwort(of id: Person.ID, in db: any SQLConnection) throws -> Kennwort? {
        try db.value("SELECT kennwort FROM person WHERE id = \(id)").map { Kennwort(gespeichert: $0) }
    }

    /// Whether somebody signs in with a password here, and not through an identity provider alone.
    static func hatKennwort(_ id: Person.ID, in db: any SQLConnection) throws -> Bool {
        try kennwort(of: id, in: db)?.aufwand != nil
    }

    /// Whether nobody changed the password or disabled the account meanwhile.
    static func gilt(_ kennwort: Kennwort, of id: Person.ID, in db: any SQLConnection) throws -> Bool {
        let one: Int? = try db.value(
            "SELECT 1 FROM person WHERE id = \(id) AND kennwort = \(kennwort.gespeichert) AND gesperrt_am IS NULL")
        return one != nil
    }

    /// Sets a new password and ends all sessions of the account, but for the one of `ausser`, and all links: whoever
    /// knew the old one may have asked for a change of the address with it. Without `ausser` all Zugangstoken end, too.
    package static func setzeKennwort(
        _ kennwort: Kennwort, of id: Person.ID, ausser token: String? = nil, durch urheber: Urheber,
        in db: any SQLConnection
    ) throws {
        try db.execute("UPDATE person SET kennwort = \(kennwort.gespeichert) WHERE id = \(id)")
        try SitzungStore.beendeAlle(of: id, ausser: token, in: db)
        try db.execute("DELETE FROM bekanntes_geraet WHERE person = \(id)")
        try EinmallinkStore.beende(alle: id, in: db)
        // Set anew from outside a session: the account may have been in strange hands. Who changes the own password
        // knows the old one and sees the own tokens beside it.
        if token == nil { try ZugangStore.widerrufeAlle(of: id, durch: urheber, in: db) }
        try VerlaufStore.append([Verlauf(.kennwortGesetzt, nach: id.rawValue)], durch: urheber, in: db)
    }

    /// Stores the same password with today's cost; nothing else changes.
    static func ersetze(
        _ alt: Kennwort, durch neu: Kennwort, of id: Person.ID, in db: any SQLConnection
    ) throws {
        try db.execute(
            "UPDATE person SET kennwort = \(neu.gespeichert) WHERE id = \(id) AND kennwort = \(alt.gespeichert)")
    }

    /// How the person wants to be called; nil for no name.
    static func setzeName(
        _ name: String?, of id: Person.ID, durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        let changed = try db.execute(
            "UPDATE person SET name = \(name) WHERE id = \(id) AND coalesce(name, '') <> \(name ?? "")")
        guard changed > 0 else { return }
        // The names themselves stay out of the Verlauf, so that they can be erased.
        try VerlaufStore.append([Verlauf(.kontoGeaendert, feld: "name", nach: id.rawValue)], durch: urheber, in: db)
    }

    /// Begins a session; the token goes to the browser, the database keeps only its hash.
    ///
    /// `geraet` says on what kind of device, `zweiterFaktor` whether roles that demand one count.
    package static func beginne(
        person: Person.ID, token: String, csrf: String, am: Instant, geraet: String? = nil,
        zweiterFaktor: Bool = false, in db: any SQLConnection
    ) throws {
        try SitzungStore.raeumeAuf(am: am, in: db)
        try db.execute(
            """
            INSERT INTO sitzung (token_hash, person, csrf, seit, bis, id, zuletzt_am, geraet, zweiter_faktor)
            VALUES (\(Geheimnis.hash(token)), \(person), \(csrf), \(am), \(am.plus(sekunden: sitzungsdauer)),
                    \(Kennung.neu(am)), \(am), \(geraet), \(zweiterFaktor))
            """)
        try db.execute("UPDATE person SET zuletzt_am = \(am) WHERE id = \(person)")
    }

    /// How long a session lives at most.
    package static let sitzungsdauer = 12 * 60 * 60
    /// How long it lives without being used.
    package static let leerlauf = 2 * 60 * 60

    package static func beende(token: String, in db: any SQLConnection) throws {
        try db.execute("DELETE FROM sitzung WHERE token_hash = \(Geheimnis.hash(token))")
    }

    /// The session of a token that is neither over nor unused for too long.
    package static func sitzung(_ token: String, am: Instant, in db: any SQLConnection) throws -> Sitzung? {
        try SitzungStore.lies(token, am: am, in: db)?.sitzung
    }

    /// The person with the roles that count: those that demand a second factor only where there was one.
    ///
    /// `faktorFehlt` says that roles are left out.
    package static func person(
        _ id: Person.ID, zweiterFaktor: Bool, am: Instant, in db: any SQLConnection
    ) throws -> (person: Person, faktorFehlt: Bool)? {
        let found = try db.rows("SELECT id, email, name FROM person WHERE id = \(id) AND gesperrt_am IS NULL")
        return try found.first.map { try person($0, zweiterFaktor: zweiterFaktor, am: am, in: db) }
    }

    /// The same from a row that was read already: `id`, `email`, `name`.
    static func person(
        _ row: Row, zweiterFaktor: Bool, am: Instant, in db: any SQLConnection
    ) throws -> (person: Person, faktorFehlt: Bool) {
        let id: Person.ID = try row["id"]
        let held = try AmtStore.geltende(id, am: am, in: db)
        let counting = zweiterFaktor ? held : held.filter { !$0.rolle.verlangtZweitenFaktor }
        return (
            Person(id: id, email: try row["email"], name: try row["name"], aemter: counting),
            counting.count < held.count
        )
    }
}
