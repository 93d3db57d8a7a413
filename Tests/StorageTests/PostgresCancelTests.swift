import Storage
import StoragePostgres
import TestKit
import Testing

/// Stopping one unit of work leaves all others alone.
@Suite(.timeLimit(.minutes(15))) struct PostgresCancelTests {
    @Test(arguments: postgresConninfos)
    func `many cancellations never hit somebody else`(_ conninfo: String) async throws {
        let database = PostgresDatabase(conninfo: conninfo, limit: 2)
        for _ in 0..<25 {
            let slow = Task { try await database.read { db in try db.rows("SELECT pg_sleep(5)").count } }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...12)))
            slow.cancel()
            await #expect(throws: CancellationError.self) { try await slow.value }
            #expect(try await database.read { db in try db.rows("SELECT pg_sleep(0.01)").count } == 1)
        }
        #expect(database.counters.open <= 2)
    }

    @Test(arguments: postgresConninfos)
    func `in a storm in which every second unit is cancelled the others succeed with their own values`(
        _ conninfo: String
    ) async throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("cancel storm: seed \(seed)")
        var zufall = Zufall(seed)
        let database = PostgresDatabase(conninfo: conninfo, limit: 4)
        let plans = (0..<400).map { number in
            (
                number: number, work: Int.random(in: 0...6, using: &zufall),
                patience: Int.random(in: 0...8, using: &zufall)
            )
        }
        var outcomes: [String] = []
        await withTaskGroup(of: String.self) { group in
            for (position, plan) in plans.enumerated() {
                if position >= 12, let outcome = await group.next() { outcomes.append(outcome) }
                group.addTask {
                    let work = Self.threeSteps(plan.number, milliseconds: plan.work, database)
                    if plan.number % 2 == 1 {
                        // Waking early only makes it cancel sooner.
                        try? await Task.sleep(for: .milliseconds(plan.patience))
                        work.cancel()
                    }
                    switch await work.result {
                    case .success(3 * plan.number + 3): return "right"
                    case .success(let sum): return "\(plan): \(sum)"
                    case .failure(let error):
                        return plan.number % 2 == 1 && error is CancellationError ? "cancelled" : "\(plan): \(error)"
                    }
                }
            }
            for await outcome in group { outcomes.append(outcome) }
        }
        #expect(outcomes.filter { $0 != "right" && $0 != "cancelled" } == [])
        #expect(outcomes.count { $0 == "cancelled" } > 50)
        #expect(outcomes.count == 400)
        // A signal that came late would have been repeated away; none came.
        #expect(database.counters.repeated == 0)
        #expect(database.counters.open <= 4)
        #expect(database.counters.waiting == 0)
    }

    private static func threeSteps(
        _ number: Int, milliseconds: Int, _ database: PostgresDatabase
    ) -> Task<Int, any Error> {
        Task {
            try await database.read { db in
                var sum = 0
                for step in 0..<3 {
                    _ = try db.rows("SELECT pg_sleep(\(Double(milliseconds) / 1_000))")
                    sum += try db.value("SELECT \(number) + \(step)", as: Int.self) ?? 0
                }
                return sum
            }
        }
    }

    private static func ownProcess(_ database: PostgresDatabase) -> Task<Int, any Error> {
        Task {
            try await database.read { db in
                _ = try db.rows("SELECT pg_sleep(0.002)")
                return try db.value("SELECT pg_backend_pid()") ?? 0
            }
        }
    }

    @Test(arguments: postgresConninfos)
    func `the time limit of a statement is told apart from a cancellation and ends only its own`(_ conninfo: String)
        async throws
    {
        let database = PostgresDatabase(conninfo: conninfo, limit: 3, statementTimeout: 250)
        let other = Task {
            try await database.read { db in try (0..<40).map { _ in try db.rows("SELECT pg_sleep(0.02)").count }.count }
        }
        for _ in 0..<2 {
            let error = await #expect(throws: StorageError.self) {
                try await database.read { db in try db.rows("SELECT pg_sleep(5)").count }
            }
            guard case .other("57014", _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
        #expect(try await other.value == 40)
        #expect(try await database.read { db in try db.value("SELECT 1", as: Int.self) } == 1)
    }

    @Test(arguments: postgresConninfos)
    func `the pool never has more connections open than its limit`(_ conninfo: String) async throws {
        let application = "t_grenze_\(UInt32.random(in: 0 ... .max))"
        let database = PostgresDatabase(conninfo: conninfo + " options='-c search_path=\(application)'", limit: 3)
        var processes: Set<Int> = []
        let seed = UInt64.random(in: 0 ... .max)
        print("limit of the pool: seed \(seed)")
        var zufall = Zufall(seed)
        let plans = (0..<200).map { _ in Int.random(in: 0...5, using: &zufall) }
        try await withThrowingTaskGroup(of: Int?.self) { group in
            for plan in plans {
                group.addTask {
                    let work = Self.ownProcess(database)
                    if plan == 0 { work.cancel() }
                    defer { #expect(database.counters.open <= 3) }
                    do { return try await work.value } catch is CancellationError where plan == 0 { return nil }
                }
            }
            for try await process in group { if let process { processes.insert(process) } }
        }
        #expect(processes.count <= 3)
        try await waitUntil { database.counters.idle == database.counters.open }
        #expect(database.counters.reads == 200)
    }
}
