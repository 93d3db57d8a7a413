import Storage

/// What a Leistung said in a Katalogstand.
struct LeistungFassung: Sendable, Equatable {
    let name: String
    let typen: String
    let ozgID: String?
    let rechtsgrundlage: String?
}

/// What an OZG-Leistung said in a Katalogstand.
struct OZGFassung: Sendable, Equatable {
    let name: String
    let lage: Einordnung?
    let themenfeld: Einordnung?
}

/// Reads the catalogue as a Katalogstand had it: from a Fassung where one was kept, else from the entry itself, which
/// holds since its last Fassung.
enum FassungStore {
    static func ozg(im stand: Int, in db: any SQLConnection) throws -> [String: OZGFassung] {
        var found: [String: OZGFassung] = [:]
        try db.forEach(
            """
            SELECT ozg_id, name, lage_slug, lage_name, themenfeld_slug, themenfeld_name FROM ozg_fassung
            WHERE von <= \(stand) AND bis >= \(stand)
            UNION ALL
            SELECT o.ozg_id, o.name, lage.slug, lage.name, themenfeld.slug, themenfeld.name
            FROM ozg_leistung o LEFT JOIN lage ON lage.slug = o.lage
            LEFT JOIN themenfeld ON themenfeld.slug = lage.themenfeld
            WHERE o.stand_von <= \(stand) AND (o.stand_bis IS NULL OR o.stand_bis > \(stand))
              AND NOT EXISTS (SELECT 1 FROM ozg_fassung f WHERE f.ozg_id = o.ozg_id AND f.bis >= \(stand))
            """
        ) { row in
            found[try row["ozg_id"]] = try OZGFassung(
                name: row["name"], lage: Einordnung(row, "lage"), themenfeld: Einordnung(row, "themenfeld"))
        }
        return found
    }

    /// Only Leistungen that may differ in the two Katalogstände; provisional entries are in none.
    static func leistungen(
        im stand: Int, zwischen staende: (von: Int, bis: Int), in db: any SQLConnection
    ) throws -> [String: LeistungFassung] {
        let (von, bis) = staende
        let kandidaten: SQL = """
            SELECT leistung FROM leistung_fassung
            WHERE NOT vorlaeufig AND ((bis >= \(von) AND bis < \(bis)) OR (von > \(von) AND von <= \(bis)))
            UNION
            SELECT id FROM leistung
            WHERE NOT vorlaeufig AND ((stand_von > \(von) AND stand_von <= \(bis))
                                      OR (stand_bis > \(von) AND stand_bis <= \(bis)))
            """
        var found: [String: LeistungFassung] = [:]
        try db.forEach(
            """
            SELECT leistung AS id, name, typen, ozg_id, rechtsgrundlage FROM leistung_fassung
            WHERE NOT vorlaeufig AND von <= \(stand) AND bis >= \(stand) AND leistung IN (\(kandidaten))
            UNION ALL
            SELECT id, name, typen, ozg_id, rechtsgrundlage FROM leistung
            WHERE NOT vorlaeufig AND stand_von <= \(stand) AND (stand_bis IS NULL OR stand_bis > \(stand))
              AND NOT EXISTS (SELECT 1 FROM leistung_fassung f WHERE f.leistung = leistung.id AND f.bis >= \(stand))
              AND id IN (\(kandidaten))
            """
        ) { row in
            found[try row["id"]] = try LeistungFassung(
                name: row["name"], typen: row["typen"], ozgID: row["ozg_id"], rechtsgrundlage: row["rechtsgrundlage"])
        }
        return found
    }
}
