import Kernel
import Storage
import TestKit
import Testing

@testable import Jobs

@Suite struct JobplanTests {
    @Test(arguments: TestBackend.available)
    func `a plan comes up once at its time, whoever of five servers looks, and is made up for when all slept`(
        on backend: TestBackend
    ) async throws {
        let werkstatt = try await Werkstatt(backend)
        let geplant = Jobarbeit.datenbank(.zaehle, plan: .taeglich(stunde: 3)) { job, db in
            try db.execute("INSERT INTO wirkung (nummer, von) VALUES (1, \(job.id))")
        }
        func alle() async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<5 { group.addTask { try await werkstatt.runner([geplant]).leere() } }
                try await group.waitForAll()
            }
            try await werkstatt.runner([geplant]).leere()
        }
        try await alle()
        #expect(try await werkstatt.wirkungen().isEmpty, "a plan begins with its next time")
        werkstatt.uhr.vor(86_400)
        try await alle()
        try await alle()
        #expect(try await werkstatt.wirkungen().count == 1)
        werkstatt.uhr.vor(5 * 86_400)
        try await alle()
        #expect(try await werkstatt.wirkungen().count == 2)
        let stand = try #require(try await werkstatt.database.read { db in try Planstand.alle(in: db) }.first)
        #expect(stand.gelang == true && stand.naechster > werkstatt.uhr.jetzt && stand.letzterAm != nil)
    }

    @Test(arguments: TestBackend.available)
    func `one that kills its worker each time condemns nobody that was taken with it`(
        on backend: TestBackend
    ) async throws {
        let werkstatt = try await Werkstatt(backend)
        try await werkstatt.stelle(.zaehle, 40)
        let runner = werkstatt.runner()
        // Number 5 ends the process: what was claimed stays behind, what came before it is done.
        for _ in 0..<12 {
            let jobs = try await runner.nimm(.datenbank, hoechstens: 100)
            let arme = try jobs.filter { try $0.lies(Nummer.self).nummer == 5 }
            if arme.isEmpty || arme[0].versuche > arme[0].hoechstens {
                await runner.erledige(jobs)
            } else if jobs.contains(where: { $0.versuche > 1 }) {
                // The part of its round that comes before the fatal one.
                await runner.erledige(jobs.filter { $0.id != arme[0].id })
            }
            werkstatt.uhr.vor(61)
        }
        try await runner.leere()
        #expect(try await werkstatt.wirkungen() == Array(0..<40).filter { $0 != 5 })
        #expect(try await werkstatt.jobs().filter { $0.zustand == .gescheitert }.count == 1)
    }

    @Test(arguments: TestBackend.available)
    func `a job that is cancelled while it fails does not come back, and a failed one can be thrown away`(
        on backend: TestBackend
    ) async throws {
        let werkstatt = try await Werkstatt(backend)
        try await werkstatt.stelle(.rufe, 2)
        let held = try await werkstatt.runner().nimm(.aussen, hoechstens: 2)
        let am = werkstatt.uhr.jetzt
        try await werkstatt.database.write { db in
            try JobListe.brichAb(held[0].id, am: am, in: db)
            try JobStore.scheitert(held[0], Jobfehler("Nein."), am: am, in: db)
            try JobStore.scheitert(held[1], Jobfehler("Nein.", istEndgueltig: true), am: am, in: db)
            try JobListe.brichAb(held[1].id, am: am, in: db)
        }
        let jobs = try await werkstatt.jobs()
        #expect(jobs.map(\.zustand) == [.abgebrochen, .abgebrochen] && jobs.allSatisfy { $0.beendetAm != nil })
    }

    @Test(arguments: TestBackend.available)
    func `what is asked for by hand does not wait out the pause after a failure`(on backend: TestBackend) async throws {
        let werkstatt = try await Werkstatt(backend)
        let am = werkstatt.uhr.jetzt
        try await werkstatt.stelle(.zaehle, schluessel: "eins")
        try await werkstatt.database.write { db in
            try db.execute("UPDATE job SET faellig = \(am.plus(sekunden: 9_000))")
            try JobStore.stelle(.zaehle, Nummer(nummer: 0), schluessel: "eins", am: am, in: db)
        }
        #expect(try await werkstatt.runner().leere() == 0)
        try await werkstatt.database.write { db in
            try JobStore.stelle(.zaehle, Nummer(nummer: 0), schluessel: "eins", sofort: true, am: am, in: db)
        }
        #expect(try await werkstatt.runner().leere() == 1)
    }

    @Test(arguments: TestBackend.available)
    func `finished jobs go after two weeks, failed ones after 90 days`(on backend: TestBackend) async throws {
        let werkstatt = try await Werkstatt(backend)
        let runner = werkstatt.runner([
            .datenbank(.zaehle) { _, _ in },
            .aussen(.rufe) { _, _ in throw Jobfehler("Nein.", istEndgueltig: true) },
        ])
        try await werkstatt.stelle(.zaehle)
        try await werkstatt.stelle(.rufe)
        try await runner.leere()
        func rest(nach tage: Int) async throws -> Int {
            let am = werkstatt.uhr.jetzt.plus(sekunden: tage * 86_400 + 1)
            return try await werkstatt.database.write { db in
                _ = try JobListe.raeume(am: am, in: db)
                return try db.value("SELECT count(*) FROM job") ?? 0
            }
        }
        #expect(try await rest(nach: 13) == 2)
        #expect(try await rest(nach: 14) == 1)
        #expect(try await rest(nach: 90) == 0)
    }

    @Test func `a plan is told in the largest unit that fits`() {
        let saetze = [3_600, 7_200, 86_400, 7 * 86_400].map { Jobplan.alle(sekunden: $0).satz }
        #expect(saetze == ["stündlich", "alle 2 Stunden", "täglich", "alle 7 Tage"])
    }

    @Test func `a daily plan keeps its hour of Berlin through both changes of the clock`() {
        let plan = Jobplan.taeglich(stunde: 3, minute: 10)
        var at = Instant(rawValue: 1_795_338_000_000)
        for _ in 0..<800 {
            let next = plan.naechster(nach: at)
            #expect(next > at && next.rawValue - at.rawValue <= 25 * 3_600_000)
            #expect(next.berlin.hasSuffix("03:10 Uhr"), "\(next.iso)")
            at = next
        }
    }

    @Test func `the pause between attempts doubles from half a minute to six hours`() {
        #expect(
            (1...12).map(Jobart.pause(nach:)) == [30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, 21600, 21600])
        #expect(Jobart.pause(nach: 0) == 30 && Jobart.pause(nach: .max) == 21_600)
    }
}
