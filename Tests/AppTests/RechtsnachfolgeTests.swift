import Formats
import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Verzeichnis

/// What hangs on a merged Gemeinde follows to its successor, at once and once.
@Suite struct RechtsnachfolgeTests {
    private static let alt = "055580020020"

    /// The example world in which Havixbeck, with offices, contacts and a list, was merged into Dülmen.
    private func mitFusion(
        _ backend: TestBackend, _ body: @escaping @Sendable (any Database, SiteClient, SiteClient) async throws -> Void
    ) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { anyone in
            let admin = try await anyone.als(.administration)
            let pfad = "/organisationen/\(Self.alt)"
            for (name, path) in [
                ("name", "/einheiten/neu"), ("produkt", "/fachverfahren/neu"), ("name", "/it-dienstleister/neu"),
                ("quelle", "/rechtsstatus/neu"), ("funktion", "/ansprechpartner/neu"),
            ] {
                let saved = try await admin.post(
                    pfad + path,
                    [
                        (name, "Probe"), ("art", "portal"), ("status", "optionskommune"), ("zweck", "Z"),
                        ("rechtsgrundlage", "ohne"), ("gilt_bis", "1.1.2027"), ("telefon", "02507 1"),
                    ])
                #expect(saved.status == .seeOther, "\(path)")
            }
            let eintrag = try await admin.post(
                "/umsetzung/\(Self.alt)", [("titel", "Mitgenommen"), ("stand", "offen")])
            #expect(eintrag.status == .seeOther)
            let person = try await admin.als(.koordination)
            try await database.write { db in
                let id = try OrganisationStore.named(Self.alt, in: db).id
                try db.execute(
                    """
                    INSERT INTO amt (person, rolle, organisation, vertretung)
                    SELECT person.id, 'redaktion', \(id), FALSE FROM person WHERE email = 'koordination@leitstand.localhost'
                    """)
            }
            let neu = try Self.ohneHavixbeck()
            let bericht = try await GemeindeverzeichnisImport.run(
                TextSource(bytes: neu, name: "neu.txt"),
                Importauftrag(vieleEntfallen: true, urheber: .betrieb(Welt.jetzt)), in: database)
            #expect(bericht.fehler == [] && bericht.geschrieben, "\(bericht.zeilen)")
            try await body(database, admin, person)
        }
    }

    private static func ohneHavixbeck() throws -> [UInt8] {
        let path = Welt.ordner("Beispieldaten/gemeindeverzeichnis.txt")
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline)
        let kept = lines.compactMap { line -> String? in
            var characters = Array(line.drop { $0 == "\u{FEFF}" })
            characters.replaceSubrange(2..<10, with: "20260131")
            let key = String(characters[10..<15]) + String(characters[18..<22]) + String(characters[15..<18])
            return key.hasPrefix("055580020") ? nil : String(characters)
        }
        return Array(kept.joined(separator: "\n").utf8)
    }

    private func nenne(_ nachfolger: [String], _ database: any Database) async throws {
        let list =
            "ags_alt,name_alt,ags_neu,name_neu\n"
            + nachfolger.map { "05558020,Havixbeck,\($0)\n" }.joined()
        let bericht = try await GebietsaenderungenImport.run(
            TextSource(bytes: Array(list.utf8), name: "aenderungen.csv"),
            Importauftrag(urheber: .betrieb(Welt.jetzt)), in: database)
        #expect(bericht.fehler == [] && bericht.geschrieben, "\(bericht.zeilen)")
    }

    @Test(arguments: TestBackend.available)
    func `one confirmed action moves everything, a second one nothing`(on backend: TestBackend) async throws {
        try await mitFusion(backend) { database, admin, person in
            let pfad = "/organisationen/\(Self.alt)"
            let before = try await admin.get(pfad + "/nachfolge").text
            #expect(before.contains("Der Nachfolger ist nicht bekannt."))
            #expect(try await admin.post(pfad + "/nachfolge").status == .conflict)
            try await nenne(["05558016,Dülmen"], database)
            let page = try await admin.get(pfad)
            #expect(page.text.contains("besteht seit dem") && page.text.contains(">Stadt Dülmen</a>"))
            let shown = try await admin.get(pfad + "/nachfolge").text
            for posten in ["Amt", "Ansprechpartner", "Verfahren", "Umsetzungseintr", "Rolle"] {
                #expect(shown.contains(">\(posten)"), "\(posten)")
            }
            #expect(shown.contains("An Stadt Dülmen übertragen"))
            let (alt, neu, rows, own) = try await database.read { db in
                let alt = try OrganisationStore.named(Self.alt, in: db).id
                let neu = try OrganisationStore.named(Rollenspiel.duelmen, in: db).id
                let rows: Int? = try db.value("SELECT count(*) FROM umsetzungseintrag WHERE organisation = \(alt)")
                let own: Int? = try db.value("SELECT count(*) FROM umsetzungseintrag WHERE organisation = \(neu)")
                return (alt, neu, try #require(rows), try #require(own))
            }
            // Who works at one of the two alone decides nothing for both.
            #expect(try await person.post(pfad + "/nachfolge", [("nachfolger", neu.rawValue)]).status == .forbidden)
            for wrong in ["", alt.rawValue, "niemand"] {
                let refused = try await admin.post(pfad + "/nachfolge", [("nachfolger", wrong)])
                #expect(refused.status == .unprocessableContent, "\(wrong)")
            }
            let done = try await admin.post(pfad + "/nachfolge", [("nachfolger", neu.rawValue)])
            #expect(done.headers[.location] == pfad + "/nachfolge?ok=uebertragen")
            try await database.read { db in
                for table in [
                    "organisationseinheit", "ansprechpartner", "fachverfahren", "it_dienstleister", "rechtsstatus",
                    "umsetzungseintrag", "amt",
                ] {
                    let left: Int? = try db.value(
                        SQL(stringLiteral: "SELECT count(*) FROM \(table) WHERE organisation = ") + "\(alt)")
                    #expect(left == 0, "\(table)")
                }
                let now: Int? = try db.value("SELECT count(*) FROM umsetzungseintrag WHERE organisation = \(neu)")
                #expect(now == rows + own)
                let numbers: Int? = try db.value(
                    "SELECT count(DISTINCT nummer) FROM umsetzungseintrag WHERE organisation = \(neu)")
                #expect(numbers == rows + own)
                // What the old one was by law ended with it.
                let ende: String? = try db.value(
                    "SELECT gilt_bis FROM rechtsstatus WHERE organisation = \(neu) AND quelle = 'Probe'")
                #expect(ende == "2026-01-31")
            }
            let verlauf: SQL = "SELECT count(*) FROM verlauf"
            let lines: Int? = try await database.read { db in try db.value(verlauf) }
            let again = try await admin.post(pfad + "/nachfolge", [("nachfolger", neu.rawValue)])
            #expect(again.headers[.location] == pfad + "/nachfolge?ok=nichts")
            #expect(try await database.read { db in try db.value(verlauf) } == lines)
            #expect(try await admin.get(pfad + "/nachfolge").text.contains("Es gibt nichts mehr zu übertragen."))
            // The old addresses of what moved lead on.
            let office: String? = try await database.read { db in
                try db.value("SELECT id FROM organisationseinheit WHERE organisation = \(neu)")
            }
            let id = try #require(office)
            let moved = try await admin.get("\(pfad)/einheiten/\(id)")
            #expect(moved.headers[.location] == "/organisationen/\(Rollenspiel.duelmen)/einheiten/\(id)")
        }
    }

    @Test(arguments: TestBackend.available)
    func `a divided Gemeinde asks which successor takes over`(on backend: TestBackend) async throws {
        try await mitFusion(backend) { database, admin, _ in
            try await nenne(["05558016,Dülmen", "05558012,Coesfeld"], database)
            let pfad = "/organisationen/\(Self.alt)/nachfolge"
            let page = try await admin.get(pfad).text
            #expect(page.contains(">Stadt Dülmen</option>") && page.contains(">Stadt Coesfeld</option>"))
            let refused = try await admin.post(pfad, [("nachfolger", "")])
            #expect(refused.status == .unprocessableContent && refused.text.contains("href=\"#nachfolger\""))
        }
    }

    @Test func `an authority that exists has nothing to hand over`() async throws {
        try await TestSite(try await Welt.beispiel(.sqliteMemory)).run { anyone in
            let client = try await anyone.als(.koordination)
            let pfad = "/organisationen/\(Rollenspiel.duelmen)/nachfolge"
            #expect(try await client.get(pfad).text.contains("besteht weiter"))
            #expect(try await client.post(pfad, [("nachfolger", "x")]).status == .conflict)
        }
    }
}
