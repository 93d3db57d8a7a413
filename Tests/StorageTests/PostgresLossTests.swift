import Storage
import StoragePostgres
import Synchronization
import TestKit
import Testing

/// What a lost connection may and may not do.
@Suite(.timeLimit(.minutes(15))) struct PostgresLossTests {
    private static let postgres = [TestBackend.postgres].filter(TestBackend.available.contains)

    private static func end(_ process: Int, through database: any Database) async throws {
        try await database.write { db in
            _ = try db.rows("SELECT pg_terminate_backend(CAST(\(process) AS INTEGER))")
        }
    }

    @Test(arguments: postgresConninfos)
    func `idle connections that are killed are replaced, and no unit notices`(_ conninfo: String) async throws {
        let database = PostgresDatabase(conninfo: conninfo, limit: 4)
        let admin = PostgresDatabase(conninfo: conninfo, limit: 1)
        for _ in 0..<3 {
            let processes = Set(
                try await values(4) {
                    try await database.read { db in
                        _ = try db.rows("SELECT pg_sleep(0.1)")
                        return try db.value("SELECT pg_backend_pid()", as: Int.self) ?? 0
                    }
                })
            #expect(processes.count > 1)
            for process in processes { try await Self.end(process, through: admin) }
            let after = try await values(8) {
                try await database.read { db in try db.value("SELECT pg_backend_pid()", as: Int.self) ?? 0 }
            }
            #expect(processes.isDisjoint(with: after))
        }
        #expect(database.counters.reconnects > 0)
        #expect(database.counters.open <= 4)
    }

    @Test(arguments: postgres)
    func `a unit whose connection is killed in the middle runs again and is saved once`(on backend: TestBackend)
        async throws
    {
        let database = try await backend.database(Fixture.migrations)
        let runs = Mutex(0)
        try await database.write { db in
            let run = runs.withLock {
                $0 += 1
                return $0
            }
            try Ding(id: "\(run)").insert(in: db)
            if run == 1 { try db.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
            // A body that swallows the error changes nothing.
            if run == 2 { _ = try? db.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
        }
        #expect(try await database.read { db in try Ding.all(in: db) }.map(\.id) == ["3"])
        #expect(database.counters.repeated == 2)
        #expect(database.counters.reconnects == 2)
    }

    @Test(arguments: postgresConninfos)
    func `a unit that loses its connection each time is an error after six repeats`(_ conninfo: String) async throws {
        let database = PostgresDatabase(conninfo: conninfo, limit: 1)
        let error = await #expect(throws: StorageError.self) {
            try await database.write { db in try db.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
        }
        guard case .unavailable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try await database.read { db in try db.value("SELECT 1", as: Int.self) } == 1)
        #expect(database.counters.repeated == 6)
    }

    @Test(arguments: postgres)
    func `killing busy connections loses nothing that was acknowledged and doubles nothing`(on backend: TestBackend)
        async throws
    {
        let database = try await backend.database(Fixture.migrations)
        let name = try #require(
            try await database.read { db in try db.value("SELECT current_database()", as: String.self) })
        let admin = PostgresDatabase(conninfo: try #require(TestBackend.postgresConninfo), limit: 1)
        let seed = UInt64.random(in: 0 ... .max)
        print("killing busy connections: seed \(seed)")
        let (acknowledged, unknown) = try await Writers.run(database, writers: 8, rounds: 40) {
            var zufall = Zufall(seed)
            for _ in 0..<25 {
                try await Task.sleep(for: .milliseconds(Int.random(in: 5...40, using: &zufall)))
                let place = Int.random(in: 0..<4, using: &zufall)
                try await admin.write { db in
                    _ = try db.rows(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = \(name) ORDER BY pid OFFSET \(place) LIMIT 1
                        """)
                }
            }
        }
        try await Writers.check(database, acknowledged, unknown)
        // On one running server the outcome of a commit can always be found out.
        #expect(unknown.isEmpty)
        #expect(acknowledged.count == 320)
        #expect(database.counters.repeated > 0)
    }

    @Test(arguments: postgres)
    func `a connection lost while it commits is asked for, and a commit that happened is not repeated`(
        on backend: TestBackend
    ) async throws {
        let database = try await backend.database(Fixture.migrations)
        // A deferred check runs inside COMMIT; this one waits there until its backend is killed.
        try await database.write { db in
            try db.execute(
                """
                CREATE FUNCTION warte() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN IF NEW.name = 'warte' THEN PERFORM pg_sleep(0.6); END IF; RETURN NULL; END $$
                """)
            try db.execute(
                """
                CREATE CONSTRAINT TRIGGER warte AFTER INSERT ON ding DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION warte()
                """)
        }
        let process = Mutex(0)
        let runs = Mutex(0)
        let writing = Task {
            try await database.write { db in
                let run = runs.withLock {
                    $0 += 1
                    return $0
                }
                process.withLock { $0 = 0 }
                let own: Int = try db.value("SELECT pg_backend_pid()") ?? 0
                try Ding(id: "\(run)", name: run == 1 ? "warte" : nil).insert(in: db)
                process.withLock { $0 = own }
            }
        }
        while process.withLock({ $0 }) == 0 { try await Task.sleep(for: .milliseconds(5)) }
        try await Task.sleep(for: .milliseconds(150))
        try await Self.end(process.withLock { $0 }, through: database)
        try await writing.value
        #expect(runs.withLock { $0 } == 2)
        #expect(try await database.read { db in try Ding.all(in: db) }.map(\.id) == ["2"])
    }

    @Test(arguments: postgres)
    func `a deferred constraint that fails at the commit is the caller's error`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        try await database.write { db in
            try db.execute("ALTER TABLE ding ADD CONSTRAINT nur_einer UNIQUE (zahl) DEFERRABLE INITIALLY DEFERRED")
        }
        try await database.write { db in try Ding(id: "a", zahl: 1).insert(in: db) }
        let commits = database.counters.commits
        let error = await #expect(throws: StorageError.self) {
            try await database.write { db in try Ding(id: "b", zahl: 1).insert(in: db) }
        }
        guard case .uniqueViolation = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try await database.count() == 1)
        #expect(database.counters.commits == commits)
    }

    @Test(arguments: postgres)
    func `a deadlock whose error was swallowed runs again all the same`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        try await database.write { db in
            for id in ["a", "b"] { try Ding(id: id, zahl: 100).insert(in: db) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for order in [["a", "b"], ["b", "a"]] {
                group.addTask {
                    try await database.write { db in
                        for id in order {
                            // The mistake this test is about.
                            _ = try? db.execute("UPDATE ding SET zahl = zahl + 1 WHERE id = \(id)")
                            _ = try? db.rows("SELECT pg_sleep(0.2)")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await database.read { db in try Ding.all(in: db) }.map(\.zahl) == [102, 102])
    }

    private func values(_ count: Int, _ work: @escaping @Sendable () async throws -> Int) async throws -> [Int] {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<count { group.addTask { try await work() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
