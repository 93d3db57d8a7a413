import Foundation
import TestKit
import Testing

@testable import Web

@Suite struct ViewsTests {
    private static func fault(_ files: [String: String]) async throws -> Views.Broken {
        try await Kleinseite.ordner(files.mapValues { Array($0.utf8) }) { (folder) async throws in
            do {
                _ = try Views(ordner: [("raum", folder)])
            } catch let error as Views.Broken {
                return error
            }
            throw Views.Broken(file: "-", line: nil, reason: "es gab keinen Fehler")
        }
    }

    @Test(arguments: ["<p>\n<b>\n{{#offen}}\n<i>\n", "<p>\n\n{{name\n", "<p>\n\n{{#a}}{{/b}}\n"])
    func `a broken template names its file and line`(_ text: String) async throws {
        let fault = try await Self.fault(["gut.mustache": "<p>{{x}}</p>", "kaputt.mustache": text])
        #expect(fault.file.hasSuffix("/kaputt.mustache"))
        #expect(fault.description.contains("kaputt.mustache, Zeile "))
        let line = try #require(fault.line)
        #expect((3...5).contains(line), "\(line)")
    }

    @Test func `a part that no file provides is named with its line`() async throws {
        let fault = try await Self.fault(["a.mustache": "<p>\n{{> raum/fehlt }}\n"])
        #expect(fault.line == 2)
        #expect(fault.reason.contains("raum/fehlt"))
        let parent = try await Self.fault(["a.mustache": "{{<rahmen}}x{{/rahmen}}"])
        #expect(parent.reason.contains("rahmen"))
    }

    @Test func `a template that is no UTF-8 is refused with its name`() async throws {
        try await Kleinseite.ordner(["a.mustache": [0x3C, 0xFF]]) { (folder) async throws in
            #expect(throws: Views.Broken.self) { try Views(ordner: [("raum", folder)]) }
        }
    }

    @Test func `values are escaped and a missing template is a fault`() async throws {
        try await Kleinseite.ordner(["a.mustache": Array("<p title=\"{{x}}\">{{x}}</p>".utf8)]) {
            (folder) async throws in
            let views = try Views(ordner: [("raum", folder)])
            let html = try views.render(Werte([("x", "<b>\"&'")]), template: "raum/a")
            #expect(!html.contains("<b>"))
            #expect(!html.contains("\"\"&"))
            #expect(html.contains("&lt;b&gt;&quot;&amp;"))
            #expect(throws: Views.Broken.self) { try views.render(Werte([]), template: "raum/fehlt") }
        }
    }

    @Test func `unescaped values stand only where finished parts of other rooms are shown`() throws {
        let sources = Welt.ordner("Sources")
        var seen = 0
        for room in try FileManager.default.contentsOfDirectory(atPath: sources) {
            let folder = "\(sources)/\(room)/views"
            // Rooms without pages have no such folder.
            guard let files = try? FileManager.default.contentsOfDirectory(atPath: folder) else { continue }
            for file in files where file.hasSuffix(".mustache") {
                seen += 1
                let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
                #expect(!text.contains("{{&"), "\(file)")
                var inside = false
                for line in text.components(separatedBy: "\n") {
                    if line.contains("{{#abschnitte}}") { inside = true }
                    let unescaped = line.components(separatedBy: "{{{").dropFirst()
                    for piece in unescaped {
                        #expect(
                            inside && (piece.hasPrefix("html}}}") || piece.hasPrefix(".html}}}")),
                            "\(room)/\(file): \(line)")
                    }
                    if line.contains("{{/abschnitte}}") { inside = false }
                    // The policy forbids what stands in the page itself.
                    let code = line.replacing("<script src=\"{{assets}}/", with: "")
                    for word in ["<script", "<style", " style=", " onclick=", "javascript:", "http://", "https://"]
                    where code.contains(word) {
                        // Mail programs read no stylesheet.
                        let isLetter = room == "Post" && [" style=", "<style"].contains(word)
                        #expect(
                            Bool(word.hasPrefix("http") && line.contains("Beginnt mit")) || isLetter,
                            "\(room)/\(file): \(line)")
                    }
                }
            }
        }
        #expect(seen > 20)
    }

    @Test func `every sign that means something in HTML is escaped, whatever stands around it`() {
        let signs = ["<": "&lt;", ">": "&gt;", "&": "&amp;", "\"": "&quot;", "'": "&#39;"]
        var zufall = Zufall(7)
        for _ in 0..<500 {
            let text = zufall.text(
                of: Array(signs.keys) + ["ä", "\u{301}", "😀", "a", " ", "\u{FEFF}", "&lt;"], length: 30)
            let expected = text.unicodeScalars.map { signs[String($0)] ?? String($0) }.joined()
            #expect(HTMLText().escapeText(text).utf8.elementsEqual(expected.utf8))
        }
        #expect(HTMLText().escapeText("").isEmpty)
    }
}
