import Dateien
import Formats
import Foundation

/// Small files of every kind, and ways to make bad ones.
enum Proben {
    static let pdf = Array(
        "%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n".utf8)

    static let png: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10] + teil("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])
        + teil("IDAT", [1, 2, 3]) + teil("IEND", [])

    private static func teil(_ name: String, _ content: [UInt8]) -> [UInt8] {
        [0, 0, 0, UInt8(content.count)] + Array(name.utf8) + content + [0, 0, 0, 0]
    }

    static let gif: [UInt8] =
        Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255] + [0x21, 0xF9, 4, 0, 0, 0, 0, 0]
        + [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B]

    static let jpeg: [UInt8] =
        [0xFF, 0xD8, 0xFF, 0xE0, 0, 7, 0x4A, 0x46, 0x49, 0x46, 0, 0xFF, 0xDA, 0, 3, 0, 1, 2, 0xFF, 0, 3, 0xFF, 0xD0, 4]
        + [0xFF, 0xD9]

    static let webp: [UInt8] = Array("RIFF".utf8) + [12, 0, 0, 0] + Array("WEBPVP8L".utf8) + [0, 0, 0, 0]

    static let xml = Array("<?xml version=\"1.0\"?>\n<liste><wert>ä</wert></liste>\n".utf8)
    static let bpmn = Array(
        "<bpmn:definitions xmlns:bpmn=\"http://www.omg.org/spec/BPMN/20100524/MODEL\"><bpmn:process id=\"a\"/></bpmn:definitions>"
            .utf8)
    static let json = Array("{\"a\": [1, -2.5e3, \"\\u00e4\", true, null], \"b\": {}}\n".utf8)

    /// An entry of an archive; what it says of itself may be untrue.
    struct Eintrag {
        var name: String
        var inhalt: [UInt8] = Array("Inhalt".utf8)
        var verfahren = 0
        var merkmale = 0
        var entpackt: Int?
        /// Of what it unpacks to; nil for that of the content.
        var pruefsumme: Int?
        var lokalerName: String?
        var modus = 0
        /// Extra fields at both places.
        var zusatz: [UInt8] = []
    }

    static func zip(_ entries: [Eintrag], bemerkung: [UInt8] = [], davor: [UInt8] = []) -> [UInt8] {
        func u16(_ n: Int) -> [UInt8] { [UInt8(n & 255), UInt8(n >> 8 & 255)] }
        func u32(_ n: Int) -> [UInt8] { u16(n & 0xFFFF) + u16(n >> 16 & 0xFFFF) }
        var bytes = davor
        var directory: [UInt8] = []
        for entry in entries {
            let offset = bytes.count - davor.count
            let size = entry.entpackt ?? entry.inhalt.count
            let common =
                u16(entry.merkmale) + u16(entry.verfahren) + u32(0)
                + u32(entry.pruefsumme ?? crc32(entry.inhalt)) + u32(entry.inhalt.count) + u32(size)
            let local = Array((entry.lokalerName ?? entry.name).utf8)
            let name = Array(entry.name.utf8)
            bytes += [0x50, 0x4B, 3, 4] + u16(20) + common + u16(local.count) + u16(entry.zusatz.count)
            bytes += local + entry.zusatz + entry.inhalt
            directory += [0x50, 0x4B, 1, 2] + u16(entry.modus == 0 ? 20 : 3 << 8) + u16(20) + common
            directory +=
                u16(name.count) + u16(entry.zusatz.count) + u16(0) + u16(0) + u16(0) + u32(entry.modus << 16)
                + u32(offset) + name + entry.zusatz
        }
        let start = bytes.count - davor.count
        return bytes + directory + [0x50, 0x4B, 5, 6] + u16(0) + u16(0) + u16(entries.count) + u16(entries.count)
            + u32(directory.count) + u32(start) + u16(bemerkung.count) + bemerkung
    }

    /// The checksum of an entry (ISO 3309).
    static func crc32(_ bytes: some Sequence<UInt8>) -> Int {
        var rest: UInt32 = .max
        for byte in bytes {
            rest ^= UInt32(byte)
            for _ in 0..<8 { rest = rest >> 1 ^ (rest & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return Int(~rest)
    }

    /// A letter and `count` times 258 more of it, packed with the fixed codes of RFC 1951, 3.2.6.
    static func gepackt(_ count: Int, letter: UInt8 = 97) -> Eintrag {
        var bits: [Bool] = []
        func add(_ code: Int, _ length: Int) { for at in (0..<length).reversed() { bits.append(code >> at & 1 == 1) } }
        add(0b110, 3)
        add(0x30 + Int(letter), 8)
        for _ in 0..<count { add(0b11000101 << 5, 13) }
        add(0, 7)
        let bytes = stride(from: 0, to: bits.count, by: 8).map { start in
            bits[start..<min(start + 8, bits.count)].enumerated().reduce(UInt8(0)) { $0 | ($1.1 ? 1 << $1.0 : 0) }
        }
        let size = 1 + 258 * count
        return Eintrag(
            name: "a.txt", inhalt: bytes, verfahren: 8, entpackt: size,
            pruefsumme: crc32(repeatElement(letter, count: size)))
    }

    static func office(_ part: String, _ more: [Eintrag] = []) -> [UInt8] {
        zip([Eintrag(name: "[Content_Types].xml"), Eintrag(name: part)] + more)
    }

    static func odf(_ type: String) -> [UInt8] {
        zip([
            Eintrag(name: "mimetype", inhalt: Array("application/vnd.oasis.opendocument.\(type)".utf8)),
            Eintrag(name: "content.xml"),
        ])
    }

    static let alle: [(name: String, art: Dateiart, bytes: [UInt8])] = [
        ("a.pdf", .pdf, pdf), ("b.png", .png, png), ("c.JPG", .jpeg, jpeg), ("c.jpeg", .jpeg, jpeg),
        ("d.gif", .gif, gif),
        ("e.webp", .webp, webp), ("f.txt", .text, Array("Grüße\r\n".utf8)),
        ("g.txt", .text, [71, 114, 0xFC, 0xDF, 101]),
        ("h.csv", .csv, Array("a;b\n1;2\n".utf8)), ("i.xml", .xml, xml), ("j.bpmn", .bpmn, bpmn),
        ("k.json", .json, json),
        (
            "l.zip", .zip,
            zip([Eintrag(name: "ordner/a.txt"), Eintrag(name: "b.docx", inhalt: office("word/document.xml"))])
        ),
        ("m.docx", .docx, office("word/document.xml")), ("n.xlsx", .xlsx, office("xl/workbook.xml")),
        ("o.pptx", .pptx, office("ppt/presentation.xml")), ("p.odt", .odt, odf("text")),
        ("q.ods", .ods, odf("spreadsheet")), ("r.odp", .odp, odf("presentation")),
    ]
}

/// A folder of a test.
struct Testordner: ~Copyable {
    let pfad = NSTemporaryDirectory() + "leitstand-dateien-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: pfad, withIntermediateDirectories: true) }

    deinit {
        // What stays lies in the temporary folder and disturbs nobody.
        try? FileManager.default.removeItem(atPath: pfad)
    }
}
