package import Kernel
package import Storage
package import Web

/// What narrows a list of places.
package struct GebietFilter: Sendable, Equatable {
    package var suche: Suchmuster?
    /// Typed digits: the beginning of an ARS or AGS.
    package var schluessel: String?
    package var land: String?
    package var art: Gebiet.Art?
    package var gehoertZu: Gebiet.ID?
    package var aufgeloest = Aufgeloest.nein

    /// Whether closed places are listed.
    package enum Aufgeloest: String, CaseIterable, Sendable {
        case nein, ja, alle

        var wort: String {
            switch self {
            case .nein: "nur bestehende"
            case .ja: "nur aufgelöste"
            case .alle: "bestehende und aufgelöste"
            }
        }
    }

    package init() {}

    /// - Throws: `Refusal.badRequest` for an unknown kind.
    package init(_ abfrage: Abfrage) throws {
        if let typed = abfrage["q"] {
            let digits = typed.filter { !$0.isWhitespace }
            if digits.utf8.allSatisfy({ (48...57).contains($0) }) {
                schluessel = digits
            } else {
                suche = Suchmuster(typed)
            }
        }
        art = try abfrage.auswahl("art")
        aufgeloest = try abfrage.auswahl("aufgeloest") ?? .nein
        if let land = abfrage["land"] {
            guard land.utf8.count == 2, land.utf8.allSatisfy({ (48...57).contains($0) }) else {
                throw Refusal(
                    .badRequest,
                    "„\(land.prefix(20))“ ist kein Schlüssel eines Landes. Gemeint sind zwei Ziffern, z. B. 05.")
            }
            self.land = land
        }
    }

    var bedingung: SQL {
        var parts: [SQL] = []
        switch aufgeloest {
        case .nein: parts.append(Gebiet.gueltig)
        case .ja: parts.append("NOT (\(Gebiet.gueltig))")
        case .alle: break
        }
        if let gesucht {
            parts.append(
                "(\([gesucht, NachfolgeStore.fuehrtHierher(self)].compactMap { $0 }.joined(separator: " OR ")))")
        }
        if let land { parts.append("gebiet.land = \(land)") }
        if let art { parts.append("gebiet.art = \(art)") }
        if let gehoertZu { parts.append("gebiet.gehoert_zu = \(gehoertZu)") }
        return parts.isEmpty ? "1 = 1" : parts.joined(separator: " AND ")
    }

    /// True for places whose own name or key is meant.
    private var gesucht: SQL? {
        if let suche {
            return "(\(suche.bedingung(suchname: "gebiet.suchname", sortname: "gebiet.sortname")))"
        }
        return schluessel.map { key in "gebiet.ars LIKE \(key + "%") OR gebiet.ags LIKE \(key + "%")" }
    }
}

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
        let order: SQL =
            filter.suche.map { "\($0.rang(suchname: "gebiet.suchname")), gebiet.sortname, gebiet.id" }
            ?? "gebiet.sortname, gebiet.id"
        return try db.all(
            """
            SELECT \(Gebiet.columns) FROM gebiet WHERE \(filter.bedingung)
            ORDER BY \(order) LIMIT \(seite.groesse) OFFSET \(seite.versatz)
            """)
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
