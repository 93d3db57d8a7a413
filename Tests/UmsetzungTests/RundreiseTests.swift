import Formats
import Katalog
import Kernel
import Storage
import TestKit
import Testing
import Web

@testable import Umsetzung

@Suite struct RundreiseTests {
    private static let stuecke = [
        "ä", "ß", "\"", "\n", "\r\n", "\r", ";", ",", "\t", "=1+1", "'", "'=2", "+49", "-", "@x", "Wort", " ", "€", "😀",
        "\\", "„", "e\u{301}",
        "%00", "<b>", "0012", "9,9E+13",
    ]

    private static func text(_ zufall: inout Zufall) -> String {
        let count = Int.random(in: 1...6, using: &zufall)
        return (0..<count).map { _ in stuecke.randomElement(using: &zufall) ?? "" }.joined().getrimmt
    }

    private static func inhalt(_ zufall: inout Zufall, _ schluessel: [String], _ dienste: [String])
        -> Umsetzungseintrag.Inhalt
    {
        func vielleicht() -> String? {
            let text = text(&zufall)
            return Bool.random(using: &zufall) || text.isEmpty ? nil : text
        }
        var inhalt = Umsetzungseintrag.Inhalt()
        inhalt.titel = text(&zufall)
        if inhalt.titel.isEmpty { inhalt.titel = "'" }
        inhalt.leistungen = Array(schluessel.shuffled(using: &zufall).prefix(Int.random(in: 0...3, using: &zufall)))
            .sorted()
            .map { Leistung.ID(rawValue: $0) }
        inhalt.ozgID = Bool.random(using: &zufall) ? "10136" : nil
        inhalt.stand = Umsetzungsstand.allCases.randomElement(using: &zufall) ?? .offen
        inhalt.variante = Bool.random(using: &zufall) ? Variante.allCases.randomElement(using: &zufall) : nil
        if Bool.random(using: &zufall) {
            inhalt.dienst = dienste.randomElement(using: &zufall)
        } else {
            inhalt.dienstText = vielleicht()
        }
        inhalt.url = Bool.random(using: &zufall) ? "https://beispiel.invalid/ü?a=1&b=2" : nil
        inhalt.reifegrad = ["OZG 1.1: 3", "NRW/EU: 4", "3", nil].randomElement(using: &zufall) ?? nil
        inhalt.frist = Tag(iso: "2027-0\(Int.random(in: 1...9, using: &zufall))-15")
        inhalt.amt = vielleicht()
        inhalt.prioritaet = vielleicht()
        inhalt.rolle = vielleicht()
        inhalt.notiz = vielleicht()
        inhalt.schlagworte = vielleicht()
        return inhalt
    }

    @Test(arguments: TestBackend.available, [1, 2, 3] as [UInt64])
    func `what was exported loads without a change and exports byte for byte again`(
        on backend: TestBackend, seed: UInt64
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let organisation = try await database.organisation()
        try await database.write { db in
            var zufall = Zufall(seed)
            let keys = ["99102013002000", "99102013010000", "99089017015000", "99042001012000"]
            let dienste = try db.rows("SELECT id FROM onlinedienst ORDER BY id").map { row in try row["id"] as String }
            for _ in 0..<40 {
                _ = try EintragAenderung.insert(
                    Self.inhalt(&zufall, keys, dienste), organisation: organisation.id, durch: .betrieb(Welt.jetzt),
                    in: db)
            }
        }
        let all = try await database.liste()
        let first = try await database.export()
        let bericht = try await database.lade(bytes: first)
        #expect(bericht.fehler.isEmpty)
        #expect(bericht.unveraendert == all.count)
        #expect(!bericht.aendertEtwas)
        #expect(try await database.export() == first)
        #expect(try await database.liste() == all)
    }

    @Test(arguments: [4, 5] as [UInt64])
    func `rows of a sheet without marks are found again whatever their text`(seed: UInt64) async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        var zufall = Zufall(seed)
        var writer = CSVWriter()
        writer.row(Umsetzungsblatt.spalten)
        for _ in 0..<60 {
            let inhalt = Self.inhalt(&zufall, ["99102013002000", "99042001012000"], [])
            writer.row([
                "", inhalt.titel, inhalt.leistungen.map(\.rawValue).joined(separator: " "), inhalt.ozgID ?? "",
                inhalt.amt ?? "",
                inhalt.stand.wort, inhalt.variante?.wort ?? "", inhalt.dienstText ?? "", inhalt.url ?? "",
                inhalt.reifegrad ?? "",
                inhalt.prioritaet ?? "", inhalt.frist?.deutsch ?? "", inhalt.rolle ?? "", inhalt.notiz ?? "",
                inhalt.schlagworte ?? "",
            ])
        }
        let bytes = writer.take()
        let first = try await database.lade(bytes: bytes)
        #expect(first.fehler.isEmpty)
        #expect(first.neu == 60)
        let second = try await database.lade(bytes: bytes)
        #expect(second.unveraendert == 60)
        #expect(!second.aendertEtwas)
    }

    @Test func `services of one name are told apart by their address`() async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        try await database.write { db in
            try db.execute(
                "UPDATE onlinedienst SET name = 'Gleich', suchname = 'gleich', sortname = 'gleich' WHERE slug LIKE 'beispiel-w%'"
            )
        }
        try await database.lade(
            "Titel;Onlinedienst\nA;beispiel-wohngeld-beantragen\nB;beispiel-wohnsitz-elektronisch-ummelden\n")
        let before = try await database.liste()
        #expect(before.suffix(2).compactMap(\.inhalt.dienst).count == 2)
        #expect(try await database.lade(bytes: database.export()).aendertEtwas == false)
        #expect(try await database.liste() == before)
    }

    @Test(arguments: ["stand=offen", "variante=efa", "q=hund", "amt=Ordnungsamt", "sort=titel", "loesung=ja"])
    func `the export holds exactly the rows that the list shows`(_ filter: String) async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        try await TestSite(database).run { (client) async throws in
            let client = try await client.als(.koordination)
            let page = try await client.get("/umsetzung/\(Rollenspiel.duelmen)?\(filter)")
            let shown = Seitentext.zeilen(page.text)
            let csv = try await client.get("/umsetzung/\(Rollenspiel.duelmen)/liste.csv?\(filter)")
            #expect(csv.status == .ok)
            let marks = csv.text.split(whereSeparator: \.isNewline).dropFirst().compactMap {
                $0.split(separator: ";").first.map(String.init)
            }
            #expect(!shown.isEmpty)
            #expect(marks == shown)
            let xlsx = try await client.get("/umsetzung/\(Rollenspiel.duelmen)/liste.xlsx?\(filter)")
            let mappe = try Arbeitsmappe(bytes: xlsx.bytes)
            #expect(mappe.blaetter[0].zeilen[0].map(\.wert) == Umsetzungsblatt.spalten)
            #expect(mappe.blaetter[0].spalte("Zeilenmarke") == shown)
            #expect(
                xlsx.headers[.contentDisposition]
                    == "attachment; filename=\"umsetzung-stadt-duelmen-auswahl-2026-11-22.xlsx\"")
        }
    }
}
