import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

@testable import Umsetzung

@Suite struct StandzahlenTests {
    private static let liste = "/umsetzung/\(Rollenspiel.duelmen)"

    @Test(arguments: ["055580016016", "055150000000", "059150000000", "05558", "055700024024", "071355001"])
    func `each number on a place's page is the number of rows that its link shows`(_ ars: String) async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        try await TestSite(database).run { (client) async throws in
            let place = try await client.get("/gebiete/\(ars)")
            #expect(place.status == .ok)
            let zahlen = Seitentext.zahlen(place.text).filter { $0.pfad.hasPrefix("/umsetzung/") }
            #expect(!zahlen.isEmpty)
            for (pfad, zahl) in zahlen {
                let list = try await client.get(pfad)
                #expect(list.status == .ok)
                #expect(Seitentext.zeilen(list.text).count == zahl, "\(pfad)")
            }
            #expect(try await database.liste(ars).count == zahlen.reduce(0) { $0 + $1.zahl })
        }
    }

    @Test func `taking over moves the town's figure`() async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        try await database.lade("Titel;Leistungsschlüssel\nHundeanzeige;99110009104000\n")
        let row = try #require(try await database.eintrag("Hundeanzeige"))
        let dienst = try await database.read { db in
            try db.value("SELECT id FROM onlinedienst WHERE slug = 'beispiel-hund-anmelden-und-abmelden'") ?? ""
        }
        try await TestSite(database).run { (client) async throws in
            func geplant() async throws -> Int {
                Seitentext.zahlen(try await client.get("/gebiete/\(Rollenspiel.duelmen)").text).first {
                    $0.pfad.hasSuffix("stand=geplant")
                }?.zahl ?? 0
            }
            let before = try await geplant()
            _ = try await client.als(.koordination).post(
                "\(Self.liste)/\(row.id.rawValue)/uebernahme", [("dienst", dienst)])
            #expect(try await geplant() == before + 1)
        }
    }
}
