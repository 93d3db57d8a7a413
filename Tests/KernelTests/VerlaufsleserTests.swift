import Kernel
import Storage
import TestKit
import Testing

@Suite struct VerlaufsleserTests {
    @Test(arguments: TestBackend.available)
    func `each line is read once and none is missed, in any order of writing, sealing and reading`(
        on backend: TestBackend
    ) async throws {
        let database = try await backend.database(KernelMigrations.all)
        var zufall = Zufall(20_261_122)
        let leser = Verlaufsleser("probe")
        var (zeit, written, read): (Int, [String], [String]) = (1_795_338_000_000, [], [])
        // Before the first look there is nothing to tell of.
        try await schreibe(["alt"], database, am: zeit)
        try await Versiegelung.nachfuehren(database, now: { Instant(rawValue: 1_795_338_000_000) })
        _ = try await database.write { db in try leser.naechste(hoechstens: 10, in: db) }
        for step in 0..<120 {
            zeit += Int.random(in: 0...400_000, using: &zufall)
            let am = zeit
            switch Int.random(in: 0..<3, using: &zufall) {
            case 0:
                let words = (0..<Int.random(in: 1...4, using: &zufall)).map { "\(step)-\($0)" }
                written += words
                try await schreibe(words, database, am: am, seed: &zufall)
            case 1: try await Versiegelung.nachfuehren(database, now: { Instant(rawValue: am) })
            default:
                let count = Int.random(in: 1...5, using: &zufall)
                read += try await database.write { db in try leser.naechste(hoechstens: count, in: db) }.map(\.feld!)
            }
        }
        try await Versiegelung.nachfuehren(database, now: { [zeit] in Instant(rawValue: zeit) })
        while true {
            let more = try await database.write { db in try leser.naechste(hoechstens: 7, in: db) }
            if more.isEmpty { break }
            read += more.map(\.feld!)
        }
        #expect(read.sorted() == written.sorted(), "seed 20261122")
        #expect(try await database.write { db in try leser.naechste(hoechstens: 7, alles: true, in: db) }.isEmpty)
        // Another reader begins at the end, too.
        #expect(try await database.write { db in try Verlaufsleser("andere").naechste(hoechstens: 7, in: db) }.isEmpty)
    }

    private func schreibe(_ words: [String], _ database: any Database, am: Int) async throws {
        try await database.write { db in
            try VerlaufStore.append(
                words.map { Verlauf(.eintragGeaendert, organisation: "o", feld: $0) },
                durch: .betrieb(Instant(rawValue: am)), in: db)
        }
    }

    private func schreibe(_ words: [String], _ database: any Database, am: Int, seed: inout Zufall) async throws {
        for word in words {
            let organisation = ["a", "b", "c", nil][Int.random(in: 0..<4, using: &seed)]
            // Clocks of servers differ by some minutes.
            let off = am - Int.random(in: 0...600_000, using: &seed)
            try await database.write { db in
                try VerlaufStore.append(
                    [Verlauf(.eintragGeaendert, organisation: organisation, feld: word)],
                    durch: .betrieb(Instant(rawValue: off)), in: db)
            }
        }
    }
}
