import App
import CryptoExtras
import Foundation
import Sicherung
import Storage
import StoragePostgres
import StorageSQLite
import TestKit

/// The two kinds of database that backups are made of.
enum Art: String, CaseIterable, Sendable, CustomStringConvertible {
    case sqlite, postgres

    var description: String { rawValue }

    static var available: [Art] { TestBackend.available.contains(.postgres) ? allCases : [.sqlite] }
}

/// A folder with installations in it, gone after the test.
struct Probe: Sendable {
    let ordner: String
    private let id = UUID().uuidString.lowercased().replacing("-", with: "").prefix(20)

    /// Runs a test in a fresh folder.
    static func mit(_ body: (Probe) async throws -> Void) async throws {
        let probe = Probe(ordner: NSTemporaryDirectory() + "leitstand-sicherung-" + UUID().uuidString)
        try FileManager.default.createDirectory(atPath: probe.ordner, withIntermediateDirectories: true)
        do { try await body(probe) } catch {
            await probe.entferne()
            throw error
        }
        await probe.entferne()
    }

    func pfad(_ name: String) -> String { ordner + "/" + name }

    /// An empty place of that name; on PostgreSQL with a database of its own.
    func ort(_ art: Art, _ name: String, _ migrationen: [Migration] = Probe.migrationen) async throws -> Installation {
        let daten = pfad(name)
        var datenbank = Installation.Datenbank.sqlite(daten + "/leitstand.sqlite")
        if art == .postgres {
            let own = "sich_\(id)_\(name)"
            try await Probe.admin { admin in
                try await admin.executeAlone(
                    SQL(
                        stringLiteral:
                            "CREATE DATABASE \(own) TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
                    ))
            }
            datenbank = .postgres(TestBackend.conninfo(TestBackend.postgresConninfo ?? "", database: own))
        }
        return Installation(
            datenbank: datenbank,
            bereiche: [
                .init(name: "dateien", ordner: daten + "/dateien"), .init(name: "texte", ordner: daten + "/texte"),
            ], programm: "9.9.9", migrationen: migrationen)
    }

    /// The same place as another version of the program sees it.
    static func als(_ migrationen: [Migration], _ ort: Installation) -> Installation {
        Installation(datenbank: ort.datenbank, bereiche: ort.bereiche, programm: "9.9.9", migrationen: migrationen)
    }

    /// A migrated database at a place; the caller closes it.
    static func oeffne(_ ort: Installation, migriert: Bool = true) async throws -> any Database {
        let database: any Database
        switch ort.datenbank {
        case .sqlite(let path):
            let folder = URL(filePath: path).deletingLastPathComponent().path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            database = try SQLiteDatabase(path: path)
        case .postgres(let conninfo): database = PostgresDatabase(conninfo: conninfo, limit: 3)
        }
        if migriert { try await database.migrate(ort.migrationen) }
        return database
    }

    static func summen(_ ort: Installation) async throws -> [Tabellensumme] {
        let database = try await oeffne(ort, migriert: false)
        let sums = try await database.read { db in try Tabellensummen.aller(in: db) }
        await database.close()
        return sums
    }

    /// Nothing is there, as before a restore.
    static func istLeer(_ ort: Installation) async throws -> Bool {
        switch ort.datenbank {
        case .sqlite(let path):
            let folder = URL(filePath: path).deletingLastPathComponent().path
            return !FileManager.default.fileExists(atPath: folder)
        case .postgres(let conninfo):
            let database = PostgresDatabase(conninfo: conninfo, limit: 1)
            let count: Int? = try await database.read { db in
                try db.value("SELECT count(*) FROM pg_class WHERE relnamespace = CAST('public' AS REGNAMESPACE)")
            }
            await database.close()
            return count == 0 && ort.bereiche.allSatisfy { !FileManager.default.fileExists(atPath: $0.ordner) }
        }
    }

