package import Kernel
package import Web

/// What a letter says; the one pair of templates makes text and HTML of it.
package struct Briefinhalt: Ansicht, Equatable {
    /// What happened at one place, with a way to each.
    package struct Gruppe: Ansicht, Equatable {
        package let titel: String
        let saetze: [Satz]

        package init(_ titel: String, _ saetze: [Satz]) { (self.titel, self.saetze) = (titel, saetze) }

        package func child(named: String) -> Any? {
            switch named {
            case "titel": titel
            case "saetze": saetze
            default: nil
            }
        }
    }

    /// One sentence and the page that shows more.
    package struct Satz: Ansicht, Equatable {
        let text: String
        let pfad: String?

        package init(_ text: String, _ pfad: String? = nil) { (self.text, self.pfad) = (text, pfad) }

        package func child(named: String) -> Any? {
            switch named {
            case "text": text
            case "pfad": pfad
            default: nil
            }
        }
    }

    let ueberschrift: String
    let absaetze: [String]
    let gruppen: [Gruppe]
    let knopf: Verweis?
    let fuss: String

    package init(
        _ ueberschrift: String, absaetze: [String], gruppen: [Gruppe] = [], knopf: Verweis? = nil, fuss: String
    ) {
        (self.ueberschrift, self.absaetze, self.knopf, self.fuss) = (ueberschrift, absaetze, knopf, fuss)
        self.gruppen = gruppen
    }

    package func child(named: String) -> Any? {
        switch named {
        case "ueberschrift": ueberschrift
        case "absaetze": absaetze
        case "gruppen": gruppen
        case "knopf": knopf
        case "fuss": fuss
        default: nil
        }
    }

    /// - Throws: `Refusal` for values that no letter may carry.
    package func brief(
        an: Postadresse, name: String?, betreff: String, kennung: String, am: Instant, faden: String? = nil,
        abmelden: String? = nil, _ views: Views
    ) throws -> Brief {
        try Brief(
            an: an, name: name, betreff: betreff, text: text(views), html: html(views), kennung: kennung, am: am,
            faden: faden, abmelden: abmelden)
    }

    func text(_ views: Views) throws -> String { try views.render(self, template: "post/brief-text").trimmed + "\n" }

    func html(_ views: Views) throws -> String { try views.render(self, template: "post/brief") }
}
