import App
import ArgumentParser
import Formats
import Foundation
import Kernel
import Logging
import Storage
import Web

@main
struct LeitstandCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leitstand",
        abstract: "Werkbank für Verwaltungsleistungen: Katalog, Gebiete, Onlinedienste, Umsetzung.",
        version: App.Leitstand.version,
        subcommands: [
            Serve.self, Work.self, Migrate.self, Import.self, Export.self, User.self, Backup.self, Restore.self,
            Check.self,
            Demo.self,
        ])
}

/// Where the data lies; shared by all commands.
struct Ort: ParsableArguments {
    @Option(help: ArgumentHelp("Ordner der SQLite-Datenbank (sonst LEITSTAND_DATA, sonst daten).", valueName: "Ordner"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "PostgreSQL statt SQLite (besser in LEITSTAND_POSTGRES, weil andere Nutzer Befehlszeilen sehen).",
            valueName: "Adresse"))
    var postgres: String?

    func einstellungen(_ more: [String: String?] = [:]) -> Einstellungen {
        var vorrang = more
        vorrang["LEITSTAND_DATA"] = .some(data)
        vorrang["LEITSTAND_POSTGRES"] = .some(postgres)
        // Who names a folder means SQLite, whatever the environment says.
        var umgebung = ProcessInfo.processInfo.environment
        if data != nil, postgres == nil { umgebung["LEITSTAND_POSTGRES"] = nil }
        return Einstellungen(umgebung: umgebung, vorrang: vorrang)
    }

    func open(_ einstellungen: Einstellungen? = nil) async throws -> any Database {
        try await Datenbank.open(einstellungen ?? self.einstellungen()).database
    }
}

/// Prints a sentence for people instead of a Swift error, and ends with a failure.
func erklaert(_ work: () async throws -> Void) async throws {
    do { try await work() } catch let error as any CustomStringConvertible & Error {
        melde(fehler: "\(error)")
        throw ExitCode.failure
    }
}

func melde(fehler text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

/// Standard output is flushed line by line, so that a caller reads it at once through a pipe.
func melde(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
