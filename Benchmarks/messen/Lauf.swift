import ArgumentParser
import Foundation
import Storage
import StoragePostgres

/// What all parts of one run share: the seed, the inputs, and a folder that goes with the run.
struct Lauf: Sendable {
    let saat: UInt64
    /// How often a row is measured; the median is shown.
    let durchgaenge: Int
    /// The program leitstand in its release build.
    let programm: String
    /// The official GV100AD file and the folder of all official data around it.
    let gemeindeverzeichnis: String
    let daten: String
    /// The source tree, for lists of words, questions and example data.
    let wurzel: String
    /// Number of generated services.
    let leistungen: Int
    /// Connection to an empty cluster; without it there are no rows of PostgreSQL.
    let postgres: String?
    let ordner: String
    let bestand: Bestand

    init(
        saat: UInt64, durchgaenge: Int, programm: String, gemeindeverzeichnis: String, wurzel: String,
        leistungen: Int, postgres: String?, ordner: String
    ) {
        (self.saat, self.durchgaenge, self.leistungen) = (saat, durchgaenge, leistungen)
        (self.postgres, self.ordner) = (postgres, ordner)
        self.wurzel = URL(filePath: wurzel).path
        self.programm = URL(filePath: programm).path
        let file = URL(filePath: gemeindeverzeichnis)
        self.gemeindeverzeichnis = file.path
        daten = file.deletingLastPathComponent().deletingLastPathComponent().path
        bestand = Bestand(
            programm: self.programm, gemeindeverzeichnis: file.path, daten: daten,
            beispiele: self.wurzel + "/Beispieldaten", ordner: ordner + "/bestand")
    }

    var woerter: String { wurzel + "/Sources/Suche/woerter" }

    /// A new folder of this run.
    func neuerOrdner(_ name: String) throws -> String {
        let path = "\(ordner)/\(name)-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// The connection to a new, empty database of the cluster.
    func neueDatenbank(_ conninfo: String, _ part: String) async throws -> String {
        let admin = PostgresDatabase(conninfo: conninfo, limit: 1)
        let name = "messen_\(ProcessInfo.processInfo.processIdentifier)_\(part)"
        try await admin.executeAlone(
            SQL(
                stringLiteral:
                    "CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
            ))
        await admin.close()
        return conninfo + " dbname=" + name
    }

    /// Tells the person who waits; standard output belongs to the result.
    static func sage(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    static func millisekunden(_ work: () async throws -> Void) async rethrows -> Double {
        let start = ContinuousClock.now
        try await work()
        return (ContinuousClock.now - start) / .milliseconds(1)
    }
}
