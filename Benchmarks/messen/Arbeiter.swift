import App
import ArgumentParser
import Foundation
import Jobs
import Kernel
import Logging
import Storage

/// A worker in a process of its own, with jobs whose effects can be counted: for measuring, and to be killed.
struct Arbeiter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "arbeiter", abstract: "Stellt Jobs zum Zählen in die Warteschlange oder arbeitet sie ab.")

    @Option(help: "Ordner der SQLite-Datenbank.") var data: String?
    @Option(help: "PostgreSQL statt SQLite.") var datenbank: String?
    @Option(help: "Stellt so viele Jobs in die Warteschlange, statt zu arbeiten.") var stelle: Int?
    @Flag(help: "Die Jobs haben keine Wirkung.") var leer = false
    @Flag(help: "Jeder zehnte Job wirkt auch nach außen.") var gemischt = false
    @Flag(help: "Endet, sobald nichts mehr fällig ist.") var einmal = false

    private static let innen = Jobart("messen.innen", "Zählen", .datenbank, versuche: 1_000, frist: 1)
    private static let aussen = Jobart("messen.aussen", "Zählen nach einem Ruf", .aussen, versuche: 1_000, frist: 1)

    private struct Nummer: Codable { let nummer: Int, leer: Bool }

    func run() async throws {
        let (database, _) = try await Datenbank.open(
            Einstellungen(vorrang: ["LEITSTAND_DATA": data, "LEITSTAND_POSTGRES": datenbank]))
        if let stelle {
            try await database.write { db in
                try db.execute("CREATE TABLE IF NOT EXISTS wirkung (nummer BIGINT NOT NULL, job TEXT NOT NULL)")
            }
            try await fuelle(stelle, database)
        } else {
            try await arbeite(database)
        }
        await database.close()
    }

    private func fuelle(_ count: Int, _ database: any Database) async throws {
        let (leer, gemischt) = (leer, gemischt)
        for start in stride(from: 0, to: count, by: 1_000) {
            try await database.write { db in
                for nummer in start..<min(start + 1_000, count) {
                    try JobStore.stelle(
                        gemischt && nummer % 10 == 1 ? Arbeiter.aussen : Arbeiter.innen,
                        Nummer(nummer: nummer, leer: leer), am: .jetzt(), in: db)
                }
            }
        }
    }

    private func arbeite(_ database: any Database) async throws {
        let runner = JobRunner(
            [
                .datenbank(Arbeiter.innen) { job, db in try Arbeiter.wirke(job, in: db) },
                .aussen(Arbeiter.aussen) { job, _ in
                    try await Task.sleep(for: .milliseconds(2))
                    return .init { db in try Arbeiter.wirke(job, in: db) }
                },
            ], database: database, logger: Logger(label: "arbeiter"))
        // Whoever starts several of them lets all begin at the same moment.
        print("bereit")
        fflush(nil)
        if einmal { try await runner.leere() } else { await runner.lauf() }
    }

    private static func wirke(_ job: Job, in db: any SQLConnection) throws {
        let was = try job.lies(Nummer.self)
        guard !was.leer else { return }
        try db.execute("INSERT INTO wirkung (nummer, job) VALUES (\(was.nummer), \(job.id))")
    }
}
