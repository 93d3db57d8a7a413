package import Kernel
package import Storage
import Web

/// Every statement that touches sessions, full and half, and the browsers that are known.
package enum SitzungStore {
    /// A session as it was found.
    struct Fund: Sendable {
        let sitzung: Sitzung
        /// It was used long enough ago to note it again.
        let istAelter: Bool
    }

    /// A session in the list of a person's devices.
    struct Zeile: Sendable {
        /// Nil for sessions of an earlier version.
        let id: String?
        let geraet: String?
        let seit: Instant
        let zuletzt: Instant
        let istDiese: Bool
    }

    /// How often the use of a session is noted: seldom, because each note is a write.
    static let takt = 5 * 60
    /// How long a password counts before its code.
    static let halbdauer = 5 * 60
    /// How long a browser is known after it signed in.
    static let geraetedauer = 180 * 86_400

    static func lies(_ token: String, am: Instant, in db: any SQLConnection) throws -> Fund? {
        guard
            let row = try db.rows(
                """
                SELECT person.id, person.email, person.name, sitzung.csrf, sitzung.zuletzt_am, sitzung.zweiter_faktor
                FROM sitzung JOIN person ON person.id = sitzung.person
                WHERE sitzung.token_hash = \(Geheimnis.hash(token)) AND sitzung.bis >= \(am) AND person.gesperrt_am IS NULL
                      AND (sitzung.zuletzt_am IS NULL
                           OR sitzung.zuletzt_am >= \(am.plus(sekunden: -KontoStore.leerlauf)))
                """
            ).first
        else { return nil }
        let hasFactor: Bool = try row["zweiter_faktor"]
        let (person, missing) = try KontoStore.person(row, zweiterFaktor: hasFactor, am: am, in: db)
        let last: Instant? = try row["zuletzt_am"]
        return Fund(
            sitzung: Sitzung(
                person: person, csrf: try row["csrf"], zweiterFaktor: hasFactor, faktorFehlt: missing),
            istAelter: last.map { $0 <= am.plus(sekunden: -takt) } ?? true)
    }

    /// When a session began; nil for one that is not there.
    static func beginn(_ token: String, in db: any SQLConnection) throws -> Instant? {
        try db.value("SELECT seit FROM sitzung WHERE token_hash = \(Geheimnis.hash(token))")
    }

    /// Notes that a session is in use.
    static func merke(_ token: String, am: Instant, in db: any SQLConnection) throws {
        try db.execute(
            """
            UPDATE sitzung SET zuletzt_am = \(am)
            WHERE token_hash = \(Geheimnis.hash(token)) AND (zuletzt_am IS NULL OR zuletzt_am < \(am))
            """)
    }

    /// Removes what is over.
    static func raeumeAuf(am: Instant, in db: any SQLConnection) throws {
        try db.execute(
            "DELETE FROM sitzung WHERE bis < \(am) OR zuletzt_am < \(am.plus(sekunden: -KontoStore.leerlauf))")
        try db.execute("DELETE FROM halbsitzung WHERE bis < \(am)")
        try db.execute("DELETE FROM bekanntes_geraet WHERE bis < \(am)")
    }

    static func alle(of person: Person.ID, token: String?, am: Instant, in db: any SQLConnection) throws -> [Zeile] {
        let own = token.map(Geheimnis.hash) ?? ""
        return try db.rows(
            """
            SELECT id, geraet, seit, zuletzt_am, token_hash FROM sitzung
            WHERE person = \(person) AND bis >= \(am)
                  AND (zuletzt_am IS NULL OR zuletzt_am >= \(am.plus(sekunden: -KontoStore.leerlauf)))
            ORDER BY seit DESC, token_hash LIMIT 100
            """
        ).map { row in
            let (seit, last): (Instant, Instant?) = (try row["seit"], try row["zuletzt_am"])
            return Zeile(
                id: try row["id"], geraet: try row["geraet"], seit: seit, zuletzt: last ?? seit,
                istDiese: try row["token_hash"] as String == own)
        }
    }

    /// Ends one session of a person; false when there is none with that id.
    static func beende(id: String, of person: Person.ID, in db: any SQLConnection) throws -> Bool {
        try db.execute("DELETE FROM sitzung WHERE id = \(id) AND person = \(person)") > 0
    }

    /// Ends all sessions of a person, whole and half, but for the one of `ausser`: after a new password, a reset, a disabling.
    package static func beendeAlle(
        of person: Person.ID, ausser token: String? = nil, in db: any SQLConnection
    ) throws {
        let kept = token.map(Geheimnis.hash) ?? ""
        try db.execute("DELETE FROM sitzung WHERE person = \(person) AND token_hash <> \(kept)")
        try db.execute("DELETE FROM halbsitzung WHERE person = \(person)")
    }

    /// The session goes on with its second factor under a new token, which whoever knew the old one does not have.
    static func erhoehe(_ token: String, zu neu: String, in db: any SQLConnection) throws {
        try db.execute(
            """
            UPDATE sitzung SET token_hash = \(Geheimnis.hash(neu)), zweiter_faktor = \(true) WHERE token_hash = \(Geheimnis.hash(token))
            """)
    }

    /// All sessions of a person go on as if they had begun without a second factor.
    static func senke(of person: Person.ID, in db: any SQLConnection) throws {
        try db.execute("UPDATE sitzung SET zweiter_faktor = \(false) WHERE person = \(person)")
    }

    // MARK: Between password and code

    static func beginneHalb(_ token: String, person: Person.ID, am: Instant, in db: any SQLConnection) throws {
        try raeumeAuf(am: am, in: db)
        try db.execute(
            """
            INSERT INTO halbsitzung (token_hash, person, bis)
            VALUES (\(Geheimnis.hash(token)), \(person), \(am.plus(sekunden: halbdauer)))
            """)
    }

    /// Whose password was right in this browser a moment ago.
    static func halb(_ token: String, am: Instant, in db: any SQLConnection) throws -> Person.ID? {
        try db.value(
            """
            SELECT person.id FROM halbsitzung JOIN person ON person.id = halbsitzung.person
            WHERE halbsitzung.token_hash = \(Geheimnis.hash(token)) AND halbsitzung.bis >= \(am) AND person.gesperrt_am IS NULL
            """)
    }

    /// False when it was ended already, e.g. by the same form sent twice.
    static func beendeHalb(_ token: String, in db: any SQLConnection) throws -> Bool {
        try db.execute("DELETE FROM halbsitzung WHERE token_hash = \(Geheimnis.hash(token))") > 0
    }

    // MARK: Known browsers

    static func kennt(_ token: String, person: Person.ID, am: Instant, in db: any SQLConnection) throws -> Bool {
        let one: Int? = try db.value(
            "SELECT 1 FROM bekanntes_geraet WHERE token_hash = \(Geheimnis.hash(token)) AND person = \(person) AND bis >= \(am)"
        )
        return one != nil
    }

    /// The browser is known from now on; a former mark of it goes.
    static func merkeGeraet(
        _ token: String, statt alt: String?, person: Person.ID, am: Instant, in db: any SQLConnection
    ) throws {
        if let alt {
            try db.execute(
                "DELETE FROM bekanntes_geraet WHERE token_hash = \(Geheimnis.hash(alt)) AND person = \(person)")
        }
        try db.execute(
            """
            INSERT INTO bekanntes_geraet (token_hash, person, bis)
            VALUES (\(Geheimnis.hash(token)), \(person), \(am.plus(sekunden: geraetedauer)))
            """)
    }
}
