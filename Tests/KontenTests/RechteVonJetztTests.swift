import App
import HTTPTypes
import Kernel
import Storage
import Synchronization
import TestKit
import Testing
import Verzeichnis
import Web

@testable import Konten

/// A database on which something happens right before the next change is written.
private final class Zwischenfall: Database {
    private let echt: any Database
    private let geplant = Mutex<(@Sendable (any SQLConnection) throws -> Void)?>(nil)

    init(_ echt: any Database) { self.echt = echt }

    func plane(_ work: @escaping @Sendable (any SQLConnection) throws -> Void) { geplant.withLock { $0 = work } }

    var dialect: SQLDialect { echt.dialect }
    var counters: DatabaseCounters { echt.counters }

    func read<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T {
        try await echt.read(body)
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T {
        let work = geplant.withLock { stored in
            defer { stored = nil }
            return stored
        }
        if let work { _ = try await echt.write(work) }
        return try await echt.write(body)
    }

    func version() async throws -> DatabaseVersion { try await echt.version() }
    func close() async { await echt.close() }
}

/// What counts is the right of the moment in which a change is written, and only what this session may use.
@Suite struct RechteVonJetztTests {
    private static let ort = "/organisationen/\(Rollenspiel.duelmen)"
    private static let liste = "/umsetzung/\(Rollenspiel.duelmen)"

    private static func letzte(_ tabelle: SQL, _ database: any Database) async throws -> String {
        try #require(
            try await database.read { db in try db.value("SELECT id FROM \(tabelle) ORDER BY id DESC LIMIT 1") })
    }

