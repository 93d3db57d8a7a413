import App
import ArgumentParser
import Formats
import Foundation
import FoundationNetworking
import Kernel
import Storage
import StoragePostgres
import StorageSQLite
import Suche
import Verzeichnis

/// Measures what the product promises, each row against its limit or its peer in the same run.
@main
struct Messen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "messen", abstract: "Misst Leitstand gegen seine Grenzen.")

    @Option(help: "Amtliche GV100AD-Datei.") var gemeindeverzeichnis: String
    @Option(help: "Das Programm leitstand, in der Release-Fassung.") var programm: String
    @Option(help: "Verbindungsangaben eines leeren PostgreSQL-Clusters; ohne sie entfallen seine Zeilen.") var postgres:
        String?
    @Option(help: "Durchgänge je Zeile; gezeigt wird der Median.") var durchgaenge = 5
    @Option(help: "Nur diese Teile: verzeichnis, start, suche, katalogsuche, schreiben-sqlite; mehrfach möglich.")
    var nur: [Teil] = []
    @Option(help: "Zahl der erzeugten Leistungen.") var leistungen = 100_000
    @Option(help: "Ordner mit den Listen der Alltagswörter.") var woerter = "Sources/Suche/woerter"
    @Option(help: "Liste geprüfter Suchanfragen; mehrfach möglich.") var anfragen: [String] = []
    @Flag(help: "Ergebnis als JSON.") var json = false

    enum Teil: String, ExpressibleByArgument, CaseIterable {
        case verzeichnis, start, suche, katalogsuche
        case schreibenSQLite = "schreiben-sqlite"
    }

    func run() async throws {
        let parts = nur.isEmpty ? Teil.allCases : nur
        var zeilen: [Zeile] = []
        if parts.contains(.verzeichnis) { zeilen += try await verzeichnis() }
        if parts.contains(.start) { zeilen += try await start() }
        if parts.contains(.suche) { zeilen += try await suche() }
        if parts.contains(.katalogsuche) { zeilen += try await katalogsuche() }
        if parts.contains(.schreibenSQLite) {
            zeilen += try await SchreibenSQLite.messe(ordner: NSTemporaryDirectory(), durchgaenge: durchgaenge)
        }
        print(json ? Zeile.json(zeilen) : Zeile.tabelle(zeilen))
        if !zeilen.allSatisfy(\.istErreicht) { throw ExitCode.failure }
    }

    private func verzeichnis() async throws -> [Zeile] {
        let lesen = try await median { try lies() }
        var zeilen = [
            Zeile(
                "Gemeindeverzeichnis nach SQLite", try await median { try await importiere { try neueDatei() } },
                gegen: lesen, grenze: 6)
        ]
        if let postgres {
            var number = 0
            zeilen.append(
                Zeile(
                    "Gemeindeverzeichnis nach PostgreSQL",
                    try await median {
                        number += 1
                        return try await importiere { try await neueDatenbank(postgres, "\(number)") }
                    }, gegen: lesen, grenze: 6))
        }
        return zeilen
    }

    /// The generated catalogue, in a folder that goes with the run.
    private func suche() async throws -> [Zeile] {
        let folder = NSTemporaryDirectory() + "messen-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // The folder holds nothing but what this run made.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let measured = try Suchmessung(umfang: leistungen, woerter: woerter, ordner: folder)
        Suchmessung.sage("Suche: Saat \(Suchmessung.saat), Fragen \(Suchmessung.fragensaat)")
        var zeilen = try await measured.sqlite()
        if let postgres {
            zeilen += try await measured.postgres(postgres) { try await neuerName(postgres, $0) }
        }
        return zeilen
    }

    private func katalogsuche() async throws -> [Zeile] {
        let folder = URL(filePath: gemeindeverzeichnis).deletingLastPathComponent().deletingLastPathComponent().path
        let measured = Katalogsuche(
            daten: folder, gemeindeverzeichnis: gemeindeverzeichnis,
            alltag: try Alltagswoerter(
                synonyme: String(contentsOfFile: woerter + "/synonyme.txt", encoding: .utf8),
                fuellwoerter: String(contentsOfFile: woerter + "/fuellwoerter.txt", encoding: .utf8)),
            fragenlisten: anfragen + [folder + "/suche/anfragen.csv"])
        let file = NSTemporaryDirectory() + "messen-" + UUID().uuidString + ".sqlite"
        // What cannot be removed goes with the temporary folder.
        defer { for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + ending) } }
        var targets: [(String, any Database)] = [("SQLite", try SQLiteDatabase(path: file))]
        if let postgres { targets.append(("PostgreSQL", try await neueDatenbank(postgres, "katalog"))) }
        var zeilen: [Zeile] = []
        for (name, database) in targets {
            zeilen += try await measured.messe(database, name: name)
            await database.close()
        }
        return zeilen
    }

    /// Milliseconds of the middle run.
    private func median(_ work: () async throws -> Double) async throws -> Double {
        var times: [Double] = []
        for _ in 0..<max(1, durchgaenge) { times.append(try await work()) }
        return times.sorted()[times.count / 2]
    }

    private func millisekunden(_ work: () async throws -> Void) async rethrows -> Double {
        let start = ContinuousClock.now
        try await work()
        return (ContinuousClock.now - start) / .milliseconds(1)
    }

    /// Reading and parsing alone.
    private func lies() throws -> Double {
        let start = ContinuousClock.now
        var bericht = Importbericht()
        _ = Verzeichnisdatei.read(try TextSource(path: gemeindeverzeichnis), bericht: &bericht)
        guard bericht.fehlerzahl == 0 else { throw ValidationError("Die Datei hat Fehler.") }
        return (ContinuousClock.now - start) / .milliseconds(1)
    }

    /// The whole import into an empty, migrated database.
    private func importiere(_ make: () async throws -> any Database) async throws -> Double {
        let database = try await make()
        try await database.migrate(Schema.migrations)
        let time = try await millisekunden {
            let bericht = try await GemeindeverzeichnisImport.run(
                TextSource(path: gemeindeverzeichnis), Importauftrag(urheber: .betrieb(.jetzt())), in: database)
            guard bericht.geschrieben else { throw ValidationError("Nichts geschrieben.") }
        }
        await database.close()
        return time
    }

    private func neueDatei() throws -> any Database {
        try SQLiteDatabase(path: NSTemporaryDirectory() + "messen-" + UUID().uuidString + ".sqlite")
    }

    private func neueDatenbank(_ conninfo: String, _ name: String) async throws -> any Database {
        PostgresDatabase(conninfo: conninfo + " dbname=" + (try await neuerName(conninfo, name)))
    }

    /// The name of a new, empty database.
    private func neuerName(_ conninfo: String, _ part: String) async throws -> String {
        let admin = PostgresDatabase(conninfo: conninfo, limit: 1)
        let name = "messen_\(ProcessInfo.processInfo.processIdentifier)_\(part)"
        try await admin.executeAlone(
            SQL(
                stringLiteral:
                    "CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
            ))
        await admin.close()
        return name
    }

    /// Start of the server to its first answer, and its memory after some reading.
    private func start() async throws -> [Zeile] {
        let folder = NSTemporaryDirectory() + "messen-" + UUID().uuidString
        try lauf(["import", "gemeindeverzeichnis", gemeindeverzeichnis, "--data", folder])
        var times: [Double] = []
        var memory = 0.0
        for round in 0..<max(1, durchgaenge) {
            let port = 18_000 + Int.random(in: 0..<2_000)
            let server = Process()
            server.executableURL = URL(filePath: programm)
            server.arguments = ["serve", "--data", folder, "--port", "\(port)"]
            (server.standardOutput, server.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
            let begin = ContinuousClock.now
            try server.run()
            while !antwortet(port) {
                guard ContinuousClock.now - begin < .seconds(20) else {
                    throw ValidationError("Der Server antwortet nicht.")
                }
                usleep(2_000)
            }
            times.append((ContinuousClock.now - begin) / .milliseconds(1))
            if round == 0 {
                for _ in 0..<200 { _ = antwortet(port) }
                memory = Speicher.jetzt(server.processIdentifier)
            }
            server.terminate()
            server.waitUntilExit()
        }
        return [
            Zeile("Start bis zur ersten Antwort (ms)", times.sorted()[times.count / 2], gegen: 1_000, grenze: 1),
            Zeile("Speicher nach 200 Seiten (MB)", memory, gegen: 120, grenze: 1),
        ]
    }

    private func antwortet(_ port: Int) -> Bool {
        guard let url = URL(string: "http://127.0.0.1:\(port)/") else { return false }
        // Nobody listens yet: the next try may be answered.
        return (try? Data(contentsOf: url)) != nil
    }

    private func lauf(_ arguments: [String]) throws {
        let process = try Process.run(URL(filePath: programm), arguments: arguments)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ValidationError("leitstand \(arguments[0]) ist gescheitert.")
        }
    }
}
