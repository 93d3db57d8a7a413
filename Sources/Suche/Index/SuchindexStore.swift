import Storage

/// Every statement that writes the index.
enum SuchindexStore {
    /// The name of the row number in the tables that hold the words.
    static let nr = SQL(sqlite: "rowid", postgres: "nr")

    static func stand(in db: any SQLConnection) throws -> (fassung: Int, quelle: String) {
        guard let row = try db.rows("SELECT fassung, quelle FROM suche_stand WHERE id = 1").first else {
            return (0, "")
        }
        return (try row["fassung"], try row["quelle"])
    }

    static func setze(quelle: String, in db: any SQLConnection) throws {
        try db.execute("UPDATE suche_stand SET fassung = fassung + 1, quelle = \(quelle) WHERE id = 1")
    }

    /// What is stored of these ids: row number and check sum.
    static func vorhandene(
        _ art: Suchdokument.Art, _ ids: [String], in db: any SQLConnection
    ) throws -> [String: (nr: Int64, pruefsumme: Int64)] {
        var found: [String: (nr: Int64, pruefsumme: Int64)] = [:]
        try db.forEach("SELECT id, nr, pruefsumme FROM suche_eintrag WHERE art = \(art) AND id IN (\(ids))") { row in
            let id: String = try row["id"]
            found[id] = (try row["nr"], try row["pruefsumme"])
        }
        return found
    }

    static func loesche(_ numbers: [Int64], in db: any SQLConnection) throws {
        for start in stride(from: 0, to: numbers.count, by: 500) {
            let part = Array(numbers[start..<min(start + 500, numbers.count)])
            try db.execute("DELETE FROM suche_eintrag WHERE nr IN (\(part))")
            try db.execute("DELETE FROM suche_schluessel WHERE nr IN (\(part))")
            try db.execute("DELETE FROM suche_name WHERE \(nr) IN (\(part))")
            try db.execute("DELETE FROM suche_text WHERE \(nr) IN (\(part))")
        }
    }

    /// Row numbers that are taken.
    static func belegte(_ numbers: [Int64], in db: any SQLConnection) throws -> Set<Int64> {
        var taken: Set<Int64> = []
        try db.forEach("SELECT nr FROM suche_eintrag WHERE nr IN (\(numbers))") { taken.insert(try $0["nr"]) }
        return taken
    }

    static func schreibe(_ rows: [Suchzeile], in db: any SQLConnection) throws {
        try db.insert(
            into: "suche_eintrag",
            columns: [
                "nr", "art", "id", "pfad", "name", "zusatz", "frueher", "inhalt", "name_worte", "umfeld_worte",
                "pruefsumme",
            ],
            rows: rows.lazy.map { row in
                let document = row.dokument
                return [
                    .integer(row.nr), .text(document.art.rawValue), .text(document.id), .text(document.pfad),
                    .text(document.name),
                    document.zusatz.sqlValue,
                    document.frueher.isEmpty ? .null : .text(document.frueher.joined(separator: "\n")),
                    .text(document.text), .text(row.nameWorte), .text(row.umfeldWorte), .integer(row.pruefsumme),
                ]
            })
        try db.insert(
            into: "suche_schluessel", columns: ["schluessel", "nr"],
            rows: rows.lazy.flatMap { row in
                Set(row.dokument.schluessel).sorted().map { [.text($0), .integer(row.nr)] }
            })
        let key = db.dialect == .sqlite ? "rowid" : "nr"
        let dialect = db.dialect
        try db.insert(
            into: "suche_name", columns: [key, "worte"],
            rows: rows.lazy.map { [.integer($0.nr), .text(SuchindexStore.gespeichert($0.namensstaemme, dialect))] })
        try db.insert(
            into: "suche_text", columns: [key, "worte"],
            rows: rows.lazy.map { [.integer($0.nr), .text(SuchindexStore.gespeichert($0.alleStaemme, dialect))] })
    }

    /// Words as the engine takes them: with blanks for FTS5, quoted for a `tsvector`.
    private static func gespeichert(_ stems: Set<Substring>, _ dialect: SQLDialect) -> String {
        let sorted = stems.sorted()
        return dialect == .sqlite
            ? sorted.joined(separator: " ") : sorted.map { "'" + $0 + "'" }.joined(separator: " ")
    }

    /// The code of a combination of facets, a new one where it is new.
    static func code(_ merkmal: Merkmal, in db: any SQLConnection) throws -> Int64 {
        let typen = merkmal.typen.joined(separator: ",")
        if let known: Int64 = try db.value(
            """
            SELECT code FROM suche_merkmal
            WHERE themenfeld = \(merkmal.themenfeld) AND lage = \(merkmal.lage) AND typen = \(typen)
            """)
        {
            return known
        }
        let next: Int64 = (try db.value("SELECT MAX(code) FROM suche_merkmal") ?? 0) + 1
        // More combinations than the row number has room for are found, but under no facet.
        guard next <= Zeilennummer.codemaske else { return 0 }
        try db.execute(
            """
            INSERT INTO suche_merkmal (code, themenfeld, lage, typen)
            VALUES (\(next), \(merkmal.themenfeld), \(merkmal.lage), \(typen))
            """)
        return next
    }

    static func ersetzeWorte(
        _ bereich: String, _ words: [Wortschatz.Eintrag], _ counts: [String: Int], in db: any SQLConnection
    ) throws {
        try db.execute("DELETE FROM suche_wort WHERE bereich = \(bereich)")
        try db.execute("DELETE FROM suche_stamm WHERE bereich = \(bereich)")
        try db.insert(
            into: "suche_wort", columns: ["bereich", "form", "stamm", "anzeige", "anzahl"],
            rows: words.lazy.map {
                [.text(bereich), .text($0.form), .text($0.stamm), .text($0.anzeige), .integer(Int64($0.anzahl))]
            })
        try db.insert(
            into: "suche_stamm", columns: ["bereich", "stamm", "anzahl"],
            rows: counts.sorted { $0.key < $1.key }.lazy.map {
                [.text(bereich), .text($0.key), .integer(Int64($0.value))]
            })
    }

    /// Numbers and ids after a row number, for sweeping out what is gone.
    static func ids(
        _ art: Suchdokument.Art, nach last: Int64, limit: Int, in db: any SQLConnection
    ) throws -> [(nr: Int64, id: String)] {
        try db.rows(
            """
            SELECT nr, id FROM suche_eintrag WHERE nr > \(last) AND nr <= \(Zeilennummer.bereich(art).bis)
            ORDER BY nr LIMIT \(limit)
            """
        ).map { (try $0["nr"], try $0["id"]) }
    }
}

/// A document ready to be stored.
struct Suchzeile: Sendable {
    let nr: Int64
    let dokument: Suchdokument
    let nameWorte: String
    let umfeldWorte: String
    let namensstaemme: Set<Substring>
    let alleStaemme: Set<Substring>
    let pruefsumme: Int64
}
