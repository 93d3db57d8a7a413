import Storage
import TestKit
import Testing

@Suite(.timeLimit(.minutes(15))) struct VersionTests {
    @Test(arguments: TestBackend.available)
    func `the version moves with every commit`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        for number in 0..<20 {
            let before = try await database.version()
            _ = try await database.count()
            try await database.write { db in try Ding(id: "\(number)").insert(in: db) }
            #expect(try await database.version() != before)
        }
    }

    @Test(arguments: [TestBackend.sqliteMemory, .sqliteFile])
    func `the version stays while nobody writes`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        let before = try await database.version()
        for _ in 0..<20 { _ = try await database.count() }
        #expect(try await database.version() == before)
    }
}
