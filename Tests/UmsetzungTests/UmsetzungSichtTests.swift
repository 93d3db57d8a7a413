import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

@testable import Umsetzung

@Suite struct UmsetzungSichtTests {
    private static let liste = "/umsetzung/\(Rollenspiel.duelmen)"
    private static let geheim = [
        "AMTGEHEIM", "17.07.2031", "2031-07-17", "NOTIZGEHEIM", "PRIOGEHEIM", "ROLLEGEHEIM", "TAGGEHEIM", "GRUNDGEHEIM",
    ]

    private static func welt(_ backend: TestBackend) async throws -> (database: any Database, id: String) {
        let database = try await Welt.beispiel(backend)
        try await database.lade(
            """
            Titel;Stand;Amt;Frist;Notiz;Priorität;Rolle;Schlagworte;Leistungsschlüssel
            Verschwiegen;wartet;AMTGEHEIM;2031-07-17;NOTIZGEHEIM;PRIOGEHEIM;ROLLEGEHEIM;TAGGEHEIM;99102013002000
            """)
        let row = try #require(try await database.eintrag("Verschwiegen"))
        try await database.write { db in
            var inhalt = row.inhalt
            inhalt.begruendung = "GRUNDGEHEIM"
            try EintragAenderung.change(row, to: inhalt, durch: .betrieb(Welt.jetzt), in: db)
        }
        return (database, row.id.rawValue)
    }

