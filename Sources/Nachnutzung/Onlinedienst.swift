package import Formats
package import Katalog
package import Storage
package import Verzeichnis
package import Web

/// An online service that exists or is planned: the short form of its Steckbrief.
package struct Onlinedienst: Sendable, Equatable {
    package struct ID: RawRepresentable, Hashable, SQLConvertible {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
    }

    package let id: ID
    package let slug: String
    package var name: String
    /// The Organisation that provides it.
    package var anbieter: Organisation.ID
    package var url: String?
    package var hersteller: String?
    package var formularsystem: String?
    package var variante: Variante?
    package var reifegrad: Reifegrad?
    package var beschreibung: String?
    /// Counts changes, so that two people do not overwrite each other.
    package let version: Int

    package init(
        id: ID, slug: String, name: String, anbieter: Organisation.ID, url: String?, hersteller: String?,
        formularsystem: String?, variante: Variante?, reifegrad: Reifegrad?, beschreibung: String?, version: Int
    ) {
        self.id = id
        self.slug = slug
        self.name = name
        self.anbieter = anbieter
        self.url = url
        self.hersteller = hersteller
        self.formularsystem = formularsystem
        self.variante = variante
        self.reifegrad = reifegrad
        self.beschreibung = beschreibung
        self.version = version
    }

    package var pfad: String { "/dienste/\(slug)" }
}

extension Onlinedienst: RowDecodable {
    static let columns: SQL = """
        onlinedienst.id, onlinedienst.slug, onlinedienst.name, onlinedienst.anbieter, onlinedienst.url,
        onlinedienst.hersteller, onlinedienst.formularsystem, onlinedienst.variante, onlinedienst.reifegradmodell,
        onlinedienst.reifegrad, onlinedienst.beschreibung, onlinedienst.version
        """

    package init(row: Row) throws {
        id = try row["id"]
        slug = try row["slug"]
        name = try row["name"]
        anbieter = try row["anbieter"]
        url = try row["url"]
        hersteller = try row["hersteller"]
        formularsystem = try row["formularsystem"]
        variante = try row["variante"]
        beschreibung = try row["beschreibung"]
        version = try row["version"]
        let (modell, stufe): (Reifegrad.Modell?, Int?) = (try row["reifegradmodell"], try row["reifegrad"])
        reifegrad = if let modell, let stufe { Reifegrad(modell, stufe) } else { nil }
    }
}

/// An Onlinedienst with the names that lists show beside it.
package struct DienstEintrag: Sendable, Equatable, RowDecodable, JSONValue {
    package let dienst: Onlinedienst
    package let anbieterName: String
    package let anbieterARS: String?
    package let leistungen: [Leistung.ID]

    package init(row: Row) throws {
        dienst = try Onlinedienst(row: row)
        anbieterName = try row["anbieter_name"]
        anbieterARS = try row["anbieter_ars"]
        let keys: String? = try row["leistungen"]
        leistungen = (keys ?? "").split(separator: " ").map { Leistung.ID(rawValue: String($0)) }
    }

    package static let schema = APISchema(
        "Onlinedienst",
        [
            .init("id", .text), .init("slug", .text), .init("name", .text),
            .init("anbieter", .objekt([.init("id", .text), .init("name", .text), .init("ars", .text, leerbar: true)])),
            .init("url", .text, leerbar: true), .init("hersteller", .text, leerbar: true),
            .init("formularsystem", .text, leerbar: true), .init("leistungen", .feld(.text)),
            .init("variante", .auswahl(Variante.allCases.map(\.rawValue)), leerbar: true),
            .init("reifegradmodell", .auswahl(Reifegrad.Modell.allCases.map(\.rawValue)), leerbar: true),
            .init("reifegrad", .zahl, leerbar: true), .init("beschreibung", .text, leerbar: true),
            .init("version", .zahl, "zählt die Änderungen"),
        ])

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", dienst.id.rawValue)
            json.field("slug", dienst.slug)
            json.field("name", dienst.name)
            json.field(
                "anbieter",
                object: { json in
                    json.field("id", dienst.anbieter.rawValue)
                    json.field("name", anbieterName)
                    json.field("ars", anbieterARS)
                })
            json.field("url", dienst.url)
            json.field("hersteller", dienst.hersteller)
            json.field("formularsystem", dienst.formularsystem)
            json.field("leistungen", array: { json in for id in leistungen { json.string(id.rawValue) } })
            json.field("variante", dienst.variante?.rawValue)
            json.field("reifegradmodell", dienst.reifegrad?.modell.rawValue)
            json.field("reifegrad", dienst.reifegrad?.stufe)
            json.field("beschreibung", dienst.beschreibung)
            json.field("version", dienst.version)
        }
    }
}
