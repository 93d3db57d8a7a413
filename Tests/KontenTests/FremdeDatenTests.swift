import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Verzeichnis
import Web

@testable import Konten

/// Data about persons goes to whoever it is about, and away with whoever leaves.
@Suite struct FremdeDatenTests {
    private static let ort = "/organisationen/\(Rollenspiel.duelmen)"

    @Test(arguments: TestBackend.available)
    func `taking somebody's name tells nothing about that person and erases nothing`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { client in
            let koordination = try await client.als(.koordination)
            let kontakt = [
                ("funktion", "Stelle"), ("name", "Probe Beispiel"), ("email", "probe@duelmen.example"),
                ("zweck", "Fragen"), ("rechtsgrundlage", "art6_1_e"), ("gilt_bis", "31.12.2027"),
            ]
            let made = try await koordination.post("\(Self.ort)/ansprechpartner/neu", kontakt)
            #expect(made.status == .seeOther, "\(made.status)")
            let other = try await client.als(.nachbarschaft)
            #expect(try await other.post("/konto", [("name", "Probe Beispiel")]).status == .seeOther)
            let file = try await other.get("/konto/auskunft.json")
            #expect(file.status == .ok && !file.text.contains("probe@duelmen.example"))
            #expect(try await other.post("/konto/loeschung", [("passwort", "geheim")]).status == .seeOther)
            let left = try await database.read { db in
                try db.value("SELECT count(*) FROM ansprechpartner WHERE name = 'Probe Beispiel'") ?? 0
            }
            #expect(left == 1)
        }
    }

    @Test(arguments: TestBackend.available)
    func `who gave a role or a delegation stands in the Verlauf alone once the account is gone`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { client in
            let own = try await client.als(.koordination)
            let id = try #require(try await own.person()?.id)
            let kreis = try await database.read { db in try OrganisationStore.named("05558", in: db).id.rawValue }
            _ = try await own.post("\(Self.ort)/personen", [("email", "neu@stadt.example"), ("rolle", "redaktion")])
            _ = try await own.post("\(Self.ort)/delegation", [("rolle", "redaktion"), ("an", kreis)])
            func spuren() async throws -> Int {
                try await database.read { db in
                    (try db.value("SELECT count(*) FROM amt WHERE vergeben_von = \(id)") ?? 0)
                        + (try db.value("SELECT count(*) FROM delegation WHERE angelegt_von = \(id)") ?? 0)
                }
            }
            #expect(try await spuren() == 2)
            #expect(try await own.post("/konto/loeschung", [("passwort", "geheim")]).status == .seeOther)
            #expect(try await spuren() == 0)
            let lines = try await database.read { db in
                try db.value("SELECT count(*) FROM verlauf WHERE person = \(id) AND art = 'delegation_gegeben'") ?? 0
            }
            #expect(lines == 2)
        }
    }

    @Test(arguments: TestBackend.available)
    func `each look into somebody's account leaves a line, as a page and as a file`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { client in
            let administration = try await client.als(.administration)
            let id = try #require(try await client.als(.leserecht).person()?.id).rawValue
            for (number, ende) in ["", ".json"].enumerated() {
                #expect(try await administration.get("/betrieb/personen/\(id)/auskunft\(ende)").status == .ok)
                let lines = try await database.read { db in
                    try db.value("SELECT count(*) FROM verlauf WHERE art = 'auskunft_erteilt' AND nach = \(id)") ?? 0
                }
                #expect(lines == number + 1)
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `of sheets with people that wait each person keeps the newest five`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { client in
            let own = try await client.als(.koordination)
            var last: String?
            for number in 0..<8 {
                let answer = try await own.post(
                    "\(Self.ort)/personen/listen", datei: "datei", name: "\(number).csv",
                    inhalt: Array("E-Mail;Rolle\na@stadt.example;Redaktion\n".utf8))
                last = answer.headers[.location]
            }
            let kept = try await database.read { db in try db.value("SELECT count(*) FROM einladungsliste") ?? 0 }
            #expect(kept == EinladungslisteStore.hoechstens)
            #expect(try await own.get(try #require(last)).status == .ok)
        }
    }
}
