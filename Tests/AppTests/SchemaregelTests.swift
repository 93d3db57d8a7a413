import App
import Foundation
import Storage
import TestKit
import Testing

/// A step of the schema may only add, so that the release before goes on working while servers change one by one.
@Suite(.timeLimit(.minutes(10))) struct SchemaregelTests {
    /// What takes something away or asks for more than an older program gives.
    private static func verstoesse(_ migration: Migration) throws -> Set<String> {
        var found: Set<String> = []
        for dialect in [SQLDialect.sqlite, .postgres] {
            let texts = try migration.statements.map { try $0.rendered(for: dialect).text }
            let all = texts.joined(separator: ";\n").uppercased().replacing(#/\s+/#, with: " ")
            let made = Set(
                all.matches(of: #/CREATE (?:TABLE|VIEW|VIRTUAL TABLE) (?:IF NOT EXISTS )?([A-Z_]+)/#).map(\.1))
            for match in all.matches(
                of: #/DROP (TABLE|VIEW|COLUMN|CONSTRAINT|TRIGGER|DEFAULT) (?:IF EXISTS )?([A-Z_]+)/#)
            {
                // A view may be made again with more columns: in one transaction nobody sees it missing.
                if match.1 == "VIEW", made.contains(match.2) { continue }
                found.insert("DROP \(match.1)")
            }
            if all.contains(" RENAME ") { found.insert("RENAME") }
            if all.contains(#/ALTER (?:COLUMN )?[A-Z_]+ (?:SET DATA )?TYPE /#) { found.insert("ALTER TYPE") }
            if all.contains(" SET NOT NULL") { found.insert("SET NOT NULL") }
            if all.contains(#/\bTRUNCATE\b|DELETE FROM/#) { found.insert("DELETE") }
            for match in all.matches(of: #/ALTER TABLE ([A-Z_]+) ADD (?:COLUMN )?([^;]+)/#)
            where !made.contains(match.1) {
                let text = match.2
                let isConstraint = text.contains(#/^(CONSTRAINT|CHECK|UNIQUE|FOREIGN|PRIMARY)\b/#)
                if isConstraint { found.insert("ADD CONSTRAINT") }
                if text.contains("NOT NULL"), !text.contains("DEFAULT") { found.insert("NOT NULL ohne DEFAULT") }
                if text.contains(" UNIQUE") { found.insert("UNIQUE") }
            }
            for match in all.matches(of: #/CREATE UNIQUE INDEX [A-Z_ ]+ ON ([A-Z_]+)/#) where !made.contains(match.1) {
                found.insert("UNIQUE")
            }
        }
        return found
    }

    @Test func `every step only adds, unless it says from which release on that does no harm`() throws {
        for migration in Schema.migrations {
            let found = try Self.verstoesse(migration).sorted()
            if migration.kind == .expand { #expect(found.isEmpty, "\(migration.id): \(found)") }
        }
    }

    @Test func `a step that takes something away goes together with the program that has it`() {
        for migration in Schema.migrations {
            if case .contract(let release) = migration.kind { #expect(release <= Schema.release, "\(migration.id)") }
        }
        #expect(Schema.release > .any)
    }

    @Test(arguments: [
        ("ALTER TABLE a DROP COLUMN b", "DROP COLUMN"), ("drop table a", "DROP TABLE"), ("DROP VIEW v", "DROP VIEW"),
        ("ALTER TABLE a RENAME TO b", "RENAME"), ("ALTER TABLE a RENAME COLUMN b TO c", "RENAME"),
        ("ALTER TABLE a ALTER COLUMN b TYPE BIGINT", "ALTER TYPE"),
        ("ALTER TABLE a ALTER b SET DATA TYPE TEXT", "ALTER TYPE"),
        ("ALTER TABLE a ALTER COLUMN b SET NOT NULL", "SET NOT NULL"),
        ("ALTER TABLE a\n ADD COLUMN b TEXT\n NOT NULL", "NOT NULL ohne DEFAULT"),
        ("ALTER TABLE a ADD b TEXT NOT NULL", "NOT NULL ohne DEFAULT"),
        ("ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0)", "ADD CONSTRAINT"),
        ("CREATE UNIQUE INDEX i ON a (b)", "UNIQUE"), ("DELETE FROM a", "DELETE"),
    ])
    func `the rule knows what takes something away`(_ text: String, _ expected: String) throws {
        #expect(try Self.verstoesse(Migration("x", SQL(stringLiteral: text))) == [expected])
        #expect(try Self.verstoesse(Migration("x", SQL(sqlite: "", postgres: SQL(stringLiteral: text)))) == [expected])
    }

    @Test func `the rule lets pass what only adds`() throws {
        let step = Migration(
            "x", "CREATE TABLE a (b TEXT NOT NULL UNIQUE)", "CREATE UNIQUE INDEX i ON a (b)",
            "ALTER TABLE z ADD COLUMN n BIGINT", "ALTER TABLE z ADD COLUMN m TEXT NOT NULL DEFAULT ''",
            "DROP VIEW v", "CREATE VIEW v AS SELECT b FROM a", "DROP INDEX alt", "UPDATE z SET m = 'x'")
        #expect(try Self.verstoesse(step) == [])
    }

    /// A column of a table or view, as the database itself describes it.
    private struct Spalte: Hashable { let tabelle, name, art: String }

    private static func spalten(_ database: any Database) async throws -> [Spalte: Bool] {
        try await database.read { db in
            let query = SQL(
                sqlite: """
                    SELECT s.name AS tabelle, p.name AS name, p.type AS art,
                           p."notnull" = 1 AND p.dflt_value IS NULL AND s.type = 'table' AS pflicht
                    FROM sqlite_master s JOIN pragma_table_info(s.name) p
                    WHERE s.type IN ('table', 'view') AND s.name NOT LIKE 'sqlite_%'
                    """,
                postgres: """
                    SELECT CAST(table_name AS text) AS tabelle, CAST(column_name AS text) AS name,
                           CAST(data_type AS text) AS art,
                           is_nullable = 'NO' AND column_default IS NULL AS pflicht
                    FROM information_schema.columns WHERE table_schema = 'public'
                    """)
            var found: [Spalte: Bool] = [:]
            for row in try db.rows(query) {
                found[Spalte(tabelle: try row["tabelle"], name: try row["name"], art: try row["art"])] =
                    try row["pflicht"]
            }
            return found
        }
    }

    @Test(arguments: TestBackend.available)
    func `after every step all columns from before are there, and none of them is asked for anew`(
        on backend: TestBackend
    ) async throws {
        let database = try await backend.database([])
        var before: [Spalte: Bool] = [:]
        for (index, migration) in Schema.migrations.enumerated() {
            try await database.migrate(Array(Schema.migrations[...index]))
            let after = try await Self.spalten(database)
            if migration.kind == .expand {
                for (column, isRequired) in before {
                    #expect(after[column] != nil, "\(migration.id) nimmt \(column) weg")
                    #expect(after[column] == isRequired || isRequired, "\(migration.id) verlangt \(column)")
                }
                let tables = Set(before.keys.map(\.tabelle))
                for (column, isRequired) in after where before[column] == nil && tables.contains(column.tabelle) {
                    #expect(!isRequired, "\(migration.id) verlangt die neue Spalte \(column)")
                }
            }
            before = after
        }
        #expect(before.count > 100)
    }
}
