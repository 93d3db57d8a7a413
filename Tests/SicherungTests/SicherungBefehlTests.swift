import Foundation
import Storage
import StorageSQLite
import TestKit
import Testing

@testable import Sicherung

/// The commands as an operator calls them.
@Suite(.timeLimit(.minutes(15))) struct SicherungBefehlTests {
    @Test(arguments: Art.available)
    func `an operator backs up, proves the backup and puts it back`(auf art: Art) async throws {
        try await Probe.mit { probe in
            let keys = try probe.schluessel("paar", Probe.paar.get())
            func wo(_ name: String) async throws -> [String] {
                let ort = try await probe.ort(art, name)
                guard case .postgres(let conninfo) = ort.datenbank else { return ["--data", probe.pfad(name)] }
                return ["--data", probe.pfad(name), "--postgres", conninfo]
            }
            let (hier, dort) = (try await wo("hier"), try await wo("dort"))
            #expect(try Programm.rufe(["demo"] + hier).code == 0)
            let file = probe.pfad("a.sicherung")
            let made = try Programm.rufe(
                ["backup", file] + hier, umgebung: ["LEITSTAND_SICHERUNG_SCHLUESSEL": keys.oeffentlich])
            #expect(made.code == 0 && made.ausgabe.contains("verschlüsselt"), "\(made.fehler)")
            let again = try Programm.rufe(["backup", file] + hier)
            #expect(again.code == 1 && again.fehler.contains("--ersetzen"))
            let closed = try Programm.rufe(["check", "--sicherung", file] + hier)
            #expect(closed.code == 1 && closed.fehler.contains("--geheimschluessel"))
            let proof = try Programm.rufe(["check", "--sicherung", file, "--geheimschluessel", keys.geheim] + hier)
            #expect(proof.code == 0, "\(proof.fehler)")
            #expect(proof.ausgabe.contains("Die Sicherung ist vollständig und wiederherstellbar."))
            let back = try Programm.rufe(["restore", file, "--geheimschluessel", keys.geheim] + dort)
            #expect(back.code == 0 && back.ausgabe.contains("Alle Prüfsummen stimmen"), "\(back.fehler)")
            let twice = try Programm.rufe(["restore", file, "--geheimschluessel", keys.geheim] + dort)
            #expect(twice.code == 1 && twice.fehler.contains("leeres Ziel"))
            #expect(try Programm.rufe(["demo"] + dort).code == 1, "es ist alles wieder da")
            var bytes = try Data(contentsOf: URL(filePath: file))
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(filePath: probe.pfad("b.sicherung")))
            let damaged = try Programm.rufe(
                ["check", "--sicherung", probe.pfad("b.sicherung"), "--geheimschluessel", keys.geheim] + hier)
            #expect(damaged.code == 1 && damaged.fehler.contains("beschädigt"))
        }
    }

    @Test(.enabled(if: Art.available.contains(.postgres)))
    func `a backup of PostgreSQL is proven without a server too`() async throws {
        try await Probe.mit { probe in
            let quelle = try await probe.ort(.postgres, "quelle")
            await (try await Probe.oeffne(quelle)).close()
            let file = probe.pfad("a.sicherung")
            _ = try await Sicherung.schreibe(quelle, nach: file)
            let result = try await Pruefung.pruefe(
                file, postgres: nil, bereiche: ["dateien", "texte"], migrationen: Probe.migrationen)
            #expect(result.vergleich.stimmt && result.vergleich.zeilen.count == 5)
        }
    }

    @Test func `a folder takes a backup for each call and keeps what the rule says`() async throws {
        try await Probe.mit { probe in
            let hier = ["--data", probe.pfad("hier")]
            #expect(try Programm.rufe(["migrate"] + hier).code == 0)
            let folder = probe.pfad("alle")
            #expect(try Programm.rufe(["backup", folder, "--behalten", "1,0,0"] + hier).fehler.contains("Ordner"))
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for name in ["leitstand-2020-01-01T000000Z.sicherung", "notiz.txt"] {
                try Data().write(to: URL(filePath: folder + "/" + name))
            }
            let made = try Programm.rufe(["backup", folder, "--behalten", "1,0,0"] + hier)
            #expect(made.code == 0 && made.ausgabe.contains("Nicht mehr aufbewahrt: leitstand-2020"), "\(made.fehler)")
            let names = try Ablage.names(in: folder)
            #expect(names.count == 2 && names.contains("notiz.txt") && names[0].hasPrefix("leitstand-2"))
            #expect(try Programm.rufe(["backup", folder, "--behalten", "viele"] + hier).code != 0)
            #expect(try Programm.rufe(["check", "--sicherung", folder + "/" + names[0]]).code == 0)
        }
    }

    @Test func `a backup that is killed leaves no half file under its name, and the next one tidies up`() async throws {
        try await Probe.mit { probe in
            let hier = ["--data", probe.pfad("hier")]
            #expect(try Programm.rufe(["demo"] + hier).code == 0)
            let noise = Data((0..<8_000_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) })
            try FileManager.default.createDirectory(
                atPath: probe.pfad("hier/dateien"), withIntermediateDirectories: true)
            try noise.write(to: URL(filePath: probe.pfad("hier/dateien/gross")))
            let file = probe.pfad("a.sicherung")
            var killed = 0
            for wait in [30, 60, 90, 120, 180, 240, 300, 400, 500, 650, 800] {
                let process = Programm.prozess(["backup", file, "--ersetzen"] + hier)
                (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
                try process.run()
                // A sleeping task would wake late among many tests.
                usleep(UInt32(wait) * 1_000)
                if process.isRunning { killed += 1 }
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                guard FileManager.default.fileExists(atPath: file) else { continue }
                let check = try Programm.rufe(["check", "--sicherung", file])
                #expect(check.code == 0, "nach \(wait) ms: \(check.fehler)")
            }
            #expect(killed > 0)
            #expect(try Programm.rufe(["backup", file, "--ersetzen"] + hier).code == 0)
            #expect(try Ablage.names(in: probe.pfad("hier")).allSatisfy { !$0.hasPrefix(".sicherung-") })
            #expect(try Ablage.names(in: probe.ordner) == ["a.sicherung", "hier"])
        }
    }

    @Test func `a backup goes through a pipe, and a full disk is said`() async throws {
        try await Probe.mit { probe in
            let hier = ["--data", probe.pfad("hier")]
            #expect(try Programm.rufe(["migrate"] + hier).code == 0)
            let file = probe.pfad("rohr.sicherung")
            for (target, code) in [(file, 0), ("/dev/full", 1)] {
                try Data().write(to: URL(filePath: file))
                let process = Programm.prozess(["backup", "-"] + hier)
                let errors = Pipe()
                process.standardOutput = FileHandle(forWritingAtPath: target)
                process.standardError = errors
                try process.run()
                let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                process.waitUntilExit()
                #expect(process.terminationStatus == code)
                #expect(text.contains(code == 0 ? "Gesichert" : "kein Platz"), "\(text)")
                if code == 0 { #expect(try Programm.rufe(["check", "--sicherung", file]).code == 0) }
            }
        }
    }

    @Test func `no message shows the password of the database`() throws {
        let address = "host=/nirgends user=leitstand password=geheimnis123 dbname=x"
        for arguments in [["backup", "/tmp/nie.sicherung"], ["restore", "/dev/null"]] {
            let result = try Programm.rufe(arguments, umgebung: ["LEITSTAND_POSTGRES": address])
            #expect(result.code == 1)
            #expect(!(result.ausgabe + result.fehler).contains("geheimnis123"))
        }
    }
}
