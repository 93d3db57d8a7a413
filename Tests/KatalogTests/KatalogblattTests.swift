import Foundation
import Kernel
import Storage
import TestKit
import Testing

@testable import Katalog

/// Sheets as they come: headers, encodings, faults.
@Suite struct KatalogblattTests {
    private static let kopf =
        "leika_schluessel,bezeichnung,typisierung,ozg_id,ozg_leistung,lebenslage,themenfeld,rechtsgrundlage,gesetze,gesetze_kurz,relevanz1,relevanz2"

    @Test(arguments: TestBackend.available)
    func `the real headers are read, in Windows-1252 and with BOM too`(on backend: TestBackend) async throws {
        var blatt = Katalogblatt()
        blatt.leistungen =
            Self.kopf
            + "\r\n99001001002000,Abfallgebühr Festsetzung,5,10110,Abfall,Wohnen,Bauen,\"§ 1, KrWG\",x,y,1,0\r\n"
        blatt.ohneSchluessel =
            "bezeichnung,typisierung,ozg_id,ozg_leistung,lebenslage,themenfeld,rechtsgrundlage,gesetze,gesetze_kurz,relevanz1,relevanz2\r\nAltöl,4,10110,,,,,,,1,0\r\n"
        let database = try await Welt.leer(backend)
        #expect(try await blatt.laden(database).neu == 2)
        let found = try await database.read { db in
            try LeistungStore.find(Leistung.ID(rawValue: "99001001002000"), in: db)
        }
        #expect(found?.rechtsgrundlage == "§ 1, KrWG")
        #expect(found?.name == "Abfallgebühr Festsetzung")
        blatt.leistungen = "\u{FEFF}" + blatt.leistungen
        #expect(try await blatt.laden(database).unveraendert == 2)
    }

    @Test(arguments: [
        ("Hundehaltung Anmeldung,2/3", "Hundehaltung Anmeldung,+1", 3, "typisierung"),
        ("Hundehaltung Anmeldung,2/3", "Hundehaltung Anmeldung,0", 3, "typisierung"),
        ("Hundehaltung Anmeldung,2/3", "Hundehaltung Anmeldung,1/2/3", 3, "typisierung"),
        ("Hundehaltung Anmeldung,2/3", "Hundehaltung Anmeldung,2/", 3, "typisierung"),
        ("Hundehaltung Anmeldung,2/3", "Hundehaltung Anmeldung,01", 3, "typisierung"),
        ("99110009104000,", "9911000910400O,", 3, "leika_schluessel"),
        ("99110009104000,", "9.9110009104E+13,", 3, "leika_schluessel"),
        ("Altöl abgeben,5,\n", "Altöl abgeben,5,77777\n", 4, "ozg_id"), ("Tierhaltung,2,", ",2,", 2, "themenfeld"),
        ("10160,Hundehaltung,1", "10160,,1", 2, "ozg_leistung"),
        ("10160,Hundehaltung,1", ",Hundehaltung,1", 2, "ozg_id"),
    ])
    func `a wrong value is refused with its place`(old: String, new: String, line: Int, field: String) async throws {
        var blatt = Katalogblatt()
        blatt.ohneSchluessel = blatt.ohneSchluessel.map { $0 + "\n" }
        let database = try await Welt.leer(.sqliteMemory)
        let bericht = try await blatt.mit(old, new).laden(database)
        let fault = try #require(bericht.fehler.first)
        #expect(fault.zeile == line && fault.feld == field && fault.spalte != nil, "\(fault.text)")
        #expect(fault.quelle?.hasSuffix(".csv") == true)
        #expect(!bericht.geschrieben)
    }

    @Test(arguments: [
        ("leika_schluessel", "leika_schluessel"), ("bezeichnung", "bezeichnung"), ("typisierung", "typisierung"),
        ("ozg_id", "ozg_id"),
    ])
    func `a sheet without a column that it needs is refused by the name of the column`(column: String, field: String)
        async throws
    {
        var blatt = Katalogblatt()
        blatt.leistungen = blatt.leistungen.replacing(column, with: "x", maxReplacements: 1)
        let database = try await Welt.leer(.sqliteMemory)
        let bericht = try await blatt.laden(database, ueberspringen: false)
        #expect(bericht.fehler.contains { $0.zeile == 1 && $0.grund.contains(field) && $0.quelle == "leistungen.csv" })
        #expect(!bericht.geschrieben)
    }

    @Test func `sheets in the wrong place, empty ones and cut ones are refused`() async throws {
        let database = try await Welt.leer(.sqliteMemory)
        let good = Katalogblatt()
        var exchanged = good
        (exchanged.ozg, exchanged.leistungen) = (good.leistungen, good.ozg)
        var header = good
        header.leistungen = Self.kopf + "\n"
        var cut = good
        cut.leistungen = String(good.leistungen.prefix(while: { $0 != "\"" })) + "\"1, 2"
        for blatt in [exchanged, header, cut] {
            let bericht = try await blatt.laden(database)
            #expect(bericht.fehlerzahl > 0 && !bericht.geschrieben)
        }
        let empty = try await database.read { db in try db.value("SELECT count(*) FROM leistung", as: Int.self) }
        #expect(empty == 0)
    }

    @Test(arguments: TestBackend.available)
    func `skipping a faulty OZG-Leistung leaves it and its Leistungen as they were`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.leer(backend)
        let bad = Katalogblatt().mit("Tierhaltung,2,Engagement & Hobby", "Tierhaltung,2,")
        let first = try await bad.laden(database, ueberspringen: true)
        #expect(first.geschrieben && first.neu == 5 && first.fehlerzahl == 5)
        _ = try await Katalogblatt().laden(database, stand: "2020")
        let before = try await database.read { db in try OZGStore.find("10160", in: db) }
        #expect(before?.leistungen == 3)
        let again = try await bad.laden(database, stand: "2021", ueberspringen: true)
        #expect(again.geschrieben && !again.aendertEtwas)
        #expect(try await database.read { db in try OZGStore.find("10160", in: db) } == before)
    }

    @Test(arguments: ["1", "12", "2/3", "4a", "5b", "2/3a"])
    func `codes of the Typisierung are numbers from 1 to 12, pairs, with a or b`(code: String) {
        #expect(Typisierung.istCode(code))
    }

    @Test(arguments: ["", "0", "13", "+1", "-1", "01", "2/", "/3", "1/2/3", "a", "4c", "４", "2 / 3", "1,2"])
    func `anything else is no code`(code: String) {
        #expect(!Typisierung.istCode(code))
    }

    @Test func `the id of an unkeyed Leistung is the beginning of the SHA-256 of name, OZG-ID and number`() {
        // Other programs compute it too: it must never change.
        #expect(Leistung.ID(ohneSchluessel: "Ehrenamtskarte", ozgID: "10134", nummer: 1).rawValue == "o-5ae9bf544d95")
        #expect(Leistung.ID(ohneSchluessel: "Altöl abgeben", ozgID: nil, nummer: 2).rawValue == "o-72830bc2d65b")
    }
}
