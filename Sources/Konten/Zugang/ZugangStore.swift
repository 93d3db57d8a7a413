package import Kernel
package import Storage
import Web

/// Every statement that touches Zugangstoken.
package enum ZugangStore {
    /// Tokens that one person may have at a time.
    static let hoechstens = 50
    /// How often the use of a token is noted: seldom, because each note is a write.
    static let takt = 3_600

    /// Stores what is needed to know the token again, never itself.
    package static func insert(
        _ text: String, name: String, umfang: Zugangstoken.Umfang, organisation: String?, tage: Int,
        zweiterFaktor: Bool, fuer person: Person.ID, durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        let am = urheber.am
        try db.execute(
            """
            INSERT INTO zugangstoken (id, person, name, umfang, organisation, token_hash, anfang, zweiter_faktor,
                                      angelegt_am, bis)
            VALUES (\(Kennung.neu(am)), \(person), \(name), \(umfang), \(organisation), \(Geheimnis.hash(text)),
                    \(Tokentext.kenntlich(text)), \(zweiterFaktor), \(am), \(am.plus(sekunden: tage * 86_400)))
            """)
        try protokolliere(.zugangstokenAngelegt, umfang, organisation, person, urheber, in: db)
    }

    private static func protokolliere(
        _ art: Verlauf.Art, _ umfang: Zugangstoken.Umfang, _ organisation: String?, _ person: Person.ID,
        _ urheber: Urheber, in db: any SQLConnection
    ) throws {
        try VerlaufStore.append(
            [Verlauf(art, organisation: organisation, feld: umfang.rawValue, nach: person.rawValue)], durch: urheber,
            in: db)
    }

    /// The newest first, also those that are over until they are cleared away.
    ///
    /// Those that were not revoked come first, so that none of them falls off the end.
    package static func alle(of person: Person.ID, in db: any SQLConnection) throws -> [Zugangstoken] {
        try db.all(
            """
            SELECT \(Zugangstoken.columns) FROM zugangstoken WHERE zugangstoken.person = \(person)
            ORDER BY CASE WHEN zugangstoken.widerrufen_am IS NULL THEN 0 ELSE 1 END, zugangstoken.angelegt_am DESC,
                     zugangstoken.id DESC LIMIT 500
            """)
    }

    /// For how many days a token may hold: shorter where an identity provider gives the roles, because it takes them back
    /// only when the person signs in again.
    static func hoechsttage(_ person: Person.ID, in db: any SQLConnection) throws -> Int {
        let foreign: Int? = try db.value("SELECT 1 FROM fremdamt WHERE person = \(person) LIMIT 1")
        return foreign == nil ? 365 : 30
    }

    static func anzahl(gueltige am: Instant, of person: Person.ID, in db: any SQLConnection) throws -> Int {
        try db.value(
            "SELECT count(*) FROM zugangstoken WHERE person = \(person) AND widerrufen_am IS NULL AND bis > \(am)") ?? 0
    }

    /// Ends a token for good; false when the person has none with that id that still holds.
    package static func widerrufe(
        _ id: String, of person: Person.ID, durch urheber: Urheber, in db: any SQLConnection
    ) throws -> Bool {
        let found = try db.all(
            """
            SELECT \(Zugangstoken.columns) FROM zugangstoken
            WHERE zugangstoken.id = \(id) AND zugangstoken.person = \(person)
            """, as: Zugangstoken.self
        ).first
        guard let found, found.gilt(urheber.am) else { return false }
        let ended = try db.execute(
            "UPDATE zugangstoken SET widerrufen_am = \(urheber.am) WHERE id = \(id) AND widerrufen_am IS NULL")
        guard ended == 1 else { return false }
        try protokolliere(.zugangstokenWiderrufen, found.umfang, found.organisation, person, urheber, in: db)
        return true
    }

    /// Ends all tokens of a person: after a reset of the password or a disabling, whoever holds one may be a stranger.
    package static func widerrufeAlle(
        of person: Person.ID, durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        let valid: [Zugangstoken] = try db.all(
            """
            SELECT \(Zugangstoken.columns) FROM zugangstoken
            WHERE zugangstoken.person = \(person) AND zugangstoken.widerrufen_am IS NULL
                  AND zugangstoken.bis > \(urheber.am)
            ORDER BY zugangstoken.id
            """)
        for token in valid { _ = try widerrufe(token.id, of: person, durch: urheber, in: db) }
    }

    /// No token of a person counts as made with a second factor any more.
    static func senke(of person: Person.ID, in db: any SQLConnection) throws {
        try db.execute("UPDATE zugangstoken SET zweiter_faktor = \(false) WHERE person = \(person)")
    }

    // MARK: Asking with a token

    /// Who asks, with the roles of now as far as the token reaches; nil for a token that does not hold.
    static func lies(_ text: String, am: Instant, in db: any SQLConnection) throws -> SitzungStore.Fund? {
        guard Tokentext.istWohlgeformt(text) else { return nil }
        let row = try db.rows(
            """
            SELECT person.id, person.email, person.name, zugangstoken.id AS token, zugangstoken.umfang,
                   zugangstoken.organisation, zugangstoken.zweiter_faktor, zugangstoken.zuletzt_am
            FROM zugangstoken JOIN person ON person.id = zugangstoken.person
            WHERE zugangstoken.token_hash = \(Geheimnis.hash(text)) AND zugangstoken.bis > \(am)
                  AND zugangstoken.widerrufen_am IS NULL AND person.gesperrt_am IS NULL
            """
        ).first
        guard let row else { return nil }
        let hasFactor: Bool = try row["zweiter_faktor"]
        let (all, missing) = try KontoStore.person(row, zweiterFaktor: hasFactor, am: am, in: db)
        let organisation: String? = try row["organisation"]
        let umfang: Zugangstoken.Umfang = try row["umfang"]
        let person = Person(
            id: all.id, email: all.email, name: all.name,
            // A role for the whole installation reaches further than one Organisation, so it does not count there.
            aemter: organisation.map { here in all.aemter.filter { $0.organisation == here } } ?? all.aemter)
        let last: Instant? = try row["zuletzt_am"]
        return SitzungStore.Fund(
            sitzung: Sitzung(
                person: person, csrf: "", zweiterFaktor: hasFactor, faktorFehlt: missing && organisation == nil,
                programm: Programm(token: try row["token"], darfAendern: umfang == .aendern)),
            istAelter: last.map { $0 <= am.plus(sekunden: -takt) } ?? true)
    }

    /// Notes that a token is in use.
    static func merke(_ text: String, am: Instant, in db: any SQLConnection) throws {
        try db.execute(
            """
            UPDATE zugangstoken SET zuletzt_am = \(am)
            WHERE token_hash = \(Geheimnis.hash(text)) AND (zuletzt_am IS NULL OR zuletzt_am < \(am))
            """)
    }

    // MARK: Data about a person

    static func auskunft(_ person: Person.ID, in db: any SQLConnection) throws -> [[Auskunftsteil.Feld]] {
        try alle(of: person, in: db).map { token in
            [
                .init("name", "Name", .text(token.name)), .init("umfang", "darf", .text(token.umfang.wort)),
                .init("organisation", "nur bei", .init(token.organisation)),
                .init("anfang", "beginnt mit", .text(token.anfang)),
                .init("zweiterFaktor", "2. Faktor", .wahr(token.zweiterFaktor)),
                .init("angelegtAm", "gemacht", .zeit(token.angelegtAm)), .init("bis", "gilt bis", .zeit(token.bis)),
                .init("zuletztAm", "benutzt", .init(token.zuletztAm)),
                .init("widerrufenAm", "widerrufen", .init(token.widerrufenAm)),
            ]
        }
    }

    /// Forgets all tokens of a person, also as the one who made them.
    static func vergiss(_ person: Person.ID, in db: any SQLConnection) throws {
        try db.execute("DELETE FROM zugangstoken WHERE person = \(person)")
    }

    private static func vorbei(_ grenze: Instant) -> SQL {
        "zugangstoken WHERE bis < \(grenze) OR widerrufen_am < \(grenze)"
    }

    static let frist = Loeschfrist(
        "zugangstoken", "Abgelaufene und widerrufene Zugangstoken", tage: 30, ab: "seit dem Ende",
        ende: "werden gelöscht", grundlage: "Art. 5 Abs. 1 Buchst. e DSGVO; Art. 32 DSGVO (Aufklärung von Missbrauch)",
        faellig: { lage, db in try db.value("SELECT count(*) FROM \(vorbei(lage.grenze))") ?? 0 },
        raeume: { lage, db in try db.execute("DELETE FROM \(vorbei(lage.grenze))") })
}

extension KontenMigrations {
    static let zugang = Migration(
        "konten-0007-zugang",
        """
        CREATE TABLE zugangstoken (
            id TEXT PRIMARY KEY,
            person TEXT NOT NULL REFERENCES person (id),
            name TEXT NOT NULL,
            umfang TEXT NOT NULL CHECK (umfang IN ('lesen', 'aendern')),
            organisation TEXT,
            token_hash TEXT NOT NULL UNIQUE,
            anfang TEXT NOT NULL,
            zweiter_faktor BOOLEAN NOT NULL DEFAULT FALSE,
            angelegt_am BIGINT NOT NULL,
            bis BIGINT NOT NULL,
            zuletzt_am BIGINT,
            widerrufen_am BIGINT
        )
        """,
        "CREATE INDEX zugangstoken_person ON zugangstoken (person, angelegt_am)",
        "CREATE INDEX zugangstoken_bis ON zugangstoken (bis)")
}
