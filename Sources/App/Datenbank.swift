import Codelisten
import Dateien
import Foundation
import Jobs
import Katalog
import Kernel
import Konten
import Nachnutzung
import Post
package import Storage
import StoragePostgres
import StorageSQLite
import Suche
import Umsetzung
import Verzeichnis
import Webhooks

/// The order in which the rooms build their tables; a room comes after those whose views it joins.
package enum Schema {
    package static let migrations: [Migration] =
        KernelMigrations.all + JobsMigrations.all + PostMigrations.all + KontenMigrations.all
        + VerzeichnisMigrations.all
        + KatalogMigrations.all
        + CodelistenMigrations.all + SucheMigrations.all + NachnutzungMigrations.all + UmsetzungMigrations.all
        + DateienMigrations.all + WebhooksMigrations.all

    /// What a step that takes something away is compared with.
    package static let release = Release(Leitstand.version) ?? .any
}

/// Opens the configured database and brings it up to date.
package enum Datenbank {
    /// - Throws: `CollationError`, `MigrationError`, `StorageError.unavailable`, or `Refusal` for a folder that cannot be made.
    package static func open(_ einstellungen: Einstellungen) async throws -> (
        database: any Database, angewandt: [String]
    ) {
        if let conninfo = einstellungen.postgres {
            let database = try PostgresDatabase(conninfo: conninfo, limit: einstellungen.verbindungen())
            try await database.requireCUTF8()
            return (database, try await database.migrate(Schema.migrations, release: Schema.release))
        }
        let folder = einstellungen.datenordner
        try verlangeSchreibrecht([folder, folder + "/leitstand.sqlite"])
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw Refusal(.notAllowed, "Der Datenordner \(folder) lässt sich nicht anlegen oder betreten.")
        }
        let database = try SQLiteDatabase(path: folder + "/leitstand.sqlite")
        return (database, try await database.migrate(Schema.migrations, release: Schema.release))
    }

    /// SQLite would say no more than "disk I/O error".
    private static func verlangeSchreibrecht(_ paths: [String]) throws {
        let files = FileManager.default
        for path in paths where files.fileExists(atPath: path) && !files.isWritableFile(atPath: path) {
            throw Refusal(
                .notAllowed,
                "\(path) lässt sich nicht beschreiben: die Platte ist nur lesbar eingehängt, oder dem Konto fehlt das Recht."
            )
        }
    }
}
