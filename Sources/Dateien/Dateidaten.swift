package import Kernel
package import Storage

/// Attachments as holders of data about persons: who uploaded each.
package struct Dateidaten: PersonendatenQuelle {
    package init() {}

    package var verarbeitungen: [Verarbeitung] {
        [
            Verarbeitung(
                "Angehängte Dateien",
                zweck: "Unterlagen an Umsetzungseinträgen und Onlinediensten; Nachweis, wer sie angehängt hat",
                betroffene: "Personen, die eine Datei anhängen, und Personen, die in ihr genannt sind",
                daten: "Kennung des Kontos, Name, Beschreibung und Inhalt der Datei, Zeitpunkt",
                grundlage: "Art. 6 Abs. 1 Buchst. e DSGVO",
                empfaenger:
                    "Dateien an einem Onlinedienst sind öffentlich; an einem Umsetzungseintrag sieht sie, wer bei der Verwaltung eine Rolle hat",
                tabellen: ["datei", "datei_inhalt"],
                dauer: "bis die Datei entfernt wird; die Kennung dessen, der sie anhängte, bis sein Konto gelöscht wird"
            )
        ]
    }

    package func auskunft(ueber person: BetroffenePerson, am: Instant, in db: any SQLConnection) throws
        -> [Auskunftsteil]
    {
        let rows = try db.rows(
            """
            SELECT datei.name, datei.beschreibung, datei.bezug_art, datei.bezug, datei.am, datei_inhalt.groesse
            FROM datei JOIN datei_inhalt ON datei_inhalt.sha256 = datei.inhalt
            WHERE datei.person = \(person.id) ORDER BY datei.am DESC, datei.id
            """)
        return [
            Auskunftsteil(
                "dateien", "Angehängte Dateien",
                try rows.map { row in
                    let beschreibung: String? = try row["beschreibung"]
                    return [
                        .init("datei", "Datei", .text(try row["name"])),
                        .init("beschreibung", "Beschreibung", .init(beschreibung)),
                        .init("bezug_art", "hängt an", .text(try row["bezug_art"])),
                        .init("bezug", "Kennung", .text(try row["bezug"])),
                        .init("bytes", "Bytes", .zahl(try row["groesse"])),
                        .init("am", "angehängt", .zeit(try row["am"])),
                    ]
                })
        ]
    }

    /// The files belong to the record and stay; who attached them is forgotten.
    package func loesche(_ person: BetroffenePerson, durch urheber: Urheber, in db: any SQLConnection) throws {
        try db.execute("UPDATE datei SET person = NULL WHERE person = \(person.id)")
    }
}
