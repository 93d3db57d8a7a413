import App
import Foundation
import Kernel
import Storage

/// 10,000 queued jobs without any work of their own, worked off by two processes.
enum Jobdurchsatz {
    static let teil = Teil(
        name: "jobs", satz: "10.000 Jobs ohne eigene Arbeit, abgearbeitet von zwei Prozessen."
    ) { lauf in
        var rows = [try await messe(lauf, postgres: nil)]
        if let postgres = lauf.postgres { rows.append(try await messe(lauf, postgres: postgres)) }
        return rows
    }

    private static let anzahl = 10_000

    private static func messe(_ lauf: Lauf, postgres: String?) async throws -> Zeile {
        var rates: [Double] = []
        for round in 0..<max(1, lauf.durchgaenge) {
            let conninfo: String? =
                if let postgres { try await lauf.neueDatenbank(postgres, "jobs\(round)") } else { nil }
            rates.append(try await runde(lauf, conninfo: conninfo))
        }
        let median = rates.sorted()[rates.count / 2]
        let limit: Double = postgres == nil ? 1_000 : 2_000
        return Zeile(
            "Jobs, zwei Arbeiter, \(postgres == nil ? "SQLite" : "PostgreSQL")", median, gegen: limit, .mindestens(1),
            einheit: "/s",
            satz:
                "Erledigte Jobs je Sekunde vom ersten begonnenen bis zum letzten beendeten, nach den Zeiten in der Datenbank.",
            dazu: Stichprobe(rates).streuung("/s"))
    }

    private static func runde(_ lauf: Lauf, conninfo: String?) async throws -> Double {
        let folder = try lauf.neuerOrdner("jobs")
        let place = conninfo.map { ["--datenbank", $0] } ?? ["--data", folder]
        try await prozess(["--stelle", String(anzahl), "--leer"] + place)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 { group.addTask { try await prozess(["--einmal"] + place) } }
            try await group.waitForAll()
        }
        let (database, _) = try await Datenbank.open(
            Einstellungen(vorrang: ["LEITSTAND_DATA": folder, "LEITSTAND_POSTGRES": conninfo]))
        let (done, span) = try await database.read { db -> (Int, Int) in
            (
                try db.value("SELECT count(*) FROM job WHERE zustand = 'fertig'") ?? 0,
                try db.value("SELECT max(beendet_am) - min(begonnen_am) FROM job") ?? 0
            )
        }
        await database.close()
        guard done == anzahl, span > 0 else { throw Unvollstaendig(fertig: done) }
        return Double(done) * 1_000 / Double(span)
    }

    private struct Unvollstaendig: Error { let fertig: Int }

    /// This very program once more.
    private static func prozess(_ arguments: [String]) async throws {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["arbeiter"] + arguments
        process.standardOutput = FileHandle.nullDevice
        let status = try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<Int32, any Error>) in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        guard status == 0 else { throw Unvollstaendig(fertig: Int(status)) }
    }
}
