package import Kernel

/// One field of a form or filter, as the partials `web/feld`, `web/auswahl` and `web/textfeld` draw it.
package struct Feld: Ansicht {
    package struct Option: Ansicht, Equatable {
        package let wert: String
        package let text: String
        package let gewaehlt: Bool

        package init(_ wert: String, _ text: String, gewaehlt: Bool = false) {
            (self.wert, self.text, self.gewaehlt) = (wert, text, gewaehlt)
        }

        package func child(named: String) -> Any? {
            switch named {
            case "wert": wert
            case "text": text
            case "gewaehlt": gewaehlt
            default: nil
            }
        }
    }

    let name: String
    let label: String
    let wert: String?
    let hinweis: String?
    let fehler: String?
    let typ: String?
    let pflicht: Bool
    let breite: String?
    let eingabeart: String?
    let autocomplete: String?
    let optionen: [Option]
    /// The id of a list of suggestions on the same page.
    let liste: String?

    package init(
        _ name: String, _ label: String, wert: String? = nil, hinweis: String? = nil, fehler: String? = nil,
        typ: String? = nil, pflicht: Bool = false, breite: String? = nil, eingabeart: String? = nil,
        autocomplete: String? = nil, optionen: [Option] = [], liste: String? = nil
    ) {
        self.name = name
        self.label = label
        self.wert = wert
        self.hinweis = hinweis
        self.fehler = fehler
        self.typ = typ
        self.pflicht = pflicht
        self.breite = breite
        self.eingabeart = eingabeart
        self.autocomplete = autocomplete
        self.optionen = optionen
        self.liste = liste
    }

    /// A choice among words, with an empty first line.
    package static func auswahl(
        _ name: String, _ label: String, leer: String?, _ optionen: [(wert: String, text: String)], gewaehlt: String?,
        hinweis: String? = nil, fehler: String? = nil, pflicht: Bool = false
    ) -> Feld {
        let first = leer.map { [Option("", $0, gewaehlt: gewaehlt == nil)] } ?? []
        return Feld(
            name, label, hinweis: hinweis, fehler: fehler, pflicht: pflicht,
            optionen: first + optionen.map { Option($0.wert, $0.text, gewaehlt: $0.wert == gewaehlt) })
    }

    package func child(named: String) -> Any? {
        switch named {
        case "name", "id": name
        case "label": label
        case "wert": wert.flatMap { $0.isEmpty ? nil : $0 }
        case "hinweis": hinweis
        case "fehler": fehler
        case "typ": typ
        case "pflicht": pflicht
        case "breite": breite
        case "eingabeart": eingabeart
        case "autocomplete": autocomplete
        case "optionen": optionen
        case "liste": liste
        default: nil
        }
    }
}

extension FormErrors {
    /// For the error summary of a page.
    package var liste: [Werte] { entries.map { Werte([("feld", $0.feld), ("text", $0.text)]) } }
}
