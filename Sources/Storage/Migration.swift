/// One forward step of the schema. A released one is never edited.
package struct Migration: Sendable {
    package let id: String
    package let statements: [SQL]

    /// Each of `statements` is a single statement; one that is empty in a dialect is skipped there.
    package init(_ id: String, _ statements: SQL...) {
        self.id = id
        self.statements = statements
    }
}

/// How the schema of a database stands to a list of migrations.
package enum SchemaState: Sendable, Equatable {
    case current
    /// These steps are still to be done.
    case behind([String])
    /// The database knows these steps, this program does not.
    case newer([String])
}

/// Why migrating was refused.
package enum MigrationError: Error, Sendable, Equatable, CustomStringConvertible {
    case newerSchema([String])

    package var description: String {
        switch self {
        case .newerSchema(let ids):
            """
            Die Datenbank wurde von einem neueren Leitstand geschrieben; dieser hier kennt die Schritte \
            \(ids.joined(separator: ", ")) nicht. Es wurde nichts verändert. \
            Bitte die neuere Version starten oder eine ältere Sicherung einspielen.
            """
        }
    }
}

extension Database {
    /// Brings the schema to the end of `migrations` and returns the steps done now.
    ///
    /// Each step is one transaction. Processes that start together wait for each other, on
    /// PostgreSQL by an advisory lock, on SQLite because there is one writer.
    ///
    /// - Throws: `MigrationError.newerSchema` before anything is changed.
    @discardableResult
    package func migrate(_ migrations: [Migration]) async throws -> [String] {
        precondition(Set(migrations.map(\.id)).count == migrations.count, "two migrations share an id")
        switch try await schemaState(migrations) {
        case .current: return []
        case .newer(let ids): throw MigrationError.newerSchema(ids)
        case .behind: break
        }
        try await write { db in
            try db.lockSchema()
            try db.execute(
                "CREATE TABLE IF NOT EXISTS schema_migration (id TEXT NOT NULL PRIMARY KEY, am BIGINT NOT NULL)")
        }
        var applied: [String] = []
        for migration in migrations where try await apply(migration, of: migrations) { applied.append(migration.id) }
        return applied
    }

    /// Compares without changing anything, for the start of a server and for the health page.
    package func schemaState(_ migrations: [Migration]) async throws -> SchemaState {
        try await read { db in try db.schemaState(migrations.map(\.id)) }
    }

    private func apply(_ migration: Migration, of migrations: [Migration]) async throws -> Bool {
        try await write { db in
            try db.lockSchema()
            // A newer program may have passed while this one waited for the lock.
            if case .newer(let ids) = try db.schemaState(migrations.map(\.id)) { throw MigrationError.newerSchema(ids) }
            let now = SQL(
                sqlite: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
                postgres: "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)")
            let isNew = try db.execute(
                "INSERT INTO schema_migration (id, am) VALUES (\(migration.id), \(now)) ON CONFLICT DO NOTHING")
            guard isNew == 1 else { return false }
            for statement in migration.statements where try !statement.isBlank(for: db.dialect) {
                try db.execute(statement)
            }
            return true
        }
    }
}

extension SQLConnection {
    fileprivate func lockSchema() throws {
        if dialect == .postgres {
            // A step may take longer than a page is allowed to, and so may waiting for another process.
            try execute("SET LOCAL statement_timeout = 0")
        }
        try lock("schema_migration")
    }

    fileprivate func schemaState(_ ids: [String]) throws -> SchemaState {
        let applied = Set(try appliedMigrations())
        let unknown = applied.subtracting(ids)
        if !unknown.isEmpty { return .newer(unknown.sorted()) }
        let missing = ids.filter { !applied.contains($0) }
        return missing.isEmpty ? .current : .behind(missing)
    }

    /// The steps that this database knows, in no order; none when it was never migrated.
    package func appliedMigrations() throws -> [String] {
        let exists = SQL(
            sqlite: "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_migration'",
            postgres:
                "SELECT count(*) FROM (SELECT to_regclass('schema_migration') AS found) AS t WHERE found IS NOT NULL")
        guard try value(exists, as: Int.self) == 1 else { return [] }
        return try rows("SELECT id FROM schema_migration").map { try $0["id"] }
    }
}

extension SQL {
    fileprivate func isBlank(for dialect: SQLDialect) throws -> Bool {
        try rendered(for: dialect).text.allSatisfy(\.isWhitespace)
    }
}
