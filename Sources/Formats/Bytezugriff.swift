/// Bytes that can be read at any place without taking all of them into memory.
package protocol Bytezugriff: Sendable {
    var byteCount: Int { get }

    /// Up to `count` bytes from `offset`; empty at the end.
    func read(at offset: Int, count: Int) throws(FormatError) -> [UInt8]
}

/// Bytes that are in memory anyway.
package struct Byteliste: Bytezugriff {
    private let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var byteCount: Int { bytes.count }

    package func read(at offset: Int, count: Int) throws(FormatError) -> [UInt8] {
        guard offset >= 0, offset < bytes.count, count > 0 else { return [] }
        return Array(bytes[offset..<min(bytes.count, offset + count)])
    }
}

extension Bytezugriff {
    /// Exactly these bytes; nil where the file ends before.
    package func exakt(_ offset: Int, _ count: Int) throws(FormatError) -> [UInt8]? {
        guard offset >= 0, count >= 0, offset <= byteCount - count else { return nil }
        let found = try read(at: offset, count: count)
        return found.count == count ? found : nil
    }

    /// Hands all bytes to `body` in parts, until it returns false.
    package func stueckweise(
        ab start: Int = 0, _ size: Int = 65_536, _ body: ([UInt8]) throws -> Bool
    ) throws {
        var offset = start
        while offset < byteCount {
            let part = try read(at: offset, count: size)
            guard !part.isEmpty, try body(part) else { return }
            offset += part.count
        }
    }
}
