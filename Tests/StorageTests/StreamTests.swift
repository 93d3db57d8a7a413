import Storage
import TestKit
import Testing

@Suite(.timeLimit(.minutes(15))) struct StreamTests {
    private static let numbers: SQL = """
        WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 20000) SELECT n FROM c
        """

    @Test(arguments: TestBackend.available)
    func `every row passes in order, and other statements may run between`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        let (sum, nested) = try await database.read { db in
            var sum = 0
            var nested = 0
            try db.forEach(Self.numbers) { row in
                let number: Int = try row["n"]
                sum += number
                if number % 1000 == 0 {
                    nested += try db.value("SELECT \(number)", as: Int.self) ?? 0
                    if number == 1000 { try db.forEach(Self.numbers) { _ in nested += 1 } }
                }
            }
            return (sum, nested)
        }
        #expect(sum == 20_000 * 20_001 / 2)
        #expect(nested == 210_000 + 20_000)
    }

    @Test(arguments: TestBackend.available)
    func `stopping early leaves the transaction usable`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        try await database.write { db in
            try Ding(id: "a").insert(in: db)
            var seen = 0
            #expect(throws: Stop.self) {
                try db.forEach("SELECT * FROM (\(Self.numbers)) AS t WHERE n > \(10)") { _ in
                    seen += 1
                    if seen == 700 { throw Stop() }
                }
            }
            #expect(seen == 700)
            try Ding(id: "b").insert(in: db)
        }
        #expect(try await database.count() == 2)
    }

    @Test(arguments: TestBackend.available)
    func `twenty thousand rows go in at once`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        let clock = ContinuousClock()
        let time = try await clock.measure {
            let count = try await database.write { db in
                try db.insert(
                    into: "ding", columns: ["id", "gruppe", "name", "zahl"],
                    rows: (100_000..<120_000).lazy.map { number in
                        [.text("\(number)"), .text("g"), .text("Name Nummer \(number)\t"), .integer(Int64(number))]
                    })
            }
            #expect(count == 20_000)
        }
        print("insert(into:) on \(backend): \(Int(20_000 / (time / .seconds(1)))) rows in a second")
        #expect(try await database.count() == 20_000)
    }

    @Test(arguments: TestBackend.available)
    func `a bulk insert with one wrong row leaves nothing`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        func rows(last: [SQLValue]) -> [[SQLValue]] {
            (0..<3000).map { [.text("\($0)"), .text("g")] } + [last]
        }
        func insert(_ rows: [[SQLValue]]) async throws {
            try await database.write { db in try db.insert(into: "ding", columns: ["id", "gruppe"], rows: rows) }
        }
        for last in [[.text("x"), .text("fehlt")], [.text("0"), .text("g")], [.null, .text("g")], [.text("x")]]
            as [[SQLValue]]
        {
            await #expect(throws: StorageError.self) { try await insert(rows(last: last)) }
            #expect(try await database.count() == 0)
        }
        do {
            try await insert(rows(last: [.text("x"), .text("fehlt")]))
            Issue.record("the foreign key was not checked")
        } catch StorageError.foreignKeyViolation {}
        try await insert(rows(last: [.text("x"), .text("g")]))
        #expect(try await database.count() == 3001)
    }

    @Test(arguments: TestBackend.available)
    func `names in a bulk insert are plain identifiers`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        for name in ["ding; DROP TABLE ding", "Ding", "", "dïng"] {
            await #expect(throws: StorageError.self) {
                try await database.write { db in try db.insert(into: name, columns: ["id"], rows: [[.text("a")]]) }
            }
        }
        #expect(try await database.write { db in try db.insert(into: "ding", columns: ["id"], rows: []) } == 0)
        #expect(try await database.count() == 0)
    }
}
