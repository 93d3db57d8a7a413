package import Kernel
package import Storage

/// The accounts as a holder of data about persons.
package struct Kontenquelle: PersonendatenQuelle {
    package init() {}

    package var verarbeitungen: [Verarbeitung] {
        [
            Verarbeitung(
                "Konten und Anmeldung", zweck: "Anmeldung, Schutz der inneren Angaben und Zuordnung von Änderungen",
                betroffene: "Beschäftigte der Verwaltungen und ihrer Dienstleister mit Konto",
                daten:
                    "E-Mail-Adresse, Name, Passwort und zweiter Faktor (Hashwert, Schlüssel), Sitzungen mit Gerät und "
                    + "Zeitpunkten, Kennung bei einem Anbieter der Anmeldung",
                grundlage: "Art. 6 Abs. 1 Buchst. e DSGVO; § 25 Abs. 2 Nr. 2 TDDDG für die Cookies",
                empfaenger: "Administration; bei Anmeldung über einen Anbieter dieser",
                tabellen: [
                    "person", "sitzung", "halbsitzung", "bekanntes_geraet", "wiederherstellungscode", "fremdkonto",
                    "fremdanmeldung",
                ],
                dauer: "Konten bis zur Löschung durch die Person, die Administration oder nach „Löschen von Konten“",
                fristen: [Kontenfristen.sitzung]),
            Verarbeitung(
                "Einladungen und Links", zweck: "Einladen, Passwort zurücksetzen, E-Mail-Adresse ändern",
                betroffene: "Eingeladene und Personen mit Konto",
                daten: "Hashwert des Links, Zweck, neue E-Mail-Adresse, Zeitpunkte; geladene Listen von Einzuladenden",
                grundlage: "Art. 6 Abs. 1 Buchst. e DSGVO", empfaenger: "der eigene Mailserver",
                tabellen: ["einmallink", "einladungsliste"], fristen: [Kontenfristen.link, Kontenfristen.liste]),
            Verarbeitung(
                "Zugangstoken", zweck: "Programme einer Person lesen und ändern in ihrem Namen",
                betroffene: "Personen mit Konto",
                daten:
                    "Hashwert und erste Zeichen, Name, Umfang, Organisation, Zeitpunkte (gemacht, Ende, zuletzt benutzt)",
                grundlage: "Art. 6 Abs. 1 Buchst. e DSGVO", empfaenger: "Administration",
                tabellen: ["zugangstoken"], fristen: [ZugangStore.frist]),
            Verarbeitung(
                "Mitteilungen", zweck: "Unterrichten darüber, was andere bei der eigenen Verwaltung ändern",
                betroffene: "Personen mit Konto und einer Rolle",
                daten: "wer wovon zu unterrichten ist, als Kennungen, und von wem die Änderung stammt",
                grundlage: "Art. 6 Abs. 1 Buchst. e DSGVO", empfaenger: "die unterrichtete Person",
                tabellen: ["mitteilung"], fristen: [Kontenfristen.mitteilung]),
            Verarbeitung(
                "Schutz der Anmeldung", zweck: "Abwehr des Durchprobierens von Passwörtern",
                betroffene: "wer sich anmelden will",
                daten: "Hashwert von Konto oder Netzadresse, Zahl der Fehlversuche",
                grundlage: "Art. 6 Abs. 1 Buchst. f, Art. 32 DSGVO", tabellen: ["anmeldebremse"],
                fristen: [Kontenfristen.bremse]),
            Verarbeitung(
                "Rollen und Delegation", zweck: "Festlegen, wer was darf und wer für wen handelt",
                betroffene: "Personen mit Konto", daten: "Rolle, Organisation, Vertretung, Zeitpunkt, wer sie vergab",
                grundlage: "Art. 6 Abs. 1 Buchst. e DSGVO",
                empfaenger: "Personen mit einer Rolle bei derselben Organisation",
                tabellen: ["amt", "fremdamt", "delegation"],
                dauer: "bis zum Entzug der Rolle oder zur Löschung des Kontos"),
        ]
    }

    package func auskunft(ueber betroffen: BetroffenePerson, am: Instant, in db: any SQLConnection) throws
        -> [Auskunftsteil]
    {
        let person = betroffen.id
        guard let konto = try DatenschutzStore.konto(person, in: db) else { return [] }
        return [
            Auskunftsteil(
                "konto", "Konto",
                [
                    [
                        .init("kennung", "Kennung", .text(konto.id.rawValue)),
                        .init("email", "E-Mail", .text(konto.email)),
                        .init("name", "Name", .init(konto.name)),
                        .init("angelegtAm", "angelegt", .zeit(konto.angelegtAm)),
                        .init("zuletztAm", "zuletzt angemeldet", .init(konto.zuletztAm)),
                        .init("gesperrtAm", "gesperrt", .init(konto.gesperrtAm)),
                        .init("hinweisAm", "Hinweis auf Löschung", .init(konto.hinweisAm)),
                        .init("bisherigeEmail", "bisherige E-Mail", .init(konto.emailVorher)),
                        .init("mitteilungen", "Mitteilungen", .text(konto.mitteilungen)),
                        .init("markiertAm", "E-Mails kommen zurück seit", .init(konto.markiertAm)),
                        .init("zweiterFaktor", "zweiter Faktor", .wahr(konto.zweiterFaktor)),
                        .init(
                            "wiederherstellungscodes", "unbenutzte Wiederherstellungscodes",
                            .zahl(try DatenschutzStore.codezahl(person, in: db))),
                    ]
                ]),
            Auskunftsteil("rollen", "Rollen", try DatenschutzStore.aemter(person, in: db)),
            Auskunftsteil("sitzungen", "Sitzungen", try DatenschutzStore.sitzungen(person, am: am, in: db)),
            Auskunftsteil("zugangstoken", "Zugangstoken", try ZugangStore.auskunft(person, in: db)),
            Auskunftsteil(
                "mitteilungen", "Noch nicht verschickte Mitteilungen", try DatenschutzStore.mitteilungen(person, in: db)
            ),
            Auskunftsteil("links", "Einladungen und Links", try DatenschutzStore.links(person, in: db)),
            Auskunftsteil(
                "fremdkonten", "Anmeldung über andere Anbieter", try DatenschutzStore.fremdkonten(person, in: db)),
            Auskunftsteil(
                "delegationen", "Eingerichtete Delegationen",
                try DatenschutzStore.delegationen(person, in: db)),
        ]
    }

    package func loesche(_ betroffen: BetroffenePerson, durch urheber: Urheber, in db: any SQLConnection) throws {
        let person = betroffen.id
        for (rolle, organisation) in try AmtStore.gehaltene(person, in: db) {
            try AmtStore.nimm(rolle, organisation: organisation, von: person, durch: urheber, in: db)
        }
        try DatenschutzStore.entferne(person, in: db)
    }
}

extension AmtStore {
    /// The roles a person holds themselves, without what was delegated.
    static func gehaltene(_ person: Person.ID, in db: any SQLConnection) throws -> [(
        rolle: Rolle, organisation: String?
    )] {
        try db.rows("SELECT rolle, organisation FROM amt WHERE person = \(person) ORDER BY rolle, organisation").map {
            row in
            let organisation: String = try row["organisation"]
            return (rolle: try row["rolle"], organisation: organisation.isEmpty ? nil : organisation)
        }
    }
}
