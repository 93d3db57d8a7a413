import Formats
import Foundation
import Kernel
import Storage
import TestKit
import Testing

@testable import Protokoll

/// Another program, which knows nothing but the export, comes to the same seals.
@Suite(.timeLimit(.minutes(15))) struct AusgabeTests {
    private func pruefe(_ ausgabe: String, anker: String? = nil) throws -> (code: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["python3", Welt.ordner("Werkzeuge/verlauf-pruefen"), ausgabe] + (anker.map { ["--anker", $0] } ?? [])
        let pipe = Pipe()
        (process.standardOutput, process.standardError) = (pipe, pipe)
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    private func ausgabe(_ database: any Database, kette: String? = nil, in folder: String) async throws -> String {
        let path = folder + "/\(UUID().uuidString).jsonl"
        try await database.read { db in
            let file = try TemporaryFile(in: folder)
            _ = try VerlaufExport.schreibe(kette: kette, to: file, in: db)
            try file.keep(as: path)
        }
        return path
    }

    @Test(arguments: TestBackend.available)
    func `an independent program finds a whole export right and a changed one wrong`(on backend: TestBackend)
        async throws
    {
        let seed = UInt64.random(in: 0 ... .max)
        let folder = NSTemporaryDirectory() + "leitstand-ausgabe-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = try await Welt.leer(backend)
        var verlauf = Zufallsverlauf(seed)
        try await verlauf.schreibe(1_700, ab: Welt.jetzt, in: database)
        try await Versiegelung.nachfuehren(database) { Welt.jetzt }
        try await verlauf.schreibe(20, ab: Welt.jetzt, in: database)
        let path = try await ausgabe(database, in: folder)
        let gut = try pruefe(path)
        #expect(
            gut.code == 0 && gut.text.contains("1720 Zeilen, 4 Ketten, 20 noch ohne Siegel, 0 Fehler"),
            "Saat \(seed): \(gut.text)")
        let eine = try pruefe(try await ausgabe(database, kette: "org-ä", in: folder))
        #expect(eine.code == 0 && eine.text.contains("1 Ketten"), "\(eine.text)")
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let ohne = lines[..<700] + lines[701...]
        let vertauscht = lines[..<300] + [lines[301], lines[300]] + lines[302...]
        let anders = lines.map { Substring($0.replacing("\"art\":\"uebernahme\"", with: "\"art\":\"konto_angelegt\"")) }
        for (was, changed) in [("gelöscht", Array(ohne)), ("vertauscht", Array(vertauscht)), ("geändert", anders)] {
            let bad = folder + "/\(was).jsonl"
            try (changed.joined(separator: "\n") + "\n").write(toFile: bad, atomically: true, encoding: .utf8)
            #expect(try pruefe(bad).code == 1, "Saat \(seed): \(was)")
        }
        // After the period of retention the beginning is gone, and the export says so.
        try await database.write { db in
            try VerlaufStore.kuerze(vor: Welt.jetzt.plus(sekunden: 30_000), durch: .betrieb(Welt.jetzt), in: db)
        }
        let kurz = try await ausgabe(database, in: folder)
        #expect(try pruefe(kurz).code == 0, "Saat \(seed)")
    }

    @Test func `every kind of change has a sentence and a name`() {
        for art in Verlauf.Art.allCases {
            #expect(Verlaufssatz.muster[art.rawValue] != nil, "\(art.rawValue) hat keinen Satz")
            #expect(!Verlaufssatz.name(art.rawValue).contains("_"))
        }
    }
}
