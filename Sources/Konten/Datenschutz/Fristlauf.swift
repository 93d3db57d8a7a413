package import Kernel
package import Storage

/// One pass over all periods: says what would go, or lets it go.
package struct Fristlauf: Sendable {
    /// What a period came to.
    package struct Ergebnis: Sendable {
        package let frist: Loeschfrist
        package let tage: Int
        package let anzahl: Int

        /// The line of a report.
        package var zeile: String {
            "\(Zahl.deutsch(anzahl))  \(frist.was) (\(frist.art)): \(frist.dauer(tage)); \(frist.ende)"
        }
    }

    /// Asks for a letter that tells a person that the account will go, and notes when it was sent; without one, no
    /// account goes for want of use.
    package typealias Hinweis = @Sendable (Person.ID, _ am: Instant, any SQLConnection) throws -> Void

    let datenschutz: Datenschutz
    let database: any Database

    package init(_ datenschutz: Datenschutz, _ database: any Database) {
        (self.datenschutz, self.database) = (datenschutz, database)
    }

    /// What would go now; writes nothing.
    package func probe(am: Instant) async throws -> [Ergebnis] {
        let datenschutz = datenschutz
        return try await database.read { db in
            try datenschutz.fristen.map { frist in
                let tage = datenschutz.tage(frist)
                return Ergebnis(frist: frist, tage: tage, anzahl: try frist.faellig(.init(am: am, tage: tage), db))
            }
        }
    }

    /// Lets go what has had its time, each kind in a transaction of its own.
    package func raeume(am: Instant) async throws -> [Ergebnis] {
        var found: [Ergebnis] = []
        for frist in datenschutz.fristen {
            let tage = datenschutz.tage(frist)
            let count = try await database.write { db in try frist.raeume(.init(am: am, tage: tage), db) }
            found.append(Ergebnis(frist: frist, tage: tage, anzahl: count))
        }
        return found
    }

    /// Has those told whose accounts nobody used; returns how many.
    package func warne(am: Instant, _ hinweis: @escaping Hinweis) async throws -> Int {
        guard let frist = datenschutz.fristen.first(where: { $0.art == "konto" }) else { return 0 }
        let lage = Loeschfrist.Lage(am: am, tage: max(0, datenschutz.tage(frist) - Kontenfristen.vorwarnung))
        let konten = try await database.read { db in
            try Kontenfristen.unbenutzt(seit: lage.grenze, gewarnt: nil, in: db)
        }
        for konto in konten { try await database.write { db in try hinweis(konto.id, am, db) } }
        return konten.count
    }
}
