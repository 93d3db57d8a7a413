import Crypto
import HTTPTypes
package import Hummingbird
package import Kernel
import NIOCore

/// Tells a reader who comes again whether anything is new (RFC 9110, section 13).
package struct Abrufmarke: Sendable, Equatable {
    package let etag: String
    /// The last change in the words of HTTP.
    package let geaendert: String

    /// `zustand` is everything that the document is made of.
    package init(zustand: [String], geaendert: Instant) {
        etag = "\"\(SHA256.hash(data: Array(zustand.joined(separator: "\n").utf8)).prefix(10).hex)\""
        self.geaendert = geaendert.http
    }

    /// Whether the reader has this very state already.
    package func kennt(_ request: Request) -> Bool { request.knows(etag: etag, lastModified: geaendert) }

    private var headers: HTTPFields { [.eTag: etag, .lastModified: geaendert, .cacheControl: "no-cache"] }

    /// 304, without the document.
    package var unveraendert: Response { Response(status: .notModified, headers: headers) }

    package func antwort(_ bytes: [UInt8], typ: String) -> Response {
        var headers = headers
        headers[.contentType] = typ
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

extension Instant {
    private static let wochentage = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let monate = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The moment as HTTP writes it: `Sun, 22 Nov 2026 09:00:00 GMT`.
    package var http: String {
        let day = rawValue >= 0 ? rawValue / 86_400_000 : (rawValue - 86_399_999) / 86_400_000
        // 1 January 1970 was a Thursday.
        let weekday = Instant.wochentage[((day % 7) + 7) % 7]
        let text = iso
        let parts = text.prefix { $0 != "T" }.split(separator: "-")
        guard parts.count == 3, let month = Int(parts[1]), (1...12).contains(month) else { return text }
        let clock = text.drop { $0 != "T" }.dropFirst().prefix(8)
        return "\(weekday), \(parts[2]) \(Instant.monate[month - 1]) \(parts[0]) \(clock) GMT"
    }
}
