import Foundation
import Kernel

/// The two kinds of database that a backup can hold.
package enum Datenbankart: String, Codable, Sendable {
    case sqlite, postgresql

    /// The name of the copied database in the backup.
    var datei: String { self == .sqlite ? "datenbank.sqlite" : "datenbank.pgdump" }

    package var anzeige: String { self == .sqlite ? "SQLite" : "PostgreSQL" }
}

/// How many rows a table has and the SHA-256 over all of them; the same on both kinds of database.
package struct Tabellensumme: Codable, Sendable, Equatable {
    package let name: String
    package let zeilen: Int
    package let sha256: String
}

/// One stored file of a backup.
package struct Dateisumme: Codable, Sendable, Equatable {
    package let name: String
    package let bytes: Int
    package let sha256: String
}

/// The first entry of a backup: where it comes from and what its tables hold.
package struct Sicherungskopf: Codable, Sendable {
    static let datei = "leitstand-sicherung.json"
    static let format = 1

    package let format: Int
    package let programm: String
    package let datenbank: Datenbankart
    /// The main version of the PostgreSQL server.
    package let serverfassung: Int?
    /// The moment that the rows show, in UTC.
    package let zeit: String
    package let migrationen: [String]
    package let tabellen: [Tabellensumme]

    /// The moment as people read it.
    package var berlin: String { Instant(iso: zeit)?.berlin ?? zeit }
}

extension Instant {
    /// Reads `2026-11-22T03:15:29.123Z`.
    fileprivate init?(iso: String) {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        // What is not a moment is shown as it stands.
        guard let date = try? Date(iso, strategy: style) else { return nil }
        self.init(rawValue: Int((date.timeIntervalSince1970 * 1000).rounded()))
    }
}

/// The last entry of a backup: every file before it.
struct Sicherungsinhalt: Codable, Sendable {
    static let datei = "inhalt.json"

    let kopf: Dateisumme
    let datenbank: Dateisumme
    let dateien: [Dateisumme]
}

func json(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
}
