import Storage
import StoragePostgres
import TestKit
import Testing

@Suite(.timeLimit(.minutes(15))) struct PostgresTests {
    @Test(arguments: postgresConninfos)
    func `waiters for a full pool are served in turn, and a cancelled waiter leaves the queue`(_ conninfo: String)
        async throws
    {
        let database = PostgresDatabase(conninfo: conninfo, limit: 1)
        let holder = Task { try await database.read { db in try db.rows("SELECT pg_sleep(3)").count } }
        try await waitUntil { database.counters.open == 1 }
        let order = AsyncStream<Int>.makeStream()
        var waiters: [Task<Void, any Error>] = []
        for number in 0..<3 {
            waiters.append(Task { try await database.read { _ in _ = order.continuation.yield(number) } })
            try await waitUntil { database.counters.waiting == number + 1 }
        }
        waiters[1].cancel()
        await #expect(throws: CancellationError.self) { try await waiters[1].value }
        #expect(try await holder.value == 1)
        try await waiters[0].value
        try await waiters[2].value
        order.continuation.finish()
        #expect(await order.stream.reduce(into: []) { $0.append($1) } == [0, 2])
        try await waitUntil { database.counters.idle == 1 }
        #expect(database.counters.waitedMilliseconds > 0)
        await database.close()
        #expect(database.counters.open == 0 && database.counters.idle == 0)
    }

    @Test(arguments: postgresConninfos)
    func `a killed connection is replaced without an error`(_ conninfo: String) async throws {
        let database = PostgresDatabase(conninfo: conninfo, limit: 1)
        let other = PostgresDatabase(conninfo: conninfo, limit: 1)
        func pid() async throws -> Int {
            try await database.read { db in try db.value("SELECT pg_backend_pid()") ?? 0 }
        }
        let first = try await pid()
        try await other.write { db in _ = try db.rows("SELECT pg_terminate_backend(CAST(\(first) AS INTEGER))") }
        try await Task.sleep(for: .milliseconds(100))
        #expect(try await pid() != first)
        #expect(database.counters.open == 1)
    }

    @Test(arguments: postgresConninfos)
    func `no more than 256 statements stay prepared`(_ conninfo: String) async throws {
        let database = PostgresDatabase(conninfo: conninfo, limit: 1)
        let (sum, prepared) = try await database.read { db in
            var sum = 0
            for round in 0..<2 {
                for number in 0..<400 {
                    sum +=
                        try db.value(
                            SQL(stringLiteral: "SELECT \(number) AS a\(number)") + " WHERE \(round) < 2", as: Int.self)
                        ?? 0
                }
            }
            return (
                sum,
                try db.value(
                    "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 's_%' AND name <> 'snapshot'",
                    as: Int.self) ?? 0
            )
        }
        #expect(sum == 2 * 399 * 400 / 2)
        #expect(prepared == 256)
    }

    @Test(arguments: [TestBackend.postgres].filter(TestBackend.available.contains))
    func `a prepared statement survives a change of the schema`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        // Twice on every connection that is open, so that the statement is prepared.
        for _ in 0..<2 { _ = try await database.read { db in try db.rows("SELECT * FROM gruppe") } }
        try await database.write { db in try db.execute("ALTER TABLE gruppe ADD COLUMN neu BIGINT") }
        let row = try #require(try await database.read { db in try db.rows("SELECT * FROM gruppe") }.first)
        #expect(row.values.count == 2)
    }

    @Test(arguments: postgresConninfos)
    func `the same text with other types is prepared anew`(_ conninfo: String) async throws {
        let database = PostgresDatabase(conninfo: conninfo, limit: 1)
        let values = try await database.read { db in
            try [SQLValue.integer(1), .real(1.5), .null, .bool(true), .text("x")].map { value in
                try db.rows("SELECT \(value)").first?.values.first
            }
        }
        #expect(values == [.integer(1), .real(1.5), .null, .bool(true), .text("x")])
    }

    @Test(arguments: [TestBackend.postgres].filter(TestBackend.available.contains))
    func `ignoring a failed statement does not pass for a commit`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        await #expect(throws: StorageError.self) {
            try await database.write { db in
                try Ding(id: "a").insert(in: db)
                // The mistake this test is about.
                _ = try? db.execute("SELECT * FROM nirgends")
            }
        }
        #expect(try await database.count() == 0)
    }

    @Test(arguments: postgresConninfos)
    func `a cancelled bulk insert stops and leaves nothing`(_ conninfo: String) async throws {
        let database = try await TestBackend.postgres.database(Fixture.migrations)
        let endless = Task {
            try await database.write { db in
                try db.insert(into: "ding", columns: ["id"], rows: (0..<Int.max).lazy.map { [.text("\($0)")] })
            }
        }
        try await Task.sleep(for: .milliseconds(150))
        endless.cancel()
        await #expect(throws: CancellationError.self) { try await endless.value }
        #expect(try await database.count() == 0)
    }

    @Test func `no error shows the password`() async throws {
        let secrets = [
            "host=127.0.0.1 port=1 user=u password=Gehe1m dbname=x", "postgres://u:Gehe1m@127.0.0.1:1/x",
            "postgres://u:Gehe1m@[::1/x?nix=da", "password=Gehe1m unbekannt",
        ]
        for conninfo in secrets {
            let error = await #expect(throws: StorageError.self) {
                try await PostgresDatabase(conninfo: conninfo).read { db in try db.rows("SELECT 1").count }
            }
            guard case .unavailable(let message) = error else {
                Issue.record("another kind of error")
                continue
            }
            #expect(!message.contains("Gehe1m"))
        }
    }

    @Test(arguments: [TestBackend.postgres].filter(TestBackend.available.contains))
    func `a database that does not sort by code point is named with the command that helps`(on backend: TestBackend)
        async throws
    {
        let conninfo = try #require(TestBackend.postgresConninfo)
        let admin = PostgresDatabase(conninfo: conninfo, limit: 1)
        let name = "t_falsch_\(UInt32.random(in: 0 ... .max))"
        try await admin.executeAlone(
            SQL(
                stringLiteral:
                    "CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"))
        let wrong = PostgresDatabase(conninfo: TestBackend.conninfo(conninfo, database: name), limit: 1)
        let error = await #expect(throws: CollationError.self) { try await wrong.requireCUTF8() }
        #expect(error?.description.contains("LATIN1") == true)
        #expect(
            error?.description.contains(
                "CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8';")
                == true)
        await wrong.close()
        try await admin.executeAlone(SQL(stringLiteral: "DROP DATABASE \(name)"))
    }

    @Test(arguments: [TestBackend.postgres].filter(TestBackend.available.contains))
    func `a database made for tests sorts by code point and is reached by URL too`(on backend: TestBackend) async throws
    {
        let conninfo = try #require(TestBackend.postgresConninfo)
        let database = PostgresDatabase(conninfo: TestBackend.conninfo(conninfo, database: "postgres"), limit: 1)
        let (name, application) = try await database.read { db in
            (
                try db.value("SELECT current_database()", as: String.self),
                try db.value("SELECT current_setting('application_name')", as: String.self)
            )
        }
        #expect(name == "postgres")
        #expect(application == "leitstand")
    }
}

/// Waits for something another task does, for at most a minute: on a busy machine tasks start late.
func waitUntil(_ condition: () -> Bool) async throws {
    for _ in 0..<6_000 where !condition() { try await Task.sleep(for: .milliseconds(10)) }
    #expect(condition())
}
