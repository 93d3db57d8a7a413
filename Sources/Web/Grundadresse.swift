import Hummingbird

/// Scheme and host under which readers find this installation: `https://leitstand.example`.
package struct Grundadresse: Sendable {
    /// The operator's word, without a slash at its end.
    package let konfiguriert: String?

    /// `konfiguriert` is the operator's word; without it the host that a request names counts.
    package init(_ konfiguriert: String? = nil) {
        guard var text = konfiguriert, Webadresse.istGueltig(text) else {
            self.konfiguriert = nil
            return
        }
        while text.hasSuffix("/") { text.removeLast() }
        self.konfiguriert = text
    }

    package func text(_ context: SiteContext) -> String {
        konfiguriert ?? context.rechner.map { "http://\($0)" } ?? "http://localhost"
    }

    /// The host of a request when it is a name or number with a port, and nothing that could mean more.
    static func rechner(_ request: Request) -> String? {
        guard let host = request.head.authority ?? request.headers[.init("Host") ?? .server],
            (1...255).contains(host.utf8.count),
            host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-.:[]".contains($0)) })
        else { return nil }
        return host
    }
}
