package import Storage

/// A room that keeps something about persons: it says what and for how long, tells it, and forgets it.
///
/// `App` collects the rooms; the pages, the nightly job and the register of processing activities ask nobody else.
package protocol PersonendatenQuelle: Sendable {
    /// What the room does with data about persons, one entry of the register each.
    var verarbeitungen: [Verarbeitung] { get }

    /// Everything the room holds about a person.
    func auskunft(ueber person: BetroffenePerson, am: Instant, in db: any SQLConnection) throws -> [Auskunftsteil]

    /// Forgets the person; what the law keeps stays under the id alone.
    func loesche(_ person: BetroffenePerson, durch urheber: Urheber, in db: any SQLConnection) throws
}

/// Whose data is meant; rooms that know no accounts find their records by the address.
package struct BetroffenePerson: Sendable, Equatable {
    package let id: Person.ID
    package let email: String
    package let name: String?

    package init(id: Person.ID, email: String, name: String?) { (self.id, self.email, self.name) = (id, email, name) }
}

/// One kind of record about a person, as it is told to the person.
package struct Auskunftsteil: Sendable {
    package struct Feld: Sendable {
        /// Its name in the file.
        package let name: String
        /// Its name for people.
        package let titel: String
        package let wert: Auskunftswert

        package init(_ name: String, _ titel: String, _ wert: Auskunftswert) {
            (self.name, self.titel, self.wert) = (name, titel, wert)
        }
    }

    /// Its name in the file.
    package let name: String
    /// Its heading for people.
    package let titel: String
    package let zeilen: [[Feld]]

    package init(_ name: String, _ titel: String, _ zeilen: [[Feld]]) {
        (self.name, self.titel, self.zeilen) = (name, titel, zeilen)
    }
}

/// A value that a person is told.
package enum Auskunftswert: Sendable, Equatable {
    case leer
    case text(String)
    case zahl(Int)
    case wahr(Bool)
    case zeit(Instant)

    package init(_ text: String?) { self = text.map { .text($0) } ?? .leer }

    package init(_ zeit: Instant?) { self = zeit.map { .zeit($0) } ?? .leer }

    /// As people read it.
    package var lesbar: String {
        switch self {
        case .leer: "–"
        case .text(let text): text
        case .zahl(let number): Zahl.deutsch(number)
        case .wahr(let yes): yes ? "ja" : "nein"
        case .zeit(let instant): instant.berlin
        }
    }
}

/// An entry of the register of processing activities (Art. 30 DSGVO).
package struct Verarbeitung: Sendable {
    package let name: String
    package let zweck: String
    package let betroffene: String
    package let daten: String
    package let grundlage: String
    package let empfaenger: String
    /// Where the data lies; a test finds tables about persons that nobody names.
    package let tabellen: [String]
    /// How long, where no period of the calendar says it.
    package let dauer: String?
    package let fristen: [Loeschfrist]

    package init(
        _ name: String, zweck: String, betroffene: String, daten: String, grundlage: String,
        empfaenger: String = "keine außerhalb der Installation", tabellen: [String], dauer: String? = nil,
        fristen: [Loeschfrist] = []
    ) {
        (self.name, self.zweck, self.betroffene, self.daten) = (name, zweck, betroffene, daten)
        (self.grundlage, self.empfaenger, self.tabellen) = (grundlage, empfaenger, tabellen)
        (self.dauer, self.fristen) = (dauer, fristen)
    }
}

/// How long a kind of record stays, why, and what happens then.
package struct Loeschfrist: Sendable {
    /// The moment of a run and the one before which a record must have ended to go.
    package struct Lage: Sendable {
        package let am: Instant
        package let grenze: Instant

        package init(am: Instant, tage: Int) { (self.am, grenze) = (am, am.plus(sekunden: -tage * 86_400)) }
    }

    package typealias Arbeit = @Sendable (Lage, any SQLConnection) throws -> Int

    /// Its name in the setting: `verlauf`.
    package let art: String
    /// The records in words: "Beendete Sitzungen".
    package let was: String
    /// Days that the records stay; an operator may say otherwise.
    package let tage: Int
    /// What the days are counted from: "seit dem Ende der Sitzung".
    package let ab: String
    /// What happens at the end.
    package let ende: String
    package let grundlage: String
    /// How many records would go now.
    package let faellig: Arbeit
    /// Lets them go and says how many went.
    package let raeume: Arbeit

    package init(
        _ art: String, _ was: String, tage: Int, ab: String, ende: String, grundlage: String,
        faellig: @escaping Arbeit, raeume: @escaping Arbeit
    ) {
        (self.art, self.was, self.tage, self.ab) = (art, was, tage, ab)
        (self.ende, self.grundlage, self.faellig, self.raeume) = (ende, grundlage, faellig, raeume)
    }

    /// So many days in words, with what they are counted from.
    package func dauer(_ tage: Int) -> String {
        switch tage {
        case 0: "sofort"
        case let days where days % 365 == 0: "\(Zahl.mit(days / 365, "Jahr", "Jahre")) \(ab)"
        default: "\(Zahl.mit(tage, "Tag", "Tage")) \(ab)"
        }
    }
}
