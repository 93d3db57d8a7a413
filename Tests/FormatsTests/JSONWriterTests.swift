import Foundation
import TestKit
import Testing

@testable import Formats

@Suite struct JSONWriterTests {
    /// `JSONSerialization` on Linux rounds decimals and drops U+FEFF; the decoder does neither.
    private struct Satz: Decodable {
        let texte: [String]
        let zahl: Int
        let komma: Double
    }

    @Test func `commas stand between values and nowhere else`() {
        var writer = JSONWriter()
        writer.object { w in
            w.field("a", 1)
            w.field("b", String?.none)
            w.field("c", true)
            w.field("d", 1.5)
            w.field("e", object: { _ in })
            w.field(
                "f",
                array: { w in
                    w.string("x")
                    w.array { _ in }
                    w.null()
                    w.object { $0.field("g", "h") }
                })
            w.key("dynamisch \"")
            w.int(-7)
        }
        let expected =
            #"{"a":1,"b":null,"c":true,"d":1.5,"e":{},"f":["x",[],null,{"g":"h"}],"dynamisch \"":-7}"#
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }

    @Test func `control characters and the line ends of JavaScript are escaped`() {
        var writer = JSONWriter()
        writer.string("\u{1}\n\"\\\u{2028}\u{2029}\u{2027}ä\u{7F}")
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == "\"\\u0001\\n\\\"\\\\\\u2028\\u2029\u{2027}ä\\u007f\"")
    }

    @Test(arguments: [Double.infinity, -.infinity, .nan])
    func `a value that is no number is null`(value: Double) {
        var writer = JSONWriter()
        writer.double(value)
        #expect(writer.bytes == Array("null".utf8))
    }

    @Test func `errors pass through and pieces can be taken between values`() throws {
        struct Stop: Error {}
        var writer = JSONWriter()
        #expect(throws: Stop.self) { try writer.array { _ throws(Stop) in throw Stop() } }
        var parts: [UInt8] = []
        writer = JSONWriter()
        writer.array { w in
            for number in 0..<3 {
                w.int(number)
                parts += w.take()
            }
        }
        #expect(String(decoding: parts + writer.take(), as: UTF8.self) == "[0,1,2]")
    }

    @Test func `what is written is what Foundation reads`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Zufall(seed)
        let pieces =
            (0..<0x20).compactMap { Unicode.Scalar($0).map(String.init) }
            + ["a", "ä", "🏛", "\"", "\\", "/", "\u{2028}", "\u{2029}", "u\u{308}", "\u{7F}", "\u{FEFF}"]
        for _ in 0..<300 {
            let texts = (0..<4).map { _ in random.text(of: pieces, length: 12) }
            let number = Int.random(in: -(1 << 53)...(1 << 53), using: &random)
            let double = Double.random(in: -1e9...1e9, using: &random) * (Bool.random(using: &random) ? 1 : 1e-12)
            var writer = JSONWriter()
            writer.object { w in
                w.field("texte", array: { w in for text in texts { w.string(text) } })
                w.field("zahl", number)
                w.field("komma", double)
            }
            let read = try JSONDecoder().decode(Satz.self, from: Data(writer.bytes))
            #expect(read.texte.map { Array($0.utf8) } == texts.map { Array($0.utf8) }, "seed \(seed)")
            #expect(read.zahl == number, "seed \(seed)")
            #expect(read.komma == double, "seed \(seed)")
            #expect(throws: Never.self, "seed \(seed)") { try JSONSerialization.jsonObject(with: Data(writer.bytes)) }
        }
    }
}
