import Kernel
import Storage
import Verzeichnis
import Web

/// An authority at which the reader holds a role, with the ways to what is done there.
struct EigeneVerwaltung: Ansicht {
    /// More are found under the own account.
    private static let gezeigt = 5

    let organisation: Organisation
    let darfEinladen: Bool
    let darfVerlauf: Bool

    /// Those of a person, by name; none for somebody who only reads.
    static func alle(_ person: Person?, in db: any SQLConnection) throws -> [EigeneVerwaltung] {
        guard let person else { return [] }
        return try person.organisationen.prefix(gezeigt).compactMap { id in
            try OrganisationStore.find(Organisation.ID(rawValue: id), in: db).map { found in
                EigeneVerwaltung(
                    organisation: found, darfEinladen: Rechte.darf(person, .kontenVerwalten(organisation: id)),
                    darfVerlauf: Rechte.darf(person, .verlaufLesen(organisation: id)))
            }
        }.sorted { Faltung.sort($0.organisation.name) < Faltung.sort($1.organisation.name) }
    }

    func child(named: String) -> Any? {
        switch named {
        case "name": organisation.name
        case "liste": organisation.art == .verwaltung ? "/umsetzung/\(organisation.schluessel)" : nil
        case "pfad": organisation.pfad
        case "personen": darfEinladen ? "Wer hier welche Rolle hat, und einladen" : "Wer hier welche Rolle hat"
        case "verlauf": darfVerlauf ? organisation.pfad + "/verlauf" : nil
        default: nil
        }
    }
}
