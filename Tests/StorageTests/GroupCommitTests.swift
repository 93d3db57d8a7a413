import Storage
import StorageSQLite
import Synchronization
import TestKit
import Testing

/// Units of work that meet in one transaction of SQLite.
@Suite(.timeLimit(.minutes(15))) struct GroupCommitTests {
    static let backends = [TestBackend.sqliteMemory, .sqliteFile]

    @Test(arguments: backends)
    func `writes that come while another runs share a transaction`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        let before = database.counters
        try await database.holdingWriter { hold in
            for number in 0..<40 {
                try await hold.enqueue { db in try Ding(id: "\(number)").insert(in: db) }
            }
            #expect(database.counters.waiting == 40)
        }
        let after = database.counters
        #expect(after.writes - before.writes == 41)
        #expect(after.commits - before.commits < 20)
        #expect(after.waiting == 0)
        #expect(after.waitedMilliseconds > before.waitedMilliseconds)
        #expect(try await database.count() == 40)
    }

    @Test(arguments: backends)
    func `a write that fails undoes only itself, whatever its failure`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        let bodies: [(name: String, body: @Sendable (any SQLConnection) throws -> Void)] = [
            ("none", { db in try Ding(id: "a").insert(in: db) }),
            (
                "stop",
                { db in
                    try Ding(id: "x").insert(in: db)
                    throw Stop()
                }
            ),
            ("none", { db in try Ding(id: "b", gruppe: "g").insert(in: db) }),
            (
                "unique",
                { db in
                    try Ding(id: "y").insert(in: db)
                    try Ding(id: "a").insert(in: db)
                }
            ),
            (
                "foreign key",
                { db in
                    try Ding(id: "z").insert(in: db)
                    try Ding(id: "w", gruppe: "nirgends").insert(in: db)
                }
            ),
            ("none", { db in try Ding(id: "c").insert(in: db) }),
            (
                "other",
                { db in
                    try Ding(id: "v").insert(in: db)
                    try db.execute("COMMIT")
                }
            ),
            (
                "stop",
                { db in
                    try db.execute("CREATE TABLE neu (id TEXT)")
                    try db.execute("ALTER TABLE ding ADD COLUMN neu TEXT")
                    _ = try db.rows("SELECT * FROM ding")
                    throw Stop()
                }
            ),
            (
                "none",
                { db in
                    let columns = try db.rows("SELECT * FROM ding").first?.values.count
                    #expect(columns == 7)
                }
            ),
            ("none", { db in try Ding(id: "d").insert(in: db) }),
        ]
        let seen = Mutex([String](repeating: "", count: bodies.count))
        try await database.holdingWriter { hold in
            for (index, each) in bodies.enumerated() {
                try await hold.enqueue(each.body) { error in seen.withLock { $0[index] = kind(error) } }
            }
        }
        #expect(seen.withLock { $0 } == bodies.map(\.name))
        #expect(try await database.read { db in try Ding.all(in: db) }.map(\.id) == ["a", "b", "c", "d"])
        await #expect(throws: StorageError.self) { try await database.read { db in try db.rows("SELECT * FROM neu") } }
    }

    @Test(arguments: backends)
    func `a reference left open at the end blames the write that left it`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        let seen = Mutex<[String]>([])
        try await database.holdingWriter { hold in
            try await hold.enqueue { db in try Ding(id: "a").insert(in: db) }
            try await hold.enqueue { db in
                try db.execute("PRAGMA defer_foreign_keys = ON")
                try Ding(id: "x", gruppe: "später").insert(in: db)
            } then: { error in
                seen.withLock { $0.append(kind(error)) }
            }
            try await hold.enqueue { db in
                try db.execute("PRAGMA defer_foreign_keys = ON")
                try Ding(id: "b", gruppe: "neu").insert(in: db)
                try db.execute("INSERT INTO gruppe (id) VALUES ('neu')")
            } then: { error in
                seen.withLock { $0.append(kind(error)) }
            }
            // The setting of one must not reach the next.
            try await hold.enqueue { db in
                try Ding(id: "y", gruppe: "nie").insert(in: db)
                try db.execute("INSERT INTO gruppe (id) VALUES ('nie')")
            } then: { error in
                seen.withLock { $0.append(kind(error)) }
            }
        }
        #expect(seen.withLock { $0.sorted() } == ["foreign key", "foreign key", "none"])
        #expect(try await database.read { db in try Ding.all(in: db) }.map(\.id) == ["a", "b"])
    }

    @Test(arguments: backends)
    func `the failure of a write that met another is told when the other can be seen`(
        on backend: TestBackend
    ) async throws {
        let database = try await backend.database(Fixture.migrations)
        let counts = Mutex<[Int?]>([])
        try await database.holdingWriter { hold in
            try await hold.enqueue { db in try Ding(id: "a").insert(in: db) }
            try await hold.enqueue { db in
                try Ding(id: "a").insert(in: db)
            } then: { error in
                #expect(kind(error) == "unique")
                let count = try? await database.count()
                counts.withLock { $0.append(count) }
            }
        }
        #expect(counts.withLock { $0 } == [1])
    }

    @Test(arguments: backends)
    func `a conflict runs only its own write again`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        let runs = Mutex<[String: Int]>([:])
        try await database.holdingWriter { hold in
            for id in ["a", "b", "c"] {
                try await hold.enqueue { db in
                    let run = runs.withLock { runs in
                        runs[id, default: 0] += 1
                        return runs[id]
                    }
                    try Ding(id: id).insert(in: db)
                    if id == "b", run == 1 { throw StorageError.conflict }
                }
            }
        }
        #expect(runs.withLock { $0 } == ["a": 1, "b": 2, "c": 1])
        #expect(database.counters.repeated == 1)
        #expect(try await database.count() == 3)
    }

    @Test(arguments: backends, [false, true])
    func `a slow write does not hold back the answers of those before it`(
        on backend: TestBackend, inOneStatement: Bool
    ) async throws {
        let database = try await backend.database(Fixture.migrations)
        let isAnswered = Mutex(false)
        let isRead = Mutex(false)
        try await database.holdingWriter { hold in
            try await hold.enqueue { db in
                try Ding(id: "früh").insert(in: db)
            } then: { error in
                #expect(error == nil)
                isAnswered.withLock { $0 = true }
            }
            try await hold.enqueue { db in
                try Ding(id: "langsam").insert(in: db)
                // For ever, unless the first answer comes although this one has begun. A statement that never ends
                // would be wrong: when this one begins a transaction, nobody waits and it is left alone.
                while !isAnswered.withLock({ $0 }) {
                    try db.execute(
                        inOneStatement
                            ? """
                            INSERT INTO ding (id)
                            WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 500000)
                            SELECT n FROM c WHERE n < 0
                            """
                            : "UPDATE ding SET name = 'x' WHERE id = 'langsam'")
                }
                isRead.withLock { $0 = true }
            }
            try await hold.enqueue { db in
                #expect(isRead.withLock { $0 })
                try Ding(id: "spät").insert(in: db)
            }
        }
        #expect(try await database.read { db in try Ding.all(in: db) }.map(\.id) == ["früh", "langsam", "spät"])
    }

    @Test func `closing waits for the writers that wait`() async throws {
        let file = TemporaryFile()
        let database = try SQLiteDatabase(path: file.path)
        try await database.migrate(Fixture.migrations)
        let closing = Mutex<Task<Void, Never>?>(nil)
        try await database.holdingWriter { hold in
            for number in 0..<20 { try await hold.enqueue { db in try Ding(id: "\(number)").insert(in: db) } }
            closing.withLock { $0 = Task { await database.close() } }
            while (try? await database.version()) != nil, (try? await database.count()) != nil { await Task.yield() }
        }
        await closing.withLock { $0 }?.value
        await #expect(throws: StorageError.self) { try await database.write { db in try db.execute("SELECT 1") } }
        await #expect(throws: StorageError.self) { try await database.version() }
        #expect(try await SQLiteDatabase(path: file.path).count() == 20)
    }
}
