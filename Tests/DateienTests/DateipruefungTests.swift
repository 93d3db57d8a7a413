import Formats
import Kernel
import TestKit
import Testing

@testable import Dateien

/// What a file is, by its content.
@Suite struct DateipruefungTests {
    private static func art(_ name: String, _ bytes: [UInt8]) throws -> Dateiart {
        try Dateipruefung.art(Byteliste(bytes), name: try #require(Dateiname(name)))
    }

    /// The sentence that refuses it; nil where it is taken.
    private static func satz(_ name: String, _ bytes: [UInt8]) throws -> String? {
        do {
            _ = try art(name, bytes)
            return nil
        } catch let errors as FormErrors { return errors["datei"] }
    }

    @Test func `every kind is known by its content and taken under its own ending`() throws {
        for probe in Proben.alle {
            #expect(try Self.art(probe.name, probe.bytes) == probe.art, "\(probe.name)")
        }
        #expect(Set(Proben.alle.map(\.art)) == Set(Dateiart.allCases))
    }

    @Test func `a name whose ending does not fit the content is refused with both`() throws {
        for probe in Proben.alle {
            for art in Dateiart.allCases where art != probe.art {
                let bothText = Set([art, probe.art]).isSubset(of: [.text, .csv])
                // XML and JSON are text, but a page in disguise is not; a model is XML.
                let isWider =
                    (art == .xml && probe.art == .bpmn)
                    || ([.text, .csv].contains(art) && [.json, .bpmn].contains(probe.art))
                if bothText || isWider { continue }
                let satz = try Self.satz("x.\(art.endungen[0])", probe.bytes)
                #expect(satz != nil, "\(probe.name) als \(art)")
            }
        }
    }

    @Test func `what is cut off or has something behind its end is refused`() throws {
        let behind: [[UInt8]] = [
            Proben.zip([.init(name: "a.txt")]), Array("<script>alert(1)</script>".utf8), Proben.pdf, [1, 2, 3],
        ]
        for probe in Proben.alle where [.pdf, .png, .gif, .webp, .jpeg].contains(probe.art) {
            // Two of them one after the other are one that was continued.
            for more in behind where probe.art != .pdf || more != Proben.pdf {
                #expect(try Self.satz(probe.name, probe.bytes + more) != nil, "\(probe.name)")
            }
            #expect(try Self.satz(probe.name, Array(probe.bytes.dropLast(6))) != nil, "\(probe.name)")
        }
        // A second picture behind the first is what cameras write.
        #expect(try Self.satz("a.jpg", Proben.jpeg + Proben.jpeg + [0, 0]) == nil)
        // Inside a PDF, where its own end comes after the archive.
        let inside = Array("%PDF-1.7\n".utf8) + Proben.zip([.init(name: "a.txt")]) + Array("\n%%EOF\n".utf8)
        #expect(try Self.satz("a.pdf", inside)?.contains("zweierlei") == true)
    }

    @Test func `files of two kinds at once are refused`() throws {
        let bad: [(String, [UInt8])] = [
            ("a.pdf", Array("x\n".utf8) + Proben.pdf), ("a.txt", Array("x\n".utf8) + Proben.pdf),
            ("a.zip", Proben.zip([.init(name: "a.txt")], davor: Array("#!/bin/sh\n".utf8))),
            ("a.zip", Proben.zip([.init(name: "a.txt")]) + [1]),
            ("a.zip", Proben.zip([.init(name: "%PDF-1.7", inhalt: Proben.pdf)])),
            ("a.png", Array(Proben.png[..<33]) + Array("%PDF-1.7".utf8) + Array(Proben.png[33...])),
            ("a.docx", Proben.office("word/document.xml", [.init(name: "xl/workbook.xml")])),
            (
                "a.gif",
                Array(Proben.gif[..<13]) + [0x21, 0xFE, 8] + Array("%PDF-1.7".utf8) + [0] + Array(Proben.gif[13...])
            ),
        ]
        for (name, bytes) in bad { #expect(try Self.satz(name, Array(bytes)) != nil, "\(name)") }
    }

    @Test(arguments: [
        "<!DOCTYPE html><p>", "x <SCRIPT>1</script>", "<html>", "<svg onload=a>", "#!/bin/sh\nrm", "a<?php b",
        "a\u{0}b", "\u{1B}[31m",
    ])
    func `text that a program would run, or that is none, is refused`(text: String) throws {
        for name in ["a.txt", "a.csv"] { #expect(try Self.satz(name, Array(text.utf8)) != nil) }
        // The mark may lie anywhere, also across the border of two reads.
        let late = [UInt8](repeating: 97, count: 65_533) + Array(text.dropFirst(text.hasPrefix("#!") ? 99 : 0).utf8)
        if !text.hasPrefix("#!") { #expect(try Self.satz("a.txt", late) != nil) }
    }

    @Test func `text in no encoding, XML and JSON that are none, pages and drawings are refused`() throws {
        let bad: [(String, String)] = [
            ("a.xml", "<a>"), ("a.xml", "<a></b>"),
            ("a.xml", "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>"),
            ("a.xml", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), ("a.xml", "<HTML/>"),
            ("a.xml", "<a><b xmlns=\"http://www.w3.org/1999/xhtml\"/></a>"), ("a.xml", "kein XML"),
            ("a.bpmn", "<definitions/>"), ("a.json", "{"), ("a.json", "{\"a\":}"), ("a.json", "[1,]"),
            ("a.json", "{} x"),
            ("a.json", "01"), ("a.json", "nul"), ("a.json", "\"a\nb\""), ("a.json", "[1}"), ("a.json", "{1:2}"),
            ("a.json", " "),
            ("a.json", String(repeating: "[", count: 300) + String(repeating: "]", count: 300)),
            ("a.svg", "<svg/>"), ("a.html", "<p>"), ("a.exe", "MZ"), ("a", "x"), ("a.docm", "x"),
        ]
        for (name, text) in bad { #expect(try Self.satz(name, Array(text.utf8)) != nil, "\(name): \(text)") }
        #expect(try Self.satz("a.txt", [0x81, 0xFF]) != nil)
        #expect(try Self.satz("a.json", [34, 0xFF, 34]) != nil)
        #expect(try Self.satz("a.pdf", []) != nil)
        for text in ["1", "-0.5e+10", "\"x\"", "[]", "{}", "true", " null "] {
            #expect(try Self.satz("a.json", Array(text.utf8)) == nil, "\(text)")
        }
    }

    @Test func `archives that unpack to too much, hide, lie or lead elsewhere are refused`() throws {
        let many = (0..<10_001).map { Proben.Eintrag(name: "\($0)", inhalt: []) }
        /// Info-ZIP's field with the name in UTF-8.
        func zusatzname(_ name: String) -> [UInt8] {
            [0x75, 0x70, UInt8(name.utf8.count + 5), 0, 1, 0, 0, 0, 0] + Array(name.utf8)
        }
        #expect(try Self.satz("a.zip", Proben.zip([.init(name: "a.txt", zusatz: zusatzname("a.txt"))])) == nil)
        let bad: [(String, [Proben.Eintrag])] = [
            ("riesig", [.init(name: "a.txt", verfahren: 8, entpackt: 3 << 30)]),
            ("Verhältnis", [.init(name: "a.txt", verfahren: 8, entpackt: 64 << 20)]),
            ("Summe", (0..<40).map { .init(name: "\($0).txt", verfahren: 8, entpackt: 60 << 20) }),
            ("zu viele", many), ("Archiv", [.init(name: "innen.zip")]), ("Archiv", [.init(name: "a/b.TAR.gz")]),
            ("verkleidet", [.init(name: "a.txt", inhalt: Proben.zip([.init(name: "b")]))]),
            ("hinauf", [.init(name: "../a.txt")]), ("hinauf", [.init(name: "a\\..\\b.txt")]),
            ("Wurzel", [.init(name: "/etc/passwd")]), ("Laufwerk", [.init(name: "C:a.txt")]),
            ("Zeichen", [.init(name: "a\nb.txt")]), ("verschlüsselt", [.init(name: "a.txt", merkmale: 1)]),
            ("Verweis", [.init(name: "a", modus: 0o120777)]),
            ("zwei Namen", [.init(name: "a.txt", lokalerName: "b.txt")]),
            ("anderer Name", [.init(name: "a.txt", zusatz: zusatzname("b.exe"))]),
            ("zweimal", [.init(name: "a.txt"), .init(name: "a.txt")]),
            ("Größe", [.init(name: "a.txt", entpackt: 99)]), ("Programm", [.init(name: "a.exe")]), ("leer", []),
        ]
        for (what, entries) in bad { #expect(try Self.satz("a.zip", Proben.zip(entries)) != nil, "\(what)") }
        #expect(try Self.satz("a.zip", Array(Proben.zip([.init(name: "a.txt")]).dropLast(3))) != nil)
        // Entries that lie over each other: the one local head serves all of them.
        var overlap = Proben.zip([.init(name: "a.txt"), .init(name: "a.txt")])
        let second = 2 * (30 + 5 + 6) + 46 + 5 + 42
        overlap.replaceSubrange(second..<(second + 4), with: [0, 0, 0, 0])
        #expect(try Self.satz("a.zip", overlap) != nil)
    }

    @Test func `an archive is unpacked to the end, and its directory must have told the truth`() throws {
        var entry = Proben.gepackt(2_000)
        #expect(
            try Self.satz("a.zip", Proben.zip([.init(name: "vorn.txt"), entry, .init(name: "leer", inhalt: [])])) == nil
        )
        let behind = Proben.zip([entry, .init(name: "b.txt")])
        #expect(try Self.satz("a.docx", Proben.office("word/document.xml", [entry])) == nil)
        let size = try #require(entry.entpackt)
        for said in [0, 1, size - 1, size + 1] {
            entry.entpackt = said
            #expect(try Self.satz("a.zip", Proben.zip([entry]))?.contains("größer, als es") == true, "\(said)")
        }
        entry.entpackt = size
        entry.pruefsumme = 1
        #expect(try Self.satz("a.zip", Proben.zip([.init(name: "b.txt"), entry])) != nil)
        // A byte that changed on its way.
        var damaged = behind
        damaged[60] ^= 1
        #expect(try Self.satz("a.zip", damaged) != nil)
        #expect(
            try Self.satz("a.zip", Proben.zip([.init(name: "a.txt", verfahren: 9)]))?.contains("seltene Art") == true)
    }

    @Test func `documents with macros are refused, whatever they are called`() throws {
        for part in ["word/vbaProject.bin", "xl/VBAPROJECT.BIN", "xl/macrosheets/sheet1.xml"] {
            let bytes = Proben.office("word/document.xml", [.init(name: part)])
            #expect(try Self.satz("a.docx", bytes)?.contains("Makros") == true, "\(part)")
        }
        #expect(try Self.satz("a.zip", Proben.zip([.init(name: "brief.docm")])) != nil)
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `damaged files are taken or refused with a sentence and never break the program`(seed: UInt64) throws {
        var zufall = Zufall(seed)
        for probe in Proben.alle {
            for _ in 0..<60 {
                var bytes = probe.bytes
                for _ in 0..<Int.random(in: 1...6, using: &zufall) where !bytes.isEmpty {
                    let place = Int.random(in: 0..<bytes.count, using: &zufall)
                    switch Int.random(in: 0..<3, using: &zufall) {
                    case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &zufall)
                    case 1: bytes = Array(bytes.prefix(place))
                    default: bytes.insert(contentsOf: bytes.prefix(Int.random(in: 0...30, using: &zufall)), at: place)
                    }
                }
                do { _ = try Self.art(probe.name, bytes) } catch {
                    #expect(error is FormErrors, "Saat \(seed), \(probe.name): \(error)")
                }
            }
        }
    }
}
