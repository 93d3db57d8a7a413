import Storage

/// Every statement that reads the index.
enum SucheStore {
    /// A row that may be an answer, with the words by which it is weighed.
    struct Anwaerter: Sendable {
        let nr: Int64
        let pfad: String
        let nameWorte: String
        let umfeldWorte: String
    }

    /// A row that is an answer.
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

    /// Rows by number. One text for all numbers, so that the statement is prepared once.
    static func unter(_ numbers: [Int64]) -> SQL {
        let list = numbers.map(String.init).joined(separator: ",")
        return SQL(
            sqlite: "IN (SELECT value FROM json_each(\("[" + list + "]")))",
            postgres: "= ANY (CAST(\("{" + list + "}") AS BIGINT[]))")
    }

    /// The rows to be weighed by number; a row that is gone is left out.
    static func anwaerter(_ numbers: [Int64], in db: any SQLConnection) throws -> [Int64: Anwaerter] {
        guard !numbers.isEmpty else { return [:] }
        var found: [Int64: Anwaerter] = [:]
        for row in try db.rows(
            "SELECT nr, pfad, name_worte, umfeld_worte FROM suche_eintrag WHERE nr \(unter(numbers))")
        {
            let number: Int64 = try row["nr"]
            found[number] = Anwaerter(
                nr: number, pfad: try row["pfad"], nameWorte: try row["name_worte"],
                umfeldWorte: try row["umfeld_worte"])
        }
        return found
    }

    /// The rows of a page with their texts, by number.
    static func seite(
        _ numbers: [Int64], in db: any SQLConnection
    ) throws -> [Int64: (zeile: Kandidat, text: String?)] {
        guard !numbers.isEmpty else { return [:] }
        var found: [Int64: (zeile: Kandidat, text: String?)] = [:]
        for row in try db.rows(
            """
            SELECT \(columns), i.inhalt FROM suche_eintrag e LEFT JOIN suche_inhalt i ON i.nr = e.nr
            WHERE e.nr \(unter(numbers))
            """)
        {
            let read = try Kandidat(row: row)
            found[read.nr] = (read, try row["inhalt"])
        }
        return found
    }

    /// The lists of these stems.
    static func listen(
        _ fassung: Int, _ places: [Suchlisten.Stelle], in db: any SQLConnection,
        _ body: (Suchlisten.Stelle, Listensammlung.Feld, [UInt8]) throws -> Void
    ) throws {
        // One text for all: the digit of the kind and the stem. Stems are letters and digits only, so neither blanks nor
        // quotes need a way out. Each database is told to look up one stem after the other, whatever it believes of how
        // rare the first columns of the key are.
        let wanted = places.map { "\($0.art.ziffer)\($0.stamm)" }
        for row in try db.rows(
            SQL(
                sqlite: """
                    SELECT w.value AS stelle, l.feld, l.liste FROM json_each(\("[\"" + wanted.joined(separator: "\",\"") + "\"]")) w
                    CROSS JOIN suche_liste l ON l.fassung = \(fassung) AND l.art = CAST(substr(w.value, 1, 1) AS INTEGER)
                    AND l.stamm = substr(w.value, 2)
                    """,
                postgres: """
                    SELECT w.stelle, l.feld, l.liste FROM unnest(string_to_array(\(wanted.joined(separator: " ")), ' ')) w (stelle)
                    CROSS JOIN LATERAL (
                        SELECT feld, liste FROM suche_liste s WHERE s.fassung = \(fassung)
                        AND s.art = CAST(left(w.stelle, 1) AS BIGINT) AND s.stamm = substr(w.stelle, 2) LIMIT 2) l
                    """))
        {
            let place: String = try row["stelle"]
            guard let feld = Listensammlung.Feld(rawValue: try row["feld"]),
                let art = Suchdokument.Art.allCases.first(where: { $0.ziffer == Int64(place.utf8.first ?? 0) - 0x30 })
            else { continue }
            let list: Blob = try row["liste"]
            // By scalars: a stem may begin with a mark, which would be one sign with the digit.
            let stem = String(Substring(place.unicodeScalars.dropFirst()))
            try body(Suchlisten.Stelle(art: art, stamm: stem), feld, list.bytes)
        }
    }

    static func ordnung(_ fassung: Int, in db: any SQLConnection) throws -> [Suchdokument.Art: [Int64]] {
        var found: [Suchdokument.Art: [Int64]] = [:]
        for row in try db.rows("SELECT art, nummern FROM suche_ordnung WHERE fassung = \(fassung)") {
            let ziffer: Int64 = try row["art"]
            let packed: Blob = try row["nummern"]
            guard let art = Suchdokument.Art.allCases.first(where: { $0.ziffer == ziffer }) else { continue }
            found[art] = try Wortliste.nummern(packed.bytes)
        }
        return found
    }

    private static let columns: SQL = "e.nr, e.id, e.pfad, e.name, e.zusatz, e.frueher, e.name_worte, e.umfeld_worte"

    /// Rows whose key begins with these digits, in the order of the keys.
    ///
    /// The plus keeps SQLite from going through all numbers of the kind instead of the few keys.
    static func treffer(
        schluessel digits: String, _ art: Suchdokument.Art, codes: [Int64]?, in db: any SQLConnection
    ) throws -> [Kandidat] {
        let (von, bis) = Zeilennummer.bereich(art)
        let facet: SQL = codes.map { "AND (nr & \(Zeilennummer.codemaske)) IN (\($0))" } ?? ""
        return try db.rows(
            """
            SELECT \(columns) FROM (SELECT +nr AS nr, MIN(schluessel) AS schluessel FROM suche_schluessel
                WHERE schluessel >= \(digits) AND schluessel < \(digits + ":") AND +nr BETWEEN \(von) AND \(bis) \(facet)
                GROUP BY 1) f
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
            FROM (SELECT DISTINCT +nr AS nr FROM suche_schluessel
                  WHERE schluessel >= \(digits) AND schluessel < \(digits + ":") AND +nr BETWEEN \(von) AND \(bis)) f
            GROUP BY 1
            """
        ) { found[try $0["code"]] = try $0["anzahl"] }
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

    /// - Parameter namen: how many things of this area there are.
    static func wortschatz(_ bereich: String, namen: Int, in db: any SQLConnection) throws -> Wortschatz {
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
        return Wortschatz(eintraege: words, haeufigkeit: counts, teile: parts, namen: namen)
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
