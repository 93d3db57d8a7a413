import Formats
package import Hummingbird
package import Kernel
import Logging
import NIOCore
package import Storage

/// What a request carries besides itself: who asks, and the session that proves it.
package struct SiteContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The session of the cookie, if it is known and not over.
    package var sitzung: Sitzung?
    /// Asks for that session once more, at the moment of a change.
    package internal(set) var nachschau = Nachschau()
    /// Why nobody knows whether the cookie's session is still good: the database did not answer.
    var sitzungsfehler: (any Error)?
    /// What the request says of itself with `Authorization`, and how near its program or its place is to a limit.
    var traeger = Traeger.keiner
    var drosselstand: Drosselstand?
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

    var verbindungsadresse: SocketAddress? { kanal.remoteAddress }

    package var person: Person? { sitzung?.person }

    /// - Throws: `Refusal` when the person asking may not do this.
    package func verlange(_ recht: Recht) throws { try Sitzung.verlange(recht, von: sitzung) }

    /// - Throws: `Refusal.signInNeeded` where nobody is signed in.
    package func verlangePerson() throws -> Person {
        guard let person else { throw Refusal(.signInNeeded, "Bitte melden Sie sich an, um fortzufahren.") }
        return person
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
    /// The program that asks with a Zugangstoken; nil for a person at a browser.
    package let programm: Programm?

    package init(
        person: Person, csrf: String, zweiterFaktor: Bool = false, faktorFehlt: Bool = false, programm: Programm? = nil
    ) {
        (self.person, self.csrf, self.programm) = (person, csrf, programm)
        (self.zweiterFaktor, self.faktorFehlt) = (zweiterFaktor, faktorFehlt)
    }
}

extension Sitzung {
    /// - Throws: `Refusal` where nobody is signed in or the roles that count do not allow it.
    fileprivate static func verlange(_ recht: Recht, von sitzung: Sitzung?) throws {
        do { try Rechte.verlange(recht, von: sitzung?.person) } catch let refusal as Refusal
            where refusal.kind == .notAllowed && sitzung?.faktorFehlt == true
        {
            if sitzung?.programm != nil {
                throw Refusal(
                    .notAllowed,
                    "Die Rolle dafür gilt nur mit einem Zugangstoken, das in einer Anmeldung mit zweitem Faktor gemacht wurde."
                )
            }
            throw Refusal(
                .notAllowed,
                "Ihre Rolle gilt erst mit einem zweiten Faktor. Öffnen Sie „Mein Konto“ (oben rechts) und richten Sie ihn ein."
            )
        }
    }
}

/// Who asks, as it stands when a change is written: a form can take its time to arrive, and meanwhile the session may
/// have ended or a role may have been taken.
package struct Nachschau: Sendable {
    private let sitzung: @Sendable (any SQLConnection) throws -> Sitzung?

    /// Without a way to look, nobody is signed in.
    init(_ sitzung: @escaping @Sendable (any SQLConnection) throws -> Sitzung? = { _ in nil }) {
        self.sitzung = sitzung
    }

    /// The person with the roles that count in this session now; nil when it is over.
    package func person(in db: any SQLConnection) throws -> Person? { try sitzung(db)?.person }

    /// Whether it was made with a second factor, as it stands now.
    package func hatZweitenFaktor(in db: any SQLConnection) throws -> Bool { try sitzung(db)?.zweiterFaktor ?? false }

    /// Call it in the transaction that changes something.
    ///
    /// - Throws: `Refusal` when the person asking may not do this any more, or with a token that only reads.
    package func verlange(_ recht: Recht, in db: any SQLConnection) throws {
        let sitzung = try sitzung(db)
        if let programm = sitzung?.programm, !programm.darfAendern { throw Programm.nurLesen }
        try Sitzung.verlange(recht, von: sitzung)
    }
}

/// Finds the session of a cookie; the room of accounts supplies it.
package protocol SessionSource: Sendable {
    func session(of token: String, at now: Instant) async throws -> Sitzung?

    /// The same inside a transaction.
    func session(of token: String, at now: Instant, in db: any SQLConnection) throws -> Sitzung?

    /// Who asks with a Zugangstoken.
    func session(ofToken token: String, at now: Instant) async throws -> Sitzung?

    /// The same inside a transaction.
    func session(ofToken token: String, at now: Instant, in db: any SQLConnection) throws -> Sitzung?
}

extension SessionSource {
    /// Where there are no tokens, none is valid.
    package func session(ofToken token: String, at now: Instant) async throws -> Sitzung? { nil }

    package func session(ofToken token: String, at now: Instant, in db: any SQLConnection) throws -> Sitzung? { nil }
}
