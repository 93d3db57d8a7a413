import Formats
import HTTPTypes
package import Hummingbird
package import Kernel
import Logging
import Storage

/// Headers that keep a browser from doing what no page of ours asks for.
package struct SecurityHeaders: RouterMiddleware {
    package typealias Context = SiteContext

    package static let policy = [
        "default-src 'none'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "script-src 'self'",
        "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    package init() {}

    package func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        // A page that shows what is not a page of ours says what that may do.
        if response.headers[.contentSecurityPolicy] == nil {
            response.headers[.contentSecurityPolicy] = SecurityHeaders.policy
        }
        response.headers[.xContentTypeOptions] = "nosniff"
        // A page whose address is a secret says something stricter.
        if response.headers[.referrerPolicy] == nil { response.headers[.referrerPolicy] = "same-origin" }
        response.headers[.frameOptions] = "DENY"
        response.headers[.permissionsPolicy] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
        response.headers[.openerPolicy] = "same-origin"
        return response
    }
}

extension HTTPField.Name {
    package static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .server
    static let frameOptions = HTTPField.Name("X-Frame-Options") ?? .server
    static let permissionsPolicy = HTTPField.Name("Permissions-Policy") ?? .server
    static let openerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy") ?? .server
    static let fetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .server
}

/// Refuses addresses no route should ever see, and changes that another site's page sends.
package struct RequestGuard: RouterMiddleware {
    package typealias Context = SiteContext

    /// Longest address with its query, in bytes.
    package static let addressLimit = 8_192

    package init() {}

    package func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        guard Methoden.bekannte.contains(request.method) else { throw FalscheMethode(erlaubt: []) }
        guard request.uri.string.utf8.count <= RequestGuard.addressLimit else {
            throw Refusal(.uriTooLong, "Die Adresse ist zu lang. Kürzen Sie die Suche oder die Filter.")
        }
        guard Prozentkodierung.decode(request.uri.path, plusIsSpace: false) != nil,
            Prozentkodierung.decode(request.uri.query ?? "", plusIsSpace: true) != nil
        else {
            throw Refusal(.badRequest, "Die Adresse enthält Zeichen, die nicht lesbar sind (kein gültiges UTF-8).")
        }
        if request.method != .get, request.method != .head {
            try refuseForeignOrigin(request)
        }
        return try await next(request, context)
    }

    private func refuseForeignOrigin(_ request: Request) throws {
        let foreign = Refusal(
            .notAllowed, "Diese Änderung wurde von einer fremden Seite ausgelöst und deshalb nicht ausgeführt.")
        // Browsers say it themselves; a proxy that renames the host cannot confuse that.
        if let site = request.headers[.fetchSite] {
            guard site == "same-origin" || site == "none" else { throw foreign }
            return
        }
        if let origin = request.headers[.origin],
            let host = request.head.authority ?? request.headers[.init("Host") ?? .server],
            origin != "null", origin.split(separator: "/").last.map(String.init) != host
        {
            throw foreign
        }
    }
}

/// Looks up the session of the request's cookie.
package struct SessionLookup: RouterMiddleware {
    package typealias Context = SiteContext
    let sessions: any SessionSource
    /// Only the cookie that a browser sends through TLS alone counts.
    let tls: Bool
    let now: @Sendable () -> Instant

    package init(sessions: any SessionSource, tls: Bool, now: @escaping @Sendable () -> Instant) {
        (self.sessions, self.tls, self.now) = (sessions, tls, now)
    }

    package func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let address = request.uri.string
        // HEAD is to say of a page what GET would.
        let isReading = request.method == .get || request.method == .head
        if isReading, address != "/", !address.hasPrefix("/anmelden"), address.utf8.count <= 1_000 {
            context.seite = address
        }
        if isReading, address.utf8.count <= 1_000 { context.adresse = address }
        context.rechner = Grundadresse.rechner(request)
        if let token = SessionCookie.token(in: request, tls: tls) {
            let (sessions, now) = (sessions, now)
            context.nachschau = Nachschau { db in try sessions.session(of: token, at: now(), in: db) }
            do { context.sitzung = try await sessions.session(of: token, at: now()) } catch let error as StorageError {
                // What needs no session still answers; who is refused for want of one is told the true reason.
                context.sitzungsfehler = error
            }
        }
        return try await next(request, context)
    }
}

/// The cookie that names a session; under TLS with the `__Host-` prefix (RFC 6265bis).
package enum SessionCookie {
    static let plain = "leitstand_sitzung"
    static let secure = "__Host-leitstand_sitzung"

    package static func token(in request: Request, tls: Bool) -> String? {
        request.cookies[tls ? secure : plain]?.value
    }

    package static func set(_ token: String, seconds: Int, tls: Bool) -> String {
        "\(tls ? secure : plain)=\(token); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Lax\(tls ? "; Secure" : "")"
    }
}
