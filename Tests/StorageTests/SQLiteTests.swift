import Foundation
import Storage
import StorageSQLite
import Testing

@Suite struct SQLiteTests {
    private func withFile(_ body: (String) async throws -> Void) async throws {
        let file = NSTemporaryDirectory() + UUID().uuidString + ".sqlite"
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) } }
        try await body(file)
    }

    @Test func `a file is durable, checks foreign keys and uses large pages`() async throws {
        try await withFile { file in
            let database = try SQLiteDatabase(path: file)
            let settings = try await database.write { db in
                try ["journal_mode", "synchronous", "foreign_keys", "page_size", "cache_size"].map { name in
                    try db.rows(SQL(stringLiteral: "PRAGMA \(name)")).first?.values.first
                }
            }
            #expect(settings == [.text("wal"), .integer(2), .integer(1), .integer(8192), .integer(-8192)])
        }
    }

    @Test func `what was written is there after closing and opening again`() async throws {
        try await withFile { file in
            let first = try SQLiteDatabase(path: file)
            try await first.migrate(Fixture.migrations)
            try await first.write { db in try Ding(id: "a").insert(in: db) }
            await first.close()
            // A copy of the file alone is a backup.
            try FileManager.default.removeItem(atPath: file + "-wal")
            #expect(try await SQLiteDatabase(path: file).count() == 1)
        }
    }

    @Test func `two programs on one file wait for each other`() async throws {
        try await withFile { file in
            let databases = try (0..<2).map { _ in try SQLiteDatabase(path: file) }
            try await databases[0].migrate(Fixture.migrations)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, database) in databases.enumerated() {
                    for turn in 0..<25 {
                        group.addTask {
                            try await database.write { db in try Ding(id: "\(number)-\(turn)").insert(in: db) }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await databases[1].count() == 50)
        }
    }

    @Test func `a file that cannot be opened is unavailable`() {
        #expect(throws: StorageError.self) { try SQLiteDatabase(path: "/gibt/es/nicht/leitstand.sqlite") }
    }
}
