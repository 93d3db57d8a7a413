import HTTPTypes
package import Hummingbird
package import Kernel
import Storage

/// A program that asks for a person: what its Zugangstoken allows beyond the person's roles.
package struct Programm: Sendable, Equatable {
    /// Id of the Zugangstoken.
    package let token: String
    package let darfAendern: Bool

    package init(token: String, darfAendern: Bool) { (self.token, self.darfAendern) = (token, darfAendern) }

    static let noetig = Refusal(
        .signInNeeded,
        "Dafür braucht ein Programm ein Zugangstoken (Authorization: Bearer …). Sie machen es unter „Mein Konto“.")

    static let nurLesen = Refusal(
        .notAllowed, "Dieses Zugangstoken darf nur lesen. Machen Sie eines zum Lesen und Ändern.")
}

/// What a request says of itself with `Authorization: Bearer`.
enum Traeger: Sendable, Equatable { case keiner, ungueltig, gueltig }

/// Looks up the Zugangstoken of a request below `/api/v1`; anywhere else a token means nothing.
package struct BearerLookup: RouterMiddleware {
    package typealias Context = SiteContext

    /// Where programs ask. There no cookie counts, so nothing comes along unasked that could change something.
    static func gilt(fuer request: Request) -> Bool { request.uri.path.hasPrefix("/api/v1/") }

    private let sessions: any SessionSource
    private let drossel: Drossel<String>?
    private let now: @Sendable () -> Instant

    /// `drossel` counts the requests of each token; nil where the operator wants no limit.
    package init(sessions: any SessionSource, drossel: Drossel<String>?, now: @escaping @Sendable () -> Instant) {
        (self.sessions, self.drossel, self.now) = (sessions, drossel, now)
    }

    package func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        guard BearerLookup.gilt(fuer: request), let token = BearerLookup.token(in: request) else {
            return try await next(request, context)
        }
        var context = context
        context.traeger = .ungueltig
        let (sessions, now) = (sessions, now)
        do {
            if let sitzung = try await sessions.session(ofToken: token, at: now()), let programm = sitzung.programm {
                context.sitzung = sitzung
                context.traeger = .gueltig
                context.nachschau = Nachschau { db in try sessions.session(ofToken: token, at: now(), in: db) }
                context.drosselstand = drossel?.nimm(programm.token)
            }
        } catch let error as StorageError { context.sitzungsfehler = error }
        var response = try await next(request, context)
        // What one person's program reads is nobody else's.
        response.headers[.cacheControl] = "no-store"
        context.drosselstand?.schreibe(in: &response.headers)
        return response
    }

    /// What stands behind the word Bearer; nil for other ways of signing in, which may be a proxy's before us.
    private static func token(in request: Request) -> String? {
        let fields = request.headers[values: .authorization].filter { $0.prefix(7).lowercased() == "bearer " }
        guard let first = fields.first else {
            return request.headers[values: .authorization].contains { $0.lowercased() == "bearer" } ? "" : nil
        }
        return fields.count == 1 ? first.dropFirst(7).getrimmt : ""
    }
}

/// Sends away whose token is not valid, and whose program asks too often.
package struct BearerGuard: RouterMiddleware {
    package typealias Context = SiteContext

    package init() {}

    package func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        if context.traeger == .ungueltig {
            throw Refusal(
                .signInNeeded,
                "Dieses Zugangstoken gilt nicht: es ist unbekannt, abgelaufen oder widerrufen. Machen Sie unter „Mein Konto“ ein neues."
            )
        }
        if let stand = context.drosselstand, !stand.istErlaubt { throw ZuVieleAnfragen(stand: stand) }
        return try await next(request, context)
    }
}

/// A program asked more often than its token may.
struct ZuVieleAnfragen: Error { let stand: Drosselstand }

extension SiteContext {
    /// What a 401 of the JSON interface must say (RFC 6750, section 3).
    var herausforderung: String { traeger == .ungueltig ? "Bearer error=\"invalid_token\"" : "Bearer" }
}
