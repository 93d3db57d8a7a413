import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import NIOCore
import TestKit

@testable import Web

/// A site of a few routes with the middleware of the product.
enum Kleinseite {
    static func site(assets: Assets? = nil) throws -> Site {
        Site(
            views: try Welt.views.get(), assets: try assets ?? Assets(ordner: []), navigation: [], fussnoten: [],
            version: "0")
    }

    static func router(assets: Assets? = nil, _ add: (inout Routes) -> Void) throws -> Router<SiteContext> {
        let router = Router(context: SiteContext.self, options: [.autoGenerateHeadEndpoints])
        router.add(middleware: SecurityHeaders())
        router.add(middleware: Drosselantwort(site: try site(assets: assets), jeMinute: 5))
        router.add(middleware: ErrorPages(site: try site(assets: assets), newID: { "vorfall7" }))
        router.add(middleware: RequestGuard())
        var routes = Routes(router)
        add(&routes)
        return router
    }

    /// A temporary folder with these files, gone after `body`.
    @discardableResult
    static func ordner<T>(_ files: [String: [UInt8]], _ body: (String) async throws -> T) async throws -> T {
        let folder = Ordner.neu()
        try Ordner.fuelle(folder, files)
        defer { Ordner.entferne(folder) }
        return try await body(folder)
    }
}
