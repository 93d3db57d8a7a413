import App
import ArgumentParser
import Codelisten
import Kernel

struct ImportCodeliste: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "codeliste", abstract: "Lädt Codelisten (OASIS genericode 1.0), je Datei eine Fassung.")

    @OptionGroup var optionen: Importoptionen
    @Flag(help: "Eine schon geladene Fassung durch ihren berichtigten Inhalt ersetzen.") var ersetzen = false
    @Argument(help: ArgumentHelp("genericode-Dateien (XML).", valueName: "Datei")) var dateien: [String]

    func run() async throws {
        try await optionen.run { database, auftrag in
            try await CodelistenImport.run(
                dateien.map { .datei($0) }, ersetzen: ersetzen, auftrag, in: database)
        }
    }
}
