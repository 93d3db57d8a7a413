import Crypto
import HTTPTypes
import Hummingbird
import Kernel
import Storage
import Web

/// The one place where a sign-in through the provider becomes a session.
struct Fremdsitzung: Sendable {
    let database: any Database
    let tls: Bool
    let now: @Sendable () -> Instant

    /// Begins the session and hands it to the browser. Without a second factor of the provider it counts as begun with one
    /// factor alone, as after a password.
    func beginne(
        _ person: Person.ID, zweiterFaktor: Bool, _ request: Request, _ context: SiteContext, ziel: String
    ) async throws -> Response {
        let (token, csrf, am) = (Geheimnis.neu(bytes: 32), Geheimnis.neu(bytes: 32), now())
        let hash = Base64URL.encode(Array(SHA256.hash(data: Array(token.utf8))))
        try await database.write { db in
            try KontoStore.beginne(person: person, token: token, csrf: csrf, am: am, in: db)
            try db.execute("UPDATE sitzung SET zweiter_faktor = \(zweiterFaktor) WHERE token_hash = \(hash)")
        }
        var response = Response.weiter(zu: ziel)
        response.headers.append(
            HTTPField(name: .setCookie, value: SessionCookie.set(token, seconds: KontoStore.sitzungsdauer, tls: tls)))
        return response
    }
}
