import App
import ArgumentParser
import Formats
import Foundation
import Katalog
import Kernel
import Nachnutzung
import Storage
import Suche
import Umsetzung
import Verzeichnis
import Web

struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lädt Daten aus Dateien; alles oder nichts, zweimal dasselbe ändert nichts.",
        subcommands: [
            ImportVerzeichnis.self, ImportGebietsaenderungen.self, ImportGrenzen.self, ImportKatalog.self,
            ImportCodeliste.self, ImportDienste.self, ImportUmsetzung.self, ImportRuecklaeufer.self,
        ])
}

/// What all imports share.
struct Importoptionen: ParsableArguments {
    @OptionGroup var ort: Ort
    @Flag(help: "Nur zeigen, was sich ändern würde.") var probe = false
    @Flag(
        name: [.customLong("fehlerhafte-ueberspringen"), .customLong("fehlerhafte-überspringen")],
        help: "Fehlerhafte Zeilen auslassen und die übrigen laden.")
    var fehlerhafteUeberspringen = false
    @Flag(help: "Auch ungewöhnlich viele Einträge schließen, die in der Datei fehlen.") var vieleEntfallen = false

    /// Runs an import, prints its report and fails when nothing was written because of faults.
    func run(_ work: (any Database, Importauftrag) async throws -> Importbericht) async throws {
        try await erklaert {
            let database = try await ort.open()
            let auftrag = Importauftrag(
                probe: probe, fehlerhafteUeberspringen: fehlerhafteUeberspringen, vieleEntfallen: vieleEntfallen,
                urheber: .betrieb(.jetzt()))
            let bericht = try await work(database, auftrag)
            if bericht.geschrieben {
                try await suchindexNachfuehren(database)
                try await verlaufVersiegeln(database)
            }
            await database.close()
            for line in bericht.zeilen { line.hasPrefix("Fehler: ") ? melde(fehler: line) : melde(line) }
            if probe {
                melde("Probe: nichts geschrieben.")
                if bericht.fehlerzahl > 0, !fehlerhafteUeberspringen { throw ExitCode.failure }
                return
            }
            guard bericht.geschrieben else {
                let rat =
                    bericht.istGesperrt
                    ? "" : " Mit --fehlerhafte-ueberspringen werden nur diese Zeilen ausgelassen."
                melde(fehler: "Nichts geschrieben: \(bericht.fehlerzahl) Fehler.\(rat)")
                throw ExitCode.failure
            }
            melde(bericht.aendertEtwas ? "Geladen." : "Es gab nichts zu ändern.")
        }
    }
}

/// Brings the search up to what was loaded; a server that runs would do the same a little later.
func suchindexNachfuehren(_ database: any Database, auchNeueren: Bool = false) async throws {
    guard let made = try await Suchindex.standard.nachfuehren(database, auchNeueren: auchNeueren) else { return }
    melde("Suche: \(made.eintraege) Einträge, davon \(made.geschrieben) neu geschrieben, \(made.entfernt) entfernt.")
}

/// Opens a file; a fault in it as a whole is a sentence, not a Swift error.
func quelle(_ path: String) throws -> TextSource {
    do { return try TextSource(path: path) } catch { throw Refusal(.unprocessable, "\(path): \(error.reason)") }
}

struct ImportVerzeichnis: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gemeindeverzeichnis", abstract: "Lädt das amtliche Gemeindeverzeichnis (GV100AD).")

    @OptionGroup var optionen: Importoptionen
    @Argument(help: ArgumentHelp("GV100AD-Datei.", valueName: "Datei")) var datei: String

    func run() async throws {
        try await optionen.run { database, auftrag in
            try await GemeindeverzeichnisImport.run(quelle(datei), auftrag, in: database)
        }
    }
}

