import NIOCore

/// A range of network addresses: `10.0.0.0/8`, `fd00::/8`, `192.0.2.7`.
package struct Netzbereich: Sendable, Equatable {
    private let bytes: [UInt8]
    private let laenge: Int

    /// Nil when the text is no such range.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = parts.first, let bytes = Self.bytes(String(address)) else { return nil }
        guard parts.count == 2 else {
            (self.bytes, laenge) = (bytes, bytes.count * 8)
            return
        }
        guard (1...3).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
            let length = Int(parts[1]), length <= bytes.count * 8
        else { return nil }
        (self.bytes, laenge) = (bytes, length)
    }

    package func enthaelt(_ address: String) -> Bool {
        guard let other = Self.bytes(address), other.count == bytes.count else { return false }
        for (index, (a, b)) in zip(bytes, other).enumerated() {
            let bits = min(8, max(0, laenge - index * 8))
            if bits == 0 { return true }
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            if a & mask != b & mask { return false }
        }
        return true
    }

    /// This machine itself.
    static let eigene = ["127.0.0.0/8", "::1"].compactMap { Netzbereich($0) }

    /// One spelling for all addresses of one place: an IPv4 address, or the 64 bits that IPv6 gives one connection.
    package static func stelle(_ address: String) -> String? {
        guard let all = bytes(address) else { return nil }
        return (all.count == 4 ? all : Array(all.prefix(8))).map { String($0) }.joined(separator: ".")
    }

    /// 4 or 16 bytes; an IPv4 address that came through IPv6 counts as IPv4.
    private static func bytes(_ text: String) -> [UInt8]? {
        // What is no address is nil to the caller, whatever the reason.
        guard let address = try? SocketAddress(ipAddress: text, port: 0) else { return nil }
        // Where the address lies in sockaddr_in and sockaddr_in6.
        switch address {
        case .v4: return address.withSockAddr { pointer, _ in roh(pointer, 4..<8) }
        case .v6:
            let all = address.withSockAddr { pointer, _ in roh(pointer, 8..<24) }
            let isMapped = all.prefix(10).allSatisfy { $0 == 0 } && all[10] == 255 && all[11] == 255
            return isMapped ? Array(all.suffix(4)) : all
        case .unixDomainSocket: return nil
        }
    }

    private static func roh<T>(_ pointer: UnsafePointer<T>, _ range: Range<Int>) -> [UInt8] {
        range.map { UnsafeRawPointer(pointer).load(fromByteOffset: $0, as: UInt8.self) }
    }
}
