package import Jobs
package import Kernel
package import Storage

/// What the job of a letter knows: whom it concerns and what it is about, never an address, a link or a text.
package struct Briefauftrag: Codable, Sendable, Equatable {
    package let person: String
    /// Who caused it.
    package let von: String?
    package let organisation: String?
    /// The one who gets it asked for this very letter, so it also goes to an address that was marked.
    package let erbeten: Bool?

    package init(an person: Person.ID, von: Person.ID? = nil, organisation: String? = nil, erbeten: Bool = false) {
        (self.person, self.von, self.organisation) = (person.rawValue, von?.rawValue, organisation)
        self.erbeten = erbeten ? true : nil
    }

    package var empfaenger: Person.ID { Person.ID(rawValue: person) }
    package var urheber: Person.ID? { von.map(Person.ID.init(rawValue:)) }
}

/// How one kind of letter is written; the room that knows the persons supplies it.
package struct Briefschreiber: Sendable {
    package enum Ergebnis: Sendable {
        case brief(an: Postadresse, name: String?, Briefentwurf)
        /// Nothing is to be said any more, with the reason.
        case entfaellt(String)
    }

    /// What became of a letter.
    package enum Ausgang: Sendable, Equatable {
        case verschickt
        /// It may be tried again.
        case nichtAngenommen(String)
        case entfallen(String)
    }

    package typealias Schreiben = @Sendable (Briefauftrag, Job.ID, any SQLConnection) throws -> Ergebnis
    package typealias Vermerk = @Sendable (Briefauftrag, Job.ID, Ausgang, any SQLConnection) throws -> Void

    package let art: Briefart
    /// Writes it right before it is sent, in a transaction of its own, so that it may mint a link.
    let schreibe: Schreiben
    /// Notes what became of it, in the transaction that notes it in the log.
    let vermerke: Vermerk

    package init(
        _ art: Briefart, schreibe: @escaping Schreiben, vermerke: @escaping Vermerk = { _, _, _, _ in }
    ) {
        (self.art, self.schreibe, self.vermerke) = (art, schreibe, vermerke)
    }
}

/// What is known about mailboxes; the room of the accounts supplies it.
package protocol Adressbuch: Sendable {
    /// Whether mail to this address of the person came back.
    func istMarkiert(_ adresse: Postadresse, of person: Person.ID, in db: any SQLConnection) throws -> Bool

    /// Notes that mail to this person comes back; false where the address is not the person's any more, or known
    /// to be dead.
    func markiere(
        _ person: Person.ID, hash: String, grund: String, am: Instant, in db: any SQLConnection
    ) throws -> Bool
}
