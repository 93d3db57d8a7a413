import App
import Formats
import Foundation
import Kernel
import Storage
import StoragePostgres
import StorageSQLite
import Verzeichnis

/// The import of the official directory against reading its file alone.
struct Verzeichnisimport {
    static let teil = Teil(
        name: "verzeichnis", satz: "Import des amtlichen Gemeindeverzeichnisses gegen das bloße Lesen seiner Datei."
    ) { lauf in
        try await Verzeichnisimport(lauf: lauf).messe()
    }

    struct Fehler: Error, CustomStringConvertible {
        let description: String
    }

    let lauf: Lauf

    /// Reading and both databases take turns, so that whatever else the machine does meets all alike.
    private func messe() async throws -> [Zeile] {
        var (lesen, sqlite, postgres): ([Double], [Double], [Double]) = ([], [], [])
        for round in 0..<max(1, lauf.durchgaenge) {
            lesen.append(try lies())
            let folder = try lauf.neuerOrdner("verzeichnis")
            sqlite.append(try await importiere(SQLiteDatabase(path: folder + "/leitstand.sqlite")))
            if let conninfo = lauf.postgres {
                let target = try await lauf.neueDatenbank(conninfo, "verzeichnis_\(round)")
                postgres.append(try await importiere(PostgresDatabase(conninfo: target)))
            }
        }
        let rows = [zeile("SQLite", Stichprobe(sqlite), Stichprobe(lesen))]
        return rows + (postgres.isEmpty ? [] : [zeile("PostgreSQL", Stichprobe(postgres), Stichprobe(lesen))])
    }

    private func zeile(_ name: String, _ sample: Stichprobe, _ lesen: Stichprobe) -> Zeile {
        Zeile(
            "Gemeindeverzeichnis nach \(name)", sample.median, gegen: lesen.median, .hoechstens(6), einheit: "ms",
            wogegen: "Lesen und Prüfen der Datei",
            satz: "Der ganze Import der GV100AD-Datei in eine leere, eingerichtete Datenbank, in einer Transaktion.",
            dazu: "\(sample.streuung("ms")); Lesen \(lesen.streuung("ms"))")
    }

    /// Reading and parsing alone.
    private func lies() throws -> Double {
        let start = ContinuousClock.now
        var bericht = Importbericht()
        _ = Verzeichnisdatei.read(try TextSource(path: lauf.gemeindeverzeichnis), bericht: &bericht)
        guard bericht.fehlerzahl == 0 else { throw Fehler(description: "Das Gemeindeverzeichnis hat Fehler.") }
        return (ContinuousClock.now - start) / .milliseconds(1)
    }

    /// The whole import into an empty, migrated database.
    private func importiere(_ database: any Database) async throws -> Double {
        try await database.migrate(Schema.migrations)
        let time = try await Lauf.millisekunden {
            let bericht = try await GemeindeverzeichnisImport.run(
                TextSource(path: lauf.gemeindeverzeichnis), Importauftrag(urheber: .betrieb(.jetzt())), in: database)
            guard bericht.geschrieben else { throw Fehler(description: "Nichts geschrieben.") }
        }
        await database.close()
        return time
    }
}
