import App
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Web

@testable import Konten

@Suite struct CSRFTests {
    /// The path of a route with things that exist; statements are kept by their kind.
    private static func pfad(_ route: String, _ werte: [String: String]) throws -> String {
        let art = angaben.first { route.contains("/\($0.art)/") }?.art ?? ""
        let path = route.replacing(#/\{([a-z]+)\}/#) { match in
            switch match.1 {
            case "organisation": Rollenspiel.duelmen
            case "slug": "beispiel-hund-anmelden-und-abmelden"
            case "angabe": werte[art] ?? "{fehlt}"
            case "sitzung", "person", "liste", "zugang", "job", "art", "id", "webhook", "sendung", "brief":
                "gibtesnicht"
            default: werte[String(match.1)] ?? "{fehlt}"
            }
        }
        try #require(!path.contains("{"), "the test knows no example for \(route)")
        return path
    }

    private static let angaben: [(art: String, tabelle: SQL, felder: [(String, String)])] = [
        (
            "ansprechpartner", "ansprechpartner",
            [
                ("funktion", "Stelle"), ("email", "stelle@duelmen.invalid"), ("zweck", "Fragen"),
                ("rechtsgrundlage", "ohne"), ("gilt_bis", "31.12.2027"),
            ]
        ),
        ("fachverfahren", "fachverfahren", [("art", "portal"), ("produkt", "Portal")]),
        ("it-dienstleister", "it_dienstleister", [("name", "Rechenzentrum"), ("aufgabe", "Betrieb")]),
        ("rechtsstatus", "rechtsstatus", [("status", "eigenes_jugendamt"), ("quelle", "Satzung")]),
    ]

    /// An office and a statement of each kind, made as people make them.
    private static func angelegte(_ client: SiteClient, in database: any Database) async throws -> [String: String] {
        let ort = "/organisationen/\(Rollenspiel.duelmen)"
        var werte: [String: String] = [:]
        let made = try await client.post(ort + "/einheiten/neu", [("name", "Amt"), ("kuerzel", ""), ("ueber", "")])
        #expect(made.status == .seeOther)
        let tabellen = angaben.map { (art: $0.art, tabelle: $0.tabelle) } + [("einheit", "organisationseinheit")]
        for (art, _, felder) in angaben {
            #expect(try await client.post("\(ort)/\(art)/neu", felder).status == .seeOther, "\(art)")
        }
        for (art, tabelle) in tabellen {
            werte[art] = try await database.read { db in try db.value("SELECT id FROM \(tabelle) LIMIT 1") }
        }
        return werte
    }

    @Test(arguments: TestBackend.available)
    func `no change is made without the secret of this very session`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let site = try TestSite(database)
        let routes = site.leitstand.router().routes
        let posts = routes.filter { $0.method == .post && !$0.path.hasPrefix("/api/") }.map(\.path)
        #expect(posts.count >= 8)
        // Other methods stand in the JSON interface alone, where no cookie counts.
        let jsonWrites = routes.filter { $0.path.hasPrefix("/api/") && $0.method != .get }
        #expect(routes.allSatisfy { [.get, .post].contains($0.method) || $0.path.hasPrefix("/api/") })
        #expect(jsonWrites.count >= 20)
        try await site.run { (client) async throws in
            let client = try await client.als(.administration)
            let other = try await client.als(.koordination)
            let again = try await client.als(.administration)
            let upload = try await client.post(
                "/umsetzung/\(Rollenspiel.duelmen)/ladungen", datei: "datei", name: "a.csv",
                inhalt: Array("Titel\nA\n".utf8))
            let ladung = try #require(upload.headers[.location]?.split(separator: "/").last).description
            let eintrag = try await database.read { db in
                try db.value(
                    """
                    SELECT e.id FROM umsetzungseintrag e JOIN organisation_sicht o ON o.id = e.organisation
                    WHERE o.ars = \(Rollenspiel.duelmen) ORDER BY e.nummer LIMIT 1
                    """) ?? ""
            }
            var werte = try await Self.angelegte(client, in: database)
            (werte["ladung"], werte["eintrag"]) = (ladung, eintrag)
            func zeilen() async throws -> Int {
                try await database.read { db in try db.value("SELECT count(*) FROM verlauf") ?? 0 }
            }
            let before = try await zeilen()
            for route in posts where !route.hasPrefix("/anmelden") {
                let path = try Self.pfad(route, werte)
                for csrf in [nil, "", "fremd", other.csrf, again.csrf] {
                    let fields = [
                        ("titel", "Untergeschoben"), ("name", "Untergeschoben"), ("stand", "offen"), ("anbieter", "05"),
                        ("dienst", "x"),
                    ]
                    let answer = try await client.post(
                        path, fields + (csrf.map { [("csrf", $0)] } ?? []), mitCSRF: false)
                    #expect(answer.status == .forbidden, "\(path) \(csrf ?? "ohne")")
                }
                // Another kind of body is no way round.
                let json = try await client.send(
                    .post, path, headers: [.contentType: "application/json"], body: Array("{}".utf8))
                #expect(json.status == .unsupportedMediaType, "\(path)")
                #expect(
                    try await client.send(.post, path, headers: [:], body: nil).status == .unsupportedMediaType,
                    "\(path)")
                #expect(try await client.als(.besuch).post(path).status == .unauthorized, "\(path)")
            }
            // A signed-in browser changes nothing through JSON, whatever it sends along.
            for route in jsonWrites {
                let path = route.path.replacing(#/\{[a-zA-Z]+\}/#, with: Rollenspiel.duelmen)
                for (kind, body) in [
                    ("application/json", "{}"), ("text/plain", "{}"),
                    ("application/x-www-form-urlencoded", "csrf=\(client.csrf ?? "")"),
                ] {
                    let answer = try await client.send(
                        route.method, path, headers: [.contentType: kind], body: Array(body.utf8))
                    #expect(answer.status == .unauthorized, "\(route.method) \(path)")
                    #expect(answer.headers[.wwwAuthenticate] == "Bearer")
                }
            }
            #expect(try await zeilen() == before)
            #expect(try await client.get("/dienste/neu").status == .ok, "nobody was signed out")
        }
    }
}
