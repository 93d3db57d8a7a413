import Kernel
import TestKit
import Testing

@testable import Web

@Suite struct MultipartTests {
    private static let grenze = "----grenze7"

    private static func body(_ parts: [(head: String, content: [UInt8])]) -> [UInt8] {
        parts.flatMap { Array("--\(grenze)\r\n\($0.head)\r\n\r\n".utf8) + $0.content + [13, 10] }
            + Array("--\(grenze)--\r\n".utf8)
    }

    private static let ganz = body([
        ("Content-Disposition: form-data; name=\"csrf\"", Array("geheim".utf8)),
        ("content-disposition: form-data; name=text", Array("ä\r\nb".utf8)),
        (
            "Content-Disposition: form-data; name=\"datei\"; filename=\"a; b.csv\"\r\nContent-Type: text/csv",
            [0, 1, 13, 10, 255]
        ),
        ("Content-Disposition: form-data; name=\"leer\"; filename=\"\"\r\nContent-Type: application/octet-stream", []),
    ])

    @Test func `fields and files are read as a browser sends them`() throws {
        let form = try Multipart.parse(Self.ganz, boundary: Self.grenze)
        #expect(form.felder.roh("csrf") == "geheim")
        #expect(form.felder.roh("text") == "ä\r\nb")
        #expect(form.dateien["datei"]?.name == "a; b.csv")
        #expect(form.dateien["datei"]?.bytes == [0, 1, 13, 10, 255])
        #expect(form.dateien["leer"] == nil)
    }

    @Test func `the boundary is read from the type`() {
        #expect(Multipart.boundary(of: "multipart/form-data; boundary=abc") == "abc")
        #expect(Multipart.boundary(of: "multipart/form-data; charset=utf-8; BOUNDARY=\"a b\"") == "a b")
        for bad in [
            "multipart/form-data", "multipart/form-data; boundary=",
            "multipart/form-data; boundary=" + String(repeating: "x", count: 71),
        ] {
            #expect(Multipart.boundary(of: bad) == nil)
        }
    }

    @Test func `a body cut off, without names or with a text that is none is refused`() {
        let bad: [[UInt8]] = [
            [], Array("--\(Self.grenze)--\r\n".utf8), Array("Unsinn".utf8), Array(Self.ganz.prefix(40)),
            Self.body([("Content-Type: text/plain", [65])]),
            Self.body([("Content-Disposition: form-data; name=\"a\"", [0xFF])]),
            Self.body([("Content-Disposition: form-data; name=\"a\"", [65, 0])]),
            Self.body([("Content-Disposition: form-data; name=\"a\"; filename=\"x\0y\"", [65])]),
            Self.body(
                Array(repeating: (head: "Content-Disposition: form-data; name=\"a\"", content: [65]), count: 150)),
        ]
        for bytes in bad { #expect(throws: Refusal.self) { try Multipart.parse(bytes, boundary: Self.grenze) } }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `garbage is read or refused and never breaks the program`(seed: UInt64) {
        var zufall = Zufall(seed)
        let snippets = [
            "--\(Self.grenze)", "--\(Self.grenze)--", "\r\n\r\n", "\r\n", "name=", "\"", ";", "Content-Disposition:",
            "filename=", "=",
        ].map { Array($0.utf8) }
        for _ in 0..<500 {
            var bytes = Self.ganz
            for _ in 0..<Int.random(in: 1...6, using: &zufall) {
                let place = Int.random(in: 0...bytes.count, using: &zufall)
                switch Int.random(in: 0..<4, using: &zufall) {
                case 0: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...30, using: &zufall)))
                case 1: bytes.insert(contentsOf: snippets.randomElement(using: &zufall) ?? [], at: place)
                case 2 where place < bytes.count: bytes[place] = UInt8.random(in: .min ... .max, using: &zufall)
                default: bytes = Array(bytes.prefix(place))
                }
            }
            do { _ = try Multipart.parse(bytes, boundary: Self.grenze) } catch {
                #expect(error is Refusal)
            }
        }
    }
}
