import Crypto
package import Jobs
package import Kernel
package import Storage

/// A letter in the log: that there was one and what became of it, never what it said.
package struct Briefvermerk: Sendable, Equatable {
    package enum Zustand: String, CaseIterable, Sendable, SQLConvertible {
        case wartet, verschickt, gescheitert, entfallen

        package var name: String { self == .wartet ? "wird verschickt" : rawValue }
    }

    package let id: Job.ID
    /// The name of its `Briefart`.
    package let art: String
    package let person: Person.ID?
    package let zustand: Zustand
    package let versuche: Int
    package let grund: String?
    package let angelegtAm: Instant
    package let verschicktAm: Instant?
    /// The status with which it came back (RFC 3463).
    package let ruecklauf: String?
}

extension Briefvermerk: RowDecodable {
    static let columns: SQL =
        "brief.id, brief.art, brief.person, brief.zustand, brief.versuche, brief.grund, brief.angelegt_am, brief.verschickt_am, brief.ruecklauf"

    package init(row: Row) throws {
        id = try row["id"]
        art = try row["art"]
        person = try row["person"]
        zustand = try row["zustand"]
        versuche = try row["versuche"]
        grund = try row["grund"]
        angelegtAm = try row["angelegt_am"]
        verschicktAm = try row["verschickt_am"]
        ruecklauf = try row["ruecklauf"]
    }
}

/// Every statement that touches `brief`.
package enum BriefStore {
    /// The left part of the Message-ID, the same however often the letter is tried.
    package static func kennung(_ id: Job.ID) -> String { "brief-\(id.rawValue)" }

    /// The address that a letter with this hash went to, if it is this one; a text that is no address got none.
    package static func empfangen(_ email: String?, hash: String?) -> Postadresse? {
        guard let adresse = email.flatMap({ try? Postadresse($0) }), self.hash(adresse) == hash else { return nil }
        return adresse
    }

    /// What the log keeps of an address: SHA-256, in hexadecimal digits.
    package static func hash(_ adresse: Postadresse) -> String {
        SHA256.hash(data: Array(adresse.text.utf8)).hex
    }

    /// Asks for a letter; call it in the transaction that makes it necessary. The letter has the id of its job.
    ///
    /// With a key there is one waiting letter of its kind and key; returns nil where there was one. `an` is where it is
    /// to go, whatever the person's address is when it is written.
    @discardableResult
    package static func stelle(
        _ art: Briefart, _ auftrag: Briefauftrag, an adresse: Postadresse? = nil, schluessel: String? = nil,
        am: Instant, in db: any SQLConnection
    ) throws -> Job.ID? {
        guard
            let id = try JobStore.stelle(
                art.jobart, auftrag, schluessel: schluessel, person: auftrag.urheber, am: am, in: db)
        else { return nil }
        try db.execute(
            """
            INSERT INTO brief (id, art, person, empfaenger, zustand, angelegt_am)
            VALUES (\(id), \(art.name), \(auftrag.person), \(adresse.map(hash)), \(Briefvermerk.Zustand.wartet), \(am))
            """)
        return id
    }

    /// Notes an attempt and to whom.
    static func beginne(_ id: Job.ID, an adresse: Postadresse, in db: any SQLConnection) throws {
        try db.execute(
            "UPDATE brief SET versuche = versuche + 1, empfaenger = \(hash(adresse)) WHERE id = \(id)")
    }

    /// - Parameter istZuEnde: it is not tried again by itself.
    static func vermerke(
        _ id: Job.ID, _ ausgang: Briefschreiber.Ausgang, istZuEnde: Bool = true, am: Instant,
        in db: any SQLConnection
    ) throws {
        let zustand: Briefvermerk.Zustand
        let grund: String?
        switch ausgang {
        case .verschickt: (zustand, grund) = (.verschickt, nil)
        case .nichtAngenommen(let satz): (zustand, grund) = (istZuEnde ? .gescheitert : .wartet, satz)
        case .entfallen(let satz): (zustand, grund) = (.entfallen, satz)
        }
        try db.execute(
            """
            UPDATE brief SET zustand = \(zustand), grund = \(grund), verschickt_am = \(zustand == .verschickt ? am : nil)
            WHERE id = \(id)
            """)
    }

    /// The hash of where it goes.
    package static func empfaenger(_ id: Job.ID, in db: any SQLConnection) throws -> String? {
        try db.value("SELECT empfaenger FROM brief WHERE id = \(id)")
    }

    /// A letter that was sent: whose it is and the hash of where it went.
    static func verschickter(_ id: Job.ID, in db: any SQLConnection) throws -> (person: Person.ID, hash: String)? {
        let row = try db.rows(
            """
            SELECT person, empfaenger FROM brief
            WHERE id = \(id) AND person IS NOT NULL AND empfaenger IS NOT NULL AND versuche > 0
            """
        ).first
        return try row.map { (person: try $0["person"], hash: try $0["empfaenger"]) }
    }

    static func vermerke(ruecklauf status: String, grund: String, _ id: Job.ID, in db: any SQLConnection) throws {
        try db.execute("UPDATE brief SET ruecklauf = \(status), grund = \(grund) WHERE id = \(id)")
    }

    /// A letter that failed waits again.
    static func warteErneut(_ id: Job.ID, in db: any SQLConnection) throws {
        try db.execute(
            "UPDATE brief SET zustand = \(Briefvermerk.Zustand.wartet), grund = NULL WHERE id = \(id)")
    }

    package static func brief(_ id: Job.ID, in db: any SQLConnection) throws -> Briefvermerk? {
        try db.first("SELECT \(Briefvermerk.columns) FROM brief WHERE id = \(id)")
    }

    static func anzahl(_ zustand: Briefvermerk.Zustand?, in db: any SQLConnection) throws -> Int {
        try db.value("SELECT count(*) FROM brief \(bedingung(zustand))") ?? 0
    }

    /// Newest first.
    package static func briefe(
        _ zustand: Briefvermerk.Zustand? = nil, anzahl: Int, ab: Int = 0, in db: any SQLConnection
    ) throws -> [Briefvermerk] {
        try db.all(
            """
            SELECT \(Briefvermerk.columns) FROM brief \(bedingung(zustand))
            ORDER BY id DESC LIMIT \(anzahl) OFFSET \(ab)
            """)
    }

    private static func bedingung(_ zustand: Briefvermerk.Zustand?) -> SQL {
        zustand.map { "WHERE zustand = \($0)" } ?? ""
    }
}
