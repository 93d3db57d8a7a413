import Jobs
package import Kernel
package import Storage
import Web

/// An address that does one thing once, for the person who was given it.
package struct Einmallink: Sendable, Equatable {
    package enum Zweck: String, SQLConvertible, CaseIterable {
        case einladung, passwort, email
    }

    package let person: Person.ID
    package let zweck: Zweck
    package let email: String
    package let name: String?
    /// The new address of a change of e-mail.
    package let wert: String?

    /// How long a link can be used.
    package static let dauer = 24 * 60 * 60

    static let giltNicht = Refusal(
        .notFound,
        "Dieser Link gilt nicht mehr: Er lässt sich 24 Stunden lang und nur einmal benutzen. Lassen Sie sich einen neuen geben."
    )
}

extension Einmallink: RowDecodable {
    package init(row: Row) throws {
        person = try row["person"]
        zweck = try row["zweck"]
        email = try row["email"]
        name = try row["name"]
        wert = try row["wert"]
    }
}

/// A link that was just made: the only moment at which its secret is known here.
package struct NeuerLink: Sendable {
    package let token: String
    package let zweck: Einmallink.Zweck
    package let person: Person.ID
    package let am: Instant

    /// The path of its address.
    package var pfad: String { "/anmelden/\(zweck.rawValue)/\(token)" }

    /// What the database keeps; also names the letter, so that the same letter keeps its Message-ID.
    var hash: String { Geheimnis.hash(token) }
}

/// Every statement that touches `einmallink`.
package enum EinmallinkStore {
    /// Makes a link; unused ones of the same purpose die.
    package static func neu(
        _ zweck: Einmallink.Zweck, fuer person: Person.ID, wert: String? = nil, am: Instant, in db: any SQLConnection
    ) throws -> NeuerLink {
        // Two that are asked for at once must not both live.
        try db.lock("einmallink \(person.rawValue)")
        try db.execute("DELETE FROM einmallink WHERE bis < \(am)")
        try db.execute("DELETE FROM einmallink WHERE person = \(person) AND zweck = \(zweck) AND benutzt_am IS NULL")
        let link = NeuerLink(token: Geheimnis.neu(bytes: 32), zweck: zweck, person: person, am: am)
        try db.execute(
            """
            INSERT INTO einmallink (token_hash, person, zweck, wert, angelegt_am, bis)
            VALUES (\(link.hash), \(person), \(zweck), \(wert), \(am), \(am.plus(sekunden: Einmallink.dauer)))
            """)
        return link
    }

    /// The link as long as it can be used, without using it.
    package static func finde(
        _ token: String, _ zweck: Einmallink.Zweck, am: Instant, in db: any SQLConnection
    ) throws -> Einmallink? {
        guard token.utf8.count == 43 else { return nil }
        return try db.first(
            """
            SELECT einmallink.person, einmallink.zweck, einmallink.wert, person.email, person.name
            FROM einmallink JOIN person ON person.id = einmallink.person
            WHERE einmallink.token_hash = \(Geheimnis.hash(token)) AND einmallink.zweck = \(zweck)
                  AND einmallink.benutzt_am IS NULL AND einmallink.bis >= \(am) AND person.gesperrt_am IS NULL
            """)
    }

    /// Uses the link up: of two who try at once, one gets it.
    ///
    /// - Throws: `Refusal.notFound` for a link that is unknown, used, over or for another purpose.
    package static func verbrauche(
        _ token: String, _ zweck: Einmallink.Zweck, am: Instant, in db: any SQLConnection
    ) throws -> Einmallink {
        guard let link = try finde(token, zweck, am: am, in: db) else { throw Einmallink.giltNicht }
        let used = try db.execute(
            """
            UPDATE einmallink SET benutzt_am = \(am), wert = NULL
            WHERE token_hash = \(Geheimnis.hash(token)) AND zweck = \(zweck) AND benutzt_am IS NULL AND bis >= \(am)
            """)
        guard used == 1 else { throw Einmallink.giltNicht }
        // Each attempt at sending a letter made one of its own.
        try db.execute(
            "DELETE FROM einmallink WHERE person = \(link.person) AND zweck = \(zweck) AND benutzt_am IS NULL")
        try bestaetige(token, link, in: db)
        return link
    }

    /// Who used a link that only a letter carried reads the mailbox: mail to it need not be held back any more.
    private static func bestaetige(_ token: String, _ link: Einmallink, in db: any SQLConnection) throws {
        let carried: Int? = try db.value(
            "SELECT 1 FROM einmallink WHERE token_hash = \(Geheimnis.hash(token)) AND brief IS NOT NULL")
        guard carried != nil else { return }
        try db.execute(
            """
            UPDATE person SET markiert_am = NULL, markierung = NULL
            WHERE id = \(link.person) AND email = \(link.wert ?? link.email)
            """)
    }

    /// Ends all links of a person that were not used.
    package static func beende(alle person: Person.ID, in db: any SQLConnection) throws {
        try db.execute("DELETE FROM einmallink WHERE person = \(person) AND benutzt_am IS NULL")
    }

    /// Ends the invitation of somebody whose link was shown to the one who invites, because no letter could be sent.
    static func beendeGezeigte(of person: Person.ID, in db: any SQLConnection) throws {
        try db.execute(
            """
            DELETE FROM einmallink
            WHERE person = \(person) AND zweck = 'einladung' AND benutzt_am IS NULL AND versandfehler IS NOT NULL
                  AND brief IS NULL
            """)
    }

    /// Says which letter is to carry a link: its own secret is forgotten, and each attempt mints another one.
    static func binde(_ link: NeuerLink, an brief: Job.ID, in db: any SQLConnection) throws {
        try db.execute("UPDATE einmallink SET brief = \(brief) WHERE token_hash = \(link.hash)")
    }

    /// One more link for a letter, beside those of earlier attempts, which may have arrived; nil when what it was for is
    /// used, ended or over. `wert` is the new address of a change of e-mail.
    static func weiterer(_ brief: Job.ID, am: Instant, in db: any SQLConnection) throws -> (
        neu: NeuerLink, wert: String?
    )? {
        let row = try db.rows(
            """
            SELECT person, zweck, wert FROM einmallink
            WHERE brief = \(brief) AND benutzt_am IS NULL AND bis >= \(am) LIMIT 1
            """
        ).first
        guard let row else { return nil }
        let (person, zweck, wert): (Person.ID, Einmallink.Zweck, String?) = (
            try row["person"], try row["zweck"], try row["wert"]
        )
        let link = NeuerLink(token: Geheimnis.neu(bytes: 32), zweck: zweck, person: person, am: am)
        try db.execute(
            """
            INSERT INTO einmallink (token_hash, person, zweck, wert, angelegt_am, bis, brief)
            VALUES (\(link.hash), \(person), \(zweck), \(wert), \(am), \(am.plus(sekunden: Einmallink.dauer)), \(brief))
            """)
        return (link, wert)
    }

    /// Notes at all links of a letter what became of it.
    static func melde(brief: Job.ID, fehler: String?, am: Instant, in db: any SQLConnection) throws {
        try db.execute(
            """
            UPDATE einmallink SET versandt_am = \(fehler == nil ? am : nil), versandfehler = \(fehler)
            WHERE brief = \(brief)
            """)
    }

    /// Notes why a link is handed over.
    static func melde(_ link: NeuerLink, fehler: String?, am: Instant, in db: any SQLConnection) throws {
        try db.execute(
            """
            UPDATE einmallink SET versandt_am = \(fehler == nil ? am : nil), versandfehler = \(fehler)
            WHERE token_hash = \(link.hash)
            """)
    }
}