struct ImportKatalog: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "katalog", abstract: "Lädt einen Leistungskatalog als neuen Katalogstand.")

    @OptionGroup var optionen: Importoptionen
    @Option(help: ArgumentHelp("CSV der Leistungen mit Schlüssel.", valueName: "Datei")) var leistungen: String
    @Option(help: ArgumentHelp("CSV der Leistungen ohne Schlüssel.", valueName: "Datei")) var ohneSchluessel: String?
    @Option(help: ArgumentHelp("CSV der OZG-Leistungen.", valueName: "Datei")) var ozg: String
    @Option(help: ArgumentHelp("Datum der Daten: Jahr, Jahr-Monat oder Jahr-Monat-Tag.", valueName: "Datum")) var stand:
        String?

    func run() async throws {
        if let stand, !Datenstand.istDatum(stand) {
            throw ValidationError("„\(stand)“ ist kein Datum. Gemeint ist z. B. 2019, 2019-10 oder 2019-10-05.")
        }
        try await optionen.run { database, auftrag in
            try await KatalogImport.run(
                .init(leistungen: quelle(leistungen), ohneSchluessel: ohneSchluessel.map(quelle), ozg: quelle(ozg)),
                datum: stand, auftrag, in: database)
        }
    }
}

struct ImportDienste: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "dienste", abstract: "Lädt Onlinedienste.")

    @OptionGroup var optionen: Importoptionen
    @Argument(help: ArgumentHelp("CSV-Datei.", valueName: "Datei")) var datei: String

    func run() async throws {
        try await optionen.run { database, auftrag in try await DienstImport.run(quelle(datei), auftrag, in: database) }
    }
}

struct ImportUmsetzung: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "umsetzung", abstract: "Lädt die Umsetzungsliste einer Verwaltung.")

    @OptionGroup var optionen: Importoptionen
    @Option(help: ArgumentHelp("Kennung, Regionalschlüssel (ARS) oder Name der Verwaltung.", valueName: "Organisation"))
    var organisation: String
    @Argument(help: ArgumentHelp("CSV-Datei.", valueName: "Datei")) var datei: String

    func run() async throws {
        try await optionen.run { database, auftrag in
            let word = organisation
            let found = try await database.read { db in try OrganisationStore.named(word, in: db) }
            return try await UmsetzungImport.run(quelle(datei), organisation: found.id, auftrag, in: database)
        }
    }
}

struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Schreibt Daten in Dateien.", subcommands: [ExportUmsetzung.self, ExportVerlauf.self])
}

struct ExportUmsetzung: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "umsetzung", abstract: "Schreibt die Umsetzungsliste einer Verwaltung.")

    @OptionGroup var ort: Ort
    @Option(help: ArgumentHelp("Kennung, Regionalschlüssel (ARS) oder Name der Verwaltung.", valueName: "Organisation"))
    var organisation: String
    @Option(help: ArgumentHelp("Zieldatei mit der Endung .csv oder .xlsx.", valueName: "Datei")) var out: String

    func run() async throws {
        guard let format = Tabellenformat.allCases.first(where: { out.lowercased().hasSuffix(".\($0.rawValue)") })
        else {
            throw ValidationError(
                "Geschrieben wird CSV oder XLSX: Geben Sie eine Datei mit der Endung .csv oder .xlsx an.")
        }
        try await erklaert {
            let database = try await ort.open()
            let (word, target) = (organisation, out)
            do {
                // In the folder of the target, so that it appears there at once and whole.
                let file = try TemporaryFile(in: URL(fileURLWithPath: target).deletingLastPathComponent().path)
                try await database.read { db in
                    try file.clear()
                    let tabelle = UmsetzungExport.tabelle(try OrganisationStore.named(word, in: db), in: db)
                    try tabelle.write(format, to: file, am: .jetzt())
                }
                await database.close()
                try file.keep(as: target)
            } catch let error as FormatError {
                throw Refusal(.unprocessable, error.reason)
            }
            melde("Geschrieben: \(out)")
        }
    }
}
