import App
import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Web

@testable import Konten

extension Database {
    /// Tables whose columns hold a text, with how many rows hold it.
    fileprivate func fundorte(_ text: String) async throws -> [String: Int] {
        try await read { db in
            let columns = try db.rows(
                SQL(
                    sqlite: """
                        SELECT s.name AS tabelle, p.name AS spalte FROM sqlite_master s JOIN pragma_table_info(s.name) p
                        WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite_%'
                        """,
                    postgres: """
                        SELECT CAST(table_name AS text) AS tabelle, CAST(column_name AS text) AS spalte
                        FROM information_schema.columns
                        WHERE table_schema = 'public' AND table_name IN
                            (SELECT tablename FROM pg_tables WHERE schemaname = 'public')
                        """))
            var found: [String: Int] = [:]
            for row in columns {
                let (tabelle, spalte): (String, String) = (try row["tabelle"], try row["spalte"])
                let name = SQL(stringLiteral: tabelle)
                let column = SQL(stringLiteral: "\"\(spalte)\"")
                let count: Int? = try db.value(
                    "SELECT count(*) FROM \(name) WHERE lower(CAST(\(column) AS TEXT)) LIKE \("%\(text.lowercased())%")"
                )
                if let count, count > 0 { found["\(tabelle).\(spalte)"] = count }
            }
            return found
        }
    }

    fileprivate func zahl(_ sql: SQL) async throws -> Int { try await read { db in try db.value(sql) ?? 0 } }
}

@Suite struct DatenschutzTests {
    private static let email = "petra.muster@leitstand.localhost"
    private static let name = "Probe Beispiel-Seltsam"
    private static let tag = 86_400

    /// An account that has left something in every table it can.
    private static func konto(_ client: SiteClient, _ database: any Database) async throws -> (SiteClient, Person.ID) {
        let besetzung = try await Besetzung.stelleAuf(in: database)
        let own = try await client.als(email: email) { _ in
            [.init(.ozgAnsprechperson, an: besetzung.duelmen), .init(.leserecht, an: besetzung.hamm, vertretung: true)]
        }
        let id = try #require(try await own.person()?.id)
        let upload = try await own.post(
            "/umsetzung/\(Rollenspiel.duelmen)/ladungen", datei: "datei", name: "liste.csv",
            inhalt: Array("Titel\nA\n".utf8))
        #expect(upload.status == .seeOther)
        let entry = try await own.post(
            "/umsetzung/\(Rollenspiel.duelmen)", [("titel", "Angelegt von ihr"), ("stand", "offen")])
        #expect(entry.status == .seeOther)
        try await database.write { db in
            try db.execute("UPDATE person SET name = \(name), totp = 'JBSWY3DPEHPK3PXP' WHERE id = \(id)")
            try db.execute("INSERT INTO wiederherstellungscode (person, code_hash) VALUES (\(id), 'codegeheim')")
            try db.execute(
                """
                INSERT INTO einmallink (token_hash, person, zweck, wert, angelegt_am, bis)
                VALUES ('linkgeheim', \(id), 'email', \("neu-" + email), \(Welt.jetzt), \(Welt.jetzt.plus(sekunden: 86_400)))
                """)
            try db.execute(
                "INSERT INTO fremdkonto (aussteller, subjekt, person) VALUES ('https://idp.invalid', 'sub-7', \(id))")
        }
        return (own, id)
    }

