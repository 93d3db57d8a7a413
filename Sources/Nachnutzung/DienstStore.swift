package import Katalog
package import Kernel
package import Storage
import Verzeichnis
package import Web

/// What narrows a list of Onlinedienste.
package struct DienstFilter: Sendable, Equatable {
    package var suche: Suchmuster?
    package var variante: Variante?
    package var leistung: String?
    package var ozgID: String?
    package var anbieter: String?

    package init() {}

    package init(_ abfrage: Abfrage) throws {
        suche = abfrage["q"].map(Suchmuster.init)
        variante = try abfrage.auswahl("variante")
        leistung = abfrage["leistung"]
        ozgID = abfrage["ozg"]
        anbieter = abfrage["anbieter"]
    }

    var bedingung: SQL {
        var parts: [SQL] = ["1 = 1"]
        if let suche {
            parts.append("(\(suche.bedingung(suchname: "onlinedienst.suchname", sortname: "onlinedienst.sortname")))")
        }
        if let variante { parts.append("onlinedienst.variante = \(variante)") }
        if let leistung {
            parts.append(
                "onlinedienst.id IN (SELECT onlinedienst FROM onlinedienst_leistung_sicht WHERE leistung = \(leistung))"
            )
        }
        if let ozgID {
            parts.append(
                """
                onlinedienst.id IN (SELECT onlinedienst FROM onlinedienst_leistung_sicht
                    JOIN leistung_sicht ON leistung_sicht.id = onlinedienst_leistung_sicht.leistung
                    WHERE leistung_sicht.ozg_id = \(ozgID))
                """)
        }
        if let anbieter { parts.append("onlinedienst.anbieter = \(anbieter)") }
        return parts.joined(separator: " AND ")
    }
}

