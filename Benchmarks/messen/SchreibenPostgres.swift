import ArgumentParser
import CPostgres
import Dispatch
import Foundation
import Kernel
import Storage
import StoragePostgres
import Synchronization

/// 32 writers, each a row of an application and a row of its history per write, against plain libpq on the same server.
///
/// The row has the same statement on both sides; what a unit with two statements, one more round trip, reaches is said
/// beside it.
struct SchreibenPostgres {
    static let teil = Teil(
        name: "schreiben-postgres",
        satz: "32 kleine Schreiber zugleich auf PostgreSQL gegen eine vorbereitete Anweisung über libpq allein."
    ) { lauf in
        guard let postgres = lauf.postgres else { return [] }
        let target = try await lauf.neueDatenbank(postgres, "schreiben")
        return try await SchreibenPostgres(conninfo: target, durchgaenge: lauf.durchgaenge).messe()
    }

    let conninfo: String
    let durchgaenge: Int
    private let schreiber = 32
    private let dauer = Duration.seconds(3)

    init(conninfo: String, durchgaenge: Int) { (self.conninfo, self.durchgaenge) = (conninfo, durchgaenge) }

    private static let eigene = "anlegen"
    private static let verbund = """
        WITH neu AS (INSERT INTO antrag (id, stand, bezeichnung, am) VALUES ($1, $2, $3, $4) RETURNING id)
        INSERT INTO antrag_verlauf (id, antrag, was, am) SELECT $5, id, $6, $7 FROM neu
        """

    func messe() async throws -> [Zeile] {
        let database = PostgresDatabase(conninfo: conninfo, limit: schreiber)
        try await bereite(database)
        var (gegen, zwei, eine): ([Double], [Double], [Double]) = ([], [], [])
        // By turns, so that a slow minute of the disk meets all three alike.
        for _ in 0..<max(1, durchgaenge) {
            gegen.append(try await rein())
            zwei.append(try await schreibe(database, Self.zweiAnweisungen))
            eine.append(try await schreibe(database, Self.eineAnweisung))
        }
        await database.close()
        func median(_ rates: [Double]) -> Double { rates.sorted()[rates.count / 2] }
        let dazu = "mit zwei Anweisungen \(Zahl.dezimal(median(zwei) / median(gegen), stellen: 2)) ×"
        return [
            Zeile(
                "32 kleine Schreiber, PostgreSQL", median(eine), gegen: median(gegen), .mindestens(0.8), einheit: "/s",
                wogegen: "libpq, eine vorbereitete Anweisung",
                satz:
                    "Bestätigte Schreibvorgänge je Sekunde, je zwei Zeilen in zwei Tabellen mit einer Anweisung, fsync an; "
                    + "der Vergleich sendet dieselbe Anweisung.",
                dazu: "\(Stichprobe(eine).streuung("/s")), libpq \(Stichprobe(gegen).streuung("/s")); \(dazu)")
        ]
    }

    private func bereite(_ database: PostgresDatabase) async throws {
        let settings: [String?] = try await database.read { db in
            try ["fsync", "synchronous_commit"].map { try db.value("SELECT current_setting(\($0))") }
        }
        guard settings == ["on", "on"] else {
            throw ValidationError("Der Cluster schreibt nicht auf die Platte (fsync, synchronous_commit).")
        }
        try await database.write { db in
            try db.execute(
                "CREATE TABLE antrag (id TEXT PRIMARY KEY, stand TEXT NOT NULL, bezeichnung TEXT NOT NULL, am BIGINT)")
            try db.execute(
                "CREATE TABLE antrag_verlauf (id TEXT PRIMARY KEY, antrag TEXT NOT NULL, was TEXT NOT NULL, am BIGINT)")
        }
    }

    private static func zweiAnweisungen(_ db: any SQLConnection, _ id: String, _ am: Int) throws {
        try db.execute(
            """
            INSERT INTO antrag (id, stand, bezeichnung, am)
            VALUES (\(id), \("eingegangen"), \("Antrag auf Wohngeld"), \(am))
            """)
        try db.execute(
            "INSERT INTO antrag_verlauf (id, antrag, was, am) VALUES (\(id), \(id), \(eigene), \(am))")
    }

    private static func eineAnweisung(_ db: any SQLConnection, _ id: String, _ am: Int) throws {
        try db.execute(
            """
            WITH neu AS (INSERT INTO antrag (id, stand, bezeichnung, am)
                VALUES (\(id), \("eingegangen"), \("Antrag auf Wohngeld"), \(am)) RETURNING id)
            INSERT INTO antrag_verlauf (id, antrag, was, am) SELECT \(id), id, \(eigene), \(am) FROM neu
            """)
    }

    /// Writes through the product's way; the rate is writes a second.
    private func schreibe(
        _ database: PostgresDatabase, _ anlegen: @escaping @Sendable (any SQLConnection, String, Int) throws -> Void
    ) async throws -> Double {
        let run = UUID().uuidString
        let start = ContinuousClock.now
        let written = try await withThrowingTaskGroup(of: Int.self) { group in
            for writer in 0..<schreiber {
                group.addTask {
                    var count = 0
                    while ContinuousClock.now - start < dauer {
                        let id = "\(run)-\(writer)-\(count)"
                        let am = count
                        try await database.write { db in try anlegen(db, id, am) }
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
        return Double(written) / ((ContinuousClock.now - start) / .seconds(1))
    }

    /// The same through libpq alone: one thread, one connection, one prepared statement each.
    private func rein() async throws -> Double {
        let run = UUID().uuidString
        let connections = try (0..<schreiber).map { _ in
            let connection = try VergleichPostgres.Verbindung(conninfo)
            try connection.bereite("anlegen", Self.verbund, [25, 25, 25, 20, 25, 25, 20])
            return Schreiber(connection: connection)
        }
        let written = Mutex(0)
        let failures = Mutex<[any Error]>([])
        let group = DispatchGroup()
        let start = ContinuousClock.now
        for (number, writer) in connections.enumerated() {
            group.enter()
            Thread.detachNewThread {
                var count = 0
                do {
                    while ContinuousClock.now - start < dauer {
                        let id = "\(run)-\(number)-\(count)"
                        try writer.connection.schreibe(
                            "anlegen",
                            [id, "eingegangen", "Antrag auf Wohngeld", "\(count)", id, Self.eigene, "\(count)"])
                        count += 1
                    }
                } catch { failures.withLock { $0.append(error) } }
                written.withLock { $0 += count }
                group.leave()
            }
        }
        await withCheckedContinuation { continuation in group.notify(queue: .global()) { continuation.resume() } }
        let duration = (ContinuousClock.now - start) / .seconds(1)
        if let failure = failures.withLock({ $0.first }) { throw failure }
        return Double(written.withLock { $0 }) / duration
    }

    /// `@unchecked Sendable` holds because one thread alone uses the connection.
    private struct Schreiber: @unchecked Sendable {
        let connection: VergleichPostgres.Verbindung
    }
}
