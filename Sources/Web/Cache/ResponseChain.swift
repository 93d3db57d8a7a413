import HTTPTypes
package import Hummingbird

/// The way of every request: count and log it, answer it from the cache, else from the routes.
package struct ResponseChain: HTTPResponder {
    package typealias Context = SiteContext

    private let routes: any HTTPResponder<SiteContext>
    private let cache: ResponseCache?
    private let exceptions: Exceptions
    /// Pages print the host that was asked, because no public address is configured.
    private let namesHost: Bool
    private let log: RequestLog
    /// Nil where the operator wants no limit for a client address.
    private let drosselung: Drosselung?

    /// Addresses that the cache leaves alone.
    package struct Exceptions: Sendable {
        /// Not even the database is asked for them.
        let prefixes: [String]
        /// Routes whose answers depend on more than the data and the day.
        let routes: Set<String>

        package init(prefixes: [String] = [], routes: Set<String> = []) {
            (self.prefixes, self.routes) = (prefixes, routes)
        }
    }

    package init(
        routes: any HTTPResponder<SiteContext>, cache: ResponseCache? = nil, exceptions: Exceptions = Exceptions(),
        namesHost: Bool = true, log: RequestLog = RequestLog(), drosselung: Drosselung? = nil
    ) {
        self.routes = routes
        self.cache = cache
        self.exceptions = exceptions
        self.namesHost = namesHost
        self.log = log
        self.drosselung = drosselung
    }

    package func respond(to request: Request, context: SiteContext) async throws -> Response {
        let start = ContinuousClock.now
        var context = context
        log.begin()
        do {
            let stand = drosselung?.zaehle(request, context)
            var (response, path): (Response, String?)
            if let stand, !stand.istErlaubt {
                context.drosselstand = stand
                response = try await routes.respond(to: request, context: context)
                path = context.endpointPath
            } else {
                (response, path) = try await answer(request, context)
            }
            if let stand, request.uri.path.hasPrefix("/api/v1/") { stand.schreibe(in: &response.headers) }
            log.line(request, context, path: path, status: response.status.code, since: start)
            return response
        } catch {
            log.line(
                request, context, path: context.endpointPath, status: error is CancellationError ? 499 : 500,
                since: start)
            throw error
        }
    }

    private func answer(_ request: Request, _ context: SiteContext) async throws -> (Response, path: String?) {
        guard let key = CacheKey(request, namesHost: namesHost),
            !exceptions.prefixes.contains(where: key.address.hasPrefix)
        else {
            let response = try await routes.respond(to: request, context: context)
            return (response, context.endpointPath)
        }
        guard let cache else { return try await alone(request, context) }
        let moment: ResponseCache.Moment
        do { moment = try await cache.moment() } catch let error as CancellationError { throw error } catch {
            // Without a mark nothing is known to be new enough, and the page itself will say what is wrong.
            return try await alone(request, context)
        }
        while true {
            switch cache.find(key, at: moment) {
            case .hit(let answer): return (answer.response(to: request), answer.path)
            case .bypass:
                // Where the route itself knows marks, it can say 304 without making the whole.
                guard request.method == .get, request.isConditional else { return try await alone(request, context) }
                let response = try await routes.respond(to: request, context: context)
                return (try await finished(response, for: request, context).response, context.endpointPath)
            case .join(let flight):
                switch await flight.outcome() {
                case .done(let answer): return (answer.response(to: request), answer.path)
                case .alone, .never: return try await alone(request, context)
                case .again: continue
                }
            case .lead(let flight):
                do {
                    let rendering = try await render(request, context)
                    cache.land(flight, key, at: moment, outcome(of: rendering))
                    return (rendering.response, context.endpointPath)
                } catch {
                    cache.land(flight, key, at: moment, error is CancellationError ? .again : .alone)
                    throw error
                }
            }
        }
    }

    private func alone(_ request: Request, _ context: SiteContext) async throws -> (Response, path: String?) {
        (try await render(request, context).response, context.endpointPath)
    }

    private struct Rendering {
        /// What this request is answered with.
        let response: Response
        /// What others can be answered with.
        let answer: CachedResponse?
        /// The routes had a page, not a failure or a way elsewhere.
        let isPage: Bool
    }

    private func outcome(of rendering: Rendering) -> Flight.Outcome {
        guard let answer = rendering.answer, !exceptions.routes.contains(answer.path ?? "") else {
            return rendering.isPage ? .never : .alone
        }
        return .done(answer)
    }

    /// Asks the routes in a way that serves everybody, and answers this request with it.
    private func render(_ request: Request, _ context: SiteContext) async throws -> Rendering {
        try await finished(routes.respond(to: request.shared, context: context), for: request, context)
    }

    private func finished(
        _ response: Response, for request: Request, _ context: SiteContext
    ) async throws -> Rendering {
        if let answer = try await CachedResponse(response, path: context.endpointPath) {
            return Rendering(response: answer.response(to: request), answer: answer, isPage: true)
        }
        guard response.status == .ok else {
            return Rendering(
                response: request.method == .head ? response.createHeadResponse() : response, answer: nil,
                isPage: false)
        }
        if let etag = response.headers[.eTag],
            request.knows(etag: etag, lastModified: response.headers[.lastModified])
        {
            let unchanged = Response(status: .notModified, headers: response.headers.unchanged)
            return Rendering(response: unchanged, answer: nil, isPage: true)
        }
        return Rendering(
            response: request.method == .head ? response.createHeadResponse() : response, answer: nil, isPage: true)
    }
}
