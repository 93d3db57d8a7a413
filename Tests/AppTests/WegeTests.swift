import Kernel
import Storage
import TestKit
import Testing

/// How somebody who signed in finds the own work.
@Suite struct WegeTests {
    private static let verwaltung = "/organisationen/\(Rollenspiel.duelmen)"

    @Test(arguments: TestBackend.available)
    func `the start page leads somebody with a role to the own list, offices, people and Verlauf`(
        on backend: TestBackend
    ) async throws {
        try await TestSite(try await Welt.beispiel(backend)).run { client in
            let page = try await client.als(.koordination).get("/").text
            #expect(page.contains("Ihre Verwaltung: Stadt Dülmen"))
            for path in ["/umsetzung/\(Rollenspiel.duelmen)", "", "/personen", "/verlauf"] {
                let target = path.hasPrefix("/umsetzung") ? path : Self.verwaltung + path
                #expect(page.contains("href=\"\(target)\""), "\(target)")
                #expect(try await client.als(.koordination).get(target).status == .ok, "\(target)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `nobody is shown a way that is closed`(on backend: TestBackend) async throws {
        try await TestSite(try await Welt.beispiel(backend)).run { client in
            let reader = try await client.als(.leserecht).get("/").text
            #expect(reader.contains("Ihre Verwaltung: Stadt Dülmen"))
            #expect(!reader.contains("\(Self.verwaltung)/verlauf") && !reader.contains("href=\"/betrieb\""))
            let visitor = try await client.get("/").text
            #expect(!visitor.contains("id=\"verwaltung\"") && !visitor.contains("Mein Konto"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `the head of every page leads to the own account and the place of work`(on backend: TestBackend) async throws {
        try await TestSite(try await Welt.beispiel(backend)).run { client in
            let page = try await client.als(.koordination).get("/leistungen").text
            #expect(page.contains("href=\"/konto\"") && page.contains("Meine Verwaltung"))
            let administration = try await client.als(.administration).get("/leistungen").text
            #expect(administration.contains("href=\"/betrieb\"") && !administration.contains("Meine Verwaltung"))
            let betrieb = try await client.als(.administration).get("/betrieb").text
            for path in ["/betrieb/personen", "/betrieb/datenschutz", "/betrieb/verarbeitung", "/verlauf"] {
                #expect(betrieb.contains("href=\"\(path)\""), "\(path)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `people and Verlauf of an authority hang under its Organisation`(on backend: TestBackend) async throws {
        try await TestSite(try await Welt.beispiel(backend)).run { client in
            for end in ["/personen", "/personen/einladen", "/personen/listen", "/verlauf", "/delegation"] {
                let page = try await client.als(.koordination).get(Self.verwaltung + end).text
                #expect(page.contains("<li><a href=\"\(Self.verwaltung)\">Stadt Dülmen</a></li>"), "\(end)")
            }
        }
    }
}
