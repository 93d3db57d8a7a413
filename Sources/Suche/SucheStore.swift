import Storage

/// Every statement that reads the index.
enum SucheStore {
    /// A row that may be an answer.
    struct Kandidat: Sendable {
        let nr: Int64
        let id: String
        let pfad: String
        let name: String
        let zusatz: String?
        let frueher: String?
        let nameWorte: String
        let umfeldWorte: String
    }

    /// How many rows are weighed for one condition; those in front by rank are the ones that can win.
    static let gewogen = 200

    /// Rows that fulfil the condition, in the order of their rank.
    static func treffer(
        _ stufe: Suchplan.Stufe, _ art: Suchdokument.Art, codes: [Int64]?, in db: any SQLConnection
    ) throws -> [Kandidat] {
        let (von, bis) = Zeilennummer.bereich(art)
        let facet: SQL = codes.map { "AND (t.nr & \(Zeilennummer.codemaske)) IN (\($0))" } ?? ""
        let matching = passend(stufe)
        return try db.rows(
            """
            SELECT \(columns) FROM (
                SELECT t.nr FROM (\(matching)) t WHERE t.nr BETWEEN \(von) AND \(bis) \(facet)
                ORDER BY t.nr LIMIT \(gewogen)) f
            JOIN suche_eintrag e ON e.nr = f.nr ORDER BY e.nr
            """
        ).map(Kandidat.init(row:))
    }

    private static let columns: SQL = "e.nr, e.id, e.pfad, e.name, e.zusatz, e.frueher, e.name_worte, e.umfeld_worte"

    /// Rows whose key begins with these digits, in the order of the keys.
    static func treffer(
        schluessel digits: String, _ art: Suchdokument.Art, codes: [Int64]?, in db: any SQLConnection
    ) throws -> [Kandidat] {
        let (von, bis) = Zeilennummer.bereich(art)
        let facet: SQL = codes.map { "AND (nr & \(Zeilennummer.codemaske)) IN (\($0))" } ?? ""
        return try db.rows(
            """
            SELECT \(columns) FROM (SELECT nr, MIN(schluessel) AS schluessel FROM suche_schluessel
                WHERE schluessel >= \(digits) AND schluessel < \(digits + ":") AND nr BETWEEN \(von) AND \(bis) \(facet)
                GROUP BY nr) f
            JOIN suche_eintrag e ON e.nr = f.nr ORDER BY f.schluessel, e.pfad LIMIT \(gewogen)
            """
        ).map(Kandidat.init(row:))
    }

    /// How many rows have a key that begins with these digits, by combination of facets.
    static func zaehle(
        schluessel digits: String, _ art: Suchdokument.Art, in db: any SQLConnection
    ) throws -> [Int64: Int] {
        let (von, bis) = Zeilennummer.bereich(art)
        var found: [Int64: Int] = [:]
        try db.forEach(
            """
            SELECT f.nr & \(Zeilennummer.codemaske) AS code, count(*) AS anzahl
            FROM (SELECT DISTINCT nr FROM suche_schluessel
                  WHERE schluessel >= \(digits) AND schluessel < \(digits + ":") AND nr BETWEEN \(von) AND \(bis)) f
            GROUP BY 1
            """
        ) { found[try $0["code"]] = try $0["anzahl"] }
        return found
    }

    /// Row numbers by condition; the engine alone decides how, so that no plan reads the whole table.
    private static func passend(_ stufe: Suchplan.Stufe) -> SQL {
        let table: SQL = stufe.nurName ? "suche_name" : "suche_text"
        return SQL(
            sqlite: "SELECT rowid AS nr FROM \(table) WHERE \(table) MATCH \(stufe.ausdruck.fts5)",
            postgres: "SELECT nr FROM \(table) WHERE worte @@ CAST(\(stufe.ausdruck.tsquery) AS tsquery) OFFSET 0")
    }

    /// How many rows of a kind fulfil the condition, by combination of facets.
    static func zaehle(
        _ stufe: Suchplan.Stufe, _ art: Suchdokument.Art, in db: any SQLConnection
    ) throws -> [Int64: Int] {
        let (von, bis) = Zeilennummer.bereich(art)
        var found: [Int64: Int] = [:]
        try db.forEach(
            """
            SELECT t.nr & \(Zeilennummer.codemaske) AS code, count(*) AS anzahl FROM (\(passend(stufe))) t
            WHERE t.nr BETWEEN \(von) AND \(bis) GROUP BY 1
            """
        ) { found[try $0["code"]] = try $0["anzahl"] }
        return found
    }

    /// The texts of a page's rows.
    static func inhalte(_ numbers: [Int64], in db: any SQLConnection) throws -> [Int64: String] {
        var found: [Int64: String] = [:]
        try db.forEach("SELECT nr, inhalt FROM suche_eintrag WHERE nr IN (\(numbers)) AND inhalt <> ''") { row in
            found[try row["nr"]] = try row["inhalt"]
        }
        return found
    }

    static func merkmale(in db: any SQLConnection) throws -> [Int64: Merkmal] {
        var found: [Int64: Merkmal] = [:]
        try db.forEach("SELECT code, themenfeld, lage, typen FROM suche_merkmal") { row in
            let typen: String = try row["typen"]
            found[try row["code"]] = Merkmal(
                themenfeld: try row["themenfeld"], lage: try row["lage"],
                typen: typen.split(separator: ",").map(String.init))
        }
        return found
    }

    static func wortschatz(_ bereich: String, in db: any SQLConnection) throws -> Wortschatz {
        var words: [Wortschatz.Eintrag] = []
        try db.forEach("SELECT form, stamm, anzeige, anzahl FROM suche_wort WHERE bereich = \(bereich)") { row in
            words.append(
                .init(
                    form: try row["form"], stamm: try row["stamm"], anzeige: try row["anzeige"],
                    anzahl: try row["anzahl"]))
        }
        var counts: [String: Int] = [:]
        try db.forEach("SELECT stamm, anzahl FROM suche_stamm WHERE bereich = \(bereich)") { row in
            counts[try row["stamm"]] = try row["anzahl"]
        }
        let isCatalogue = bereich == Suchdokument.Art.leistung.bereich
        let parts =
            isCatalogue ? Set(words.lazy.filter { $0.form.utf8.count >= Zerlegung.kuerzesterTeil }.map(\.stamm)) : []
        let names: Int =
            try db.value(
                isCatalogue
                    ? "SELECT count(*) FROM suche_eintrag WHERE art <> \(Suchdokument.Art.gebiet)"
                    : "SELECT count(*) FROM suche_eintrag WHERE art = \(Suchdokument.Art.gebiet)") ?? 0
        return Wortschatz(eintraege: words, haeufigkeit: counts, teile: parts, namen: names)
    }
}

extension SucheStore.Kandidat: RowDecodable {
    init(row: Row) throws {
        nr = try row["nr"]
        id = try row["id"]
        pfad = try row["pfad"]
        name = try row["name"]
        zusatz = try row["zusatz"]
        frueher = try row["frueher"]
        nameWorte = try row["name_worte"]
        umfeldWorte = try row["umfeld_worte"]
    }
}
