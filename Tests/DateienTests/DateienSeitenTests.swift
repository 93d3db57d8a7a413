import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Web

@testable import Dateien

/// Attaching, getting and removing files as people do it.
@Suite struct DateienSeitenTests {
    private static func ort(_ antwort: SiteClient.Antwort) -> String { antwort.headers[.location] ?? "" }

    @Test(arguments: TestBackend.available)
    func `a file is attached, shown, got as an attachment and removed, and the Verlauf tells it`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let ordner = try Testordner()
        let pfad = ordner.pfad
        let site = try TestSite(database, dateien: Dateieingang(database: database, ordner: pfad))
        let orte = try await Anhangorte.in_(database)
        try await site.run { (anyone) async throws in
            let client = try await anyone.als(.koordination)
            let form = try await client.get(orte.eintrag + "/dateien")
            #expect(form.status == .ok && form.text.contains("Höchstens 50 MB"))
            #expect(form.text.contains("je Organisation zusammen 5,4 GB"))
            let made = try await client.haengeAn(
                orte.eintrag + "/dateien", "C:\\fakepath\\Plan \u{202E}Übersicht.pdf", Proben.pdf,
                beschreibung: "Der <neue> Plan")
            #expect(made.status == .seeOther && Self.ort(made) == orte.eintrag + "/dateien?ok=angehaengt")
            let list = try await client.get(Self.ort(made))
            #expect(list.text.contains("Die Datei ist angehängt.") && list.text.contains("Plan Übersicht.pdf"))
            #expect(list.text.contains("Der &lt;neue&gt; Plan") && !list.text.contains("<neue>"))
            let page = try await client.get(orte.eintrag)
            #expect(page.text.contains("Plan Übersicht.pdf") && page.text.contains("angehängt."))
            let id = try #require(try await database.texte("SELECT id AS a FROM datei").first)

            let got = try await client.get("/dateien/\(id)")
            #expect(got.status == .ok && got.bytes == Proben.pdf)
            #expect(got.headers[.contentType] == "application/pdf")
            #expect(
                got.headers[.contentDisposition]
                    == "attachment; filename=\"Plan Ubersicht.pdf\"; filename*=UTF-8''Plan%20%C3%9Cbersicht.pdf")
            #expect(got.headers[.xContentTypeOptions] == "nosniff")
            #expect(got.headers[.contentSecurityPolicy] == "default-src 'none'; sandbox")
            #expect(got.headers[.cacheControl] == "no-store")
            let etag = try #require(got.headers[.eTag])
            let same = try await client.get("/dateien/\(id)", headers: [.ifNoneMatch: etag])
            #expect(same.status == .notModified && same.bytes.isEmpty)

