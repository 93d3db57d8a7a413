import Storage

/// Keeps what OZG-Leistungen said, so that two Katalogstände can be compared.
enum OZGFassungen {
    /// Closes the present Fassung of each with the Katalogstand `bis`, or with the one in which it last stood.
    static func keep(_ ids: [String], bis: Int, in db: any SQLConnection) throws {
        for start in stride(from: 0, to: ids.count, by: 500) {
            let some = Array(ids[start..<min(start + 500, ids.count)])
            try db.execute(
                """
                INSERT INTO ozg_fassung (ozg_id, von, bis, name, sortname, suchname, lage_slug, lage_name, themenfeld_slug,
                                         themenfeld_name)
                SELECT ozg_id, von, bis, name, sortname, suchname, lage_slug, lage_name, themenfeld_slug, themenfeld_name
                FROM (SELECT o.ozg_id, o.name, o.sortname, o.suchname, lage.slug AS lage_slug, lage.name AS lage_name,
                             themenfeld.slug AS themenfeld_slug, themenfeld.name AS themenfeld_name,
                             CASE WHEN o.stand_von > o.letzte THEN o.stand_von
                                  ELSE COALESCE(o.letzte + 1, o.stand_von) END AS von,
                             COALESCE(o.stand_bis - 1, CAST(\(bis) AS BIGINT)) AS bis
                      FROM (SELECT ozg_leistung.*, (SELECT MAX(f.bis) FROM ozg_fassung f
                                                    WHERE f.ozg_id = ozg_leistung.ozg_id) AS letzte
                            FROM ozg_leistung WHERE ozg_id IN (\(some))) AS o
                      LEFT JOIN lage ON lage.slug = o.lage LEFT JOIN themenfeld ON themenfeld.slug = lage.themenfeld
                ) AS bisher
                WHERE von <= bis
                """)
        }
    }
}
