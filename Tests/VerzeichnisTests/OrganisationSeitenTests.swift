import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

@testable import Verzeichnis

/// What readers and programs find about authorities, and how their own people keep it.
@Suite struct OrganisationSeitenTests {
    private static let pfad = "/organisationen/\(Rollenspiel.duelmen)"

    private func mitWelt(
        _ backend: TestBackend, _ body: @escaping @Sendable (any Database, SiteClient) async throws -> Void
    ) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { try await body(database, $0) }
    }

    private func json(_ client: SiteClient, _ path: String) async throws -> [String: Any] {
        let antwort = try await client.get(path)
        #expect(antwort.status == .ok, "\(path): \(antwort.text)")
        return try #require(try JSONSerialization.jsonObject(with: Data(antwort.text.utf8)) as? [String: Any])
    }

    @Test(arguments: TestBackend.available)
    func `the list is searched, filtered and saved as a file`(on backend: TestBackend) async throws {
        try await mitWelt(backend) { database, client in
            let gesamt = try await database.zahl("SELECT count(*) FROM organisation WHERE gueltig_bis IS NULL")
            let page = try await client.get("/organisationen").text
            #expect(page.contains("<strong>\(gesamt) Organisationen</strong>"))
            #expect(try await client.get("/organisationen?q=duelmen").text.contains("<strong>1 Organisation</strong>"))
            #expect(try await client.get("/organisationen?q=05558016").text.contains(">Stadt Dülmen</a>"))
            #expect(
                try await client.get("/organisationen?art=dienstleister").text.contains("Keine Organisation passt"))
            #expect(try await client.get("/organisationen?aufgeloest=ja").text.contains("Keine Organisation passt"))
            for wrong in ["art=amt", "land=5", "aufgeloest=vielleicht", "seite=0"] {
                #expect(try await client.get("/organisationen?\(wrong)").status == .badRequest, "\(wrong)")
            }
            let csv = try await client.get("/organisationen.csv?q=duelmen")
            #expect(csv.text.contains("055580016016;Stadt Dülmen;Verwaltung"))
            #expect(try await client.get("/organisationen.xlsx").status == .ok)
            let list = try await json(client, "/api/v1/organisationen?anzahl=2&facetten=ja")
            #expect(list["gesamt"] as? Int == gesamt && (list["eintraege"] as? [Any])?.count == 2)
            let next = try #require(list["weiter"] as? String)
            #expect((try await json(client, "/api/v1/organisationen?weiter=\(next)")["eintraege"] as? [Any]) != nil)
        }
    }

    @Test(arguments: TestBackend.available)
    func `each spelling of a key and the id lead to the page under the Regionalschlüssel`(on backend: TestBackend)
        async throws
    {
        try await mitWelt(backend) { database, client in
            let id = try await database.read { db in try OrganisationStore.named(Rollenspiel.duelmen, in: db).id }
            for word in ["05558016", id.rawValue, "Stadt%20D%C3%BClmen"] {
                for base in ["", "/api/v1"] {
                    let antwort = try await client.get("\(base)/organisationen/\(word)")
                    #expect(antwort.status.code == 308 && antwort.headers[.location] == base + Self.pfad, "\(word)")
                }
            }
            let page = try await client.get(Self.pfad).text
            #expect(page.contains("/umsetzung/055580016016\"") && page.contains("/dienste?anbieter=\(id.rawValue)"))
            #expect(page.contains("/gebiete/055580016016\""))
            #expect(try await client.get("/gebiete/055580016016").text.contains("href=\"\(Self.pfad)\""))
            #expect(try await client.get("/organisationen/niemand").status == .notFound)
            #expect(try await client.get(Self.pfad + "/einheiten/niemand").status == .notFound)
        }
    }

    private static let kontakt = Formularprobe([
        ("funktion", "OZG-Koordination & mehr"), ("name", ""), ("email", "ozg@duelmen.invalid"),
        ("telefon", "02594 12-345"), ("zweck", "Rückfragen <anderer>"), ("rechtsgrundlage", "art6_1_e"),
        ("oeffentlich", "ja"), ("gilt_bis", "31.12.2027"),
    ])

    @Test(arguments: TestBackend.available)
    func `the public reads only public contacts, their own people all of them`(on backend: TestBackend) async throws {
        try await mitWelt(backend) { database, anyone in
            let client = try await anyone.als(.koordination)
            #expect(try await client.post(Self.pfad + "/ansprechpartner/neu", Self.kontakt.mit()).status == .seeOther)
            _ = try await client.post(
                Self.pfad + "/ansprechpartner/neu",
                Self.kontakt.mit(["funktion": "Innere Stelle", "oeffentlich": "", "email": "innen@duelmen.invalid"]))
            _ = try await client.post(
                Self.pfad + "/fachverfahren/neu",
                [("art", "portal"), ("produkt", "Inneres Portal"), ("hersteller", "H"), ("fassung", "2.1")])
            _ = try await client.post(
                Self.pfad + "/rechtsstatus/neu",
                [("status", "mittlere_kreisangehoerige_stadt"), ("quelle", "Verordnung vom 1.1.1975")])
            let oeffentlich = try await anyone.get(Self.pfad).text
            #expect(oeffentlich.contains("OZG-Koordination &amp; mehr") && oeffentlich.contains("ozg@duelmen.invalid"))
            #expect(oeffentlich.contains("Mittlere kreisangehörige Stadt"))
            let fremd = try await anyone.als(.nachbarschaft).get(Self.pfad).text
            for page in [oeffentlich, fremd, try await anyone.get("/api/v1" + Self.pfad).text] {
                for secret in ["Innere Stelle", "innen@", "Inneres Portal", "Rückfragen", "bearbeiten\""] {
                    #expect(!page.contains(secret), "\(secret)")
                }
            }
            for rolle in [Rollenspiel.koordination, .leserecht, .administration] {
                let page = try await anyone.als(rolle).get(Self.pfad).text
                #expect(page.contains("Innere Stelle") && page.contains("Inneres Portal"), "\(rolle)")
                #expect(page.contains("Rückfragen &lt;anderer&gt;"), "\(rolle)")
                #expect(page.contains("/ansprechpartner/neu") == (rolle != .leserecht), "\(rolle)")
            }
            let answer = try await json(anyone, "/api/v1" + Self.pfad)
            let contacts = try #require(answer["kontakte"] as? [[String: Any]])
            #expect(contacts.map { $0["funktion"] as? String } == ["OZG-Koordination & mehr"])
            #expect((answer["rechtsstatus"] as? [Any])?.count == 1)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a contact is no longer public after its day`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { anyone in
            _ = try await anyone.als(.koordination).post(
                Self.pfad + "/ansprechpartner/neu", Self.kontakt.mit(["gilt_bis": "23.11.2026"]))
            #expect(try await anyone.get(Self.pfad).text.contains("ozg@duelmen.invalid"))
        }
        let later = try TestSite(database, now: { Welt.jetzt.plus(sekunden: 2 * 86_400) })
        try await later.run { anyone in
            #expect(try await !anyone.get(Self.pfad).text.contains("ozg@duelmen.invalid"))
            let page = try await anyone.als(.koordination).get(Self.pfad).text
            #expect(page.contains("ozg@duelmen.invalid") && page.contains("bitte prüfen"))
        }
    }

    private static let falsch: [(String, [String: String], String)] = [
        ("ansprechpartner", ["funktion": ""], "funktion"), ("ansprechpartner", ["email": "ozg@duelmen"], "email"),
        ("ansprechpartner", ["email": "a@b.de\r\nBcc: x@y.de"], "email"),
        ("ansprechpartner", ["email": "", "telefon": ""], "email"),
        ("ansprechpartner", ["telefon": "anrufen"], "telefon"), ("ansprechpartner", ["zweck": ""], "zweck"),
        ("ansprechpartner", ["rechtsgrundlage": ""], "rechtsgrundlage"),
        ("ansprechpartner", ["rechtsgrundlage": "art7"], "rechtsgrundlage"),
        ("ansprechpartner", ["name": "Rolle Beispiel", "rechtsgrundlage": "ohne"], "rechtsgrundlage"),
        ("ansprechpartner", ["gilt_bis": ""], "gilt_bis"), ("ansprechpartner", ["gilt_bis": "21.11.2026"], "gilt_bis"),
        ("ansprechpartner", ["gilt_bis": "31.12.2031"], "gilt_bis"),
        ("ansprechpartner", ["einheit": "gibtesnicht"], "einheit"),
        ("ansprechpartner", ["zweck": String(repeating: "ä", count: 301)], "zweck"),
        ("fachverfahren", ["art": "app"], "art"), ("fachverfahren", ["produkt": ""], "produkt"),
        ("fachverfahren", ["gilt_von": "1.2.2026", "gilt_bis": "1.1.2026"], "gilt_bis"),
        ("it-dienstleister", ["name": "!!"], "name"), ("rechtsstatus", ["status": "sonstiges"], "zusatz"),
        ("rechtsstatus", ["quelle": ""], "quelle"),
    ]

    private static let proben: [String: Formularprobe] = [
        "ansprechpartner": kontakt,
        "fachverfahren": Formularprobe([("art", "fachverfahren"), ("produkt", "P & <Q>"), ("fassung", "1 \"a\"")]),
        "it-dienstleister": Formularprobe([("name", "Rechenzentrum & Söhne"), ("aufgabe", "Betrieb")]),
        "rechtsstatus": Formularprobe([("status", "eigenes_jugendamt"), ("quelle", "Satzung <1>")]),
    ]

    @Test(arguments: falsch)
    func `a refused statement names the field and loses nothing that was typed`(
        _ art: String, _ other: [String: String], _ feld: String
    ) async throws {
        try await mitWelt(.sqliteMemory) { database, anyone in
            let client = try await anyone.als(.koordination)
            // Where an office may be chosen, there is one.
            _ = try await client.post(
                Self.pfad + "/einheiten/neu", [("name", "Amt"), ("kuerzel", ""), ("ueber", "")])
            let probe = try #require(Self.proben[art])
            var sent = probe.mit(other)
            for (name, wert) in other where !sent.contains(where: { $0.0 == name }) { sent.append((name, wert)) }
            let answer = try await client.post("\(Self.pfad)/\(art)/neu", sent)
            #expect(answer.status == .unprocessableContent)
            #expect(answer.text.contains("href=\"#\(feld)\"") && answer.text.contains("id=\"\(feld)\""))
            #expect(answer.text.contains("<title>Fehler: "))
            for (name, wert) in sent
            where !wert.isEmpty && !["einheit", "rechtsgrundlage", "art", "status", "oeffentlich"].contains(name) {
                let typed = wert.replacing("\r\n", with: "\n")
                #expect(Formularprobe.maskiert(typed).contains { answer.text.contains($0) }, "\(name)")
            }
            #expect(try await database.zahl("SELECT count(*) FROM verlauf WHERE art = 'angabe_angelegt'") == 0)
        }
    }

    @Test(arguments: TestBackend.available)
    func `each change of a statement is in the Verlauf, personal values never`(on backend: TestBackend) async throws {
        try await mitWelt(backend) { database, anyone in
            let client = try await anyone.als(.koordination)
            _ = try await client.post(
                Self.pfad + "/ansprechpartner/neu", Self.kontakt.mit(["name": "Probe Beispiel"]))
            let id: String? = try await database.read { db in try db.value("SELECT id FROM ansprechpartner") }
            let path = "\(Self.pfad)/ansprechpartner/\(try #require(id))"
            #expect(try await client.get(path).text.contains("value=\"Probe Beispiel\""))
            let changed = Self.kontakt.mit(["name": "", "funktion": "IT", "email": "it@duelmen.invalid"], version: 1)
            #expect(try await client.post(path, changed).status == .seeOther)
            let late = try await client.post(path, Self.kontakt.mit(["funktion": "Zu spät"], version: 1))
            #expect(late.status == .conflict && late.text.contains("value=\"Zu spät\""))
            #expect(try await client.post(path + "/loeschung", [("version", "1")]).status == .conflict)
            #expect(try await client.post(path + "/loeschung", [("version", "2")]).status == .seeOther)
            #expect(try await client.get(path).status == .notFound)
            let lines = try await database.read { db in
                try db.rows(
                    "SELECT art, feld, von, nach FROM verlauf WHERE eintrag = \(id) ORDER BY id"
                ).map { row in
                    func wert(_ name: String) throws -> String {
                        try (row[name] as String?).map { Verlauf.istGeschuetzt($0) ? "geschützt" : $0 } ?? "-"
                    }
                    return [try row["art"] as String, try row["feld"], try wert("von"), try wert("nach")]
                }
            }
            #expect(
                lines == [
                    ["angabe_angelegt", "ansprechpartner.funktion", "-", "OZG-Koordination & mehr"],
                    ["angabe_geaendert", "ansprechpartner.funktion", "OZG-Koordination & mehr", "IT"],
                    ["angabe_geaendert", "ansprechpartner.name", "geschützt", "-"],
                    ["angabe_geaendert", "ansprechpartner.email", "geschützt", "geschützt"],
                    ["angabe_geloescht", "ansprechpartner.funktion", "IT", "-"],
                ])
            #expect(
                try await database.zahl("SELECT count(*) FROM verlauf_salz WHERE bezug = \(id)") == 0,
                "without the statement nobody can try out its values")
        }
    }

    @Test(arguments: TestBackend.available)
    func `an unknown IT provider is a proposal until somebody of the whole installation enters it`(
        on backend: TestBackend
    ) async throws {
        try await mitWelt(backend) { database, anyone in
            let client = try await anyone.als(.koordination)
            let own = try #require(Self.proben["it-dienstleister"])
            #expect(try await client.post(Self.pfad + "/it-dienstleister/neu", own.mit()).status == .seeOther)
            #expect(try await client.get(Self.pfad).text.contains("vorgeschlagen"))
            #expect(try await client.get("/organisationen/vorschlaege").status == .forbidden)
            let admin = try await anyone.als(.administration)
            let page = try await admin.get("/organisationen/vorschlaege").text
            #expect(page.contains("Rechenzentrum &amp; Söhne") && page.contains("Stadt Dülmen"))
            let form = [
                ("name", "Rechenzentrum & Söhne"), ("art", "dienstleister"), ("webadresse", "https://rz.invalid/"),
            ]
            #expect(try await client.post("/organisationen/neu", form).status == .forbidden)
            let made = try await admin.post("/organisationen/neu", form)
            #expect(made.status == .seeOther)
            #expect(try await admin.post("/organisationen/neu", form).status == .unprocessableContent)
            #expect(try await admin.get("/organisationen/vorschlaege").text.contains("keinen offenen Vorschlag"))
            let after = try await client.get(Self.pfad).text
            #expect(!after.contains("vorgeschlagen") && after.contains(">Rechenzentrum &amp; Söhne</a>"))
            #expect(try await anyone.get("/organisationen?art=dienstleister").text.contains("<strong>1 Organisation<"))
            for (feld, wert) in [("art", "verwaltung"), ("name", " "), ("webadresse", "javascript:x")] {
                let refused = try await admin.post(
                    "/organisationen/neu", form.map { ($0.0, $0.0 == feld ? wert : $0.1) })
                #expect(
                    refused.status == .unprocessableContent && refused.text.contains("href=\"#\(feld)\""), "\(feld)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `an authority changes its name and its address, and nobody takes the name of another one`(
        on backend: TestBackend
    ) async throws {
        try await mitWelt(backend) { database, anyone in
            let client = try await anyone.als(.koordination)
            let path = Self.pfad + "/bearbeiten"
            #expect(try await client.get(path).text.contains("value=\"Stadt Dülmen\""))
            let taken = try await client.post(path, [("name", "Kreis Coesfeld"), ("version", "1")])
            #expect(taken.status == .unprocessableContent && taken.text.contains("heißt schon eine andere"))
            let saved = try await client.post(
                path,
                [("name", "Stadt Dülmen im Münsterland"), ("webadresse", "https://duelmen.invalid"), ("version", "1")])
            #expect(saved.headers[.location] == Self.pfad + "?ok=gespeichert")
            let late = try await client.post(path, [("name", "Anders"), ("version", "1")])
            #expect(late.status == .conflict && late.text.contains("value=\"Anders\""))
            #expect(try await anyone.get(Self.pfad).text.contains("Stadt Dülmen im Münsterland"))
            #expect(try await database.zahl("SELECT count(*) FROM verlauf WHERE art = 'organisation_geaendert'") == 2)
        }
    }
}
