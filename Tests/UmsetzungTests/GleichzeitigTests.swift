import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

@testable import Umsetzung

@Suite struct GleichzeitigTests {
    private static func zugleich(
        _ count: Int, _ work: @escaping @Sendable () async throws -> HTTPResponse.Status
    ) async throws -> [Int] {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<count { group.addTask { try await work().code } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test(arguments: TestBackend.available)
    func `a row taken over several times at once is taken over once`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        try await database.lade("Titel;Leistungsschlüssel\nHundeanzeige;99110009104000\n")
        let row = try #require(try await database.eintrag("Hundeanzeige"))
        let dienst = try await database.read { db in
            try db.value("SELECT id FROM onlinedienst WHERE slug = 'beispiel-hund-anmelden-und-abmelden'") ?? ""
        }
        try await TestSite(database).run { (client) async throws in
            let client = try await client.als(.koordination)
            let path = "/umsetzung/\(Rollenspiel.duelmen)/\(row.id.rawValue)/uebernahme"
            let codes = try await Self.zugleich(6) { try await client.post(path, [("dienst", dienst)]).status }
            #expect(codes.contains(303))
            #expect(codes.allSatisfy { $0 == 303 || $0 == 409 }, "\(codes)")
        }
        #expect(try await database.eintrag("Hundeanzeige")?.version == row.version + 1)
        #expect(
            try await database.anzahl("SELECT count(*) FROM verlauf WHERE eintrag = \(row.id) AND art = 'uebernahme'")
                == 3)
    }

    @Test(arguments: TestBackend.available)
    func `a sheet loaded several times at once is loaded once`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let before = try await database.liste().count
        try await TestSite(database).run { (client) async throws in
            let client = try await client.als(.koordination)
            let upload = try await client.post(
                "/umsetzung/\(Rollenspiel.duelmen)/ladungen", datei: "datei", name: "a.csv",
                inhalt: Array("Titel;Leistungsschlüssel\nEins;88123456789000\nZwei;88123456789000\n".utf8))
            let path = try #require(upload.headers[.location]) + "/uebernahme"
            let codes = try await Self.zugleich(5) { try await client.post(path).status }
            #expect(codes.contains(303))
            #expect(codes.allSatisfy { $0 == 303 || $0 == 404 }, "\(codes)")
        }
        #expect(try await database.liste().count == before + 2)
    }

    @Test(arguments: TestBackend.available)
    func `of several changes to one version one is kept and the others are told`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let row = try #require(try await database.eintrag("Fundsachen"))
        try await TestSite(database).run { (client) async throws in
            let client = try await client.als(.koordination)
            let codes = try await Self.zugleich(5) {
                let fields = [
                    ("titel", "Neu \(Int.random(in: 0..<1_000_000))"), ("stand", "offen"),
                    ("version", "\(row.version)"),
                ]
                return try await client.post("/umsetzung/\(Rollenspiel.duelmen)/\(row.id.rawValue)", fields).status
            }
            #expect(codes.sorted() == [303, 409, 409, 409, 409])
        }
    }
}
