import App
import ArgumentParser
import Dispatch
import Foundation
import Kernel
import Sicherung
import Storage

struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sichert Datenbank und Dateien in eine Datei, auch während ein Server läuft.")

    @OptionGroup var ort: Ort
    @Option(
        help: ArgumentHelp(
            "Öffentlicher RSA-Schlüssel (PEM), für den die Sicherung verschlüsselt wird (sonst LEITSTAND_SICHERUNG_SCHLUESSEL).",
            valueName: "Datei"))
    var schluessel: String?
    @Flag(help: "Eine Datei, die es schon gibt, ersetzen.") var ersetzen = false
    @Option(
        help: ArgumentHelp(
            "Ältere Sicherungen im Zielordner löschen, außer der neuesten jedes der letzten Tage, Wochen und Monate, z. B. 14,8,12.",
            valueName: "Tage,Wochen,Monate"))
    var behalten: String?
    @Argument(
        help: ArgumentHelp(
            "Zieldatei, Ordner (dann mit Zeitpunkt im Namen) oder - für die Standardausgabe.", valueName: "Datei"))
    var ziel: String

    func run() async throws {
        let regel = try behalten.map { text in
            guard let regel = Aufbewahrung(text) else {
                throw ValidationError("„\(text)“: Gemeint sind drei Zahlen für Tage, Wochen und Monate, z. B. 14,8,12.")
            }
            return regel
        }
        try await ausfuehren { [self] in
            let einstellungen = ort.einstellungen(["LEITSTAND_SICHERUNG_SCHLUESSEL": schluessel])
            let now = Instant.jetzt()
            var isFolder: ObjCBool = false
            let ordner = FileManager.default.fileExists(atPath: ziel, isDirectory: &isFolder) && isFolder.boolValue
            guard regel == nil || ordner else {
                throw Refusal(.badRequest, "--behalten gilt für einen Ordner, den es schon gibt; \(ziel) ist keiner.")
            }
            let path = ordner ? "\(ziel)/\(Aufbewahrung.name(am: now))" : ziel
            let key = try einstellungen.sicherungsschluessel.map(OeffentlicherSchluessel.init(datei:))
            let made = try await Sicherung.schreibe(
                ort.installation(einstellungen), nach: path, schluessel: key, ersetzen: ersetzen, am: now)
            let rows = made.kopf.tabellen.reduce(0) { $0 + $1.zeilen }
            let art = key == nil ? "unverschlüsselt" : "verschlüsselt"
            let text =
                "Gesichert: \(path) (\(megabytes(made.bytes)), \(art); \(made.kopf.datenbank.anzeige), \(Zahl.mit(made.kopf.tabellen.count, "Tabelle", "Tabellen")) mit \(Zahl.mit(rows, "Zeile", "Zeilen")), \(Zahl.mit(made.dateien, "Datei", "Dateien")))"
            // Standard output may be the backup itself.
            path == "-" ? melde(fehler: text) : melde(text)
            guard made.fehlend.isEmpty else {
                for line in made.fehlend { melde(fehler: "WARNUNG: \(line)") }
                melde(
                    fehler:
                        "WARNUNG: Der Ordner der Dateien ist nicht vollständig. Suchen Sie die fehlenden in älteren Sicherungen; es wurde keine davon gelöscht."
                )
                return
            }
            for name in try regel?.raeumeAuf(ziel) ?? [] { melde("Nicht mehr aufbewahrt: \(name)") }
        }
    }
}

struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Spielt eine Sicherung in ein leeres Ziel ein; ganz oder gar nicht.")

    @OptionGroup var ort: Ort
    @OptionGroup var schluessel: Geheimschluessel
    @Argument(help: ArgumentHelp("Sicherung oder - für die Standardeingabe.", valueName: "Datei")) var datei: String

    func run() async throws {
        try await ausfuehren { [self] in
            let made = try await Einspielung.spiele(
                datei, geheimschluessel: schluessel.geladen(), in: ort.installation(ort.einstellungen()))
            let rows = made.kopf.tabellen.reduce(0) { $0 + $1.zeilen }
            if !made.angewandt.isEmpty { melde("Angewandt: \(made.angewandt.joined(separator: ", "))") }
            melde(
                "Eingespielt: Stand vom \(made.kopf.berlin), \(Zahl.mit(made.kopf.tabellen.count, "Tabelle", "Tabellen")) mit \(Zahl.mit(rows, "Zeile", "Zeilen")), \(Zahl.mit(made.dateien, "Datei", "Dateien")). Alle Prüfsummen stimmen."
            )
            guard !made.warnungen.isEmpty else { return }
            for line in made.warnungen { melde(fehler: "WARNUNG: \(line)") }
            melde(
                fehler:
                    "WARNUNG: Alles andere ist eingespielt. Wer diese Dateien noch hat, kann sie wieder anhängen; dann sind sie überall wieder da."
            )
        }
    }
}

