import Foundation
import TestKit
import Testing

@testable import Formats

/// Everything a document gives, or the sentence that refuses it after what was read before.
private func read(
    _ bytes: [UInt8], limits: XMLLimits = .standard, pieceBytes: Int = 16 << 10
) throws -> (events: [XMLEvent], failure: FormatError?) {
    var events: [XMLEvent] = []
    do throws(FormatError) {
        let reader = try XMLReader(
            ByteSource(array: bytes), name: "probe.xml", limits: limits, pieceBytes: pieceBytes)
        while let event = try reader.next() { events.append(event) }
        return (events, nil)
    } catch {
        return (events, error)
    }
}

@discardableResult
private func read(_ text: String, limits: XMLLimits = .standard) throws -> (events: [XMLEvent], failure: FormatError?) {
    try read(Array(text.utf8), limits: limits)
}

@Suite struct XMLReaderTests {
    private func start(_ name: XMLName, _ attributes: [(XMLName, String)] = [], line: Int) -> XMLEvent {
        .start(XMLElement(name: name, attributes: attributes.map { .init(name: $0.0, value: $0.1) }, line: line))
    }

    @Test func `a document comes as elements with their namespaces, attributes and lines, and texts in one piece`()
        throws
    {
        let text = """
            <?xml version="1.0"?>
            <!-- vorn -->
            <a xmlns="urn:a" xmlns:b="urn:b" x="1" b:y="&lt;&amp;&#228;&quot;">
              <b:c/>eins<!-- mitten --> &amp; <![CDATA[<zwei>]]><?x y?>!
            </a>
            """
        let result = try read(text)
        #expect(result.failure == nil)
        let a = XMLName("a", in: "urn:a")
        #expect(
            result.events == [
                start(a, [(XMLName("x"), "1"), (XMLName("y", in: "urn:b"), "<&ä\"")], line: 3), .text("\n  "),
                start(XMLName("c", in: "urn:b"), line: 4), .end(XMLName("c", in: "urn:b")),
                .text("eins & <zwei>!\n"), .end(a),
            ])
    }

    @Test func `a reader knows the line of what it gave last`() throws {
        let reader = try XMLReader(bytes: Array("<a>\n<b/>\n\n<c>x\ny</c>\n</a>".utf8), name: "probe.xml")
        var lines: [String: Int] = [:]
        while let event = try reader.next() {
            if case .start(let element) = event { lines[element.name.local] = reader.line }
            if case .end(let name) = event { lines["/" + name.local] = reader.line }
        }
        #expect(lines == ["a": 1, "b": 2, "/b": 2, "c": 4, "/c": 5, "/a": 6])
    }

    @Test func `children are walked, skipped and read as text`() throws {
        let reader = try XMLReader(
            bytes: Array("<a> <b><c>1</c></b> <d>2<e>3</e>4</d> <f/> </a>".utf8), name: "probe.xml")
        #expect(try reader.nextChild()?.name.local == "a")
        #expect(try reader.nextChild()?.name.local == "b")
        try reader.skipElement()
        #expect(try reader.nextChild()?.name.local == "d")
        #expect(try reader.elementText() == "234")
        #expect(try reader.nextChild()?.name.local == "f")
        #expect(try reader.nextChild() == nil)
        #expect(try reader.nextChild() == nil)
        #expect(try reader.next() == nil)
    }

    private static let text = "<a b=\"Größe €\">ä\r\n<c>Straße</c> „Ω“</a>"

    @Test(
        arguments: [
            ("UTF-8", String.Encoding.utf8, [] as [UInt8]), ("UTF-8", .utf8, [0xEF, 0xBB, 0xBF]),
            ("UTF-16", .utf16LittleEndian, [0xFF, 0xFE]), ("UTF-16", .utf16BigEndian, [0xFE, 0xFF]),
            ("ISO-8859-1", .isoLatin1, []), ("windows-1252", .windowsCP1252, []),
        ])
    func `a document is read in the encoding that it declares, in pieces of any size`(
        name: String, encoding: String.Encoding, mark: [UInt8]
    ) throws {
        let plain = encoding == .isoLatin1 ? "<a b=\"Größe\">ä\r\n<c>Straße</c></a>" : Self.text
        let typed = encoding == .windowsCP1252 ? plain.replacing("Ω", with: "") : plain
        let expected = try read(typed).events
        let whole = "<?xml version=\"1.0\" encoding=\"\(name)\"?>\n" + typed
        let bytes = mark + Array(try #require(whole.data(using: encoding)))
        for piece in [1, 2, 3, 5, 7, 64, 4_096] {
            let result = try read(bytes, pieceBytes: piece)
            #expect(result.failure == nil, "\(name), \(piece): \(result.failure?.reason ?? "")")
            #expect(names(result.events) == names(expected), "\(name), \(piece)")
        }
    }

    /// Without lines, which the first line of the declaration moves.
    private func names(_ events: [XMLEvent]) -> [String] {
        events.map { event in
            switch event {
            case .start(let element): "<\(element.name) \(element.attributes)"
            case .text(let text): text
            case .end(let name): "</\(name)"
            }
        }
    }

    @Test func `random documents read the same in pieces of any size, and no beginning of one passes for the whole`()
        throws
    {
        let seed = UInt64.random(in: 0...UInt64.max)
        var zufall = Zufall(seed)
        for _ in 0..<40 {
            var (text, open, wanted) = ("<w>", ["w"], 1)
            for _ in 0..<Int.random(in: 1...30, using: &zufall) {
                switch Int.random(in: 0..<5, using: &zufall) {
                case 0:
                    let name = ["a", "größe", "x.y-z"].randomElement(using: &zufall) ?? "a"
                    text += "<\(name) k=\"\(zufall.text(of: ["ä", "&amp;", "'", " ", "€"], length: 4))\">"
                    open.append(name)
                    wanted += 1
                case 1 where open.count > 1: text += "</\(open.removeLast())>"
                case 2: text += zufall.text(of: ["ö", "&lt;", "𝄞", " ", "]", "x", "&#x20AC;"], length: 400)
                case 3: text += "<!-- \(zufall.text(of: ["ä", " ", "<b>"], length: 8)) -->"
                default: text += "<![CDATA[\(zufall.text(of: ["ä", "]", "<", "&"], length: 8))]]>"
                }
            }
            while let name = open.popLast() { text += "</\(name)>" }
            let bytes = Array(text.utf8)
            let whole = try read(bytes)
            #expect(whole.failure == nil, "Saat \(seed): \(text)")
            let starts = whole.events.filter { if case .start = $0 { true } else { false } }.count
            #expect(starts == wanted)
            for piece in [1, Int.random(in: 2...20, using: &zufall), 100] {
                #expect(try read(bytes, pieceBytes: piece).events == whole.events, "Saat \(seed), \(piece): \(text)")
            }
            let cut = try read(Array(bytes.prefix(Int.random(in: 1..<bytes.count, using: &zufall))))
            #expect(cut.failure?.fatal == true, "Saat \(seed)")
        }
    }

    @Test func `whatever bytes come, the answer is events or a sentence`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var zufall = Zufall(seed)
        let base = Array("<?xml version=\"1.0\"?><a b=\"c\"><d>e &amp; f</d><!-- g --><![CDATA[h]]></a>".utf8)
        for _ in 0..<500 {
            var bytes = base
            for _ in 0..<Int.random(in: 1...4, using: &zufall) {
                let place = Int.random(in: 0..<bytes.count, using: &zufall)
                switch Int.random(in: 0..<3, using: &zufall) {
                case 0: bytes[place] = .random(in: .min ... .max, using: &zufall)
                case 1: bytes.remove(at: place)
                default: bytes.insert(contentsOf: base.prefix(place), at: place)
                }
            }
            let result = try read(bytes)
            if let failure = result.failure { #expect(!failure.reason.isEmpty && failure.fatal, "Saat \(seed)") }
        }
    }
}

