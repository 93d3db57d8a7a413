import Storage

/// Every statement that writes the index.
enum SuchindexStore {
    static func stand(in db: any SQLConnection) throws -> (fassung: Int, quelle: String) {
        guard let row = try db.rows("SELECT fassung, quelle FROM suche_stand WHERE id = 1").first else {
            return (0, "")
        }
        return (try row["fassung"], try row["quelle"])
    }

    /// The number of an index that is about to be built.
    static func neueFassung(in db: any SQLConnection) throws -> Int {
        try db.execute("UPDATE suche_stand SET vergeben = vergeben + 1 WHERE id = 1")
        return try db.value("SELECT vergeben FROM suche_stand WHERE id = 1") ?? 1
    }

    /// Takes an index into use.
    static func setze(fassung: Int, quelle: String, in db: any SQLConnection) throws {
        try db.execute("UPDATE suche_stand SET fassung = \(fassung), quelle = \(quelle) WHERE id = 1")
    }

    static func schreibe(
        _ fassung: Int, _ art: Suchdokument.Art, _ lists: [(stamm: String, feld: Int64, liste: [UInt8])],
        in db: any SQLConnection
    ) throws {
        try db.insert(
            into: "suche_liste", columns: ["fassung", "art", "stamm", "feld", "liste"],
            rows: lists.lazy.map { row in
                [
                    .integer(Int64(fassung)), .integer(art.ziffer), .text(row.stamm), .integer(row.feld),
                    .blob(row.liste),
                ]
            })
    }

    static func schreibe(
        _ fassung: Int, _ art: Suchdokument.Art, nummern: [Int64], in db: any SQLConnection
    ) throws {
        try db.execute(
            """
            INSERT INTO suche_ordnung (fassung, art, nummern)
            VALUES (\(fassung), \(art.ziffer), \(Blob(Wortliste.gepackt(nummern: nummern))))
            """)
    }

    /// Drops what a run wrote that another one came before.
    static func verwirf(_ fassung: Int, in db: any SQLConnection) throws {
        try db.execute("DELETE FROM suche_liste WHERE fassung = \(fassung)")
        try db.execute("DELETE FROM suche_ordnung WHERE fassung = \(fassung)")
        try db.execute("DELETE FROM suche_wechsel WHERE fassung = \(fassung)")
    }

