import App
import Crypto
import Foundation
import Kernel
import Storage
import TestKit
import Testing

@testable import Sicherung

/// Attached files in backups: a row and its content belong together.
@Suite struct DateibestandTests {
    private static func ort(_ bytes: [UInt8]) -> (sum: String, ort: String) {
        let sum = SHA256.hash(data: bytes).hex
        return (sum, "\(sum.prefix(2))/\(sum.dropFirst(2).prefix(2))/\(sum)-0123456789abcdef")
    }

    /// An installation with a row for each content, and a file for it.
    private static func quelle(_ probe: Probe, _ art: Art, _ contents: [[UInt8]]) async throws -> Installation {
        let quelle = try await probe.ort(art, "quelle", Schema.migrations)
        let database = try await Probe.oeffne(quelle)
        let folder = quelle.bereiche[0].ordner
        for bytes in contents {
            let (sum, ort) = Self.ort(bytes)
            let path = folder + "/" + ort
            try FileManager.default.createDirectory(
                atPath: URL(filePath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(filePath: path))
            try await database.write { db in
                try db.execute(
                    """
                    INSERT INTO datei_inhalt (sha256, groesse, ablage, ort, geprueft_am, am)
                    VALUES (\(sum), \(bytes.count), 'ordner', \(ort), NULL, 0)
                    """)
            }
        }
        try await database.write { db in
            try db.execute(
                """
                INSERT INTO datei_inhalt (sha256, groesse, ablage, ort, geprueft_am, am)
                VALUES ('im-bucket', 1, 's3', 'im-bucket', NULL, 0)
                """)
        }
        await database.close()
        return quelle
    }

    private static func pruefe(_ file: String, _ quelle: Installation) async throws -> Vergleich {
        var conninfo: String?
        if case .postgres(let text) = quelle.datenbank { conninfo = text }
        return try await Pruefung.pruefe(
            file, postgres: conninfo, bereiche: quelle.bereiche.map(\.name), migrationen: quelle.migrationen
        ).vergleich
    }

    @Test(arguments: Art.available)
    func `files come back with their rows, and what is under way stays out`(of art: Art) async throws {
        try await Probe.mit { probe in
            let contents: [[UInt8]] = [[1], [2, 2], []]
            let quelle = try await Self.quelle(probe, art, contents)
            let folder = quelle.bereiche[0].ordner
            try Data([9]).write(to: URL(filePath: folder + "/.eingang-abc"))
            let file = probe.pfad("a.sicherung")
            let made = try await Sicherung.schreibe(quelle, nach: file)
            #expect(made.dateien == 3 && made.fehlend.isEmpty)
            #expect(try await Self.pruefe(file, quelle).stimmt)
            let ziel = try await probe.ort(art, "ziel", Schema.migrations)
            let back = try await Einspielung.spiele(file, in: ziel)
            #expect(back.dateien == 3 && back.warnungen.isEmpty)
            for bytes in contents {
                let back = FileManager.default.contents(atPath: ziel.bereiche[0].ordner + "/" + Self.ort(bytes).ort)
                #expect(back.map { Array($0) } == bytes)
            }
        }
    }

    @Test(arguments: Art.available)
    func `content that is missing or other than its row says is named, and all else is put back`(
        of art: Art
    ) async throws {
        for isMissing in [true, false] {
            try await Probe.mit { probe in
                let quelle = try await Self.quelle(probe, art, [[1], [2]])
                let path = quelle.bereiche[0].ordner + "/" + Self.ort([1]).ort
                if isMissing {
                    try FileManager.default.removeItem(atPath: path)
                } else {
                    try Data([7]).write(to: URL(filePath: path))
                }
                let file = probe.pfad("a.sicherung")
                let made = try await Sicherung.schreibe(quelle, nach: file)
                #expect(made.fehlend.count == 1)
                let vergleich = try await Self.pruefe(file, quelle)
                #expect(!vergleich.stimmt)
                #expect(
                    vergleich.fehler.first?.contains(isMissing ? "fehlt in der Sicherung" : "anderen Inhalt") == true)
                let ziel = try await probe.ort(art, "ziel", Schema.migrations)
                let back = try await Einspielung.spiele(file, in: ziel)
                #expect(back.warnungen == vergleich.fehler && back.warnungen == made.fehlend)
                #expect(FileManager.default.fileExists(atPath: ziel.bereiche[0].ordner + "/" + Self.ort([2]).ort))
            }
        }
    }
}
