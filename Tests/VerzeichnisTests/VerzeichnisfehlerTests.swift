import Formats
import Kernel
import Storage
import TestKit
import Testing

@testable import Verzeichnis

/// Files that are cut off, foreign or wrong in places.
@Suite struct VerzeichnisfehlerTests {
    /// A fault put into one record, and where the report must show it.
    struct Fall: Sendable, CustomTestStringConvertible {
        let was: String
        /// Line of the small file, from 1.
        let zeile: Int
        let spalte: Int
        let feld: String?
        let wort: String
        let verderbe: @Sendable (String) -> String

        var testDescription: String { was }
    }

    private static let faelle = [
        Fall(was: "wrong record type", zeile: 4, spalte: 1, feld: "Satzart", wort: "Satzart") {
            Verzeichnisbau.mit($0, 1, "70")
        },
        Fall(was: "letters as record type", zeile: 4, spalte: 1, feld: "Satzart", wort: "Satzart") {
            Verzeichnisbau.mit($0, 1, "AB")
        },
        Fall(was: "no date", zeile: 4, spalte: 3, feld: "Gebietsstand", wort: "Datum") {
            Verzeichnisbau.mit($0, 3, "20251331")
        },
        Fall(was: "signed date", zeile: 4, spalte: 3, feld: "Gebietsstand", wort: "Datum") {
            Verzeichnisbau.mit($0, 3, "+2025083")
        },
        Fall(was: "a second Gebietsstand", zeile: 4, spalte: 3, feld: "Gebietsstand", wort: "01.09.2025") {
            Verzeichnisbau.mit($0, 3, "20250901")
        },
        Fall(was: "letters in the key", zeile: 5, spalte: 11, feld: "Kreis", wort: "Ziffern") {
            Verzeichnisbau.mit($0, 11, "0315X")
        },
        Fall(was: "blank in the key", zeile: 5, spalte: 16, feld: "Gemeinde", wort: "Ziffern") {
            Verzeichnisbau.mit($0, 16, "0 5")
        },
        Fall(was: "other digits", zeile: 5, spalte: 19, feld: "Gemeindeverband", wort: "Ziffern") {
            Verzeichnisbau.mit($0, 19, "００２５")
        },
        Fall(was: "no name", zeile: 5, spalte: 23, feld: "Bezeichnung", wort: "Bezeichnung") {
            Verzeichnisbau.mit($0, 23, "          ")
        },
        Fall(was: "unknown kind of Gemeinde", zeile: 5, spalte: 123, feld: "Textkennzeichen", wort: "99") {
            Verzeichnisbau.mit($0, 123, "99")
        },
        Fall(was: "unknown kind of Kreis", zeile: 3, spalte: 123, feld: "Textkennzeichen", wort: "99") {
            Verzeichnisbau.mit($0, 123, "99")
        },
        Fall(was: "unknown kind of Verband", zeile: 4, spalte: 123, feld: "Textkennzeichen", wort: "Gemeindeverbands") {
            Verzeichnisbau.mit($0, 123, "  ")
        },
        Fall(was: "letters in the area", zeile: 5, spalte: 129, feld: "Fläche", wort: "Zahl") {
            Verzeichnisbau.mit($0, 129, "0000000O823")
        },
        Fall(was: "signed people", zeile: 5, spalte: 140, feld: "Bevölkerung", wort: "Zahl") {
            Verzeichnisbau.mit($0, 140, "+0000011500")
        },
        Fall(was: "negative people", zeile: 5, spalte: 140, feld: "Bevölkerung", wort: "Zahl") {
            Verzeichnisbau.mit($0, 140, "-0000011500")
        },
        Fall(was: "half a post code", zeile: 5, spalte: 166, feld: "Postleitzahl", wort: "Ziffern") {
            Verzeichnisbau.mit($0, 166, "385")
        },
        Fall(was: "300 characters", zeile: 5, spalte: 221, feld: nil, wort: "300") {
            $0 + String(repeating: "x", count: 80)
        },
        Fall(was: "cut in the middle", zeile: 5, spalte: 61, feld: nil, wort: "abgeschnitten") {
            String($0.prefix(60))
        },
    ]

