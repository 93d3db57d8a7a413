import Kernel
import Storage
import TestKit
import Testing

@testable import Konten

@Suite struct BremseTests {
    private static let ort = Anmeldebremse.passwort(email: "a@b.de", adresse: "1.2.3.4", geraet: nil)

    /// Counts a failure; the wait when it came too early.
    private static func fehler(
        _ stellen: [Anmeldebremse.Stelle] = ort, am: Instant, in database: any Database
    ) async throws -> Int? {
        do {
            _ = try await database.write { db in try Anmeldebremse.beginne(stellen, am: am, in: db) }
            return nil
        } catch let wait as Anmeldebremse.Gebremst { return wait.sekunden }
    }

    @Test(arguments: TestBackend.available)
    func `from the fifth failure on each one doubles the wait up to a quarter of an hour, and never for good`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        var am = Welt.jetzt
        for _ in 1...5 { #expect(try await Self.fehler(am: am, in: database) == nil) }
        var waits: [Int] = []
        for _ in 0..<14 {
            let wait = try #require(try await Self.fehler(am: am, in: database))
            waits.append(wait)
            // Attempts during the wait are refused and do not prolong it.
            for _ in 0..<3 { #expect(try await Self.fehler(am: am, in: database) == wait) }
            am = am.plus(sekunden: wait)
            #expect(try await Self.fehler(am: am, in: database) == nil)
        }
        #expect(waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900, 900])
        // After a day nothing is left of it.
        am = am.plus(sekunden: 86_401)
        for _ in 1...5 { #expect(try await Self.fehler(am: am, in: database) == nil) }
        #expect(try await Self.fehler(am: am, in: database) == 2)
    }

    @Test(arguments: TestBackend.available)
    func `another address and another account go on, and a clock set back locks nobody out`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.leer(backend)
        for _ in 1...5 { _ = try await Self.fehler(am: Welt.jetzt, in: database) }
        #expect(try await Self.fehler(am: Welt.jetzt, in: database) != nil)
        for (email, place) in [("a@b.de", "1.2.3.5"), ("b@b.de", "1.2.3.4")] {
            let there = Anmeldebremse.passwort(email: email, adresse: place, geraet: nil)
            #expect(try await Self.fehler(there, am: Welt.jetzt, in: database) == nil)
        }
        let before = Welt.jetzt.plus(sekunden: -86_400 * 365)
        #expect(try await Self.fehler(am: before, in: database) == nil)
    }

    @Test(arguments: TestBackend.available)
    func `guessing from everywhere at one account waits at most half a minute, and not in a known browser`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        var am = Welt.jetzt
        for number in 0..<201 {
            let there = Anmeldebremse.passwort(email: "a@b.de", adresse: "10.0.0.\(number)", geraet: nil)
            if let wait = try await Self.fehler(there, am: am, in: database) {
                #expect(wait <= 30)
                am = am.plus(sekunden: wait)
            }
        }
        let neu = Anmeldebremse.passwort(email: "a@b.de", adresse: "192.0.2.1", geraet: nil)
        #expect(try #require(try await Self.fehler(neu, am: am, in: database)) <= 30)
        let bekannt = Anmeldebremse.passwort(email: "a@b.de", adresse: "192.0.2.1", geraet: "marke")
        #expect(try await Self.fehler(bekannt, am: am, in: database) == nil)
    }

    @Test(arguments: TestBackend.available)
    func `one address that tries many accounts is slowed down after fifty, for a minute at most`(
        on backend: TestBackend
    )
        async throws
    {
        let database = try await Welt.leer(backend)
        for number in 0..<60 {
            let there = Anmeldebremse.passwort(email: "\(number)@b.de", adresse: "1.2.3.4", geraet: nil)
            let wait = try await Self.fehler(there, am: Welt.jetzt, in: database)
            #expect((wait != nil) == (number > 50), "\(number)")
            #expect(wait ?? 0 <= 60)
        }
    }

    @Test(arguments: TestBackend.available)
    func `many attempts at once are no way round the limit`(on backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        let passed = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<25 {
                group.addTask { try await Self.fehler(am: Welt.jetzt, in: database) == nil }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(passed == 5)
    }

    @Test(arguments: TestBackend.available)
    func `who began first and is counted last is not held for a failure, nor let past a wait`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        let kollegin = Anmeldebremse.passwort(email: "b@b.de", adresse: "1.2.3.4", geraet: nil)
        let earlier = Instant(rawValue: Welt.jetzt.rawValue - 40)
        #expect(try await Self.fehler(kollegin, am: Welt.jetzt, in: database) == nil)
        #expect(try await Self.fehler(am: earlier, in: database) == nil)
        // A wait at its longest is none the shorter for whoever began before it.
        var am = Welt.jetzt
        for _ in 0..<40 { am = am.plus(sekunden: try await Self.fehler(am: am, in: database) ?? 0) }
        let before = Instant(rawValue: am.rawValue - 40)
        #expect(try await Self.fehler(am: before, in: database) == 900)
    }

    @Test(arguments: TestBackend.available)
    func `success clears the own count, and of shared ones its own failure alone`(on backend: TestBackend) async throws
    {
        let database = try await Welt.leer(backend)
        for _ in 0..<3 { _ = try await Self.fehler(am: Welt.jetzt, in: database) }
        try await database.write { db in
            let versuch = try Anmeldebremse.beginne(Self.ort, am: Welt.jetzt, in: db)
            try Anmeldebremse.gelungen(versuch, in: db)
        }
        let counts: [Int] = try await database.read { db in
            try db.rows("SELECT fehler FROM anmeldebremse ORDER BY fehler").map { try $0["fehler"] }
        }
        #expect(counts == [3, 3], "account and address keep the three failures")
    }

    @Test(arguments: TestBackend.available)
    func `the table tells neither an account nor an address`(on backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        _ = try await Self.fehler(am: Welt.jetzt, in: database)
        let keys: [String] = try await database.read { db in
            try db.rows("SELECT schluessel FROM anmeldebremse").map { try $0["schluessel"] }
        }
        #expect(keys.count == 3 && keys.allSatisfy { $0.utf8.count == 24 && !$0.contains("@") && !$0.contains(".") })
    }

    @Test func `the wait is said in seconds, from a minute on in minutes`() {
        #expect(Anmeldebremse.Gebremst(sekunden: 8).satz.contains("in 8 Sekunden"))
        #expect(Anmeldebremse.Gebremst(sekunden: 61).satz.contains("in 2 Minuten"))
        #expect(Anmeldebremse.Gebremst(sekunden: 900).satz.contains("in 15 Minuten"))
    }
}
