import Foundation
import Kernel
import Logging
import Storage
import Synchronization
import TestKit
import Testing

@testable import Jobs

/// A clock that moves only when told to.
final class Stelluhr: Sendable {
    private let stand = Mutex(Instant(rawValue: 1_795_338_000_000))
    var jetzt: Instant { stand.withLock { $0 } }
    func vor(_ sekunden: Int) { stand.withLock { $0 = $0.plus(sekunden: sekunden) } }
}

extension Jobart {
    static let zaehle = Jobart("test.zaehle", "Zählen", .datenbank, versuche: 3)
    static let rufe = Jobart("test.rufe", "Rufen", .aussen, versuche: 3, frist: 60)
}

struct Nummer: Codable { let nummer: Int }

/// A queue with a table in which each job leaves a row per effect.
struct Werkstatt {
    static let migrations =
        KernelMigrations.all + JobsMigrations.all + [
            Migration("test-0001", "CREATE TABLE wirkung (nummer BIGINT NOT NULL, von TEXT NOT NULL)")
        ]
    let database: any Database
    let uhr = Stelluhr()

    init(_ backend: TestBackend) async throws { database = try await backend.database(Werkstatt.migrations) }

    func runner(_ more: [Jobarbeit] = []) -> JobRunner {
        let arten = Set(more.map(\.art.name))
        let usual: [Jobarbeit] = [
            .datenbank(.zaehle) { job, db in try Werkstatt.wirke(job, in: db) },
            .aussen(.rufe) { job, _ in .init("Gerufen.") { db in try Werkstatt.wirke(job, in: db) } },
        ]
        return JobRunner(
            usual.filter { !arten.contains($0.art.name) } + more, database: database, logger: Logger(label: "test"),
            now: { uhr.jetzt })
    }

    @Sendable static func wirke(_ job: Job, in db: any SQLConnection) throws {
        let nummer = try job.lies(Nummer.self).nummer
        try db.execute("INSERT INTO wirkung (nummer, von) VALUES (\(nummer), \(job.id))")
    }

    func stelle(_ art: Jobart, _ count: Int = 1, schluessel: String? = nil) async throws {
        let am = uhr.jetzt
        try await database.write { db in
            for nummer in 0..<count {
                try JobStore.stelle(art, Nummer(nummer: nummer), schluessel: schluessel, am: am, in: db)
            }
        }
    }

    func wirkungen() async throws -> [Int] {
        try await database.read { db in
            try db.rows("SELECT nummer FROM wirkung ORDER BY nummer").map { try $0["nummer"] }
        }
    }

    func jobs() async throws -> [Job] {
        try await database.read { db in try db.all("SELECT \(Job.columns) FROM job ORDER BY id") }
    }
}
