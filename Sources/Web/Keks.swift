package import Hummingbird

/// A cookie of ours. Under TLS its name says `__Host-` (RFC 6265bis): browsers then take it from this very host alone,
/// and no neighbour under the same domain can plant one.
package struct Keks: Sendable {
    /// What the name of every cookie of ours begins with, behind the prefix for TLS.
    static let vorsatz = "leitstand_"

    private let name: String
    private let weg: String

    /// `weg` is the path it is sent to; it counts only without TLS, because a cookie that is bound to the host is sent
    /// everywhere.
    package init(_ name: String, weg: String = "/") { (self.name, self.weg) = (name, weg) }

    package func name(tls: Bool) -> String { tls ? "__Host-" + name : name }

    package func wert(in request: Request, tls: Bool) -> String? { request.cookies[name(tls: tls)]?.value }

    /// The text of `Set-Cookie`; zero seconds take the cookie away.
    package func gesetzt(_ value: String, seconds: Int, tls: Bool) -> String {
        let end = "; Max-Age=\(seconds); HttpOnly; SameSite=Lax"
        return "\(name(tls: tls))=\(value); Path=\(tls ? "/" : weg)\(end)\(tls ? "; Secure" : "")"
    }
}
