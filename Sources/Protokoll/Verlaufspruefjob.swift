package import Jobs
package import Kernel
package import Storage
import Synchronization

extension Jobart {
    /// Recomputes every seal.
    package static let verlaufspruefung = Jobart(
        "protokoll.pruefung", "Siegel des Verlaufs prüfen", .aussen, rang: .nebenbei, versuche: 3)
}

extension Jobarbeit {
    /// Finds lines that were removed, altered or put in; the operator sees what was found as the reason of a failure.
    package static func verlaufspruefung(
        _ database: any Database, now: @escaping @Sendable () -> Instant
    ) -> Jobarbeit {
        .aussen(.verlaufspruefung, plan: .alle(sekunden: 7 * 86_400)) { _, lauf in
            let gelesen = Zeilenzahl()
            let am = now()
            let befund = try await withThrowingTaskGroup(of: Verlaufsbefund?.self) { group in
                group.addTask {
                    try await database.read { db in
                        try Verlaufspruefung.pruefe(jetzt: am, in: db) { gelesen.stand = $0 }
                    }
                }
                group.addTask {
                    let gesamt = try await database.read { db in try Verlaufspruefung.umfang(in: db) }
                    while true {
                        try await lauf.melde(
                            getan: gelesen.stand, gesamt: gesamt, "Zeilen werden nachgerechnet.")
                        try await Task.sleep(for: .seconds(1))
                    }
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
            guard let befund else { throw Jobfehler("Die Prüfung wurde nicht fertig.") }
            guard befund.stimmt else {
                throw Jobfehler(
                    "\(Zahl.mit(befund.fehlerzahl, "Fehler", "Fehler")) im Verlauf gefunden. Welche, sagt leitstand check --verlauf.",
                    istEndgueltig: true)
            }
            return .init("\(Zahl.mit(befund.versiegelt, "Zeile", "Zeilen")) geprüft, kein Fehler.")
        }
    }
}

/// How far the check is, told from its thread to the one that reports.
private final class Zeilenzahl: Sendable {
    private let wert = Mutex(0)

    var stand: Int {
        get { wert.withLock { $0 } }
        set { wert.withLock { $0 = newValue } }
    }
}