    /// Two tables that every transaction writes together, and one with every kind of column.
    static let migrationen = [
        Migration(
            "probe-0001-tabellen", "CREATE TABLE probe_links (nr BIGINT PRIMARY KEY, wert TEXT NOT NULL)",
            "CREATE TABLE probe_rechts (nr BIGINT PRIMARY KEY, wert TEXT NOT NULL)",
            """
            CREATE TABLE probe_art (a TEXT NOT NULL, b BIGINT, c DOUBLE PRECISION, d BOOLEAN, e BYTEA, f JSONB, g TEXT,
                PRIMARY KEY (g, a))
            """, "CREATE TABLE probe_frei (wert TEXT, zahl BIGINT)",
            "CREATE VIEW probe_sicht AS SELECT a, g FROM probe_art")
    ]

    /// Rows of every kind that a seed repeats.
    static func zufaellig(_ seed: UInt64, rows: Int, in database: any Database) async throws {
        try await database.write { db in
            var zufall = Zufall(seed)
            let pieces = ["a", "ä", "ß", "Ö", " ", "'", "\"", "\\", "\n", "\t", "🦫", "\u{1}", "z", ";", "\u{301}"]
            func maybe(_ value: SQLValue) -> SQLValue { Bool.random(using: &zufall) ? value : .null }
            var made: [[SQLValue]] = []
            for row in 0..<rows {
                let text = zufall.text(of: pieces, length: 40)
                let json =
                    "{ \"zwei\": [1, 2.5, null],\"ä\\u00e4\": \"\(row) \\\"x\\\"\", \"a\":{\"b\":true,  \"aa\": \"\"}}"
                let blob = (0..<Int.random(in: 0...60, using: &zufall)).map { _ in
                    UInt8.random(in: .min ... .max, using: &zufall)
                }
                made.append([
                    .text("\(row)\(text)"), maybe(.integer(Int64(bitPattern: zufall.next()))),
                    maybe(.real(Double.random(in: -1e9...1e9, using: &zufall))), maybe(.bool(row % 2 == 0)),
                    maybe(.blob(blob)), maybe(.text(json)), .text(zufall.text(of: pieces, length: 3)),
                ])
            }
            try db.insert(into: "probe_art", columns: ["a", "b", "c", "d", "e", "f", "g"], rows: made)
            try db.insert(
                into: "probe_frei", columns: ["wert", "zahl"],
                rows: (0..<rows).map { [maybe(.text("w\($0 % 7)")), maybe(.integer(Int64($0)))] })
        }
    }

    /// A pair of keys as files.
    func schluessel(_ name: String, _ pair: _RSA.Signing.PrivateKey) throws -> (oeffentlich: String, geheim: String) {
        let (open, secret) = (pfad(name + ".oeffentlich.pem"), pfad(name + ".geheim.pem"))
        try pair.publicKey.pemRepresentation.write(toFile: open, atomically: true, encoding: .utf8)
        try pair.pkcs8PEMRepresentation.write(toFile: secret, atomically: true, encoding: .utf8)
        return (open, secret)
    }

    static let paar = Result { try _RSA.Signing.PrivateKey(keySize: .bits3072) }
    static let anderes = Result { try _RSA.Signing.PrivateKey(keySize: .bits3072) }

    private func entferne() async {
        // What is left over lies in the temporary folder and disturbs nobody.
        try? FileManager.default.removeItem(atPath: ordner)
        guard TestBackend.postgresConninfo != nil else { return }
        let prefix = "sich_\(id)_"
        try? await Probe.admin { admin in
            let names = try await admin.read { db in
                try db.rows("SELECT datname AS name FROM pg_database WHERE starts_with(datname, \(prefix))").map {
                    try $0["name"] as String
                }
            }
            for name in names {
                try await admin.executeAlone(SQL(stringLiteral: "DROP DATABASE \(name) WITH (FORCE)"))
            }
        }
    }

    private static func admin(_ body: (PostgresDatabase) async throws -> Void) async throws {
        let admin = PostgresDatabase(conninfo: TestBackend.postgresConninfo ?? "", limit: 1)
        do { try await body(admin) } catch {
            await admin.close()
            throw error
        }
        await admin.close()
    }
}
