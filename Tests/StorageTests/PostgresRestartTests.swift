import Storage
import StoragePostgres
import TestKit
import Testing

/// A server that goes away and comes back.
@Suite(
    .serialized, .timeLimit(.minutes(15)),
    .enabled(
        if: OwnCluster.programs != nil && !postgresConninfos.isEmpty, "the programs of a PostgreSQL server are missing")
)
struct PostgresRestartTests {
    @Test(arguments: ["fast", "immediate"])
    func `a restart under writers and readers loses nothing that was acknowledged and doubles nothing`(_ mode: String)
        async throws
    {
        let cluster = try OwnCluster(try #require(OwnCluster.programs))
        let database = PostgresDatabase(conninfo: cluster.conninfo, limit: 6)
        try await database.migrate(Fixture.migrations)
        let (acknowledged, unknown) = try await Writers.run(database, writers: 8, rounds: 100) {
            for _ in 0..<2 {
                try await Task.sleep(for: .milliseconds(250))
                try cluster.stop(mode)
                try await Task.sleep(for: .milliseconds(700))
                try cluster.start()
            }
        }
        try await Writers.check(database, acknowledged, unknown)
        // No request was lost: each was saved, or at most a commit under way stayed open.
        #expect(acknowledged.count + unknown.count == 8 * 100)
        #expect(unknown.count <= 12)
        #expect(database.counters.reconnects > 0)
        #expect(database.counters.open <= 6)
        print("restart \(mode): repeated \(database.counters.repeated), unknown \(unknown.count)")
        await database.close()
    }

    @Test
    func `a server that stays away is an error in German after the patience, and the next caller learns it at once`()
        async throws
    {
        let cluster = try OwnCluster(try #require(OwnCluster.programs))
        let database = PostgresDatabase(
            conninfo: cluster.conninfo + " password=Gehe1m", limit: 4, patience: .seconds(2))
        _ = try await database.version()
        _ = try await database.read { db in try db.rows("SELECT 1").count }
        try cluster.stop("fast")
        let clock = ContinuousClock()
        let first = await clock.measure { await Self.expectUnavailable(database) }
        #expect(first > .seconds(1) && first < .seconds(9))
        let second = await clock.measure {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<20 { group.addTask { await Self.expectUnavailable(database) } }
            }
        }
        #expect(second < .seconds(1.5))
        let waiting = Task { try await database.version() }
        try cluster.start()
        // Who came too early was refused; within the longest pause between two tries somebody gets through.
        var isBack = false
        for _ in 0..<100 where !isBack {
            do { isBack = try await database.read { db in try db.value("SELECT 1", as: Int.self) } == 1 } catch {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        #expect(isBack)
        // Asked while the server was away: either answer is right, hanging is not.
        _ = await waiting.result
        _ = try await database.version()
    }

    private static func expectUnavailable(_ database: PostgresDatabase) async {
        let error = await #expect(throws: StorageError.self) {
            try await database.read { db in try db.rows("SELECT 1").count }
        }
        guard case .unavailable(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("nicht zu erreichen") && !reason.contains("Gehe1m"))
    }

    @Test func `a server that has become one that only reads is left for the one that writes`() async throws {
        let programs = try #require(OwnCluster.programs)
        let (former, next) = (try OwnCluster(programs), try OwnCluster(programs))
        for cluster in [former, next] {
            let database = PostgresDatabase(conninfo: cluster.conninfo, limit: 1)
            try await database.migrate(Fixture.migrations)
            await database.close()
        }
        let hosts = [former, next].map { $0.folder }.joined(separator: ",")
        let database = PostgresDatabase(conninfo: "host=\(hosts) user=leitstand dbname=postgres", limit: 2)
        try await database.write { db in try Ding(id: "a").insert(in: db) }
        let mark = try await database.version()
        let admin = PostgresDatabase(conninfo: former.conninfo, limit: 1)
        try await admin.executeAlone("ALTER SYSTEM SET default_transaction_read_only = on")
        try former.stop("fast")
        try former.start()
        try await database.write { db in try Ding(id: "b").insert(in: db) }
        #expect(try await database.read { db in try Ding.all(in: db) }.map(\.id) == ["b"])
        #expect(try await database.version() != mark)
    }
}
