import Glibc
package import Kernel
import Storage

/// Nightly tidying: takes away what uploads and removals left over when they were cut off in the middle.
package enum Dateipflege {
    /// What a run took away.
    package struct Ergebnis: Sendable, Equatable {
        package let inhalte: Int
        package let reste: Int
    }

    /// Content that no row names goes when it is older than a day: an upload puts it in its place before its row. So does
    /// what is left of uploads that were never finished.
    package static func raeume(_ eingang: Dateieingang, am: Instant) async throws -> Ergebnis {
        let grenze = am.plus(sekunden: -86_400)
        var inhalte = 0
        for ablage in eingang.ablagen {
            var orte = try await ablage.orte(vor: grenze)[...]
            let name = ablage.name
            while !orte.isEmpty {
                let part = Array(orte.prefix(500))
                orte = orte.dropFirst(part.count)
                let named = try await eingang.database.read { db in
                    try DateiStore.benannte(part, ablage: name, in: db)
                }
                for ort in part where !named.contains(ort) {
                    if try await ablage.loesche(ort) { inhalte += 1 }
                }
            }
        }
        let ordner = eingang.ordner
        let reste = try await Nebenfaden.tue {
            var count = 0
            for name in try Ordner.namen(ordner) where name.hasPrefix(Dateieingang.vorsatz) {
                let path = ordner + "/" + name
                if Ordner.istAelter(path, als: grenze), unlink(path) == 0 { count += 1 }
            }
            return count
        }
        return Ergebnis(inhalte: inhalte, reste: reste)
    }
}
