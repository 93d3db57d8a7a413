import Formats
import Katalog
import Kernel
import Storage
import TestKit
import Testing

@testable import Umsetzung

@Suite struct UmsetzungImportTests {
    @Test(arguments: TestBackend.available, [";", ",", "\t"])
    func `every column of the sheet is read with any separator and in any order`(
        on backend: TestBackend, trenner: String
    ) async throws {
        let database = try await Welt.beispiel(backend)
        var zufall = Zufall(UInt64(trenner.utf8.first ?? 0))
        let kopf = Umsetzungsblatt.spalten.shuffled(using: &zufall)
        let zeile = kopf.map { Blatt.volleZeile[$0] ?? "" }
        let bericht = try await database.lade(Blatt.csv(kopf, [zeile], trenner: trenner))
        #expect(bericht.fehler.isEmpty)
        #expect(bericht.neu == 1)
        let inhalt = try #require(try await database.eintrag("Hunde, „große“ und kleine")).inhalt
        #expect(inhalt.leistungen.map(\.rawValue) == ["99102013002000", "99102013010000"])
        #expect(inhalt.ozgID == "10136")
        #expect(inhalt.amt == "Steueramt")
        #expect(inhalt.stand == .inPruefung)
        #expect(inhalt.variante == .efa)
        #expect(inhalt.dienst != nil)
        #expect(inhalt.dienstText == nil)
        #expect(inhalt.url == "https://beispiel.invalid/hund")
        #expect(inhalt.reifegrad == "OZG 1.1: 2")
        #expect(inhalt.prioritaet == "hoch")
        #expect(inhalt.frist?.iso == "2026-12-31")
        #expect(inhalt.rolle == "Federführung")
        #expect(inhalt.notiz == "erste Zeile\nzweite; Zeile, \"so\"")
        #expect(inhalt.schlagworte == "Hund Steuer")
    }

    @Test(arguments: TestBackend.available)
    func `a row is recognised by its Zeilenmarke although everything else changed`(on backend: TestBackend) async throws
    {
        let database = try await Welt.beispiel(backend)
        let old = try #require(try await database.liste().first)
        let bericht = try await database.lade("Zeilenmarke;Titel;Stand\n\(old.id.rawValue);Ganz anders;Pilot\n")
        #expect(bericht.geaendert == 1)
        #expect(bericht.neu == 0)
        let new = try #require(try await database.liste().first { $0.id == old.id })
        var expected = old.inhalt
        expected.titel = "Ganz anders"
        expected.stand = .pilot
        // Columns that the sheet lacks leave their values.
        #expect(new.inhalt == expected)
    }

