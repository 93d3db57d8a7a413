import App
import Formats
import Foundation
import Katalog
import Kernel
import Storage
import Suche
import Verzeichnis

/// The search over the official catalogue and directory with everyday questions.
struct Katalogsuche {
    /// Folder of the official data.
    let daten: String
    let gemeindeverzeichnis: String
    let alltag: Alltagswoerter
    /// Lists of judged questions; the first column holds the question.
    let fragenlisten: [String]

    func messe(_ database: any Database, name: String) async throws -> [Zeile] {
        try await database.migrate(Schema.migrations)
        let order = Importauftrag(urheber: .betrieb(.jetzt()))
        _ = try await GemeindeverzeichnisImport.run(TextSource(path: gemeindeverzeichnis), order, in: database)
        _ = try await KatalogImport.run(
            .init(
                leistungen: TextSource(path: daten + "/leika/leika_leistungen_ozg.csv"),
                ohneSchluessel: TextSource(path: daten + "/leika/leistungen_nicht_im_leika.csv"),
                ozg: TextSource(path: daten + "/ozg/ozg_leistungen.csv")), datum: "2019", order, in: database)
        _ = try await Suchindex.standard.nachfuehren(database)
        let suche = Suche(alltag: alltag)
        let questions = try fragen()
        let ask: @Sendable (Int) async throws -> Int = { number in
            let wunsch = Suchwunsch(questions[number])
            return try await database.read { db in try suche.suche(wunsch, in: db) }.leistungen.gesamt
        }
        _ = try await Lastlauf.aufgaben(questions.count, runden: 1, dauer: .zero, ask)
        let run = try await Lastlauf.aufgaben(questions.count, runden: 3, dauer: .seconds(5), ask)
        return [
            Zeile(
                "Suche im amtlichen Katalog, \(name): p99 (ms)", run.p99, gegen: 15, .hoechstens(1),
                dazu: "\(run.kurz); \(questions.count) Fragen")
        ]
    }

    private func fragen() throws -> [String] {
        var found: [String] = []
        for path in fragenlisten where FileManager.default.fileExists(atPath: path) {
            let reader = try CSVReader(try TextSource(path: path))
            while let fields = try reader.next()?.fields { found.append(fields[0]) }
        }
        return found
    }
}
