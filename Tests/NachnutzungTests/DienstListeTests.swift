import Formats
import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

@testable import Nachnutzung

@Suite struct DienstListeTests {
    @Test(arguments: TestBackend.available)
    func `the list is narrowed by name, Variante, Leistung, OZG-Leistung and provider`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.beispiel(backend)
        let land = try #require(try await database.dienst("beispiel-wohngeld-beantragen")).dienst.anbieter.rawValue
        try await TestSite(database).run { (client) async throws in
            for (query, gesamt) in [
                ("", 15), ("q=sperrm%C3%BCll", 1), ("q=SPERRMUELL", 1), ("q=beispiel+hund", 1), ("q=%25", 0),
                ("q=nirgends", 0),
                (
                    "variante=eigenentwicklung",
                    try await database.anzahl("SELECT count(*) FROM onlinedienst WHERE variante = 'eigenentwicklung'")
                ),
                ("leistung=99102013002000", 1), ("leistung=kein", 0), ("ozg=10124", 1), ("anbieter=\(land)", 4),
            ] {
                let answer = try await client.get("/api/v1/dienste?\(query)")
                #expect(answer.status == .ok)
                #expect(answer.text.contains("\"gesamt\":\(gesamt),"), "\(query)")
                let page = try await client.get("/dienste?\(query)")
                #expect(
                    page.text.contains(
                        gesamt == 0
                            ? "Kein Onlinedienst passt"
                            : "<strong>\(Zahl.mit(gesamt, "Onlinedienst", "Onlinedienste"))</strong>"),
                    "\(query)")
            }
            for query in ["variante=x", "seite=0"] {
                #expect(try await client.get("/dienste?\(query)").status == .badRequest)
            }
            #expect(try await client.get("/dienste?seite=2").status == .notFound)
            for query in ["anzahl=0", "anzahl=201", "anzahl=x", "weiter=%C3%A4", "weiter=AAAA", "variante=x"] {
                let answer = try await client.get("/api/v1/dienste?\(query)")
                #expect(answer.status == .badRequest, "\(query)")
                #expect(answer.headers[.contentType] == "application/problem+json", "\(query)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `the JSON of a service has the fields of its schema and pages hold each once`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { (client) async throws in
            let answer = try await client.get("/api/v1/dienste/beispiel-hund-anmelden-und-abmelden")
            #expect(answer.status == .ok)
            let object = try #require(try JSONSerialization.jsonObject(with: Data(answer.text.utf8)) as? [String: Any])
            #expect(
                Set(object.keys) == [
                    "id", "slug", "name", "anbieter", "url", "hersteller", "formularsystem", "leistungen", "variante",
                    "reifegradmodell",
                    "reifegrad", "beschreibung", "version",
                ])
            #expect((object["anbieter"] as? [String: Any])?["ars"] as? String == Rollenspiel.duelmen)
            #expect(
                object["leistungen"] as? [String] == [
                    "99102013002000", "99102013010000", "99110009070000", "99110009104000",
                ])
            #expect(object["variante"] as? String == "uebernahme")
            #expect(object["reifegradmodell"] as? String == "nrw_eu")
            #expect(object["reifegrad"] as? Int == 4)
            #expect(try await client.get("/api/v1/dienste/gibtesnicht").status == .notFound)

            var slugs: [String] = []
            var next = "/api/v1/dienste?anzahl=4"
            for _ in 0..<4 {
                let page = try await client.get(next)
                let list = try #require(try JSONSerialization.jsonObject(with: Data(page.text.utf8)) as? [String: Any])
                #expect(list["gesamt"] as? Int == 15)
                slugs += (list["eintraege"] as? [[String: Any]] ?? []).compactMap { $0["slug"] as? String }
                guard let weiter = list["weiter"] as? String else { break }
                next = "/api/v1/dienste?anzahl=4&weiter=\(weiter)"
            }
            #expect(slugs.count == 15)
            #expect(Set(slugs).count == 15)
        }
    }

    @Test(arguments: TestBackend.available)
    func `the list is saved as the sheet that loads again without a change, and as a workbook with the same rows`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { (client) async throws in
            let csv = try await client.get("/dienste.csv?anbieter=x")
            #expect(csv.text.split(whereSeparator: \.isNewline).count == 1)
            let all = try await client.get("/dienste.csv")
            let bericht = try await DienstImport.run(
                TextSource(bytes: all.bytes, name: "dienste.csv"), Importauftrag(urheber: .betrieb(Welt.jetzt)),
                in: database)
            #expect(!bericht.aendertEtwas && bericht.unveraendert == 15, "\(bericht.zeilen)")
            let mappe = try Arbeitsmappe(bytes: try await client.get("/dienste.xlsx?variante=uebernahme&q=hund").bytes)
            #expect(mappe.blaetter[0].spalte("Name") == ["Beispiel: Hund anmelden und abmelden"])
            #expect(
                mappe.blaetter[1].zeilen.map { $0.map(\.wert) }.prefix(3) == [
                    ["Liste", "Onlinedienste"], ["Suche", "hund"], ["Variante", "Übernahme aus einer Kommune"],
                ])
            #expect(try await client.get("/dienste.xlsx?variante=x").status == .badRequest)
        }
    }
}