    @Test(arguments: TestBackend.available)
    func `without a mark a row is recognised by title, Leistungen and OZG-ID`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let before = try await database.liste().count
        let bericht = try await database.lade(
            """
            Titel;Leistungsschlüssel;OZG-ID;Stand
            HUNDESTEUER;99102013010000 99102013002000;;wartet
            Hundesteuer;99102013002000;;offen
            """)
        #expect(bericht.geaendert == 1)
        #expect(bericht.neu == 1)
        #expect(try await database.liste().count == before + 1)
        #expect(try await database.eintrag("HUNDESTEUER")?.inhalt.stand == .wartet)
    }

    @Test(arguments: TestBackend.available)
    func `a sheet without the columns of keys finds its rows by title and keeps their keys`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.beispiel(backend)
        let before = try await database.liste()
        let bericht = try await database.lade("Titel;Stand\nFundsachen;geplant\n")
        #expect(bericht.neu == 0)
        #expect(bericht.geaendert == 1)
        let row = try #require(try await database.eintrag("Fundsachen"))
        #expect(row.inhalt.stand == .geplant)
        #expect(row.inhalt.leistungen.map(\.rawValue) == ["99089017015000"])
        #expect(try await database.liste().count == before.count)
    }

    @Test(arguments: TestBackend.available)
    func `equal rows without marks stay as many as they are`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let csv = "Titel;Notiz\nDoppelt;a\nDoppelt;b\n"
        #expect(try await database.lade(csv).neu == 2)
        #expect(try await database.lade(csv).unveraendert == 2)
        #expect(
            try await database.liste().filter { $0.inhalt.titel == "Doppelt" }.compactMap(\.inhalt.notiz) == ["a", "b"])
    }

    @Test(arguments: TestBackend.available)
    func `an unknown column is a notice and refuses nothing`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let bericht = try await database.lade("Titel;Telefon\nNeu;123\n")
        #expect(bericht.fehler.isEmpty)
        #expect(bericht.geschrieben)
        #expect(bericht.hinweise.contains { $0.contains("Telefon") })
    }

    @Test(arguments: TestBackend.available)
    func `the same file twice changes nothing the second time`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let kopf = Umsetzungsblatt.spalten
        let csv = Blatt.csv(
            kopf, [kopf.map { Blatt.volleZeile[$0] ?? "" }, kopf.map { $0 == "Titel" ? "Zweite" : "" }])
        #expect(try await database.lade(csv).neu == 2)
        let before = try await database.abbild()
        let second = try await database.lade(csv)
        #expect(second.unveraendert == 2)
        #expect(!second.aendertEtwas)
        #expect(try await database.abbild() == before)
    }

    @Test(arguments: TestBackend.available)
    func `a load is one numbered Datenstand and one line of the Verlauf for each new entry`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.beispiel(backend)
        let id = try await database.organisation().id.rawValue
        let stand = try await database.anzahl(
            "SELECT MAX(nummer) FROM datenstand WHERE art = 'umsetzung' AND bezug = \(id)")
        let lines = try await database.anzahl(
            "SELECT count(*) FROM verlauf WHERE art = 'eintrag_angelegt' AND organisation = \(id)")
        try await database.lade("Titel;Stand\nEins;offen\nZwei;geplant\nDrei;online\n")
        #expect(
            try await database.anzahl("SELECT MAX(nummer) FROM datenstand WHERE art = 'umsetzung' AND bezug = \(id)")
                == stand + 1)
        #expect(
            try await database.anzahl(
                "SELECT count(*) FROM verlauf WHERE art = 'eintrag_angelegt' AND organisation = \(id)") == lines + 3)
        #expect(
            try await database.anzahl("SELECT count(*) FROM verlauf WHERE datenstand = \("umsetzung \(stand + 1)")")
                == 1)
        let changed = try await database.anzahl("SELECT count(*) FROM verlauf WHERE art = 'eintrag_geaendert'")
        try await database.lade("Titel;Stand;Amt\nEins;Pilot;Amt 1\n")
        #expect(
            try await database.anzahl("SELECT count(*) FROM verlauf WHERE art = 'eintrag_geaendert'") == changed + 2)
    }

    @Test(arguments: Umsetzungsstand.allCases)
    func `each Stand is read as word, machine name and in any spelling`(_ stand: Umsetzungsstand) {
        for text in [
            stand.wort, stand.rawValue, stand.wort.uppercased(), "  \(stand.wort) ",
            stand.wort.replacing("ü", with: "ue").replacing("ä", with: "ae"), stand.rawValue.replacing("_", with: " "),
        ] { #expect(Umsetzungsstand(getippt: text) == stand, "\(text)") }
    }

    @Test(arguments: TestBackend.available)
    func `dates are read as people type them`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let good = [
            ("2026-12-31", "2026-12-31"), ("1.2.2027", "2027-02-01"), ("29.02.2028", "2028-02-29"),
            ("31.12.26", "2026-12-31"),
        ]
        let bericht = try await database.lade(
            "Titel;Frist\n" + good.enumerated().map { "T\($0.offset);\($0.element.0)\n" }.joined())
        #expect(bericht.fehler.isEmpty)
        for (number, pair) in good.enumerated() {
            #expect(try await database.eintrag("T\(number)")?.inhalt.frist?.iso == pair.1)
        }
    }

    @Test(arguments: [
        ("Frist", "29.02.2027"), ("Frist", "2026-13-01"), ("Frist", "bald"), ("Frist", "31/12/2026"),
        ("Stand", "fertig"),
        ("Variante", "irgendwie"), ("URL", "javascript:alert(1)"), ("URL", "beispiel.invalid"), ("OZG-ID", "99999"),
        ("Leistungsschlüssel", "9910201300200"), ("Leistungsschlüssel", "9,91E+13"),
        ("Leistungsschlüssel", "9.91102E+13"),
        ("Leistungsschlüssel", "Hundesteuer"), ("Leistungsschlüssel", "o-0123456789ab"),
        ("Zeilenmarke", "fremdemarke00000"),
    ])
    func `a cell that cannot be is refused at its line, column and field`(_ feld: String, _ wert: String) async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        let before = try await database.abbild()
        let bericht = try await database.lade("Titel;\(feld)\nGut;\nSchlecht;\"\(wert)\"\n")
        #expect(bericht.fehlerzahl == 1)
        let fault = try #require(bericht.fehler.first)
        #expect(fault.zeile == 3)
        #expect(fault.spalte == 10)
        #expect(fault.feld == feld)
        #expect(!fault.grund.isEmpty)
        #expect(!bericht.geschrieben)
        #expect(try await database.abbild() == before)
    }

    @Test(arguments: ["9,9E+13", "9.91102E+13", "9,91102013002E+13", "99102013002000 9,9E+13"])
    func `a key that a spreadsheet rounded is named as such`(_ wert: String) async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        let bericht = try await database.lade("Titel;Leistungsschlüssel\nT;\(wert)\n")
        let grund = try #require(bericht.fehler.first?.grund)
        #expect(grund.contains("gerundet"), "\(grund)")
        #expect(grund.contains("E+13"))
    }

    @Test(arguments: TestBackend.available)
    func `an unknown well-formed key becomes a provisional Leistung once`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let bericht = try await database.lade(
            "Titel;Leistungsschlüssel\nNeues;88123456789000\nAuch;88 123 456 789 000\n")
        #expect(bericht.fehler.isEmpty)
        #expect(bericht.hinweise.contains { $0.contains("88123456789000") })
        let leistung = try #require(
            try await database.read { db in try LeistungStore.find(Leistung.ID(rawValue: "88123456789000"), in: db) })
        #expect(leistung.istVorlaeufig)
        #expect(leistung.name == "Neues")
        #expect(
            try await database.anzahl(
                "SELECT count(*) FROM verlauf WHERE art = 'leistung_vorlaeufig' AND leistung = '88123456789000'") == 1)
    }

    @Test(arguments: TestBackend.available)
    func `the mark of another authority's list is refused, and so is a mark that stands twice`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.beispiel(backend)
        let foreign = try #require(try await database.liste(Rollenspiel.hamm).first).id.rawValue
        let own = try #require(try await database.liste().first).id.rawValue
        let before = try await database.abbild()
        let bericht = try await database.lade("Zeilenmarke;Titel\n\(foreign);Fremd\n\(own);Einmal\n\(own);Zweimal\n")
        #expect(bericht.fehler.map(\.zeile) == [2, 4])
        #expect(bericht.fehler.map(\.feld) == ["Zeilenmarke", "Zeilenmarke"])
        #expect(try await database.abbild() == before)
    }

    @Test(arguments: TestBackend.available)
    func `online without address or level is taken and marked as Angaben fehlen`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let bericht = try await database.lade(
            """
            Titel;Stand;URL;Reifegrad
            Ohne alles;online;;
            Ohne Grad;online;https://beispiel.invalid/a;
            Ohne Modell;online;https://beispiel.invalid/a;3
            Alles da;online;https://beispiel.invalid/a;OZG 1.1: 3
            """)
        #expect(bericht.fehler.isEmpty)
        for (titel, fehlt) in [("Ohne alles", true), ("Ohne Grad", true), ("Ohne Modell", true), ("Alles da", false)] {
            #expect(try await database.eintrag(titel)?.inhalt.angabenFehlen == fehlt, "\(titel)")
        }
        #expect(
            try await database.anzahl(
                "SELECT count(*) FROM umsetzungseintrag WHERE angaben_fehlen AND titel LIKE 'Ohne %'") == 3)
        #expect(try await database.eintrag("Ohne Modell")?.inhalt.reifegrad == "3")
    }

    @Test(arguments: TestBackend.available)
    func `the name of an unknown Onlinedienst stays as text, an address names a known one`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.beispiel(backend)
        let bericht = try await database.lade(
            "Titel;Onlinedienst\nFremd;Dienst von nebenan\nBekannt;beispiel-hund-anmelden-und-abmelden\n")
        #expect(bericht.hinweise.contains { $0.contains("Dienst von nebenan") })
        let fremd = try #require(try await database.eintrag("Fremd")).inhalt
        #expect(fremd.dienst == nil)
        #expect(fremd.dienstText == "Dienst von nebenan")
        #expect(try await database.eintrag("Bekannt")?.inhalt.dienst != nil)
    }
}
