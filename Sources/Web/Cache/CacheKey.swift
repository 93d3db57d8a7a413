import HTTPTypes
import Hummingbird

/// What an anonymous answer depends on besides the data and the day: the address as sent and, where pages print it,
/// the host.
///
/// Equal keys mean equal bytes: texts outside ASCII never become a key, because Swift holds some of them equal that
/// differ in their bytes.
struct CacheKey: Hashable, Sendable {
    /// Longer addresses are rare and hardly ever asked for twice.
    static let longest = 2_048

    let address: String
    let host: String?

    /// Nil for a request whose answer must not be shared: it changes something, names a person or is oddly formed.
    init?(_ request: Request, namesHost: Bool) {
        guard request.method == .get || request.method == .head else { return nil }
        let address = request.uri.string
        guard CacheKey.isPlain(address, limit: CacheKey.longest), address.utf8.first == UInt8(ascii: "/") else {
            return nil
        }
        var host = request.head.authority
        for field in request.headers {
            switch field.name {
            // With and without its prefix for TLS. What else we set counts at `/anmelden` alone, which is never kept.
            case .cookie: if field.value.contains(SessionCookie.plain) { return nil }
            case .authorization: return nil
            case .host: host = host ?? field.value
            default: break
            }
        }
        if namesHost, let host {
            guard CacheKey.isPlain(host, limit: 255) else { return nil }
            self.host = host
        } else {
            self.host = nil
        }
        self.address = address
    }

    /// What the key itself takes in memory, roughly.
    var cost: Int { address.utf8.count + (host?.utf8.count ?? 0) + 200 }

    private static func isPlain(_ text: String, limit: Int) -> Bool {
        text.utf8.count <= limit && text.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "#") }
    }
}

extension HTTPField.Name {
    static let host = HTTPField.Name("Host") ?? .server
}
