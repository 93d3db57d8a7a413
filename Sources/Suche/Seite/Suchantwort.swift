import Formats
import Katalog
import Storage
import Verzeichnis
import Web

/// The answer of the JSON interface: the things themselves, best first, and why each is an answer.
struct Suchantwort: JSONValue {
    let ergebnis: Suchergebnis
    let leistungen: [Leistung]
    let ozg: [OZGLeistung]
    let gebiete: [Gebietsauskunft]
    let facetten: [Facette]

    init(_ ergebnis: Suchergebnis, _ wunsch: Suchwunsch, in db: any SQLConnection) throws {
        facetten = try ergebnis.facetten(wunsch, themenfelder: OZGStore.felder(in: db), lagen: OZGStore.lagen(in: db))
        self.ergebnis = ergebnis
        let services = try LeistungStore.alle(ergebnis.leistungen.treffer.map(\.id), in: db)
        leistungen = ergebnis.leistungen.treffer.compactMap { hit in services.first { $0.id.rawValue == hit.id } }
        let bundles = try OZGStore.alle(ergebnis.ozg.treffer.map(\.id), in: db)
        ozg = ergebnis.ozg.treffer.compactMap { hit in bundles.first { $0.ozgID == hit.id } }
        let places = try GebietStore.alle(ergebnis.gebiete.treffer.map(\.id), in: db)
        gebiete = try Gebietsauskunft.lade(
            ergebnis.gebiete.treffer.compactMap { hit in places.first { $0.id.rawValue == hit.id } }, in: db)
    }

    static let schema = APISchema(
        "Suchantwort",
        [
            .init("leistungen", .feld(.verweis("Leistung"))), .init("ozg", .feld(.verweis("OZGLeistung"))),
            .init("gebiete", .feld(.verweis("Gebiet"))),
            .init("meintenSie", .text, leerbar: true, "Die Frage mit berichtigten Schreibfehlern"),
            .init(
                "gesamt",
                .objekt([.init("leistungen", .zahl), .init("ozg", .zahl), .init("gebiete", .zahl)])),
            .init(
                "gruende",
                .feld(.objekt([.init("pfad", .text), .init("grund", .text)])),
                "Warum etwas ein Treffer ist, wo der Name es nicht zeigt"),
            .init("facetten", .feld(.verweis("Facette")), "Zahlen der Leistungen"),
        ])

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("leistungen", array: { json in for entry in leistungen { entry.write(to: &json) } })
            json.field("ozg", array: { json in for entry in ozg { entry.write(to: &json) } })
            json.field("gebiete", array: { json in for entry in gebiete { entry.write(to: &json) } })
            json.field("meintenSie", ergebnis.meintenSie)
            json.field(
                "gesamt",
                object: { json in
                    json.field("leistungen", ergebnis.leistungen.gesamt)
                    json.field("ozg", ergebnis.ozg.gesamt)
                    json.field("gebiete", ergebnis.gebiete.gesamt)
                })
            json.field(
                "gruende",
                array: { json in
                    let all = ergebnis.leistungen.treffer + ergebnis.ozg.treffer + ergebnis.gebiete.treffer
                    for hit in all {
                        guard let grund = hit.grund else { continue }
                        json.object { json in
                            json.field("pfad", hit.pfad)
                            json.field("grund", grund)
                        }
                    }
                })
            json.field("facetten", array: { json in for facet in facetten { facet.write(to: &json) } })
        }
    }
}

extension Suchergebnis {
    /// What the Leistungen can be narrowed by, with the names of what is known.
    func facetten(_ wunsch: Suchwunsch, themenfelder felder: [Einordnung], lagen known: [Einordnung]) -> [Facette] {
        [
            Facette(
                "themenfeld", "Themenfeld", felder.map { (wert: $0.slug, text: $0.name) }, zahlen: themenfelder,
                gewaehlt: wunsch.themenfelder),
            Facette(
                "lage", "Lage", known.map { (wert: $0.slug, text: $0.name) }, zahlen: lagen, gewaehlt: wunsch.lagen),
            Facette(
                "typ", "Typisierung", typen.keys.sorted().map { (wert: $0, text: $0) }, zahlen: typen,
                gewaehlt: wunsch.typen),
        ]
    }
}

/// Names to choose from while somebody types.
struct Vorschlaege: JSONValue {
    let treffer: [Suchtreffer]

    static let schema = APISchema(
        "Vorschlaege",
        [
            .init(
                "vorschlaege",
                .feld(
                    .objekt([
                        .init("text", .text), .init("zusatz", .text, leerbar: true), .init("pfad", .text),
                        .init("art", .auswahl(Suchdokument.Art.allCases.map(\.rawValue))),
                    ])))
        ])

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field(
                "vorschlaege",
                array: { json in
                    for hit in treffer {
                        json.object { json in
                            json.field("text", hit.name)
                            json.field("zusatz", hit.zusatz)
                            json.field("pfad", hit.pfad)
                            json.field("art", hit.art.rawValue)
                        }
                    }
                })
        }
    }
}
