import Storage
import StorageSQLite
import Synchronization
import TestKit
import Testing

/// A disk without space, played by a limit on the pages of the file.
@Suite(.timeLimit(.minutes(15))) struct FullDiskTests {
    @Test(arguments: GroupCommitTests.backends)
    func `without space nothing is answered that is not stored, and with space it goes on`(
        on backend: TestBackend
    ) async throws {
        let database = try await backend.database(Fixture.migrations)
        let seed = UInt64.random(in: 0 ... .max)
        try await setLimit(of: database, more: 30)
        let outcomes = Mutex<[String: [String]]>([:])
        let fails = await fill(database, round: "a", seed, outcomes)
        #expect(fails > 0, "Saat \(seed)")
        // Reading goes on meanwhile.
        #expect(try await Set(ids(database)) == Set(outcomes.withLock { $0["none"] ?? [] }), "Saat \(seed)")
        #expect(Set(outcomes.withLock { $0.keys }) == ["none", "not writable"], "Saat \(seed)")

        try await setLimit(of: database, more: 10_000)
        #expect(await fill(database, round: "b", seed, outcomes) == 0, "Saat \(seed)")
        #expect(try await Set(ids(database)) == Set(outcomes.withLock { $0["none"] ?? [] }), "Saat \(seed)")
        let check = try await database.read { db in try db.value("PRAGMA integrity_check", as: String.self) }
        #expect(check == "ok", "Saat \(seed)")
    }

    @Test(arguments: GroupCommitTests.backends)
    func `a write that finds no space does not take those before it along`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        try await setLimit(of: database, more: 2)
        let seen = Mutex<[String: String]>([:])
        try await database.holdingWriter { hold in
            for (id, size) in [("a", 10), ("b", 1_000_000), ("c", 10), ("d", 1_000_000), ("e", 10)] {
                try await hold.enqueue { db in
                    var ding = Ding(id: id)
                    ding.bytes = Blob([UInt8](repeating: 7, count: size))
                    _ = try db.insert(into: "ding", columns: Fixture.columns, rows: [ding.values])
                } then: { error in
                    seen.withLock { $0[id] = kind(error) }
                    guard case StorageError.notWritable(let text)? = error else { return }
                    #expect(text.contains("kein Platz"))
                }
            }
        }
        #expect(
            seen.withLock { $0 } == ["a": "none", "b": "not writable", "c": "none", "d": "not writable", "e": "none"])
        #expect(try await ids(database) == ["a", "c", "e"])
    }

    private func ids(_ database: any Database) async throws -> [String] {
        try await database.read { db in try Ding.all(in: db) }.map(\.id)
    }

    /// Writers of different sizes at once; the number of those that found no space.
    private func fill(
        _ database: any Database, round: String, _ seed: UInt64, _ outcomes: borrowing Mutex<[String: [String]]>
    ) async -> Int {
        let found = await withTaskGroup(of: [(String, String)].self) { group in
            for writer in 0..<8 {
                group.addTask {
                    var zufall = Zufall(seed &+ UInt64(writer))
                    var seen: [(String, String)] = []
                    for turn in 0..<20 {
                        let id = "\(round)-\(writer)-\(turn)"
                        let parts = (0..<Int.random(in: 1...4, using: &zufall)).map { _ in
                            Blob([UInt8](repeating: 1, count: .random(in: 0...20_000, using: &zufall)))
                        }
                        do {
                            try await database.write { db in
                                try Ding(id: id).insert(in: db)
                                for part in parts { try db.execute("UPDATE ding SET bytes = \(part) WHERE id = \(id)") }
                            }
                            seen.append((id, "none"))
                        } catch { seen.append((id, kind(error))) }
                    }
                    return seen
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        outcomes.withLock { outcomes in for (id, name) in found { outcomes[name, default: []].append(id) } }
        return found.count { $0.1 != "none" }
    }

    private func setLimit(of database: any Database, more: Int) async throws {
        try await database.write { db in
            let pages: Int = try db.value("PRAGMA page_count") ?? 0
            _ = try db.rows(SQL(stringLiteral: "PRAGMA max_page_count = \(pages + more)"))
        }
    }
}
