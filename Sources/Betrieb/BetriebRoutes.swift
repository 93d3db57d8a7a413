import Hummingbird
import Kernel
package import Web

/// Where the Administration finds what concerns the whole installation.
package struct BetriebRoutes: RoomRoutes {
    let site: Site

    package init(site: Site) { self.site = site }

    package func add(to routes: inout Routes) {
        routes.get("/betrieb", .angemeldet, use: show)
    }

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        try context.verlange(.betrieb)
        return try site.render(BetriebSeite(), context)
    }
}

struct BetriebSeite: Page {
    static let template = "konten/betrieb"
    /// The way to every page of the Administration.
    static let weg = [Krume("Start", "/"), Krume("Administration", "/betrieb")]

    var titel: String { "Administration" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Administration")] }
    var bereich: String { "/betrieb" }

    func child(named: String) -> Any? { nil }
}
