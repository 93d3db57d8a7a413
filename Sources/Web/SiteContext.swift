import Formats
package import Hummingbird
package import Kernel
import Logging
import NIOCore

/// What a request carries besides itself: who asks, and the session that proves it.
package struct SiteContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The session of the cookie, if it is known and not over.
    package var sitzung: Sitzung?
    /// Why nobody knows whether the cookie's session is still good: the database did not answer.
    var sitzungsfehler: (any Error)?
    /// The address of the page asked for, to come back to after signing in; nil where that makes no sense.
    package var seite: String?
    /// Path and query as asked for, and the host it was asked of; nil where they are too long or no plain name.
    package var adresse: String?
    package var rechner: String?
    private let kanal: any Channel

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        kanal = source.channel
    }

    /// The network address at the other end of the connection, which may be a proxy's.
    package var gegenstelle: String? { kanal.remoteAddress?.ipAddress }

    package var person: Person? { sitzung?.person }

    /// - Throws: `Refusal` when the person asking may not do this.
    package func verlange(_ recht: Recht) throws {
        do { try Rechte.verlange(recht, von: person) } catch let refusal as Refusal
            where refusal.kind == .notAllowed && sitzung?.faktorFehlt == true
        {
            throw Refusal(
                .notAllowed,
                "Ihre Rolle gilt erst mit einem zweiten Faktor. Öffnen Sie „Mein Konto“ (oben rechts) und richten Sie ihn ein."
            )
        }
    }

    package func darf(_ recht: Recht) -> Bool { Rechte.darf(person, recht) }

    /// The Verlauf's author for a change made by this request.
    package func urheber(_ now: Instant) -> Urheber { Urheber(person: person?.id, am: now) }

    /// A path parameter as typed by the person, decoded.
    package func parameter(_ name: String) throws -> String {
        guard let raw = parameters.get(name), !raw.isEmpty,
            let value = Prozentkodierung.decode(raw, plusIsSpace: false)
        else { throw Refusal(.notFound, "Diese Seite gibt es nicht.") }
        return value
    }
}

/// A signed-in session as the web sees it.
package struct Sitzung: Sendable, Equatable {
    package let person: Person
    /// The secret that every form of this session carries.
    package let csrf: String
    /// Signed in with a second factor.
    package let zweiterFaktor: Bool
    /// Roles of the person do not count because they demand a second factor and this session has none.
    package let faktorFehlt: Bool

    package init(person: Person, csrf: String, zweiterFaktor: Bool = false, faktorFehlt: Bool = false) {
        (self.person, self.csrf) = (person, csrf)
        (self.zweiterFaktor, self.faktorFehlt) = (zweiterFaktor, faktorFehlt)
    }
}

/// Finds the session of a cookie; the room of accounts supplies it.
package protocol SessionSource: Sendable {
    func session(of token: String, at now: Instant) async throws -> Sitzung?
}