/// The key that opens an encrypted backup.
struct Geheimschluessel: ParsableArguments {
    @Option(
        help: ArgumentHelp("Geheimer RSA-Schlüssel (PEM) zu einer verschlüsselten Sicherung.", valueName: "Datei"))
    var geheimschluessel: String?

    func geladen() throws -> GeheimerSchluessel? { try geheimschluessel.map(GeheimerSchluessel.init(datei:)) }
}

/// `check --sicherung`: what is in a backup and whether all of it comes back.
struct Sicherungspruefung {
    let ort: Ort
    let datei: String
    let schluessel: GeheimerSchluessel?

    func run() async throws {
        let einstellungen = ort.einstellungen()
        let installation = ort.installation(einstellungen)
        let result = try await Pruefung.pruefe(
            datei, geheimschluessel: schluessel, postgres: einstellungen.postgres,
            bereiche: installation.bereiche.map(\.name), migrationen: installation.migrationen)
        let kopf = result.kopf
        melde("Sicherung vom \(kopf.berlin), \(result.istVerschluesselt ? "verschlüsselt" : "unverschlüsselt")")
        let server = kopf.serverfassung.map { " \($0)" } ?? ""
        melde(
            "Leitstand \(kopf.programm), \(kopf.datenbank.anzeige)\(server), \(Zahl.mit(kopf.migrationen.count, "Schritt", "Schritte")) des Schemas"
        )
        melde("")
        let rows = result.vergleich.zeilen.map { row in
            (row.name, row.erwartet.map { Zahl.deutsch($0.zeilen) } ?? "–", befund(row))
        }
        let width = max(rows.map(\.0.count).max() ?? 0, 7)
        let numbers = max(rows.map(\.1.count).max() ?? 0, 6)
        for (name, count, finding) in [("Tabelle", "Zeilen", "Prüfsumme")] + rows {
            let left = name + String(repeating: " ", count: width - name.count)
            melde("\(left)  \(String(repeating: " ", count: numbers - count.count))\(count)  \(finding)")
        }
        melde("")
        melde("\(Zahl.mit(result.dateien, "Datei", "Dateien")), \(megabytes(result.dateibytes)): Prüfsummen stimmen")
        if !result.angewandt.isEmpty {
            melde("Auf den heutigen Stand gebracht: \(result.angewandt.joined(separator: ", "))")
        }
        for fault in result.vergleich.fehler { melde(fehler: fault) }
        guard result.vergleich.stimmt else {
            throw Refusal(.unprocessable, "Die Sicherung ist nicht vollständig wiederherstellbar.")
        }
        melde("Die Sicherung ist vollständig und wiederherstellbar.")
    }

    private func befund(_ row: Vergleich.Zeile) -> String {
        if row.stimmt { return "stimmt" }
        guard let found = row.gefunden else { return "FEHLT" }
        guard let expected = row.erwartet else { return "ist zu viel (\(Zahl.mit(found.zeilen, "Zeile", "Zeilen")))" }
        return expected.zeilen == found.zeilen
            ? "WEICHT AB" : "WEICHT AB (\(Zahl.mit(found.zeilen, "Zeile", "Zeilen")))"
    }
}

/// Runs `work`; Ctrl+C and SIGTERM cancel it, so that it takes away what it made before the program ends.
func ausfuehren(_ work: @escaping @Sendable () async throws -> Void) async throws {
    let task = Task { try await erklaert(work) }
    let sources = [SIGINT, SIGTERM].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { task.cancel() }
        source.resume()
        return source
    }
    defer { for source in sources { source.cancel() } }
    do { try await task.value } catch is CancellationError {
        melde(fehler: "Abgebrochen.")
        throw ExitCode(130)
    }
}

extension Ort {
    /// What is backed up and restored: the database, the stored files, and the texts of the operator.
    func installation(_ einstellungen: Einstellungen) -> Installation {
        Installation(
            datenbank: einstellungen.postgres.map { .postgres($0) }
                ?? .sqlite(einstellungen.datenordner + "/leitstand.sqlite"),
            bereiche: [
                .init(name: "dateien", ordner: einstellungen.dateiordner),
                .init(name: "texte", ordner: einstellungen.textordner),
            ], programm: App.Leitstand.version, migrationen: Schema.migrations)
    }
}

private func megabytes(_ bytes: Int) -> String { "\(Zahl.dezimal(Double(bytes) / 1_000_000, stellen: 1)) MB" }
