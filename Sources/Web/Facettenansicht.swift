import Kernel

/// A facet as the partial `web/facetten` draws it: a group of boxes that opens without a script.
package struct Facettenansicht: Ansicht {
    let facette: Facette
    /// The list in its present state, without a page.
    let adresse: Adresse
    /// Somebody asked for every value.
    let alle: Bool

    package init(_ facette: Facette, adresse: Adresse, alle: Bool) {
        (self.facette, self.adresse, self.alle) = (facette, adresse, alle)
    }

    package func child(named: String) -> Any? {
        switch named {
        case "name": facette.name
        case "titel": facette.titel
        case "offen": alle || facette.werte.contains(where: \.gewaehlt)
        case "gewaehlte": gewaehlte
        case "werte": gezeigte
        case "leer": facette.werte.isEmpty
        case "lang": alle && istLang
        case "alle": istLang ? adresse.mit("alle", alle ? nil : facette.name).text : nil
        case "alleText": alle ? "Weniger anzeigen" : "Alle \(Zahl.deutsch(facette.werte.count)) anzeigen"
        default: nil
        }
    }

    private var shown: [Facette.Wert] { alle ? facette.werte : facette.gekuerzt }
    private var istLang: Bool { facette.werte.count > facette.gekuerzt.count }

    private var gewaehlte: String? {
        let count = facette.werte.lazy.filter(\.gewaehlt).count
        return count == 0 ? nil : "\(Zahl.deutsch(count)) gewählt"
    }

    private var gezeigte: [Facettenwert] {
        shown.enumerated().map { Facettenwert(name: facette.name, nummer: $0.offset, wert: $0.element) }
    }
}

/// One box of a facet.
struct Facettenwert: Ansicht {
    let name: String
    let nummer: Int
    let wert: Facette.Wert

    func child(named: String) -> Any? {
        switch named {
        case "id": "\(name)-\(nummer)"
        case "name": name
        case "wert": wert.wert
        case "text": wert.text
        case "anzahl": Zahl.deutsch(wert.anzahl)
        case "gewaehlt": wert.gewaehlt
        default: nil
        }
    }
}
