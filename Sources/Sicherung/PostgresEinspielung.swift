import Kernel
import Storage
import StoragePostgres

/// Restores into a PostgreSQL database.
enum PostgresEinspielung {
    /// - Throws: `Refusal` for a database that holds anything, `CollationError` for one that sorts otherwise.
    static func requireEmpty(_ conninfo: String) async throws {
        try await open(conninfo) { database in
            try await database.requireCUTF8()
            let count: Int? = try await database.read { db in
                try db.value(
                    """
                    SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
                      AND n.nspname NOT LIKE 'pg\\_temp\\_%' AND n.nspname NOT LIKE 'pg\\_toast\\_temp\\_%'
                    """)
            }
            guard count == 0 else {
                throw Refusal(
                    .conflict,
                    "Eingespielt wird nur in ein leeres Ziel: Die PostgreSQL-Datenbank enthält schon Tabellen. Legen Sie eine neue Datenbank an."
                )
            }
        }
    }

    /// One transaction: all of it is there, or nothing.
    static func spiele(_ dump: String, _ kopf: Sicherungskopf, in conninfo: String) async throws {
        let server = try await open(conninfo) { database in try await PostgresServer.version(database) }
        let program = try PostgresProgramme.find("pg_restore", for: max(server, kopf.serverfassung ?? 0))
        let address = try PostgresAddress(conninfo)
        // As a conninfo, because a bare name with a `=` in it would be read as one.
        let name = "dbname=" + PostgresAddress.quoted(address.database ?? "")
        let problem = try Kindprozess.run(
            program,
            [
                "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-password",
                "--dbname=\(name)", dump,
            ], environment: address.environment, secrets: address.secrets)
        guard let problem else { return }
        let advice =
            (kopf.serverfassung ?? 0) > server
            ? " Die Sicherung stammt von PostgreSQL \(kopf.serverfassung ?? 0), dieser Server hat die Version \(server)."
            : ""
        throw Refusal(.unprocessable, "pg_restore konnte die Datenbank nicht einspielen: \(problem)\(advice)")
    }

    /// Compares what was restored, then brings an older schema up to date; empties the database when either fails.
    static func pruefeUndMigriere(
        _ entpackt: Entpackung, _ installation: Installation, _ conninfo: String
    ) async throws -> (angewandt: [String], warnungen: [String]) {
        do {
            let vergleich = try await vergleiche(conninfo, entpackt)
            guard vergleich.datenbankStimmt else { throw vergleich.einwand }
            let applied = try await open(conninfo) { database in try await database.migrate(installation.migrationen) }
            return (applied, vergleich.dateifehler)
        } catch {
            // In a task of its own, because a cancelled one may run no statement. The first error says what went wrong;
            // what stays is refused by name at the next attempt.
            await Task { try? await open(conninfo) { database in try await leere(database) } }.value
            throw error
        }
    }

    static func vergleiche(_ conninfo: String, _ entpackt: Entpackung) async throws -> Vergleich {
        try await Einspielung.vergleiche(entpackt) {
            PostgresDatabase(conninfo: conninfo, limit: 1, statementTimeout: 0)
        }
    }

    /// Runs `body` with a database and closes it afterwards.
    static func open<T: Sendable>(
        _ conninfo: String, _ body: (PostgresDatabase) async throws -> T
    ) async throws -> T {
        let database = PostgresDatabase(conninfo: conninfo, limit: 1, statementTimeout: 0)
        do {
            let result = try await body(database)
            await database.close()
            return result
        } catch {
            await database.close()
            throw error
        }
    }

    /// Only for a database that was empty before this restore.
    private static func leere(_ database: PostgresDatabase) async throws {
        try await database.write { db in
            let tables = try db.rows(
                """
                SELECT quote_ident(relname) AS name FROM pg_class
                WHERE relkind IN ('r', 'p') AND relnamespace = CAST(current_schema() AS REGNAMESPACE)
                """)
            for row in tables {
                let name: String = try row["name"]
                // Quoted by the server itself.
                try db.execute(SQL(stringLiteral: "DROP TABLE \(name) CASCADE"))
            }
        }
    }
}
