package import Formats
import Kernel
import Storage
package import Web

extension Organisation: JSONValue {
    private static let felder: [APISchema.Eigenschaft] = [
        .init("id", .text), .init("ars", .text, leerbar: true, "Regionalschlüssel, wenn sie ein Gebiet verwaltet"),
        .init("art", .auswahl(Art.allCases.map(\.rawValue))), .init("name", .text),
        .init("webadresse", .text, leerbar: true),
        .init("bestehtBis", .text, leerbar: true, "Besteht noch: null"),
        .init("version", .zahl, "zählt die Änderungen von Hand"),
    ]

    package static let schema = APISchema("Organisation", felder)

    /// An Organisation with what it tells the public.
    package static let auskunftSchema = APISchema(
        "Organisationsauskunft",
        felder + [
            .init("einheiten", .feld(.verweis("Organisationseinheit")), "Ämter von oben nach unten"),
            .init(
                "kontakte",
                .feld(
                    .objekt([
                        .init("funktion", .text), .init("einheit", .text, leerbar: true, "Kennung des Amtes"),
                        .init("name", .text, leerbar: true), .init("email", .text, leerbar: true),
                        .init("telefon", .text, leerbar: true),
                    ]))),
            .init(
                "rechtsstatus",
                .feld(
                    .objekt([
                        .init("status", .auswahl(Angabenart.status.map(\.wert))), .init("text", .text),
                        .init("giltVon", .text, leerbar: true), .init("giltBis", .text, leerbar: true),
                        .init("quelle", .text, leerbar: true),
                    ]))),
        ])

    package static let einheitSchema = APISchema(
        "Organisationseinheit",
        [
            .init("id", .text), .init("name", .text), .init("kuerzel", .text, leerbar: true),
            .init("ueber", .text, leerbar: true, "Kennung des Amtes darüber"),
            .init("gueltigBis", .text, leerbar: true, "der letzte Tag"),
            .init("version", .zahl, "zählt die Änderungen"),
        ])

    package func write(to json: inout JSONWriter) { json.object { writeFelder(to: &$0) } }

    fileprivate func writeFelder(to json: inout JSONWriter) {
        json.field("id", id.rawValue)
        json.field("ars", ars)
        json.field("art", art.rawValue)
        json.field("name", name)
        json.field("webadresse", webadresse)
        json.field("bestehtBis", gueltigBis?.iso)
        json.field("version", version)
    }
}

extension Organisationseinheit: JSONValue {
    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id.rawValue)
            json.field("name", name)
            json.field("kuerzel", kuerzel)
            json.field("ueber", ueber?.rawValue)
            json.field("gueltigBis", gueltigBis?.iso)
            json.field("version", version)
        }
    }
}

/// An Organisation with its offices, public contacts and legal statuses.
struct Organisationsauskunft: JSONValue {
    let organisation: Organisation
    let baum: Einheitenbaum
    /// Those that anybody may read today.
    let angaben: [Angabe]
    let heute: Tag

    func write(to json: inout JSONWriter) {
        json.object { json in
            organisation.writeFelder(to: &json)
            json.field(
                "einheiten",
                array: { json in
                    for (einheit, _) in baum.reihe(am: heute) {
                        einheit.write(to: &json)
                    }
                })
            json.field(
                "kontakte",
                array: { json in
                    for kontakt in angaben where kontakt.art == .ansprechpartner {
                        json.object { json in
                            json.field("funktion", kontakt.werte["funktion"])
                            json.field("einheit", kontakt.werte["einheit"])
                            json.field("name", kontakt.werte["name"])
                            json.field("email", kontakt.werte["email"])
                            json.field("telefon", kontakt.werte["telefon"])
                        }
                    }
                })
            json.field(
                "rechtsstatus",
                array: { json in
                    for status in angaben where status.art == .rechtsstatus {
                        json.object { json in
                            json.field("status", status.werte["status"])
                            json.field("text", status.titel)
                            json.field("giltVon", status.werte["gilt_von"])
                            json.field("giltBis", status.werte["gilt_bis"])
                            json.field("quelle", status.werte["quelle"])
                        }
                    }
                })
        }
    }
}
