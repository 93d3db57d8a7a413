import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

@testable import Umsetzung

@Suite struct LadungTests {
    private static let ladungen = "/umsetzung/\(Rollenspiel.duelmen)/ladungen"

    private static func hoch(_ client: SiteClient, _ text: String, name: String = "liste.csv") async throws
        -> SiteClient.Antwort
    {
        try await client.post(ladungen, datei: "datei", name: name, inhalt: Array(text.utf8))
    }

    @Test(arguments: TestBackend.available)
    func `a sheet is shown before it is loaded, and loaded once`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let before = try await database.liste()
        try await TestSite(database).run { (client) async throws in
            let client = try await client.als(.koordination)
            #expect(try await client.get(Self.ladungen).status == .ok)
            let answer = try await Self.hoch(
                client, "Titel;Stand\nNeu hier;geplant\nFundsachen;geplant\n", name: "Liste; 2026.csv")
            #expect(answer.status == .seeOther)
            let path = try #require(answer.headers[.location])
            let preview = try await client.get(path)
            #expect(preview.status == .ok)
            #expect(preview.text.contains("„Liste; 2026.csv“"))
            #expect(
                preview.text.contains(
                    "<span class=\"ls-zahlen__zahl\">1</span> <span class=\"ls-zahlen__name\">neue Einträge"))
            #expect(
                preview.text.contains(
                    "<span class=\"ls-zahlen__zahl\">1</span> <span class=\"ls-zahlen__name\">geänderte"))
            #expect(try await database.liste() == before)
            let loaded = try await client.post(path + "/uebernahme")
            #expect(loaded.status == .seeOther)
            let list = try await client.get(loaded.headers[.location] ?? "")
            #expect(list.text.contains("1 neue, 1 geänderte"))
            #expect(try await database.liste().count == before.count + 1)
            #expect(try await client.post(path + "/uebernahme").status == .notFound)
            #expect(try await database.anzahl("SELECT count(*) FROM umsetzung_ladung") == 0)
        }
    }

    @Test(arguments: TestBackend.available)
    func `of the sheets of one person only the latest few wait, so nobody fills the disk with them`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let uhr = Uhr()
        try await TestSite(database, now: { uhr.jetzt }).run { (client) async throws in
            let client = try await client.als(.koordination)
            let other = try await client.als(.administration)
            let foreign = try #require(try await Self.hoch(other, "Titel\nA\n").headers[.location])
            var paths: [String] = []
            for number in 0..<(LadungStore.hoechstens + 3) {
                uhr.vor(1)
                let answer = try await Self.hoch(client, "Titel\nNeu \(number)\n")
                paths.append(try #require(answer.headers[.location]))
            }
            #expect(try await database.anzahl("SELECT count(*) FROM umsetzung_ladung") == LadungStore.hoechstens + 1)
            #expect(try await client.get(paths[paths.count - 1]).status == .ok)
            #expect(try await client.get(paths[0]).status == .notFound)
            #expect(try await other.get(foreign).status == .ok, "others keep theirs")
        }
    }

    @Test(arguments: TestBackend.available)
    func `a faulty sheet reports line, column and reason, and loads its good rows on request`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.beispiel(backend)
        let before = try await database.liste().count
        try await TestSite(database).run { (client) async throws in
            let client = try await client.als(.koordination)
            let path = try #require(
                try await Self.hoch(client, "Titel;Stand\nGut;offen\nSchlecht;fertig\n").headers[.location])
            let preview = try await client.get(path)
            #expect(preview.status == .unprocessableContent)
            #expect(preview.text.contains("data-label=\"Zeile\">3<"))
            #expect(preview.text.contains("data-label=\"Spalte\">10<"))
            #expect(preview.text.contains("„fertig“ ist kein Umsetzungsstand"))
            #expect(try await client.post(path + "/uebernahme").status == .unprocessableContent)
            #expect(try await database.liste().count == before)
            #expect(try await client.post(path + "/uebernahme", [("ueberspringen", "ja")]).status == .seeOther)
            #expect(try await database.liste().count == before + 1)
        }
    }

    @Test func `what is no table is refused beside the field`() async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        try await TestSite(database).run { (client) async throws in
            let client = try await client.als(.koordination)
            let zip: [UInt8] = [0x50, 0x4B, 3, 4, 20, 0, 6, 0, 8, 0, 0, 0, 0x21, 0] + Array(repeating: 0xAB, count: 64)
            for (name, bytes) in [
                ("liste.xlsx", zip), ("leer.csv", []), ("utf16.csv", [0xFF, 0xFE, 0x54, 0, 0x69, 0]),
                ("bild.png", [0x89, 0x50, 0, 1]),
            ] {
                let answer = try await client.post(Self.ladungen, datei: "datei", name: name, inhalt: bytes)
                #expect(answer.status == .unprocessableContent, "\(name)")
                #expect(answer.text.contains("href=\"#datei\""), "\(name)")
            }
            #expect(
                try await client.post(Self.ladungen, datei: "anderes", name: "a.csv", inhalt: Array("Titel\nA\n".utf8))
                    .status == .unprocessableContent)
            #expect(try await client.post(Self.ladungen).status == .unprocessableContent)
            #expect(try await database.anzahl("SELECT count(*) FROM umsetzung_ladung") == 0)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a file name with NUL is a bad request on either database`(on backend: TestBackend) async throws {
        try await TestSite(await Welt.beispiel(backend)).run { (client) async throws in
            let answer = try await Self.hoch(client.als(.koordination), "Titel\nA\n", name: "a\0b.csv")
            #expect(answer.status == .badRequest)
        }
    }

    @Test(arguments: TestBackend.available)
    func `nobody else sees a waiting sheet`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { (client) async throws in
            let path = try #require(
                try await Self.hoch(client.als(.koordination), "Titel\nGeheimzeile\n", name: "geheim.csv").headers[
                    .location])
            #expect(try await client.get(path).status == .seeOther)
            for (rolle, status) in [
                (Rollenspiel.administration, HTTPResponse.Status.notFound), (.nachbarschaft, .forbidden),
                (.leserecht, .forbidden),
            ] {
                let other = try await client.als(rolle)
                let seen = try await other.get(path)
                #expect(seen.status == status, "\(rolle)")
                #expect(!seen.text.contains("geheim.csv"))
                #expect(try await other.post(path + "/uebernahme").status == status, "\(rolle)")
            }
            let elsewhere = path.replacing(Rollenspiel.duelmen, with: Rollenspiel.hamm)
            #expect(try await client.als(.nachbarschaft).get(elsewhere).status == .notFound)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a sheet older than a day is forgotten`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let uhr = Uhr()
        try await TestSite(database, now: { uhr.jetzt }).run { (client) async throws in
            let path = try #require(try await Self.hoch(client.als(.koordination), "Titel\nAlt\n").headers[.location])
            uhr.vor(24 * 3600 - 60)
            let late = try await client.als(.koordination)
            #expect(try await late.get(path).status == .ok)
            uhr.vor(120)
            #expect(try await late.get(path).status == .notFound)
            #expect(try await late.post(path + "/uebernahme").status == .notFound)
            _ = try await Self.hoch(late, "Titel\nNeu\n")
            #expect(try await database.anzahl("SELECT count(*) FROM umsetzung_ladung") == 1)
        }
    }
}
