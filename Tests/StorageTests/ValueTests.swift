import Storage
import TestKit
import Testing

@Suite(.timeLimit(.minutes(15))) struct ValueTests {
    @Test(arguments: TestBackend.available)
    func `every value comes back as it was written`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        var dinge = Fixture.trickyTexts.enumerated().map { Ding(id: String(100 + $0), name: $1) }
        dinge[0].name = nil
        dinge[1].zahl = .max
        dinge[2].zahl = .min
        dinge[3].mass = 0.1 + 0.2
        dinge[4].mass = -1e-300
        dinge[5].ja = true
        dinge[6].ja = false
        dinge[7].bytes = Blob([])
        dinge[8].bytes = Blob(Array(0...255))
        let written = dinge
        try await database.write { db in for ding in written { try ding.insert(in: db) } }
        #expect(try await database.read { db in try Ding.all(in: db) } == written)
    }

    @Test(arguments: TestBackend.available)
    func `a bulk insert writes the same values as single inserts`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        var dinge = Fixture.trickyTexts.enumerated().map { Ding(id: String(100 + $0), name: $1, zahl: -$0) }
        dinge[0].bytes = Blob([0, 0x5C, 0x0A, 0xFF])
        dinge[1].mass = 1e22
        dinge[2].ja = false
        let written = dinge
        let count = try await database.write { db in
            try db.insert(into: "ding", columns: Fixture.columns, rows: written.lazy.map(\.values))
        }
        #expect(count == written.count)
        #expect(try await database.read { db in try Ding.all(in: db) } == written)
    }

    @Test(arguments: TestBackend.available)
    func `text sorts by code point`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        let names = ["a", "Z", "ä", "z", "Ä", "_", "10", "9", "ß", "€", "😀", "\u{FFFD}", "a b", "a-b", "aB", ""]
        try await database.write { db in
            for (number, name) in names.enumerated() { try Ding(id: "\(number)", name: name).insert(in: db) }
        }
        let sorted = try await database.read { db in
            try db.rows("SELECT name FROM ding ORDER BY name").map { try $0["name"] as String }
        }
        #expect(sorted == names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) })
    }

    @Test(arguments: TestBackend.available)
    func `text with NUL and numbers that are not finite are refused`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        for value in [SQLValue.text("a\u{0}b"), .real(.nan), .real(.infinity)] {
            let code = if case .text = value { "22021" } else { "22003" }
            for isBulk in [false, true] {
                let error = await #expect(throws: StorageError.self) {
                    try await database.write { db in
                        if isBulk {
                            try db.insert(into: "ding", columns: ["id", "name"], rows: [[.text("x"), value]])
                        } else {
                            try db.execute("SELECT \(value)")
                        }
                    }
                }
                guard case .other(code, _) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
        }
        #expect(try await database.count() == 0)
    }

    @Test(arguments: TestBackend.available)
    func `a list finds its members and an empty list nobody`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        try await database.write { db in for id in ["a", "b", "c"] { try Ding(id: id, zahl: 1).insert(in: db) } }
        let counts = try await database.read { db in
            try [
                db.value("SELECT count(*) FROM ding WHERE id IN (\(["a", "c", "x"]))", as: Int.self),
                db.value("SELECT count(*) FROM ding WHERE id IN (\([String]()))", as: Int.self),
                db.value("SELECT count(*) FROM ding WHERE id IN (\((0..<500).map { "\($0)" } + ["b"]))", as: Int.self),
                db.value("SELECT sum(zahl) FROM ding", as: Int.self),
                db.value("SELECT zahl FROM ding WHERE id = \("x")", as: Int.self),
            ]
        }
        #expect(counts == [2, 0, 1, 3, nil])
    }

    @Test(arguments: TestBackend.available)
    func `the number of changed rows is counted for each statement alone`(on backend: TestBackend) async throws {
        let database = try await backend.database(Fixture.migrations)
        let counts = try await database.write { db in
            for id in ["a", "b"] { try Ding(id: id).insert(in: db) }
            return try [
                db.execute("UPDATE ding SET zahl = \(1)"),
                db.execute("UPDATE ding SET zahl = \(2) WHERE id = \("x")"),
                db.execute("INSERT INTO gruppe (id) VALUES (\("g")) ON CONFLICT DO NOTHING"),
                db.execute("CREATE TABLE neu (id TEXT)"),
                db.execute("DELETE FROM ding WHERE id = \("a")"),
            ]
        }
        #expect(counts == [2, 0, 0, 0, 1])
    }

    @Test(arguments: TestBackend.available)
    func `seeded random rows survive single and bulk writing`(on backend: TestBackend) async throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed of the random rows on \(backend): \(seed)")
        var generator = Zufall(seed)
        let dinge = (0..<300).map { Ding.random(id: String(1000 + $0), using: &generator) }
        let database = try await backend.database(Fixture.migrations)
        try await database.write { db in
            for ding in dinge[..<150] { try ding.insert(in: db) }
            try db.insert(into: "ding", columns: Fixture.columns, rows: dinge[150...].lazy.map(\.values))
        }
        let found = try await database.read { db in try Ding.all(in: db) }
        let differing = zip(found, dinge).first { $0 != $1 }
        #expect(found.count == dinge.count && differing == nil, "seed \(seed): \(String(describing: differing))")
    }
}

extension Ding {
    static func random(id: String, using generator: inout Zufall) -> Ding {
        var ding = Ding(id: id)
        let scalars = (0..<Int.random(in: 0..<40, using: &generator)).compactMap { _ in
            // Half of them from the range where the escapes live.
            let limit: UInt32 = Bool.random(using: &generator) ? 0x80 : 0x11_0000
            return Unicode.Scalar(UInt32.random(in: 1..<limit, using: &generator))
        }
        ding.name = Bool.random(using: &generator) ? String(String.UnicodeScalarView(scalars)) : nil
        let zahl = Int.random(in: .min ... .max, using: &generator)
        ding.zahl = Bool.random(using: &generator) ? zahl : nil
        let mass = Double(bitPattern: generator.next())
        ding.mass = mass.isFinite ? mass : nil
        ding.ja = [true, false, nil].randomElement(using: &generator) ?? nil
        ding.bytes = Blob(
            (0..<Int.random(in: 0..<20, using: &generator)).map { _ in .random(in: 0...255, using: &generator) })
        return ding
    }
}
