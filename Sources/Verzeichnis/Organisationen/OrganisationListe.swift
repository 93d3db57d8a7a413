import Formats
import Kernel
import Web

struct OrganisationListe: Page {
    static let template = "verzeichnis/organisationen"
    let organisationen: [Organisation]
    let darfAnlegen: Bool
    let rahmen: Listenrahmen

    init(
        _ abfrage: Abfrage, _ filter: OrganisationFilter, _ facetten: [Facette], gesamt: Int, seite: Seite,
        organisationen: [Organisation], darfAnlegen: Bool
    ) throws {
        self.organisationen = organisationen
        self.darfAnlegen = darfAnlegen
        rahmen = try Listenrahmen(
            filter.bild(abfrage, facetten), abfrage, seite: seite, gesamt: gesamt,
            ("Organisation", "Organisationen"), dateipfad: "/organisationen")
    }

    var titel: String { "Organisationen" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Organisationen")] }
    var bereich: String { "/organisationen" }

    func child(named: String) -> Any? {
        switch named {
        case "zeilen":
            organisationen.map { organisation in
                Werte([
                    ("name", organisation.name), ("pfad", organisation.pfad), ("art", organisation.art.wort),
                    ("schluessel", organisation.ars), ("aufgeloest", organisation.istGueltig ? nil : true),
                ])
            }
        case "darfAnlegen": darfAnlegen
        default: rahmen.child(named: named)
        }
    }
}

enum OrganisationTabelle {
    static let spalten = [
        TableColumn("ARS", width: 15), TableColumn("Name", width: 40), TableColumn("Art", width: 18),
        TableColumn("Adresse im Netz", width: 36), TableColumn("Besteht bis", width: 12),
        TableColumn("Kennung", width: 18),
    ]

    static func zellen(_ organisation: Organisation) -> [TableCell] {
        [
            TableCell(organisation.ars), .text(organisation.name), .text(organisation.art.wort),
            TableCell(organisation.webadresse),
            organisation.gueltigBis.map { .date(year: $0.jahr, month: $0.monat, day: $0.tagImMonat) } ?? .empty,
            .text(organisation.id.rawValue),
        ]
    }
}
