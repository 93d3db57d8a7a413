import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

@testable import Verzeichnis

extension Database {
    func zahl(_ sql: SQL) async throws -> Int { try await read { db in try db.value(sql) ?? 0 } }

    func einheit(_ name: String) async throws -> Organisationseinheit? {
        try await read { db in
            try db.first(
                "SELECT \(Organisationseinheit.columns) FROM organisationseinheit WHERE name = \(name) ORDER BY id LIMIT 1"
            )
        }
    }
}

/// What a coordinator does with the offices of her authority.
@Suite struct EinheitSeitenTests {
    private static let pfad = "/organisationen/\(Rollenspiel.duelmen)"

    private func mitAemtern(
        _ backend: TestBackend, _ body: @escaping @Sendable (any Database, SiteClient) async throws -> Void
    ) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { anyone in
            let client = try await anyone.als(.koordination)
            for (name, number) in [("Sozialamt", "50"), ("Jugendamt", "51"), ("Ordnungsamt", "32")] {
                let antwort = try await client.post(
                    Self.pfad + "/einheiten/neu", [("name", name), ("kuerzel", number), ("ueber", "")])
                #expect(antwort.status == .seeOther)
                #expect(antwort.headers[.location] == Self.pfad + "?ok=amt")
            }
            try await body(database, client)
        }
    }

    private func reihe(_ client: SiteClient) async throws -> [String] {
        try await client.get(Self.pfad).text.matches(of: #/<span class="ls-leise">(\d+)<\/span> /#).map { String($0.1) }
    }

    @Test(arguments: TestBackend.available)
    func `offices stand in the order in which they were created, and move up and down`(on backend: TestBackend)
        async throws
    {
        try await mitAemtern(backend) { database, client in
            #expect(try await reihe(client) == ["50", "51", "32"])
            let id = try #require(try await database.einheit("Ordnungsamt")).id.rawValue
            for _ in 0..<3 {
                let moved = try await client.post("\(Self.pfad)/einheiten/\(id)/reihenfolge", [("richtung", "hoch")])
                #expect(moved.headers[.location] == "\(Self.pfad)#e-\(id)")
            }
            #expect(try await reihe(client) == ["32", "50", "51"])
            _ = try await client.post("\(Self.pfad)/einheiten/\(id)/reihenfolge", [("richtung", "runter")])
            #expect(try await reihe(client) == ["50", "32", "51"])
            for richtung in ["", "quer"] {
                let refused = try await client.post(
                    "\(Self.pfad)/einheiten/\(id)/reihenfolge", [("richtung", richtung)])
                #expect(refused.status == .unprocessableContent)
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `an office moves below another one, never below itself`(on backend: TestBackend) async throws {
        try await mitAemtern(backend) { database, client in
            let (sozial, jugend) = (
                try #require(try await database.einheit("Sozialamt")),
                try #require(try await database.einheit("Jugendamt"))
            )
            let path = "\(Self.pfad)/einheiten/\(jugend.id.rawValue)/bearbeiten"
            let form = [("name", "Jugendamt"), ("kuerzel", "51"), ("ueber", sozial.id.rawValue), ("version", "1")]
            let saved = try await client.post(path, form)
            #expect(saved.status == .seeOther)
            #expect(try await database.einheit("Jugendamt")?.ueber == sozial.id)
            let page = try await client.get("\(Self.pfad)/einheiten/\(jugend.id.rawValue)?ok=gespeichert")
            #expect(page.text.contains("Das Amt ist gespeichert."))
            #expect(page.text.contains("/einheiten/\(sozial.id.rawValue)\">50 Sozialamt</a>"), "the way up is shown")
            let circle = try await client.post(
                "\(Self.pfad)/einheiten/\(sozial.id.rawValue)/bearbeiten",
                [("name", "Soziales <neu>"), ("kuerzel", "50"), ("ueber", jugend.id.rawValue), ("version", "1")])
            #expect(circle.status == .unprocessableContent)
            #expect(circle.text.contains("kann nicht unter sich selbst stehen"))
            #expect(circle.text.contains("href=\"#ueber\"") && circle.text.contains("value=\"Soziales &lt;neu&gt;\""))
            // The choice does not even offer it.
            let edit = try await client.get("\(Self.pfad)/einheiten/\(sozial.id.rawValue)/bearbeiten").text
            let choice = edit.split(separator: "id=\"ueber\"").last?.split(separator: "</select>").first ?? ""
            #expect(!choice.contains(jugend.id.rawValue) && choice.contains("32 Ordnungsamt"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `everything follows a merger, the old address leads on, and nothing is merged twice`(on backend: TestBackend)
        async throws
    {
        try await mitAemtern(backend) { database, client in
            let (alt, neu) = (
                try #require(try await database.einheit("Sozialamt")).id.rawValue,
                try #require(try await database.einheit("Jugendamt")).id.rawValue
            )
            _ = try await client.post(
                Self.pfad + "/einheiten/neu", [("name", "Wohngeldstelle"), ("kuerzel", ""), ("ueber", alt)])
            _ = try await client.post(
                Self.pfad + "/fachverfahren/neu",
                [("art", "fachverfahren"), ("produkt", "Sozialverfahren"), ("einheit", alt)])
            let merge = "\(Self.pfad)/einheiten/\(alt)/zusammenlegung"
            for (ziel, status) in [
                ("", HTTPResponse.Status.unprocessableContent), (alt, .unprocessableContent),
                ("gibtesnicht", .unprocessableContent),
            ] {
                let answer = try await client.post(merge, [("ziel", ziel), ("version", "1")])
                #expect(answer.status == status && answer.text.contains("href=\"#ziel\""), "\(ziel)")
            }
            #expect(try await client.post(merge, [("ziel", neu), ("version", "7")]).status == .conflict)
            #expect(try await client.post(merge, [("ziel", neu), ("version", "1")]).status == .seeOther)
            let old = try await client.get("\(Self.pfad)/einheiten/\(alt)")
            #expect(old.status.code == 308 && old.headers[.location] == "\(Self.pfad)/einheiten/\(neu)")
            let page = try await client.get("\(Self.pfad)/einheiten/\(neu)").text
            #expect(page.contains("Wohngeldstelle") && page.contains("Sozialverfahren"))
            #expect(page.contains("Darin aufgegangen: 50 Sozialamt"))
            #expect(try await client.post(merge, [("ziel", neu), ("version", "2")]).status == .conflict)
            #expect(
                try await database.zahl(
                    "SELECT count(*) FROM verlauf WHERE art = 'einheit_zusammengelegt' AND eintrag = \(alt)") == 2)
        }
    }

    @Test(arguments: TestBackend.available)
    func `an office closes on its last day, stays readable, and opens again`(on backend: TestBackend) async throws {
        try await mitAemtern(backend) { database, client in
            let alt = try #require(try await database.einheit("Sozialamt")).id.rawValue
            _ = try await client.post(
                Self.pfad + "/einheiten/neu", [("name", "Wohngeldstelle"), ("kuerzel", ""), ("ueber", alt)])
            let path = "\(Self.pfad)/einheiten/\(alt)/schliessung"
            let open = try await client.post(path, [("bis", "20.11.2026"), ("version", "1")])
            #expect(open.status == .unprocessableContent && open.text.contains("besteht noch 1 Amt"))
            let unter = try #require(try await database.einheit("Wohngeldstelle")).id.rawValue
            _ = try await client.post(
                "\(Self.pfad)/einheiten/\(unter)/schliessung", [("bis", "1.11.2026"), ("version", "1")])
            for wrong in ["31.02.2026", "gestern"] {
                let refused = try await client.post(path, [("bis", wrong), ("version", "1")])
                #expect(refused.status == .unprocessableContent && refused.text.contains("value=\"\(wrong)\""))
            }
            #expect(try await client.post(path, [("bis", "20.11.2026"), ("version", "1")]).status == .seeOther)
            let overview = try await client.get(Self.pfad).text
            #expect(try await reihe(client) == ["51", "32"])
            #expect(overview.contains("Geschlossene Ämter") && overview.contains("/einheiten/\(alt)"))
            let page = try await client.get("\(Self.pfad)/einheiten/\(alt)")
            #expect(page.status == .ok && page.text.contains("Dieses Amt bestand bis 20.11.2026."))
            #expect(try await client.post(path, [("bis", ""), ("version", "2")]).status == .seeOther)
            #expect(try await reihe(client) == ["50", "51", "32"])
        }
    }

    @Test(arguments: [
        (["name": ""], "name"), (["name": "!!!"], "name"), (["name": String(repeating: "x", count: 201)], "name"),
        (["kuerzel": String(repeating: "9", count: 21)], "kuerzel"), (["ueber": "gibtesnicht"], "ueber"),
        (["name": "Sozialamt", "kuerzel": "50"], "name"),
    ])
    func `a refused office names the field and loses nothing that was typed`(_ other: [String: String], _ feld: String)
        async throws
    {
        try await mitAemtern(.sqliteMemory) { database, client in
            let probe = Formularprobe([("name", "Bau & <Planung>"), ("kuerzel", "60 \"a\""), ("ueber", "")])
            let id = try #require(try await database.einheit("Jugendamt")).id.rawValue
            for path in ["\(Self.pfad)/einheiten/neu", "\(Self.pfad)/einheiten/\(id)/bearbeiten"] {
                let sent = probe.mit(other, version: 1)
                let answer = try await client.post(path, sent)
                #expect(answer.status == .unprocessableContent, "\(path)")
                #expect(answer.text.contains("href=\"#\(feld)\"") && answer.text.contains("<title>Fehler: "))
                for (name, wert) in sent where !wert.isEmpty && !["ueber", "version"].contains(name) {
                    #expect(Formularprobe.maskiert(wert).contains { answer.text.contains($0) }, "\(name)")
                }
            }
            #expect(try await database.zahl("SELECT count(*) FROM organisationseinheit") == 3)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a stale office answers 409 and keeps what was typed`(on backend: TestBackend) async throws {
        try await mitAemtern(backend) { database, client in
            let id = try #require(try await database.einheit("Jugendamt")).id.rawValue
            let path = "\(Self.pfad)/einheiten/\(id)/bearbeiten"
            let first = [("name", "Jugend"), ("kuerzel", "51"), ("ueber", ""), ("version", "1")]
            #expect(try await client.post(path, first).status == .seeOther)
            let late = try await client.post(
                path, [("name", "Zweite Hand"), ("kuerzel", "51"), ("ueber", ""), ("version", "1")])
            #expect(late.status == .conflict && late.text.contains("value=\"Zweite Hand\""))
            #expect(try await database.einheit("Jugend") != nil)
        }
    }

    @Test(arguments: TestBackend.available)
    func `the form of the Umsetzungsliste offers the offices and takes any other text`(on backend: TestBackend)
        async throws
    {
        try await mitAemtern(backend) { database, client in
            let form = try await client.get("/umsetzung/\(Rollenspiel.duelmen)/neu").text
            #expect(form.contains("list=\"aemter\"") && form.contains("<option value=\"Sozialamt\">"))
            let saved = try await client.post(
                "/umsetzung/\(Rollenspiel.duelmen)",
                [("titel", "Freier Text"), ("stand", "offen"), ("amt", "Ein Amt von außen")])
            #expect(saved.status == .seeOther)
            #expect(
                try await database.zahl(
                    "SELECT count(*) FROM umsetzungseintrag WHERE amt = 'Ein Amt von außen'") == 1)
        }
    }
}
