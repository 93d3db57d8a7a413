package import Kernel
import Post
package import Storage
import Web

/// The account of the Administration that the first start of an installation makes.
package struct Erstkonto: Sendable {
    package let email: String
    package let klartext: String

    package static let email = "verwaltung@leitstand.localhost"
    /// Seconds for which the link of one server is not replaced by another's that started with it.
    private static let ruhe = 10

    /// Makes the account with a password, for trying out; nil when accounts exist already.
    package static func anlegen(
        _ anmeldung: Anmeldung, am: Instant, in database: any Database
    ) async throws -> Erstkonto? {
        guard try await database.read({ db in try !KontoStore.gibtKonten(in: db) }) else { return nil }
        let klartext = Kennwort.vorschlag()
        let kennwort = try await anmeldung.neuesKennwort(klartext)
        let made = try await database.write { db in
            try db.lock("erstkonto")
            guard try !KontoStore.gibtKonten(in: db) else { return false }
            _ = try KontoStore.insert(
                email: email, kennwort: kennwort, aemter: [.init(.administration)], durch: .betrieb(am), in: db)
            return true
        }
        return made ? Erstkonto(email: email, klartext: klartext) : nil
    }

    /// A link with which the operator chooses the password of the first account: each start gives a fresh one until
    /// somebody used it; nil when there are other accounts or it was used.
    package static func lade(
        _ anmeldung: Anmeldung, am: Instant, in database: any Database
    ) async throws -> NeuerLink? {
        guard try await database.read({ db in try istOffen(in: db) }) else { return nil }
        // Of a secret that is forgotten at once: nobody signs in before the link is used.
        let kennwort = try await anmeldung.neuesKennwort(Geheimnis.neu(bytes: 24))
        return try await database.write { db in
            try db.lock("erstkonto")
            guard try istOffen(in: db) else { return nil }
            let recent: Int? = try db.value(
                "SELECT 1 FROM einmallink WHERE angelegt_am > \(am.plus(sekunden: -ruhe)) AND benutzt_am IS NULL LIMIT 1"
            )
            guard recent == nil else { return nil }
            return try Personenverwaltung.lade(
                Postadresse(email), name: nil, [.init(.init(.administration))], kennwort: kennwort,
                durch: .betrieb(am), in: db
            ).link
        }
    }

    /// Nobody can sign in: there is no account, or only the first one, which nobody has taken.
    private static func istOffen(in db: any SQLConnection) throws -> Bool {
        let other: Int? = try db.value(
            "SELECT 1 FROM person WHERE email <> \(email) OR eingeladen_am IS NULL LIMIT 1")
        return other == nil
    }
}
