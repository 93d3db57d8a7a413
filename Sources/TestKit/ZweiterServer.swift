import Foundation
package import Storage
import StoragePostgres
import StorageSQLite

/// A second way to a database that a test has borrowed, as a second server would have it.
package struct Datenbankort: Sendable {
    /// Conninfo of PostgreSQL or path of a file.
    package enum Art: Sendable {
        case postgres(String)
        case datei(String)
    }

    package let art: Art

    /// Where `database` lies; nil for one in memory.
    package init?(_ database: any Database) async throws {
        let isPostgres = database.dialect == .postgres
        let name: String? = try await database.read { db in
            try db.value(
                SQL(
                    sqlite: "SELECT file FROM pragma_database_list WHERE name = 'main'",
                    postgres: "SELECT CAST(current_database() AS text)"))
        }
        guard let name, !name.isEmpty else { return nil }
        art =
            isPostgres
            ? .postgres(TestBackend.conninfo(TestBackend.postgresConninfo ?? "", database: name)) : .datei(name)
    }

    /// Connections of their own.
    package func oeffne() throws -> any Database {
        switch art {
        case .postgres(let conninfo): PostgresDatabase(conninfo: conninfo, limit: 4)
        case .datei(let path): try SQLiteDatabase(path: path)
        }
    }
}
