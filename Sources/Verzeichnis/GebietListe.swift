import Kernel
import Web

struct GebietListe: Page {
    static let template = "verzeichnis/gebiete"
    let gebiete: [Gebiet]
    /// Former names and keys by which places were found.
    let gruende: [Gebiet.ID: [String]]
    let laender: [Gebiet]
    let stand: Datenstand?
    let rahmen: Listenrahmen

    init(
        _ abfrage: Abfrage, _ filter: GebietFilter, _ facetten: [Facette], gesamt: Int, seite: Seite,
        gebiete: [Gebiet], gruende: [Gebiet.ID: [String]], laender: [Gebiet], stand: Datenstand?
    ) throws {
        self.gebiete = gebiete
        self.gruende = gruende
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
        case "zeilen": gebiete.map { GebietZeile($0, frueher: gruende[$0.id]) }
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
        let bestand = Feld(
            "aufgeloest", "Bestand",
            optionen: Aufgeloest.allCases.map {
                Feld.Option($0 == .nein ? "" : $0.rawValue, $0.wort, gewaehlt: $0 == aufgeloest)
            })
        return Listenfilter(
            adresse(abfrage), suche: "Name oder Schlüssel", felder: [bestand], facetten: facetten)
    }
}
