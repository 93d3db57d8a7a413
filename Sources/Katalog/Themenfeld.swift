package import Formats
package import Kernel
package import Storage
package import Web

/// A bundle of Leistungen as the law's implementation counts them (OZG-Umsetzungskatalog).
package struct OZGLeistung: Sendable, Equatable {
    package let ozgID: String
    package let name: String
    package let lage: Einordnung?
    package let themenfeld: Einordnung?
    /// Leistungen that count: without headings.
    package let leistungen: Int
    /// Katalogstand since which it is gone.
    package let entfallenMit: Int?

    package var pfad: String { "/ozg/\(ozgID)" }
}

extension OZGLeistung: RowDecodable, JSONValue {
    package init(row: Row) throws {
        ozgID = try row["ozg_id"]
        name = try row["name"]
        leistungen = try row["leistungen"]
        entfallenMit = try row["stand_bis"]
        lage = try Einordnung(row, "lage")
        themenfeld = try Einordnung(row, "themenfeld")
    }

    package static let schema = APISchema(
        "OZGLeistung",
        [
            .init("ozgId", .text), .init("name", .text), .init("themenfeld", .verweis("Einordnung"), leerbar: true),
            .init("lage", .verweis("Einordnung"), leerbar: true),
            .init("leistungen", .zahl, "Zahl der Leistungen ohne Überschriften"),
        ])

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("ozgId", ozgID)
            json.field("name", name)
            json.key("themenfeld")
            if let themenfeld { themenfeld.write(to: &json) } else { json.null() }
            json.key("lage")
            if let lage { lage.write(to: &json) } else { json.null() }
            json.field("leistungen", leistungen)
        }
    }
}

/// One of the fields into which the law's implementation is divided, with what belongs to it.
package struct Themenfeld: Sendable, Equatable {
    package let einordnung: Einordnung
    package let ozgLeistungen: Int
    package let leistungen: Int

    package var pfad: String { "/themenfelder/\(einordnung.slug)" }
}

extension Themenfeld: RowDecodable, JSONValue {
    package init(row: Row) throws {
        einordnung = try Einordnung(slug: row["slug"], name: row["name"])
        ozgLeistungen = try row["ozg_leistungen"]
        leistungen = try row["leistungen"]
    }

    package static let schema = APISchema(
        "Themenfeld",
        [
            .init("slug", .text), .init("name", .text), .init("ozgLeistungen", .zahl),
            .init("leistungen", .zahl, "Zahl der Leistungen ohne Überschriften"),
        ])

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("slug", einordnung.slug)
            json.field("name", einordnung.name)
            json.field("ozgLeistungen", ozgLeistungen)
            json.field("leistungen", leistungen)
        }
    }
}

/// What narrows a list of OZG-Leistungen.
package struct OZGFilter: Sendable, Equatable {
    package var eingabe: Sucheingabe?
    package var themenfeld: String?
    package var lage: String?

    package init() {}

    package init(_ abfrage: Abfrage) {
        eingabe = abfrage["q"].map(Sucheingabe.init)
        themenfeld = abfrage["themenfeld"]
        lage = abfrage["lage"]
    }

    var bedingung: SQL {
        var parts: [SQL] = ["ozg_leistung.stand_bis IS NULL"]
        switch eingabe {
        case .schluessel(let digits): parts.append("ozg_leistung.ozg_id LIKE \(digits + "%")")
        case .woerter(let suche):
            parts.append(
                "((\(suche.bedingung(suchname: "ozg_leistung.suchname", sortname: "ozg_leistung.sortname"))) OR \(suche.frueherOZG))"
            )
        case nil: break
        }
        if let themenfeld { parts.append("themenfeld.slug = \(themenfeld)") }
        if let lage { parts.append("lage.slug = \(lage)") }
        return parts.joined(separator: " AND ")
    }
}

