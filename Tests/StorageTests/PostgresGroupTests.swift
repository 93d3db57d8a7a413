import Dispatch
import Storage
import StoragePostgres
import Synchronization
import TestKit
import Testing

/// Writes on PostgreSQL that share a transaction, with random failures, cancellations and lost connections.
@Suite(.timeLimit(.minutes(15))) struct PostgresGroupTests {
    private static let postgres = [TestBackend.postgres].filter(TestBackend.available.contains)

    private enum Fate: CaseIterable, Sendable {
        case good, goodToo, goodAsWell, stop, unique, foreignKey, check, deferred, swallowed, conflictOnce,
            conflictAlways, cancelled, cancelledLate, slow, locked, bulk, cursor, setting, killed, silent
    }

    private struct Call: Sendable {
        let id: String
        let isStored: Bool
        let error: String
        let fate: Fate
    }

    @Test(arguments: postgres)
    func `exactly the answered writes are stored, and each once`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        let seed = UInt64.random(in: 0 ... .max)
        print("writes in groups: seed \(seed)")
        try await database.write { db in
            try db.execute("ALTER TABLE ding ADD CONSTRAINT nur_einer UNIQUE (mass) DEFERRABLE INITIALLY DEFERRED")
            try db.execute("CREATE TABLE zaehler (id TEXT PRIMARY KEY, anzahl BIGINT NOT NULL)")
            for name in ["a", "b", "c"] { try db.execute("INSERT INTO zaehler VALUES (\(name), 0)") }
            try db.execute("INSERT INTO ding (id, mass) VALUES ('da', 1)")
        }
        let all = await withTaskGroup(of: [Call].self) { group in
            for writer in 0..<32 {
                group.addTask {
                    var zufall = Zufall(seed &+ UInt64(writer))
                    var own: [Call] = []
                    for turn in 0..<25 { own.append(await Self.write("\(writer)-\(turn)", in: database, &zufall)) }
                    return own
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        let (ids, sum) = try await database.read { db in
            (
                try Ding.all(in: db).map(\.id).filter { $0 != "da" },
                try db.value("SELECT CAST(sum(anzahl) AS BIGINT) FROM zaehler", as: Int.self)
            )
        }
        #expect(all.count == 800, "Saat \(seed)")
        #expect(Set(ids) == Set(all.filter { $0.isStored && $0.fate != .silent }.map(\.id)), "Saat \(seed)")
        #expect(sum == ids.count, "Saat \(seed)")
        for call in all {
            // Whoever meets others in a circle four times over gives up.
            #expect(
                call.error == "conflict" || Self.allowed(call.fate).contains(call.error),
                "Saat \(seed), \(call.id): \(call.fate) \(call.error)")
        }
        #expect(all.count { $0.error == "conflict" && $0.fate != .conflictAlways } < 20, "Saat \(seed)")
        let counters = database.counters
        print("writes in groups: \(counters.writes) writes, \(counters.commits) commits, \(counters.repeated) repeated")
        #expect(counters.commits < counters.writes)
        #expect(counters.waiting == 0)
        #expect(counters.open <= 4)
    }

    private static func write(_ id: String, in database: any Database, _ zufall: inout Zufall) async -> Call {
        let fate = Fate.allCases.randomElement(using: &zufall) ?? .good
        let pause = Int.random(in: 0...3_000, using: &zufall)
        // Two counters in any order: rows that others wait for, also in a circle.
        let counters = ["a", "b", "c"].shuffled(using: &zufall)
        let runs = Mutex(0)
        let task = Task {
            try await database.write { db in
                let run = runs.withLock { runs in
                    runs += 1
                    return runs
                }
                if fate == .silent { return }
                try db.execute("INSERT INTO ding (id) VALUES (\(id))")
                try db.execute("UPDATE zaehler SET anzahl = anzahl + 1 WHERE id = \(counters[0])")
                if pause % 8 == 0 { try db.execute("UPDATE zaehler SET anzahl = anzahl WHERE id = \(counters[1])") }
                try finish(fate, id, run, in: db)
            }
        }
        if fate == .cancelled || fate == .cancelledLate {
            // Waking early only makes it cancel sooner.
            if fate == .cancelledLate { try? await Task.sleep(for: .microseconds(pause)) }
            task.cancel()
        }
        let error: String
        do {
            try await task.value
            error = "none"
        } catch let found { error = kind(found) }
        return Call(id: id, isStored: error == "none", error: error, fate: fate)
    }

    private static func finish(_ fate: Fate, _ id: String, _ run: Int, in db: any SQLConnection) throws {
        switch fate {
        case .good, .goodToo, .goodAsWell, .silent: break
        case .stop: throw Stop()
        case .unique: try Ding(id: "da").insert(in: db)
        case .foreignKey: try Ding(id: "fremd", gruppe: "nirgends").insert(in: db)
        case .check: try db.execute("UPDATE ding SET zahl = 13 WHERE id = \(id)")
        case .deferred: try db.execute("UPDATE ding SET mass = 1 WHERE id = \(id)")
        // The mistake this case is about.
        case .swallowed: _ = try? db.execute("SELECT * FROM nirgends")
        case .conflictOnce: if run == 1 { throw StorageError.conflict }
        case .conflictAlways: throw StorageError.conflict
        case .cancelled, .cancelledLate: for _ in 0..<20 { _ = try db.rows("SELECT 1") }
        case .slow: _ = try db.rows("SELECT pg_sleep(0.06)")
        case .locked: try db.lock("gruppe")
        case .bulk: try db.insert(into: "zaehler", columns: ["id", "anzahl"], rows: [[.text(id), .integer(0)]])
        case .cursor: try db.forEach("SELECT * FROM gruppe") { _ in }
        case .setting: try db.execute("SET LOCAL work_mem = '1MB'")
        case .killed: if run == 1 { try db.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
        }
    }

    private static func kind(_ error: any Error) -> String {
        switch error {
        case is Stop: "stop"
        case is CancellationError: "cancelled"
        case StorageError.uniqueViolation: "unique"
        case StorageError.foreignKeyViolation: "foreign key"
        case StorageError.checkViolation: "check"
        case StorageError.conflict: "conflict"
        case StorageError.other("25P02", _): "ignored"
        default: "\(error)"
        }
    }

    private static func allowed(_ fate: Fate) -> Set<String> {
        switch fate {
        case .good, .goodToo, .goodAsWell, .conflictOnce, .slow, .locked, .bulk, .cursor, .setting, .killed, .silent:
            ["none"]
        case .stop: ["stop"]
        case .unique, .deferred: ["unique"]
        case .foreignKey: ["foreign key"]
        case .check: ["check"]
        case .swallowed: ["ignored"]
        case .conflictAlways: ["conflict"]
        case .cancelled, .cancelledLate: ["none", "cancelled"]
        }
    }

    @Test(arguments: postgres)
    func `backends killed from outside under writes in groups lose nothing and double nothing`(
        on backend: TestBackend
    ) async throws {
        let database = try await backend.database(Fixture.migrations)
        let name = try #require(
            try await database.read { db in try db.value("SELECT current_database()", as: String.self) })
        let admin = PostgresDatabase(conninfo: try #require(TestBackend.postgresConninfo), limit: 1)
        let (acknowledged, unknown) = try await Writers.run(database, writers: 24, rounds: 60) {
            for round in 0..<25 {
                try await Task.sleep(for: .milliseconds(15))
                try await admin.write { db in
                    _ = try db.rows(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE datname = \(name) ORDER BY pid OFFSET \(round % 4) LIMIT 1
                        """)
                }
            }
        }
        try await Writers.check(database, acknowledged, unknown)
        #expect(unknown.isEmpty)
        #expect(acknowledged.count == 24 * 60)
        #expect(database.counters.commits < database.counters.writes)
    }

    @Test(arguments: postgres)
    func `a slow write keeps no small one from being answered`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        try await Self.waehrend(2, in: database) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<40 {
                    group.addTask { try await database.write { db in try Ding(id: "\(writer)").insert(in: db) } }
                }
                try await group.waitForAll()
            }
        }
        #expect(try await database.count() == 40)
    }

    @Test(arguments: postgres)
    func `more slow writes than units of work share connections do not hold the small ones up`(
        on backend: TestBackend
    ) async throws {
        let database = PostgresDatabase(conninfo: try #require(TestBackend.postgresConninfo), limit: 8)
        try await Self.waehrend(7, in: database) {
            try await waitUntil { database.counters.open == 7 }
            for _ in 0..<5 { _ = try await database.write { db in try db.rows("SELECT 1").count } }
        }
    }

    /// Writes that go on for as long as `work` does: work that waited for them would not end.
    private static func waehrend(
        _ count: Int, in database: any Database, _ work: () async throws -> Void
    ) async throws {
        let (begun, gate) = (Zahl(), DispatchSemaphore(value: 0))
        let slow = (0..<count).map { _ in
            Task {
                try await database.write { db in
                    begun.stand.withLock { $0 += 1 }
                    gate.wait()
                    return try db.rows("SELECT 1").count
                }
            }
        }
        @Sendable func letGo() { for _ in 0..<count { gate.signal() } }
        try await waitUntil { begun.stand.withLock { $0 } == count }
        let brake = Task {
            try await Task.sleep(for: .seconds(120))
            Issue.record("the small writes waited for the slow ones")
            letGo()
        }
        do { try await work() } catch { Issue.record(error) }
        brake.cancel()
        letGo()
        for task in slow { #expect(try await task.value == 1) }
    }
}

/// How many writes have begun.
private final class Zahl: Sendable {
    let stand = Mutex(0)
}
