import Storage
import Synchronization
import TestKit
import Testing

@Suite(.timeLimit(.minutes(15))) struct TransactionTests {
    @Test(arguments: TestBackend.available)
    func `a failing write leaves nothing behind`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        await #expect(throws: Stop.self) {
            try await database.write { db in
                try Ding(id: "a").insert(in: db)
                throw Stop()
            }
        }
        #expect(try await database.count() == 0)
    }

    @Test(arguments: TestBackend.available)
    func `a read cannot write`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        let writes: [SQL] = [
            "INSERT INTO gruppe (id) VALUES ('x')", "UPDATE gruppe SET id = 'x'", "DELETE FROM gruppe",
            "CREATE TABLE neu (id TEXT)",
        ]
        for sql in writes {
            await #expect(throws: StorageError.readOnly) { try await database.read { db in try db.execute(sql) } }
        }
        await #expect(throws: StorageError.readOnly) {
            try await database.read { db in try db.insert(into: "ding", columns: ["id"], rows: [[.text("a")]]) }
        }
        try await database.write { db in try Ding(id: "a").insert(in: db) }
        #expect(try await database.count() == 1)
    }

    @Test(arguments: TestBackend.available)
    func `violated constraints have names both databases share`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        try await database.write { db in try Ding(id: "a").insert(in: db) }
        func kind(_ sql: SQL) async -> String {
            do {
                try await database.write { db in try db.execute(sql) }
                return "none"
            } catch StorageError.uniqueViolation { return "unique" } catch StorageError.foreignKeyViolation {
                return "foreign key"
            } catch StorageError.checkViolation { return "check" } catch StorageError.other { return "other" } catch {
                return "\(error)"
            }
        }
        #expect(await kind("INSERT INTO ding (id) VALUES (\("a"))") == "unique")
        #expect(await kind("INSERT INTO ding (id, gruppe) VALUES (\("b"), \("x"))") == "foreign key")
        #expect(await kind("INSERT INTO ding (id, zahl) VALUES (\("b"), \(13))") == "check")
        #expect(await kind("INSERT INTO ding (id) VALUES (\(nil as String?))") == "check")
        #expect(await kind("SELECT * FROM nirgends") == "other")
        #expect(try await database.count() == 1)
    }

    @Test(arguments: [TestBackend.sqliteFile, .postgres].filter(TestBackend.available.contains))
    func `a read sees one snapshot while others write`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        let (hasWritten, writing) = AsyncStream<Void>.makeStream()
        let counts = Mutex<[Int?]>([])
        let mayContinue = Mutex(false)
        let reading = Task {
            try await database.read { db in
                defer { writing.finish() }
                let before: Int? = try db.value("SELECT count(*) FROM ding")
                writing.finish()
                while !mayContinue.withLock({ $0 }) { _ = try db.rows("SELECT 1") }
                let after: Int? = try db.value("SELECT count(*) FROM ding")
                counts.withLock { $0 = [before, after] }
            }
        }
        for await _ in hasWritten {}
        try await database.write { db in try Ding(id: "a").insert(in: db) }
        mayContinue.withLock { $0 = true }
        try await reading.value
        #expect(counts.withLock { $0 } == [0, 0])
        #expect(try await database.count() == 1)
    }

    @Test(arguments: TestBackend.available)
    func `a conflict runs the write again, at most three times`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        let runs = Mutex(0)
        let last = try await database.write { db in
            try Ding(id: "a").insert(in: db)
            let run = runs.withLock {
                $0 += 1
                return $0
            }
            if run < 4 { throw StorageError.conflict }
            return run
        }
        #expect(last == 4)
        #expect(try await database.count() == 1)
        await #expect(throws: StorageError.conflict) {
            try await database.write { _ in
                runs.withLock { $0 += 1 }
                throw StorageError.conflict
            }
        }
        #expect(runs.withLock { $0 } == 8)
    }

    @Test(arguments: TestBackend.available)
    func `counting up under a lock loses nothing`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        try await database.write { db in try Ding(id: "a", zahl: 100).insert(in: db) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await database.write { db in
                        try db.lock("zähler")
                        let old: Int = try db.value("SELECT zahl FROM ding") ?? 0
                        try db.execute("UPDATE ding SET zahl = \(old + 1)")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await database.read { db in try Ding.all(in: db) }.map(\.zahl) == [120])
    }

    @Test(arguments: TestBackend.available)
    func `cancelling the task stops a runaway query and the database stays usable`(on backend: TestBackend) async throws
    {
        let database = try await backend.database(Fixture.migrations)
        for isWriting in [false, true] {
            let slow = Task {
                let runaway: SQL = """
                    WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000000000)
                    SELECT count(*) FROM c
                    """
                if isWriting { return try await database.write { db in try db.value(runaway, as: Int.self) } }
                return try await database.read { db in try db.value(runaway, as: Int.self) }
            }
            try await Task.sleep(for: .milliseconds(150))
            slow.cancel()
            // To its end the query would run for many minutes, longer than the suite's time limit.
            await #expect(throws: CancellationError.self) { try await slow.value }
            #expect(try await database.count() == 0)
        }
        try await database.write { db in try Ding(id: "a").insert(in: db) }
        #expect(try await database.count() == 1)
    }

    @Test(arguments: TestBackend.available)
    func `a closed database refuses work`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        _ = try await database.count()
        await database.close()
        let error = await #expect(throws: StorageError.self) { try await database.count() }
        guard case .unavailable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