@Suite struct XMLRefusalTests {
    @Test(arguments: [
        // A billion laughs, an outside file, an outside document type, a parameter entity, and a harmless one.
        "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;\">]><l>&c;</l>",
        "<!DOCTYPE l [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><l>&a;</l>",
        "<!DOCTYPE l SYSTEM \"http://beispiel.invalid/l.dtd\"><l/>",
        "<!DOCTYPE l [<!ENTITY % p SYSTEM \"http://beispiel.invalid/p\"> %p;]><l/>", "<!DOCTYPE html><html/>",
        "<?xml version=\"1.0\"?>\n<!-- x -->\n<!DOCTYPE l [<!ATTLIST l x CDATA \"1\">]><l/>",
    ])
    func `a document type is refused before anything in it counts`(text: String) throws {
        let result = try read(text)
        #expect(result.events == [])
        #expect(result.failure?.reason.contains("DOCTYPE") == true)
        let before = text.components(separatedBy: "<!DOCTYPE")[0]
        #expect(result.failure?.line == before.split(separator: "\n", omittingEmptySubsequences: false).count)
    }

    @Test(arguments: [
        ("kein XML", 1, "beginnt nicht mit XML"), ("", 0, "leer"), ("   \n  ", 2, "beginnt nicht mit XML"),
        ("<a>\n<b></a>", 2, "anderes Element"), ("<a>\n<b>", 2, "abgeschnitten"), ("<a/>\n<b/>", 2, "Nach dem Ende"),
        ("<a>\n&auml;</a>", 2, "&amp;"), ("<a>\nMeyer & Co</a>", 2, "&amp;"), ("<a>\u{1}</a>", 1, "Zeichen"),
        ("<a>&#0;</a>", 1, "Zeichen"), ("<a b=\"1\"\n b=\"2\"/>", 2, "zweimal"), ("<a b=1/>", 1, "Marke"),
        ("<a b/>", 1, "Marke"), ("<a b=\"<\"/>", 1, "Marke"), ("<a>\n1 < 2</a>", 2, "Marke"),
        ("<x:a/>", 1, "Namensraums"), ("<a y:b=\"1\"/>", 1, "Namensraums"), ("<a>]]></a>", 1, "]]>"),
        ("<?xml version=\"1.0\" encoding=\"Klingonisch\"?><a/>", 1, "Zeichensatz"),
        ("\n<?xml version=\"1.0\"?><a/>", 2, "erste Zeile"), ("<a><!-- x", 1, "abgeschnitten"),
        ("<a><![CDATA[x", 1, "abgeschnitten"), ("<a", 1, "abgeschnitten"), ("{\"a\": 1}", 1, "beginnt nicht mit XML"),
    ])
    func `what is not well-formed is refused with line and sentence`(text: String, line: Int, part: String) throws {
        let failure = try #require(try read(text).failure, "\(text)")
        #expect(failure.reason.contains(part), "\(text): \(failure.reason)")
        #expect(failure.line == line, "\(text): Zeile \(failure.line)")
        #expect(failure.fatal)
    }

