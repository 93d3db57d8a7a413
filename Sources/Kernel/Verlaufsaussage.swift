package import Storage

/// A line of the Verlauf as a sentence for people, with the page of what it is about.
package struct Verlaufsaussage: Sendable, Equatable {
    package let text: String
    package let pfad: String?

    package init(_ text: String, pfad: String?) { (self.text, self.pfad) = (text, pfad) }
}

/// Says lines of the Verlauf in sentences that may leave the house in a letter: without texts that people typed.
package protocol Verlaufssaetze: Sendable {
    /// By the id of the line; one that was given up meanwhile is not in it.
    func aussagen(zu zeilen: [String], in db: any SQLConnection) throws -> [String: Verlaufsaussage]
}

extension Verlaufszeile {
    /// That the field changed, without saying from what to what.
    package var ohneWerte: Verlaufszeile {
        Verlaufszeile(
            id: id, am: am, person: person, art: art, gebiet: gebiet, organisation: organisation, eintrag: eintrag,
            leistung: leistung, dienst: dienst, datenstand: datenstand, feld: feld, von: nil, nach: nil, siegel: siegel)
    }
}