    @Test(arguments: TestBackend.available)
    func `internal columns never appear for somebody without the right`(on backend: TestBackend) async throws {
        let (database, id) = try await Self.welt(backend)
        try await TestSite(database).run { (client) async throws in
            for rolle in [Rollenspiel.besuch, .nachbarschaft] {
                let client = try await client.als(rolle)
                for path in [
                    Self.liste, Self.liste + "?q=verschwiegen", Self.liste + "?stand=wartet",
                    Self.liste + "?sort=frist",
                    "\(Self.liste)/\(id)", "/gebiete/\(Rollenspiel.duelmen)", "/umsetzung",
                    "/leistungen/99102013002000", "/",
                ] {
                    let page = try await client.get(path)
                    #expect(page.status == .ok)
                    for word in Self.geheim { #expect(!page.text.contains(word), "\(rolle) \(path) \(word)") }
                }
                for path in [
                    Self.liste + "/liste.csv", "\(Self.liste)/\(id)/bearbeiten", Self.liste + "/neu",
                    Self.liste + "/ladungen",
                ] {
                    let status = try await client.get(path).status
                    #expect(status == (rolle == .besuch ? .seeOther : .forbidden), "\(rolle) \(path)")
                }
            }
            for rolle in [Rollenspiel.leserecht, .koordination, .administration] {
                let page = try await client.als(rolle).get("\(Self.liste)/\(id)")
                for word in Self.geheim where word != "2031-07-17" {
                    #expect(page.text.contains(word), "\(rolle) \(word)")
                }
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `an office narrows the list only for those who may see offices`(on backend: TestBackend) async throws {
        let (database, _) = try await Self.welt(backend)
        let all = try await database.liste().count
        try await TestSite(database).run { (client) async throws in
            let path = Self.liste + "?amt=AMTGEHEIM"
            #expect(Seitentext.zeilen(try await client.get(path).text).count == all)
            #expect(Seitentext.zeilen(try await client.als(.nachbarschaft).get(path).text).count == all)
            #expect(Seitentext.zeilen(try await client.als(.leserecht).get(path).text).count == 1)
            // The order by due date would tell due dates as well.
            let plain = Seitentext.zeilen(try await client.get(Self.liste).text)
            #expect(Seitentext.zeilen(try await client.get(Self.liste + "?sort=frist").text) == plain)
            #expect(Seitentext.zeilen(try await client.als(.leserecht).get(Self.liste + "?sort=frist").text) != plain)
        }
    }

    @Test(arguments: TestBackend.available)
    func `the counts beside the states are those of the filtered lists`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { (client) async throws in
            for stand in Umsetzungsstand.allCases {
                let page = try await client.get("\(Self.liste)?stand=\(stand.rawValue)")
                let rows = Seitentext.zeilen(page.text).count
                #expect(page.text.contains(">\(stand.wort) (\(rows))</option>"), "\(stand)")
            }
            let all = try await database.liste()
            for (query, expected) in [
                ("variante=uebernahme", all.filter { $0.inhalt.variante == .uebernahme }.count),
                ("fehlt=angaben", all.filter(\.inhalt.angabenFehlen).count),
                ("q=99102", all.filter { $0.inhalt.leistungen.contains { $0.rawValue.hasPrefix("99102") } }.count),
                ("q=10136", 1), ("q=Stra%C3%9Fensch%C3%A4den", 1), ("q=strassenschaeden", 1), ("q=%22%25%22", 0),
                ("q=_", 0),
                ("stand=offen&variante=efa", 0),
            ] {
                #expect(
                    Seitentext.zeilen(try await client.get("\(Self.liste)?\(query)").text).count == expected, "\(query)"
                )
            }
        }
    }

    @Test func `an unknown word in a filter is a bad request, never a full list`() async throws {
        try await TestSite(await Welt.beispiel(.sqliteMemory)).run { (client) async throws in
            for query in [
                "stand=fertig", "variante=x", "sort=zufall", "seite=0", "seite=-1", "seite=x",
                "seite=99999999999999999999",
            ] {
                #expect(try await client.get("\(Self.liste)?\(query)").status == .badRequest, "\(query)")
            }
            for query in ["seite=2", "seite=1000000", "seite=1000001"] {
                #expect(try await client.get("\(Self.liste)?\(query)").status == .notFound, "\(query)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `pages of a list hold each row once and keep the filter`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        try await database.lade("Titel;Stand\n" + (1...120).map { "Seitenweise \($0);geplant\n" }.joined())
        try await TestSite(database).run { (client) async throws in
            var seen: [String] = []
            for page in 1...3 {
                let answer = try await client.get("\(Self.liste)?q=seitenweise&seite=\(page)")
                #expect(answer.status == .ok)
                seen += Seitentext.zeilen(answer.text)
                if page < 3 { #expect(answer.text.contains("\(Self.liste)?q=seitenweise&amp;seite=\(page + 1)")) }
            }
            #expect(seen.count == 120)
            #expect(Set(seen).count == 120)
            #expect(try await client.get("\(Self.liste)?q=seitenweise&seite=4").status == .notFound)
        }
    }

    @Test func `other spellings of the key lead to the one address with its filter`() async throws {
        try await TestSite(await Welt.beispiel(.sqliteMemory)).run { (client) async throws in
            for word in ["05515", "055150000", "Stadt%20M%C3%BCnster"] {
                let answer = try await client.get("/umsetzung/\(word)?stand=offen")
                #expect(answer.status == .permanentRedirect, "\(word)")
                #expect(answer.headers[.location] == "/umsetzung/055150000000?stand=offen", "\(word)")
            }
            #expect(try await client.get("/umsetzung/99999").status == .notFound)
            #expect(try await client.get("/umsetzung/nirgends").status == .notFound)
        }
    }

    @Test(arguments: ["D%C3%BClmen", "duelmen", "055580016016", "05558016", "05558001601"])
    func `the overview finds an authority by name and by key`(_ typed: String) async throws {
        try await TestSite(await Welt.beispiel(.sqliteMemory)).run { (client) async throws in
            let page = try await client.get("/umsetzung?q=\(typed)")
            let hits = Seitentext.zwischen("id=\"treffer\"", "</section>", page.text).first ?? ""
            #expect(hits.contains("href=\"\(Self.liste)\""), "\(typed)")
        }
    }
}
