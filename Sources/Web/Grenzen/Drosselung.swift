import HTTPTypes
package import Hummingbird
import NIOCore

/// Counts the requests of each client address, also those that the cache answers.
package struct Drosselung: Sendable {
    package typealias Stelle = @Sendable (Request, SiteContext) -> Netzstelle?

    /// What costs nothing or must always answer.
    private static let frei: Set<String> = ["/healthz", "/readyz", "/metrics", "/favicon.ico"]

    private let drossel: Drossel<Netzstelle>
    private let stelle: Stelle
    private let assets: Assets?

    /// `stelle` says where a request comes from; nil for one that nobody counts.
    package init(
        jeMinute: Int, assets: Assets? = nil, jetzt: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        stelle: @escaping Stelle
    ) {
        (drossel, self.stelle, self.assets) = (Drossel(jeMinute: jeMinute, jetzt: jetzt), stelle, assets)
    }

    /// By client address, seen through the operator's proxies; this machine itself is not counted.
    package init(jeMinute: Int, assets: Assets, herkunft: Herkunft) {
        self.init(jeMinute: jeMinute, assets: assets) { request, context in
            guard let found = herkunft.netzstelle(request, context), !found.istEigenerRechner else { return nil }
            return found
        }
    }

    func zaehle(_ request: Request, _ context: SiteContext) -> Drosselstand? {
        let path = request.uri.path
        guard !Self.frei.contains(path), assets?.liegt(unter: path) != true else { return nil }
        return stelle(request, context).map { drossel.nimm($0) }
    }
}

/// Answers those whom the count let not through: before everything that takes a place or asks the database.
package struct Drosselantwort: RouterMiddleware {
    package typealias Context = SiteContext
    private let antwort: Ausweichantwort

    /// `jeMinute` is what an address may ask.
    package init(site: Site, jeMinute: Int) {
        antwort = Ausweichantwort(site: site, problem: Drosselstand.problem(jeMinute))
    }

    package func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        guard let stand = context.drosselstand, !stand.istErlaubt else { return try await next(request, context) }
        return try antwort.response(request, context, pause: stand.warte)
    }
}

/// One place in the network: an IPv4 address, or the 64 bits that IPv6 gives one connection.
package struct Netzstelle: Hashable, Sendable {
    private let wert: UInt64
    private let istV4: Bool
    let istEigenerRechner: Bool

    /// Nil for what is no address of the internet.
    init?(_ address: SocketAddress) {
        // Where the address lies in sockaddr_in and sockaddr_in6.
        switch address {
        case .v4:
            self.init(v4: address.withSockAddr { pointer, _ in Self.zahl(pointer, 4, as: UInt32.self) })
        case .v6:
            let (high, low) = address.withSockAddr { pointer, _ in
                (Self.zahl(pointer, 8, as: UInt64.self), Self.zahl(pointer, 16, as: UInt64.self))
            }
            // An IPv4 address that came through IPv6 counts as IPv4.
            if high == 0, low >> 32 == 0xFFFF {
                self.init(v4: UInt32(truncatingIfNeeded: low))
            } else {
                self.init(wert: high, istV4: false, istEigenerRechner: high == 0 && low == 1)
            }
        case .unixDomainSocket: return nil
        }
    }

    private init(v4: UInt32) { self.init(wert: UInt64(v4), istV4: true, istEigenerRechner: v4 >> 24 == 127) }

    private init(wert: UInt64, istV4: Bool, istEigenerRechner: Bool) {
        (self.wert, self.istV4, self.istEigenerRechner) = (wert, istV4, istEigenerRechner)
    }

    private static func zahl<T, Z: FixedWidthInteger & BitwiseCopyable>(
        _ pointer: UnsafePointer<T>, _ offset: Int, as: Z.Type
    ) -> Z {
        Z(bigEndian: UnsafeRawPointer(pointer).loadUnaligned(fromByteOffset: offset, as: Z.self))
    }
}

extension Herkunft {
    /// Without proxies straight from the connection, so that nothing is read as text.
    fileprivate func netzstelle(_ request: Request, _ context: SiteContext) -> Netzstelle? {
        guard hatProxys else { return context.verbindungsadresse.flatMap { Netzstelle($0) } }
        guard let text = adresse(request, gegenstelle: context.gegenstelle) else { return nil }
        // What is no address is nobody's place.
        return (try? SocketAddress(ipAddress: text, port: 0)).flatMap { Netzstelle($0) }
    }
}
