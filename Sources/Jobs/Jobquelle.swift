package import Kernel
package import Storage

/// The queue as a holder of data about persons: jobs say on whose behalf they run, by id alone.
package struct Jobquelle: PersonendatenQuelle {
    package init() {}

    package var verarbeitungen: [Verarbeitung] {
        [
            Verarbeitung(
                "Arbeiten im Hintergrund",
                zweck: "Versand von E-Mails und andere Arbeiten, auf die niemand warten soll",
                betroffene: "Personen mit Konto",
                daten: "Kennungen der Konten, Art und Zeitpunkte der Arbeit, Ergebnis",
                grundlage: "Art. 6 Abs. 1 Buchst. e DSGVO", empfaenger: "Administration", tabellen: ["job"],
                dauer: "14 Tage nach dem Ende, gescheiterte 90 Tage")
        ]
    }

    package func auskunft(ueber person: BetroffenePerson, am: Instant, in db: any SQLConnection) throws
        -> [Auskunftsteil]
    {
        let jobs: [Job] = try db.all("SELECT \(Job.columns) FROM job WHERE person = \(person.id) ORDER BY id DESC")
        return [
            Auskunftsteil(
                "jobs", "Arbeiten, die Sie ausgelöst haben",
                jobs.map { job in
                    [
                        .init("art", "Art", .text(job.art)), .init("angelegtAm", "ausgelöst", .zeit(job.angelegtAm)),
                        .init("zustand", "Zustand", .text(job.zustand.name)),
                        .init("beendetAm", "beendet", .init(job.beendetAm)),
                    ]
                })
        ]
    }

    package func loesche(_ person: BetroffenePerson, durch urheber: Urheber, in db: any SQLConnection) throws {
        try db.execute("UPDATE job SET person = NULL WHERE person = \(person.id)")
    }
}
