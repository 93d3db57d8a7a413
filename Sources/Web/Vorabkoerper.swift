import HTTPTypes
package import Hummingbird
import NIOCore

/// Takes in the whole form of somebody who need not be signed in, before the request gets a place to work.
///
/// Whoever sends such a form byte by byte would otherwise hold a place all that time, and a few of them would keep
/// everybody from signing in.
package struct Vorabkoerper: RouterMiddleware {
    package typealias Context = SiteContext

    /// No form without a session is longer.
    package static let hoechstens = 64 * 1024

    private let pfad: String
    private let site: Site

    /// `unter` is the beginning of the routes whose forms need no session.
    package init(unter pfad: String, site: Site) { (self.pfad, self.site) = (pfad, site) }

    package func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        guard request.method != .get, request.method != .head, context.endpointPath?.hasPrefix(pfad) == true else {
            return try await next(request, context)
        }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Vorabkoerper.hoechstens {
            return try zuGross(context)
        }
        var request = request
        do { _ = try await request.collectBody(upTo: Vorabkoerper.hoechstens) } catch is NIOTooManyBytesError {
            return try zuGross(context)
        } catch let error as HTTPError where error.status == .contentTooLarge {
            return try zuGross(context)
        } catch {
            if error is CancellationError { throw error }
            // Whoever sent it is gone or sends something else than announced: nobody reads a page there.
            return Response(status: .badRequest, headers: [.contentLength: "0"])
        }
        return try await next(request, context)
    }

    private func zuGross(_ context: SiteContext) throws -> Response {
        let problem = Problem(
            .contentTooLarge, "Zu groß",
            "Das ist zu viel auf einmal: höchstens \(Vorabkoerper.hoechstens / 1024) KB.")
        return try site.render(ErrorPage(problem: problem), context, status: problem.status)
    }
}
