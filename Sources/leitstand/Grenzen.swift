import App
import ArgumentParser
import Formats
import Kernel
import Verzeichnis

struct ImportGrenzen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grenzen",
        abstract: "Lädt Grenzen (TopoJSON); jede Datei ersetzt alle Grenzen ihrer Ebene.")

    @OptionGroup var optionen: Importoptionen
    @Option(
        help: ArgumentHelp("Quellenvermerk, der unter jeder Zeichnung steht.", valueName: "Text"))
    var vermerk = GrenzImport.vermerk
    @Argument(
        help: ArgumentHelp(
            "TopoJSON-Dateien mit je einem Objekt: gemeinden, kreise oder laender.", valueName: "Dateien"))
    var dateien: [String]

    func run() async throws {
        try await optionen.run { database, auftrag in
            let files = try dateien.map { path in
                do throws(FormatError) {
                    return Grenzdatei(
                        name: path, bytes: try Dateiinhalt.bytes(path: path, hoechstens: GrenzImport.hoechstens))
                } catch { throw Refusal(.unprocessable, "\(path): \(error.reason)") }
            }
            return try await GrenzImport.run(files, vermerk: vermerk, auftrag, in: database)
        }
    }
}
