import Formats
import Kernel
import Storage
import TestKit
import Testing

@testable import Verzeichnis

/// Lists of changes that are wrong in places.
@Suite struct AenderungsfehlerTests {
    private static let kopf = "ags_alt;name_alt;ags_neu;name_neu;wirksam_am;art\n"
    private static let gut = "05558099;Merfeld;05558016;\"Dülmen, Stadt\";2024-01-01;\n"

    struct Fall: Sendable, CustomTestStringConvertible {
        let was: String
        let zeile: String
        let spalte: Int
        let feld: String
        let wort: String
        var testDescription: String { was }
    }

    private static let faelle = [
        Fall(was: "letters", zeile: "0555809x;A;05558016;;;", spalte: 1, feld: "ags_alt", wort: "8 Ziffern"),
        Fall(was: "lost zero", zeile: "5558098;A;05558016;;;", spalte: 1, feld: "ags_alt", wort: "führende Null"),
        Fall(was: "empty key", zeile: ";A;05558016;;;", spalte: 1, feld: "ags_alt", wort: "8 Ziffern"),
        Fall(was: "an ARS", zeile: "05558098;A;055580016016;;;", spalte: 12, feld: "ags_neu", wort: "8 Ziffern"),
        Fall(was: "other digits", zeile: "０５５５８０９８;A;05558016;;;", spalte: 1, feld: "ags_alt", wort: "8 Ziffern"),
        Fall(was: "rounded", zeile: "5,6E+06;A;05558016;;;", spalte: 1, feld: "ags_alt", wort: "8 Ziffern"),
        Fall(was: "no name", zeile: "05558098; ;05558016;;;", spalte: 10, feld: "name_alt", wort: "fehlt"),
        Fall(was: "only signs", zeile: "05558098;%_--;05558016;;;", spalte: 10, feld: "name_alt", wort: "fehlt"),
        Fall(
            was: "endless name", zeile: "05558098;\(String(repeating: "x", count: 201));05558016;;;", spalte: 10,
            feld: "name_alt", wort: "200"),
        Fall(was: "no day", zeile: "05558098;A;05558016;;2024-02-30;", spalte: 22, feld: "wirksam_am", wort: "Datum"),
        Fall(was: "unknown", zeile: "05558098;A;05558888;;;", spalte: 12, feld: "ags_neu", wort: "kennt"),
        Fall(was: "unknown to itself", zeile: "05558098;A;05558098;;;", spalte: 12, feld: "ags_neu", wort: "kennt"),
        Fall(
            was: "in the future", zeile: "05558098;A;05558016;;2030-01-01;", spalte: 22, feld: "wirksam_am",
            wort: "01.01.2030"),
        Fall(was: "twice", zeile: "05558099;Merfeld;05558016;;;", spalte: 1, feld: "ags_alt", wort: "Zeile 2"),
        Fall(was: "two names", zeile: "05558099;Rorup;05558012;;;", spalte: 10, feld: "name_alt", wort: "Merfeld"),
    ]

