import Kernel
package import Storage
package import Web

/// Every statement that reads the `gebiet` table; the import alone writes it.
package enum GebietStore {
    package static func find(_ id: Gebiet.ID, in db: any SQLConnection) throws -> Gebiet? {
        try db.first("SELECT \(Gebiet.columns) FROM gebiet WHERE id = \(id)")
    }

    /// The place of a key in any spelling: natural length, padded with zeros, shortened (kreisfreie Stadt), or AGS.
    ///
    /// A kreisfreie Stadt is found under 5, 9 and 12 digits; a padded Kreis key finds the Kreis. A key that a place bore
    /// before finds it, or the closed place that bore it.
    package static func find(schluessel: String, in db: any SQLConnection) throws -> Gebiet? {
        let key = schluessel.filter { !$0.isWhitespace }
        guard (2...12).contains(key.utf8.count), key.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        var candidates = [key]
        if key.utf8.count >= 5 { candidates.append(key + String(repeating: "0", count: 12 - key.utf8.count)) }
        let nearest = candidates
        for length in [9, 5, 3, 2] where length < key.utf8.count {
            if key.dropFirst(length).allSatisfy({ $0 == "0" }) { candidates.append(String(key.prefix(length))) }
        }
        let found = try db.all(
            "SELECT \(Gebiet.columns) FROM gebiet WHERE ars IN (\(candidates)) OR ags = \(key)", as: Gebiet.self)
        func first(of keys: [String]) -> Gebiet? {
            keys.compactMap { candidate in found.first { $0.ars == candidate } }.first
        }
        // Berlin and Hamburg: the Stadt's own spellings come before the Land that a shortened key would give.
        return try first(of: nearest) ?? found.first { $0.ags == key && $0.istGueltig } ?? first(of: candidates)
            ?? found.first ?? NachfolgeStore.find(frueher: key, in: db)
    }

    package static func count(_ filter: GebietFilter, in db: any SQLConnection) throws -> Int {
        try db.value("SELECT count(*) FROM gebiet WHERE \(filter.bedingung)") ?? 0
    }

    /// One page of places, the best match first where something was searched, else by name.
    package static func page(_ filter: GebietFilter, _ seite: Seite, in db: any SQLConnection) throws -> [Gebiet] {
        try db.all("\(liste(filter)) LIMIT \(seite.groesse) OFFSET \(seite.versatz)")
    }

    /// The whole list in the order of its pages, one place at a time.
    package static func forEach(_ filter: GebietFilter, in db: any SQLConnection, _ body: (Gebiet) throws -> Void)
        throws
    {
        try db.forEach(liste(filter)) { row in try body(Gebiet(row: row)) }
    }

    private static func liste(_ filter: GebietFilter) -> SQL {
        "SELECT \(Gebiet.columns) FROM gebiet WHERE \(filter.bedingung) ORDER BY \(filter.ordnung)"
    }

    /// Places after a cursor of sort name and id, with the cursor of the last one.
    package static func list(
        _ filter: GebietFilter, _ wunsch: Listenwunsch, in db: any SQLConnection
    ) throws -> (eintraege: [Gebiet], weiter: String?) {
        let after = wunsch.bedingung(sortname: "gebiet.sortname", id: "gebiet.id")
        let rows = try db.all(
            """
            SELECT \(Gebiet.columns) FROM gebiet WHERE \(filter.bedingung) AND \(after)
            ORDER BY gebiet.sortname, gebiet.id LIMIT \(wunsch.anzahl + 1)
            """, as: Gebiet.self)
        return wunsch.teil(rows) { [Faltung.sort($0.name), $0.id.rawValue] }
    }

    /// From the Land down to the place above this one.
    package static func ahnen(_ gebiet: Gebiet, in db: any SQLConnection) throws -> [Gebiet] {
        var ahnen: [Gebiet] = []
        var next = gebiet.gehoertZu
        while let id = next, ahnen.count < 8, let above = try find(id, in: db) {
            ahnen.insert(above, at: 0)
            next = above.gehoertZu
        }
        return ahnen
    }

    /// Places directly below, by kind and name.
    package static func kinder(_ gebiet: Gebiet, in db: any SQLConnection) throws -> [Gebiet] {
        try db.all(
            """
            SELECT \(Gebiet.columns) FROM gebiet WHERE gehoert_zu = \(gebiet.id) AND \(Gebiet.gueltig)
            ORDER BY sortname, id
            """)
    }

    package static func laender(in db: any SQLConnection) throws -> [Gebiet] {
        try db.all(
            "SELECT \(Gebiet.columns) FROM gebiet WHERE art = \(Gebiet.Art.land) AND \(Gebiet.gueltig) ORDER BY sortname"
        )
    }
}
