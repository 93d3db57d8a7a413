import Kernel
import Web

struct GebietListe: Page {
    static let template = "verzeichnis/gebiete"
    let gebiete: [Gebiet]
    let laender: [Gebiet]
    let stand: Datenstand?
    let rahmen: Listenrahmen

    init(
        _ abfrage: Abfrage, _ filter: GebietFilter, _ facetten: [Facette], gesamt: Int, seite: Seite,
        gebiete: [Gebiet], laender: [Gebiet], stand: Datenstand?
    ) throws {
        self.gebiete = gebiete
        self.laender = laender
        self.stand = stand
        rahmen = try Listenrahmen(
            filter.bild(abfrage, facetten), abfrage, seite: seite, gesamt: gesamt, ("Gebiet", "Gebiete"),
            dateipfad: "/gebiete")
    }

    var titel: String { "Gebiete" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Gebiete")] }
    var bereich: String { "/gebiete" }

    func child(named: String) -> Any? {
        switch named {
        case "zeilen": gebiete.map(GebietZeile.init)
        case "laender": laender.map { Verweis($0.name, $0.pfad) }
        case "zeigtLaender": rahmen.filter.istLeer && !laender.isEmpty
        case "stand": stand?.bezeichnung
        default: rahmen.child(named: named)
        }
    }
}

extension GebietFilter {
    /// The filters as the page and the second sheet of a file show them.
    func bild(_ abfrage: Abfrage, _ facetten: [Facette]) -> Listenfilter {
        Listenfilter(adresse(abfrage), suche: "Name oder Schlüssel", facetten: facetten)
    }
}
