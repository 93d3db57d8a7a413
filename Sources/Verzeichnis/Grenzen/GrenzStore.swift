import Kernel
package import Storage

/// Which set of boundaries is loaded for one kind of place.
package struct Grenzstand: Sendable, Equatable, RowDecodable {
    package let vermerk: String
    /// The number of the load that brought it.
    package let nummer: Int

    package init(row: Row) throws {
        vermerk = try row["vermerk"]
        nummer = try row["nummer"]
    }
}

/// A place in a drawing, with the bytes of its shape.
struct Grenzgebiet: Sendable {
    let schluessel: String
    let rahmen: Rahmen
    let flaechen: Blob
    /// Nil for a key that the directory does not know.
    var gebiet: Gebiet?
}

/// Every statement that reads boundaries; `Grenzplan` alone writes them.
package enum GrenzStore {
    package static func stand(_ ebene: Grenzebene, in db: any SQLConnection) throws -> Grenzstand? {
        try db.first("SELECT vermerk, nummer FROM grenzstand WHERE ebene = \(ebene)")
    }

    /// Keys of the places that share a line with this one, in order.
    package static func nachbarn(
        _ schluessel: String, _ ebene: Grenzebene, in db: any SQLConnection
    ) throws -> [String] {
        try db.rows(
            """
            SELECT bis AS nachbar FROM grenzlinie WHERE ebene = \(ebene) AND von = \(schluessel) AND bis <> \(schluessel)
            UNION SELECT von FROM grenzlinie WHERE ebene = \(ebene) AND bis = \(schluessel) AND von <> \(schluessel)
            ORDER BY nachbar
            """
        ).map { try $0["nachbar"] }
    }

    /// Keys of all valid places that a complete set has a boundary for.
    static func schluesselImVerzeichnis(_ ebene: Grenzebene, in db: any SQLConnection) throws -> Set<String> {
        let keys: SQL =
            switch ebene {
            case .gemeinden: "SELECT ags AS schluessel FROM gebiet WHERE ags IS NOT NULL AND gueltig_bis IS NULL"
            case .kreise:
                """
                SELECT substr(ars, 1, 5) AS schluessel FROM gebiet
                WHERE art IN (\([Gebiet.Art.kreis, .kreisfreieStadt])) AND gueltig_bis IS NULL
                """
            case .laender:
                "SELECT ars AS schluessel FROM gebiet WHERE art = \(Gebiet.Art.land) AND gueltig_bis IS NULL"
            }
        return Set(try db.rows(keys).map { try $0["schluessel"] as String })
    }

    static func gebiet(_ schluessel: String, _ ebene: Grenzebene, in db: any SQLConnection) throws -> Grenzgebiet? {
        try db.rows("SELECT \(spalten) FROM grenze WHERE ebene = \(ebene) AND schluessel = \(schluessel)")
            .first.map(grenzgebiet)
    }

    private static let spalten: SQL = "schluessel, west, sued, ost, nord, flaechen"

    private static func grenzgebiet(_ row: Row) throws -> Grenzgebiet {
        try Grenzgebiet(
            schluessel: row["schluessel"], rahmen: rahmen(row), flaechen: row["flaechen"], gebiet: nil)
    }

    private static func rahmen(_ row: Row) throws -> Rahmen {
        try Rahmen(west: row["west"], sued: row["sued"], ost: row["ost"], nord: row["nord"])
    }

    /// All places whose frame touches a rectangle, by key, with their entries of the directory.
    static func gebiete(
        in rahmen: Rahmen, _ ebene: Grenzebene, in db: any SQLConnection
    ) throws -> [Grenzgebiet] {
        let found = try db.rows(
            """
            SELECT \(spalten) FROM grenze WHERE ebene = \(ebene) AND west <= \(rahmen.ost) AND ost >= \(rahmen.west)
            AND sued <= \(rahmen.nord) AND nord >= \(rahmen.sued) ORDER BY schluessel
            """
        ).map(grenzgebiet)
        var places: [String: Gebiet] = [:]
        try db.forEach(
            """
            SELECT \(Gebiet.columns), grenze_sicht.schluessel FROM grenze_sicht
            JOIN gebiet ON gebiet.id = grenze_sicht.gebiet
            WHERE grenze_sicht.ebene = \(ebene) AND grenze_sicht.schluessel IN (\(found.map(\.schluessel)))
            """
        ) { row in places[try row["schluessel"]] = try Gebiet(row: row) }
        return found.map { place in
            var place = place
            place.gebiet = places[place.schluessel]
            return place
        }
    }

    /// The lines of some places by number.
    static func linien(
        _ schluessel: [String], _ ebene: Grenzebene, in db: any SQLConnection
    ) throws -> [Int: Blob] {
        var lines: [Int: Blob] = [:]
        try db.forEach(
            """
            SELECT nummer, punkte FROM grenzlinie
            WHERE ebene = \(ebene) AND (von IN (\(schluessel)) OR bis IN (\(schluessel)))
            """
        ) { row in lines[try row["nummer"]] = try row["punkte"] }
        return lines
    }

    /// The map of all places whose key begins so, as TopoJSON; nil when there are none.
    static func topologie(
        _ ebene: Grenzebene, beginn: String, stufe: Int, vermerk: String, in db: any SQLConnection
    ) throws -> [UInt8]? {
        // Keys are digits: those that begin with "05" lie from "05" up to, not including, "05:".
        let ende = beginn + ":"
        var map = Topologieschreiber(ebene: ebene, stufe: stufe)
        try db.forEach(
            """
            SELECT grenze.schluessel, grenze.flaechen, grenze.west, grenze.sued, grenze.ost, grenze.nord,
                   grenze_sicht.ars, grenze_sicht.name
            FROM grenze JOIN grenze_sicht
                ON grenze_sicht.ebene = grenze.ebene AND grenze_sicht.schluessel = grenze.schluessel
            WHERE grenze.ebene = \(ebene) AND grenze.schluessel >= \(beginn) AND grenze.schluessel < \(ende)
            ORDER BY grenze.schluessel
            """
        ) { row in
            try map.add(
                schluessel: row["schluessel"], ars: row["ars"], name: row["name"], flaechen: row["flaechen"],
                rahmen: rahmen(row))
        }
        guard !map.istLeer else { return nil }
        map.nummeriere()
        try db.forEach(
            """
            SELECT nummer, punkte FROM grenzlinie
            WHERE ebene = \(ebene)
              AND ((von >= \(beginn) AND von < \(ende)) OR (bis >= \(beginn) AND bis < \(ende)))
            ORDER BY nummer
            """
        ) { row in try map.add(linie: row["nummer"], punkte: row["punkte"]) }
        return map.dokument(vermerk: vermerk)
    }
}