    /// Sweeps out what belongs to older indexes, and what waited for this one.
    static func raeume(bis fassung: Int, in db: any SQLConnection) throws {
        try db.execute("DELETE FROM suche_liste WHERE fassung < \(fassung)")
        try db.execute("DELETE FROM suche_ordnung WHERE fassung < \(fassung)")
        try db.execute("DELETE FROM suche_wechsel WHERE fassung <= \(fassung)")
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
            try db.execute("DELETE FROM suche_eintrag WHERE nr \(SucheStore.unter(part))")
            try db.execute("DELETE FROM suche_schluessel WHERE nr \(SucheStore.unter(part))")
            try db.execute("DELETE FROM suche_inhalt WHERE nr \(SucheStore.unter(part))")
        }
    }

    /// Moves numbers on that other things have or that two of these share.
    static func machEindeutig(_ rows: inout [Suchzeile], _ fassung: Int, in db: any SQLConnection) throws {
        var taken = try vergeben(rows.map(\.nr), fassung, in: db)
        for row in rows where row.alt == row.nr { taken.insert(row.nr) }
        for index in rows.indices where rows[index].alt != rows[index].nr {
            var attempt: UInt64 = 0
            while !taken.insert(rows[index].nr).inserted {
                attempt += 1
                rows[index].nr = rows[index].nummer(versuch: attempt)
                taken.formUnion(try vergeben([rows[index].nr], fassung, in: db))
            }
        }
    }

    /// Those of the numbers that are in use or will be.
    private static func vergeben(
        _ numbers: [Int64], _ fassung: Int, in db: any SQLConnection
    ) throws -> Set<Int64> {
        var taken: Set<Int64> = []
        try db.forEach(
            """
            SELECT nr FROM suche_eintrag WHERE nr \(SucheStore.unter(numbers))
            UNION SELECT nr FROM suche_wechsel WHERE fassung = \(fassung) AND nr \(SucheStore.unter(numbers))
            """
        ) { taken.insert(try $0["nr"]) }
        return taken
    }

    private static let spalten = [
        "nr", "art", "id", "pfad", "name", "zusatz", "frueher", "name_worte", "umfeld_worte", "pruefsumme",
    ]

    private static func werte(_ row: Suchzeile) -> [SQLValue] {
        let document = row.dokument
        return [
            .integer(row.nr), .text(document.art.rawValue), .text(document.id), .text(document.pfad),
            .text(document.name), document.zusatz.sqlValue,
            document.frueher.isEmpty ? .null : .text(document.frueher.joined(separator: "\n")),
            .text(row.nameWorte), .text(row.umfeldWorte), .integer(row.pruefsumme),
        ]
    }

    /// Stores what is new; no list leads to it yet.
    static func schreibe(_ rows: [Suchzeile], in db: any SQLConnection) throws {
        try db.insert(into: "suche_eintrag", columns: spalten, rows: rows.lazy.map(werte))
        try db.insert(
            into: "suche_inhalt", columns: ["nr", "inhalt"],
            rows: rows.lazy.filter { !$0.dokument.text.isEmpty }.map { [.integer($0.nr), .text($0.dokument.text)] })
        try schreibe(schluessel: rows.lazy.map { ($0.nr, Set($0.dokument.schluessel)) }, in: db)
    }

    private static func schreibe(
        schluessel rows: some Sequence<(Int64, Set<String>)>, in db: any SQLConnection
    ) throws {
        try db.insert(
            into: "suche_schluessel", columns: ["schluessel", "nr"],
            rows: rows.lazy.flatMap { nr, keys in keys.sorted().map { [.text($0), .integer(nr)] } })
    }

    /// Keeps what has changed until `uebernimm`, so that the lists in use go on leading to what they were made from.
    static func merke(_ rows: [Suchzeile], _ fassung: Int, in db: any SQLConnection) throws {
        try db.insert(
            into: "suche_wechsel", columns: spalten + ["fassung", "alt", "inhalt", "schluessel"],
            rows: rows.lazy.map { row in
                werte(row) + [
                    .integer(Int64(fassung)), .integer(row.alt ?? row.nr), .text(row.dokument.text),
                    .text(Set(row.dokument.schluessel).sorted().joined(separator: " ")),
                ]
            })
    }

    /// Puts what has changed in the place of what was there.
    static func uebernimm(_ fassung: Int, in db: any SQLConnection) throws {
        for table: SQL in ["suche_eintrag", "suche_schluessel", "suche_inhalt"] {
            try db.execute(
                "DELETE FROM \(table) WHERE nr IN (SELECT alt FROM suche_wechsel WHERE fassung = \(fassung))")
        }
        let columns: SQL = "nr, art, id, pfad, name, zusatz, frueher, name_worte, umfeld_worte, pruefsumme"
        try db.execute(
            """
            INSERT INTO suche_eintrag (\(columns))
            SELECT \(columns) FROM suche_wechsel WHERE fassung = \(fassung) ORDER BY nr
            """)
        try db.execute(
            """
            INSERT INTO suche_inhalt (nr, inhalt)
            SELECT nr, inhalt FROM suche_wechsel WHERE fassung = \(fassung) AND inhalt <> '' ORDER BY nr
            """)
        var keys: [(Int64, Set<String>)] = []
        try db.forEach("SELECT nr, schluessel FROM suche_wechsel WHERE fassung = \(fassung) AND schluessel <> ''") {
            let joined: String = try $0["schluessel"]
            keys.append((try $0["nr"], Set(joined.split(separator: " ").map(String.init))))
        }
        try schreibe(schluessel: keys, in: db)
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
    var nr: Int64
    /// The number under which it was stored before.
    let alt: Int64?
    let code: Int64
    let dokument: Suchdokument
    let nameWorte: String
    let umfeldWorte: String
    let pruefsumme: Int64

    func nummer(versuch: UInt64) -> Int64 {
        Zeilennummer.nummer(dokument.art, rang: dokument.rang, pfad: dokument.pfad, code: code, versuch: versuch)
    }
}
