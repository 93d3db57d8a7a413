import App
import Formats
import Foundation
import Katalog
import Kernel
import Storage
import StoragePostgres
import StorageSQLite
import Suche
import Verzeichnis

/// The search over the official catalogue and directory with everyday questions.
struct Katalogsuche {
    static let teil = Teil(
        name: "katalogsuche", satz: "Die Suche im amtlichen Katalog und Verzeichnis mit geprüften Alltagsfragen."
    ) { lauf in
        let measured = try Katalogsuche(lauf: lauf)
        let folder = try lauf.neuerOrdner("katalogsuche")
        var rows = try await measured.messe(SQLiteDatabase(path: folder + "/leitstand.sqlite"), name: "SQLite")
        if let postgres = lauf.postgres {
            let target = try await lauf.neueDatenbank(postgres, "katalog")
            rows += try await measured.messe(PostgresDatabase(conninfo: target), name: "PostgreSQL")
        }
        return rows
    }

    private let lauf: Lauf
    private let alltag: Alltagswoerter

    private init(lauf: Lauf) throws {
        self.lauf = lauf
        alltag = try Suchmessung.alltagswoerter(lauf)
    }

    private func messe(_ database: any Database, name: String) async throws -> [Zeile] {
        try await database.migrate(Schema.migrations)
        let order = Importauftrag(urheber: .betrieb(.jetzt()))
        _ = try await GemeindeverzeichnisImport.run(TextSource(path: lauf.gemeindeverzeichnis), order, in: database)
        _ = try await KatalogImport.run(
            .init(
                leistungen: TextSource(path: lauf.daten + "/leika/leika_leistungen_ozg.csv"),
                ohneSchluessel: TextSource(path: lauf.daten + "/leika/leistungen_nicht_im_leika.csv"),
                ozg: TextSource(path: lauf.daten + "/ozg/ozg_leistungen.csv")), datum: "2019", order, in: database)
        _ = try await Suchindex.standard.nachfuehren(database)
        let suche = Suche(alltag: alltag)
        let questions = try fragen()
        let ask: @Sendable (Int) async throws -> Int = { number in
            let wunsch = Suchwunsch(questions[number])
            return try await database.read { db in try suche.suche(wunsch, in: db) }.leistungen.gesamt
        }
        _ = try await Lastlauf.aufgaben(questions.count, runden: 1, dauer: .zero, ask)
        let run = try await Lastlauf.aufgaben(questions.count, runden: 3, dauer: .seconds(5), ask)
        await database.close()
        return [
            Zeile(
                "Suche im amtlichen Katalog, \(name): p99", run.p99, gegen: 15, .hoechstens(1), einheit: "ms",
                satz:
                    "Alltagsfragen an alle Leistungen, OZG-Leistungen und Gebiete, \(Lastlauf.klienten) Fragende zugleich.",
                dazu: "\(run.kurz); \(questions.count) Fragen")
        ]
    }

    private func fragen() throws -> [String] {
        var found: [String] = []
        // The first column of each list of judged questions holds the question.
        let lists = [lauf.wurzel + "/Tests/SucheTests/anfragen.csv", lauf.daten + "/suche/anfragen.csv"]
        for path in lists where FileManager.default.fileExists(atPath: path) {
            let reader = try CSVReader(try TextSource(path: path))
            while let fields = try reader.next()?.fields { found.append(fields[0]) }
        }
        return found
    }
}
