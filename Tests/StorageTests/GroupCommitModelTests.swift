import Storage
import StorageSQLite
import Synchronization
import TestKit
import Testing

/// Many writers with random failures and cancellations against what their callers were told.
@Suite(.timeLimit(.minutes(15))) struct GroupCommitModelTests {
    /// What a unit of work does after its own row.
    private enum Fate: CaseIterable {
        case good, goodToo, stop, unique, foreignKey, conflictOnce, conflictAlways, cancelled, cancelledLate, slow,
            rollback
    }

    /// What a caller saw, in the order of one counter over all callers.
    private struct Call {
        let id: String
        let begun: Int
        let answered: Int
        let isStored: Bool
        let error: String
        let fate: Fate
    }

    private final class World: Sendable {
        let clock = Mutex(0)
        let calls = Mutex<[Call]>([])

        func tick() -> Int {
            clock.withLock { now in
                now += 1
                return now
            }
        }
    }

    @Test(arguments: GroupCommitTests.backends)
    func `exactly the answered writes are stored, in an order their callers could have seen`(
        on backend: TestBackend
    ) async throws {
        let database = try await backend.database(Fixture.migrations)
        let seed = UInt64.random(in: 0 ... .max)
        let world = World()
        try await database.write { db in try Ding(id: "da", zahl: 100).insert(in: db) }
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<24 {
                group.addTask {
                    var zufall = Zufall(seed &+ UInt64(writer))
                    for turn in 0..<25 {
                        await Self.write("\(writer)-\(turn)", in: database, world, &zufall)
                    }
                }
            }
        }
        let rows = try await database.read { db in
            try db.all("SELECT * FROM ding WHERE id <> 'da' ORDER BY zahl", as: Ding.self)
        }
        let calls = world.calls.withLock { $0 }
        let stored = calls.filter(\.isStored)
        #expect(calls.count == 600, "Saat \(seed)")
        #expect(Set(rows.map(\.id)) == Set(stored.map(\.id)), "Saat \(seed)")
        #expect(rows.map(\.zahl) == rows.indices.map { 101 + $0 }, "Saat \(seed)")
        for call in calls {
            #expect(
                Self.allowed(call.fate).contains(call.error), "Saat \(seed), \(call.id): \(call.fate) \(call.error)")
        }
        // Who was answered before another began stands before it.
        let byID = Dictionary(uniqueKeysWithValues: stored.map { ($0.id, $0) })
        var latestBegin = 0
        for row in rows {
            let call = try #require(byID[row.id])
            #expect(call.answered > latestBegin, "Saat \(seed), \(row.id) steht hinter einem späteren")
            latestBegin = max(latestBegin, call.begun)
        }
        let counters = database.counters
        #expect(counters.commits < counters.writes, "Saat \(seed)")
        #expect(counters.waiting == 0, "Saat \(seed)")
    }

    private static func write(
        _ id: String, in database: any Database, _ world: World, _ zufall: inout Zufall
    ) async {
        let fate = Fate.allCases.randomElement(using: &zufall) ?? .good
        let pause = Int.random(in: 0...2_000, using: &zufall)
        let begun = world.tick()
        let runs = Mutex(0)
        let task = Task {
            try await database.write { db in
                let run = runs.withLock { runs in
                    runs += 1
                    return runs
                }
                try db.execute(
                    "INSERT INTO ding (id, zahl) VALUES (\(id), (SELECT max(zahl) + 1 FROM ding))")
                try finish(fate, run, in: db)
            }
        }
        if fate == .cancelled || fate == .cancelledLate {
            // Before, while or after it runs, as it happens.
            if fate == .cancelledLate { try? await Task.sleep(for: .microseconds(pause)) }
            task.cancel()
        }
        let error: String
        do {
            try await task.value
            error = "none"
        } catch let found { error = kind(found) }
        let call = Call(
            id: id, begun: begun, answered: world.tick(), isStored: error == "none", error: error, fate: fate)
        world.calls.withLock { $0.append(call) }
    }

    private static func finish(_ fate: Fate, _ run: Int, in db: any SQLConnection) throws {
        switch fate {
        case .good, .goodToo: break
        case .stop: throw Stop()
        case .unique: try Ding(id: "da").insert(in: db)
        case .foreignKey: try Ding(id: "fremd", gruppe: "nirgends").insert(in: db)
        case .conflictOnce: if run == 1 { throw StorageError.conflict }
        case .conflictAlways: throw StorageError.conflict
        case .cancelled, .cancelledLate:
            for _ in 0..<20 { try db.execute("UPDATE ding SET name = 'x' WHERE id = 'da'") }
        case .slow:
            _ = try db.rows(
                """
                WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 30000)
                SELECT count(*) FROM c
                """)
        // SQLite gives up the whole transaction, as it does after an error of the disk.
        case .rollback: try db.execute("INSERT OR ROLLBACK INTO ding (id) VALUES ('da')")
        }
    }

    private static func allowed(_ fate: Fate) -> Set<String> {
        switch fate {
        case .good, .goodToo, .conflictOnce, .slow: ["none"]
        case .stop: ["stop"]
        case .unique, .rollback: ["unique"]
        case .foreignKey: ["foreign key"]
        case .conflictAlways: ["conflict"]
        case .cancelled, .cancelledLate: ["none", "cancelled"]
        }
    }
}