/// Every statement that touches the Onlinedienste.
package enum DienstStore {
    private static let leistungen = SQL(
        sqlite:
            "(SELECT group_concat(leistung, ' ') FROM (SELECT leistung FROM onlinedienst_leistung WHERE onlinedienst = onlinedienst.id ORDER BY leistung))",
        postgres:
            "(SELECT string_agg(leistung, ' ' ORDER BY leistung) FROM onlinedienst_leistung WHERE onlinedienst_leistung.onlinedienst = onlinedienst.id)"
    )

    private static let eintrag: SQL = """
        SELECT \(Onlinedienst.columns), organisation_sicht.name AS anbieter_name, organisation_sicht.ars AS anbieter_ars,
               \(leistungen) AS leistungen
        FROM onlinedienst JOIN organisation_sicht ON organisation_sicht.id = onlinedienst.anbieter
        """

    package static func find(slug: String, in db: any SQLConnection) throws -> DienstEintrag? {
        try db.first("\(eintrag) WHERE onlinedienst.slug = \(slug) OR onlinedienst.id = \(slug) LIMIT 1")
    }

    package static func count(_ filter: DienstFilter, in db: any SQLConnection) throws -> Int {
        try db.value("SELECT count(*) FROM onlinedienst WHERE \(filter.bedingung)") ?? 0
    }

    package static func page(_ filter: DienstFilter, _ seite: Seite, in db: any SQLConnection) throws -> [DienstEintrag]
    {
        try db.all("\(liste(filter)) LIMIT \(seite.groesse) OFFSET \(seite.versatz)")
    }

    /// The whole list in the order of its pages, one service at a time.
    package static func forEach(
        _ filter: DienstFilter, in db: any SQLConnection, _ body: (DienstEintrag) throws -> Void
    ) throws {
        try db.forEach(liste(filter)) { row in try body(DienstEintrag(row: row)) }
    }

    private static func liste(_ filter: DienstFilter) -> SQL {
        "\(eintrag) WHERE \(filter.bedingung) ORDER BY onlinedienst.sortname, onlinedienst.id"
    }

    package static func list(
        _ filter: DienstFilter, _ wunsch: Listenwunsch, in db: any SQLConnection
    ) throws -> (eintraege: [DienstEintrag], weiter: String?) {
        let after = wunsch.bedingung(sortname: "onlinedienst.sortname", id: "onlinedienst.id")
        let rows = try db.all(
            """
            \(eintrag) WHERE \(filter.bedingung) AND \(after)
            ORDER BY onlinedienst.sortname, onlinedienst.id LIMIT \(wunsch.anzahl + 1)
            """, as: DienstEintrag.self)
        return wunsch.teil(rows) { [Faltung.sort($0.dienst.name), $0.dienst.id.rawValue] }
    }

    /// The services of an Organisation under that very name, for an import that has no other key.
    static func find(
        name: String, anbieter: Organisation.ID, in db: any SQLConnection
    ) throws -> DienstEintrag? {
        try db.first(
            "\(eintrag) WHERE onlinedienst.suchname = \(Faltung.suche(name)) AND onlinedienst.anbieter = \(anbieter) ORDER BY onlinedienst.id LIMIT 1"
        )
    }

    /// Words that pages under `/dienste` use themselves.
    private static let vergeben: Set<String> = ["neu", "vergleich"]

    /// A free address for a new service: its name, with a number where that is taken.
    static func freierSlug(_ name: String, in db: any SQLConnection) throws -> String {
        let base = Faltung.slug(name)
        let taken = Set(
            try db.rows("SELECT slug FROM onlinedienst WHERE slug = \(base) OR slug LIKE \(base + "-%")")
                .map { row in try row["slug"] as String })
        guard taken.contains(base) || vergeben.contains(base) else { return base }
        var number = 2
        while taken.contains("\(base)-\(number)") { number += 1 }
        return "\(base)-\(number)"
    }

    static func insert(
        _ dienst: Onlinedienst, leistungen: [Leistung.ID], durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        try db.execute(
            """
            INSERT INTO onlinedienst (id, slug, name, sortname, suchname, anbieter, url, hersteller, formularsystem, variante,
                                      reifegradmodell, reifegrad, beschreibung, version)
            VALUES (\(dienst.id), \(dienst.slug), \(dienst.name), \(Faltung.sort(dienst.name)), \(Faltung.suche(dienst.name)),
                    \(dienst.anbieter), \(dienst.url), \(dienst.hersteller), \(dienst.formularsystem), \(dienst.variante),
                    \(dienst.reifegrad?.modell), \(dienst.reifegrad?.stufe), \(dienst.beschreibung), 1)
            """)
        try serve(dienst.id, leistungen, in: db)
        try VerlaufStore.append(
            [
                Verlauf(
                    .dienstAngelegt, organisation: dienst.anbieter.rawValue, dienst: dienst.id.rawValue,
                    nach: dienst.name)
            ],
            durch: urheber, in: db)
    }

    /// Changes a service and enters each changed field into the Verlauf.
    ///
    /// - Returns: whether anything differed. Throws `Refusal.conflict` when somebody changed it since `dienst.version`.
    @discardableResult
    static func change(
        _ old: DienstEintrag, to dienst: Onlinedienst, leistungen: [Leistung.ID], durch urheber: Urheber,
        in db: any SQLConnection
    ) throws -> Bool {
        let changes = Dienstvergleich.changes(old, dienst, leistungen)
        guard !changes.isEmpty else { return false }
        let changed = try db.execute(
            """
            UPDATE onlinedienst SET name = \(dienst.name), sortname = \(Faltung.sort(dienst.name)),
                   suchname = \(Faltung.suche(dienst.name)), anbieter = \(dienst.anbieter), url = \(dienst.url),
                   hersteller = \(dienst.hersteller), formularsystem = \(dienst.formularsystem), variante = \(dienst.variante),
                   reifegradmodell = \(dienst.reifegrad?.modell), reifegrad = \(dienst.reifegrad?.stufe),
                   beschreibung = \(dienst.beschreibung), version = version + 1
            WHERE id = \(dienst.id) AND version = \(dienst.version)
            """)
        guard changed == 1 else {
            throw inzwischenGeaendert
        }
        if Set(old.leistungen) != Set(leistungen) {
            try db.execute("DELETE FROM onlinedienst_leistung WHERE onlinedienst = \(dienst.id)")
            try serve(dienst.id, leistungen, in: db)
        }
        try VerlaufStore.append(
            changes.map { change in
                Verlauf(
                    .dienstGeaendert, organisation: dienst.anbieter.rawValue, dienst: dienst.id.rawValue,
                    feld: change.feld,
                    von: change.von, nach: change.nach)
            }, durch: urheber, in: db)
        return true
    }

    static let inzwischenGeaendert = Refusal(
        .conflict,
        "Diesen Onlinedienst hat inzwischen jemand anderes geändert. Laden Sie die Seite neu und tragen Sie Ihre Änderung noch einmal ein."
    )

    private static func serve(_ id: Onlinedienst.ID, _ leistungen: [Leistung.ID], in db: any SQLConnection) throws {
        try db.insert(
            into: "onlinedienst_leistung", columns: ["onlinedienst", "leistung"],
            rows: Set(leistungen).map(\.rawValue).sorted().map { [id.sqlValue, .text($0)] })
    }
}

/// Which fields of a Steckbrief differ.
enum Dienstvergleich {
    static func changes(
        _ old: DienstEintrag, _ new: Onlinedienst, _ leistungen: [Leistung.ID]
    ) -> [(feld: String, von: String?, nach: String?)] {
        let before = old.dienst
        let pairs: [(String, String?, String?)] = [
            ("name", before.name, new.name), ("anbieter", before.anbieter.rawValue, new.anbieter.rawValue),
            ("url", before.url, new.url), ("hersteller", before.hersteller, new.hersteller),
            ("formularsystem", before.formularsystem, new.formularsystem),
            ("variante", before.variante?.rawValue, new.variante?.rawValue),
            ("reifegrad", before.reifegrad?.text, new.reifegrad?.text),
            ("beschreibung", before.beschreibung, new.beschreibung),
            ("leistungen", text(old.leistungen), text(leistungen)),
        ]
        return pairs.filter { $0.1 != $0.2 }.map { (feld: $0.0, von: $0.1, nach: $0.2) }
    }

    private static func text(_ ids: [Leistung.ID]) -> String? {
        ids.isEmpty ? nil : Set(ids).map(\.rawValue).sorted().joined(separator: " ")
    }
}
