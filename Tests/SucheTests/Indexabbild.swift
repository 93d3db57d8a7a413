import Storage

@testable import Suche

/// Everything that an index holds, as lines that can be compared.
enum Indexabbild {
    /// All tables but the counters of the version.
    ///
    /// The number of a row ends in the code of its facets, which is handed out in the order of their first coming;
    /// what it stands for is compared instead.
    ///
    /// - Parameter mitNummern: false leaves out what depends on the ids that each database gives its places.
    static func lies(_ db: any SQLConnection, mitNummern: Bool = true) throws -> [String] {
        let merkmale = try SucheStore.merkmale(in: db)
        var names: [Int64: String] = [:]
        func nummer(_ nr: Int64) throws -> String {
            guard let merkmal = merkmale[nr & Zeilennummer.codemaske] else { return "\(nr) ohne Merkmal" }
            let bare = mitNummern ? "\(nr >> Zeilennummer.codebits) " : ""
            return "\(bare)\(merkmal.themenfeld)/\(merkmal.lage)/\(merkmal.typen)"
        }
        var lines: [String] = []
        for row in try db.rows("SELECT * FROM suche_eintrag ORDER BY art, pfad") {
            let (nr, art, id): (Int64, String, String) = (try row["nr"], try row["art"], try row["id"])
            let (path, name, sum): (String, String, Int64) = (try row["pfad"], try row["name"], try row["pruefsumme"])
            let rest = try ["zusatz", "frueher", "name_worte", "umfeld_worte"].map { column in
                try row[column] as String? ?? "NULL"
            }
            names[nr] = path
            lines.append(
                "eintrag \(art) \(mitNummern ? id : "") \(try nummer(nr)) \(path) \(name) \(rest) \(sum)")
        }
        for row in try db.rows("SELECT schluessel, nr FROM suche_schluessel") {
            lines.append("schluessel \(try row["schluessel"] as String) \(names[try row["nr"]] ?? "ohne Eintrag")")
        }
        for row in try db.rows("SELECT nr, inhalt FROM suche_inhalt") {
            lines.append("inhalt \(names[try row["nr"]] ?? "ohne Eintrag") \(try row["inhalt"] as String)")
        }
        let inhalt = try Suchgedaechtnis().inhalt(in: db)
        for art in Suchdokument.Art.allCases {
            let numbers = inhalt.nummern[art] ?? []
            lines.append("ordnung \(art) \(numbers.compactMap { names[$0] }.sorted())")
            for (feld, stamm, plaetze) in try listen(inhalt, art, in: db) {
                let paths = plaetze.map { names[numbers[$0]] ?? "ohne Eintrag" }.sorted()
                lines.append("liste \(art) \(feld) \(stamm) \(paths)")
            }
        }
        let waiting: Int = try db.value("SELECT count(*) FROM suche_wechsel") ?? 0
        lines.append("wechsel \(waiting)")
        for row in try db.rows("SELECT bereich, form, stamm, anzeige, anzahl FROM suche_wort") {
            lines.append("wort \(row.values)")
        }
        for row in try db.rows("SELECT bereich, stamm, anzahl FROM suche_stamm") { lines.append("stamm \(row.values)") }
        return lines.sorted()
    }

    /// The lists in use, unpacked.
    private static func listen(
        _ inhalt: Suchgedaechtnis.Inhalt, _ art: Suchdokument.Art, in db: any SQLConnection
    ) throws -> [(feld: Int64, stamm: String, plaetze: [Int])] {
        try db.rows(
            """
            SELECT feld, stamm, liste FROM suche_liste
            WHERE fassung = \(inhalt.fassung) AND art = \(art.ziffer) ORDER BY stamm, feld
            """
        ).map { row in
            var set = Treffermenge(umfang: inhalt.nummern[art]?.count ?? 0)
            let packed: Blob = try row["liste"]
            try Wortliste.entpacke(packed.bytes, in: &set)
            var places: [Int] = []
            set.durchlaufe {
                places.append($0)
                return true
            }
            return (try row["feld"], try row["stamm"], places)
        }
    }

    static func lies(_ database: any Database, mitNummern: Bool = true) async throws -> [String] {
        try await database.read { db in try lies(db, mitNummern: mitNummern) }
    }

    /// Builds the index from nothing and reads it.
    static func vonGrundAuf(_ database: any Database) async throws -> [String] {
        try await database.write { db in
            for table in ["eintrag", "schluessel", "inhalt", "liste", "ordnung", "merkmal", "wort", "stamm"] {
                try db.execute(SQL(stringLiteral: "DELETE FROM suche_\(table)"))
            }
            try db.execute("UPDATE suche_stand SET quelle = ''")
        }
        _ = try await Suchindex.standard.nachfuehren(database)
        return try await lies(database)
    }

    /// The first lines in which two differ.
    static func unterschied(_ a: [String], _ b: [String]) -> String {
        let (left, right) = (Set(a), Set(b))
        let only = a.filter { !right.contains($0) }.prefix(4).map { "− \($0.prefix(300))" }
        return (only + b.filter { !left.contains($0) }.prefix(4).map { "+ \($0.prefix(300))" }).joined(separator: "\n")
    }
}
