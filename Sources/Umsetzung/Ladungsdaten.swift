package import Kernel
package import Storage

/// Uploaded sheets as a holder of data about persons: each belongs to whoever uploaded it, for a day.
package struct Ladungsdaten: PersonendatenQuelle {
    package init() {}

    package var verarbeitungen: [Verarbeitung] {
        [
            Verarbeitung(
                "Hochgeladene Listen", zweck: "Prüfen einer Tabelle, bevor sie geladen wird",
                betroffene: "Personen, die eine Umsetzungsliste hochladen; niemand, der in ihr genannt ist",
                daten: "Kennung des Kontos, Name und Inhalt der Datei, Zeitpunkt",
                grundlage: "Art. 6 Abs. 1 Buchst. e DSGVO", tabellen: ["umsetzung_ladung"], fristen: [Self.frist])
        ]
    }

    static let frist = Loeschfrist(
        "ladung", "Hochgeladene, nicht geladene Listen", tage: 1, ab: "seit dem Hochladen", ende: "werden gelöscht",
        grundlage: "Art. 5 Abs. 1 Buchst. c und e DSGVO",
        faellig: { lage, db in try LadungStore.anzahl(vor: lage.grenze, in: db) },
        raeume: { lage, db in try LadungStore.loesche(vor: lage.grenze, in: db) })

    package func auskunft(ueber person: BetroffenePerson, am: Instant, in db: any SQLConnection) throws
        -> [Auskunftsteil]
    {
        [Auskunftsteil("ladungen", "Hochgeladene Listen", try LadungStore.zeilen(person.id, in: db))]
    }

    package func loesche(_ person: BetroffenePerson, durch urheber: Urheber, in db: any SQLConnection) throws {
        try LadungStore.loesche(von: person.id, in: db)
    }
}

extension LadungStore {
    static func anzahl(vor grenze: Instant, in db: any SQLConnection) throws -> Int {
        try db.value("SELECT count(*) FROM umsetzung_ladung WHERE am < \(grenze)") ?? 0
    }

    static func loesche(vor grenze: Instant, in db: any SQLConnection) throws -> Int {
        try db.execute("DELETE FROM umsetzung_ladung WHERE am < \(grenze)")
    }

    static func loesche(von person: Person.ID, in db: any SQLConnection) throws {
        try db.execute("DELETE FROM umsetzung_ladung WHERE person = \(person)")
    }

    static func zeilen(_ person: Person.ID, in db: any SQLConnection) throws -> [[Auskunftsteil.Feld]] {
        try db.rows(
            "SELECT organisation, dateiname, am FROM umsetzung_ladung WHERE person = \(person) ORDER BY am DESC"
        ).map { row in
            [
                .init("organisation", "Organisation", .text(try row["organisation"])),
                .init("datei", "Datei", .text(try row["dateiname"])), .init("am", "hochgeladen", .zeit(try row["am"])),
            ]
        }
    }
}
