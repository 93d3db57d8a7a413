import ArgumentParser
import Verzeichnis

struct ImportGebietsaenderungen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gebietsaenderungen",
        abstract: "Lädt eine Liste der Gebietsänderungen: frühere Schlüssel führen danach zum Nachfolger.")

    @OptionGroup var optionen: Importoptionen
    @Argument(
        help: ArgumentHelp("CSV-Datei mit ags_alt, name_alt, ags_neu, name_neu.", valueName: "Datei")) var datei: String

    func run() async throws {
        try await optionen.run { database, auftrag in
            try await GebietsaenderungenImport.run(quelle(datei), auftrag, in: database)
        }
    }
}
