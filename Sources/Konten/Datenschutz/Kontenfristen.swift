import Kernel
import Storage

/// How long what hangs on accounts stays; whole accounts go through `Datenschutz`.
enum Kontenfristen {
    /// Everything about signing in that was over before `grenze`.
    private static func beendete(_ grenze: Instant) -> [SQL] {
        [
            "sitzung WHERE bis < \(grenze) OR zuletzt_am < \(grenze.plus(sekunden: -KontoStore.leerlauf))",
            "halbsitzung WHERE bis < \(grenze)", "bekanntes_geraet WHERE bis < \(grenze)",
            "fremdanmeldung WHERE am < \(grenze.plus(sekunden: -FremdkontoStore.merkdauer))",
        ]
    }

    static let sitzung = Loeschfrist(
        "sitzung", "Beendete Sitzungen und vergessene Browser", tage: 0, ab: "seit dem Ende", ende: "werden gelöscht",
        grundlage: "Art. 5 Abs. 1 Buchst. e DSGVO",
        faellig: { lage, db in
            try beendete(lage.grenze).reduce(0) { sum, table in
                sum + (try db.value("SELECT count(*) FROM \(table)") ?? 0)
            }
        },
        raeume: { lage, db in
            try beendete(lage.grenze).reduce(0) { sum, table in sum + (try db.execute("DELETE FROM \(table)")) }
        })

    static let liste = Loeschfrist(
        "einladungsliste", "Geladene Listen von Einzuladenden", tage: 1, ab: "seit dem Laden", ende: "werden gelöscht",
        grundlage: "Art. 5 Abs. 1 Buchst. c und e DSGVO",
        faellig: { lage, db in
            try db.value("SELECT count(*) FROM einladungsliste WHERE am < \(lage.grenze)") ?? 0
        },
        raeume: { lage, db in try db.execute("DELETE FROM einladungsliste WHERE am < \(lage.grenze)") })

    /// A link of an invitation that nobody took up stays with its account, so that the period of that one knows it.
    private static func links(_ grenze: Instant) -> SQL {
        """
        einmallink WHERE (benutzt_am IS NOT NULL AND benutzt_am < \(grenze))
            OR (benutzt_am IS NULL AND bis < \(grenze) AND zweck <> 'einladung')
        """
    }

    static let link = Loeschfrist(
        "link", "Benutzte und abgelaufene Links", tage: 30, ab: "seit der Benutzung oder dem Ablauf",
        ende: "werden gelöscht", grundlage: "Art. 5 Abs. 1 Buchst. e DSGVO; Art. 32 DSGVO (Aufklärung von Missbrauch)",
        faellig: { lage, db in try db.value("SELECT count(*) FROM \(links(lage.grenze))") ?? 0 },
        raeume: { lage, db in try db.execute("DELETE FROM \(links(lage.grenze))") })

    static let mitteilung = Loeschfrist(
        "mitteilung", "Mitteilungen, die nicht verschickt wurden", tage: 14, ab: "seit der Änderung",
        ende: "werden gelöscht", grundlage: "Art. 5 Abs. 1 Buchst. c und e DSGVO",
        faellig: { lage, db in try db.value("SELECT count(*) FROM mitteilung WHERE am < \(lage.grenze)") ?? 0 },
        raeume: { lage, db in try db.execute("DELETE FROM mitteilung WHERE am < \(lage.grenze)") })

    static let bremse = Loeschfrist(
        "anmeldebremse", "Gezählte Fehlversuche", tage: 1, ab: "seit dem letzten Fehlversuch", ende: "werden gelöscht",
        grundlage: "Art. 5 Abs. 1 Buchst. c und e DSGVO",
        faellig: { lage, db in
            try db.value(
                "SELECT count(*) FROM anmeldebremse WHERE zuletzt_am < \(lage.grenze) AND frei_ab < \(lage.am)") ?? 0
        },
        raeume: { lage, db in
            try db.execute("DELETE FROM anmeldebremse WHERE zuletzt_am < \(lage.grenze) AND frei_ab < \(lage.am)")
        })

    /// Accounts of an invitation that nobody took up since `grenze`.
    static func nieAngenommen(seit grenze: Instant, in db: any SQLConnection) throws -> [Person.ID] {
        try db.rows(
            """
            SELECT person.id FROM person
            WHERE person.eingeladen_am < \(grenze)
                AND NOT EXISTS (SELECT 1 FROM einmallink WHERE einmallink.person = person.id
                    AND einmallink.angelegt_am >= \(grenze))
            ORDER BY person.id
            """
        ).map { row in try row["id"] }
    }

    /// Days before the end at which the person is told.
    static let vorwarnung = 30

    /// Accounts that nobody used since `grenze`: `gewarnt` those told before `vor`, else those never told.
    static func unbenutzt(
        seit grenze: Instant, gewarnt vor: Instant?, in db: any SQLConnection
    ) throws -> [DatenschutzStore.Konto] {
        // A warning from before the last use counts no more.
        let benutzt: SQL = "coalesce(person.zuletzt_am, person.angelegt_am)"
        let hint: SQL =
            vor.map { "person.hinweis_am >= \(benutzt) AND person.hinweis_am < \($0)" }
            ?? "(person.hinweis_am IS NULL OR person.hinweis_am < \(benutzt))"
        return try db.all(
            """
            SELECT \(DatenschutzStore.Konto.columns) FROM person
            WHERE \(benutzt) < \(grenze) AND \(hint)
                AND NOT EXISTS (SELECT 1 FROM sitzung WHERE sitzung.person = person.id AND sitzung.seit >= \(grenze))
            ORDER BY person.id
            """)
    }

    static func vermerke(hinweis am: Instant, an person: Person.ID, in db: any SQLConnection) throws {
        try db.execute("UPDATE person SET hinweis_am = \(am) WHERE id = \(person)")
    }
}
