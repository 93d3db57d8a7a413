import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

@testable import Umsetzung

@Suite struct UmsetzungSeitenTests {
    private static let liste = "/umsetzung/\(Rollenspiel.duelmen)"

    private static let formular = Formularprobe([
        ("titel", "Baumfällung \"Eiche\" & <Linde>"), ("leistungen", "99093003001002\n99089017015000"),
        ("ozg", "10136"),
        ("stand", "in_umsetzung"), ("begruendung", "Grund <1>"), ("variante", "efa"),
        ("dienst", "beispiel-wohngeld-beantragen"),
        ("url", "https://beispiel.invalid/baum?a=1&b=2"), ("reifegrad", "OZG 1.1: 2"), ("amt", "Grünamt"),
        ("prioritaet", "hoch"),
        ("frist", "31.12.2027"), ("rolle", "Mitwirkung"), ("schlagworte", "Baum, Satzung"),
        ("notiz", "Zeile 1\nZeile 2 'x'"),
    ])

    @Test(arguments: TestBackend.available)
    func `the form creates a row with every field and shows it`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { (client) async throws in
            let client = try await client.als(.koordination)
            #expect(try await client.get(Self.liste + "/neu").status == .ok)
            let saved = try await client.post(Self.liste, Self.formular.mit())
            #expect(saved.status == .seeOther)
            let inhalt = try #require(try await database.liste().last).inhalt
            #expect(inhalt.titel == "Baumfällung \"Eiche\" & <Linde>")
            #expect(inhalt.leistungen.map(\.rawValue) == ["99089017015000", "99093003001002"])
            #expect(inhalt.ozgID == "10136")
            #expect(inhalt.stand == .inUmsetzung)
            #expect(inhalt.begruendung == "Grund <1>")
            #expect(inhalt.variante == .efa)
            #expect(inhalt.dienst != nil)
            #expect(inhalt.url == "https://beispiel.invalid/baum?a=1&b=2")
            #expect(inhalt.reifegrad == "OZG 1.1: 2")
            #expect(inhalt.amt == "Grünamt")
            #expect(inhalt.prioritaet == "hoch")
            #expect(inhalt.frist?.iso == "2027-12-31")
            #expect(inhalt.rolle == "Mitwirkung")
            #expect(inhalt.schlagworte == "Baum, Satzung")
            #expect(inhalt.notiz == "Zeile 1\nZeile 2 'x'")
            let page = try await client.get(saved.headers[.location] ?? "")
            #expect(page.status == .ok)
            #expect(page.text.contains("Der Eintrag ist angelegt."))
            #expect(page.text.contains("Grünamt"))
            #expect(!page.text.contains("<Linde>"))
        }
    }

    @Test func `a refused form comes back with everything that was typed`() async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        let before = try await database.abbild()
        try await TestSite(database).run { (client) async throws in
            let client = try await client.als(.koordination)
            let sent = Self.formular.mit([
                "frist": "bald", "dienst": "Nie gehört", "url": "javascript:alert(1)", "leistungen": "123 abc",
                "ozg": "77777",
            ])
            let answer = try await client.post(Self.liste, sent)
            #expect(answer.status == .unprocessableContent)
            for (name, wert) in sent where !["stand", "variante", "reifegrad"].contains(name) {
                #expect(Formularprobe.maskiert(wert).contains { answer.text.contains($0) }, "\(name)")
            }
            for name in ["frist", "dienst", "url", "leistungen", "ozg"] {
                #expect(answer.text.contains("href=\"#\(name)\""), "\(name)")
            }
            for wert in ["in_umsetzung", "efa", "OZG 1.1: 2"] {
                #expect(answer.text.contains("value=\"\(wert)\" selected"), "\(wert)")
            }
        }
        // The Verlauf counts the account of the cast.
        let after = try await database.abbild()
        #expect(after.filter { !$0.hasPrefix("verlauf") } == before.filter { !$0.hasPrefix("verlauf") })
    }

    @Test(arguments: [
        (["stand": "online", "url": "", "reifegrad": ""], ["url", "reifegrad"]),
        (["stand": "wartet", "begruendung": " "], ["begruendung"]),
        (["stand": "zurueckgestellt", "begruendung": ""], ["begruendung"]),
        (["stand": "nicht_zustaendig", "begruendung": ""], ["begruendung"]),
        (["titel": "  "], ["titel"]), (["stand": "fertig"], ["stand"]), (["variante": "x"], ["variante"]),
        (["reifegrad": "9"], ["reifegrad"]),
        (["leistungen": "o-0123456789ab"], ["leistungen"]),
        (["notiz": String(repeating: "x", count: 10_001)], ["notiz"]),
        (["url": "https://"], ["url"]), (["frist": "30.02.2027"], ["frist"]),
    ])
    func `the form says at each field what is wrong`(_ other: [String: String], _ fields: [String]) async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        try await TestSite(database).run { (client) async throws in
            let answer = try await client.als(.koordination).post(Self.liste, Self.formular.mit(other))
            #expect(answer.status == .unprocessableContent)
            for field in fields { #expect(answer.text.contains("href=\"#\(field)\""), "\(field)") }
        }
    }

    @Test(arguments: TestBackend.available)
    func `a change enters one line of the Verlauf for each changed field`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let row = try #require(try await database.eintrag("Fundsachen"))
        try await TestSite(database).run { (client) async throws in
            let client = try await client.als(.koordination)
            #expect(try await client.get("\(Self.liste)/\(row.id.rawValue)/bearbeiten").status == .ok)
            let saved = try await client.post(
                "\(Self.liste)/\(row.id.rawValue)",
                [
                    ("titel", "Fundsachen"), ("leistungen", "99089017015000"), ("stand", "wartet"),
                    ("begruendung", "auf das Land"),
                    ("amt", "Ordnungsamt"), ("prioritaet", "niedrig"), ("frist", "2028-03-31"),
                    ("rolle", "Federführung"),
                    ("notiz", "Beispiel"), ("schlagworte", "Ordnung"), ("version", "\(row.version)"),
                ])
            #expect(saved.status == .seeOther)
            let fields = try await database.read { db in
                try db.rows(
                    "SELECT feld FROM verlauf WHERE eintrag = \(row.id) AND art = 'eintrag_geaendert' ORDER BY feld"
                )
                .map { line in try line["feld"] as String }
            }
            #expect(fields == ["begruendung", "stand"])
            let page = try await client.get("\(Self.liste)/\(row.id.rawValue)")
            #expect(page.text.contains("das Feld Stand von „offen“ auf „wartet“ geändert"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `a stale version answers 409 and keeps what was typed`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let row = try #require(try await database.eintrag("Fundsachen"))
        try await TestSite(database).run { (client) async throws in
            let client = try await client.als(.koordination)
            let path = "\(Self.liste)/\(row.id.rawValue)"
            #expect(try await client.post(path, Self.formular.mit(version: row.version)).status == .seeOther)
            let late = try await client.post(
                path, Self.formular.mit(["titel": "Mein später Titel", "notiz": "Meine Notiz"], version: row.version))
            #expect(late.status == .conflict)
            #expect(late.text.contains("Mein später Titel"))
            #expect(late.text.contains("Meine Notiz"))
            #expect(try await database.eintrag("Mein später Titel") == nil)
        }
    }

    @Test(arguments: TestBackend.available)
    func `an open row lists who solved its Leistungen, its OZG-Leistung and its object`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.beispiel(backend)
        try await database.write { db in
            let slug = "beispiel-sperrmuell-zur-abholung-anmelden"
            let id: String = try db.value("SELECT id FROM onlinedienst WHERE slug = \(slug)") ?? ""
            // A heading served as such, and a Leistung of OZG-Leistung 10136.
            try db.execute(
                "INSERT INTO onlinedienst_leistung (onlinedienst, leistung) VALUES (\(id), '99108018137000')")
            let wohnsitz: String =
                try db.value("SELECT id FROM onlinedienst WHERE slug = 'beispiel-elterngeld-beantragen'") ?? ""
            try db.execute(
                "INSERT INTO onlinedienst_leistung (onlinedienst, leistung) VALUES (\(wohnsitz), '99115005000000')")
        }
        try await database.lade(
            """
            Titel;Leistungsschlüssel;OZG-ID
            A Verrichtung;99102013002000;
            B OZG;;10136
            C Objekt;99115005000000;
            D Verrichtung eines bedienten Objekts;99115005070001;
            E niemand;99093003001002;
            """)
        try await TestSite(database).run { (client) async throws in
            for (titel, dienst) in [
                ("A Verrichtung", "Beispiel: Hund anmelden und abmelden"),
                ("B OZG", "Beispiel: Sperrmüll zur Abholung anmelden"),
                ("C Objekt", "Beispiel: Wohnsitz elektronisch ummelden"),
                ("D Verrichtung eines bedienten Objekts", "Beispiel: Elterngeld beantragen"),
            ] {
                let row = try #require(try await database.eintrag(titel))
                let page = try await client.get("\(Self.liste)/\(row.id.rawValue)")
                #expect(page.text.contains(dienst), "\(titel)")
                #expect(!page.text.contains("/uebernahme"), "a visitor takes nothing over")
            }
            let list = try await client.get(Self.liste + "?q=A+Verrichtung")
            #expect(list.text.contains("Beispiel: Hund anmelden und abmelden"))
            let none = try #require(try await database.eintrag("E niemand"))
            #expect(
                try await client.get("\(Self.liste)/\(none.id.rawValue)").text.contains(
                    "noch kein Onlinedienst erfasst"))
            let with = try await client.get(Self.liste + "?loesung=ja")
            #expect(with.text.contains("B OZG"))
            #expect(!with.text.contains("E niemand"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `taking over sets Variante, Onlinedienst and geplant in one step with its Verlauf`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.beispiel(backend)
        try await database.lade("Titel;Leistungsschlüssel\nHundeanzeige;99110009104000\n")
        let row = try #require(try await database.eintrag("Hundeanzeige"))
        let dienst = try await database.read { db in
            try db.value("SELECT id FROM onlinedienst WHERE slug = 'beispiel-hund-anmelden-und-abmelden'") ?? ""
        }
        try await TestSite(database).run { (client) async throws in
            let client = try await client.als(.koordination)
            let path = "\(Self.liste)/\(row.id.rawValue)/uebernahme"
            let page = try await client.get("\(Self.liste)/\(row.id.rawValue)")
            #expect(page.text.contains("action=\"\(path)\""))
            let answer = try await client.post(path, [("dienst", dienst)])
            #expect(answer.status == .seeOther)
            let new = try #require(try await database.eintrag("Hundeanzeige"))
            #expect(new.inhalt.stand == .geplant)
            #expect(new.inhalt.variante == .uebernahme)
            #expect(new.inhalt.dienst == dienst)
            #expect(new.version == row.version + 1)
            let fields = try await database.read { db in
                try db.rows("SELECT feld FROM verlauf WHERE eintrag = \(row.id) AND art = 'uebernahme' ORDER BY feld")
                    .map { line in try line["feld"] as String }
            }
            #expect(fields == ["onlinedienst", "stand", "variante"])
            // Pressed twice it is done once.
            #expect(try await client.post(path, [("dienst", dienst)]).status == .seeOther)
            #expect(try await database.eintrag("Hundeanzeige") == new)
            #expect(try await client.get(answer.headers[.location] ?? "").text.contains("Übernommen: Beispiel: Hund"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `taking over is refused without the right, without the secret, for a closed row and an unknown service`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        try await database.lade(
            "Titel;Stand;Onlinedienst\nZu;online;beispiel-hund-anmelden-und-abmelden\nRuht;nicht zuständig;beispiel-hund-anmelden-und-abmelden\nOffen;offen;\n"
        )
        let dienst = try await database.read { db in
            try db.value("SELECT id FROM onlinedienst WHERE slug = 'beispiel-hund-anmelden-und-abmelden'") ?? ""
        }
        let open = try #require(try await database.eintrag("Offen"))
        let before = try await database.abbild()
        try await TestSite(database).run { (client) async throws in
            let path = "\(Self.liste)/\(open.id.rawValue)/uebernahme"
            #expect(try await client.post(path, [("dienst", dienst)]).status == .unauthorized)
            for rolle in [Rollenspiel.nachbarschaft, .leserecht] {
                #expect(try await client.als(rolle).post(path, [("dienst", dienst)]).status == .forbidden)
            }
            let own = try await client.als(.koordination)
            #expect(try await own.post(path, [("dienst", dienst)], mitCSRF: false).status == .forbidden)
            #expect(try await own.post(path, [("dienst", "gibtesnicht")]).status == .unprocessableContent)
            #expect(try await own.post(path).status == .unprocessableContent)
            #expect(
                try await own.post("\(Self.liste)/gibtesnicht/uebernahme", [("dienst", dienst)]).status == .notFound)
            for titel in ["Zu", "Ruht"] {
                let row = try #require(try await database.eintrag(titel))
                #expect(
                    try await own.post("\(Self.liste)/\(row.id.rawValue)/uebernahme", [("dienst", dienst)]).status
                        == .conflict, "\(titel)")
            }
            // The row of one list under the address of another.
            #expect(
                try await client.als(.nachbarschaft).post(
                    "/umsetzung/\(Rollenspiel.hamm)/\(open.id.rawValue)/uebernahme", [("dienst", dienst)]
                )
                .status == .notFound)
        }
        // Sessions and accounts of the cast are no part of the picture but the Verlauf counts them.
        let after = try await database.abbild()
        #expect(after.filter { !$0.hasPrefix("verlauf") } == before.filter { !$0.hasPrefix("verlauf") })
    }
}
