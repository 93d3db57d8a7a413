package import Kernel
package import Konten
package import Storage
import Verzeichnis

/// Accounts to try the product with, one for each of some roles, beside the example data alone.
package enum Beispielkonten {
    package struct Konto: Sendable {
        package let email: String
        package let klartext: String
        package let rolle: Rolle
    }

    private static let rollen: [(name: String, rolle: Rolle)] = [
        ("koordination", .ozgAnsprechperson), ("redaktion", .redaktion), ("sachbearbeitung", .sachbearbeitung),
        ("leitung", .leitung), ("leserecht", .leserecht), ("projektbuero", .projektbuero),
    ]

    /// The authority of the example data at which they work.
    private static let ort = "055580016016"

    /// Makes them once, with fresh passwords; nothing where the data is not the example data.
    package static func anlegen(
        _ anmeldung: Anmeldung, am: Instant, in database: any Database
    ) async throws -> [Konto] {
        let place = try await database.read { db -> String? in
            try Beispieldaten.istGeladen(in: db) ? OrganisationStore.named(ort, in: db).id.rawValue : nil
        }
        guard let place else { return [] }
        var made: [Konto] = []
        for (name, rolle) in rollen {
            let klartext = Kennwort.vorschlag()
            let kennwort = try await anmeldung.neuesKennwort(klartext)
            let email = "\(name)@leitstand.localhost"
            let isNew = try await database.write { db in
                guard try KontoStore.konto(email: email, in: db) == nil else { return false }
                _ = try KontoStore.insert(
                    email: email, kennwort: kennwort, aemter: [.init(rolle, an: rolle.giltUeberall ? nil : place)],
                    durch: .betrieb(am), in: db)
                return true
            }
            if isNew { made.append(Konto(email: email, klartext: klartext, rolle: rolle)) }
        }
        return made
    }
}
