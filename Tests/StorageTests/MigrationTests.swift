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

    private static let zusatz = Migration(
        "test-0003-zusatz", "ALTER TABLE gruppe ADD COLUMN neu TEXT NOT NULL DEFAULT 'x'")
    private static let abbau = Migration(
        "test-0004-abbau", kind: .contract(since: "0.4.0"), "ALTER TABLE gruppe DROP COLUMN neu")

    @Test(arguments: TestBackend.available)
    func `a program starts on a schema that a newer one only extended`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations + [Self.zusatz])
        #expect(try await database.schemaState(Fixture.migrations) == .ahead(["test-0003-zusatz"]))
        #expect(try await database.migrate(Fixture.migrations) == [])
        try await database.write { db in _ = try db.execute("INSERT INTO gruppe (id) VALUES ('alt')") }
        let value: String? = try await database.read { db in try db.value("SELECT neu FROM gruppe WHERE id = 'alt'") }
        #expect(value == "x")
    }

    @Test(arguments: TestBackend.available)
    func `a step that takes something away is refused by programs older than it names`(
        on backend: TestBackend
    ) async throws {
        let database = try await backend.database(Fixture.migrations + [Self.zusatz, Self.abbau])
        let older = Fixture.migrations + [Self.zusatz]
        for release in [.any, "0.3.9", "0.3"] as [Release] {
            let error = await #expect(throws: MigrationError.newerSchema(["test-0004-abbau"])) {
                try await database.migrate(older, release: release)
            }
            #expect(error?.description.contains("neueren Leitstand") == true)
        }
        for release in ["0.4", "0.4.1", "0.10.0", "1.0.0"] as [Release] {
            #expect(try await database.migrate(older, release: release) == [])
            #expect(try await database.schemaState(older, release: release) == .ahead(["test-0004-abbau"]))
        }
    }

    @Test(arguments: TestBackend.available)
    func `a refused program changes nothing, also when it has steps of its own to do`(
        on backend: TestBackend
    ) async throws {
        let database = try await backend.database(Fixture.migrations + [Self.zusatz, Self.abbau])
        let older = Fixture.migrations + [Migration("test-0005-eigen", "CREATE TABLE neu (id TEXT)")]
        await #expect(throws: MigrationError.newerSchema(["test-0004-abbau"])) { try await database.migrate(older) }
        #expect(
            try await database.schemaState(Fixture.migrations + [Self.zusatz, Self.abbau]) == .current)
    }

    @Test(arguments: TestBackend.available)
    func `steps of a room in front do not keep an older program from doing its last ones`(
        on backend: TestBackend
    ) async throws {
        let database = try await backend.database([Fixture.migrations[0], Self.zusatz])
        #expect(try await database.schemaState(Fixture.migrations) == .behind(["test-0002-ding"]))
        #expect(try await database.migrate(Fixture.migrations) == ["test-0002-ding"])
        #expect(try await database.schemaState(Fixture.migrations) == .ahead(["test-0003-zusatz"]))
    }

    /// The table as programs made it that knew no kinds of steps.
    @Test(arguments: TestBackend.available)
    func `a table of steps from the field is extended, and its unknown steps are refused`(
        on backend: TestBackend
    ) async throws {
        let database = try await backend.database([])
        try await database.write { db in
            try db.execute("CREATE TABLE schema_migration (id TEXT NOT NULL PRIMARY KEY, am BIGINT NOT NULL)")
            try db.execute("CREATE TABLE gruppe (id TEXT NOT NULL PRIMARY KEY)")
            try db.execute("INSERT INTO schema_migration (id, am) VALUES ('test-0001-gruppe', 1)")
        }
        #expect(try await database.schemaState([]) == .newer(["test-0001-gruppe"]))
        #expect(try await database.schemaState(Fixture.migrations) == .behind(["test-0002-ding"]))
        #expect(try await database.migrate(Fixture.migrations) == ["test-0002-ding"])
        #expect(try await database.migrate(Fixture.migrations) == [])
        // The one says nothing about older programs, the other says that it only adds.
        #expect(try await database.schemaState([Fixture.migrations[0]]) == .ahead(["test-0002-ding"]))
        #expect(try await database.schemaState([Fixture.migrations[1]]) == .newer(["test-0001-gruppe"]))
        // A program from before the rule notes its steps as it always did.
        try await database.write { db in
            _ = try db.execute("INSERT INTO schema_migration (id, am) VALUES ('test-0009-alt', 2)")
        }
        #expect(try await database.schemaState(Fixture.migrations) == .newer(["test-0009-alt"]))
    }

    @Test func `releases compare by their numbers`() {
        let sorted = ["0.1.0", "0.2", "0.9.9", "0.10.0", "1.0.0", "10.0"].compactMap { Release($0 as String) }
        #expect(sorted.count == 6 && sorted == sorted.shuffled().sorted())
        let release: Release = "0.4.0"
        #expect(release == "0.4" && release.text == "0.4" && Release.any < "0.0.1")
        for text in ["", ".", "1.", "1..2", "v1", "1.0-rc1", "-1", " 1", "99999999999999999999"] {
            #expect(Release(text as String) == nil, "\(text)")
        }
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
