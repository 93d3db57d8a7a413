import Kernel
package import Storage

/// Every statement that reads the successions and former names of places.
package enum NachfolgeStore {
    private struct Kante {
        let von: Gebiet.ID
        let nach: Gebiet.ID
        /// The place at the far end, seen from where the search began.
        let gebiet: Gebiet
        let wirksamAm: Tag?
        let art: String?
        let erschlossen: Bool
    }

    /// A chain of mergers is short; more steps would be a fault of the data.
    private static let hoechstens = 30

    /// What became of each of the places, and what each was before.
    package static func folgen(
        zu gebiete: [Gebiet], in db: any SQLConnection
    ) throws -> [Gebiet.ID: Gebietsfolge] {
        guard !gebiete.isEmpty else { return [:] }
        let ids = gebiete.map(\.id)
        let weiter = try kanten(ab: gebiete.filter { !$0.istGueltig }.map(\.id), vorwaerts: true, in: db)
        let zurueck = try kanten(ab: ids, vorwaerts: false, in: db)
        var frueher: [Gebiet.ID: [Gebietsfolge.Frueher]] = [:]
        for row in try db.rows(
            "SELECT gebiet, ars, name, bis FROM gebiet_frueher WHERE gebiet IN (\(ids)) ORDER BY bis, sortname, ars")
        {
            frueher[try row["gebiet"], default: []].append(try Gebietsfolge.Frueher(row: row))
        }
        var found: [Gebiet.ID: Gebietsfolge] = [:]
        for gebiet in gebiete {
            var folge = Gebietsfolge()
            folge.frueher = frueher[gebiet.id] ?? []
            folge.vorgaenger = sortiert(erreichbar(ab: gebiet.id, zurueck).map(\.gebiet))
            if !gebiet.istGueltig {
                let steps = erreichbar(ab: gebiet.id, weiter)
                let valid = steps.map(\.gebiet).filter(\.istGueltig)
                let ends = valid.isEmpty ? steps.map(\.gebiet).filter { weiter[$0.id] == nil } : valid
                folge.nachfolger = sortiert(ends)
                folge.ueber = sortiert(steps.map(\.gebiet).filter { step in !ends.contains { $0.id == step.id } })
                let own = weiter[gebiet.id] ?? []
                folge.wirksamAm = own.compactMap(\.wirksamAm).max()
                folge.art = own.compactMap(\.art).first
                folge.istErschlossen = !own.isEmpty && own.allSatisfy(\.erschlossen)
            }
            found[gebiet.id] = folge
        }
        return found
    }

    package static func folge(zu gebiet: Gebiet, in db: any SQLConnection) throws -> Gebietsfolge {
        try folgen(zu: [gebiet], in: db)[gebiet.id] ?? Gebietsfolge()
    }

    /// The place that bore an ARS before, or a closed one that is known by its AGS alone.
    static func find(frueher key: String, in db: any SQLConnection) throws -> Gebiet? {
        guard [5, 9, 12].contains(key.utf8.count) else { return nil }
        let padded = key + String(repeating: "0", count: 12 - key.utf8.count)
        let renamed = try db.all(
            """
            SELECT \(Gebiet.columns) FROM gebiet
            WHERE gebiet.id IN (SELECT gebiet_frueher.gebiet FROM gebiet_frueher WHERE gebiet_frueher.ars = \(padded))
            ORDER BY gebiet.id LIMIT 2
            """, as: Gebiet.self)
        if renamed.count == 1 { return renamed[0] }
        // The AGS is the ARS without the four digits of the Verband, which nobody told for such a place.
        var candidates = [String(padded.prefix(5) + padded.suffix(3))]
        if padded.hasSuffix("0000") { candidates.append(String(padded.prefix(8))) }
        let closed = try db.all(
            """
            SELECT \(Gebiet.columns) FROM gebiet WHERE gebiet.ars IS NULL AND gebiet.ags IN (\(candidates))
            ORDER BY gebiet.id LIMIT 2
            """, as: Gebiet.self)
        return closed.count == 1 ? closed[0] : nil
    }

    /// True for valid places that a former name or key leads to.
    static func fuehrtHierher(_ filter: GebietFilter) -> SQL? {
        guard let treffer = treffer(filter) else { return nil }
        return """
            gebiet.id IN (SELECT gebiet_nachfolge_sicht.nachfolger FROM gebiet_nachfolge_sicht WHERE \(treffer))
            """
    }

    /// Why places were found that do not bear what was searched for: "Tastrup", "Tastrup (01059101)".
    static func gruende(
        _ filter: GebietFilter, zu gebiete: [Gebiet], in db: any SQLConnection
    ) throws -> [Gebiet.ID: [String]] {
        guard let treffer = treffer(filter), !gebiete.isEmpty else { return [:] }
        let names = Dictionary(uniqueKeysWithValues: gebiete.map { ($0.id, Faltung.suche($0.name)) })
        var found: [Gebiet.ID: [String]] = [:]
        for row in try db.rows(
            """
            SELECT DISTINCT name, suchname, sortname, ars, ags, nachfolger FROM gebiet_nachfolge_sicht
            WHERE \(treffer) AND nachfolger IN (\(gebiete.map(\.id))) ORDER BY sortname, ars, ags
            """)
        {
            let (id, name): (Gebiet.ID, String) = (try row["nachfolger"], try row["name"])
            let hiess = names[id] != (try row["suchname"] as String)
            var text = hiess ? name : nil
            if let typed = filter.eingabe?.schluessel {
                let keys: [String?] = [try row["ags"], try row["ars"]]
                let key = keys.compactMap { $0 }.first { $0.hasPrefix(typed) } ?? typed
                text = hiess ? "\(name) (\(key))" : key
            }
            if let text, found[id]?.contains(text) != true { found[id, default: []].append(text) }
        }
        return found
    }

    private static func treffer(_ filter: GebietFilter) -> SQL? {
        if let suche = filter.eingabe?.muster {
            return suche.bedingung(
                suchname: "gebiet_nachfolge_sicht.suchname", sortname: "gebiet_nachfolge_sicht.sortname")
        }
        return filter.eingabe?.schluessel.map { key in
            "(gebiet_nachfolge_sicht.ars LIKE \(key + "%") OR gebiet_nachfolge_sicht.ags LIKE \(key + "%"))"
        }
    }

    /// All steps that lead on from closed places, or back from any, by the place where each begins.
    private static func kanten(
        ab start: [Gebiet.ID], vorwaerts: Bool, in db: any SQLConnection
    ) throws -> [Gebiet.ID: [Kante]] {
        var found: [Gebiet.ID: [Kante]] = [:]
        var (frontier, seen) = (start, Set(start))
        for _ in 0..<hoechstens where !frontier.isEmpty {
            let steps = try schritt(ab: frontier, vorwaerts: vorwaerts, in: db)
            frontier = []
            for step in steps {
                found[vorwaerts ? step.von : step.nach, default: []].append(step)
                // The way ends at a place that is valid.
                if !step.gebiet.istGueltig, seen.insert(step.gebiet.id).inserted { frontier.append(step.gebiet.id) }
            }
        }
        return found
    }

    private static func schritt(ab ids: [Gebiet.ID], vorwaerts: Bool, in db: any SQLConnection) throws -> [Kante] {
        let (near, far): (SQL, SQL) = vorwaerts ? ("gebiet", "nachfolger") : ("nachfolger", "gebiet")
        // Looking back, a place that is still valid is no predecessor yet.
        let closed: SQL = vorwaerts ? "" : " AND NOT (\(Gebiet.gueltig))"
        return try db.rows(
            """
            SELECT gebiet_nachfolge.gebiet AS von, gebiet_nachfolge.nachfolger AS nach, gebiet_nachfolge.wirksam_am,
                   gebiet_nachfolge.art AS aenderung, gebiet_nachfolge.quelle, \(Gebiet.columns)
            FROM gebiet_nachfolge JOIN gebiet ON gebiet.id = gebiet_nachfolge.\(far)
            WHERE gebiet_nachfolge.\(near) IN (\(ids))\(closed)
            ORDER BY gebiet_nachfolge.gebiet, gebiet_nachfolge.nachfolger
            """
        ).map { row in
            try Kante(
                von: row["von"], nach: row["nach"], gebiet: Gebiet(row: row), wirksamAm: row["wirksam_am"],
                art: row["aenderung"], erschlossen: row["quelle"] as String == "gemeindeverzeichnis")
        }
    }

    private static func erreichbar(ab start: Gebiet.ID, _ kanten: [Gebiet.ID: [Kante]]) -> [Kante] {
        var (todo, seen, steps): ([Gebiet.ID], Set<Gebiet.ID>, [Kante]) = ([start], [start], [])
        while let id = todo.popLast() {
            for step in kanten[id] ?? [] where seen.insert(step.gebiet.id).inserted {
                steps.append(step)
                todo.append(step.gebiet.id)
            }
        }
        return steps
    }

    private static func sortiert(_ gebiete: [Gebiet]) -> [Gebiet] {
        gebiete.map { ($0, Faltung.sort($0.name)) }.sorted { ($0.1, $0.0.id.rawValue) < ($1.1, $1.0.id.rawValue) }
            .map(\.0)
    }
}
