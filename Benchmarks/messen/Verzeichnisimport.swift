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

    private func messe() async throws -> [Zeile] {
        let lesen = try await Stichprobe.aus(lauf.durchgaenge) { try lies() }
        let sqlite = try await Stichprobe.aus(lauf.durchgaenge) {
            try await importiere(SQLiteDatabase(path: try lauf.neuerOrdner("verzeichnis") + "/leitstand.sqlite"))
        }
        var rows = [zeile("SQLite", sqlite, lesen)]
        if let postgres = lauf.postgres {
            var number = 0
            let sample = try await Stichprobe.aus(lauf.durchgaenge) {
                number += 1
                let target = try await lauf.neueDatenbank(postgres, "verzeichnis_\(number)")
                return try await importiere(PostgresDatabase(conninfo: target))
            }
            rows.append(zeile("PostgreSQL", sample, lesen))
        }
        return rows
    }

    private func zeile(_ name: String, _ sample: Stichprobe, _ lesen: Stichprobe) -> Zeile {
        Zeile(
            "Gemeindeverzeichnis nach \(name)", sample.median, gegen: lesen.median, .hoechstens(6), einheit: "ms",
            wogegen: "Lesen und Prüfen der Datei",
            satz: "Der ganze Import der GV100AD-Datei in eine leere, eingerichtete Datenbank, in einer Transaktion.",
            dazu: sample.streuung("ms"))
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
