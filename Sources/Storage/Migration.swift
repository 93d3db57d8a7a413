/// One forward step of the schema. A released one is never edited.
package struct Migration: Sendable {
    /// What a step means for programs that do not know it.
    package enum Kind: Sendable, Equatable {
        /// It only adds, so whatever worked before goes on working.
        case expand
        /// It takes something away that programs from this release on no longer use.
        case contract(since: Release)
    }

    package let id: String
    package let kind: Kind
    package let statements: [SQL]

    /// Each of `statements` is a single statement; one that is empty in a dialect is skipped there.
    package init(_ id: String, kind: Kind = .expand, _ statements: SQL...) {
        self.id = id
        self.kind = kind
        self.statements = statements
    }

    /// The oldest release that works with the schema after this step, as it is stored.
    fileprivate var oldest: Release {
        switch kind {
        case .expand: .any
        case .contract(let release): release
        }
    }
}

/// How the schema of a database stands to a list of migrations.
package enum SchemaState: Sendable, Equatable {
    case current
    /// These steps are still to be done.
    case behind([String])
    /// A newer program did these steps, and this one works with them all the same.
    case ahead([String])
    /// A newer program did these steps, and this one would not work with them or cannot know.
    case newer([String])
}

/// Why migrating was refused.
package enum MigrationError: Error, Sendable, Equatable, CustomStringConvertible {
    case newerSchema([String])

    package var description: String {
        switch self {
        case .newerSchema(let ids):
            """
            Die Datenbank wurde von einem neueren Leitstand geschrieben; mit den Schritten \
            \(ids.joined(separator: ", ")) kann dieser hier nicht arbeiten. Es wurde nichts verändert. \
            Bitte die neuere Version starten oder eine ältere Sicherung einspielen.
            """
        }
    }
}

extension Database {
    /// Brings the schema to the end of `migrations` and returns the steps done now.
    ///
    /// Each step is one transaction. Processes that start together wait for each other, on
    /// PostgreSQL by an advisory lock, on SQLite because there is one writer. Steps that only a newer
    /// program knows are no hindrance when they say that they go together with `release`.
    ///
    /// - Throws: `MigrationError.newerSchema` before anything is changed.
    @discardableResult
    package func migrate(_ migrations: [Migration], release: Release = .any) async throws -> [String] {
        precondition(Set(migrations.map(\.id)).count == migrations.count, "two migrations share an id")
        switch try await schemaState(migrations, release: release) {
        case .current, .ahead: return []
        case .newer(let ids): throw MigrationError.newerSchema(ids)
        case .behind: break
        }
        try await write { db in
            try db.lockSchema()
            try db.makeMigrationTable()
        }
        var applied: [String] = []
        for migration in migrations where try await apply(migration, of: migrations, release) {
            applied.append(migration.id)
        }
        return applied
    }

    /// Compares without changing anything, for the start of a server and for the health page.
    package func schemaState(_ migrations: [Migration], release: Release = .any) async throws -> SchemaState {
        try await read { db in try db.schemaState(migrations.map(\.id), release) }
    }

    private func apply(_ migration: Migration, of migrations: [Migration], _ release: Release) async throws -> Bool {
        try await write { db in
            try db.lockSchema()
            // A newer program may have passed while this one waited for the lock.
            if case .newer(let ids) = try db.schemaState(migrations.map(\.id), release) {
                throw MigrationError.newerSchema(ids)
            }
            let now = SQL(
                sqlite: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
                postgres: "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)")
            let isNew = try db.execute(
                """
                INSERT INTO schema_migration (id, am, ab) VALUES (\(migration.id), \(now), \(migration.oldest.text))
                ON CONFLICT DO NOTHING
                """)
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

    /// `ab` names the oldest release that works after the step; it is empty where a program wrote that knew no such rule.
    fileprivate func makeMigrationTable() throws {
        try execute(
            """
            CREATE TABLE IF NOT EXISTS schema_migration (id TEXT NOT NULL PRIMARY KEY, am BIGINT NOT NULL, ab TEXT)
            """)
        guard try !migrationColumns().contains("ab") else { return }
        try execute("ALTER TABLE schema_migration ADD COLUMN ab TEXT")
    }

    fileprivate func schemaState(_ ids: [String], _ release: Release) throws -> SchemaState {
        let applied = try appliedSteps()
        let unknown = applied.filter { !ids.contains($0.key) }
        let foreign = unknown.filter { step in step.value.map { $0 > release } ?? true }
        if !foreign.isEmpty { return .newer(foreign.keys.sorted()) }
        let missing = ids.filter { !applied.keys.contains($0) }
        if !missing.isEmpty { return .behind(missing) }
        return unknown.isEmpty ? .current : .ahead(unknown.keys.sorted())
    }

    /// The steps that this database knows, in no order; none when it was never migrated.
    package func appliedMigrations() throws -> [String] { Array(try appliedSteps().keys) }

    /// The steps done, each with the oldest release that works after it where it says so.
    private func appliedSteps() throws -> [String: Release?] {
        let columns = try migrationColumns()
        guard !columns.isEmpty else { return [:] }
        let oldest: SQL = columns.contains("ab") ? "ab" : "NULL AS ab"
        var applied: [String: Release?] = [:]
        for row in try rows("SELECT id, \(oldest) FROM schema_migration") {
            let text: String? = try row["ab"]
            applied.updateValue(text.flatMap(Release.init), forKey: try row["id"])
        }
        return applied
    }

    /// The columns of the table of steps; none where there is no table.
    private func migrationColumns() throws -> [String] {
        let columns = SQL(
            sqlite: "SELECT name FROM pragma_table_info('schema_migration')",
            postgres: """
                SELECT CAST(attname AS text) AS name FROM pg_attribute
                WHERE attrelid = to_regclass('schema_migration') AND attnum > 0 AND NOT attisdropped
                """)
        return try rows(columns).map { try $0["name"] }
    }
}

extension SQL {
    fileprivate func isBlank(for dialect: SQLDialect) throws -> Bool {
        try rendered(for: dialect).text.allSatisfy(\.isWhitespace)
    }
}
