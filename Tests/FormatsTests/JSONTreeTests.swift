import Foundation
import TestKit
import Testing

@testable import Formats

@Suite struct JSONTreeTests {
    private func tree(_ text: String) throws -> JSONTree { try JSONTree(Array(text.utf8)) }

    @Test func `values of all kinds are read as they stand`() throws {
        let read = try tree(
            " {\"a\": [1, -2.5e3, true, false, null], \"b\\n\": \"ä\\u00e4\\ud83d\\ude00\\\\\", \"c\": {}, \"d\": []}\n"
        )
        #expect(
            read
                == .object([
                    .init("a", .array([.number("1"), .number("-2.5e3"), .bool(true), .bool(false), .null])),
                    .init("b\n", .string("ää😀\\")), .init("c", .object([])), .init("d", .array([])),
                ]))
    }

    @Test(arguments: [
        ("", 1, 1), ("{", 1, 2), ("{\"a\":}", 1, 6), ("{\"a\" 1}", 1, 6), ("{\"a\":1,}", 1, 8), ("[1,]", 1, 4),
        ("[1e3,]", 1, 6),
        ("[1 2]", 1, 4), ("{\n \"a\": 1,\n \"a\": 2}", 3, 2), ("{\"a\":01}", 1, 7), ("{\"a\":1.}", 1, 8),
        ("{\"a\":\"x", 1, 6), ("{\"a\":\"\\u0000\"}", 1, 7), ("{\"a\":\"\\ud800\"}", 1, 7), ("{\"a\":\"\\x\"}", 1, 7),
        ("{\"a\":\"\u{1}\"}", 1, 7), ("{} {}", 1, 4), ("nul", 1, 1), ("'a'", 1, 1), ("{a:1}", 1, 2),
        ("\u{FEFF}{}", 1, 1),
        ("NaN", 1, 1), ("+1", 1, 1), ("{\"a\":\"\\udc00\"}", 1, 7), ("{\"a\":\"\\u12\"}", 1, 7),
    ])
    func `what is no JSON is refused with its place`(_ text: String, _ line: Int, _ column: Int) {
        do {
            let read = try tree(text)
            Issue.record("„\(text)“ wurde gelesen als \(read)")
        } catch {
            let fault = error as? JSONFault
            #expect(fault?.line == line && fault?.column == column, "\(text): \(error)")
            #expect(fault?.reason.isEmpty == false)
        }
    }

    @Test func `depth has an end, and a hundred thousand brackets take no stack`() throws {
        #expect(throws: JSONFault.self) { try tree(String(repeating: "[", count: 100_000)) }
        #expect(throws: JSONFault.self) {
            try tree(String(repeating: "{\"a\":", count: 40) + "1" + String(repeating: "}", count: 40))
        }
        _ = try tree(String(repeating: "[", count: 30) + String(repeating: "]", count: 30))
    }

    /// Foundation's reader is the other opinion; ours is stricter about names, NUL and depth only.
    @Test func `random texts are read as another reader reads them, or refused`() {
        let seed = UInt64.random(in: 1..<1_000_000)
        var random = Zufall(seed)
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "\"ü\"", "1", "-0", "2.5", "1e3", "true", "null", " ", "\n",
            "\"\\n\"", "\"\\u00fc\"", "x", "\"", "0",
        ]
        for _ in 0..<5_000 {
            let text = random.text(of: pieces, length: 9)
            let ours = try? tree(text)
            let theirs = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
            // A number beyond every Double is a number to us and none to the other.
            if ours != nil { #expect(theirs != nil || text.contains("e3"), "Saat \(seed): „\(text)“") }
            if theirs != nil, ours == nil {
                // A name that stands twice, or a comma behind the last value, which the other lets pass in an array.
                let istNachsicht = text.contains(#/,\s*\]/#)
                #expect(istNachsicht || text.contains(":") && text.contains(","), "Saat \(seed): „\(text)“")
            }
        }
    }
}