    @Test(arguments: TestBackend.available, faelle)
    func `a fault is shown with line, column, field and reason, and nothing is written`(
        on backend: TestBackend, fall: Fall
    ) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        let before = try await welt.zustand()
        let bericht = try await welt.lade(aenderungen: Self.kopf + Self.gut + fall.zeile + "\n")
        let first = try #require(bericht.fehler.first)
        #expect((first.zeile, first.spalte, first.feld) == (3, fall.spalte, fall.feld))
        #expect(first.grund.contains(fall.wort), "\(first.grund)")
        #expect(bericht.fehlerzahl == 1 && !bericht.geschrieben)
        #expect(try await welt.zustand() == before)
        let skipped = try await welt.lade(aenderungen: Self.kopf + Self.gut + fall.zeile + "\n", ueberspringen: true)
        #expect(skipped.geschrieben && skipped.neu == 1)
        #expect(try await welt.folge("05558099")?.nachfolger.map(\.name) == ["Dülmen"])
    }

    @Test(arguments: TestBackend.available)
    func `whoever follows a refused row is refused too`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        let bericht = try await welt.lade(
            aenderungen: Self.kopf + "05558097;A;05558098;;;\n05558098;B;05558888;;;\n" + Self.gut, ueberspringen: true)
        #expect(bericht.fehler.map(\.zeile) == [2, 3])
        #expect(bericht.fehler.first?.grund.contains("selbst aufgelöst") == true)
        #expect(bericht.neu == 1)
        #expect(try await welt.zahl("SELECT count(*) FROM gebiet WHERE ende_unbekannt OR ars IS NULL") == 1)
    }

    @Test(arguments: TestBackend.available, [false, true])
    func `a circle is refused whole, also when faulty rows are skipped`(on backend: TestBackend, ueberspringen: Bool)
        async throws
    {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        let before = try await welt.zustand()
        for circle in [
            "05558097;A;05558098;;;\n05558098;B;05558097;;;\n05558097;A;05558016;;;\n",
            "05558098;B;05558097;;;\n05558097;A;05558098;;;\n05558097;A;05558016;;;\n",
            // Two valid places cannot both be the other's successor.
            "05558016;Dülmen;05558012;;;\n05558012;Coesfeld;05558016;;;\n",
        ] {
            let bericht = try await welt.lade(aenderungen: Self.kopf + circle, ueberspringen: ueberspringen)
            #expect(bericht.fehler.contains { $0.grund.contains("zurück") && $0.zeile > 1 })
            #expect(bericht.istGesperrt && !bericht.geschrieben)
        }
        #expect(try await welt.zustand() == before)
    }

    @Test(arguments: TestBackend.available)
    func `without a directory the list is refused in one sentence`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        let bericht = try await welt.lade(aenderungen: Self.kopf + Self.gut, ueberspringen: true)
        #expect(bericht.fehlerzahl == 1 && bericht.fehler[0].grund.contains("leitstand import gemeindeverzeichnis"))
        #expect(!bericht.geschrieben)
        #expect(try await welt.zustand() == [])
    }

    @Test func `a file of another kind is refused in words`() async throws {
        let welt = try await Verzeichniswelt(.sqliteMemory)
        try await welt.lade(.klein())
        for (text, word) in [
            ("name;schluessel\nA;1\n", "„ags_alt“"), (Self.kopf, "nur die Kopfzeile"), ("\n\n", "keine Kopfzeile"),
            (Self.kopf + "05558099;\"Merfeld;05558016;;;\n", ""),
            (Self.kopf + Self.gut + "1;2;3;4;5;6;7\n", "7 Felder"),
            ("ags_alt;ags_alt;name_alt;ags_neu\n1;2;3;4\n", "zweimal"),
        ] {
            let bericht = try await welt.lade(aenderungen: text)
            #expect(bericht.fehlerzahl > 0 && !bericht.geschrieben, "\(text)")
            #expect(bericht.fehler.first?.grund.contains(word) == true || word.isEmpty, "\(bericht.fehler)")
        }
        let foreign = try await welt.lade(aenderungen: "kennung;" + Self.kopf + "1;" + Self.gut)
        #expect(foreign.geschrieben && foreign.hinweise.contains { $0.contains("„kennung“ ist unbekannt") })
        #expect(foreign.neu == 1)
    }

    @Test(arguments: TestBackend.available)
    func `a successor of another name is worth a remark`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        let bericht = try await welt.lade(aenderungen: Self.kopf + "05558099;Merfeld;05558016;Lüdinghausen;;\n")
        #expect(
            bericht.geschrieben && bericht.hinweise.contains { $0.contains("Lüdinghausen") && $0.contains("Dülmen") })
    }

    @Test(arguments: TestBackend.available)
    func `two loads at the same time leave one set of places`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { try await welt.lade(aenderungen: Self.kopf + Self.gut) } }
            try await group.waitForAll()
        }
        #expect(try await welt.zahl("SELECT count(*) FROM gebiet WHERE ars IS NULL") == 1)
        #expect(try await welt.zahl("SELECT count(*) FROM datenstand WHERE art = 'gebietsaenderungen'") == 1)
    }
}
