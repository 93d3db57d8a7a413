package import Kernel
package import Web

/// What a letter says; the one pair of templates makes text and HTML of it.
package struct Briefinhalt: Ansicht {
    let ueberschrift: String
    let absaetze: [String]
    let knopf: Verweis?
    let fuss: String

    package init(_ ueberschrift: String, absaetze: [String], knopf: Verweis? = nil, fuss: String) {
        (self.ueberschrift, self.absaetze, self.knopf, self.fuss) = (ueberschrift, absaetze, knopf, fuss)
    }

    package func child(named: String) -> Any? {
        switch named {
        case "ueberschrift": ueberschrift
        case "absaetze": absaetze
        case "knopf": knopf
        case "fuss": fuss
        default: nil
        }
    }

    /// - Throws: `Refusal` for values that no letter may carry.
    package func brief(
        an: Postadresse, name: String?, betreff: String, kennung: String, am: Instant, _ views: Views
    ) throws -> Brief {
        try Brief(
            an: an, name: name, betreff: betreff, text: views.render(self, template: "post/brief-text").trimmed + "\n",
            html: views.render(self, template: "post/brief"), kennung: kennung, am: am)
    }
}
