import Foundation
import Glibc
import Kernel
import Storage
import StoragePostgres
import StorageSQLite

/// A copy of the whole database at one moment, with the sums of its tables at that moment.
struct Abzug: Sendable {
    let kopf: Sicherungskopf
    let datei: Zwischendatei
    /// The stored files that its rows name.
    let inhalte: [Dateibestand.Inhalt]

    static func of(_ installation: Installation, at time: Instant) async throws -> Abzug {
        switch installation.datenbank {
        case .sqlite(let path): try await sqlite(path, installation, time)
        case .postgres(let conninfo): try await postgres(conninfo, installation, time)
        }
    }

    private static func sqlite(_ path: String, _ installation: Installation, _ time: Instant) async throws -> Abzug {
        guard FileManager.default.fileExists(atPath: path) else {
            throw Refusal(.notFound, "Es gibt keine Datenbank zu sichern: \(path) fehlt.")
        }
        // Beside the database: the copy is as confidential as the original, and there is most likely room for it.
        let folder = try Zwischenordner(in: folder(of: path), prefix: ".sicherung-")
        let copy = folder.pfad + "/leitstand.sqlite"
        do {
            try SQLiteBackup.copy(from: path, to: copy) { _ in try Task.checkCancellation() }
        } catch StorageError.other("13", _) {
            throw systemfehler(folder.pfad, ENOSPC)
        }
        let (migrations, tables) = try await bestand(SQLiteDatabase(path: copy))
        let inhalte = try await Dateibestand.inhalte(SQLiteDatabase(path: copy), migrations)
        return try Abzug(
            kopf: Sicherungskopf(
                format: Sicherungskopf.format, programm: installation.programm, datenbank: .sqlite, serverfassung: nil,
                zeit: time.iso, migrationen: migrations, tabellen: tables),
            datei: Zwischendatei(opening: copy), inhalte: inhalte)
    }

    /// The steps and the sums of an opened database; closes it.
    static func bestand(_ database: any Database) async throws -> (migrations: [String], tables: [Tabellensumme]) {
        do {
            let found = try await database.read { db in try bestand(in: db) }
            await database.close()
            return found
        } catch {
            await database.close()
            throw error
        }
    }

    private static func bestand(in db: any SQLConnection) throws -> ([String], [Tabellensumme]) {
        (try db.appliedMigrations().sorted(), try Tabellensummen.aller(in: db))
    }

    /// `pg_dump` and the sums read the same snapshot, which this transaction exports.
    private static func postgres(
        _ conninfo: String, _ installation: Installation, _ time: Instant
    ) async throws -> Abzug {
        let address = try PostgresAddress(conninfo)
        let database = PostgresDatabase(conninfo: conninfo, limit: 1, statementTimeout: 0)
        let file = try Zwischendatei()
        do {
            let server = try await PostgresServer.version(database)
            let program = try PostgresProgramme.find("pg_dump", for: server)
            let ((migrations, tables), inhalte) = try await database.read { db in
                // After an interruption the whole body runs again.
                try file.clear()
                try db.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
                let snapshot: String = try db.value("SELECT pg_export_snapshot()") ?? ""
                let child = Kindprozess(
                    program,
                    [
                        "--format=custom", "--compress=0", "--no-owner", "--no-privileges", "--no-password",
                        "--snapshot=\(snapshot)",
                    ], environment: address.environment, secrets: address.secrets, output: file.descriptor)
                try child.start()
                defer { child.stop() }
                let found = try bestand(in: db)
                let inhalte = try Dateibestand.inhalte(in: db, found.0)
                if let problem = child.wait() {
                    throw file.isFull
                        ? systemfehler(Zwischenordner.system, ENOSPC)
                        : Refusal(.unprocessable, "pg_dump konnte die Datenbank nicht sichern: \(problem)")
                }
                return (found, inhalte)
            }
            await database.close()
            return Abzug(
                kopf: Sicherungskopf(
                    format: Sicherungskopf.format, programm: installation.programm, datenbank: .postgresql,
                    serverfassung: server, zeit: time.iso, migrationen: migrations, tabellen: tables), datei: file,
                inhalte: inhalte)
        } catch {
            await database.close()
            throw error
        }
    }
}

/// An open file without a name: it goes when nobody holds it, also when the program is killed.
final class Zwischendatei: Sendable {
    let descriptor: Int32

    /// An empty one where large temporary files belong.
    init() throws {
        var name = Array("\(Zwischenordner.system)/leitstand-XXXXXX".utf8CString)
        descriptor = name.withUnsafeMutableBufferPointer { $0.baseAddress.map { mkstemp($0) } ?? -1 }
        guard descriptor >= 0 else { throw systemfehler(Zwischenordner.system) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = name.withUnsafeBufferPointer { $0.baseAddress.map { unlink($0) } }
    }

    /// Opens a file and takes its name away.
    init(opening path: String) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw systemfehler(path) }
        unlink(path)
    }

    deinit { close(descriptor) }

    var size: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// The disk below has no room left.
    var isFull: Bool {
        var status = statvfs()
        return fstatvfs(descriptor, &status) == 0 && status.f_bavail == 0
    }

    func clear() throws {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw systemfehler(Zwischenordner.system)
        }
    }
}

enum PostgresServer {
    /// The main version of the server.
    static func version(_ database: any Database) async throws -> Int {
        let number: Int? = try await database.read { db in
            try db.value("SELECT CAST(current_setting('server_version_num') AS BIGINT)")
        }
        return (number ?? 0) / 10_000
    }
}
