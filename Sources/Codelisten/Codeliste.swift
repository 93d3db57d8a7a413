package import Formats
package import Kernel
package import Storage
package import Web

/// A list of codes that others publish and many use, by its Kennung (CanonicalUri); shown as its newest Fassung says.
package struct Codeliste: Sendable, Equatable {
    package let kennung: String
    package let slug: String
    package let name: String
    package let kurzname: String
    package let herausgeber: String?
    package let beschreibung: String?
    /// Of the newest Fassung.
    package let version: String
    package let gueltigAb: Tag?
    package let gueltigBis: Tag?
    package let anzahl: Int

    package var pfad: String { "/codelisten/\(slug)" }
}

extension Codeliste: RowDecodable {
    static let columns: SQL = """
        codeliste.kennung, codeliste.slug, codeliste.name, codeliste.kurzname, codeliste.herausgeber,
        codeliste.beschreibung, codeliste_fassung.version, codeliste_fassung.gueltig_ab, codeliste_fassung.gueltig_bis,
        codeliste_fassung.anzahl
        """

    static let quelle: SQL = """
        codeliste JOIN codeliste_fassung ON codeliste_fassung.codeliste = codeliste.kennung AND codeliste_fassung.neueste
        """

    package init(row: Row) throws {
        kennung = try row["kennung"]
        slug = try row["slug"]
        name = try row["name"]
        kurzname = try row["kurzname"]
        herausgeber = try row["herausgeber"]
        beschreibung = try row["beschreibung"]
        version = try row["version"]
        gueltigAb = try row["gueltig_ab"]
        gueltigBis = try row["gueltig_bis"]
        anzahl = try row["anzahl"]
    }
}

extension Codeliste: JSONValue {
    private static let felder: [APISchema.Eigenschaft] = [
        .init("id", .text, "Kurzname in Adressen"), .init("kennung", .text, "CanonicalUri"), .init("name", .text),
        .init("kurzname", .text), .init("herausgeber", .text, leerbar: true),
        .init("beschreibung", .text, leerbar: true), .init("version", .text, "neueste Fassung"),
        .init("gueltigAb", .text, leerbar: true), .init("gueltigBis", .text, leerbar: true),
        .init("anzahl", .zahl, "Einträge der neuesten Fassung"),
    ]

    package static let schema = APISchema("Codeliste", felder)

    package static let schemaMitFassungen = APISchema(
        "CodelisteMitFassungen", felder + [.init("fassungen", .feld(.verweis("Codelistenfassung")), "neueste zuerst")])

    package func write(to json: inout JSONWriter) {
        json.object { json in fields(to: &json) }
    }

    func fields(to json: inout JSONWriter) {
        json.field("id", slug)
        json.field("kennung", kennung)
        json.field("name", name)
        json.field("kurzname", kurzname)
        json.field("herausgeber", herausgeber)
        json.field("beschreibung", beschreibung)
        json.field("version", version)
        json.field("gueltigAb", gueltigAb?.iso)
        json.field("gueltigBis", gueltigBis?.iso)
        json.field("anzahl", anzahl)
    }
}

/// A Codeliste with all that was loaded of it.
struct CodelisteMitFassungen: JSONValue {
    let liste: Codeliste
    let fassungen: [Codelistenfassung]

    func write(to json: inout JSONWriter) {
        json.object { json in
            liste.fields(to: &json)
            json.field("fassungen", array: { json in for fassung in fassungen { fassung.write(to: &json) } })
        }
    }
}
