import App
import ArgumentParser
import Formats
import Foundation
import FoundationNetworking
import Kernel
import Storage
import StoragePostgres
import StorageSQLite
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
    @Flag(help: "Ergebnis als JSON.") var json = false

    func run() async throws {
        var zeilen: [Zeile] = []
        let lesen = try await median { try lies() }
        zeilen.append(
            Zeile(
                "Gemeindeverzeichnis nach SQLite", try await median { try await importiere { try neueDatei() } },
                gegen: lesen, grenze: 6))
        if let postgres {
            var number = 0
            zeilen.append(
                Zeile(
                    "Gemeindeverzeichnis nach PostgreSQL",
                    try await median {
                        number += 1
                        return try await importiere { try await neueDatenbank(postgres, number) }
                    }, gegen: lesen, grenze: 6))
        }
        zeilen += try await start()
        print(json ? Zeile.json(zeilen) : Zeile.tabelle(zeilen))
        if zeilen.contains(where: { $0.verhaeltnis > $0.grenze }) { throw ExitCode.failure }
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

    private func neueDatenbank(_ conninfo: String, _ number: Int) async throws -> any Database {
        let admin = PostgresDatabase(conninfo: conninfo, limit: 1)
        let name = "messen_\(ProcessInfo.processInfo.processIdentifier)_\(number)"
        try await admin.executeAlone(
            SQL(
                stringLiteral:
                    "CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
            ))
        await admin.close()
        return PostgresDatabase(conninfo: conninfo + " dbname=\(name)")
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
                memory = speicher(server.processIdentifier)
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

    /// Resident memory in MB.
    private func speicher(_ pid: Int32) -> Double {
        // A process that is gone has none.
        let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return Double(line.split(whereSeparator: { !$0.isNumber }).first ?? "0").map { $0 / 1_024 } ?? 0
    }

    private func lauf(_ arguments: [String]) throws {
        let process = try Process.run(URL(filePath: programm), arguments: arguments)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ValidationError("leitstand \(arguments[0]) ist gescheitert.")
        }
    }
}

/// A figure, what it is measured against, and how much of that it may be at most.
struct Zeile {
    let name: String
    let wert: Double
    let gegen: Double
    let grenze: Double

    init(_ name: String, _ wert: Double, gegen: Double, grenze: Double) {
        (self.name, self.wert, self.gegen, self.grenze) = (name, wert, gegen, grenze)
    }

    var verhaeltnis: Double { wert / gegen }

    static func tabelle(_ zeilen: [Zeile]) -> String {
        let head = "| Zeile | Wert | gemessen gegen | Verhältnis | erlaubt |\n|---|---|---|---|---|"
        return
            ([head]
            + zeilen.map { row in
                "| \(row.name) | \(Zahl.dezimal(row.wert, stellen: 1)) | \(Zahl.dezimal(row.gegen, stellen: 1)) | \(Zahl.dezimal(row.verhaeltnis, stellen: 2)) | ≤ \(Zahl.dezimal(row.grenze, stellen: 0)) |"
            }).joined(separator: "\n")
    }

    static func json(_ zeilen: [Zeile]) -> String {
        var json = JSONWriter()
        json.array { json in
            for row in zeilen {
                json.object { json in
                    json.field("zeile", row.name)
                    json.field("wert", row.wert)
                    json.field("gegen", row.gegen)
                    json.field("verhaeltnis", row.verhaeltnis)
                    json.field("grenze", row.grenze)
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
