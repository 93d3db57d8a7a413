import Storage
import StoragePostgres
import Synchronization
import TestKit
import Testing

/// The mark of what the database holds.
@Suite(.timeLimit(.minutes(15))) struct PostgresVersionTests {
    @Test(arguments: postgresConninfos)
    func `callers that come together share one query, and it takes no place in the pool`(_ conninfo: String)
        async throws
    {
        let database = PostgresDatabase(conninfo: conninfo, limit: 1)
        _ = try await database.version()
        let before = database.versionQueries
        let holder = Task { try await database.read { db in try db.rows("SELECT pg_sleep(1)").count } }
        try await waitUntil { database.counters.open == 1 && database.counters.idle == 0 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2_000 { group.addTask { _ = try await database.version() } }
            try await group.waitForAll()
        }
        #expect(database.counters.idle == 0, "the unit that holds the only place should still be at work")
        #expect(database.versionQueries - before < 1_000)
        #expect(database.counters.open == 1)
        #expect(try await holder.value == 1)
    }

    @Test(arguments: [TestBackend.postgres].filter(TestBackend.available.contains))
    func `equal marks mean equal rows under random writers`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        let seed = UInt64.random(in: 0 ... .max)
        print("version under writers: seed \(seed)")
        try await database.write { db in try Ding(id: "a", zahl: 100).insert(in: db) }
        let observed = Observed()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<3 {
                group.addTask {
                    var zufall = Zufall(seed &+ UInt64(writer))
                    for _ in 0..<60 {
                        let before = try await database.version()
                        try await database.write { db in try db.execute("UPDATE ding SET zahl = zahl + 1") }
                        // Whoever asks after a commit learns of it.
                        #expect(try await database.version() != before)
                        try await Task.sleep(for: .milliseconds(Int.random(in: 0...12, using: &zufall)))
                    }
                }
            }
            for _ in 0..<4 {
                group.addTask {
                    while !observed.isDone.withLock({ $0 }) {
                        let before = try await database.version()
                        let zahl = try await database.read { db in try db.value("SELECT zahl FROM ding", as: Int.self) }
                        guard try await database.version() == before else { continue }
                        observed.hits.withLock { $0 += 1 }
                        observed.seen.withLock { _ = $0[before, default: []].insert(zahl ?? 0) }
                    }
                }
            }
            for _ in 0..<3 { try await group.next() }
            observed.isDone.withLock { $0 = true }
            try await group.waitForAll()
        }
        #expect(observed.seen.withLock { $0.values.allSatisfy { $0.count == 1 } })
        #expect(observed.hits.withLock { $0 } > 20)
        #expect(try await database.read { db in try db.value("SELECT zahl FROM ding", as: Int.self) } == 280)
    }

    @Test(arguments: [TestBackend.postgres].filter(TestBackend.available.contains))
    func `a connection that was lost changes the mark, although nothing was written`(on backend: TestBackend)
        async throws
    {
        let database = try await backend.database(Fixture.migrations)
        let admin = PostgresDatabase(conninfo: try #require(TestBackend.postgresConninfo), limit: 1)
        let name = try #require(
            try await database.read { db in try db.value("SELECT current_database()", as: String.self) })
        var marks: Set<DatabaseVersion> = []
        for round in 0..<5 {
            marks.insert(try await database.version())
            #expect(marks.count == round + 1)
            try await admin.write { db in
                _ = try db.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = \(name)")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    @Test(arguments: postgresConninfos)
    func `a cancelled caller leaves the others their answer`(_ conninfo: String) async throws {
        let database = PostgresDatabase(conninfo: conninfo, limit: 1)
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<300 {
                group.addTask {
                    let asking = Task { try await database.version() }
                    if number % 2 == 0 { asking.cancel() }
                    do {
                        _ = try await asking.value
                        return true
                    } catch { return number % 2 == 0 && error is CancellationError }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
        await database.close()
        await #expect(throws: StorageError.self) { try await database.version() }
    }
}

private final class Observed: Sendable {
    /// For each mark the values seen between two takings of it.
    let seen = Mutex<[DatabaseVersion: Set<Int>]>([:])
    let hits = Mutex(0)
    let isDone = Mutex(false)
}
