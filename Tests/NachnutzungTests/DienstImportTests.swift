import Formats
import Kernel
import Storage
import TestKit
import Testing

@testable import Nachnutzung

extension Database {
    func lade(_ csv: String, probe: Bool = false, ueberspringen: Bool = false) async throws -> Importbericht {
        try await lade(bytes: Array(csv.utf8), probe: probe, ueberspringen: ueberspringen)
    }

    func lade(bytes: [UInt8], probe: Bool = false, ueberspringen: Bool = false) async throws -> Importbericht {
        let auftrag = Importauftrag(
            probe: probe, fehlerhafteUeberspringen: ueberspringen, urheber: .betrieb(Welt.jetzt))
        return try await DienstImport.run(TextSource(bytes: bytes, name: "dienste.csv"), auftrag, in: self)
    }

    func stand() async throws -> [String] {
        try await read { db in
            let counts = try ["verlauf", "datenstand", "onlinedienst_leistung"].map { table in
                "\(table) \(try db.value(SQL(stringLiteral: "SELECT count(*) FROM \(table)")) ?? 0)"
            }
            return try counts + DienstStore.page(DienstFilter(), .init(nummer: 1, groesse: 500), in: db).map { "\($0)" }
        }
    }
}

@Suite struct DienstImportTests {
    private static let kopf =
        "Name;Anbieter;URL;Hersteller;Formularsystem;Leistungen;Variante;Reifegradmodell;Reifegrad;Beschreibung\n"
    private static let voll =
        kopf
        + "Neu ä;05558;https://beispiel.invalid/neu;H;F;99102013002000 99 102 013 010 000;EfA;OZG 1.1;3;\"Zeile, \"\"so\"\"\nzweite\"\n"

    @Test(arguments: TestBackend.available)
    func `a sheet creates, changes and recognises services`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let first = try await database.lade(Self.voll)
        #expect(first.fehler.isEmpty)
        #expect(first.neu == 1)
        let eintrag = try #require(try await database.dienst("neu-ae"))
        #expect(eintrag.anbieterARS == "05558")
        #expect(eintrag.dienst.variante == .efa)
        #expect(eintrag.dienst.reifegrad?.text == "OZG 1.1: 3")
        #expect(eintrag.dienst.beschreibung == "Zeile, \"so\"\nzweite")
        #expect(eintrag.leistungen.count == 2)

        let before = try await database.stand()
        let second = try await database.lade(Self.voll)
        #expect(second.unveraendert == 1)
        #expect(!second.aendertEtwas)
        #expect(try await database.stand() == before)

