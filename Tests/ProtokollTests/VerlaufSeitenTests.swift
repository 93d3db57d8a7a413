import Formats
import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Umsetzung
import Verzeichnis

/// The Verlauf as people read it: on records, for one Organisation, as a whole.
@Suite(.timeLimit(.minutes(15))) struct VerlaufSeitenTests {
    private static let liste = "/umsetzung/\(Rollenspiel.duelmen)"

    private func organisation(_ word: String, in database: any Database) async throws -> String {
        try await database.read { db in try OrganisationStore.named(word, in: db).id.rawValue }
    }

    @Test(arguments: TestBackend.available)
    func `a change is told on its record in one sentence with the name of whoever made it`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { (anyone) async throws in
            let client = try await anyone.als(.koordination)
            let saved = try await client.post(
                Self.liste, [("titel", "Hundesteuer <1>"), ("stand", "offen"), ("notiz", "Probe Beispiel ruft an")])
            let pfad = try #require(saved.headers[.location]?.split(separator: "?").first.map(String.init))
            _ = try await client.post(
                pfad, [("titel", "Hundesteuer <1>"), ("stand", "geplant"), ("notiz", "erledigt"), ("version", "1")])
            let page = try await client.get(pfad).text
            let satz = "koordination hat im Eintrag <a href=\"\(pfad)\">„Hundesteuer &lt;1&gt;“</a>"
            #expect(page.contains("\(satz) das Feld Stand von „offen“ auf „geplant“ geändert."))
            #expect(page.contains("\(satz) das Feld Notiz geändert (der Inhalt ist geschützt)."))
            #expect(page.contains("mit dem Stand „offen“ angelegt."))
            let werte: [String] = try await database.read { db in
                try db.rows("SELECT COALESCE(von, '') || COALESCE(nach, '') AS wert FROM verlauf WHERE feld = 'notiz'")
                    .map {
                        try $0["wert"]
                    }
            }
            #expect(!werte.isEmpty && werte.allSatisfy { !$0.contains("Beispiel") && !$0.contains("erledigt") })
            for rolle in [Rollenspiel.besuch, .nachbarschaft] {
                let outside = try await anyone.als(rolle).get(pfad)
                #expect(outside.status == .ok && !outside.text.contains("id=\"verlauf\""), "\(rolle)")
            }
            // Without the account there is no name any more.
            try await database.write { db in
                try db.execute(
                    "DELETE FROM sitzung WHERE person IN (SELECT id FROM person WHERE email LIKE 'koordination%')")
                try db.execute(
                    "DELETE FROM amt WHERE person IN (SELECT id FROM person WHERE email LIKE 'koordination%')")
                try db.execute("DELETE FROM person WHERE email LIKE 'koordination%'")
            }
            let later = try await anyone.als(.leserecht).get(pfad).text
            #expect(later.contains("gelöschtes Konto hat im Eintrag") && !later.contains("koordination hat"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `the page of a service tells its own changes to its provider alone`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let duelmen = try await organisation(Rollenspiel.duelmen, in: database)
        let slug = try await database.read { db -> String? in
            try db.value("SELECT slug FROM onlinedienst WHERE anbieter = \(duelmen) ORDER BY id LIMIT 1")
        }
        try await TestSite(database).run { (anyone) async throws in
            let pfad = "/dienste/\(try #require(slug))"
            let page = try await anyone.als(.koordination).get(pfad).text
            #expect(page.contains("id=\"verlauf\"") && page.contains("Der Betrieb hat den Onlinedienst"))
            #expect(page.contains("/organisationen/\(duelmen)/verlauf"))
            for rolle in [Rollenspiel.besuch, .nachbarschaft] {
                #expect(try await !anyone.als(rolle).get(pfad).text.contains("id=\"verlauf\""))
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `pages and files of any filter hold what a plain reading gives, each line once and in order`(
        on backend: TestBackend
    ) async throws {
        let seed = UInt64.random(in: 0 ... .max)
        let database = try await Welt.leer(backend)
        var verlauf = Zufallsverlauf(seed)
        // Many lines of one moment, as an import writes them.
        for round in 0..<4 {
            try await verlauf.schreibe(60, ab: Welt.jetzt.plus(sekunden: round * 1_800), in: database)
        }
        let alle = try await database.read { db in try VerlaufStore.seite(Verlaufsauswahl(), limit: 1_000, in: db) }
        #expect(alle.count == 240)
        for _ in 0..<40 {
            var auswahl = Verlaufsauswahl()
            if Bool.random(using: &verlauf.zufall) {
                auswahl.organisation = Zufallsverlauf.organisationen.compactMap { $0 }.randomElement(
                    using: &verlauf.zufall)
            }
            if Bool.random(using: &verlauf.zufall) { auswahl.art = alle.randomElement(using: &verlauf.zufall)?.art }
            switch Int.random(in: 0..<3, using: &verlauf.zufall) {
            case 0: auswahl.wer = .betrieb
            case 1: auswahl.wer = Zufallsverlauf.personen.randomElement(using: &verlauf.zufall).map { .person($0) }
            default: break
            }
            if Bool.random(using: &verlauf.zufall) { auswahl.von = alle.randomElement(using: &verlauf.zufall)?.am }
            if Bool.random(using: &verlauf.zufall) { auswahl.bis = alle.randomElement(using: &verlauf.zufall)?.am }
            let soll = alle.filter { zeile in
                (auswahl.organisation == nil || zeile.organisation == auswahl.organisation)
                    && (auswahl.art == nil || zeile.art == auswahl.art)
                    && (auswahl.von.map { zeile.am >= $0 } ?? true) && (auswahl.bis.map { zeile.am < $0 } ?? true)
                    && (auswahl.wer == nil || auswahl.wer == zeile.person.map { .person($0) } ?? .betrieb)
            }.sorted { ($0.am, $0.id) > ($1.am, $1.id) }
            let size = Int.random(in: 1...20, using: &verlauf.zufall)
            let wanted = auswahl
            let ist = try await database.read { db in
                var found: [Verlaufszeile] = []
                while true {
                    let part = try VerlaufStore.seite(
                        wanted, vor: found.last.map { ($0.am, $0.id) }, limit: size, in: db)
                    found += part
                    if part.count < size { return found }
                }
            }
            #expect(ist == soll, "Saat \(seed): \(auswahl)")
        }
    }

    @Test(arguments: TestBackend.available)
    func `an auditor pages through everything and filters it, and the files hold the same`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let duelmen = try await organisation(Rollenspiel.duelmen, in: database)
        let lines = try await database.zahl("SELECT count(*) FROM verlauf WHERE organisation = \(duelmen)")
        try await TestSite(database).run { (anyone) async throws in
            let client = try await anyone.als(.administration)
            for (start, erwartet) in [
                ("/verlauf?organisation=\(Rollenspiel.duelmen)", lines), ("/organisationen/\(duelmen)/verlauf", lines),
                ("/verlauf?art=datenstand_geladen&person=betrieb&von=22.11.2026&bis=2026-11-22", nil as Int?),
                ("/verlauf?bis=2020-01-01", 0),
            ] {
                var (next, count, pages) = (start as String?, 0, 0)
                while let path = next, pages < 50 {
                    let page = try await client.get(path)
                    #expect(page.status == .ok && page.headers[.cacheControl] == "no-store", "\(path)")
                    count += page.text.matches(of: #/scope="row"><time /#).count
                    next = page.text.firstMatch(of: #/href="([^"]*)" rel="next"/#).map {
                        String($0.1).replacing("&amp;", with: "&")
                    }
                    pages += 1
                }
                if let erwartet { #expect(count == erwartet, "\(start)") } else { #expect(count > 3, "\(start)") }
                let parts = start.split(separator: "?", maxSplits: 1)
                let query = parts.count > 1 ? "?\(parts[1])" : ""
                let csv = try await client.get("\(parts[0]).csv\(query)")
                #expect(csv.status == .ok && csv.text.split(separator: "\r\n").count == count + 1, "\(start)")
                #expect(try await client.get("\(parts[0]).xlsx\(query)").status == .ok)
            }
            for wrong in [
                "art=x", "person=x", "von=morgen", "vor=x", "von=2026-12-31&bis=2026-01-01", "organisation=Nirgends",
            ] {
                let answer = try await client.get("/verlauf?\(wrong)")
                #expect([400, 404].contains(answer.status.code), "\(wrong): \(answer.status)")
            }
            #expect(try await client.get("/organisationen/gibtesnicht/verlauf").status == .notFound)
        }
    }

    @Test(arguments: TestBackend.available)
    func `nobody ever gets a line of an organisation whose Verlauf is not theirs to read`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let duelmen = try await organisation(Rollenspiel.duelmen, in: database)
        let hamm = try await organisation(Rollenspiel.hamm, in: database)
        try await Versiegelung.nachfuehren(database)
        try await TestSite(database).run { (anyone) async throws in
            let client = try await anyone.als(.koordination)
            for end in ["", ".csv", ".xlsx", ".jsonl"] {
                #expect(try await client.get("/organisationen/\(duelmen)/verlauf\(end)").status == .ok)
                // The key and the name lead to the same place as the id.
                for fremd in ["/organisationen/\(hamm)", "/organisationen/\(Rollenspiel.hamm)", ""] {
                    let refused = try await client.get("\(fremd)/verlauf\(end)")
                    #expect(refused.status == .forbidden, "\(fremd)/verlauf\(end)")
                }
                // The filter of the whole must not open another one's.
                let filtered = try await client.get(
                    "/organisationen/\(duelmen)/verlauf\(end)?organisation=\(Rollenspiel.hamm)")
                #expect(filtered.status == .ok && !filtered.text.contains(hamm))
                #expect(
                    try await anyone.als(.leserecht).get("/organisationen/\(duelmen)/verlauf\(end)").status
                        == .forbidden)
                #expect(try await anyone.als(.besuch).get("/verlauf\(end)").status != .ok)
            }
            let lines = try await client.get("/organisationen/\(duelmen)/verlauf.jsonl").text.split(separator: "\n")
            #expect(lines.count > 20 && lines.allSatisfy { $0.contains("\"organisation\":\"\(duelmen)\"") })
        }
    }
}
