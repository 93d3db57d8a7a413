import Storage
import StorageSQLite
import TestKit
import Testing

/// The version of a file that several connections and programs change.
@Suite(.timeLimit(.minutes(15))) struct CommitWatchTests {
    @Test func `who asks another connection after the answer sees the write and a new version`() async throws {
        let file = TemporaryFile()
        let (one, other) = (try SQLiteDatabase(path: file.path), try SQLiteDatabase(path: file.path))
        try await one.migrate(Fixture.migrations)
        for number in 0..<50 {
            let (before, beforeThere) = (try await one.version(), try await other.version())
            try await (number % 2 == 0 ? one : other).write { db in try Ding(id: "\(number)").insert(in: db) }
            #expect(try await one.version() != before)
            #expect(try await other.version() != beforeThere)
            #expect(try await one.count() == number + 1)
            #expect(try await other.count() == number + 1)
        }
    }

    @Test func `a failed write moves nothing`() async throws {
        let file = TemporaryFile()
        let database = try SQLiteDatabase(path: file.path)
        try await database.migrate(Fixture.migrations)
        let before = try await database.version()
        await #expect(throws: Stop.self) {
            try await database.write { db in
                try Ding(id: "a").insert(in: db)
                throw Stop()
            }
        }
        #expect(try await database.version() == before)
    }

    @Test func `equal versions around two reads mean equal rows, while others write and the log is emptied`()
        async throws
    {
        let file = TemporaryFile()
        let (one, other) = (try SQLiteDatabase(path: file.path), try SQLiteDatabase(path: file.path))
        try await one.migrate(Fixture.migrations)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (name, database) in [("one", one), ("other", other)] {
                group.addTask {
                    for turn in 0..<60 {
                        try await database.write { db in
                            var ding = Ding(id: "\(name)-\(turn)")
                            // Enough for the log to be written back again and again.
                            ding.bytes = Blob([UInt8](repeating: 1, count: 300_000))
                            _ = try db.insert(into: "ding", columns: Fixture.columns, rows: [ding.values])
                        }
                    }
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    for _ in 0..<300 {
                        let before = try await one.version()
                        let first = try await one.count()
                        let second = try await one.count()
                        if try await one.version() == before { #expect(first == second) }
                    }
                }
            }
            try await group.waitForAll()
        }
        let last = try await one.version()
        #expect(try await one.count() == 120)
        #expect(try await one.version() == last)
    }

    @Test func `a closed database has no version`() async throws {
        let file = TemporaryFile()
        for database in [try SQLiteDatabase(path: file.path), try SQLiteDatabase(path: nil)] {
            _ = try await database.version()
            await database.close()
            await #expect(throws: StorageError.self) { try await database.version() }
        }
    }

    @Test func `the counters of an open file name its connections`() async throws {
        let file = TemporaryFile()
        let database = try SQLiteDatabase(path: file.path)
        try await database.migrate(Fixture.migrations)
        _ = try await database.count()
        let counters = database.counters
        #expect(counters.open == 3)
        // The writer may be putting its things away.
        #expect((2...3).contains(counters.idle))
        #expect(counters.reads > 0 && counters.writes > 0 && counters.commits > 0)
        await database.close()
        #expect(database.counters.open == 0)
    }
}
