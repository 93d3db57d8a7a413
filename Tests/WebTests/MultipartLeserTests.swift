import Kernel
import TestKit
import Testing

@testable import Web

/// Forms that are read as they arrive.
@Suite struct MultipartLeserTests {
    private static let grenze = "----grenze7"

    private static func body(_ parts: [(head: String, content: [UInt8])]) -> [UInt8] {
        parts.flatMap { Array("--\(grenze)\r\n\($0.head)\r\n\r\n".utf8) + $0.content + [13, 10] }
            + Array("--\(grenze)--\r\n".utf8)
    }

    private static func feld(_ name: String) -> String { "Content-Disposition: form-data; name=\"\(name)\"" }

    private static func datei(_ name: String, _ file: String) -> String {
        "\(feld(name)); filename=\"\(file)\"\r\nContent-Type: application/octet-stream"
    }

    /// Everything that a body tells, pieces of a file put together again.
    private static func lies(_ pieces: [[UInt8]], _ grenzen: MultipartLeser.Grenzen = .init()) throws
        -> [MultipartLeser.Ereignis]
    {
        var reader = MultipartLeser(grenze: grenze, grenzen)
        var found: [MultipartLeser.Ereignis] = []
        for piece in pieces {
            try reader.nimm(piece) { event in
                if case .stueck(let more) = event, case .stueck(let before)? = found.last {
                    found[found.count - 1] = .stueck(before + more)
                } else {
                    found.append(event)
                }
            }
        }
        try reader.schliesse()
        return found
    }

    @Test func `fields and a file are told in their order`() throws {
        let bytes = Self.body([
            (Self.feld("csrf"), Array("geheim".utf8)), (Self.feld("leer"), []),
            (Self.datei("datei", "a; b.pdf"), [0, 13, 10, 45, 45, 255]), (Self.datei("zweite", ""), []),
        ])
        #expect(
            try Self.lies([bytes]) == [
                .feld("csrf", "geheim"), .feld("leer", ""), .datei("datei", name: "a; b.pdf"),
                .stueck([0, 13, 10, 45, 45, 255]), .dateiende, .datei("zweite", name: ""), .dateiende,
            ])
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6])
    func `borders of what arrives change nothing`(seed: UInt64) throws {
        var zufall = Zufall(seed)
        let snippets = ["\r\n", "--", "\r\n--", "--\(Self.grenze)", "\r\n--\(Self.grenze.dropLast())", "\r", "-"]
        for _ in 0..<60 {
            // Contents full of what looks like a boundary.
            var content: [UInt8] = []
            for _ in 0..<Int.random(in: 0...40, using: &zufall) {
                if Bool.random(using: &zufall) {
                    content += Array((snippets.randomElement(using: &zufall) ?? "").utf8)
                } else {
                    content.append(UInt8.random(in: .min ... .max, using: &zufall))
                }
            }
            let mark = Array("\r\n--\(Self.grenze)".utf8)
            if (0..<max(0, content.count - mark.count + 1)).contains(where: { content[$0...].starts(with: mark) }) {
                continue
            }
            let bytes = Self.body([
                (Self.feld("csrf"), Array("x".utf8)), (Self.datei("datei", "a.bin"), content),
                (Self.feld("danach"), Array("y".utf8)),
            ])
            let whole = try Self.lies([bytes])
            let expected =
                [.feld("csrf", "x"), .datei("datei", name: "a.bin")] + (content.isEmpty ? [] : [.stueck(content)])
                + [MultipartLeser.Ereignis.dateiende, .feld("danach", "y")]
            #expect(whole == expected, "Saat \(seed)")
            var pieces: [[UInt8]] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...9, using: &zufall))
                pieces.append(Array(piece))
                rest = rest.dropFirst(piece.count)
            }
            #expect(try Self.lies(pieces) == whole, "Saat \(seed)")
        }
    }

    @Test func `what is cut off at any byte is refused`() {
        let bytes = Self.body([(Self.feld("a"), [65]), (Self.datei("datei", "x"), [1, 2, 3])])
        for length in 0..<(bytes.count - 2) {
            #expect(throws: Refusal.self, "\(length)") { try Self.lies([Array(bytes.prefix(length))]) }
        }
    }

    @Test func `limits of heads, fields and parts hold, and nothing is kept beyond them`() {
        let long = [UInt8](repeating: 65, count: 70_000)
        let many = Array(repeating: (Self.feld("a"), [UInt8(65)]), count: 51)
        let bad: [[UInt8]] = [
            Self.body([(Self.feld("a"), long)]),
            Self.body([(Self.feld("a") + "; x=" + String(repeating: "y", count: 9_000), [])]),
            Self.body(many), long, Self.body([("Content-Type: text/plain", [65])]),
            Self.body([(Self.feld("a"), [0xFF])]),
            Self.body([(Self.feld("a"), [65, 0])]), Array("--\(Self.grenze)\r\n\r\n\r\n".utf8),
            Array("--\(Self.grenze)x\r\n".utf8), Self.body([]) + long,
        ]
        for bytes in bad { #expect(throws: Refusal.self) { try Self.lies([bytes]) } }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `garbage is read or refused and never breaks the program`(seed: UInt64) {
        var zufall = Zufall(seed)
        let whole = Self.body([(Self.feld("a"), [65]), (Self.datei("datei", "x"), Array(0...80))])
        for _ in 0..<400 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...5, using: &zufall) {
                let place = Int.random(in: 0..<bytes.count, using: &zufall)
                if Bool.random(using: &zufall) {
                    bytes[place] = UInt8.random(in: .min ... .max, using: &zufall)
                } else {
                    bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...20, using: &zufall)))
                    if bytes.isEmpty { bytes = [0] }
                }
            }
            do { _ = try Self.lies([bytes]) } catch { #expect(error is Refusal, "Saat \(seed)") }
        }
    }
}