    @Test func `bytes that are no UTF-8 are refused at their line`() throws {
        let failure = try read(Array("<a>\n\n".utf8) + [0xE4, 0x62] + Array("</a>".utf8)).failure
        #expect(failure?.line == 3)
        #expect(failure?.reason.contains("UTF-8") == true, "\(failure?.reason ?? "")")
        let zero = try read(Array("<a>".utf8) + [0] + Array("</a>".utf8)).failure
        #expect(zero != nil)
    }

    @Test func `depth, attributes, names and text have limits, and what lies within them is read`() throws {
        let limits = XMLLimits(depth: 3, attributes: 3, textBytes: 10, names: 6, totalBytes: 10_000)
        let good = "<a>0123456789<b>01234567<c x=\"1\" y=\"2\" z=\"3\">0123456789</c><c>0123456789</c></b></a>"
        #expect(try read(good, limits: limits).failure == nil)
        for (bad, part) in [
            ("<a><b><c><c/></c></b></a>", "3 Stufen"),
            ("<a xmlns:p=\"urn:p\" x=\"1\" y=\"2\" z=\"3\"/>", "3 Attribute"),
            ("<a>01234567890</a>", "10 Bytes"), ("<a>012345<!-- -->67890</a>", "10 Bytes"),
            ("<a><![CDATA[012345]]>67890</a>", "10 Bytes"),
            ("<a><b/><c/><d/><e/><f/><g/></a>", "6 verschiedene Namen"),
            ("<a>" + String(repeating: "<b/>", count: 3_000) + "</a>", "10000 Bytes"),
        ] {
            let failure = try #require(try read(bad, limits: limits).failure, "\(bad.prefix(60))")
            #expect(failure.reason.contains(part), "\(bad.prefix(60)): \(failure.reason)")
        }
        let reader = try XMLReader(
            bytes: Array("<a><b>01234567</b><b>01234567</b></a>".utf8), name: "x", limits: limits)
        _ = try reader.next()
        #expect(throws: FormatError.self) { try reader.elementText() }
        #expect(try reader.next() == nil)
    }

    @Test(arguments: [("<a b=\"", "xyz "), ("<!-- ", "xyz "), ("<a ", "x='1' "), ("<?x ", "xyz "), ("<a", "aaaa")])
    func `a tag or comment without end is given up before it fills the memory`(beginning: String, rest: String) throws {
        let text = "<w>\n" + beginning + String(repeating: rest, count: 40_000)
        let failure = try read(text, limits: XMLLimits(tagBytes: 50_000)).failure
        #expect(failure?.line == 2, "\(failure?.reason ?? "")")
        #expect(failure?.reason.contains("abgeschnitten") == false)
    }

    @Test func `a file is closed at the end, after a fault and when the reader goes`() throws {
        let path = NSTemporaryDirectory() + "leitstand-xml-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        func isOpen() throws -> Bool {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").contains { number in
                // A descriptor of another test may be gone by now.
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")) == path
            }
        }
        try "<a><b/></a>".write(toFile: path, atomically: true, encoding: .utf8)
        let whole = try XMLReader(path: path)
        #expect(try isOpen())
        while try whole.next() != nil {}
        #expect(try !isOpen())
        do {
            let half = try XMLReader(path: path)
            _ = try half.next()
            #expect(try isOpen())
            withExtendedLifetime(half) {}
        }
        #expect(try !isOpen())
        try "<!DOCTYPE a><a/>".write(toFile: path, atomically: true, encoding: .utf8)
        let refused = try XMLReader(path: path)
        #expect(throws: FormatError.self) { try refused.next() }
        #expect(try !isOpen())
        #expect(throws: FormatError.self) { try XMLReader(path: path + ".fehlt") }
        #expect(throws: FormatError.self) { try XMLReader(path: NSTemporaryDirectory()) }
        withExtendedLifetime((whole, refused)) {}
    }
}