    /// A change of every kind that somebody who coordinates an authority can make, with what it needs.
    private static func aenderungen(
        _ client: SiteClient, _ database: any Database
    ) async throws -> [(pfad: String, felder: [(String, String)])] {
        let kontakt = [
            ("funktion", "Stelle"), ("email", "stelle@duelmen.invalid"), ("zweck", "Fragen"),
            ("rechtsgrundlage", "ohne"), ("gilt_bis", "31.12.2027"),
        ]
        let dienst = [("name", "Fähre"), ("anbieter", Rollenspiel.duelmen), ("url", "https://beispiel.invalid/f")]
        let kreis = try await database.read { db in try OrganisationStore.named("05558", in: db).id.rawValue }
        for (pfad, felder) in [
            ("\(ort)/einheiten/neu", [("name", "Amt"), ("kuerzel", ""), ("ueber", "")]),
            ("\(ort)/ansprechpartner/neu", kontakt), (liste, [("titel", "Da"), ("stand", "offen")]),
            ("\(ort)/personen", [("email", "da@stadt.example"), ("rolle", "redaktion")]),
            ("\(ort)/delegation", [("rolle", "redaktion"), ("an", kreis)]),
        ] {
            let status = try await client.post(pfad, felder).status
            #expect([.seeOther, .ok].contains(status), "\(pfad): \(status)")
        }
        let umsetzung = try await client.post(
            "\(liste)/ladungen", datei: "datei", name: "a.csv", inhalt: Array("Titel\nA\n".utf8))
        let personen = try await client.post(
            "\(ort)/personen/listen", datei: "datei", name: "a.csv",
            inhalt: Array("E-Mail;Rolle\nneu@stadt.example;Redaktion\n".utf8))
        let (ladung, einladungen) = (
            try #require(umsetzung.headers[.location]), try #require(personen.headers[.location])
        )
        let einheit = try await letzte("organisationseinheit", database)
        let angabe = try await letzte("ansprechpartner", database)
        let eintrag = try await letzte("umsetzungseintrag", database)
        let person = try #require(
            try await database.read { db in try PersonStore.finde(email: "da@stadt.example", in: db) }
        ).id.rawValue
        return [
            ("\(ort)/bearbeiten", [("name", "Anders"), ("version", "1")]),
            ("\(ort)/einheiten/neu", [("name", "Amt 2"), ("kuerzel", ""), ("ueber", "")]),
            ("\(ort)/einheiten/\(einheit)/bearbeiten", [("name", "Amt 3"), ("version", "1")]),
            ("\(ort)/einheiten/\(einheit)/reihenfolge", [("richtung", "hoch")]),
            ("\(ort)/einheiten/\(einheit)/schliessung", [("bis", "22.11.2026"), ("version", "1")]),
            ("\(ort)/ansprechpartner/neu", kontakt), ("\(ort)/ansprechpartner/\(angabe)", kontakt),
            ("\(ort)/ansprechpartner/\(angabe)/loeschung", [("version", "1")]),
            ("\(ort)/delegation", [("rolle", "leserecht"), ("an", kreis)]),
            ("\(ort)/delegation/ende", [("rolle", "redaktion"), ("an", kreis)]),
            ("\(ort)/personen", [("email", "neu@stadt.example"), ("rolle", "redaktion")]),
            ("\(ort)/personen/\(person)/rollen", [("rolle", "leserecht")]),
            ("\(ort)/personen/\(person)/rollen/entzug", [("rolle", "redaktion")]),
            ("\(ort)/personen/\(person)/sperre", [("gesperrt", "ja")]),
            ("\(ort)/personen/\(person)/einladung", []), (einladungen + "/einladung", []),
            (liste, [("titel", "Neu"), ("stand", "offen")]),
            ("\(liste)/\(eintrag)", [("titel", "Anders"), ("stand", "offen"), ("version", "1")]),
            ("\(liste)/\(eintrag)/uebernahme", [("dienst", "x")]), (ladung + "/uebernahme", []), ("/dienste", dienst),
        ]
    }

    @Test(arguments: TestBackend.available)
    func `a form that arrives after the role was taken or the session ended changes nothing`(
        on backend: TestBackend
    ) async throws {
        let database = Zwischenfall(try await Welt.beispiel(backend))
        try await TestSite(database).run { anyone in
            let first = try await anyone.als(.koordination)
            let id = try #require(try await first.person()?.id)
            let place = try #require(try await first.person()?.organisationen.first)
            func zeilen() async throws -> Int {
                try await database.read { db in
                    (try db.value("SELECT count(*) FROM verlauf") ?? 0)
                        + (try db.value("SELECT count(*) FROM person") ?? 0)
                }
            }
            let all = try await Self.aenderungen(first, database)
            let before = try await zeilen()
            for (pfad, felder) in all {
                let client = try await anyone.als(.koordination)
                database.plane { db in _ = try db.execute("DELETE FROM amt WHERE person = \(id)") }
                let refused = try await client.post(pfad, felder)
                #expect(refused.status == .forbidden, "\(pfad): \(refused.status)")
                #expect(refused.text.contains("fehlt Ihnen das Recht"), "\(pfad)")
                _ = try await database.write { db in
                    try db.execute(
                        """
                        INSERT INTO amt (person, rolle, organisation)
                        VALUES (\(id), 'ozg_ansprechperson', \(place)) ON CONFLICT DO NOTHING
                        """)
                }
                database.plane { db in _ = try db.execute("DELETE FROM sitzung WHERE person = \(id)") }
                let over = try await client.post(pfad, felder)
                #expect(over.status == .unauthorized, "\(pfad): \(over.status)")
                #expect(over.text.contains("melden Sie sich"), "\(pfad)")
                #expect(try await zeilen() == before, "\(pfad)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `whoever was signed out meanwhile changes nothing of the own account`(on backend: TestBackend) async throws {
        let database = Zwischenfall(try await Welt.beispiel(backend))
        try await TestSite(database).run { anyone in
            for (pfad, felder) in [
                ("/konto", [("name", "Anders")]), ("/konto/sitzungen/ende", []), ("/konto/sitzungen/x/ende", []),
            ] {
                let client = try await anyone.als(.koordination)
                let id = try #require(try await client.person()).id
                database.plane { db in _ = try db.execute("DELETE FROM sitzung WHERE person = \(id)") }
                #expect(try await client.post(pfad, felder).status == .unauthorized, "\(pfad)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `what a program sends changes nothing after the role was taken, the token revoked or narrowed`(
        on backend: TestBackend
    ) async throws {
        let database = Zwischenfall(try await Welt.beispiel(backend))
        let haus = "/api/v1" + Self.ort
        let writes = [
            ("/api/v1" + Self.liste, #"{"titel": "Neu"}"#), (haus + "/einheiten", #"{"name": "Neues Amt"}"#),
            (haus + "/fachverfahren", #"{"art": "portal", "produkt": "Portal"}"#),
            (haus + "/delegationen", #"{"an": "05558", "rolle": "leserecht"}"#),
            ("/api/v1/dienste", #"{"name": "Fähre", "anbieter": "\#(Rollenspiel.duelmen)"}"#),
        ]
        try await TestSite(database).run { anyone in
            let client = try await anyone.als(.koordination)
            let id = try #require(try await client.person()).id
            for (path, body) in writes {
                for (work, status) in [
                    ("DELETE FROM amt WHERE person = \(id)", .forbidden),
                    ("UPDATE zugangstoken SET widerrufen_am = \(Welt.jetzt)", .unauthorized),
                    ("UPDATE zugangstoken SET umfang = 'lesen'", .forbidden),
                    ("UPDATE person SET gesperrt_am = \(Welt.jetzt) WHERE id = \(id)", .unauthorized),
                ] as [(SQL, HTTPResponse.Status)] {
                    let program = try await anyone.als(.koordination).programm()
                    _ = try await database.write { db in
                        // Noted already, so that the next write is the change itself.
                        try db.execute("UPDATE zugangstoken SET zuletzt_am = \(Welt.jetzt)")
                    }
                    database.plane { db in _ = try db.execute(work) }
                    let refused = try await program.frage(.post, path, body)
                    #expect(refused.status == status, "\(path): \(refused.status)")
                    let place = Rollenspiel.duelmen
                    _ = try await database.write { db in
                        try db.execute("UPDATE person SET gesperrt_am = NULL WHERE id = \(id)")
                        try db.execute("DELETE FROM zugangstoken")
                        try db.execute(
                            """
                            INSERT INTO amt (person, rolle, organisation)
                            SELECT \(id), 'ozg_ansprechperson', id FROM organisation_sicht WHERE ars = \(place)
                            ON CONFLICT DO NOTHING
                            """)
                    }
                }
                let made = try await anyone.als(.koordination).programm().frage(.post, path, body)
                #expect(made.status == .created, "\(path): \(made.text)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `a role that waits for its second factor changes no account and shows no link`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let place = try await database.read { db in try OrganisationStore.named(Rollenspiel.duelmen, in: db).id.rawValue
        }
        let held: @Sendable (any SQLConnection) throws -> [Person.Amt] = { _ in
            [.init(.administration), .init(.ozgAnsprechperson, an: place)]
        }
        try await TestSite(database).run { anyone in
            let whole = try await anyone.als(email: "chefin@leitstand.localhost", held)
            let half = try await anyone.als(email: "chefin@leitstand.localhost", zweiterFaktor: false, held)
            for (felder, ort) in [
                ([("email", "neu@stadt.example"), ("rolle", "administration")], "/betrieb/personen"),
                ([("email", "neu@stadt.example"), ("rolle", "leserecht")], "\(Self.ort)/personen"),
            ] { #expect(try await whole.post(ort, felder).status == .ok, "letters are off, so the link is shown") }
            let id = try #require(
                try await database.read { db in try PersonStore.finde(email: "neu@stadt.example", in: db) }
            ).id.rawValue
            // The password alone opens no account of the Administration, neither by its link nor by its roles.
            let link = try await half.post("\(Self.ort)/personen/\(id)/einladung")
            #expect(!link.text.contains("/anmelden/einladung/"))
            for (pfad, felder) in [
                ("", [("email", "dritte@stadt.example"), ("rolle", "leitung")]),
                ("/\(id)/rollen", [("rolle", "leitung")]),
                ("/\(id)/sperre", [("gesperrt", "ja")]),
            ] {
                let refused = try await half.post("\(Self.ort)/personen\(pfad)", felder)
                #expect(refused.status == .forbidden, "\(pfad): \(refused.status)")
            }
            #expect(
                try await database.read { db in
                    try db.value("SELECT count(*) FROM amt WHERE rolle = 'leitung'") ?? 0
                } == 0)
            #expect(
                try await half.post("\(Self.ort)/personen/\(id)/rollen", [("rolle", "redaktion")]).status == .seeOther,
                "what the other role allows goes on")
            #expect(
                try await whole.post("\(Self.ort)/personen/\(id)/rollen", [("rolle", "leitung")]).status == .seeOther)
        }
    }

    @Test(arguments: TestBackend.available)
    func `whoever was signed out meanwhile ties the account to no device and to no mailbox`(
        on backend: TestBackend
    ) async throws {
        let database = Zwischenfall(try await Welt.beispiel(backend))
        let post = Postsammler()
        let site = try TestSite(database, post: post)
        try await site.run { anyone in
            let client = try await anyone.als(.koordination)
            let id = try #require(try await client.person()?.id)
            let token = String(try #require(client.cookie).dropFirst("leitstand_sitzung=".count))
            database.plane { db in _ = try db.execute("DELETE FROM sitzung") }
            let code = TOTP.vorschlag(token: token, person: id).code(Welt.jetzt)
            #expect(try await client.post("/konto/zweiter-faktor", [("code", code)]).status == .unauthorized)
            #expect(try await database.read { db in try !ZweitfaktorStore.istEingerichtet(id, in: db) })
            let again = try await anyone.als(.koordination)
            database.plane { db in _ = try db.execute("DELETE FROM sitzung") }
            let felder = [("email", "fremd@stadt.example"), ("passwort", "geheim")]
            #expect(try await again.post("/konto/email", felder).status == .unauthorized)
            try await site.arbeite()
            #expect(post.briefe.isEmpty)
        }
    }
}
