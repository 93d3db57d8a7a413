import Katalog
package import Storage

/// The Leistungen of the newest Katalogstand and the provisional ones.
package struct Leistungsquelle: Suchquelle {
    package let art = Suchdokument.Art.leistung
    static let portion = 1_000

    package init() {}

    /// Provisional entries come without a load.
    package func kennzeichen(in db: any SQLConnection) throws -> String? {
        let count: Int = try db.value("SELECT count(*) FROM leistung_sicht WHERE vorlaeufig") ?? 0
        return count == 0 ? nil : "vorläufig \(count)"
    }

    package func portion(
        nach marke: [String]?, in db: any SQLConnection
    ) throws -> (dokumente: [Suchdokument], weiter: [String]?) {
        let rows = try db.rows(
            """
            SELECT id, schluessel, name, typen, rechtsgrundlage, ist_objekt, ozg_id, ozg_name, lage, lage_name, themenfeld,
                   themenfeld_name
            FROM leistung_suche_sicht WHERE id > \(marke?.first ?? "") ORDER BY id LIMIT \(Leistungsquelle.portion)
            """)
        let former = try Fruehere.namen(
            "SELECT leistung AS id, name FROM leistung_fassung_sicht WHERE leistung IN (\(try rows.map { try $0["id"] as String })) ORDER BY leistung, bis",
            in: db)
        let documents = try rows.map { row in
            let (bundle, lage, field): (String?, String?, String?) = (
                try row["ozg_name"], try row["lage_name"], try row["themenfeld_name"]
            )
            let (id, name): (String, String) = (try row["id"], try row["name"])
            let law: String? = try row["rechtsgrundlage"]
            return Suchdokument(
                art: .leistung, id: id, pfad: "/leistungen/\(id)",
                schluessel: [try row["schluessel"] as String?].compactMap { $0 }, name: name,
                zusatz: [bundle, field].compactMap { $0 }.joined(separator: " · ").nilWennLeer,
                frueher: former[id] ?? [], umfeld: [bundle, lage, field].compactMap { $0 },
                text: law.map(Leistungsquelle.ohneAdressen) ?? "",
                merkmal: Merkmal(
                    themenfeld: try row["themenfeld"] ?? "", lage: try row["lage"] ?? "",
                    typen: Typisierung.codes(try row["typen"])),
                rang: Suchrang.nachWoertern(name))
        }
        return (documents, rows.count < Leistungsquelle.portion ? nil : documents.last.map { [$0.id] })
    }

    /// Laws are named with the address of their text in brackets, which nobody searches for.
    static func ohneAdressen(_ law: String) -> String {
        var result = ""
        var isAddress = false
        for character in law {
            if character == "[" {
                isAddress = true
            } else if character == "]" {
                isAddress = false
            } else if !isAddress {
                result.append(character)
            }
        }
        return result
    }
}

/// The OZG-Leistungen, found also by the names of their Leistungen.
package struct OZGQuelle: Suchquelle {
    package let art = Suchdokument.Art.ozg
    static let portion = 200

    package init() {}

    package func kennzeichen(in db: any SQLConnection) throws -> String? { nil }

    package func portion(
        nach marke: [String]?, in db: any SQLConnection
    ) throws -> (dokumente: [Suchdokument], weiter: [String]?) {
        let rows = try db.rows(
            """
            SELECT ozg_id, name, lage, lage_name, themenfeld, themenfeld_name FROM ozg_leistung_suche_sicht
            WHERE ozg_id > \(marke?.first ?? "") ORDER BY ozg_id LIMIT \(OZGQuelle.portion)
            """)
        let ids: [String] = try rows.map { try $0["ozg_id"] }
        var members: [String: [String]] = [:]
        try db.forEach(
            "SELECT ozg_id, name FROM leistung_suche_sicht WHERE ozg_id IN (\(ids)) ORDER BY ozg_id, id"
        ) { row in
            let id: String = try row["ozg_id"]
            // A bundle of hundreds is not found better by all of them.
            if members[id, default: []].count < 200 { members[id, default: []].append(try row["name"]) }
        }
        let former = try Fruehere.namen(
            "SELECT ozg_id AS id, name FROM ozg_fassung_sicht WHERE ozg_id IN (\(ids)) ORDER BY ozg_id, bis", in: db)
        let documents = try rows.map { row in
            let (lage, field): (String?, String?) = (try row["lage_name"], try row["themenfeld_name"])
            let (id, name): (String, String) = (try row["ozg_id"], try row["name"])
            return Suchdokument(
                art: .ozg, id: id, pfad: "/ozg/\(id)", schluessel: [id], name: name,
                zusatz: [lage, field].compactMap { $0 }.joined(separator: " · ").nilWennLeer,
                frueher: former[id] ?? [], umfeld: [lage, field].compactMap { $0 },
                text: (members[id] ?? []).joined(separator: "; "),
                merkmal: Merkmal(themenfeld: try row["themenfeld"] ?? "", lage: try row["lage"] ?? ""),
                rang: Suchrang.nachWoertern(name))
        }
        return (documents, rows.count < OZGQuelle.portion ? nil : documents.last.map { [$0.id] })
    }
}

/// Names that things had before, so that they are still found by them.
enum Fruehere {
    /// - Parameter sql: gives `id` and `name`.
    static func namen(_ sql: SQL, in db: any SQLConnection) throws -> [String: [String]] {
        var found: [String: [String]] = [:]
        try db.forEach(sql) { row in
            let (id, name): (String, String) = (try row["id"], try row["name"])
            if found[id]?.contains(name) != true { found[id, default: []].append(name) }
        }
        return found
    }
}

/// The order in which things of one kind are looked at before they are weighed.
enum Suchrang {
    /// Short names first.
    static func nachWoertern(_ name: String) -> Int { min(Wortform.woerter(in: name, hoechstens: 63).count, 63) }

    /// Large places first: half as many people, two ranks later.
    static func nachEinwohnern(_ count: Int?) -> Int {
        guard let count, count > 0 else { return 63 }
        return max(0, 62 - 2 * (Int.bitWidth - count.leadingZeroBitCount))
    }
}

extension String {
    var nilWennLeer: String? { isEmpty ? nil : self }
}
