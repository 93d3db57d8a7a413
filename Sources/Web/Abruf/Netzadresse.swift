import Glibc

/// What kind of network address this is, and which ones a host has.
package enum Netzadresse {
    /// Ranges that no public host has: this machine, private networks, neighbours, groups, examples, and those that carry
    /// an IPv4 address inside an IPv6 one (IANA special-purpose registries).
    private static let besondere = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23",
        "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    ].compactMap { Netzbereich($0) }

    package static func istAdresse(_ text: String) -> Bool { !text.contains("/") && Netzbereich(text) != nil }

    /// Whether everybody could reach it; what cannot be read is not public.
    package static func istOeffentlich(_ address: String) -> Bool {
        istAdresse(address) && !besondere.contains { $0.enthaelt(address) }
    }

    /// This machine.
    package static func istEigene(_ address: String) -> Bool {
        istAdresse(address) && Netzbereich.eigene.contains { $0.enthaelt(address) }
    }

    /// All addresses of a host, in the order in which the system wants them tried. Blocks while names are looked up.
    static func aufloesen(_ rechner: String) -> [String] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(rechner, nil, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        var found: [String] = []
        var next = first
        while let entry = next?.pointee {
            var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            if getnameinfo(entry.ai_addr, entry.ai_addrlen, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST) == 0 {
                let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                if !found.contains(text) { found.append(text) }
            }
            next = entry.ai_next
        }
        return found
    }
}
