import Crypto
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore

/// A finished answer that may be given to everybody who asks the same: its headers are complete and its bytes shared.
final class CachedResponse: Sendable {
    /// Larger answers are rare; keeping one would drive out hundreds of others.
    static let largest = 1 << 20

    let status: HTTPResponse.Status
    let headers: HTTPFields
    let body: ByteBuffer
    /// The pattern of the route, for the log.
    let path: String?
    private let etag: String?
    private let lastModified: String?
    private let unchanged: HTTPFields

    /// Nil when the answer is one person's, a failure, made for a single time, or too large.
    init?(_ response: Response, path: String?) async throws {
        guard CachedResponse.isShareable(response), let length = response.body.contentLength,
            length <= CachedResponse.largest
        else { return nil }
        let bytes = Sink()
        try await response.body.write(SinkWriter(sink: bytes))
        body = bytes.buffer
        guard body.readableBytes == length else { return nil }
        status = response.status
        self.path = path
        var headers = response.headers
        if status == .ok {
            if headers[.eTag] == nil { headers[.eTag] = CachedResponse.mark(of: body) }
            // A session's pages are never kept, but who keeps this one must know that a cookie makes another.
            headers[.vary] = headers[.vary].map { $0 + ", Cookie" } ?? "Cookie"
        }
        headers[.contentLength] = String(length)
        self.headers = headers
        etag = headers[.eTag]
        lastModified = headers[.lastModified]
        unchanged = headers.unchanged
    }

    /// What the answer takes in memory, roughly.
    var cost: Int {
        max(body.storageCapacity, body.readableBytes)
            + (headers.count + unchanged.count) * MemoryLayout<HTTPField>.stride
            + headers.reduce(0) { $0 + $1.value.utf8.count } + 300
    }

    /// The answer for this request: whole, without its body for HEAD, or 304 for a reader who has it already.
    func response(to request: Request) -> Response {
        if let etag, request.knows(etag: etag, lastModified: lastModified) {
            return Response(status: .notModified, headers: unchanged)
        }
        return Response(
            status: status, headers: headers, body: request.method == .head ? .init() : .init(byteBuffer: body))
    }

    /// Only what says of itself that it may be asked for again: `no-cache`, which is not `no-store`, or a lasting move.
    private static func isShareable(_ response: Response) -> Bool {
        guard !response.headers.contains(.setCookie) else { return false }
        let control = response.headers[.cacheControl]
        return response.status == .ok && control == "no-cache"
            || response.status == .permanentRedirect && control == nil
    }

    /// A strong mark of the content.
    private static func mark(of body: ByteBuffer) -> String {
        "\"\(body.withUnsafeReadableBytes { SHA256.hash(data: $0) }.prefix(12).hex)\""
    }
}

extension Request {
    /// Whether the reader has this very answer already (RFC 9110, section 13).
    ///
    /// A date counts only when it is the one we gave: clocks and old dates prove nothing, and readers send it back as
    /// it was.
    func knows(etag: String, lastModified: String?) -> Bool {
        if let known = headers[.ifNoneMatch] {
            if known == etag { return true }
            return known.split(separator: ",").contains { part in
                let tag = part.getrimmt
                return tag == "*" || (tag.hasPrefix("W/") ? String(tag.dropFirst(2)) : tag) == etag
            }
        }
        guard let lastModified, let known = headers[.ifModifiedSince] else { return false }
        return known.getrimmt == lastModified
    }

    var isConditional: Bool { headers.contains(.ifNoneMatch) || headers.contains(.ifModifiedSince) }

    /// The same question without what only this reader knows, so that its answer serves all.
    var shared: Request {
        guard method != .get || isConditional else { return self }
        var head = head
        head.method = .get
        head.headerFields[.ifNoneMatch] = nil
        head.headerFields[.ifModifiedSince] = nil
        return Request(head: head, body: body)
    }
}

extension HTTPFields {
    /// For 304: everything but what describes the bytes that are not sent.
    var unchanged: HTTPFields {
        var headers = self
        for name in [HTTPField.Name.contentType, .contentLength, .contentEncoding] { headers[name] = nil }
        return headers
    }
}

/// Takes the body of an answer; a body in one piece is taken as it is.
private final class Sink {
    var buffer = ByteBuffer()
}

private struct SinkWriter: ResponseBodyWriter {
    let sink: Sink

    mutating func write(_ buffer: ByteBuffer) async throws {
        if sink.buffer.readableBytes == 0 {
            sink.buffer = buffer
        } else {
            sink.buffer.writeImmutableBuffer(buffer)
        }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
