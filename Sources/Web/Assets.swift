import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore

/// Stylesheets, fonts and images, held in memory and served under an address that changes with their content.
package struct Assets: Sendable {
    struct File: Sendable {
        let type: String
        let bytes: ByteBuffer
        let gzip: ByteBuffer?
    }

    private let files: [String: File]
    /// Where all of them lie: `/assets/` and the first digits of their common hash.
    package let base: String

    /// Reads folders one over the other; a `.gz` beside a file is its compressed form.
    /// - Throws: when a folder cannot be read.
    package init(ordner: [String]) throws {
        var raw: [String: Data] = [:]
        for folder in ordner {
            guard let walker = FileManager.default.enumerator(atPath: folder) else {
                throw Views.Broken(file: folder, line: nil, reason: "der Ordner ist nicht lesbar")
            }
            for case let path as String in walker {
                var isFolder: ObjCBool = false
                let full = folder + "/" + path
                guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder), !isFolder.boolValue,
                    Assets.type(of: path.hasSuffix(".gz") ? String(path.dropLast(3)) : path) != nil,
                    let data = FileManager.default.contents(atPath: full)
                else { continue }
                raw[path] = data
            }
        }
        var hash = SHA256()
        var files: [String: File] = [:]
        for (path, data) in raw.sorted(by: { $0.key < $1.key }) where !path.hasSuffix(".gz") {
            guard let type = Assets.type(of: path) else { continue }
            hash.update(data: Data(path.utf8))
            hash.update(data: data)
            files[path] = File(
                type: type, bytes: ByteBuffer(bytes: data),
                gzip: raw[path + ".gz"].flatMap { Assets.passt($0, zu: data) ? ByteBuffer(bytes: $0) : nil })
        }
        self.files = files
        base = "/assets/" + hash.finalize().prefix(6).hex
    }

    /// Whether a gzip file holds this content: its trailer is checksum and length (RFC 1952).
    private static func passt(_ gzip: Data, zu data: Data) -> Bool {
        guard gzip.count >= 18 else { return false }
        var expected = crc32(data)
        var length = UInt32(truncatingIfNeeded: data.count)
        for (index, byte) in gzip.suffix(8).enumerated() {
            if index < 4 {
                guard byte == UInt8(expected & 255) else { return false }
                expected >>= 8
            } else {
                guard byte == UInt8(length & 255) else { return false }
                length >>= 8
            }
        }
        return true
    }

    private static let crcTable: [UInt32] = (0..<256).map { byte in
        var value = UInt32(byte)
        for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        return value
    }

    private static func crc32(_ data: Data) -> UInt32 {
        var crc = ~UInt32(0)
        let table = crcTable
        data.withUnsafeBytes { bytes in
            for byte in bytes { crc = crc >> 8 ^ table[Int((crc ^ UInt32(byte)) & 255)] }
        }
        return ~crc
    }

    package var isEmpty: Bool { files.isEmpty }

    package func contains(_ path: String) -> Bool { files[path] != nil }

    /// Whether one of them has this address, whatever the version.
    func liegt(unter path: String) -> Bool {
        guard path.hasPrefix("/assets/") else { return false }
        let rest = path.dropFirst(8)
        return rest.firstIndex(of: "/").map { contains(String(rest[rest.index(after: $0)...])) } ?? false
    }

    private static func type(of path: String) -> String? {
        switch path.split(separator: ".").last.map(String.init) {
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "woff2": "font/woff2"
        case "txt", "md": "text/plain; charset=utf-8"
        case "png": "image/png"
        default: nil
        }
    }

    package func add(to routes: inout Routes) {
        routes.get("/assets/{version}/**") { request, context in
            let rest = context.parameters.getCatchAll().joined(separator: "/")
            // Under another version, e.g. of a newer server beside this one, nobody may keep it.
            let isCurrent = "/assets/" + (try context.parameter("version")) == base
            return try answer(rest, request, kept: isCurrent)
        }
        routes.get("/favicon.ico") { request, _ in try answer("favicon.svg", request, kept: false) }
    }

    private func answer(_ path: String, _ request: Request, kept: Bool) throws -> Response {
        guard let file = files[path] else { throw Refusal(.notFound, "Diese Datei gibt es nicht.") }
        var headers: HTTPFields = [
            .contentType: file.type, .cacheControl: kept ? "public, max-age=31536000, immutable" : "no-cache",
            .vary: "Accept-Encoding",
        ]
        if let gzip = file.gzip, (request.headers[.acceptEncoding] ?? "").contains("gzip") {
            headers[.contentEncoding] = "gzip"
            return Response(status: .ok, headers: headers, body: .init(byteBuffer: gzip))
        }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: file.bytes))
    }
}
