import Crypto
package import Formats
import Kernel
package import Storage
package import Web

/// One administrative service of the catalogue.
package struct Leistung: Sendable, Equatable {
    /// The key where there is one, else `o-` and 12 hex digits.
    package struct ID: RawRepresentable, Hashable, SQLConvertible {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        package init(_ schluessel: Leistungsschluessel) { rawValue = schluessel.rawValue }

        /// The stable id of a Leistung without a key: `nummer` counts equal pairs of name and OZG-ID from 1.
        package init(ohneSchluessel name: String, ozgID: String?, nummer: Int) {
            let text = [name, ozgID ?? "", String(nummer)].joined(separator: "\n")
            rawValue = "o-" + SHA256.hash(data: Array(text.utf8)).prefix(6).hex
        }
    }

    package let id: ID
    package let schluessel: Leistungsschluessel?
    package let name: String
    /// Codes of the Typisierung, e.g. `["1", "2/3"]`; they do not say who executes.
    package let typen: [String]
    package let ozgID: String?
    package let ozgName: String?
    package let themenfeld: Einordnung?
    package let lage: Einordnung?
    package let rechtsgrundlage: String?
    /// A bare object beside its own Verrichtungen: a heading, searchable but never counted.
    package let istObjekt: Bool
    /// Entered from an authority's list before any Katalogstand knew the key.
    package let istVorlaeufig: Bool
    /// Katalogstand since which it is gone.
    package let entfallenMit: Int?

    package var pfad: String { "/leistungen/\(id.rawValue)" }
}

/// Themenfeld or Lage by address and name.
package struct Einordnung: Sendable, Hashable, JSONValue {
    package let slug: String
    package let name: String

    package init(slug: String, name: String) { (self.slug, self.name) = (slug, name) }

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("slug", slug)
            json.field("name", name)
        }
    }
}

extension Leistung: RowDecodable {
    static let columns: SQL = """
        leistung.id, leistung.schluessel, leistung.name, leistung.typen, leistung.ozg_id, leistung.rechtsgrundlage,
        leistung.ist_objekt, leistung.vorlaeufig, leistung.stand_bis, ozg_leistung.name AS ozg_name,
        lage.slug AS lage_slug, lage.name AS lage_name, themenfeld.slug AS themenfeld_slug, themenfeld.name AS themenfeld_name
        """

    static let quelle: SQL = """
        leistung LEFT JOIN ozg_leistung ON ozg_leistung.ozg_id = leistung.ozg_id
        LEFT JOIN lage ON lage.slug = ozg_leistung.lage LEFT JOIN themenfeld ON themenfeld.slug = lage.themenfeld
        """

    package init(row: Row) throws {
        id = try row["id"]
        schluessel = try row["schluessel"]
        name = try row["name"]
        typen = Typisierung.codes(try row["typen"])
        ozgID = try row["ozg_id"]
        ozgName = try row["ozg_name"]
        rechtsgrundlage = try row["rechtsgrundlage"]
        istObjekt = try row["ist_objekt"]
        istVorlaeufig = try row["vorlaeufig"]
        entfallenMit = try row["stand_bis"]
        lage = try Einordnung(row, "lage")
        themenfeld = try Einordnung(row, "themenfeld")
    }
}

extension Einordnung {
    /// Reads `…_slug` and `…_name`, nil where the Leistung belongs nowhere.
    init?(_ row: Row, _ prefix: String) throws {
        let (slug, name): (String?, String?) = (try row[prefix + "_slug"], try row[prefix + "_name"])
        guard let slug, let name else { return nil }
        self.init(slug: slug, name: name)
    }
}

extension Leistung: JSONValue {
    package static let schema = APISchema(
        "Leistung",
        [
            .init("id", .text), .init("schluessel", .text, leerbar: true, "Leistungsschlüssel, 14 Ziffern"),
            .init("name", .text), .init("typ", .feld(.text)), .init("ozgId", .text, leerbar: true),
            .init("themenfeld", .verweis("Einordnung"), leerbar: true),
            .init("lage", .verweis("Einordnung"), leerbar: true),
            .init("istObjekt", .wahrheit, "Überschrift über eigenen Verrichtungen, zählt in keiner Kennzahl"),
            .init("vorlaeufig", .wahrheit),
        ])

    package static let einordnungSchema = APISchema("Einordnung", [.init("slug", .text), .init("name", .text)])

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id.rawValue)
            json.field("schluessel", schluessel?.rawValue)
            json.field("name", name)
            json.field("typ", array: { json in for typ in typen { json.string(typ) } })
            json.field("ozgId", ozgID)
            json.key("themenfeld")
            if let themenfeld { themenfeld.write(to: &json) } else { json.null() }
            json.key("lage")
            if let lage { lage.write(to: &json) } else { json.null() }
            json.field("istObjekt", istObjekt)
            json.field("vorlaeufig", istVorlaeufig)
        }
    }
}

/// Codes that say on which level a Leistung is regulated and executed; a set, never a statement about one authority.
package enum Typisierung {
    /// `"1, 2/3"` as its members.
    package static func codes(_ text: String) -> [String] {
        text.split(separator: ",").map(\.getrimmt).filter { !$0.isEmpty }
    }

    private static let numbers = Set((1...12).map { String($0) })

    /// One or two numbers from 1 to 12 joined by a slash, optionally with a or b.
    package static func istCode(_ text: String) -> Bool {
        var body = Substring(text)
        if let last = body.last, last == "a" || last == "b" { body = body.dropLast() }
        let parts = body.split(separator: "/", omittingEmptySubsequences: false)
        return (1...2).contains(parts.count) && parts.allSatisfy { part in numbers.contains(String(part)) }
    }
}
