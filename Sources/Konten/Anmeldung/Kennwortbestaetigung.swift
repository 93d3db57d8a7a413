import Kernel
import Storage

/// Asks somebody signed in for the password once more, slowed down like signing in.
struct Kennwortbestaetigung: Sendable {
    enum Ergebnis: Sendable {
        /// The password as it is stored.
        case stimmt(Kennwort)
        /// A sentence that says what to do.
        case stimmtNicht(String)
    }

    let database: any Database
    let anmeldung: Anmeldung
    let now: @Sendable () -> Instant

    func pruefe(_ klartext: String, of person: Person.ID) async throws -> Ergebnis {
        guard !klartext.isEmpty, klartext.utf8.count <= 1_000 else {
            return .stimmtNicht("Geben Sie Ihr jetziges Passwort ein.")
        }
        let am = now()
        let stellen = Anmeldebremse.bestaetigung(person: person)
        let (stored, versuch): (Kennwort?, Anmeldebremse.Versuch)
        do {
            (stored, versuch) = try await database.write { db in
                (try KontoStore.kennwort(of: person, in: db), try Anmeldebremse.beginne(stellen, am: am, in: db))
            }
        } catch let wait as Anmeldebremse.Gebremst { return .stimmtNicht(wait.satz) }
        guard await anmeldung.passt(klartext, stored), let stored else {
            return .stimmtNicht("Das Passwort stimmt nicht.")
        }
        try await database.write { db in try Anmeldebremse.gelungen(versuch, in: db) }
        return .stimmt(stored)
    }
}