        let third = try await database.lade(Self.voll.replacing("invalid/neu", with: "invalid/neuer"))
        #expect(third.geaendert == 1)
        #expect(try await database.dienst("neu-ae")?.dienst.url == "https://beispiel.invalid/neuer")
        #expect(
            try await database.anzahl("SELECT count(*) FROM verlauf WHERE art = 'dienst_geaendert' AND feld = 'url'")
                == 1)
        #expect(try await database.anzahl("SELECT count(*) FROM datenstand WHERE art = 'dienste'") == 3)
    }

    @Test(arguments: TestBackend.available)
    func `a column that the sheet lacks leaves the value as it is`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        _ = try await database.lade(Self.voll)
        let old = try #require(try await database.dienst("neu-ae"))
        let bericht = try await database.lade(
            "Anbieter,Name,URL\nKreis Coesfeld,Neu ä,https://beispiel.invalid/zwei\n".replacing(
                "Kreis Coesfeld", with: "05558"))
        #expect(bericht.geaendert == 1)
        let new = try #require(try await database.dienst("neu-ae"))
        #expect(new.dienst.url == "https://beispiel.invalid/zwei")
        #expect(new.dienst.hersteller == old.dienst.hersteller)
        #expect(new.dienst.formularsystem == old.dienst.formularsystem)
        #expect(new.dienst.variante == old.dienst.variante)
        #expect(new.dienst.reifegrad == old.dienst.reifegrad)
        #expect(new.dienst.beschreibung == old.dienst.beschreibung)
        #expect(new.leistungen == old.leistungen)
    }

    @Test func `Windows-1252 is read without garbling an umlaut`() async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        var bytes = Array("Name;Anbieter\nB_cher _;Stadt D_lmen\n".utf8)
        var special: [UInt8] = [0xFC, 0x80, 0xFC]
        for index in bytes.indices where bytes[index] == UInt8(ascii: "_") { bytes[index] = special.removeFirst() }
        let bericht = try await database.lade(bytes: bytes)
        #expect(bericht.fehler.isEmpty)
        let eintrag = try #require(try await database.dienst("buecher"))
        #expect(eintrag.dienst.name == "Bücher €")
        #expect(eintrag.anbieterARS == Rollenspiel.duelmen)
    }

    @Test(arguments: [
        ("A;Nirgends;;;;;;;;", "Anbieter"), ("A;;;;;;;;;", "Anbieter"), (";05558;;;;;;;;", "Name"),
        ("A;05558;javascript:x;;;;;;;", "URL"),
        ("A;05558;;;;88123456789000;;;;", "Leistungen"), ("A;05558;;;;9,9E+13;;;;", "Leistungen"),
        ("A;05558;;;;;mal so;;;", "Variante"),
        ("A;05558;;;;;;OZG 1.1;5;", "Reifegrad"), ("A;05558;;;;;;NRW/EU;2;", "Reifegrad"),
        ("A;05558;;;;;;;3;", "Reifegrad"),
        ("A;05558;;;;;;OZG 2.0;;", "Reifegrad"), ("A;05558;;;;;;OZG 9;1;", "Reifegradmodell"),
        ("A;05558;;;;;;OZG 1.1;drei;", "Reifegrad"),
    ])
    func `a row that cannot be is refused at its line, column and field`(_ zeile: String, _ feld: String) async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        let before = try await database.stand()
        let csv = Self.kopf + "Gut;05558;;;;;;;;\n" + zeile + "\n"
        let bericht = try await database.lade(csv)
        #expect(bericht.fehlerzahl == 1)
        #expect(bericht.fehler.first?.zeile == 3)
        #expect(bericht.fehler.first?.feld == feld)
        #expect(bericht.fehler.first?.spalte != nil)
        #expect(try await database.stand() == before)
        let skipped = try await database.lade(csv, ueberspringen: true)
        #expect(skipped.geschrieben)
        #expect(try await database.dienst("gut") != nil)
        #expect(try await database.dienst("a") == nil)
    }

    @Test(arguments: TestBackend.available)
    func `two rows of one service are refused, the same name at another provider is another service`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let bericht = try await database.lade("Name;Anbieter\nGleich;05558\nGLEICH;055580000000\n")
        #expect(bericht.fehler.map(\.zeile) == [3])
        let known = try await database.lade(
            "Name;Anbieter\nBeispiel: Wohngeld beantragen;05\nbeispiel wohngeld beantragen;05\n")
        #expect(known.fehler.map(\.zeile) == [3])
        #expect(try await database.lade("Name;Anbieter\nGleich;05558\nGleich;05570\n").neu == 2)
        #expect(try await database.dienst("gleich")?.anbieterARS == "05558")
        #expect(try await database.dienst("gleich-2")?.anbieterARS == "05570")
    }

    @Test(arguments: TestBackend.available)
    func `a trial counts what would change and writes nothing`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let before = try await database.stand()
        let bericht = try await database.lade(
            "Name;Anbieter;URL\nNeu;05558;\nBeispiel: Wohngeld beantragen;05;https://beispiel.invalid/x\n", probe: true)
        #expect(bericht.neu == 1)
        #expect(bericht.geaendert == 1)
        #expect(!bericht.geschrieben)
        #expect(try await database.stand() == before)
    }

    @Test(arguments: ["", "Titel;Anbieter\nA;05\n", "Name;Anbieter\n", "Name;Name;Anbieter\nA;B;05\n"])
    func `a file that is no sheet of services is refused as a whole`(_ text: String) async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        let before = try await database.stand()
        do { #expect(try await database.lade(text, ueberspringen: true).fehlerzahl > 0) } catch let error as FormatError
        {
            #expect(!error.reason.isEmpty)
        }
        #expect(try await database.stand() == before)
    }

    @Test func `an unknown column is a notice`() async throws {
        let bericht = try await Welt.beispiel(.sqliteMemory).lade("Name;Anbieter;Farbe\nA;05558;rot\n")
        #expect(bericht.fehler.isEmpty)
        #expect(bericht.hinweise.contains { $0.contains("Farbe") })
    }
}
