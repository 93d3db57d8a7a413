package import Jobs
package import Kernel
package import Storage

extension Jobart {
    /// The nightly pass over all periods.
    package static let loeschfristen = Jobart(
        "konten.loeschfristen", "Löschfristen einhalten", .aussen, rang: .nebenbei, versuche: 5)
}

extension Jobarbeit {
    /// Lets go every night what has had its time; without `hinweis` nobody is told, and no account goes for want of use.
    package static func loeschfristen(
        _ datenschutz: Datenschutz, database: any Database, hinweis: Fristlauf.Hinweis?,
        now: @escaping @Sendable () -> Instant
    ) -> Jobarbeit {
        // Few people work then, and the day of the records is over.
        .aussen(.loeschfristen, plan: .taeglich(stunde: 3, minute: 10)) { _, _ in
            let (lauf, am) = (Fristlauf(datenschutz, database), now())
            let count = try await lauf.raeume(am: am).reduce(0) { $0 + $1.anzahl }
            guard let hinweis else { return .init("\(Zahl.mit(count, "Datensatz", "Datensätze")) gelöscht.") }
            let told = try await lauf.warne(am: am, hinweis)
            return .init(
                "\(Zahl.mit(count, "Datensatz", "Datensätze")) gelöscht, \(Zahl.mit(told, "Hinweis", "Hinweise")) angefordert."
            )
        }
    }
}
