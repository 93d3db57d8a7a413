import Foundation
import Storage
import StorageSQLite
import TestKit
import Testing

@Suite(.timeLimit(.minutes(15))) struct MigrationTests {
    @Test(arguments: TestBackend.available)
    func `migrating tells what it did and does nothing the second time`(on backend: TestBackend) async throws {
        let database = try await backend.database([])
        #expect(try await database.schemaState(Fixture.migrations) == .behind(["test-0001-gruppe", "test-0002-ding"]))
        #expect(try await database.migrate(Fixture.migrations) == ["test-0001-gruppe", "test-0002-ding"])
        #expect(try await database.migrate(Fixture.migrations) == [])
        #expect(try await database.schemaState(Fixture.migrations) == .current)
        let times = try await database.read { db in
            try db.rows("SELECT am FROM schema_migration").map { try $0["am"] as Int }
        }
        #expect(times.allSatisfy { $0 > 1_700_000_000_000 })
    }

    @Test(arguments: TestBackend.available)
    func `processes that migrate together do each step once`(on backend: TestBackend) async throws {
        let database = try await backend.database([])
        let done = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<4 { group.addTask { try await database.migrate(Fixture.migrations) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(done.sorted() == Fixture.migrations.map(\.id))
    }

    @Test func `two processes on one file migrate together`() async throws {
        let file = NSTemporaryDirectory() + UUID().uuidString + ".sqlite"
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) } }
        let databases = try (0..<3).map { _ in try SQLiteDatabase(path: file) }
        let done = try await withThrowingTaskGroup(of: [String].self) { group in
            for database in databases { group.addTask { try await database.migrate(Fixture.migrations) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(done.sorted() == Fixture.migrations.map(\.id))
    }

    @Test(arguments: TestBackend.available)
    func `a schema from a newer program is refused before anything changes`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        let older = [Fixture.migrations[0], Migration("test-0003-neu", "CREATE TABLE neu (id TEXT)")]
        #expect(try await database.schemaState(older) == .newer(["test-0002-ding"]))
        let error = await #expect(throws: MigrationError.newerSchema(["test-0002-ding"])) {
            try await database.migrate(older)
        }
        #expect(error?.description.contains("neueren Leitstand") == true)
        #expect(try await database.schemaState(Fixture.migrations) == .current)
    }

    @Test(arguments: TestBackend.available)
    func `a step that fails is undone as a whole and the steps before it stay`(on backend: TestBackend) async throws {
        let database = try await backend.database([])
        let broken = Migration("test-0003", "CREATE TABLE halb (id TEXT)", "INSERT INTO nirgends VALUES (1)")
        await #expect(throws: StorageError.self) { try await database.migrate(Fixture.migrations + [broken]) }
        #expect(try await database.schemaState(Fixture.migrations + [broken]) == .behind(["test-0003"]))
        let mended = Migration("test-0003", "CREATE TABLE halb (id TEXT)", SQL(sqlite: "", postgres: " "))
        #expect(try await database.migrate(Fixture.migrations + [mended]) == ["test-0003"])
    }
}
