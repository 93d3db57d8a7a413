package import HTTPTypes
package import Hummingbird
import Kernel

/// Who may reach a route at all; a finer right, e.g. at one Organisation, is asked by the route itself.
package enum Zugang: String, Sendable {
    case oeffentlich
    case angemeldet
}

/// One route as it was registered: what the permission matrix and the API document are checked against.
package struct RouteEntry: Sendable {
    package let method: HTTPRequest.Method
    /// With parameters in braces: `/leistungen/{id}`.
    package let path: String
    package let zugang: Zugang
    /// Documented operation of a JSON route.
    package let operation: APIOperation?

    package init(method: HTTPRequest.Method, path: String, zugang: Zugang, operation: APIOperation?) {
        (self.method, self.path, self.zugang, self.operation) = (method, path, zugang, operation)
    }
}

/// Registers the routes of all rooms and remembers them.
package struct Routes {
    package typealias Handler = @Sendable (Request, SiteContext) async throws -> Response

    private let router: Router<SiteContext>
    /// The JSON routes alone, without middleware: whoever describes them can ask them.
    private let schnittstelle = Router(context: SiteContext.self)
    package private(set) var table: [RouteEntry] = []

    package init(_ router: Router<SiteContext>) { self.router = router }

    package mutating func get(_ path: String, _ zugang: Zugang = .oeffentlich, use handler: @escaping Handler) {
        add(.get, path, zugang, nil, handler)
    }

    package mutating func post(_ path: String, _ zugang: Zugang = .angemeldet, use handler: @escaping Handler) {
        add(.post, path, zugang, nil, handler)
    }

    /// A JSON route under `/api/v1`, with its place in the API document.
    package mutating func api(_ operation: APIOperation, use handler: @escaping Handler) {
        let path = "/api/v1" + operation.path
        add(operation.methode, path, operation.nurMitToken ? .angemeldet : .oeffentlich, operation, handler)
        if operation.methode == .get { schnittstelle.get(RouterPath(path), use: handler) }
    }

    /// Methods that are understood, and that no address answers to: above all never with an echo of what was sent.
    static let nirgends = [HTTPRequest.Method.trace] + [HTTPRequest.Method("QUERY")].compactMap { $0 }

    /// Answers 405 wherever a path is known and the method is not; call it once, after all routes.
    package func schliesseAb() {
        for (path, entries) in Dictionary(grouping: table, by: \.path) {
            var allowed = Set(entries.map(\.method))
            // The router answers HEAD wherever it answers GET.
            if allowed.contains(.get) { allowed.insert(.head) }
            let refusal = FalscheMethode(erlaubt: allowed.map(\.rawValue).sorted())
            for method in Methoden.bekannte + Routes.nirgends where !allowed.contains(method) {
                router.on(RouterPath(path), method: method) { _, _ -> Response in throw refusal }
            }
        }
    }

    /// Answers the JSON routes registered so far, from inside.
    package func antworten() -> any HTTPResponder<SiteContext> { schnittstelle.buildResponder() }

    private mutating func add(
        _ method: HTTPRequest.Method, _ path: String, _ zugang: Zugang, _ operation: APIOperation?,
        _ handler: @escaping Handler
    ) {
        table.append(RouteEntry(method: method, path: path, zugang: zugang, operation: operation))
        router.on(RouterPath(path), method: method) { request, context in
            if zugang == .angemeldet {
                if operation != nil, context.person == nil { throw Programm.noetig }
                try context.verlange(.angemeldet)
            }
            return try await handler(request, context)
        }
    }
}

/// A room's routes.
package protocol RoomRoutes: Sendable {
    func add(to routes: inout Routes)
}
