import Formats
import Kernel
import Storage
import TestKit
import Testing

@testable import Umsetzung

@Suite struct ImportProbeTests {
    @Test(arguments: TestBackend.available)
    func `a trial counts what would change and writes nothing`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let before = try await database.abbild()
        let bericht = try await database.lade(
            "Titel;Leistungsschlüssel;Stand\nHundesteuer;99102013002000 99102013010000;Pilot\nNeu;88123456789000;offen\n",
            probe: true)
        #expect(bericht.neu == 1)
        #expect(bericht.geaendert == 1)
        #expect(!bericht.geschrieben)
        #expect(try await database.abbild() == before)
    }

    @Test(arguments: TestBackend.available)
    func `rows without fault are loaded only when that was asked for`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let csv = "Titel;Stand;Leistungsschlüssel\nGut;offen;88123456789000\nSchlecht;fertig;88123456789001\n;offen;\n"
        let before = try await database.abbild()
        let refused = try await database.lade(csv)
        #expect(refused.fehler.map(\.zeile) == [3, 4])
        #expect(try await database.abbild() == before)
        let bericht = try await database.lade(csv, ueberspringen: true)
        #expect(bericht.geschrieben)
        #expect(bericht.neu == 1)
        #expect(try await database.eintrag("Gut") != nil)
        #expect(try await database.eintrag("Schlecht") == nil)
        #expect(try await database.anzahl("SELECT count(*) FROM leistung WHERE id = '88123456789001'") == 0)
    }

    @Test(arguments: ["", "Name;Stand\nA;offen\n", "Titel\n", "Titel;Titel\nA;B\n", "Titel;Stand\n\"offen\n"])
    func `a file that is no list is refused as a whole`(_ text: String) async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        let before = try await database.abbild()
        do {
            let bericht = try await database.lade(text, ueberspringen: true)
            #expect(bericht.fehlerzahl > 0)
            #expect(!bericht.aendertEtwas)
        } catch let error as FormatError {
            #expect(!error.reason.isEmpty)
        }
        #expect(try await database.abbild() == before)
    }

    @Test func `Windows-1252 is read without garbling an umlaut`() async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        var bytes = Array("Titel;Priorit_t;Stand\nB_cherei __;hoch;zur_ckgestellt\n".utf8)
        var special: [UInt8] = [0xE4, 0xFC, 0x80, 0xDF, 0xFC]
        for index in bytes.indices where bytes[index] == UInt8(ascii: "_") { bytes[index] = special.removeFirst() }
        #expect(try await database.lade(bytes: bytes).neu == 1)
        let row = try #require(try await database.eintrag("Bücherei €ß"))
        #expect(row.inhalt.prioritaet == "hoch")
        #expect(row.inhalt.stand == .zurueckgestellt)
    }
}
