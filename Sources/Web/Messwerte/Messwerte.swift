import HTTPTypes
package import Hummingbird
package import Storage
import Synchronization

/// All figures of this process in one place; whoever has some registers as a source.
package final class Messwerte: Sendable {
    private struct Zustand {
        var anfragen = Anfragewerte()
        var quellen: [any Messquelle] = []
    }

    private let zustand: Mutex<Zustand>

    package init(_ quellen: [any Messquelle] = []) {
        zustand = Mutex(Zustand(quellen: quellen))
    }

    package func fuege(_ quelle: any Messquelle) { zustand.withLock { $0.quellen.append(quelle) } }

    /// A middleware that counts requests; what an earlier one counted is forgotten.
    package func anfragemessung() -> Anfragemessung {
        let anfragen = Anfragewerte()
        zustand.withLock { $0.anfragen = anfragen }
        return Anfragemessung(werte: anfragen)
    }

    /// Everything as the text that Prometheus fetches.
    package var text: String {
        let state = zustand.withLock { $0 }
        return Messtext.schreibe(state.anfragen.messreihen() + state.quellen.flatMap { $0.messreihen() })
    }
}

/// Counts requests by their route, which a router or a cache in front of it notes in the context.
package struct Anfragemessung: RouterMiddleware {
    package typealias Context = SiteContext
    let werte: Anfragewerte

    /// Names the routes, once all are registered; other addresses are counted together.
    package func kenne(_ routen: some Sequence<String>) { werte.kenne(routen) }

    package func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        werte.beginnt()
        defer { werte.endet() }
        do {
            let response = try await next(request, context)
            zaehle(request.method, context, response.status.code, start)
            return response
        } catch {
            zaehle(request.method, context, error is CancellationError ? 499 : 500, start)
            throw error
        }
    }

    private func zaehle(
        _ method: HTTPRequest.Method, _ context: SiteContext, _ status: Int, _ start: ContinuousClock.Instant
    ) {
        let took = (ContinuousClock.now - start).components
        werte.zaehle(
            method, route: context.endpointPath, status: status,
            sekunden: Double(took.seconds) + Double(took.attoseconds) / 1e18)
    }
}

/// How busy the database is.
package struct Datenbankwerte: Messquelle {
    let database: any Database

    package init(_ database: any Database) { self.database = database }

    package func messreihen() -> [Messreihe] {
        let now = database.counters
        let prefix = "leitstand_database_"
        return [
            Messreihe(prefix + "connections_open", .gauge, "Connections to the database.", now.open),
            Messreihe(prefix + "connections_idle", .gauge, "Connections that nobody uses.", now.idle),
            Messreihe(prefix + "waiting", .gauge, "Units of work that wait for a connection.", now.waiting),
            Messreihe(
                prefix + "waited_seconds_total", .counter, "Time that units of work waited for a connection.",
                Double(now.waitedMilliseconds) / 1_000),
            Messreihe(prefix + "reads_total", .counter, "Units of work that read.", now.reads),
            Messreihe(prefix + "writes_total", .counter, "Units of work that wrote.", now.writes),
            Messreihe(prefix + "commits_total", .counter, "Transactions made durable.", now.commits),
            Messreihe(
                prefix + "repeated_total", .counter, "Units of work run again after a conflict or a lost connection.",
                now.repeated),
            Messreihe(
                prefix + "reconnects_total", .counter, "Connections made anew after one was lost.", now.reconnects),
        ]
    }
}
