import Storage
import StoragePostgres
import TestKit
import Testing

/// A small world of two tables for the rules of storage.
enum Fixture {
    static let migrations = [
        Migration(
            "test-0001-gruppe",
            "CREATE TABLE gruppe (id TEXT NOT NULL PRIMARY KEY)",
            "INSERT INTO gruppe (id) VALUES ('g')"),
        Migration(
            "test-0002-ding",
            """
            CREATE TABLE ding (
                id TEXT NOT NULL PRIMARY KEY,
                gruppe TEXT REFERENCES gruppe (id),
                name TEXT,
                zahl BIGINT CHECK (zahl <> 13),
                mass DOUBLE PRECISION,
                ja BOOLEAN,
                bytes BYTEA
            )
            """),
    ]

    static let columns = ["id", "gruppe", "name", "zahl", "mass", "ja", "bytes"]

    /// Texts that trip careless escaping.
    static let trickyTexts = [
        "", " ", "Bürgeramt Köln-Süd", "😀👩‍👩‍👧", "it's \"quoted\"", "back\\slash", "tab\there", "line\nbreak\r\n", "\\.",
        "\\N",
        "\\", "$1 ? :name %s", "NULL", "e\u{301} é", "{\"a\":1}", "\u{1}\u{7F}\u{FFFD}", "\n\\.\n",
    ]
}

/// One row of the table `ding`.
struct Ding: RowDecodable, Equatable, Sendable {
    var id: String
    var gruppe: String?
    var name: String?
    var zahl: Int?
    var mass: Double?
    var ja: Bool?
    var bytes: Blob?

    init(id: String, gruppe: String? = nil, name: String? = nil, zahl: Int? = nil) {
        self.id = id
        self.gruppe = gruppe
        self.name = name
        self.zahl = zahl
    }

    init(row: Row) throws {
        id = try row["id"]
        gruppe = try row["gruppe"]
        name = try row["name"]
        zahl = try row["zahl"]
        mass = try row["mass"]
        ja = try row["ja"]
        bytes = try row["bytes"]
    }

    var values: [SQLValue] {
        [id.sqlValue, gruppe.sqlValue, name.sqlValue, zahl.sqlValue, mass.sqlValue, ja.sqlValue, bytes.sqlValue]
    }

    func insert(in db: any SQLConnection) throws {
        try db.execute(
            """
            INSERT INTO ding (id, gruppe, name, zahl, mass, ja, bytes)
            VALUES (\(id), \(gruppe), \(name), \(zahl), \(mass), \(ja), \(bytes))
            """)
    }

    static func all(in db: any SQLConnection) throws -> [Ding] { try db.all("SELECT * FROM ding ORDER BY id") }
}

extension Database {
    func count() async throws -> Int? { try await read { db in try db.value("SELECT count(*) FROM ding") } }
}

struct Stop: Error {}

/// The PostgreSQL databases a test may use, none on a machine without one.
let postgresConninfos = TestBackend.postgresConninfo.map { [$0] } ?? []
