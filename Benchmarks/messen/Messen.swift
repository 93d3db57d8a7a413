import ArgumentParser
import Foundation
import Kernel

/// Measures what the product promises, each row against its limit or its peer in the same run.
@main
struct Messen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "messen", abstract: "Misst Leitstand gegen seine Grenzen.",
        subcommands: [Arbeiter.self])

    @Option(help: "Amtliche GV100AD-Datei; um sie herum liegen die übrigen amtlichen Daten.") var gemeindeverzeichnis =
        ""
    @Option(help: "Das Programm leitstand, in der Release-Fassung.") var programm = ".build/release/leitstand"
    @Option(help: "Der Quellbaum.") var wurzel = "."
    @Option(help: "Verbindungsangaben eines leeren PostgreSQL-Clusters; ohne sie entfallen seine Zeilen.") var postgres:
        String?
    @Option(help: "Ordner für alles Vorübergehende.") var ordner = NSTemporaryDirectory()
    @Option(help: "Durchgänge je Zeile; gezeigt wird der Median.") var durchgaenge = 5
    @Option(help: "Nur dieser Teil; mehrfach möglich.") var nur: [String] = []
    @Option(help: "Woraus alles Zufällige folgt.") var saat: UInt64 = 20_260_801
    @Option(help: "Zahl der erzeugten Leistungen.") var leistungen = 100_000
    @Option(help: "Wie der Aufruf heißt, der im Bericht steht.") var befehl = "./bench"
    @Option(help: "Dokument, in das die Zeilen dieses Laufs kommen.") var schreiben: String?
    @Flag(help: "Ergebnis als JSON.") var json = false
    @Flag(help: "Nur die Teile nennen.") var liste = false

    func run() async throws {
        if liste {
            print(Teil.liste)
            return
        }
        let parts = nur.isEmpty ? Teil.alle.filter { !$0.nurEinzeln } : try nur.map(Teil.named)
        guard !gemeindeverzeichnis.isEmpty else { throw ValidationError("--gemeindeverzeichnis fehlt.") }
        let lauf = Lauf(
            saat: saat, durchgaenge: durchgaenge, programm: programm, gemeindeverzeichnis: gemeindeverzeichnis,
            wurzel: wurzel, leistungen: leistungen, postgres: postgres, ordner: ordner)
        var bericht = Bericht(saat: saat, befehl: befehl, am: .jetzt(), maschine: Bericht.diesesGeraet())
        Lauf.sage("\(bericht.maschine)\nSaat \(saat)")
        if !json { print("Saat \(saat)\n") }
        var broken = false
        for (index, part) in parts.enumerated() {
            Lauf.sage("[\(index + 1)/\(parts.count)] \(part.name): \(part.satz)")
            do {
                bericht.abschnitte.append(.init(teil: part, zeilen: try await part.messe(lauf)))
            } catch {
                // The other parts can still be measured, but the run as a whole has failed.
                Lauf.sage("\(part.name) ist gescheitert: \(error)")
                broken = true
            }
        }
        print(json ? bericht.json : bericht.tabelle)
        if let schreiben { try schreibe(bericht, schreiben) }
        if broken { throw ExitCode(2) }
        if !bericht.zeilen.allSatisfy(\.istErreicht) { throw ExitCode.failure }
    }

    private func schreibe(_ bericht: Bericht, _ path: String) throws {
        let old = FileManager.default.fileExists(atPath: path) ? try String(contentsOfFile: path, encoding: .utf8) : ""
        var document = Leistungsdokument(old)
        document.uebernimm(bericht)
        try document.text.write(toFile: path, atomically: true, encoding: .utf8)
    }
}
