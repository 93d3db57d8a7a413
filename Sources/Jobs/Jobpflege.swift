package import Kernel

extension Jobart {
    /// Removes finished jobs after two weeks, failed ones after 90 days.
    package static let aufraeumen = Jobart("jobs.aufraeumen", "Alte Jobs löschen", .datenbank, rang: .nebenbei)
}

extension Jobarbeit {
    /// The queue looks after itself.
    package static func jobpflege(now: @escaping @Sendable () -> Instant) -> Jobarbeit {
        .datenbank(.aufraeumen, plan: .taeglich(stunde: 3, minute: 40)) { _, db in
            // What is left over goes the next night: the transaction stays short.
            _ = try JobListe.raeume(am: now(), in: db)
        }
    }
}