    @Test(arguments: TestBackend.available, faelle)
    func `a fault is shown with line, column, field and reason, and nothing is written`(
        on backend: TestBackend, fall: Fall
    ) async throws {
        let welt = try await Verzeichniswelt(backend)
        var lines = Verzeichnisbau.klein().zeilen
        lines[fall.zeile - 1] = fall.verderbe(lines[fall.zeile - 1])
        let bericht = try await welt.lade(Array(lines.joined(separator: "\n").utf8))
        let first = try #require(bericht.fehler.first)
        #expect(first.zeile == fall.zeile)
        #expect(first.spalte == fall.spalte)
        #expect(first.feld == fall.feld)
        #expect(first.grund.contains(fall.wort), "\(first.grund)")
        #expect(!bericht.geschrieben)
        #expect(try await welt.zustand() == [])
    }

    @Test(arguments: TestBackend.available)
    func `a key that stands twice is refused where it stands again`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        for (line, key) in [
            (1, "03"), (2, "031"), (3, "03151"), (5, "031510025025"), (10, "05515"), (11, "055150000"),
            (21, "071355001"),
        ] {
            var lines = Verzeichnisbau.klein().zeilen
            lines.append(lines[line - 1])
            let bericht = try await welt.lade(Array(lines.joined(separator: "\n").utf8))
            #expect(bericht.fehler.first?.zeile == lines.count, "\(key)")
            #expect(bericht.fehler.first?.spalte == 11)
            #expect(bericht.fehler.first?.grund.contains(key) == true)
        }
        #expect(try await welt.zustand() == [])
    }

    @Test func `a file that stops anywhere in its last record is refused`() throws {
        let lines = Verzeichnisbau.klein().zeilen
        // The record of Coesfeld is the last: it has a post code behind its numbers.
        let whole = lines.prefix(15).joined(separator: "\n")
        for cut in 1..<170 {
            var bericht = Importbericht()
            let source = try TextSource(bytes: Array((whole.dropLast(220) + lines[14].prefix(cut)).utf8), name: "x")
            _ = Verzeichnisdatei.read(source, bericht: &bericht)
            #expect(bericht.fehlerzahl > 0, "cut after \(cut) characters")
        }
    }

    @Test(arguments: TestBackend.available)
    func `a file that stops at the end of a line is refused when something lacks its Gemeinden`(on backend: TestBackend)
        async throws
    {
        let welt = try await Verzeichniswelt(backend)
        let lines = Verzeichnisbau.klein().zeilen
        // After a Land, a Regierungsbezirk, a Kreis, a Verband, a repeated Gemeinde and the Kreis record of a Stadt.
        for count in [1, 2, 3, 4, 6, 8, 9, 10, 11, 13, 14, 16, 18, 19, 20, 21, 24, 25, 27, 28] {
            let bericht = try await welt.lade(Array((lines.prefix(count).joined(separator: "\n") + "\n").utf8))
            #expect(bericht.fehlerzahl > 0, "after \(count) lines")
            #expect(bericht.fehler.contains { $0.grund.contains("abgeschnitten") }, "after \(count) lines")
        }
        #expect(try await welt.zustand() == [])
    }

    @Test(arguments: [(1, "03"), (8, "05"), (13, "05558"), (16, "055580016"), (21, "071355001"), (10, "05515")])
    func `a place whose Land, Kreis or Verband has no record is refused by the key that is missing`(
        zeile: Int, key: String
    ) throws {
        var lines = Verzeichnisbau.klein().zeilen
        // Dülmen's repeated record is line 16, its own is line 17.
        lines.remove(at: zeile - 1)
        var bericht = Importbericht()
        _ = Verzeichnisdatei.read(
            try TextSource(bytes: Array(lines.joined(separator: "\n").utf8), name: "x"), bericht: &bericht)
        #expect(bericht.fehler.contains { $0.grund.contains(key) }, "\(bericht.fehler.map(\.text))")
    }

    @Test func `an empty file is refused in words`() throws {
        #expect(throws: FormatError.self) { _ = try TextSource(bytes: [], name: "leer.txt") }
        var bericht = Importbericht()
        _ = Verzeichnisdatei.read(try TextSource(bytes: Array("\r\n\r\n".utf8), name: "x"), bericht: &bericht)
        #expect(bericht.fehler.map(\.grund) == ["Die Datei enthält keinen einzigen Satz."])
    }

    @Test(arguments: TestBackend.available)
    func `a foreign CSV is refused after a few lines, also when faulty records are skipped`(on backend: TestBackend)
        async throws
    {
        let welt = try await Verzeichniswelt(backend)
        let csv =
            "ags,ars,name,einwohner\n"
            + String(repeating: "05558016,055580016016,\"Dülmen, Stadt\",47000\n", count: 5_000)
        for skip in [false, true] {
            let bericht = try await welt.lade(Array(csv.utf8), ueberspringen: skip)
            #expect((1...30).contains(bericht.fehlerzahl))
            #expect(bericht.fehler.contains { $0.grund.contains("GV100AD") })
            #expect(!bericht.geschrieben)
        }
        #expect(try await welt.zustand() == [])
    }

    @Test(arguments: TestBackend.available)
    func `skipping writes the rest and closes nothing`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        var lines = Verzeichnisbau.klein(stand: "20260131").zeilen
        lines[4] = Verzeichnisbau.mit(lines[4], 129, "xxxxxxxxxxx")
        lines[14] = Verzeichnisbau.mit(lines[14], 140, "00000099999")
        // Both records of Dülmen are missing.
        lines.remove(at: 16)
        lines.remove(at: 15)
        let text = Array(lines.joined(separator: "\n").utf8)
        let refused = try await welt.lade(text)
        #expect(!refused.geschrieben)
        let bericht = try await welt.lade(text, ueberspringen: true)
        #expect(bericht.geschrieben)
        #expect(bericht.fehlerzahl == 1)
        #expect(bericht.entfallen == 0)
        #expect(try await welt.gebiet("055580012012")?.einwohner == 99_999)
        #expect(try await welt.gebiet("031510025025")?.einwohner == 11_500)
        #expect(try await welt.zahl("SELECT count(*) FROM gebiet WHERE gueltig_bis IS NOT NULL") == 0)
        #expect(try await welt.zahl("SELECT count(*) FROM organisation WHERE gueltig_bis IS NOT NULL") == 0)
        // Skipped and missing places still count in the sums above them.
        #expect(try await welt.gebiet("03151")?.einwohner == 11_500)
        #expect(try await welt.gebiet("05558")?.einwohner == 99_999 + 47_000)
        #expect(try await welt.gebiet("05")?.einwohner == 99_999 + 47_000 + 308_258)
        let again = try await welt.lade(text, ueberspringen: true)
        #expect(!again.aendertEtwas)
    }

    @Test(arguments: TestBackend.available)
    func `skipping the record of a Kreis or Verband leaves its Gemeinden as they were`(on backend: TestBackend)
        async throws
    {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        let (before, organisations) = (
            try await welt.gebiet("071355001001"), try await welt.zahl("SELECT count(*) FROM organisation")
        )
        var lines = Verzeichnisbau.klein(stand: "20260131").zeilen
        for line in [12, 20] { lines[line] = Verzeichnisbau.mit(lines[line], 123, "??") }
        let bericht = try await welt.lade(Array(lines.joined(separator: "\n").utf8), ueberspringen: true)
        #expect(bericht.geschrieben || !bericht.aendertEtwas)
        #expect(try await welt.gebiet("071355001001") == before)
        #expect(try await welt.gebiet("055580016016")?.gehoertZuARS == "05558")
        #expect(try await welt.zahl("SELECT count(*) FROM organisation") == organisations)
    }

    @Test(arguments: TestBackend.available)
    func `a trial says what would change and writes nothing`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        let first = try await welt.lade(.klein(), probe: true)
        #expect(first.neu > 20)
        #expect(!first.geschrieben)
        #expect(try await welt.zustand() == [])
        try await welt.lade(.klein())
        let before = try await welt.zustand()
        var next = Verzeichnisbau.klein(stand: "20260131")
        next.frei("055580020020", "Havixbeck", ew: 11_000)
        next.roh("kein Satz")
        let second = try await welt.lade(next, probe: true)
        #expect((second.neu, second.geaendert, second.fehlerzahl) == (1, 3, 1))
        #expect(try await welt.zustand() == before)
    }

    @Test(arguments: TestBackend.available)
    func `a write that fails at its last step leaves nothing behind`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.database.write { db in try db.execute("ALTER TABLE verlauf RENAME TO verlauf_weg") }
        await #expect(throws: (any Error).self) { try await welt.lade(.klein()) }
        #expect(try await welt.zahl("SELECT count(*) FROM gebiet") == 0)
        #expect(try await welt.zahl("SELECT count(*) FROM organisation") == 0)
        #expect(try await welt.zahl("SELECT count(*) FROM datenstand") == 0)
    }
}
