import Kernel

/// What every list page has around its rows: search and facets, the filters in force, how many rows there are in all,
/// the other pages, and the same list as files.
package struct Listenrahmen: Ansicht {
    package let filter: Listenfilter
    let blaettern: Blaettern
    let wort: (einzahl: String, mehrzahl: String)
    /// Where the list lies as a file, without its ending; nil where it is not given away.
    let dateipfad: String?
    /// How the rows are counted, where that needs saying.
    let zaehlregel: String?
    /// The facet whose values are all shown.
    let alle: String?

    /// - Throws: `Refusal.notFound` when the list ends before this page.
    package init(
        _ filter: Listenfilter, _ abfrage: Abfrage, seite: Seite, gesamt: Int,
        _ wort: (einzahl: String, mehrzahl: String), dateipfad: String?, zaehlregel: String? = nil
    ) throws {
        self.filter = filter
        self.wort = wort
        self.dateipfad = dateipfad
        self.zaehlregel = zaehlregel
        blaettern = try Blaettern(seite, gesamt: gesamt, adresse: filter.adresse)
        alle = abfrage["alle"].flatMap { name in filter.facetten.contains { $0.name == name } ? name : nil }
    }

    package func child(named: String) -> Any? {
        switch named {
        case "listenpfad": filter.adresse.pfad
        case "listenname": "\(wort.mehrzahl) suchen"
        case "suche": filter.suche
        case "felder": filter.felder
        case "facetten": facetten
        case "hatFacetten": !filter.facetten.isEmpty
        case "schalter": schalter
        case "versteckte": versteckte
        case "gefiltert": !filter.istLeer
        case "marken": marken
        case "gesamt": Zahl.mit(blaettern.gesamt, wort.einzahl, wort.mehrzahl)
        case "zaehlregel": zaehlregel
        case "leer": blaettern.gesamt == 0
        case "csv": datei(.csv)
        case "xlsx": datei(.xlsx)
        case "seiten": blaettern.letzte > 1 ? blaettern : nil
        case "canonical": hier.text
        default: nil
        }
    }

    /// The one address of this page of the list.
    package var hier: Adresse {
        let nummer = blaettern.seite.nummer
        return filter.adresse.mit("seite", nummer > 1 ? "\(nummer)" : nil)
    }

    private func datei(_ format: Tabellenformat) -> String? {
        dateipfad.map { filter.adresse.an("\($0).\(format.rawValue)").text }
    }

    private var facetten: [Facettenansicht] {
        filter.facetten.map { Facettenansicht($0, adresse: filter.adresse, alle: $0.name == alle) }
    }

    private var schalter: [Werte] {
        filter.schalter.map { box in
            Werte([
                ("id", "\(box.name)-\(box.wert)"), ("name", box.name), ("wert", box.wert), ("text", box.text),
                ("gewaehlt", filter.adresse.werte.contains { $0.name == box.name && $0.wert == box.wert }),
            ])
        }
    }

    private var versteckte: [Werte] {
        (filter.versteckt + (alle.map { [("alle", $0)] } ?? [])).map { Werte([("name", $0.name), ("wert", $0.wert)]) }
    }

    private var marken: [Werte] {
        filter.gewaehlt.map { entry in
            Werte([
                ("text", "\(entry.titel): \(entry.text)"),
                ("pfad", filter.adresse.ohne(entry.name, entry.wert).text),
            ])
        }
    }
}
