package import Jobs
package import Kernel

extension Jobart {
    /// Removes what no file names any more.
    package static let dateipflege = Jobart("dateien.pflege", "Verwaiste Dateien löschen", .aussen, rang: .nebenbei)
}

extension Jobarbeit {
    package static func dateipflege(
        _ eingang: Dateieingang, now: @escaping @Sendable () -> Instant
    ) -> Jobarbeit {
        .aussen(.dateipflege, plan: .taeglich(stunde: 3, minute: 25)) { _, _ in
            let ergebnis = try await Dateipflege.raeume(eingang, am: now())
            return .init("\(Zahl.mit(ergebnis.inhalte, "Inhalt", "Inhalte")) gelöscht.")
        }
    }
}
