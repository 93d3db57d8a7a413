import Storage
import Synchronization
import Testing

/// Writers and readers at work while something happens to the server.
enum Writers {
    typealias Written = (acknowledged: Set<String>, unknown: Set<String>)

    private final class Log: Sendable {
        let written = Mutex<Written>(([], []))
    }

    /// Each row has a key of its own, so a row written twice would be refused and one run twice would show up in `name`.
    static func run(
        _ database: any Database, writers: Int, rounds: Int,
        while disturbance: @escaping @Sendable () async throws -> Void
    ) async throws -> Written {
        try await prepare(database, writers)
        let log = Log()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    for round in 0..<rounds {
                        let id = "\(writer)-\(round)"
                        do {
                            try await database.write { db in
                                try Ding(id: id).insert(in: db)
                                try db.execute("UPDATE gruppe SET anzahl = anzahl + 1 WHERE id = \(String(writer))")
                            }
                            log.written.withLock { _ = $0.acknowledged.insert(id) }
                        } catch StorageError.unavailable(let reason) where reason.contains("nicht bekannt") {
                            log.written.withLock { _ = $0.unknown.insert(id) }
                        }
                        // What was acknowledged is seen by a unit that starts now.
                        let count: Int? = try await database.read { db in
                            try db.value("SELECT anzahl FROM gruppe WHERE id = \(String(writer))")
                        }
                        let own = log.written.withLock { w in
                            w.acknowledged.count { $0.hasPrefix("\(writer)-") }
                        }
                        #expect((count ?? 0) >= own)
                        try await Task.sleep(for: .milliseconds(2))
                    }
                }
            }
            group.addTask { try await disturbance() }
            try await group.waitForAll()
        }
        return log.written.withLock { $0 }
    }

    /// The number of rows and the sums that only a unit run once gives.
    static func check(_ database: any Database, _ acknowledged: Set<String>, _ unknown: Set<String>) async throws {
        let (rows, sum) = try await database.read { db in
            (try Ding.all(in: db).map(\.id), try db.value("SELECT sum(anzahl) FROM gruppe", as: Int.self))
        }
        #expect(acknowledged.isSubset(of: rows), "\(acknowledged.subtracting(rows)) are lost")
        #expect(Set(rows).subtracting(acknowledged).isSubset(of: unknown))
        #expect(sum == rows.count)
    }

    private static func prepare(_ database: any Database, _ writers: Int) async throws {
        try await database.write { db in
            try db.execute("ALTER TABLE gruppe ADD COLUMN anzahl BIGINT NOT NULL DEFAULT 0")
            for writer in 0..<writers { try db.execute("INSERT INTO gruppe (id) VALUES (\(String(writer)))") }
        }
    }
}
