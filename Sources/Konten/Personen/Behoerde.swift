package import Storage
import Web

/// An Organisation as far as accounts need it.
package struct Behoerde: Sendable, Equatable {
    package let id: String
    package let name: String
    package let ars: String?

    package init(id: String, name: String, ars: String?) { (self.id, self.name, self.ars) = (id, name, ars) }

    /// What stands for it in addresses.
    var wort: String { ars ?? id }
    var pfad: String { "/organisationen/\(wort)" }
    var personenpfad: String { pfad + "/personen" }
    /// The way to its people; they belong to the Organisation, not to its Umsetzungsliste.
    var brotkrumen: [Krume] {
        [
            Krume("Start", "/"), Krume("Organisationen", "/organisationen"), Krume(name, pfad),
            Krume("Personen", personenpfad),
        ]
    }
}

/// Finds the Organisation that people mean; the directory supplies it.
package protocol Behoerdenauskunft: Sendable {
    /// - Throws: `Refusal` for a word that stands for none.
    func behoerde(_ wort: String, in db: any SQLConnection) throws -> Behoerde
}
