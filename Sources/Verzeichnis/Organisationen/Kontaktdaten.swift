package import Kernel
package import Storage

/// Contacts by function as a holder of data about persons: the function stays, the name goes.
package struct Kontaktdaten: PersonendatenQuelle {
    package init() {}

    package var verarbeitungen: [Verarbeitung] {
        [
            Verarbeitung(
                "Ansprechpartner der Verwaltungen",
                zweck: "Erreichbarkeit für andere Verwaltungen und die Öffentlichkeit",
                betroffene: "Beschäftigte, die eine Verwaltung nennt",
                daten: "Funktion, Name, E-Mail-Adresse, Telefon, Zweck, Rechtsgrundlage",
                grundlage: "je Angabe vermerkt: Art. 6 Abs. 1 Buchst. a, b, c oder e DSGVO",
                empfaenger: "Personen mit einer Rolle bei der Verwaltung; öffentlich, wo so vermerkt",
                tabellen: ["ansprechpartner"], fristen: [Self.frist])
        ]
    }

    /// What names a person, past the day on which it was to be looked at again.
    private static func ueberfaellig(_ tag: Tag) -> SQL {
        """
        ansprechpartner.gilt_bis < \(tag)
            AND (name IS NOT NULL OR rechtsgrundlage <> 'ohne' AND (email IS NOT NULL OR telefon IS NOT NULL))
        """
    }

    static let frist = Loeschfrist(
        "kontakt", "Personenbezogene Ansprechpartner, die niemand bestätigt hat", tage: 90,
        ab: "seit dem Tag „Prüfen bis“",
        ende: "Name, E-Mail-Adresse und Telefon werden entfernt, die Funktion bleibt",
        grundlage: "Art. 5 Abs. 1 Buchst. d und e DSGVO",
        faellig: { lage, db in
            try db.value("SELECT count(*) FROM ansprechpartner WHERE \(ueberfaellig(lage.grenze.tag))") ?? 0
        },
        raeume: { lage, db in
            for id in try ids(ueberfaellig(lage.grenze.tag), in: db) {
                try VerlaufStore.vergissSalz(von: id, in: db)
            }
            return try db.execute(
                """
                UPDATE ansprechpartner SET name = NULL, email = CASE WHEN rechtsgrundlage = 'ohne' THEN email END,
                    telefon = CASE WHEN rechtsgrundlage = 'ohne' THEN telefon END, version = version + 1
                WHERE \(ueberfaellig(lage.grenze.tag))
                """)
        })

    /// By the address alone: the mailbox is proven, while anybody may take anybody's name.
    package func auskunft(
        ueber person: BetroffenePerson, am: Instant, in db: any SQLConnection
    ) throws -> [Auskunftsteil] {
        let rows = try db.rows(
            """
            SELECT organisation, funktion, name, email, telefon, zweck, rechtsgrundlage FROM ansprechpartner
            WHERE lower(email) = \(person.email) ORDER BY organisation, id
            """)
        return [
            Auskunftsteil(
                "ansprechpartner", "Als Ansprechpartner genannt",
                try rows.map { row in
                    [
                        .init("organisation", "Organisation", .text(try row["organisation"])),
                        .init("funktion", "Funktion", .text(try row["funktion"])),
                        .init("name", "Name", .init(try row["name"] as String?)),
                        .init("email", "E-Mail", .init(try row["email"] as String?)),
                        .init("telefon", "Telefon", .init(try row["telefon"] as String?)),
                        .init("zweck", "Zweck", .text(try row["zweck"])),
                        .init("rechtsgrundlage", "Rechtsgrundlage", .text(try row["rechtsgrundlage"])),
                    ]
                })
        ]
    }

    package func loesche(_ person: BetroffenePerson, durch urheber: Urheber, in db: any SQLConnection) throws {
        let gemeint: SQL = "lower(email) = \(person.email)"
        for id in try Self.ids(gemeint, in: db) { try VerlaufStore.vergissSalz(von: id, in: db) }
        try db.execute(
            """
            UPDATE ansprechpartner SET name = NULL, email = NULL, telefon = NULL, version = version + 1 WHERE \(gemeint)
            """)
    }

    private static func ids(_ bedingung: SQL, in db: any SQLConnection) throws -> [String] {
        try db.rows("SELECT id FROM ansprechpartner WHERE \(bedingung)").map { row in try row["id"] }
    }
}