/// Every statement that reads OZG-Leistungen, Themenfelder and Lagen.
package enum OZGStore {
    static let columns: SQL = """
        ozg_leistung.ozg_id, ozg_leistung.name, ozg_leistung.stand_bis, lage.slug AS lage_slug, lage.name AS lage_name,
        themenfeld.slug AS themenfeld_slug, themenfeld.name AS themenfeld_name,
        (SELECT count(*) FROM leistung WHERE leistung.ozg_id = ozg_leistung.ozg_id AND leistung.stand_bis IS NULL
            AND NOT leistung.ist_objekt) AS leistungen
        """
    static let quelle: SQL = """
        ozg_leistung LEFT JOIN lage ON lage.slug = ozg_leistung.lage LEFT JOIN themenfeld ON themenfeld.slug = lage.themenfeld
        """

    package static func find(_ ozgID: String, in db: any SQLConnection) throws -> OZGLeistung? {
        try db.first("SELECT \(columns) FROM \(quelle) WHERE ozg_leistung.ozg_id = \(ozgID)")
    }

    package static func count(_ filter: OZGFilter, in db: any SQLConnection) throws -> Int {
        try db.value("SELECT count(*) FROM \(quelle) WHERE \(filter.bedingung)") ?? 0
    }

    package static func page(_ filter: OZGFilter, _ seite: Seite, in db: any SQLConnection) throws -> [OZGLeistung] {
        try db.all("\(liste(filter)) LIMIT \(seite.groesse) OFFSET \(seite.versatz)")
    }

    /// The whole list in the order of its pages, one OZG-Leistung at a time.
    package static func forEach(
        _ filter: OZGFilter, in db: any SQLConnection, _ body: (OZGLeistung) throws -> Void
    ) throws {
        try db.forEach(liste(filter)) { row in try body(OZGLeistung(row: row)) }
    }

    private static func liste(_ filter: OZGFilter) -> SQL {
        let rang: SQL = filter.eingabe?.muster.map { "\($0.rang(suchname: "ozg_leistung.suchname"))," } ?? ""
        return """
            SELECT \(columns) FROM \(quelle) WHERE \(filter.bedingung)
            ORDER BY \(rang) ozg_leistung.sortname, ozg_leistung.ozg_id
            """
    }

    package static func list(
        _ filter: OZGFilter, _ wunsch: Listenwunsch, in db: any SQLConnection
    ) throws -> (eintraege: [OZGLeistung], weiter: String?) {
        let after: SQL = wunsch.nach.map { "ozg_leistung.ozg_id > \($0[0])" } ?? "1 = 1"
        let rows = try db.all(
            """
            SELECT \(columns) FROM \(quelle) WHERE \(filter.bedingung) AND \(after)
            ORDER BY ozg_leistung.ozg_id LIMIT \(wunsch.anzahl + 1)
            """, as: OZGLeistung.self)
        return wunsch.teil(rows) { [$0.ozgID] }
    }

    package static func themenfelder(in db: any SQLConnection) throws -> [Themenfeld] {
        try db.all(
            """
            SELECT themenfeld.slug, themenfeld.name, COALESCE(o.zahl, 0) AS ozg_leistungen, COALESCE(l.zahl, 0) AS leistungen
            FROM themenfeld
            LEFT JOIN (SELECT lage.themenfeld, count(*) AS zahl FROM ozg_leistung JOIN lage ON lage.slug = ozg_leistung.lage
                       WHERE ozg_leistung.stand_bis IS NULL GROUP BY lage.themenfeld) o ON o.themenfeld = themenfeld.slug
            LEFT JOIN (SELECT lage.themenfeld, count(*) AS zahl FROM leistung
                       JOIN ozg_leistung ON ozg_leistung.ozg_id = leistung.ozg_id JOIN lage ON lage.slug = ozg_leistung.lage
                       WHERE leistung.stand_bis IS NULL AND NOT leistung.ist_objekt
                       GROUP BY lage.themenfeld) l ON l.themenfeld = themenfeld.slug
            ORDER BY themenfeld.sortname
            """)
    }

    /// Names of all Themenfelder, for a choice.
    package static func felder(in db: any SQLConnection) throws -> [Einordnung] {
        try db.rows("SELECT slug, name FROM themenfeld ORDER BY sortname").map { row in
            try Einordnung(slug: row["slug"], name: row["name"])
        }
    }

    /// An OZG-Leistung with where it belongs, for counting by facets.
    struct Zuordnung: Sendable {
        let ozgID: String
        let name: String
        let lage: String?
        let themenfeld: String?
    }

    /// Where each OZG-Leistung belongs, by name.
    static func zuordnungen(in db: any SQLConnection) throws -> [Zuordnung] {
        try db.rows(
            """
            SELECT ozg_leistung.ozg_id, ozg_leistung.name, lage.slug, lage.themenfeld FROM ozg_leistung
            LEFT JOIN lage ON lage.slug = ozg_leistung.lage ORDER BY ozg_leistung.sortname, ozg_leistung.ozg_id
            """
        ).map { row in
            try Zuordnung(ozgID: row["ozg_id"], name: row["name"], lage: row["slug"], themenfeld: row["themenfeld"])
        }
    }

    /// Lagen of a Themenfeld, or all, by name.
    package static func lagen(themenfeld: String? = nil, in db: any SQLConnection) throws -> [Einordnung] {
        let filter: SQL = themenfeld.map { "WHERE themenfeld = \($0)" } ?? ""
        return try db.rows("SELECT slug, name FROM lage \(filter) ORDER BY sortname").map { row in
            try Einordnung(slug: row["slug"], name: row["name"])
        }
    }
}
