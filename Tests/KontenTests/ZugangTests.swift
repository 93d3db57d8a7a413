import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Web

@testable import Konten

/// Zugangstoken are made by their person, seen once, and end.
@Suite struct ZugangTests {
    private static let pfad = "/konto/zugaenge"

    private static func felder(_ other: [String: String] = [:]) -> [(String, String)] {
        Formularprobe([
            ("name", "Abgleich"), ("umfang", "aendern"), ("organisation", ""), ("tage", "90"), ("passwort", "geheim"),
        ]).mit(other)
    }

    /// The token that a page shows.
    private static func token(_ page: SiteClient.Antwort) throws -> String {
        String(try #require(page.text.firstMatch(of: #/id="token">([^<]+)</#)).1)
    }

    private static func zeilen(_ database: any Database) async throws -> Int {
        try await database.read { db in try db.value("SELECT count(*) FROM zugangstoken") ?? 0 }
    }

    @Test(arguments: TestBackend.available)
    func `a token is shown once, works, is listed by its first characters, and ends when it is revoked`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let uhr = Uhr()
        try await TestSite(database, now: { uhr.jetzt }).run { anyone in
            let client = try await anyone.als(.koordination)
            let made = try await client.post(Self.pfad, Self.felder())
            #expect(made.status == .ok && made.headers[.cacheControl] == "no-store")
            let token = try Self.token(made)
            #expect(Tokentext.istWohlgeformt(token))
            let program = Programmclient(token: token, client: try await anyone.als(.besuch))
            #expect(
                try await program.hole("/api/v1/umsetzung/\(Rollenspiel.duelmen)?anzahl=1").text.contains("\"notiz\""))
            let list = try await client.get(Self.pfad).text
            #expect(!list.contains(token) && list.contains(String(token.prefix(10))) && list.contains("Abgleich"))
            let stored: [String] = try await database.read { db in
                try db.rows("SELECT token_hash, anfang FROM zugangstoken").flatMap { row in
                    [try row["token_hash"] as String, try row["anfang"] as String]
                }
            }
            #expect(!stored.contains { $0.contains(token.dropFirst(12)) }, "only the hash is kept")
            let revoke = try #require(list.firstMatch(of: #/action="(\/konto\/zugaenge\/[^"]+\/widerruf)"/#)).1
            let other = try await anyone.als(.nachbarschaft)
            #expect(try await other.post(String(revoke)).status == .notFound, "nobody revokes another's token")
            #expect(try await client.post(String(revoke)).status == .seeOther)
            #expect(try await client.post(String(revoke)).status == .notFound, "twice is once")
            #expect(try await program.hole("/api/v1/gebiete").status == .unauthorized)
            #expect(try await client.get(Self.pfad).text.contains("widerrufen am 22.11.2026"))
            let arten: [String] = try await database.read { db in
                try db.rows("SELECT art FROM verlauf WHERE art LIKE 'zugangstoken_%' ORDER BY id").map { try $0["art"] }
            }
            #expect(arten == ["zugangstoken_angelegt", "zugangstoken_widerrufen"])
        }
    }

    @Test(arguments: [
        (["name": ""], "name"), (["name": String(repeating: "x", count: 101)], "name"), (["umfang": "alles"], "umfang"),
        (["umfang": ""], "umfang"), (["organisation": "hamm"], "organisation"), (["tage": "0"], "tage"),
        (["tage": "366"], "tage"), (["tage": "-1"], "tage"), (["tage": "bald"], "tage"), (["tage": ""], "tage"),
        (["passwort": ""], "passwort"), (["passwort": "falsch"], "passwort"),
    ])
    func `a refused token names the field, keeps what was typed and makes nothing`(
        _ other: [String: String], _ feld: String
    ) async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        try await TestSite(database).run { anyone in
            let client = try await anyone.als(.koordination)
            let answer = try await client.post(Self.pfad, Self.felder(other))
            #expect(answer.status == .unprocessableContent)
            #expect(answer.text.contains("href=\"#\(feld)\""), "\(other)")
            #expect(!answer.text.contains("id=\"token\"") && !answer.text.contains("geheim\""))
            #expect(try await Self.zeilen(database) == 0)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a token ends with its day, with a reset of the password and with a disabled account`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let uhr = Uhr()
        try await TestSite(database, now: { uhr.jetzt }).run { anyone in
            func client() async throws -> SiteClient { try await anyone.als(.koordination) }
            func gilt(_ program: Programmclient) async throws -> Bool {
                try await program.hole("/api/v1/gebiete?anzahl=1").status == .ok
            }
            let id = try #require(try await client().person()).id
            let short = try await client().programm(tage: 1)
            uhr.vor(86_399)
            #expect(try await gilt(short))
            uhr.vor(1)
            #expect(try await !gilt(short))
            let next = try await client().programm()
            // Whoever changes the own password knows it, and sees the tokens beside it.
            let own = try await client().post(
                "/konto/passwort", [("aktuell", "geheim"), ("neu", "Regenschirm Lampe Tasse")])
            #expect(own.status == .seeOther)
            #expect(try await gilt(next))
            let kennwort = try Kennwort.neu("Zaun Wolke Becher", .gering)
            try await database.write { db in
                try KontoStore.setzeKennwort(kennwort, of: id, durch: .betrieb(uhr.jetzt), in: db)
            }
            #expect(try await !gilt(next))
            let third = try await client().programm()
            for disabled in [true, false] {
                try await database.write { db in
                    try PersonStore.sperre(id, disabled, organisation: nil, durch: .betrieb(uhr.jetzt), in: db)
                }
                #expect(try await !gilt(third), "it does not come back with the account")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `roles that demand a second factor count only in a token made with one, and no longer than it is there`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { anyone in
            let whole = try await anyone.als(.administration)
            let (strong, weak) = (
                try await whole.programm(), try await whole.programm(zweiterFaktor: false)
            )
            let body = #"{"name": "IT Nord", "art": "dienstleister"}"#
            let refused = try await weak.frage(.post, "/api/v1/organisationen", body)
            #expect(refused.status == .forbidden && refused.text.contains("zweitem Faktor"))
            #expect(try await strong.frage(.post, "/api/v1/organisationen", body).status == .created)
            // The page takes the factor of its own session.
            let half = try await anyone.als(.administration, zweiterFaktor: false)
            let token = try Self.token(try await half.post(Self.pfad, Self.felder()))
            let made = Programmclient(token: token, client: try await anyone.als(.besuch))
            #expect(try await made.frage(.post, "/api/v1/organisationen", body).status == .forbidden)
            let id = try #require(try await whole.person()).id
            try await database.write { db in try ZugangStore.senke(of: id, in: db) }
            #expect(try await strong.frage(.post, "/api/v1/organisationen", body).status == .forbidden)
        }
    }

    @Test(arguments: TestBackend.available)
    func `revoking all tokens leaves none, however many newer ones are over`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { anyone in
            let client = try await anyone.als(.koordination)
            let id = try #require(try await client.person()).id
            let program = try await client.programm()
            try await database.write { db in
                for number in 1...600 {
                    let (key, am) = ("alt\(number)", Welt.jetzt.plus(sekunden: number))
                    try db.execute(
                        """
                        INSERT INTO zugangstoken (id, person, name, umfang, token_hash, anfang, zweiter_faktor,
                                                  angelegt_am, bis, widerrufen_am)
                        VALUES (\(key), \(id), 'Alt', 'lesen', \(key), 'lst_', \(false), \(am),
                                \(am.plus(sekunden: 86_400)), \(am))
                        """)
                }
                #expect(try ZugangStore.alle(of: id, in: db).first?.widerrufenAm == nil)
                try ZugangStore.widerrufeAlle(of: id, durch: .betrieb(Welt.jetzt), in: db)
            }
            #expect(try await program.hole("/api/v1/gebiete?anzahl=1").status == .unauthorized)
        }
    }

    @Test(arguments: TestBackend.available)
    func `where an identity provider gives roles, a token holds for thirty days at most`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { anyone in
            let client = try await anyone.als(.koordination)
            let id = try #require(try await client.person()).id
            #expect(try await client.get(Self.pfad).text.contains("1 bis 365"))
            try await database.write { db in
                try db.execute("INSERT INTO fremdamt (person, rolle, organisation) VALUES (\(id), 'projektbuero', '')")
            }
            let form = try await client.get(Self.pfad).text
            #expect(form.contains("1 bis 30, weil Rollen dieses Kontos") && form.contains("value=\"30\""))
            let refused = try await client.post(Self.pfad, Self.felder(["tage": "31"]))
            #expect(refused.status == .unprocessableContent && refused.text.contains("Zahl von 1 bis 30 an"))
            #expect(try await client.post(Self.pfad, Self.felder(["tage": "30"])).status == .ok)
        }
    }

    @Test(arguments: TestBackend.available)
    func `the last use is noted once an hour`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let uhr = Uhr()
        try await TestSite(database, now: { uhr.jetzt }).run { anyone in
            let program = try await anyone.als(.koordination).programm()
            func benutzt(nach expected: Instant) async throws -> Bool {
                for _ in 0..<200 {
                    let last: Instant? = try await database.read { db in
                        try db.value("SELECT zuletzt_am FROM zugangstoken")
                    }
                    if last == expected { return true }
                    try await Task.sleep(for: .milliseconds(20))
                }
                return false
            }
            _ = try await program.hole("/api/v1/gebiete?anzahl=1")
            let first = uhr.jetzt
            #expect(try await benutzt(nach: first))
            uhr.vor(3_599)
            for _ in 0..<3 { _ = try await program.hole("/api/v1/gebiete?anzahl=1") }
            #expect(try await benutzt(nach: first))
            uhr.vor(1)
            _ = try await program.hole("/api/v1/gebiete?anzahl=1")
            #expect(try await benutzt(nach: uhr.jetzt))
        }
    }

    @Test(arguments: TestBackend.available)
    func `a person is told of the tokens, the Administration sees and revokes them, and they go with the account`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let uhr = Uhr()
        try await TestSite(database, now: { uhr.jetzt }).run { anyone in
            let client = try await anyone.als(.koordination)
            let program = try await client.programm()
            let told = try await client.get("/konto/auskunft.json").text
            #expect(told.contains("\"zugangstoken\"") && told.contains("Prüfprogramm") && !told.contains(program.token))
            let id = try #require(try await client.person()).id.rawValue
            let admin = try await anyone.als(.administration)
            let page = try await admin.get("/betrieb/personen/\(id)").text
            let revoke = try #require(page.firstMatch(of: #/action="([^"]+\/zugaenge\/[^"]+\/widerruf)"/#)).1
            #expect(try await client.post(String(revoke)).status == .forbidden)
            #expect(try await admin.post(String(revoke)).status == .seeOther)
            #expect(try await program.hole("/api/v1/gebiete").status == .unauthorized)
            // After thirty days the row goes with the nightly run.
            for (days, left) in [(29, 1), (2, 0)] {
                uhr.vor(days * 86_400)
                let am = uhr.jetzt
                _ = try await database.write { db in
                    try ZugangStore.frist.raeume(.init(am: am, tage: ZugangStore.frist.tage), db)
                }
                #expect(try await Self.zeilen(database) == left, "nach \(days) Tagen")
            }
            _ = try await anyone.als(.koordination).programm()
            let gone = try await anyone.als(.koordination).post("/konto/loeschung", [("passwort", "geheim")])
            #expect(gone.status == .seeOther)
            #expect(try await Self.zeilen(database) == 0)
        }
    }

    @Test func `a typing error in a token is noticed without asking anybody`() {
        let seed = UInt64.random(in: 1..<1_000_000)
        var random = Zufall(seed)
        for _ in 0..<300 {
            let token = Tokentext.neu()
            #expect(Tokentext.istWohlgeformt(token) && token.utf8.count == 53)
            var bytes = Array(token.utf8)
            let place = Int.random(in: 4..<bytes.count, using: &random)
            bytes[place] = bytes[place] == UInt8(ascii: "a") ? UInt8(ascii: "b") : UInt8(ascii: "a")
            #expect(!Tokentext.istWohlgeformt(String(decoding: bytes, as: UTF8.self)), "Saat \(seed)")
            #expect(!Tokentext.istWohlgeformt(String(token.dropLast())))
        }
        for text in ["", "lst_", "lst_" + String(repeating: "ä", count: 49), String(repeating: "x", count: 53)] {
            #expect(!Tokentext.istWohlgeformt(text))
        }
    }
}
