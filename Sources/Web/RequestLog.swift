package import HTTPTypes
import Hummingbird
import Kernel
import Logging

/// Counts requests, for an operator's figures; both are called once for each, cached or not.
package protocol Anfragezaehler: Sendable {
    func beginnt()

    /// `weg` is the pattern of the route, nil where there is none.
    func endet(_ methode: HTTPRequest.Method, weg: String?, status: Int, mikrosekunden: Int)
}

/// One structured line a request: method, route, status, duration. Never the query, never a person.
package struct RequestLog: Sendable {
    private let zaehler: (any Anfragezaehler)?

    package init(zaehler: (any Anfragezaehler)? = nil) { self.zaehler = zaehler }

    func begin() { zaehler?.beginnt() }

    func line(
        _ request: Request, _ context: SiteContext, path: String?, status: Int, since start: ContinuousClock.Instant
    ) {
        let took = (ContinuousClock.now - start).components
        let micros = Int(took.seconds) * 1_000_000 + Int(took.attoseconds / 1_000_000_000_000)
        zaehler?.endet(request.method, weg: path, status: status, mikrosekunden: micros)
        let path = path ?? "-"
        let logger = context.logger
        guard logger.logLevel <= .info else { return }
        // Building a dictionary for each request costs more than a page from the cache.
        if let log = logger.handler as? JSONLog,
            log.request(method: request.method.rawValue, path: path, status: status, micros: micros)
        {
            return
        }
        logger.info(
            "anfrage",
            metadata: [
                "methode": "\(request.method.rawValue)", "weg": "\(path)", "status": .stringConvertible(status),
                "mikrosekunden": .stringConvertible(micros),
            ])
    }
}
