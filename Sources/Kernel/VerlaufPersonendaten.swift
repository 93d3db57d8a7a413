package import Storage

/// The Verlauf as a holder of data about persons: it holds them by id alone and outlives them.
package struct VerlaufQuelle: PersonendatenQuelle {
    package init() {}

    package var verarbeitungen: [Verarbeitung] {
        [
            Verarbeitung(
                "Verlauf der Änderungen",
                zweck: "Nachweis, wer wann welche Angabe geändert hat; Revision und Aufklärung von Vorfällen",
                betroffene: "Personen mit Konto",
                daten: "Kennung des Kontos, Zeitpunkt, Art und Gegenstand der Änderung",
                grundlage: "Art. 6 Abs. 1 Buchst. c und e, Art. 5 Abs. 2 DSGVO (Rechenschaftspflicht)",
                empfaenger: "Koordination und Leitung der Verwaltung; Revision", tabellen: ["verlauf", "verlauf_salz"],
                fristen: [Self.frist])
        ]
    }

    static let frist = Loeschfrist(
        "verlauf", "Zeilen des Verlaufs", tage: 3_650, ab: "seit der Änderung", ende: "werden gelöscht",
        grundlage: "Art. 5 Abs. 1 Buchst. e DSGVO; Aufbewahrungsfrist für Verwaltungsvorgänge",
        faellig: { lage, db in try VerlaufStore.kuerzbar(vor: lage.grenze, in: db) },
        raeume: { lage, db in try VerlaufStore.kuerze(vor: lage.grenze, durch: .betrieb(lage.am), in: db) })

    package func auskunft(ueber person: BetroffenePerson, am: Instant, in db: any SQLConnection) throws
        -> [Auskunftsteil]
    {
        let lines = try VerlaufStore.ueber(person.id, in: db)
        return [
            Auskunftsteil(
                "verlauf", "Verlauf: eigene Änderungen und Änderungen am Konto",
                lines.map { line in
                    [
                        .init("am", "Zeitpunkt", .zeit(line.am)),
                        .init("selbst", "selbst", .wahr(line.person == person.id)),
                        .init("art", "Art", .text(line.art)),
                        .init("organisation", "Organisation", .init(line.organisation)),
                        .init("eintrag", "Eintrag", .init(line.eintrag)),
                        .init("dienst", "Onlinedienst", .init(line.dienst)),
                        .init("feld", "Feld", .init(line.feld)), .init("von", "von", .init(line.von)),
                        .init("nach", "nach", .init(line.nach)),
                    ]
                })
        ]
    }

    /// The law keeps the lines; without the account nobody can tell whose id it was, and without its salt nobody can try
    /// out what the hashed values were.
    package func loesche(_ person: BetroffenePerson, durch urheber: Urheber, in db: any SQLConnection) throws {
        try VerlaufStore.vergissSalz(von: person.id.rawValue, in: db)
    }
}

extension VerlaufStore {
    /// A line about a person's acts, as the person is told.
    struct Personenzeile: RowDecodable {
        let am: Instant
        let person: Person.ID?
        let art: String
        let organisation: String?
        let eintrag: String?
        let dienst: String?
        let feld: String?
        let von: String?
        let nach: String?

        init(row: Row) throws {
            am = try row["am"]
            person = try row["person"]
            art = try row["art"]
            organisation = try row["organisation"]
            eintrag = try row["eintrag"]
            dienst = try row["dienst"]
            feld = try row["feld"]
            von = try row["von"]
            nach = try row["nach"]
        }
    }

    /// What a person did and what was done to the account, newest first.
    static func ueber(_ person: Person.ID, in db: any SQLConnection) throws -> [Personenzeile] {
        try db.all(
            """
            SELECT am, person, art, organisation, eintrag, dienst, feld, von, nach FROM verlauf
            WHERE person = \(person) OR von = \(person) OR nach = \(person) ORDER BY id DESC
            """)
    }
}
