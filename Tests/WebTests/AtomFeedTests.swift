import Foundation
import FoundationXML
import Kernel
import TestKit
import Testing

@testable import Web

/// Feeds are well-formed whatever they are made of.
@Suite struct AtomFeedTests {
    private func feed(_ text: String) -> AtomFeed {
        AtomFeed(
            id: AtomFeed.kennung("a"), titel: text, untertitel: text, am: Welt.jetzt, seite: "/x?a=1&b=\(text)",
            selbst: "/x.atom",
            eintraege: [
                .init(
                    id: AtomFeed.kennung("b"), titel: text, am: Welt.jetzt, pfad: "/\(text)", text: text,
                    kategorie: (wert: text, name: text))
            ])
    }

    @Test(arguments: [
        "einfach", "a < b & c > d", "\"'", "]]>", "<script>", "&amp;", "\u{0}\u{1}\u{B}\u{1F}", "\u{FFFE}\u{FFFF}", "😀",
        "\u{202E}rtl", "Zeile\nzwei\tTab", "\r\n", "",
    ])
    func `any text gives a document that another reader understands`(text: String) {
        let bytes = feed(text).bytes(adresse: nil)
        #expect(XMLParser(data: Data(bytes)).parse(), "\(String(decoding: bytes, as: UTF8.self))")
    }

    @Test func `random text is escaped so that it comes back, but for characters that XML does not have`() throws {
        var random = Zufall(7)
        let pieces = ["<", ">", "&", "\"", "'", "]]>", "&lt;", "ä", "\u{1}", "😀", " ", "a", "\u{FFFF}", "\u{85}"]
        for _ in 0..<300 {
            let text = random.text(of: pieces, length: 12)
            let reader = Textleser()
            let parser = XMLParser(data: Data("<t>\(AtomFeed.escaped(text))</t>".utf8))
            parser.delegate = reader
            #expect(parser.parse(), "\(text)")
            #expect(reader.text == text.replacing("\u{1}", with: "\u{FFFD}").replacing("\u{FFFF}", with: "\u{FFFD}"))
        }
    }

    private final class Textleser: NSObject, XMLParserDelegate {
        var text = ""
        func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
    }

    @Test func `the same parts make the same name, other parts another`() {
        #expect(AtomFeed.kennung("a", "b") == AtomFeed.kennung("a", "b"))
        #expect(AtomFeed.kennung("a", "b") != AtomFeed.kennung("b", "a"))
        #expect(AtomFeed.kennung("a", "b") != AtomFeed.kennung("a b"))
        // Subscribers keep it: it must never change.
        #expect(AtomFeed.kennung("a") == "urn:uuid:ca978112-ca1b-8dca-bac2-31b39a23dc4d")
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (1_795_338_000_000, "Sun, 22 Nov 2026 09:00:00 GMT"),
        (784_111_777_000, "Sun, 06 Nov 1994 08:49:37 GMT"), (951_782_399_999, "Mon, 28 Feb 2000 23:59:59 GMT"),
        (951_868_799_000, "Tue, 29 Feb 2000 23:59:59 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
    ])
    func `HTTP writes a moment in Greenwich time with its day of the week`(moment: Int, text: String) {
        #expect(Instant(rawValue: moment).http == text)
    }
}
