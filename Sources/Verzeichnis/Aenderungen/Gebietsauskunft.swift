package import Formats
import Kernel
package import Storage
package import Web

/// A place with what it was and what became of it, as the JSON interface answers it.
package struct Gebietsauskunft: Sendable {
    package let gebiet: Gebiet
    package let folge: Gebietsfolge

    package init(_ gebiet: Gebiet, _ folge: Gebietsfolge) { (self.gebiet, self.folge) = (gebiet, folge) }

    /// The places in their order, each with its changes.
    package static func lade(_ gebiete: [Gebiet], in db: any SQLConnection) throws -> [Gebietsauskunft] {
        let folgen = try NachfolgeStore.folgen(zu: gebiete, in: db)
        return gebiete.map { Gebietsauskunft($0, folgen[$0.id] ?? Gebietsfolge()) }
    }
}

extension Gebiet {
    package static let schema = APISchema(
        "Gebiet",
        [
            .init("ars", .text, leerbar: true, "Regionalschlüssel in natürlicher Länge"),
            .init("ags", .text, leerbar: true),
            .init("name", .text), .init("amtlicherName", .text), .init("art", .auswahl(Art.allCases.map(\.rawValue))),
            .init("einwohner", .zahl, leerbar: true), .init("flaecheHa", .zahl, leerbar: true),
            .init("gehoertZu", .text, leerbar: true, "Regionalschlüssel des übergeordneten Gebiets"),
            .init("verwaltung", .text, leerbar: true, "Kennung der Organisation, die das Gebiet verwaltet"),
            .init("gueltig", .wahrheit, "Ob es das Gebiet heute gibt"),
            .init("gueltigVon", .text, leerbar: true, "Unbekannt: null"),
            .init("gueltigBis", .text, leerbar: true, "Noch gültig oder unbekannt: null"),
            .init(
                "nachfolger", .feld(.verweis("Gebietsverweis")),
                "Wohin ein aufgelöstes Gebiet führt: die heute gültigen, sonst die letzten bekannten"),
            .init("vorgaenger", .feld(.verweis("Gebietsverweis")), "Aufgelöste Gebiete, die hierher führen"),
            .init("fruehereNamen", .feld(.text), "Namen, die das Gebiet nicht mehr trägt"),
        ])

    /// A place in few words, where another one speaks of it.
    package static let verweisSchema = APISchema(
        "Gebietsverweis",
        [
            .init("ars", .text, leerbar: true), .init("ags", .text, leerbar: true), .init("name", .text),
            .init("gueltig", .wahrheit),
        ])
}

extension Gebietsauskunft: JSONValue {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("ars", gebiet.ars)
            json.field("ags", gebiet.ags)
            json.field("name", gebiet.name)
            json.field("amtlicherName", gebiet.amtlicherName)
            json.field("art", gebiet.art.rawValue)
            json.field("einwohner", gebiet.einwohner)
            json.field("flaecheHa", gebiet.flaecheHa)
            json.field("gehoertZu", gebiet.gehoertZuARS)
            json.field("verwaltung", gebiet.verwaltung)
            json.field("gueltig", gebiet.istGueltig)
            json.field("gueltigVon", gebiet.gueltigVon?.iso)
            json.field("gueltigBis", gebiet.gueltigBis?.iso)
            json.field("nachfolger", array: { json in for place in folge.nachfolger { place.writeVerweis(to: &json) } })
            json.field("vorgaenger", array: { json in for place in folge.vorgaenger { place.writeVerweis(to: &json) } })
            json.field(
                "fruehereNamen", array: { json in for name in folge.fruehereNamen(zu: gebiet) { json.string(name) } })
        }
    }
}

extension Gebiet {
    fileprivate func writeVerweis(to json: inout JSONWriter) {
        json.object { json in
            json.field("ars", ars)
            json.field("ags", ags)
            json.field("name", name)
            json.field("gueltig", istGueltig)
        }
    }
}
