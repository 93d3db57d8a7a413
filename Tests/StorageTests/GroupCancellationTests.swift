import Storage
import StorageSQLite
import Synchronization
import TestKit
import Testing

/// Callers that give up while their units of work wait or run beside others.
@Suite(.timeLimit(.minutes(15))) struct GroupCancellationTests {
    static let endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)"

    @Test(arguments: GroupCommitTests.backends)
    func `a caller who gives up while waiting is answered at once`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        let mark = UInt64.random(in: 0 ... .max)
        var zufall = Zufall(mark)
        try await database.holdingWriter { hold in
            var waiting: [(id: Int, task: Task<Void, any Error>)] = []
            for id in 0..<200 {
                waiting.append((id, try await hold.enqueue { db in try Ding(id: "\(id)").insert(in: db) }))
            }
            waiting.shuffle(using: &zufall)
            for (_, task) in waiting.prefix(150) { task.cancel() }
            // The writer is still held, so these answers cannot come from it.
            for (_, task) in waiting.prefix(150) {
                await #expect(throws: CancellationError.self) { try await task.value }
            }
            #expect(database.counters.waiting == 50)

        }
        let stored = try await database.read { db in try Ding.all(in: db) }.map(\.id)
        #expect(Set(stored).count == 50, "Saat \(mark)")
    }

    @Test(
        arguments: GroupCommitTests.backends,
        [
            "\(GroupCancellationTests.endless) SELECT count(*) FROM c",
            "INSERT INTO ding (id) \(GroupCancellationTests.endless) SELECT n FROM c WHERE n < 0",
        ])
    func `a write that is cancelled while it runs disturbs neither the one before nor the one after`(
        on backend: TestBackend, runaway: String
    ) async throws {
        let database = try await backend.database(Fixture.migrations)
        let hasBegun = Mutex(false)
        let slow = Mutex<Task<Void, any Error>?>(nil)
        try await database.holdingWriter { hold in
            try await hold.enqueue { db in try Ding(id: "vorher").insert(in: db) }
            let task = try await hold.enqueue { db in
                try Ding(id: "mitten").insert(in: db)
                hasBegun.withLock { $0 = true }
                // An error that is caught must not save the unit.
                do { _ = try db.rows(SQL(stringLiteral: runaway)) } catch {}
                try Ding(id: "danach").insert(in: db)
            }
            slow.withLock { $0 = task }
            try await hold.enqueue { db in try Ding(id: "nachher").insert(in: db) }
            hold.release()
            while !hasBegun.withLock({ $0 }) { await Task.yield() }
            task.cancel()
        }
        await #expect(throws: CancellationError.self) { try await slow.withLock { $0 }?.value }
        #expect(try await database.read { db in try Ding.all(in: db) }.map(\.id) == ["nachher", "vorher"])
    }

    @Test(arguments: GroupCommitTests.backends)
    func `a cancelled full text change leaves the index and the connection usable`(
        on backend: TestBackend
    ) async throws {
        let database = try await backend.database(Fixture.migrations)
        try await database.write { db in try db.execute("CREATE VIRTUAL TABLE wort USING fts5 (text)") }
        let hasBegun = Mutex(false)
        let filling = Task {
            try await database.write { db in
                hasBegun.withLock { $0 = true }
                try db.execute(
                    SQL(stringLiteral: "INSERT INTO wort (text) \(Self.endless) SELECT 'wort ' || n FROM c"))
            }
        }
        while !hasBegun.withLock({ $0 }) { await Task.yield() }
        try await Task.sleep(for: .milliseconds(50))
        filling.cancel()
        await #expect(throws: CancellationError.self) { try await filling.value }
        try await database.write { db in
            try db.execute("INSERT INTO wort (text) VALUES ('wort eins')")
            try db.execute("INSERT INTO wort (wort) VALUES ('integrity-check')")
        }
        let found = try await database.read { db in
            try db.value("SELECT count(*) FROM wort WHERE wort MATCH 'wort'", as: Int.self)
        }
        #expect(found == 1)
    }

    @Test(arguments: GroupCommitTests.backends)
    func `a caller who has given up before is answered without a unit of work`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            try await database.write { db in try Ding(id: "a").insert(in: db) }
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await database.count() == 0)
    }
}
