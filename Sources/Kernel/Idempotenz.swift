package import Storage

/// Names a request that a program may send twice: whose it is, the key that the program chose, and what it asked for.
package struct Idempotenzschluessel: Sendable, Equatable {
    package let person: Person.ID
    package let schluessel: String
    /// A fingerprint of method, address and body.
    package let abdruck: String

    package init(person: Person.ID, schluessel: String, abdruck: String) {
        (self.person, self.schluessel, self.abdruck) = (person, schluessel, abdruck)
    }
}

/// What the first of equal requests was answered.
package struct Erstantwort: Sendable, Equatable {
    package let status: Int
    package let ort: String?
    package let text: String?

    package init(status: Int, ort: String?, text: String?) { (self.status, self.ort, self.text) = (status, ort, text) }
}

/// Every statement that touches remembered requests; both steps belong into the transaction of the change itself.
package enum IdempotenzStore {
    /// Hours for which a key is remembered.
    static let stunden = 24

    /// Reserves the key for this request; nil says that it is the first, else its first answer comes back.
    ///
    /// Of two at once the second waits for the first: it finds the answer, or, where the first failed, is the first.
    ///
    /// - Throws: `Refusal.unprocessable` when the key was used for another request.
    package static func reserviere(
        _ key: Idempotenzschluessel, am: Instant, in db: any SQLConnection
    ) throws -> Erstantwort? {
        // What is over does not count, whether or not the nightly run came by.
        try db.execute(
            """
            DELETE FROM idempotenz WHERE person = \(key.person) AND schluessel = \(key.schluessel)
                   AND am < \(am.plus(sekunden: -stunden * 3_600))
            """)
        let inserted = try db.execute(
            """
            INSERT INTO idempotenz (person, schluessel, abdruck, am)
            VALUES (\(key.person), \(key.schluessel), \(key.abdruck), \(am)) ON CONFLICT DO NOTHING
            """)
        guard inserted == 0 else { return nil }
        let found = try db.rows(
            """
            SELECT abdruck, status, ort, antwort FROM idempotenz
            WHERE person = \(key.person) AND schluessel = \(key.schluessel)
            """
        ).first
        // Gone between two statements: the whole once more.
        guard let found else { throw StorageError.conflict }
        let abdruck: String = try found["abdruck"]
        guard abdruck == key.abdruck else {
            throw Refusal(
                .unprocessable,
                "Dieser Idempotency-Key gehört zu einer anderen Anfrage. Nehmen Sie für jede neue Anfrage einen neuen.")
        }
        let status: Int? = try found["status"]
        guard let status else {
            throw Refusal(.conflict, "Die erste Anfrage mit diesem Idempotency-Key läuft noch.")
        }
        return Erstantwort(status: status, ort: try found["ort"], text: try found["antwort"])
    }

    package static func beantworte(
        _ key: Idempotenzschluessel, mit answer: Erstantwort, in db: any SQLConnection
    ) throws {
        try db.execute(
            """
            UPDATE idempotenz SET status = \(answer.status), ort = \(answer.ort), antwort = \(answer.text)
            WHERE person = \(key.person) AND schluessel = \(key.schluessel)
            """)
    }
}

/// Remembered requests as a holder of data about persons: whose program asked, and what it was answered, for a day.
package struct IdempotenzQuelle: PersonendatenQuelle {
    package init() {}

    package var verarbeitungen: [Verarbeitung] {
        [
            Verarbeitung(
                "Wiederholte Anfragen von Programmen",
                zweck: "Eine wiederholte Anfrage ändert nichts ein zweites Mal",
                betroffene: "Personen, deren Programme ändern",
                daten: "Kennung des Kontos, Schlüssel der Anfrage, Prüfsumme, Antwort, Zeitpunkt",
                grundlage: "Art. 6 Abs. 1 Buchst. e DSGVO", tabellen: ["idempotenz"], fristen: [Self.frist])
        ]
    }

    static let frist = Loeschfrist(
        "idempotenz", "Gemerkte Anfragen von Programmen", tage: 1, ab: "seit der Anfrage", ende: "werden gelöscht",
        grundlage: "Art. 5 Abs. 1 Buchst. c und e DSGVO",
        faellig: { lage, db in
            try db.value("SELECT count(*) FROM idempotenz WHERE am < \(lage.grenze)") ?? 0
        },
        raeume: { lage, db in try db.execute("DELETE FROM idempotenz WHERE am < \(lage.grenze)") })

    package func auskunft(
        ueber person: BetroffenePerson, am: Instant, in db: any SQLConnection
    ) throws -> [Auskunftsteil] {
        let rows = try db.rows(
            "SELECT schluessel, am, ort FROM idempotenz WHERE person = \(person.id) ORDER BY am DESC, schluessel")
        return [
            Auskunftsteil(
                "anfragen", "Gemerkte Anfragen Ihrer Programme",
                try rows.map { row in
                    [
                        .init("am", "Zeitpunkt", .zeit(try row["am"])),
                        .init("schluessel", "Schlüssel", .text(try row["schluessel"])),
                        .init("ort", "angelegt", .init(try row["ort"] as String?)),
                    ]
                })
        ]
    }

    package func loesche(_ person: BetroffenePerson, durch urheber: Urheber, in db: any SQLConnection) throws {
        try db.execute("DELETE FROM idempotenz WHERE person = \(person.id)")
    }
}
