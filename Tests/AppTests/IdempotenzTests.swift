import Foundation
import HTTPTypes
import Kernel
import Storage
import Synchronization
import TestKit
import Testing

@testable import App

/// A request that is sent twice changes something once.
@Suite struct IdempotenzTests {
    private static let liste = "/api/v1/umsetzung/\(Rollenspiel.duelmen)"
    private static let schluessel = HTTPField.Name("Idempotency-Key") ?? .server
    private static let wiederholt = HTTPField.Name("Idempotency-Replayed") ?? .server

    private static func anzahl(_ titel: String, _ database: any Database) async throws -> Int {
        try await database.read { db in
            try db.value("SELECT count(*) FROM umsetzungseintrag WHERE titel = \(titel)") ?? 0
        }
    }

    private static func zugleich(
        _ programs: [Programmclient], mal count: Int, _ titel: String, schluessel key: String
    ) async throws -> [SiteClient.Antwort] {
        try await withThrowingTaskGroup(of: SiteClient.Antwort.self) { group in
            for number in 0..<count {
                let program = programs[number % programs.count]
                group.addTask {
                    try await program.frage(.post, liste, "{\"titel\": \"\(titel)\"}", [schluessel: key])
                }
            }
            var all: [SiteClient.Antwort] = []
            for try await answer in group { all.append(answer) }
            return all
        }
    }

    @Test(arguments: TestBackend.available)
    func `many equal requests at once with one key create one row, and all get the same answer`(
        on backend: TestBackend
    ) async throws {
        let seed = UInt64.random(in: 1..<1_000_000)
        let database = try await Welt.beispiel(backend)
        try await TestSite(database, anfragemass: Anfragemass(jeToken: 0)).run { anyone in
            let client = try await anyone.als(.koordination)
            let programs = [try await client.programm()]
            var random = Zufall(seed)
            for round in 0..<6 {
                let (titel, count) = ("Gleichzeitig \(round)", Int.random(in: 2...24, using: &random))
                let all = try await Self.zugleich(programs, mal: count, titel, schluessel: "k\(round)")
                #expect(all.allSatisfy { $0.status == .created }, "Saat \(seed): \(all.map(\.status.code))")
                #expect(Set(all.map(\.bytes)).count == 1 && Set(all.map { $0.headers[.location] }).count == 1)
                #expect(all.filter { $0.headers[Self.wiederholt] == nil }.count == 1, "Saat \(seed)")
                #expect(try await Self.anzahl(titel, database) == 1, "Saat \(seed), Runde \(round)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `a key belongs to one person and one request; what was refused may be tried again`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let stunden = Mutex(0)
        let site = try TestSite(database, now: { Welt.jetzt.plus(sekunden: stunden.withLock { $0 } * 3_600) })
        try await site.run { anyone in
            let program = try await anyone.als(.koordination).programm()
            let kopf: HTTPFields = [Self.schluessel: "einmal"]
            func sende(_ body: String, _ path: String = Self.liste) async throws -> SiteClient.Antwort {
                try await program.frage(.post, path, body, kopf)
            }
            // Refused, so nothing is remembered.
            #expect(try await sende(#"{"titel": ""}"#).status == .unprocessableContent)
            let first = try await sende(#"{"titel": "Einmal"}"#)
            #expect(first.status == .created && first.headers[Self.wiederholt] == nil)
            let again = try await sende(#"{"titel": "Einmal"}"#)
            #expect(again.bytes == first.bytes && again.headers[Self.wiederholt] == "true")
            #expect(again.headers[.location] == first.headers[.location])
            for (body, path) in [
                (#"{"titel": "Zweimal"}"#, Self.liste), (#"{"titel":"Einmal"}"#, Self.liste),
                (#"{"titel": "Einmal"}"#, "/api/v1/umsetzung/\(Rollenspiel.duelmen)/x/uebernahme"),
            ] {
                let other = try await sende(body, path)
                #expect([.unprocessableContent, .notFound].contains(other.status), "\(body) \(path)")
                #expect(other.status == .notFound || other.text.contains("anderen Anfrage"))
            }
            let neighbour = try await anyone.als(.nachbarschaft).programm()
            let theirs = try await neighbour.frage(
                .post, "/api/v1/umsetzung/\(Rollenspiel.hamm)", #"{"titel": "Einmal"}"#, kopf)
            #expect(theirs.status == .created, "another person's key is another key")
            // Another program of the same person may have fewer rights: what the first got is not for it.
            let second = try await anyone.als(.koordination).programm()
            let foreign = try await second.frage(.post, Self.liste, #"{"titel": "Einmal"}"#, kopf)
            #expect(foreign.status == .unprocessableContent && foreign.text.contains("anderen Anfrage"))
            // The right is asked again before the first answer is repeated.
            let reader = try await anyone.als(.koordination).programm(.lesen)
            #expect(try await reader.frage(.post, Self.liste, #"{"titel": "Einmal"}"#, kopf).status == .forbidden)
            stunden.withLock { $0 = 23 }
            #expect(try await sende(#"{"titel": "Einmal"}"#).headers[Self.wiederholt] == "true")
            stunden.withLock { $0 = 25 }
            let later = try await sende(#"{"titel": "Einmal"}"#)
            #expect(later.status == .created && later.headers[Self.wiederholt] == nil, "the key was over")
            for bad in ["", " ", "a b", "ä", String(repeating: "x", count: 129)] {
                let answer = try await program.frage(
                    .post, Self.liste, #"{"titel": "Schlecht"}"#, [Self.schluessel: bad])
                #expect([.badRequest, .created].contains(answer.status), "„\(bad)“: \(answer.status)")
                if answer.status == .created { #expect(bad.trimmingCharacters(in: .whitespaces).isEmpty) }
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `remembered requests go with the nightly run and with the account`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        @Sendable func zeilen() async throws -> Int {
            try await database.read { db in try db.value("SELECT count(*) FROM idempotenz") ?? 0 }
        }
        try await TestSite(database).run { anyone in
            let client = try await anyone.als(.koordination)
            let program = try await client.programm()
            _ = try await program.frage(.post, Self.liste, #"{"titel": "Gemerkt"}"#, [Self.schluessel: "a"])
            #expect(try await zeilen() == 1)
            #expect(try await client.get("/konto/auskunft.json").text.contains("\"anfragen\""))
            let frist = try #require(
                IdempotenzQuelle().verarbeitungen.flatMap(\.fristen).first { $0.art == "idempotenz" })
            for (days, left) in [(0, 1), (2, 0)] {
                _ = try await database.write { db in
                    try frist.raeume(.init(am: Welt.jetzt.plus(sekunden: days * 86_400), tage: frist.tage), db)
                }
                #expect(try await zeilen() == left)
            }
            _ = try await program.frage(.post, Self.liste, #"{"titel": "Gemerkt"}"#, [Self.schluessel: "b"])
            #expect(try await client.post("/konto/loeschung", [("passwort", "geheim")]).status == .seeOther)
            #expect(try await zeilen() == 0)
        }
    }
}
