package import Formats
import Kernel
package import Web

/// What happened to one entry of the catalogue between two Katalogstände.
package struct Katalogaenderung: Sendable, Equatable {
    package enum Gegenstand: String, CaseIterable, Sendable {
        case leistung, ozg
    }

    package enum Art: String, CaseIterable, Sendable {
        case neu, entfallen, geaendert
    }

    /// One field of a changed entry, as the sheets give it.
    package struct Feld: Sendable, Equatable {
        package enum Name: String, CaseIterable, Sendable {
            case name, typ, ozgId, rechtsgrundlage, lage, themenfeld

            package var wort: String {
                switch self {
                case .name: "Name"
                case .typ: "Typisierung"
                case .ozgId: "OZG-Leistung"
                case .rechtsgrundlage: "Rechtsgrundlage"
                case .lage: "Lage"
                case .themenfeld: "Themenfeld"
                }
            }
        }

        package let name: Name
        package let alt: String?
        package let neu: String?
        /// For readers, where the sheets have a key only: the OZG-Leistung by its name.
        package let altText: String?
        package let neuText: String?

        /// Nil where nothing changed.
        init?(_ name: Name, _ alt: String?, _ neu: String?, text: (String?, String?)? = nil) {
            guard alt != neu else { return nil }
            self.name = name
            self.alt = alt
            self.neu = neu
            (altText, neuText) = text ?? (alt, neu)
        }
    }

    package let gegenstand: Gegenstand
    package let art: Art
    /// Id of the Leistung or OZG-ID.
    package let id: String
    /// Its name in the later of the two Stände that has it.
    package let name: String
    package let sortname: String
    package let themenfeld: Einordnung?
    /// Where it belonged in either Stand.
    package let themenfelder: Set<String>
    /// What changed; empty for new and gone entries.
    package let felder: [Feld]

    package var pfad: String { gegenstand == .leistung ? "/leistungen/\(id)" : "/ozg/\(id)" }

    /// The key as it is printed.
    package var schluessel: String {
        gegenstand == .leistung ? Leistungsschluessel(getippt: id)?.lesbar ?? id : id
    }

    /// The order of lists: by kind of change, Leistungen before OZG-Leistungen, by name.
    var rang: Int {
        (Art.allCases.firstIndex(of: art) ?? 0) * 2 + (gegenstand == .leistung ? 0 : 1)
    }

    static func < (a: Katalogaenderung, b: Katalogaenderung) -> Bool {
        (a.rang, a.sortname, a.id) < (b.rang, b.sortname, b.id)
    }
}

extension Katalogaenderung.Art {
    /// "neue Leistungen", "entfallene OZG-Leistung".
    func wort(_ gegenstand: Katalogaenderung.Gegenstand, _ zahl: Int) -> String {
        let stamm =
            switch self {
            case .neu: "neue"
            case .entfallen: "entfallene"
            case .geaendert: "geänderte"
            }
        return stamm + " " + gegenstand.wort + (zahl == 1 ? "" : "en")
    }

    /// As the beginning of a line: "Neu".
    var wort: String {
        switch self {
        case .neu: "Neu"
        case .entfallen: "Entfallen"
        case .geaendert: "Geändert"
        }
    }
}

extension Katalogaenderung.Gegenstand {
    var wort: String { self == .leistung ? "Leistung" : "OZG-Leistung" }
}

/// A change with the Katalogstände it lies between, as programs read it.
package struct Katalogaenderungszeile: JSONValue {
    let aenderung: Katalogaenderung
    let von: Int
    let bis: Int

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("art", aenderung.gegenstand.rawValue)
            json.field("aenderung", aenderung.art.rawValue)
            json.field("id", aenderung.id)
            json.field("name", aenderung.name)
            json.key("themenfeld")
            if let feld = aenderung.themenfeld { feld.write(to: &json) } else { json.null() }
            json.field("von", von)
            json.field("bis", bis)
            json.field(
                "felder",
                array: { json in
                    for feld in aenderung.felder {
                        json.object { json in
                            json.field("feld", feld.name.rawValue)
                            json.field("alt", feld.alt)
                            json.field("neu", feld.neu)
                        }
                    }
                })
        }
    }
}

extension Katalogaenderung {
    package static let schema = APISchema(
        "Katalogaenderung",
        [
            .init("art", .auswahl(Gegenstand.allCases.map(\.rawValue))),
            .init("aenderung", .auswahl(Art.allCases.map(\.rawValue))),
            .init("id", .text, "Kennung der Leistung oder OZG-ID"), .init("name", .text),
            .init("themenfeld", .verweis("Einordnung"), leerbar: true),
            .init("von", .zahl, "Nummer des früheren Katalogstands"),
            .init("bis", .zahl, "Nummer des späteren Katalogstands"),
            .init(
                "felder",
                .feld(
                    .objekt([
                        .init("feld", .auswahl(Feld.Name.allCases.map(\.rawValue))),
                        .init("alt", .text, leerbar: true), .init("neu", .text, leerbar: true),
                    ])), "was sich geändert hat; leer bei neuen und entfallenen Einträgen"),
        ])
}
