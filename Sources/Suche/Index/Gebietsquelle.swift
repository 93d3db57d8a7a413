package import Storage
import Verzeichnis

/// The places in force.
package struct Gebietsquelle: Suchquelle {
    package let art = Suchdokument.Art.gebiet
    static let portion = 2_000

    package init() {}

    package func kennzeichen(in db: any SQLConnection) throws -> String? { nil }

    package func portion(
        nach marke: [String]?, in db: any SQLConnection
    ) throws -> (dokumente: [Suchdokument], weiter: [String]?) {
        let rows = try db.rows(
            """
            SELECT g.id, g.ars, g.ags, g.name, g.art, g.einwohner, g.land, o.name AS ueber_name, o.art AS ueber_art,
                   l.name AS land_name
            FROM gebiet_sicht g LEFT JOIN gebiet_sicht o ON o.id = g.gehoert_zu
            LEFT JOIN gebiet_sicht l ON l.ars = g.land
            WHERE g.gueltig_bis IS NULL AND g.id > \(marke?.first ?? "") ORDER BY g.id LIMIT \(Gebietsquelle.portion)
            """)
        let ids: [String] = try rows.map { try $0["id"] }
        let names = try Fruehere.namen(
            "SELECT nachfolger AS id, name FROM gebiet_nachfolge_sicht WHERE nachfolger IN (\(ids)) ORDER BY sortname, name",
            in: db)
        let keys = try Fruehere.namen(
            """
            SELECT nachfolger AS id, ars AS name FROM gebiet_nachfolge_sicht WHERE nachfolger IN (\(ids)) AND ars IS NOT NULL
            UNION SELECT nachfolger, ags FROM gebiet_nachfolge_sicht WHERE nachfolger IN (\(ids)) AND ags IS NOT NULL
            ORDER BY name
            """, in: db)
        let documents = try rows.map { row in
            let art: Gebiet.Art = try row["art"]
            let (above, land): (String?, String?) = (try row["ueber_name"], try row["land_name"])
            let aboveArt: Gebiet.Art? = try row["ueber_art"]
            let where_ = [above.map { aboveArt == .kreis ? "Kreis \($0)" : $0 }, land].compactMap { $0 }
            let (id, name): (String, String) = (try row["id"], try row["name"])
            let (ars, ags): (String?, String?) = (try row["ars"], try row["ags"])
            return Suchdokument(
                art: .gebiet, id: id, pfad: "/gebiete/\(ars ?? ags ?? id)",
                schluessel: [ars, ags].compactMap { $0 } + (keys[id] ?? []),
                name: name,
                zusatz: ([art.wort] + where_.ohneDoppelte).joined(separator: ", "),
                frueher: (names[id] ?? []).filter { $0 != name }, umfeld: [art.wort] + where_.ohneDoppelte,
                rang: Suchrang.nachEinwohnern(try row["einwohner"]))
        }
        let last: String? = try rows.last.map { try $0["id"] }
        return (documents, rows.count < Gebietsquelle.portion ? nil : last.map { [$0] })
    }
}

extension [String] {
    /// Each once, in the order of its first place.
    fileprivate var ohneDoppelte: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
