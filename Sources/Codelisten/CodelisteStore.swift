package import Kernel
package import Storage
package import Web

/// Every statement that reads the Codelisten.
package enum CodelisteStore {
    /// The entry under that code in the Fassung in force on that day; nil where there is none.
    package static func eintrag(
        _ kennung: String, _ code: String, am tag: Tag, in db: any SQLConnection
    ) throws -> Codelisteneintrag? {
        guard let fassung = Codelistenfassung.gueltig(am: tag, unter: try fassungen(kennung, in: db)) else {
            return nil
        }
        return try eintrag(code, in: fassung.id, db)
    }

    package static func eintrag(
        _ code: String, in fassung: Codelistenfassung.ID, _ db: any SQLConnection
    ) throws -> Codelisteneintrag? {
        try db.first(
            "SELECT \(Codelisteneintrag.columns) FROM codeliste_eintrag WHERE fassung = \(fassung) AND code = \(code)")
    }

    /// By its address, its Kennung or the Kennung of one of its Fassungen.
    package static func find(
        _ word: String, in db: any SQLConnection
    ) throws -> (liste: Codeliste, version: String?)? {
        if let liste: Codeliste = try db.first(
            """
            SELECT \(Codeliste.columns) FROM \(Codeliste.quelle)
            WHERE codeliste.slug = \(word) OR codeliste.kennung = \(word)
            ORDER BY CASE WHEN codeliste.slug = \(word) THEN 0 ELSE 1 END LIMIT 1
            """)
        {
            return (liste, nil)
        }
        guard
            let row = try db.rows("SELECT codeliste, version FROM codeliste_fassung WHERE kennung = \(word)").first
        else { return nil }
        let (kennung, version): (String, String) = (try row["codeliste"], try row["version"])
        return try db.first(
            "SELECT \(Codeliste.columns) FROM \(Codeliste.quelle) WHERE codeliste.kennung = \(kennung)"
        ).map { ($0, version) }
    }

    private static func bedingung(_ suche: Suchmuster?) -> SQL {
        suche.map { $0.bedingung(suchname: "codeliste.suchname", sortname: "codeliste.sortname") } ?? "1 = 1"
    }

    package static func count(_ suche: Suchmuster?, in db: any SQLConnection) throws -> Int {
        try db.value("SELECT count(*) FROM codeliste WHERE \(bedingung(suche))") ?? 0
    }

    package static func page(_ suche: Suchmuster?, _ seite: Seite, in db: any SQLConnection) throws -> [Codeliste] {
        let order: SQL =
            suche.map { "\($0.rang(suchname: "codeliste.suchname")), codeliste.sortname" } ?? "codeliste.sortname"
        return try db.all(
            """
            SELECT \(Codeliste.columns) FROM \(Codeliste.quelle) WHERE \(bedingung(suche))
            ORDER BY \(order), codeliste.kennung LIMIT \(seite.groesse) OFFSET \(seite.versatz)
            """)
    }

    package static func list(
        _ suche: Suchmuster?, _ wunsch: Listenwunsch, in db: any SQLConnection
    ) throws -> (eintraege: [Codeliste], weiter: String?) {
        let after = wunsch.bedingung(sortname: "codeliste.sortname", id: "codeliste.kennung")
        let rows = try db.all(
            """
            SELECT \(Codeliste.columns) FROM \(Codeliste.quelle) WHERE \(bedingung(suche)) AND \(after)
            ORDER BY codeliste.sortname, codeliste.kennung LIMIT \(wunsch.anzahl + 1)
            """, as: Codeliste.self)
        return wunsch.teil(rows) { [Faltung.sort($0.name), $0.kennung] }
    }

    /// All Fassungen of a Codeliste in the order of their versions, without their columns.
    package static func fassungen(_ kennung: String, in db: any SQLConnection) throws -> [Codelistenfassung] {
        try db.all(
            """
            SELECT \(Codelistenfassung.columns) FROM codeliste_fassung WHERE codeliste = \(kennung)
            ORDER BY sortversion, version
            """)
    }

    package static func spalten(
        _ fassung: Codelistenfassung.ID, in db: any SQLConnection
    ) throws -> [Codelistenspalte] {
        try db.all(
            """
            SELECT spalte, name, datentyp, sprache, pflicht, schluessel FROM codeliste_spalte
            WHERE fassung = \(fassung) ORDER BY position
            """)
    }
}

/// Which entries of one Fassung are asked for.
package struct CodelistenFilter: Sendable, Equatable {
    package let fassung: Codelistenfassung.ID
    /// A code as typed, and the same text as words to be found in any column.
    package let code: String?
    package let suche: Suchmuster?

    package init(_ fassung: Codelistenfassung.ID, _ getippt: String?) {
        self.fassung = fassung
        code = getippt
        suche = getippt.map(Suchmuster.init)
    }

    fileprivate var bedingung: SQL {
        guard let suche, let code else { return "fassung = \(fassung)" }
        return
            "fassung = \(fassung) AND (code = \(code) OR (\(suche.bedingung(suchname: "suchname", sortname: "sortname"))))"
    }
}

extension CodelisteStore {
    package static func count(_ filter: CodelistenFilter, in db: any SQLConnection) throws -> Int {
        try db.value("SELECT count(*) FROM codeliste_eintrag WHERE \(filter.bedingung)") ?? 0
    }

    /// The very code first, then as published.
    package static func page(
        _ filter: CodelistenFilter, _ seite: Seite, in db: any SQLConnection
    ) throws -> [Codelisteneintrag] {
        let first: SQL = filter.code.map { "CASE WHEN code = \($0) THEN 0 ELSE 1 END, " } ?? ""
        return try db.all(
            """
            SELECT \(Codelisteneintrag.columns) FROM codeliste_eintrag WHERE \(filter.bedingung)
            ORDER BY \(first)position LIMIT \(seite.groesse) OFFSET \(seite.versatz)
            """)
    }

    /// As published, from behind a place.
    package static func eintraege(
        _ filter: CodelistenFilter, nach position: Int, hoechstens: Int, in db: any SQLConnection
    ) throws -> [Codelisteneintrag] {
        try db.all(
            """
            SELECT \(Codelisteneintrag.columns) FROM codeliste_eintrag
            WHERE \(filter.bedingung) AND position > \(position) ORDER BY position LIMIT \(hoechstens)
            """)
    }
}
