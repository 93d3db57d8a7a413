import HTTPTypes
package import Hummingbird
import Kernel
import NIOCore
import Synchronization

/// Gives each request a place to work, or a short answer that says to come again.
///
/// Belongs behind a cache, because a kept answer needs no place, and before everything that asks the database.
package struct Anfragebegrenzung: RouterMiddleware {
    package typealias Context = SiteContext

    /// What must answer however much is going on, and costs next to nothing.
    static let frei: Set<String> = ["/healthz", "/readyz", "/metrics", "/favicon.ico", "/assets/{version}/**"]
    /// A body up to this size is read before the request takes a place: who sends slowly waits outside.
    static let kleinerKoerper = 64 * 1024

    private let grenze: Anfragegrenze
    private let antwort: Ausweichantwort

    package init(grenze: Anfragegrenze, site: Site) {
        (self.grenze, antwort) = (grenze, Ausweichantwort(site: site))
    }

    package func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        let route = context.endpointPath ?? "-"
        if Anfragebegrenzung.frei.contains(route) { return try await next(request, context) }
        var request = request
        if let length = request.headers[.contentLength].flatMap({ Int($0) }),
            (1...Anfragebegrenzung.kleinerKoerper).contains(length)
        {
            do { _ = try await request.collectBody(upTo: Anfragebegrenzung.kleinerKoerper) } catch {
                if error is CancellationError { throw error }
                // Whoever sent it is gone or sends something else than announced: nobody reads a page there.
                return Response(status: .badRequest, headers: [.contentLength: "0"])
            }
        }
        do { try await grenze.betritt(route) } catch is Anfragegrenze.Abweisung {
            // Not all at the same moment again.
            return try antwort.response(request, context, pause: Int.random(in: 2...6))
        }
        defer { grenze.verlasse(route) }
        return try await next(request, context)
    }
}

/// 503 or 429 with a sentence, drawn once: whoever is sent away must cost less than whoever is let in.
final class Ausweichantwort: Sendable {
    static let ueberlastung = Problem(
        .serviceUnavailable, "Gerade zu viel los",
        "Der Server bekommt gerade mehr Anfragen, als er bearbeiten kann. Ihre wurde nicht ausgeführt.",
        rat: "Bitte versuchen Sie es in einigen Sekunden noch einmal.")

    private let site: Site
    private let problem: Problem
    private let seite = Mutex<ByteBuffer?>(nil)

    init(site: Site, problem: Problem = Ausweichantwort.ueberlastung) { (self.site, self.problem) = (site, problem) }

    /// `pause` are the seconds after which to come again.
    func response(_ request: Request, _ context: SiteContext, pause: Int) throws -> Response {
        let body: ByteBuffer
        var headers: HTTPFields = [.cacheControl: "no-store", .retryAfter: "\(pause)"]
        if request.uri.path.hasPrefix("/api/") {
            headers[.contentType] = "application/problem+json"
            body = ByteBuffer(bytes: problem.bytes)
        } else {
            headers[.contentType] = "text/html; charset=utf-8"
            body = try seite.withLock { kept in
                if let kept { return kept }
                let html = try site.text(ErrorPage(problem: problem), context)
                let drawn = ByteBuffer(string: html)
                kept = drawn
                return drawn
            }
        }
        let response = Response(status: problem.status, headers: headers, body: .init(byteBuffer: body))
        return request.method == .head ? response.createHeadResponse() : response
    }
}
