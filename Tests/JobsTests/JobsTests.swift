import Kernel
import Storage
import Synchronization
import TestKit
import Testing

@testable import Jobs

@Suite struct JobsTests {
    @Test(arguments: TestBackend.available, [Jobart.zaehle, .rufe])
    func `six workers do each of 200 jobs once`(on backend: TestBackend, art: Jobart) async throws {
        let werkstatt = try await Werkstatt(backend)
        try await werkstatt.stelle(art, 200)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 { group.addTask { try await werkstatt.runner().leere() } }
            try await group.waitForAll()
        }
        // A worker may have left while another still held some.
        _ = try await werkstatt.runner().leere()
        #expect(try await werkstatt.wirkungen() == Array(0..<200))
        #expect(try await werkstatt.jobs().allSatisfy { $0.zustand == .fertig && $0.versuche == 1 })
    }

    @Test(arguments: TestBackend.available)
    func `one that fails in the middle of many keeps nobody else from being done and leaves nothing behind`(
        on backend: TestBackend
    ) async throws {
        let werkstatt = try await Werkstatt(backend)
        let runner = werkstatt.runner([
            .datenbank(.zaehle) { job, db in
                try Werkstatt.wirke(job, in: db)
                if try job.lies(Nummer.self).nummer == 7 { throw Jobfehler("Sieben geht nicht.") }
            }
        ])
        try await werkstatt.stelle(.zaehle, 20)
        try await runner.leere()
        #expect(try await werkstatt.wirkungen() == Array(0..<20).filter { $0 != 7 })
        let failed = try #require(try await werkstatt.jobs().first { $0.zustand != .fertig })
        #expect(failed.zustand == .wartet && failed.meldung == "Sieben geht nicht.")
        #expect(failed.faellig == werkstatt.uhr.jetzt.plus(sekunden: 30))
        // The pauses double, and after the last attempt it is the operator's.
        try await runner.leere()
        #expect(try await werkstatt.jobs().filter { $0.versuche > 1 }.isEmpty, "not before its time")
        werkstatt.uhr.vor(31)
        try await runner.leere()
        werkstatt.uhr.vor(61)
        try await runner.leere()
        let over = try #require(try await werkstatt.jobs().first { $0.id == failed.id })
        #expect(over.zustand == .gescheitert && over.versuche == 3 && over.beendetAm != nil)
        let am = werkstatt.uhr.jetzt
        try await werkstatt.database.write { db in try JobListe.erneut(failed.id, am: am, in: db) }
        try await werkstatt.runner().leere()
        #expect(try await werkstatt.wirkungen() == Array(0..<20))
    }

    @Test(arguments: TestBackend.available)
    func `what a worker that died held is done by another, and what the dead one did late does not count`(
        on backend: TestBackend
    ) async throws {
        let werkstatt = try await Werkstatt(backend)
        try await werkstatt.stelle(.zaehle, 3)
        let held = try await werkstatt.runner().nimm(.datenbank, hoechstens: 10)
        #expect(held.count == 3)
        #expect(try await werkstatt.runner().leere() == 0, "the lease holds")
        werkstatt.uhr.vor(61)
        #expect(try await werkstatt.runner().leere() == 3)
        // The first one wakes up again.
        let am = werkstatt.uhr.jetzt
        await #expect(throws: Anspruchsverlust.self) {
            try await werkstatt.database.write { db in
                for job in held { try Werkstatt.wirke(job, in: db) }
                try JobStore.beende(held, am: am, in: db)
            }
        }
        #expect(try await werkstatt.wirkungen() == [0, 1, 2])
    }

    @Test(arguments: TestBackend.available)
    func `a job whose worker dies each time ends with the operator`(on backend: TestBackend) async throws {
        let werkstatt = try await Werkstatt(backend)
        try await werkstatt.stelle(.rufe)
        for _ in 0..<3 {
            #expect(try await werkstatt.runner().nimm(.aussen, hoechstens: 1).count == 1)
            werkstatt.uhr.vor(61)
        }
        try await werkstatt.runner().leere()
        let job = try #require(try await werkstatt.jobs().first)
        #expect(job.zustand == .gescheitert && job.meldung?.contains("ausgefallen") == true)
        #expect(try await werkstatt.wirkungen().isEmpty)
    }

    @Test(arguments: TestBackend.available)
    func `of one kind and key one waits, and what is asked for while it runs is done once more`(
        on backend: TestBackend
    ) async throws {
        let werkstatt = try await Werkstatt(backend)
        for _ in 0..<5 { try await werkstatt.stelle(.zaehle, schluessel: "einmal") }
        #expect(try await werkstatt.jobs().count == 1)
        let runner = werkstatt.runner()
        let held = try await runner.nimm(.datenbank, hoechstens: 5)
        for _ in 0..<5 { try await werkstatt.stelle(.zaehle, schluessel: "einmal") }
        await runner.erledige(held)
        #expect(try await werkstatt.wirkungen() == [0])
        try await runner.leere()
        #expect(try await werkstatt.wirkungen() == [0, 0])
        #expect(try await werkstatt.jobs().map(\.zustand) == [.fertig])
        // Over means free for the next one.
        try await werkstatt.stelle(.zaehle, schluessel: "einmal")
        try await runner.leere()
        #expect(try await werkstatt.wirkungen() == [0, 0, 0])
    }

    @Test(arguments: TestBackend.available)
    func `urgent jobs come first, however many others are older`(on backend: TestBackend) async throws {
        let werkstatt = try await Werkstatt(backend)
        let eilig = Jobart("test.eilig", "Eilig", .datenbank, rang: .eilig)
        try await werkstatt.stelle(.zaehle, 300)
        werkstatt.uhr.vor(10)
        try await werkstatt.stelle(eilig)
        let runner = werkstatt.runner([.datenbank(eilig) { _, _ in }])
        #expect(try await runner.nimm(.datenbank, hoechstens: 100).contains { $0.art == eilig.name })
    }

    @Test(arguments: TestBackend.available)
    func `a kind that this program does not know stays for the one that does`(on backend: TestBackend) async throws {
        let werkstatt = try await Werkstatt(backend)
        try await werkstatt.stelle(Jobart("neuer.kann", "Neu", .datenbank))
        #expect(try await werkstatt.runner().leere() == 0)
        #expect(try await werkstatt.jobs().map(\.zustand) == [.wartet])
    }

    @Test(arguments: TestBackend.available)
    func `a running job tells how far it is and stops when somebody cancels it`(on backend: TestBackend) async throws {
        let werkstatt = try await Werkstatt(backend)
        let runner = werkstatt.runner([
            .aussen(.rufe) { job, lauf in
                for step in 1...2_000 {
                    try await lauf.melde(getan: step, gesamt: 2_000, "Schritt \(step)")
                    try await Task.sleep(for: .milliseconds(10))
                }
                return .init { db in try Werkstatt.wirke(job, in: db) }
            }
        ])
        try await werkstatt.stelle(.rufe)
        async let done: Int = runner.leere()
        var seen: Job?
        for _ in 0..<400 where (seen?.getan ?? 0) == 0 {
            try await Task.sleep(for: .milliseconds(20))
            seen = try await werkstatt.jobs().first
        }
        let job = try #require(seen)
        #expect(job.getan > 0 && job.gesamt == 2_000 && job.meldung?.hasPrefix("Schritt") == true)
        let am = werkstatt.uhr.jetzt
        try await werkstatt.database.write { db in try JobListe.brichAb(job.id, am: am, in: db) }
        _ = try await done
        #expect(try await werkstatt.jobs().map(\.zustand) == [.abgebrochen])
        #expect(try await werkstatt.wirkungen().isEmpty)
        await #expect(throws: Refusal.self) {
            try await werkstatt.database.write { db in try JobListe.brichAb(job.id, am: am, in: db) }
        }
    }

    @Test(arguments: TestBackend.available)
    func `a worker that is told to stop gives back what it has begun, and the attempt does not count`(
        on backend: TestBackend
    ) async throws {
        let werkstatt = try await Werkstatt(backend)
        let begun = Mutex(false)
        let runner = werkstatt.runner([
            .aussen(.rufe) { _, _ in
                begun.withLock { $0 = true }
                try await Task.sleep(for: .seconds(60))
                return .init()
            }
        ])
        try await werkstatt.stelle(.rufe)
        let work = Task { await runner.lauf() }
        for _ in 0..<500 where !begun.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(20)) }
        #expect(begun.withLock { $0 })
        runner.halte()
        await work.value
        let job = try #require(try await werkstatt.jobs().first)
        #expect(job.zustand == .wartet && job.versuche == 0 && job.faellig <= werkstatt.uhr.jetzt)
    }

    @Test(arguments: TestBackend.available)
    func `what was done although the worker was told to stop is done, and not begun again`(
        on backend: TestBackend
    ) async throws {
        let werkstatt = try await Werkstatt(backend)
        let begun = Mutex(false)
        let runner = werkstatt.runner([
            .aussen(.rufe) { job, _ in
                begun.withLock { $0 = true }
                // A letter cannot be called back: the work does not hear of the end.
                await Task { try? await Task.sleep(for: .seconds(3)) }.value
                return .init { db in try Werkstatt.wirke(job, in: db) }
            }
        ])
        try await werkstatt.stelle(.rufe)
        let work = Task { await runner.lauf() }
        for _ in 0..<500 where !begun.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(20)) }
        runner.halte()
        await work.value
        #expect(try await werkstatt.jobs().map(\.zustand) == [.fertig])
        #expect(try await werkstatt.wirkungen() == [0])
    }
}
