import App
import HTTPTypes
import Jobs
import Kernel
import Logging
import Storage
import TestKit
import Testing
import Web

@testable import Betrieb

@Suite struct BetriebTests {
    private static let probe = Jobart("test.probe", "Probe", .aussen, versuche: 1)

    private static func stelle(_ count: Int = 1, in database: any Database) async throws -> [Job.ID] {
        try await database.write { db in
            try (0..<count).compactMap { _ in
                try JobStore.stelle(probe, KeineAngaben(), am: Welt.jetzt, in: db)
            }
        }
    }

    private static func runner(_ database: any Database, gelingt: Bool) -> JobRunner {
        JobRunner(
            [
                .aussen(probe) { _, _ in
                    if !gelingt { throw Jobfehler("Die Gegenstelle <script> antwortet nicht.") }
                    return .init("Erledigt.")
                }
            ], database: database, logger: Logger(label: "test"), now: { Welt.jetzt })
    }

    @Test(arguments: TestBackend.available)
    func `the Administration sees why a job failed and has it done again`(on backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        let id = try #require(try await Self.stelle(in: database).first)
        try await Self.runner(database, gelingt: false).leere()
        try await TestSite(database).run { client in
            let admin = try await client.als(.administration)
            #expect(try await admin.get("/betrieb").text.contains("Jobs gescheitert"))
            let list = try await admin.get("/betrieb/jobs").text
            #expect(list.contains("&lt;script&gt; antwortet nicht") && !list.contains("<script> antwortet"))
            #expect(list.contains("/betrieb/jobs/\(id.rawValue)"))
            let page = try await admin.get("/betrieb/jobs/\(id.rawValue)").text
            #expect(page.contains("gescheitert") && page.contains("Erneut versuchen") && !page.contains("Abbrechen"))
            let again = try await admin.post("/betrieb/jobs/\(id.rawValue)/versuch")
            #expect(again.status == .seeOther)
            #expect(try await admin.post("/betrieb/jobs/\(id.rawValue)/versuch").status == .conflict)
        }
        try await Self.runner(database, gelingt: true).leere()
        try await TestSite(database).run { client in
            let page = try await client.als(.administration).get("/betrieb/jobs/\(id.rawValue)").text
            #expect(page.contains("fertig") && page.contains("Erledigt.") && !page.contains("Erneut versuchen"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `all failed jobs of a kind go back into the queue with one button`(on backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        _ = try await Self.stelle(60, in: database)
        try await Self.runner(database, gelingt: false).leere()
        try await TestSite(database).run { client in
            let admin = try await client.als(.administration)
            let list = try await admin.get("/betrieb/jobs?zustand=gescheitert&art=test.probe").text
            #expect(list.contains("Alle gescheiterten erneut versuchen") && list.contains("seite=2"))
            let done = try await admin.post("/betrieb/jobs/versuche", [("art", "test.probe")])
            let next = try #require(done.headers[.location])
            #expect(try await admin.get(next).text.contains("60 Jobs warten auf einen neuen Versuch"))
            #expect(try await admin.post("/betrieb/jobs/versuche", [("art", "gibt.es.nicht")]).status == .seeOther)
        }
        #expect(try await Self.runner(database, gelingt: true).leere() == 60)
    }

    @Test(arguments: TestBackend.available)
    func `a running job shows a bar and can be cancelled, a waiting one goes at once`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        let ids = try await Self.stelle(2, in: database)
        try await database.write { db in
            try db.execute(
                """
                UPDATE job SET zustand = 'laeuft', anspruch = 'a', begonnen_am = \(Welt.jetzt), getan = 250, gesamt = 1000,
                               meldung = 'Zeilen werden nachgerechnet.', faellig = \(Welt.jetzt.plus(sekunden: 60))
                WHERE id = \(ids[0])
                """)
        }
        try await TestSite(database).run { client in
            let admin = try await client.als(.administration)
            let page = try await admin.get("/betrieb/jobs/\(ids[0].rawValue)").text
            #expect(page.contains("value=\"25\"") && page.contains("250 von 1.000") && page.contains("nachgerechnet"))
            #expect(try await admin.post("/betrieb/jobs/\(ids[0].rawValue)/abbruch").status == .seeOther)
            #expect(try await admin.get("/betrieb/jobs/\(ids[0].rawValue)").text.contains("wird abgebrochen"))
            #expect(try await admin.post("/betrieb/jobs/\(ids[1].rawValue)/abbruch").status == .seeOther)
            let gone = try await admin.get("/betrieb/jobs/\(ids[1].rawValue)").text
            #expect(gone.contains("abgebrochen") && gone.contains("Erneut versuchen"))
            #expect(try await admin.post("/betrieb/jobs/\(ids[1].rawValue)/abbruch").status == .conflict)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a regular run is done at once when asked for, and the page says how it went`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        try await Versiegelung.nachfuehren(database, now: { Welt.jetzt })
        let site = try TestSite(database)
        let runner = JobRunner(
            site.leitstand.arbeiten, database: database, logger: Logger(label: "test"), now: { Welt.jetzt })
        try await runner.leere()
        try await site.run { client in
            let admin = try await client.als(.administration)
            let page = try await admin.get("/betrieb").text
            for arbeit in site.leitstand.arbeiten where arbeit.plan != nil { #expect(page.contains(arbeit.art.titel)) }
            #expect(page.contains("noch nie"))
            for art in ["jobs.aufraeumen", "konten.loeschfristen", "protokoll.pruefung"] {
                #expect(try await admin.post("/betrieb/plaene/\(art)/lauf").status == .seeOther)
            }
            #expect(try await admin.post("/betrieb/plaene/gibt.es.nicht/lauf").status == .notFound)
        }
        #expect(try await runner.leere() == 3)
        let jobs = try await database.read { db in try JobListe.jobs(.fertig, art: nil, anzahl: 10, ab: 0, in: db) }
        #expect(jobs.count == 3, "\(jobs.map { $0.meldung ?? "-" })")
        let pruefung = try #require(jobs.first { $0.art == "protokoll.pruefung" }?.meldung)
        #expect(pruefung.contains("geprüft, kein Fehler"))
    }

    @Test(arguments: TestBackend.available)
    func `a line of the Verlauf that was altered makes the check fail for the operator`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        try await Versiegelung.nachfuehren(database, now: { Welt.jetzt })
        try await database.write { db in
            try db.execute("UPDATE verlauf SET nach = 'gefälscht' WHERE id = (SELECT min(id) FROM verlauf)")
            try JobStore.stelle(.verlaufspruefung, KeineAngaben(), am: Welt.jetzt, in: db)
        }
        try await JobRunner(
            [.verlaufspruefung(database, now: { Welt.jetzt })], database: database, logger: Logger(label: "test"),
            now: { Welt.jetzt }
        ).leere()
        let jobs = try await database.read { db in try JobListe.jobs(.gescheitert, art: nil, anzahl: 2, ab: 0, in: db) }
        #expect(jobs.first?.meldung?.contains("1 Fehler im Verlauf gefunden") == true)
    }

    @Test(arguments: TestBackend.available)
    func `words that are no state, ids that nobody has and pages beyond the end are refused with a sentence`(
        on backend: TestBackend
    ) async throws {
        try await TestSite(try await Welt.leer(backend)).run { client in
            let admin = try await client.als(.administration)
            for (path, status) in [
                ("/betrieb/jobs?zustand=kaputt", HTTPResponse.Status.badRequest),
                ("/betrieb/jobs?seite=0", .badRequest),
                ("/betrieb/jobs?seite=9", .notFound), ("/betrieb/jobs/x", .notFound),
                ("/betrieb/jobs/0123456789abcdef", .notFound), ("/betrieb/jobs?art=%27", .ok),
            ] { #expect(try await admin.get(path).status == status, "\(path)") }
        }
    }

    @Test func `bytes and spans of time are written as people say them`() {
        #expect(
            [0, 999, 1_000, 1_450_000, 123_456_789, 5_000_000_000].map(Bytezahl.deutsch) == [
                "0 Byte", "999 Byte", "1,0 kB", "1,4 MB", "123 MB", "5,0 GB",
            ])
        #expect(
            [0, 1_250, 59_999, 60_000, 180_000].map(Dauer.deutsch) == [
                "0,0 Sekunden", "1,2 Sekunden", "59,9 Sekunden", "1 Minute", "3 Minuten",
            ])
    }
}
