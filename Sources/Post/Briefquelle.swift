package import Kernel
package import Storage

/// The log of letters as a holder of data about persons.
package struct Briefquelle: PersonendatenQuelle {
    package init() {}

    package var verarbeitungen: [Verarbeitung] {
        [
            Verarbeitung(
                "Versand von E-Mails", zweck: "Nachweis und Fehlersuche beim Versand; Erkennen toter Postfächer",
                betroffene: "Personen mit Konto",
                daten: "Kennung des Kontos, Hashwert der Adresse, Art des Briefs, Zeitpunkte, Ergebnis; kein Inhalt",
                grundlage: "Art. 6 Abs. 1 Buchst. e, Art. 32 DSGVO", empfaenger: "der eigene Mailserver",
                tabellen: ["brief"], fristen: [Self.frist])
        ]
    }

    static let frist = Loeschfrist(
        "brief", "Vermerke über verschickte E-Mails", tage: 90, ab: "seit der Anforderung", ende: "werden gelöscht",
        grundlage: "Art. 5 Abs. 1 Buchst. c und e DSGVO",
        faellig: { lage, db in try db.value("SELECT count(*) FROM brief WHERE angelegt_am < \(lage.grenze)") ?? 0 },
        raeume: { lage, db in try db.execute("DELETE FROM brief WHERE angelegt_am < \(lage.grenze)") })

    package func auskunft(ueber person: BetroffenePerson, am: Instant, in db: any SQLConnection) throws
        -> [Auskunftsteil]
    {
        let briefe: [Briefvermerk] = try db.all(
            "SELECT \(Briefvermerk.columns) FROM brief WHERE person = \(person.id) ORDER BY id DESC")
        return [
            Auskunftsteil(
                "briefe", "E-Mails an Sie",
                briefe.map { brief in
                    [
                        .init("art", "Art", .text(brief.art)),
                        .init("angelegtAm", "angefordert", .zeit(brief.angelegtAm)),
                        .init("verschicktAm", "verschickt", .init(brief.verschicktAm)),
                        .init("zustand", "Zustand", .text(brief.zustand.name)),
                        .init("grund", "Grund", .init(brief.grund)),
                        .init("ruecklauf", "zurückgekommen mit", .init(brief.ruecklauf)),
                    ]
                })
        ]
    }

    package func loesche(_ person: BetroffenePerson, durch urheber: Urheber, in db: any SQLConnection) throws {
        try db.execute("DELETE FROM brief WHERE person = \(person.id)")
    }
}
