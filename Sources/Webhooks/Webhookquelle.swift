package import Kernel
package import Storage

/// Webhooks as a holder of data about persons: who made one, by id alone.
package struct Webhookquelle: PersonendatenQuelle {
    package init() {}

    package var verarbeitungen: [Verarbeitung] {
        [
            Verarbeitung(
                "Webhooks", zweck: "Andere Programme der Organisation über Änderungen unterrichten",
                betroffene: "Personen, die einen Webhook anlegen; in den Sendungen steht niemand",
                daten: "Kennung des Kontos, Zeitpunkt; je Sendung Zeitpunkt, Ergebnis und Anfang der Antwort",
                grundlage: "Art. 6 Abs. 1 Buchst. e DSGVO",
                empfaenger: "das Programm, dessen Adresse die Organisation einträgt, ohne Angaben über Personen",
                tabellen: ["webhook", "webhook_geheimnis", "webhook_sendung", "webhook_sendung_zeile"],
                dauer: "der Webhook, bis die Organisation ihn löscht", fristen: [Self.frist])
        ]
    }

    static let frist = Loeschfrist(
        "webhooksendung", "Sendungen von Webhooks", tage: 30, ab: "seit der Sendung", ende: "werden gelöscht",
        grundlage: "Art. 5 Abs. 1 Buchst. c und e DSGVO",
        faellig: { lage, db in try WebhooksendungStore.anzahl(vor: lage.grenze, in: db) },
        raeume: { lage, db in try WebhooksendungStore.loesche(vor: lage.grenze, in: db) })

    package func auskunft(ueber person: BetroffenePerson, am: Instant, in db: any SQLConnection) throws
        -> [Auskunftsteil]
    {
        let rows = try db.rows(
            "SELECT organisation, name, angelegt_am FROM webhook WHERE angelegt_von = \(person.id) ORDER BY id")
        return [
            Auskunftsteil(
                "webhooks", "Angelegte Webhooks",
                try rows.map { row in
                    [
                        .init("organisation", "Organisation", .text(try row["organisation"])),
                        .init("name", "Name", .text(try row["name"])),
                        .init("am", "angelegt", .zeit(try row["angelegt_am"])),
                    ]
                })
        ]
    }

    /// The webhook belongs to the Organisation and stays; who made it is forgotten.
    package func loesche(_ person: BetroffenePerson, durch urheber: Urheber, in db: any SQLConnection) throws {
        try db.execute("UPDATE webhook SET angelegt_von = NULL WHERE angelegt_von = \(person.id)")
    }
}
