import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

@testable import App

/// What programs change through JSON: the same records, rules and Verlauf as the pages.
@Suite struct SchreibenTests {
    private static let liste = "/api/v1/umsetzung/\(Rollenspiel.duelmen)"
    private static let haus = "/api/v1/organisationen/\(Rollenspiel.duelmen)"

    private static func mitProgramm(
        _ backend: TestBackend, _ rolle: Rollenspiel = .koordination,
        _ body: @escaping @Sendable (Programmclient, SiteClient, any Database) async throws -> Void
    ) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { anyone in
            try await body(try await anyone.als(rolle).programm(), anyone, database)
        }
    }

    @Test(arguments: TestBackend.available)
    func `an entry is made, changed field by field and taken over, as on the page`(on backend: TestBackend)
        async throws
    {
        try await Self.mitProgramm(backend) { program, anyone, database in
            let made = try await program.frage(
                .post, Self.liste,
                """
                {"titel": "Hundesteuer", "leistungen": ["99110009104000"], "amt": "Steueramt", "notiz": "Zeile\\r\\nzwei",
                 "frist": "2027-01-31", "stand": "in_pruefung"}
                """)
            #expect(made.status == .created, "\(made.text)")
            let path = try #require(made.headers[.location])
            #expect(path.hasPrefix(Self.liste + "/"))
            let read = try await program.hole(path)
            #expect(read.bytes == made.bytes, "what is read is what was answered")
            #expect(made.json["frist"] as? String == "2027-01-31" && made.json["notiz"] as? String == "Zeile\nzwei")
            #expect(made.json["version"] as? Int == 1 && made.json["leistungen"] as? [String] == ["99110009104000"])
            let open = try await anyone.get(path)
            #expect(open.status == .ok && open.json["amt"] == nil && open.json["titel"] as? String == "Hundesteuer")
            let changed = try await program.frage(.patch, path, #"{"prioritaet": "hoch", "amt": null, "version": 1}"#)
            #expect(changed.status == .ok && changed.json["prioritaet"] as? String == "hoch")
            #expect(changed.json["amt"] is NSNull && changed.json["titel"] as? String == "Hundesteuer")
            let stale = try await program.frage(.patch, path, #"{"titel": "Anders", "version": 1}"#)
            #expect(stale.status == .conflict)
            #expect(
                try await program.frage(.patch, path, "{}").json["version"] as? Int == 2, "nothing given, nothing done")
            let half = try await program.frage(.patch, path, #"{"stand": "online"}"#)
            #expect(half.status == .unprocessableContent && Set(half.falscheFelder) == ["url", "reifegrad"])
            let dienst = "beispiel-hund-anmelden-und-abmelden"
            let taken = try await program.frage(
                .post, path + "/uebernahme", #"{"onlinedienst": "\#(dienst)"}"#)
            #expect(taken.status == .ok && taken.json["stand"] as? String == "geplant", "\(taken.text)")
            #expect((taken.json["onlinedienst"] as? [String: Any])?["slug"] as? String == dienst)
            let online = try await program.frage(
                .patch, path, #"{"stand": "online", "url": "https://hund.example", "reifegrad": "OZG 1.1: 3"}"#)
            #expect(online.status == .ok && online.json["angabenFehlen"] as? Bool == false)
            let late = try await program.frage(.post, path + "/uebernahme", #"{"onlinedienst": "\#(dienst)"}"#)
            #expect(late.status == .conflict)
            let person = try #require(try await anyone.als(.koordination).person()).id
            let lines: Int? = try await database.read { db in
                try db.value("SELECT count(*) FROM verlauf WHERE person = \(person) AND eintrag IS NOT NULL")
            }
            #expect(lines ?? 0 >= 8)
        }
    }

    @Test(arguments: TestBackend.available)
    func `an Onlinedienst, an Organisation, its offices, statements and delegations`(on backend: TestBackend)
        async throws
    {
        try await Self.mitProgramm(backend, .administration) { program, anyone, _ in
            let house = try await program.frage(
                .post, "/api/v1/organisationen", #"{"name": "IT Nord", "art": "dienstleister"}"#)
            #expect(house.status == .created, "\(house.text)")
            let houseID = try #require(house.json["id"] as? String)
            let again = try await program.frage(
                .post, "/api/v1/organisationen", #"{"name": "IT Nord", "art": "dienstleister"}"#)
            #expect(again.status == .unprocessableContent && again.falscheFelder == ["name"])
            let renamed = try await program.frage(
                .patch, "/api/v1/organisationen/\(houseID)", #"{"webadresse": "https://it.example"}"#)
            #expect(
                renamed.json["webadresse"] as? String == "https://it.example" && renamed.json["version"] as? Int == 2)

            let service = try await program.frage(
                .post, "/api/v1/dienste",
                #"{"name": "Wohnsitz", "anbieter": "\#(houseID)", "reifegradmodell": "ozg_1_1", "reifegrad": 3}"#)
            #expect(service.status == .created && service.json["reifegrad"] as? Int == 3, "\(service.text)")
            let slug = try #require(service.headers[.location])
            #expect(try await anyone.get(slug).bytes == service.bytes)
            let lower = try await program.frage(.patch, slug, #"{"reifegrad": 2, "beschreibung": "Kurz"}"#)
            #expect(lower.json["reifegrad"] as? Int == 2 && lower.json["reifegradmodell"] as? String == "ozg_1_1")
            let broken = try await program.frage(.patch, slug, #"{"reifegradmodell": null}"#)
            #expect(broken.status == .unprocessableContent && broken.falscheFelder == ["reifegrad"])
            let none = try await program.frage(.patch, slug, #"{"reifegradmodell": null, "reifegrad": null}"#)
            #expect(none.status == .ok && none.json["reifegrad"] is NSNull)

            let office = try await program.frage(
                .post, Self.haus + "/einheiten", #"{"name": "Bauamt", "kuerzel": "60"}"#)
            let other = try await program.frage(.post, Self.haus + "/einheiten", #"{"name": "Planungsamt"}"#)
            let (one, two) = (
                try #require(office.headers[.location]), try #require(other.json["id"] as? String)
            )
            #expect(try await anyone.get(one).bytes == office.bytes)
            let moved = try await program.frage(.patch, one, #"{"ueber": "\#(two)", "gueltigBis": "2027-12-31"}"#)
            #expect(
                moved.json["ueber"] as? String == two && moved.json["gueltigBis"] as? String == "2027-12-31",
                "\(moved.text)")
            let circle = try await program.frage(
                .patch, Self.haus + "/einheiten/\(two)", #"{"ueber": "\#(office.json["id"] as? String ?? "")"}"#)
            #expect(circle.status == .unprocessableContent && circle.falscheFelder == ["ueber"])
            #expect(try await program.frage(.patch, one, #"{"gueltigBis": null, "ueber": null}"#).status == .ok)
            #expect(try await program.frage(.post, one + "/reihenfolge", #"{"richtung": "hoch"}"#).status == .ok)
            let merged = try await program.frage(.post, one + "/zusammenlegung", #"{"ziel": "\#(two)"}"#)
            #expect(merged.status == .ok && merged.json["id"] as? String == two, "\(merged.text)")
            #expect(try await anyone.get(Self.haus + "/einheiten").json["gesamt"] as? Int == 1)

            for (art, body, change) in [
                (
                    "ansprechpartner",
                    #"{"funktion": "Digitales", "email": "d@duelmen.invalid", "zweck": "Fragen", "rechtsgrundlage": "ohne", "giltBis": "2027-06-30", "oeffentlich": true}"#,
                    #"{"telefon": "02594 120"}"#
                ),
                ("fachverfahren", #"{"art": "portal", "produkt": "Portal"}"#, #"{"hersteller": "Haus"}"#),
                ("it-dienstleister", #"{"name": "IT Nord"}"#, #"{"aufgabe": "Betrieb"}"#),
                (
                    "rechtsstatus", #"{"status": "eigenes_jugendamt", "quelle": "Satzung"}"#,
                    #"{"giltVon": "2020-01-01"}"#
                ),
            ] {
                let made = try await program.frage(.post, "\(Self.haus)/\(art)", body)
                #expect(made.status == .created, "\(art): \(made.text)")
                let path = try #require(made.headers[.location])
                #expect(try await program.hole(path).bytes == made.bytes, "\(art)")
                let isOpen = art == "ansprechpartner" || art == "rechtsstatus"
                #expect(try await anyone.get(path).status == (isOpen ? .ok : .notFound), "\(art)")
                #expect(try await program.frage(.patch, path, change).json["version"] as? Int == 2, "\(art)")
                #expect(try await program.hole("\(Self.haus)/\(art)").json["gesamt"] as? Int == 1)
                let gone = try await program.frage(.delete, path)
                #expect(gone.status == .noContent && gone.bytes.isEmpty, "\(art)")
                #expect(try await program.frage(.delete, path).status == .notFound)
            }

            let given = try await program.frage(
                .post, Self.haus + "/delegationen", #"{"an": "05558", "rolle": "redaktion", "bis": "2027-01-31"}"#)
            #expect(given.status == .created && given.json["bis"] as? String == "2027-01-31", "\(given.text)")
            let path = try #require(given.headers[.location])
            #expect(try await program.hole(path).bytes == given.bytes)
            #expect(try await program.frage(.delete, path).status == .noContent)
            #expect(try await program.hole(path).json["bis"] as? String == "2026-11-21")
        }
    }

    /// Bodies that no route takes, with what they are answered.
    private static let schlechte: [(art: String, body: [UInt8], status: HTTPResponse.Status)] = [
        ("application/x-www-form-urlencoded", Array("titel=x".utf8), .unsupportedMediaType),
        ("text/json", Array("{}".utf8), .unsupportedMediaType), ("", Array("{}".utf8), .unsupportedMediaType),
        ("application/json; charset=iso-8859-1", Array("{}".utf8), .unsupportedMediaType),
        ("application/json", [], .badRequest), ("application/json", Array("{".utf8), .badRequest),
        ("application/json", Array("[]".utf8), .badRequest), ("application/json", Array("null".utf8), .badRequest),
        ("application/json", [0x7B, 0x22, 0xFF, 0x22, 0x7D], .badRequest),
        ("application/json", Array("{\"titel\": \"a\", \"titel\": \"b\"}".utf8), .badRequest),
        ("application/json", Array("{\"titel\": \"a\\u0000\"}".utf8), .badRequest),
        ("application/json", Array("{\"titel\": \"a\u{0}\"}".utf8), .badRequest),
        ("application/json", Array(String(repeating: "[", count: 200_000).utf8), .badRequest),
        (
            "application/json", Array("{\"titel\": \"\(String(repeating: "x", count: 300_000))\"}".utf8),
            .contentTooLarge
        ),
    ]

    @Test(arguments: TestBackend.available)
    func `what is no readable JSON is refused with what to do, and changes nothing`(on backend: TestBackend)
        async throws
    {
        try await Self.mitProgramm(backend) { program, anyone, database in
            func zeilen() async throws -> Int {
                try await database.read { db in try db.value("SELECT count(*) FROM verlauf") ?? 0 }
            }
            let before = try await zeilen()
            for (art, body, status) in Self.schlechte {
                let answer = try await anyone.als(.besuch).send(
                    .post, Self.liste,
                    headers: [.contentType: art, .authorization: "Bearer \(program.token)"], body: body)
                let what = "\(art) \(String(decoding: body.prefix(40), as: UTF8.self))"
                #expect(answer.status == status, "\(what): \(answer.status)")
                #expect(answer.headers[.contentType] == "application/problem+json", "\(what)")
                #expect((answer.json["detail"] as? String)?.isEmpty == false)
            }
            let line = try await program.frage(.post, Self.liste, "{\n  \"titel\": x\n}")
            #expect(line.text.contains("Zeile 2, Spalte 12"), "\(line.text)")
            #expect(try await zeilen() == before)
        }
    }

    @Test(arguments: [
        (#"{}"#, ["titel"]), (#"{"titel": null}"#, ["titel"]), (#"{"titel": 1}"#, ["titel"]),
        (#"{"titel": ""}"#, ["titel"]), (#"{"titel": "  "}"#, ["titel"]), (#"{"titel": ["a"]}"#, ["titel"]),
        (#"{"titel": "a", "fremd": 1}"#, ["fremd"]), (#"{"titel": "a", "Titel": "b"}"#, ["Titel"]),
        (#"{"titel": "a", "csrf": "x", "version": 1}"#, ["csrf", "version"]),
        (#"{"titel": "a", "stand": "fertig"}"#, ["stand"]), (#"{"titel": "a", "stand": null}"#, ["stand"]),
        (#"{"titel": "a", "frist": "31.12.2026"}"#, ["frist"]), (#"{"titel": "a", "frist": "2026-02-30"}"#, ["frist"]),
        (#"{"titel": "a", "leistungen": "99110009104000"}"#, ["leistungen"]),
        (#"{"titel": "a", "leistungen": [1]}"#, ["leistungen"]),
        (#"{"titel": "a", "leistungen": ["x"]}"#, ["leistungen"]),
        (#"{"titel": "a", "url": "javascript:alert(1)"}"#, ["url"]),
        (#"{"titel": "a", "onlinedienst": "gibtesnicht"}"#, ["onlinedienst"]),
        (#"{"titel": "a", "ozgId": "9"}"#, ["ozgId"]), (#"{"titel": "a", "stand": "wartet"}"#, ["begruendung"]),
    ])
    func `each wrong field is named as the body calls it`(_ body: String, _ felder: [String]) async throws {
        try await Self.mitProgramm(.sqliteMemory) { program, _, database in
            let before: Int? = try await database.read { db in try db.value("SELECT count(*) FROM verlauf") }
            let answer = try await program.frage(.post, Self.liste, body)
            #expect(answer.status == .unprocessableContent, "\(body): \(answer.text)")
            #expect(answer.falscheFelder == felder, "\(body): \(answer.text)")
            let after: Int? = try await database.read { db in try db.value("SELECT count(*) FROM verlauf") }
            #expect(after == before)
        }
    }

    @Test func `ids of another Organisation lead nowhere`() async throws {
        try await Self.mitProgramm(.sqliteMemory, .administration) { program, anyone, database in
            let (eintrag, dort) = (
                "/api/v1/umsetzung/\(Rollenspiel.hamm)", "/api/v1/organisationen/\(Rollenspiel.hamm)"
            )
            let id: String? = try await database.read { db in
                try db.value(
                    """
                    SELECT e.id FROM umsetzungseintrag e JOIN organisation_sicht o ON o.id = e.organisation
                    WHERE o.ars = \(Rollenspiel.duelmen) ORDER BY e.nummer LIMIT 1
                    """)
            }
            let office = try await program.frage(.post, Self.haus + "/einheiten", #"{"name": "Bauamt"}"#)
            let status = try await program.frage(
                .post, Self.haus + "/rechtsstatus", #"{"status": "eigenes_jugendamt", "quelle": "Satzung"}"#)
            let (one, two) = (
                try #require(office.json["id"] as? String), try #require(status.json["id"] as? String)
            )
            for (method, path, body) in [
                (HTTPRequest.Method.patch, "\(eintrag)/\(id ?? "")", "{}"), (.get, "\(eintrag)/\(id ?? "")", nil),
                (.post, "\(eintrag)/\(id ?? "")/uebernahme", #"{"onlinedienst": "x"}"#),
                (.patch, "\(dort)/einheiten/\(one)", "{}"), (.get, "\(dort)/einheiten/\(one)", nil),
                (.patch, "\(dort)/rechtsstatus/\(two)", "{}"), (.delete, "\(dort)/rechtsstatus/\(two)", nil),
                (.patch, "\(Self.haus)/fachverfahren/\(two)", "{}"),
                (.delete, "\(Self.haus)/ansprechpartner/\(one)", nil),
            ] as [(HTTPRequest.Method, String, String?)] {
                #expect(try await program.frage(method, path, body).status == .notFound, "\(method) \(path)")
            }
            #expect(try await anyone.get(Self.haus + "/einheiten/\(one)").status == .ok)
            let elsewhere = try await program.frage(.post, Self.haus + "/einheiten", #"{"name": "A", "ueber": "x"}"#)
            #expect(elsewhere.falscheFelder == ["ueber"])
            for path in ["/api/v1/umsetzung/99", "/api/v1/organisationen/gibtesnicht/einheiten"] {
                #expect(try await program.frage(.post, path, #"{"titel": "x", "name": "x"}"#).status == .notFound)
            }
        }
    }

    @Test func `other methods, other spellings and lists page by page`() async throws {
        try await Self.mitProgramm(.sqliteMemory) { program, anyone, _ in
            let put = try await program.frage(.put, Self.liste, "{}")
            #expect(put.status == .methodNotAllowed && put.headers[.allow] == "GET, HEAD, POST")
            let long = try await anyone.get("/api/v1/umsetzung/Stadt%20D%C3%BClmen?anzahl=1")
            #expect(long.headers[.location] == Self.liste + "?anzahl=1" && long.status == .permanentRedirect)
            for number in 0..<5 {
                let made = try await program.frage(.post, Self.haus + "/einheiten", "{\"name\": \"Amt \(number)\"}")
                #expect(made.status == .created)
            }
            for path in [Self.liste, Self.haus + "/einheiten", "/api/v1/umsetzung"] {
                var (ids, next, total): ([String], String?, Int) = ([], nil, 0)
                repeat {
                    let page = try await anyone.get(path + "?anzahl=2" + (next.map { "&weiter=\($0)" } ?? ""))
                    #expect(page.status == .ok)
                    ids += (page.json["eintraege"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
                    next = page.json["weiter"] as? String
                    total = page.json["gesamt"] as? Int ?? 0
                } while next != nil && ids.count < 200
                #expect(ids.count == total && Set(ids).count == total && total > 3, "\(path)")
                for bad in ["anzahl=0", "anzahl=x", "weiter=AAAA", "weiter=!", "weiter=eA"] {
                    #expect(try await anyone.get(path + "?" + bad).status == .badRequest, "\(path)?\(bad)")
                }
            }
        }
    }
}
