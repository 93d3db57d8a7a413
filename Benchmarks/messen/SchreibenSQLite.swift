import Foundation
import Kernel
import Storage
import StorageSQLite
import Synchronization

/// Many clients who each store a little, against what the disk itself can confirm in the same folder.
enum SchreibenSQLite {
    static let teil = Teil(
        name: "schreiben-sqlite",
        satz: "32 kleine Schreiber zugleich auf SQLite (synchronous=FULL) gegen fdatasync derselben Platte."
    ) { lauf in
        try await messe(ordner: lauf.ordner, durchgaenge: lauf.durchgaenge)
    }

    private static let klienten = 32
    private static let dauer = Duration.seconds(2)

    private static let tabellen = [
        Migration(
            "messen-0001-schreiben",
            "CREATE TABLE antrag (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, stand TEXT NOT NULL, am BIGINT NOT NULL)",
            """
            CREATE TABLE antragsverlauf (
                id TEXT NOT NULL PRIMARY KEY, antrag TEXT NOT NULL REFERENCES antrag (id), am BIGINT NOT NULL,
                werte JSONB NOT NULL)
            """)
    ]

    /// The medians of several rounds in which disk and database take turns.
    static func messe(ordner: String, durchgaenge: Int) async throws -> [Zeile] {
        let folder = ordner + "/messen-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // The folder holds nothing but what this run made.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = try SQLiteDatabase(path: folder + "/leitstand.sqlite")
        try await database.migrate(tabellen)
        // The log grows to its size once; later it is written over.
        _ = try await schreibe(database, .seconds(1))
        var (writes, syncs, laps): ([Double], [Double], [Lastlauf]) = ([], [], [])
        let before = database.counters
        for _ in 0..<max(1, durchgaenge) {
            syncs.append(try await Lastlauf.faden { try bestaetige(folder) })
            laps.append(try await schreibe(database, dauer))
            writes.append(laps[laps.count - 1].jeSekunde)
        }
        let after = database.counters
        let asking = try await frage(database)
        await database.close()
        let (written, confirmed) = (median(writes), median(syncs))
        let group = Double(after.writes - before.writes) / Double(max(1, after.commits - before.commits))
        return [
            Zeile(
                "32 kleine Schreiber, SQLite FULL", written, gegen: confirmed,
                // A disk that confirms faster than that leaves the processor as the limit.
                .mindestens(min(4, 12_000 / confirmed)), einheit: "/s", wogegen: "fdatasync derselben Platte",
                satz:
                    "Bestätigte Schreibvorgänge je Sekunde, je zwei Zeilen in zwei Tabellen; verlangt ist das Vierfache "
                    + "von fdatasync oder 12.000/s.",
                dazu: "\(Stichprobe(writes).streuung("/s")), fdatasync \(Stichprobe(syncs).streuung("/s")); "
                    + "\(Zahl.dezimal(group, stellen: 1)) je Transaktion, "
                    + "p50 \(Zahl.dezimal(median(laps.map(\.p50)), stellen: 1)) ms, "
                    + "p99 \(Zahl.dezimal(median(laps.map(\.p99)), stellen: 1)) ms"),
            Zeile(
                "Fragen, ob SQLite geändert wurde", asking, gegen: 5, .hoechstens(1), einheit: "µs",
                satz:
                    "Mittlere Dauer der Frage nach dem Stand der Datenbank, die jede Seite aus dem Zwischenspeicher stellt."
            ),
        ]
    }

    private static func schreibe(_ database: SQLiteDatabase, _ time: Duration) async throws -> Lastlauf {
        let run = UUID().uuidString.prefix(8)
        let numbers = Atomic(0)
        return try await Lastlauf.aufgaben(klienten, runden: 0, dauer: time, klienten: klienten) { _ in
            let number = numbers.add(1, ordering: .relaxed).newValue
            let id = "\(run)-\(number)"
            try await database.write { db in
                try db.execute(
                    "INSERT INTO antrag (id, name, stand, am) VALUES (\(id), \("Antrag \(number)"), \("neu"), \(number))"
                )
                try db.execute(
                    """
                    INSERT INTO antragsverlauf (id, antrag, am, werte)
                    VALUES (\("v-" + id), \(id), \(number), \(#"{"stand": "neu"}"#))
                    """)
            }
            return 1
        }
    }

    /// Microseconds of one question whether anybody has written.
    private static func frage(_ database: SQLiteDatabase) async throws -> Double {
        let count = 100_000
        let start = ContinuousClock.now
        for _ in 0..<count { _ = try await database.version() }
        return (ContinuousClock.now - start) / .microseconds(1) / Double(count)
    }

    /// How often a second the disk confirms 4 KB at the end of a file.
    private static func bestaetige(_ folder: String) throws -> Double {
        let file = open(folder + "/fdatasync", O_CREAT | O_WRONLY | O_APPEND, 0o600)
        guard file >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        defer { close(file) }
        let block = [UInt8](repeating: 0x78, count: 4_096)
        let start = ContinuousClock.now
        var count = 0
        while ContinuousClock.now - start < .seconds(1) {
            guard write(file, block, block.count) == block.count, fdatasync(file) == 0 else {
                throw POSIXError(.init(rawValue: errno) ?? .EIO)
            }
            count += 1
        }
        return Double(count) / ((ContinuousClock.now - start) / .seconds(1))
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