            #expect(dateienIn(pfad).count == 1)
            let gone = try await client.post("/dateien/\(id)/loeschung")
            #expect(Self.ort(gone) == orte.eintrag + "/dateien?ok=entfernt")
            #expect(dateienIn(pfad).isEmpty)
            #expect(try await client.get("/dateien/\(id)").status == .notFound)
            #expect(try await client.post("/dateien/\(id)/loeschung").status == .notFound)
            #expect(try await client.get(orte.eintrag).text.contains("die Datei „Plan Übersicht.pdf“ entfernt"))
        }
        #expect(
            try await database.texte(
                "SELECT art AS a FROM verlauf WHERE eintrag = \(orte.eintragID) AND feld = 'datei' ORDER BY id")
                == ["datei_angehaengt", "datei_entfernt"])
        #expect(try await database.zahl("SELECT count(*) FROM datei_inhalt") == 0)
    }

    @Test(arguments: TestBackend.available)
    func `the rights of the record are those of its files`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let orte = try await Anhangorte.in_(database)
        try await TestSite(database).run { (anyone) async throws in
            let client = try await anyone.als(.koordination)
            for ort in [orte.eintrag, orte.dienst] {
                #expect(try await client.haengeAn(ort + "/dateien", "a.txt", Array(ort.utf8)).status == .seeOther)
            }
            let intern = try #require(
                try await database.texte("SELECT id AS a FROM datei WHERE bezug_art = 'eintrag'").first)
            let offen = try #require(
                try await database.texte("SELECT id AS a FROM datei WHERE bezug_art = 'dienst'").first)
            let rollen: [(Rollenspiel, sehen: Bool, aendern: Bool)] = [
                (.besuch, false, false), (.nachbarschaft, false, false), (.leserecht, true, false),
                (.administration, true, true),
            ]
            for (rolle, sehen, aendern) in rollen {
                let other = try await anyone.als(rolle)
                let secret = try await other.get("/dateien/\(intern)")
                #expect((secret.status == .ok) == sehen, "\(rolle)")
                #expect([.ok, .forbidden, .seeOther].contains(secret.status))
                #expect(try await other.get("/dateien/\(offen)").status == .ok, "\(rolle)")
                #expect(try await other.get(orte.eintrag).text.contains("/dateien/\(intern)") == sehen, "\(rolle)")
                #expect(try await other.get(orte.dienst).text.contains("/dateien/\(offen)"), "\(rolle)")
                for ort in [orte.eintrag, orte.dienst] {
                    #expect((try await other.get(ort + "/dateien").status == .ok) == aendern, "\(rolle)")
                    if !aendern {
                        let refused = try await other.haengeAn(ort + "/dateien", "b.txt", Array("b".utf8))
                        #expect([.forbidden, .unauthorized].contains(refused.status), "\(rolle)")
                    }
                }
                guard !aendern else { continue }
                for id in [intern, offen] {
                    let refused = try await other.post("/dateien/\(id)/loeschung")
                    #expect([.forbidden, .unauthorized].contains(refused.status), "\(rolle)")
                }
            }
        }
        #expect(try await database.zahl("SELECT count(*) FROM datei") == 2)
    }

    @Test func `without the secret of the session no byte of a file is taken`() async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        let ordner = try Testordner()
        let pfad = ordner.pfad
        let orte = try await Anhangorte.in_(database)
        try await TestSite(database, dateien: Dateieingang(database: database, ordner: pfad)).run {
            (anyone) async throws in
            let client = try await anyone.als(.koordination)
            for csrf in [nil, "", "fremd"] as [String?] {
                let answer = try await client.haengeAn(orte.eintrag + "/dateien", "a.txt", [97], csrf: .some(csrf))
                #expect(answer.status == .forbidden)
            }
            let foreign = try await client.send(
                .post, orte.eintrag + "/dateien",
                headers: [.contentType: "text/plain"], body: [97])
            #expect(foreign.status == .unsupportedMediaType)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: pfad).isEmpty)
        #expect(try await database.zahl("SELECT count(*) FROM datei") == 0)
    }

    @Test(arguments: TestBackend.available)
    func `the same content is stored once and goes with its last attachment`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let ordner = try Testordner()
        let pfad = ordner.pfad
        let orte = try await Anhangorte.in_(database)
        try await TestSite(database, dateien: Dateieingang(database: database, ordner: pfad)).run {
            (anyone) async throws in
            let client = try await anyone.als(.koordination)
            #expect(try await client.haengeAn(orte.eintrag + "/dateien", "a.pdf", Proben.pdf).status == .seeOther)
            #expect(try await client.haengeAn(orte.dienst + "/dateien", "b.pdf", Proben.pdf).status == .seeOther)
            #expect(dateienIn(pfad).count == 1)
            let twice = try await client.haengeAn(
                orte.eintrag + "/dateien", "c.pdf", Proben.pdf, beschreibung: "Doppelt")
            #expect(twice.status == .unprocessableContent)
            #expect(twice.text.contains("hängt hier schon an: „a.pdf“") && twice.text.contains("value=\"Doppelt\""))
            let ids = try await database.texte("SELECT id AS a FROM datei ORDER BY am, id")
            #expect(ids.count == 2)
            #expect(try await client.post("/dateien/\(ids[0])/loeschung").status == .seeOther)
            #expect(dateienIn(pfad).count == 1)
            #expect(try await client.get("/dateien/\(ids[1])").bytes == Proben.pdf)
            #expect(try await client.post("/dateien/\(ids[1])/loeschung").status == .seeOther)
            #expect(dateienIn(pfad).isEmpty)
        }
    }

    @Test(arguments: TestBackend.available)
    func `however uploads and removals of one content meet, each row has its content`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let ordner = try Testordner()
        let pfad = ordner.pfad
        let eingang = Dateieingang(database: database, ordner: pfad)
        let orte = try await Anhangorte.in_(database)
        try await TestSite(database, dateien: eingang).run { (anyone) async throws in
            let client = try await anyone.als(.koordination)
            let paths = [orte.eintrag, orte.dienst]
            for _ in 0..<12 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for path in paths {
                        group.addTask {
                            let answer = try await client.haengeAn(path + "/dateien", "a.pdf", Proben.pdf)
                            #expect([.seeOther, .unprocessableContent].contains(answer.status))
                        }
                    }
                    for id in try await database.texte("SELECT id AS a FROM datei") {
                        group.addTask { _ = try await client.post("/dateien/\(id)/loeschung") }
                    }
                    try await group.waitForAll()
                }
                let named = try await database.texte("SELECT ort AS a FROM datei_inhalt")
                #expect(dateienIn(pfad) == named)
                for id in try await database.texte("SELECT id AS a FROM datei") {
                    #expect(try await client.get("/dateien/\(id)").bytes == Proben.pdf)
                }
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `limits of size, number and space are said on the same page`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let ordner = try Testordner()
        let pfad = ordner.pfad
        let grenzen = Dateigrenzen(jeDatei: 1_000, jeDatensatz: 2, jeOrganisation: 1_500)
        let orte = try await Anhangorte.in_(database)
        let eingang = Dateieingang(database: database, ordner: pfad, grenzen: grenzen)
        try await TestSite(database, dateien: eingang).run { (anyone) async throws in
            let client = try await anyone.als(.koordination)
            let ort = orte.eintrag + "/dateien"
            func text(_ count: Int, _ letter: UInt8 = 97) -> [UInt8] { [UInt8](repeating: letter, count: count) }
            for length in ["9223372036854775807", "99999999999"] {
                let endless = try await client.send(
                    .post, ort, headers: [.contentType: "multipart/form-data; boundary=x", .contentLength: length],
                    body: Array("--x\r\n".utf8))
                #expect([413, 422, 400].contains(endless.status.code), "\(length): \(endless.status)")
            }
            let large = try await client.haengeAn(ort, "a.txt", text(1_001), beschreibung: "Bleibt <stehen>")
            #expect(large.status == .contentTooLarge && large.text.contains("zu groß: höchstens"))
            #expect(large.text.contains("Bleibt &lt;stehen&gt;"))
            #expect(try await client.haengeAn(ort, "a.txt", text(900)).status == .seeOther)
            let full = try await client.haengeAn(ort, "b.txt", text(900, 98))
            #expect(full.status == .unprocessableContent && full.text.contains("Platz für Dateien"))
            // What hangs on a service of the same Organisation counts, too.
            #expect(
                try await client.haengeAn(orte.dienst + "/dateien", "b.txt", text(900, 98)).status
                    == .unprocessableContent)
            #expect(try await client.haengeAn(ort, "b.txt", text(100, 98)).status == .seeOther)
            let third = try await client.haengeAn(ort, "c.txt", text(1, 99))
            #expect(third.status == .unprocessableContent && third.text.contains("2 Dateien, mehr geht nicht"))
            let empty = try await client.haengeAn(orte.dienst + "/dateien", "", [])
            #expect(empty.status == .unprocessableContent && empty.text.contains("Wählen Sie eine Datei aus."))
            let none = try await client.post(orte.dienst + "/dateien", [("beschreibung", "x")])
            #expect(none.status == .unprocessableContent)
            let long = try await client.haengeAn(
                orte.dienst + "/dateien", "d.txt", text(1), beschreibung: String(repeating: "ä", count: 501))
            #expect(long.status == .unprocessableContent && long.text.contains("Kürzen Sie die Beschreibung"))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: pfad).allSatisfy { !$0.hasPrefix(".eingang-") })
        #expect(try await database.zahl("SELECT count(*) FROM datei") == 2)
    }

    @Test func `what is broken, of the wrong kind or badly named gets a sentence and leaves nothing`() async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        let ordner = try Testordner()
        let pfad = ordner.pfad
        let orte = try await Anhangorte.in_(database)
        try await TestSite(database, dateien: Dateieingang(database: database, ordner: pfad)).run {
            (anyone) async throws in
            let client = try await anyone.als(.koordination)
            let ort = orte.dienst + "/dateien"
            for (name, bytes) in [
                ("a.pdf", Proben.png), ("a.svg", Array("<svg/>".utf8)), ("..", [97]), ("a", [97]), ("a.txt", []),
                ("a.zip", Proben.zip([.init(name: "../a")])),
            ] as [(String, [UInt8])] {
                let answer = try await client.haengeAn(ort, name, bytes)
                #expect(answer.status == .unprocessableContent, "\(name)")
                #expect(answer.text.contains("aria-invalid=\"true\"") && answer.text.contains("id=\"fehlerliste\""))
            }
            let cut = try await client.send(
                .post, ort, headers: [.contentType: "multipart/form-data; boundary=x"],
                body: Array(
                    "--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n\(client.csrf ?? "")\r\n--x\r\n".utf8))
            #expect(cut.status == .badRequest && cut.text.contains("unvollständig"))
            let wrong = try await client.send(
                .post, ort, headers: [.contentType: "multipart/form-data; boundary=anders"], body: Array("--x\r\n".utf8)
            )
            #expect(wrong.status == .badRequest)
            #expect(try await client.haengeAn("/dienste/gibtesnicht/dateien", "a.txt", [97]).status == .notFound)
            #expect(
                try await client.haengeAn("/umsetzung/\(Rollenspiel.duelmen)/gibtesnicht/dateien", "a.txt", [97]).status
                    == .notFound)
            let elsewhere = orte.eintrag.replacing(Rollenspiel.duelmen, with: Rollenspiel.hamm)
            #expect(try await client.haengeAn(elsewhere + "/dateien", "a.txt", [97]).status == .notFound)
        }
        #expect(dateienIn(pfad).isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: pfad).allSatisfy { !$0.hasPrefix(".eingang-") })
    }

    @Test(arguments: TestBackend.available)
    func `whoever attached a file is told so, and forgotten with the account`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let orte = try await Anhangorte.in_(database)
        try await TestSite(database).run { (anyone) async throws in
            let client = try await anyone.als(.koordination)
            #expect(try await client.haengeAn(orte.eintrag + "/dateien", "a.txt", [97]).status == .seeOther)
            let person = try #require(try await client.person())
            let betroffen = BetroffenePerson(id: person.id, email: "a@b.invalid", name: nil)
            try await database.write { db in
                let teile = try Dateidaten().auskunft(ueber: betroffen, am: Welt.jetzt, in: db)
                #expect(teile.first?.zeilen.count == 1)
                try Dateidaten().loesche(betroffen, durch: .betrieb(Welt.jetzt), in: db)
                #expect(
                    try Dateidaten().auskunft(ueber: betroffen, am: Welt.jetzt, in: db).first?.zeilen.isEmpty == true)
            }
        }
        #expect(try await database.zahl("SELECT count(*) FROM datei WHERE person IS NULL") == 1)
    }
}