    @Test(arguments: TestBackend.available)
    func `a person reads and saves everything that is stored, and no secret and nobody else`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { client in
            _ = try await client.als(.koordination)
            let (own, id) = try await Self.konto(client, database)
            let page = try await own.get("/konto/auskunft")
            #expect(page.status == .ok)
            #expect(page.headers[.cacheControl] == "no-store")
            for part in [
                Self.email, Self.name, "OZG-Ansprechperson", "liste.csv", "eintrag_angelegt", "https://idp.invalid",
            ] {
                #expect(page.text.contains(part), "\(part)")
            }
            let file = try await own.get("/konto/auskunft.json")
            #expect(file.headers[.contentDisposition] == "attachment; filename=\"auskunft-2026-11-22.json\"")
            let json = try #require(try JSONSerialization.jsonObject(with: Data(file.bytes)) as? [String: Any])
            #expect((json["rollen"] as? [[String: Any]])?.count == 2)
            #expect((json["sitzungen"] as? [Any])?.count == 1)
            #expect((json["konto"] as? [[String: Any]])?.first?["email"] as? String == Self.email)
            #expect((json["konto"] as? [[String: Any]])?.first?["zweiterFaktor"] as? Bool == true)
            #expect((json["ladungen"] as? [Any])?.count == 1)
            let lines = try #require(json["verlauf"] as? [[String: Any]])
            #expect(lines.contains { $0["art"] as? String == "eintrag_angelegt" && $0["selbst"] as? Bool == true })
            #expect(lines.contains { $0["art"] as? String == "rolle_gegeben" && $0["selbst"] as? Bool == false })
            #expect((json["verarbeitungen"] as? [Any])?.isEmpty == false)
            let secrets =
                try await database.read { db in
                    try db.rows(
                        """
                        SELECT kennwort AS geheim FROM person UNION ALL SELECT token_hash FROM sitzung
                        UNION ALL SELECT csrf FROM sitzung
                        """
                    ).map { try $0["geheim"] as String }
                } + ["JBSWY3DPEHPK3PXP", "codegeheim", "linkgeheim", "koordination@leitstand.localhost"]
            // The page carries the secret of its own session in the form that signs out.
            for secret in secrets where secret != own.csrf {
                #expect(!file.text.contains(secret) && !page.text.contains(secret))
            }
            #expect(!file.text.contains(own.csrf ?? "?"))
            #expect(file.text.contains(id.rawValue))
        }
    }

    @Test(arguments: TestBackend.available)
    func `who deletes the own account leaves no name, no address and no secret, only an id in the Verlauf`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { client in
            let (own, id) = try await Self.konto(client, database)
            #expect(try await own.get("/konto/loeschung").status == .ok)
            for passwort in ["", "falsch", String(repeating: "x", count: 2_000)] {
                let refused = try await own.post("/konto/loeschung", [("passwort", passwort)])
                #expect(refused.status == .unprocessableContent)
                #expect(refused.text.contains("href=\"#passwort\""))
            }
            #expect(try await own.get("/konto/auskunft").status == .ok)
            let gone = try await own.post("/konto/loeschung", [("passwort", "geheim")])
            #expect(gone.status == .seeOther)
            #expect(gone.headers[values: .setCookie].contains { $0.contains("Max-Age=0") })
            for text in [Self.email, Self.name, "JBSWY3DPEHPK3PXP", "codegeheim", "linkgeheim", "sub-7", "liste.csv"] {
                #expect(try await database.fundorte(text) == [:], "\(text)")
            }
            let left = Set(try await database.fundorte(id.rawValue).keys)
            #expect(left.isSubset(of: ["verlauf.person", "verlauf.von", "verlauf.nach"]), "\(left)")
            #expect(left.contains("verlauf.person"))
            #expect(try await own.get("/konto/auskunft").status == .seeOther)
            // What was entered belongs to the authority, and each role ended with a line of its own.
            #expect(
                try await database.zahl("SELECT count(*) FROM umsetzungseintrag WHERE titel = 'Angelegt von ihr'") == 1)
            #expect(
                try await database.zahl("SELECT count(*) FROM verlauf WHERE art = 'rolle_genommen' AND nach = \(id)")
                    == 2)
            #expect(
                try await database.zahl("SELECT count(*) FROM verlauf WHERE art = 'konto_geloescht' AND nach = \(id)")
                    == 1)
            let again = try await client.als(email: Self.email) { _ in [] }
            #expect(try await again.person()?.aemter == [])
            #expect(try await !again.get("/konto/auskunft.json").text.contains("Angelegt von ihr"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `the Administration gives the file and deletes, and each look into an account leaves a line`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { client in
            let (own, id) = try await Self.konto(client, database)
            let admin = try await client.als(.administration)
            let path = "/betrieb/personen/\(id.rawValue)"
            #expect(try await admin.get("/betrieb/datenschutz").status == .ok)
            let unknown = try await admin.post("/betrieb/datenschutz", [("email", "niemand@x.invalid")])
            #expect(unknown.status == .unprocessableContent)
            #expect(unknown.text.contains("value=\"niemand@x.invalid\""))
            let found = try await admin.post("/betrieb/datenschutz", [("email", " \(Self.email.uppercased()) ")])
            #expect(found.headers[.location] == path + "/auskunft")
            #expect(try await admin.get(path + "/auskunft").text.contains(Self.email))
            #expect(try await admin.get(path + "/auskunft.json").status == .ok)
            #expect(
                try await database.zahl("SELECT count(*) FROM verlauf WHERE art = 'auskunft_erteilt' AND nach = \(id)")
                    == 2)
            #expect(
                try await admin.post(path + "/loeschung", [("email", "andere@x.invalid")]).status
                    == .unprocessableContent)
            #expect(try await own.get("/konto/auskunft").status == .ok)
            #expect(
                try await admin.post(path + "/loeschung", [("email", Self.email)]).headers[.location]
                    == "/betrieb/datenschutz?ok=geloescht")
            #expect(try await database.fundorte(Self.email) == [:])
            #expect(try await admin.get(path).status == .notFound)
            #expect(try await admin.post(path + "/loeschung", [("email", Self.email)]).status == .notFound)
        }
    }

    @Test(arguments: TestBackend.available)
    func `the last Administration cannot go, also when two go at once`(on backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        try await TestSite(database).run { client in
            let only = try await client.als(.administration)
            #expect(try await only.get("/konto/loeschung").text.contains("das letzte der Administration"))
            #expect(try await only.post("/konto/loeschung", [("passwort", "geheim")]).status == .conflict)
            let others = try await [1, 2].asyncMap { number in
                try await client.als(email: "zweite\(number)@leitstand.localhost") { _ in [.init(.administration)] }
            }
            // A disabled one lets nobody in.
            try await database.write { db in
                try db.execute(
                    "UPDATE person SET gesperrt_am = \(Welt.jetzt) WHERE email = 'zweite2@leitstand.localhost'")
            }
            let both = [only, others[0]]
            let answers = try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
                for one in both {
                    group.addTask { try await one.post("/konto/loeschung", [("passwort", "geheim")]).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0 == .seeOther }.count == 1, "\(answers)")
            #expect(answers.filter { $0 == .conflict }.count == 1, "\(answers)")
        }
    }

    @Test(arguments: TestBackend.available)
    func `every table with data about persons stands in the register`(on backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        let named = Set(Datenschutz.ueblich.verarbeitungen.flatMap(\.tabellen))
        let tables = try await database.read { db in
            try db.rows(
                SQL(
                    sqlite: """
                        SELECT DISTINCT s.name AS tabelle FROM sqlite_master s JOIN pragma_table_info(s.name) p
                        WHERE s.type = 'table' AND p.name IN ('person', 'email', 'telefon', 'vergeben_von', 'angelegt_von')
                        """,
                    postgres: """
                        SELECT DISTINCT CAST(table_name AS text) AS tabelle FROM information_schema.columns
                        WHERE table_schema = 'public' AND table_name IN (SELECT tablename FROM pg_tables)
                              AND column_name IN ('person', 'email', 'telefon', 'vergeben_von', 'angelegt_von')
                        """)
            ).map { try $0["tabelle"] as String }
        }
        #expect(Set(tables).subtracting(named) == [])
        #expect(tables.contains("person") && tables.contains("umsetzung_ladung"))
    }

    @Test func `the register says the same as page, Markdown and CSV, for the Administration alone`() async throws {
        let database = try await Welt.leer(.sqliteMemory)
        let datenschutz = Datenschutz(quellen: Datenschutz.quellen, angaben: ["verlauf": 730])
        try await TestSite(database, datenschutz: datenschutz).run { client in
            let admin = try await client.als(.administration)
            let texts = try await ["", ".md", ".csv"].asyncMap {
                try await admin.get("/betrieb/verarbeitung\($0)").text
            }
            for entry in datenschutz.verarbeitungen {
                for text in texts { #expect(text.contains(entry.name) && text.contains(entry.zweck), "\(entry.name)") }
                #expect(!entry.grundlage.isEmpty && !entry.daten.isEmpty && !entry.empfaenger.isEmpty)
                #expect(!entry.fristen.isEmpty || entry.dauer != nil, "\(entry.name): wie lange?")
            }
            for text in texts { #expect(text.contains("Zeilen des Verlaufs: 2 Jahre seit der Änderung")) }
            #expect(try await admin.get("/betrieb/datenschutz").text.contains("2 Jahre seit der Änderung"))
            #expect(try await admin.get("/betrieb/verarbeitung.xlsx").status == .ok)
        }
        #expect(Set(datenschutz.fristen.map(\.art)).count == datenschutz.fristen.count)
    }

    @Test(arguments: [
        "verlauf", "verlauf=", "verlauf=-1", "verlauf=x", "gibtesnicht=3", "=", "verlauf=3=4", "verlauf=99999",
    ])
    func `a period that cannot be read stops the start with a sentence`(_ text: String) throws {
        #expect(throws: Refusal.self) {
            try Datenschutz.eingestellt(Einstellungen(umgebung: ["LEITSTAND_FRISTEN": text]))
        }
        let read = try Datenschutz.eingestellt(Einstellungen(umgebung: ["LEITSTAND_FRISTEN": " verlauf = 12 , link=1"]))
        let days = Dictionary(uniqueKeysWithValues: read.fristen.map { ($0.art, read.tage($0)) })
        #expect(days["verlauf"] == 12 && days["link"] == 1 && days["konto"] == 730)
    }
}

extension Sequence {
    func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var found: [T] = []
        for element in self { found.append(try await transform(element)) }
        return found
    }
}
