import Foundation
import Kernel
import Storage
import TestKit
import Testing

@testable import Verzeichnis

/// Loading boundaries.
@Suite struct GrenzImportTests {
    private func welt(_ backend: TestBackend) async throws -> Verzeichniswelt {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        return welt
    }

    @Test(arguments: TestBackend.available)
    func `the report counts boundaries, unknown keys and places without one`(on backend: TestBackend) async throws {
        let welt = try await welt(backend)
        let bericht = try await welt.lade(grenzen: [Grenzbau.klein().datei])
        #expect(bericht.geschrieben && bericht.neu == 7 && bericht.fehler == [])
        let text = bericht.zeilen.joined(separator: "\n")
        #expect(text.contains("1 Schlüssel der Gemeinden steht nicht im Gemeindeverzeichnis: 01001000."))
        #expect(text.contains("4 Gebiete haben keine Grenze (Gemeinden): 03151501, 08115021, 08115037, 11000000."))
        #expect(try await welt.zahl("SELECT count(*) FROM grenze_sicht WHERE gebiet IS NOT NULL") == 6)
        #expect(try await welt.zahl("SELECT count(*) FROM datenstand WHERE art = 'grenzen'") == 1)
    }

    @Test(arguments: TestBackend.available)
    func `the same files again change nothing, whatever the order of their parts`(on backend: TestBackend) async throws
    {
        let welt = try await welt(backend)
        let kreise = Grenzbau.karte([["05515", "05558"], ["07135", nil]], ebene: "kreise")
        let files = [Grenzbau.klein().datei, kreise.datei]
        try await welt.lade(grenzen: files)
        let before = try await welt.grenzzustand()
        var turned = Grenzbau.klein()
        turned.gebiete.reverse()
        let inDegrees = Grenzdatei(name: "grad.json", bytes: Array(turned.jsonInGrad.utf8))
        for again in [files, files.reversed(), [inDegrees]] {
            let bericht = try await welt.lade(grenzen: again)
            #expect(bericht.geschrieben && !bericht.aendertEtwas, "\(bericht.zeilen)")
            #expect(try await welt.grenzzustand() == before)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a trial says what would change and writes nothing`(on backend: TestBackend) async throws {
        let welt = try await welt(backend)
        let bericht = try await welt.lade(grenzen: [Grenzbau.klein().datei], probe: true)
        #expect(!bericht.geschrieben && bericht.neu == 7)
        #expect(try await welt.zahl("SELECT count(*) FROM grenze") == 0)
        #expect(try await welt.zahl("SELECT count(*) FROM grenzlinie") == 0)
    }

    @Test(arguments: TestBackend.available)
    func `a newer set replaces the older one of its kind and leaves the others`(on backend: TestBackend) async throws {
        let welt = try await welt(backend)
        let laender = Grenzbau.karte([["05"], ["07"]], ebene: "laender")
        try await welt.lade(grenzen: [Grenzbau.klein().datei, laender.datei])
        // Dülmen and Coesfeld become one, the island goes.
        let merged = Grenzbau.karte([
            ["05515000", "05558012", "05558012"], ["07135001", "07135020", nil], ["01001000", nil, nil],
        ])
        let bericht = try await welt.lade(grenzen: [merged.datei])
        let counts = [bericht.neu, bericht.geaendert, bericht.unveraendert, bericht.entfallen]
        #expect(counts == [0, 1, 4, 2])
        #expect(try await welt.zahl("SELECT count(*) FROM grenze WHERE ebene = 'gemeinden'") == 5)
        #expect(try await welt.zahl("SELECT count(*) FROM grenze WHERE ebene = 'laender'") == 2)
        let next = try await welt.database.read { db in
            try (
                GrenzStore.nachbarn("05558012", .gemeinden, in: db), GrenzStore.nachbarn("05", .laender, in: db)
            )
        }
        #expect(next.0 == ["05515000", "07135020"] && next.1 == ["07"])
    }

    @Test(arguments: TestBackend.available)
    func `another attribution is a change, and one that cannot be shown is refused`(on backend: TestBackend)
        async throws
    {
        let welt = try await welt(backend)
        try await welt.lade(grenzen: [Grenzbau.klein().datei])
        let bericht = try await welt.lade(grenzen: [Grenzbau.klein().datei], vermerk: " © Amt \n 2026 ")
        #expect(bericht.geaendert == 7 && bericht.neu == 0)
        let stand = try await welt.database.read { db in try GrenzStore.stand(.gemeinden, in: db) }
        #expect(stand?.vermerk == "© Amt 2026")
        for text in ["", "  ", String(repeating: "x", count: 201), "a\u{0}b", "a\u{1B}[31m"] {
            await #expect(throws: Refusal.self) {
                try await welt.lade(grenzen: [Grenzbau.klein().datei], vermerk: text)
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `a set that lacks unusually many places is refused until somebody says that they are gone`(
        on backend: TestBackend
    ) async throws {
        let welt = try await welt(backend)
        func keys(_ count: Int) -> [[String?]] {
            (0..<count).map { ["05\(String(format: "%06d", $0))"] }
        }
        try await welt.lade(grenzen: [Grenzbau.karte(keys(60)).datei])
        let refused = try await welt.lade(grenzen: [Grenzbau.karte(keys(30)).datei])
        #expect(!refused.geschrieben && refused.istGesperrt)
        #expect(try await welt.zahl("SELECT count(*) FROM grenze") == 60)
        try await welt.lade(grenzen: [Grenzbau.karte(keys(30)).datei], vieleEntfallen: true)
        #expect(try await welt.zahl("SELECT count(*) FROM grenze") == 30)
    }

    // MARK: Bad files

    /// A file and a word of the sentence that refuses it.
    struct Fall: Sendable, CustomTestStringConvertible {
        let was: String
        let datei: String
        let wort: String
        var testDescription: String { was }
    }

    private static let gut = Grenzbau.karte([["05515000"]]).json

    private static func verdorben(_ from: String, _ to: String) -> String {
        precondition(gut.contains(from), from)
        return gut.replacing(from, with: to)
    }

    private static func mitRing(_ ring: String) -> String {
        let start = gut.firstRange(of: "\"arcs\":[[")
        let end = gut.firstRange(of: "}]}},")
        guard let start, let end else { preconditionFailure("the builder writes otherwise") }
        return gut.replacingCharacters(in: start.lowerBound..<end.lowerBound, with: "\"arcs\":" + ring)
    }

    private static let faelle = [
        Fall(was: "no JSON", datei: "Das ist kein JSON", wort: "kein lesbares JSON"),
        Fall(was: "cut off", datei: String(gut.dropLast(20)), wort: "kein lesbares JSON"),
        Fall(was: "a table", datei: "ags;name\n05515000;Münster\n", wort: "kein lesbares JSON"),
        Fall(was: "nested ten megabytes deep", datei: String(repeating: "[", count: 10_000_000), wort: "verschachtelt"),
        Fall(
            was: "nested deep in its place",
            datei: mitRing(String(repeating: "[", count: 5_000_000)), wort: "verschachtelt"),
        Fall(was: "a list", datei: "[1,2,3]", wort: "keine Topologie"),
        Fall(was: "an empty object", datei: "{}", wort: "„type“ fehlt"),
        Fall(was: "GeoJSON", datei: "{\"type\":\"FeatureCollection\",\"features\":[]}", wort: "GeoJSON"),
        Fall(was: "another type", datei: verdorben("\"Topology\"", "\"Map\""), wort: "„Map“"),
        Fall(was: "no objects", datei: verdorben("\"objects\"", "\"things\""), wort: "„objects“ fehlt"),
        Fall(was: "unknown object", datei: verdorben("\"gemeinden\"", "\"bezirke\""), wort: "„bezirke“ ist unbekannt"),
        Fall(
            was: "two objects", datei: verdorben("\"objects\":{", "\"objects\":{\"kreise\":{\"geometries\":[]},"),
            wort: "2 Objekte"),
        Fall(was: "no lines", datei: verdorben("\n\"arcs\"", "\n\"bows\""), wort: "„arcs“ fehlt"),
        Fall(was: "NaN", datei: verdorben("[700000,5200000]", "[NaN,5200000]"), wort: "kein lesbares JSON"),
        Fall(was: "infinite", datei: verdorben("[700000,5200000]", "[1e999,5200000]"), wort: "eine Zahl darin"),
        Fall(was: "huge", datei: verdorben("[700000,5200000]", "[1e300,5200000]"), wort: "nicht in Deutschland"),
        Fall(was: "a text as number", datei: verdorben("[700000,5200000]", "[\"7\",5200000]"), wort: "arcs.0.0"),
        Fall(was: "half a point", datei: verdorben("[700000,5200000]", "[700000]"), wort: "arcs.0.0"),
        Fall(
            was: "other units", datei: verdorben("[700000,5200000]", "[340000000000,570000000000]"),
            wort: "nicht in Deutschland"),
        Fall(was: "latitude first", datei: verdorben("[700000,5200000]", "[5200000,700000]"), wort: "erst die Länge"),
        Fall(was: "Paris", datei: verdorben("[700000,5200000]", "[235000,4885000]"), wort: "nicht in Deutschland"),
        Fall(was: "scale is a number", datei: verdorben("[0.00001,0.00001]", "0.00001"), wort: "transform.scale"),
        Fall(was: "scale zero", datei: verdorben("[0.00001,0.00001]", "[0,0]"), wort: "nicht in Deutschland"),
        Fall(was: "no places", datei: verdorben("\"type\":\"MultiPolygon\"", "\"type\":null"), wort: "keine Grenzen"),
        Fall(was: "a point", datei: verdorben("\"MultiPolygon\"", "\"Point\""), wort: "als Point gezeichnet"),
        Fall(was: "no key", datei: verdorben("\"id\":\"05515000\",", ""), wort: "keinen Schlüssel"),
        Fall(was: "short key", datei: verdorben("\"05515000\"", "\"05515\""), wort: "8 Ziffern"),
        Fall(was: "letters in the key", datei: verdorben("\"05515000\"", "\"0551500x\""), wort: "8 Ziffern"),
        Fall(was: "other digits", datei: verdorben("\"05515000\"", "\"０５\""), wort: "8 Ziffern"),
        Fall(was: "key as number", datei: verdorben("\"05515000\"", "5515000"), wort: "geometries.0.id"),
        Fall(was: "line out of range", datei: mitRing("[[[99999]]]"), wort: "nennt die Linie 99999"),
        Fall(was: "line out of range backwards", datei: mitRing("[[[-99999]]]"), wort: "nennt die Linie 99998"),
        Fall(was: "smallest number", datei: mitRing("[[[-9223372036854775808]]]"), wort: "9223372036854775807"),
        Fall(was: "line as fraction", datei: mitRing("[[[0.5]]]"), wort: "eine Zahl darin"),
        Fall(was: "an open ring", datei: mitRing("[[[0, 2]]]"), wort: "schließt sich nicht"),
        Fall(was: "a ring that jumps", datei: mitRing("[[[0, 1, 2, 3]]]"), wort: "reißt vor der Linie 1 ab"),
        Fall(was: "an empty ring", datei: mitRing("[[[]]]"), wort: "schließt sich nicht"),
        Fall(was: "no area", datei: mitRing("[[[0, -1]]]"), wort: "keine Fläche"),
        Fall(
            was: "a line three times", datei: mitRing("[[[0, 2, -4, -2]], [[0, 2, -4, -2]], [[0, 2, -4, -2]]]"),
            wort: "mehr als zwei Flächen"),
        Fall(
            was: "a line of one point", datei: verdorben("[[[700000,5200000],[5000,0]]", "[[[700000,5200000]]"),
            wort: "weniger als zwei Punkte"),
        Fall(
            was: "a place twice",
            datei: verdorben(
                "\"geometries\":[", "\"geometries\":[{\"type\":\"Polygon\",\"id\":\"05515000\",\"arcs\":[[0,2,-4,-2]]},"
            ),
            wort: "kommt zweimal vor"),
    ]

    @Test(arguments: faelle)
    func `a bad file is refused with its name and a sentence, and nothing is written`(fall: Fall) async throws {
        let welt = try await Verzeichniswelt(.sqliteMemory)
        let bad = Grenzdatei(name: "schlecht.json", bytes: Array(fall.datei.utf8))
        let good = Grenzbau.karte([["05515"]], ebene: "kreise").datei
        let bericht = try await welt.lade(grenzen: [good, bad])
        #expect(!bericht.geschrieben && bericht.istGesperrt && bericht.fehlerzahl == 1)
        let text = try #require(bericht.fehler.first?.text)
        #expect(text.hasPrefix("schlecht.json: ") && text.contains(fall.wort), "\(text)")
        #expect(text.count < 300 && text.hasSuffix("."), "\(text)")
        #expect(try await welt.zahl("SELECT count(*) FROM grenze") == 0)
    }

    @Test func `the unspoiled file is good, as Polygon, with ags beside id, without id and with heights too`()
        async throws
    {
        let variants = [
            Self.gut, Self.mitRing("[[[0, 2, -4, -2]]]"),
            Self.mitRing("[[0, 2, -4, -2]]").replacing("MultiPolygon", with: "Polygon"),
            Self.verdorben("\"id\":\"05515000\"", "\"id\":7,\"properties\":{\"ags\":\"05515000\",\"name\":1}"),
            Self.verdorben("[700000,5200000]", "[700000,5200000,63.5]"), "\u{FEFF}" + Self.gut,
        ]
        for text in variants {
            let welt = try await Verzeichniswelt(.sqliteMemory)
            let bericht = try await welt.lade(grenzen: [Grenzdatei(name: "gut.json", bytes: Array(text.utf8))])
            #expect(bericht.neu == 1 && bericht.geschrieben, "\(bericht.zeilen)\n\(text)")
        }
    }

    @Test func `two files of one kind are refused, naming both`() async throws {
        let welt = try await Verzeichniswelt(.sqliteMemory)
        let file = Grenzbau.klein().datei
        let bericht = try await welt.lade(grenzen: [file, Grenzdatei(name: "zwei.json", bytes: file.bytes)])
        let text = try #require(bericht.fehler.first?.text)
        #expect(text.contains("zwei.json") && text.contains(file.name) && !bericht.geschrieben)
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `a file with bytes changed at random is read or refused, never more`(seed: UInt64) throws {
        var generator = Zufall(seed)
        var bytes = Array(Grenzbau.zufall(seed % 7 + 1).json.utf8)
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[index] = Array("0123456789-[]{},.\"eN \u{1}".utf8).randomElement(using: &generator) ?? 0
        }
        do throws(Grenzfehler) {
            let satz = Grenzsatz(try Topologiedatei.read(bytes))
            #expect(!satz.grenzen.isEmpty, "seed \(seed)")
        } catch { #expect(error.grund.hasSuffix("."), "seed \(seed)") }
    }
}
