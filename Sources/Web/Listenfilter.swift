import Kernel

/// What narrows a list, as the address says it and as people read it.
///
/// Pairs of the address that no field shows are carried along by the form.
package struct Listenfilter: Sendable {
    /// A box that is either ticked or not.
    package struct Schalter: Sendable {
        let name: String
        let wert: String
        let text: String

        package init(_ name: String, _ wert: String, _ text: String) {
            (self.name, self.wert, self.text) = (name, wert, text)
        }
    }

    /// The list with its filters in their one order, without a page.
    package let adresse: Adresse
    let suche: Feld
    let felder: [Feld]
    let facetten: [Facette]
    let schalter: [Schalter]
    /// Words for filters that no field of the form shows, or shows with more than people want to read elsewhere.
    let worte: [String: (titel: String, text: String)]

    /// - Parameter suche: the label of the search box, which is always `q`.
    package init(
        _ adresse: Adresse, suche: String, felder: [Feld] = [], facetten: [Facette] = [], schalter: [Schalter] = [],
        worte: [String: (titel: String, text: String)] = [:]
    ) {
        self.adresse = adresse
        self.suche = Feld("q", suche, wert: adresse.werte.first { $0.name == "q" }?.wert, typ: "search")
        self.felder = felder
        self.facetten = facetten
        self.schalter = schalter
        self.worte = worte
    }

    package var istLeer: Bool { adresse.werte.isEmpty }

    /// Each filter in force: its pair of the address and the words for it.
    package var gewaehlt: [(name: String, wert: String, titel: String, text: String)] {
        adresse.werte.map { pair in
            if pair.name == "q" { return (pair.name, pair.wert, "Suche", pair.wert) }
            if let (titel, text) = worte[pair.name] { return (pair.name, pair.wert, titel, text) }
            if let facette = facetten.first(where: { $0.name == pair.name }) {
                let text = facette.werte.first { $0.wert == pair.wert }?.text ?? pair.wert
                return (pair.name, pair.wert, facette.titel, text)
            }
            if let feld = felder.first(where: { $0.name == pair.name }) {
                let text = feld.optionen.first { $0.wert == pair.wert }?.text ?? pair.wert
                return (pair.name, pair.wert, feld.label, text)
            }
            if let box = schalter.first(where: { $0.name == pair.name && $0.wert == pair.wert }) {
                return (pair.name, pair.wert, "Auswahl", box.text)
            }
            return (pair.name, pair.wert, pair.name, pair.wert)
        }
    }

    /// Pairs that the form must carry along because none of its fields shows them.
    var versteckt: [(name: String, wert: String)] {
        let shown = Set(["q"] + felder.map(\.name) + facetten.map(\.name) + schalter.map(\.name))
        return adresse.werte.filter { !shown.contains($0.name) }
    }
}
