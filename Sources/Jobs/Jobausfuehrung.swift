import Kernel
import Logging
import Storage

extension JobRunner {
    /// Does jobs of the database: together, or each for itself where one of them fails.
    func erledige(_ jobs: [Job]) async {
        // One that killed its worker shall not condemn those that were taken with it: the second time few come along,
        // from the third on each comes alone, and the attempts of the others do not count.
        let wieder = jobs.filter { $0.versuche == 2 }.dropFirst(10) + jobs.filter { $0.versuche > 2 }.dropFirst(1)
        if let eines = wieder.first {
            let am = now()
            await versuche(eines) { db in try JobStore.gibZurueck(Array(wieder), am: am, in: db) }
        }
        let jobs = jobs.filter { job in !wieder.contains { $0.id == job.id } }
        let (gute, verlorene) = (
            jobs.filter { $0.versuche <= $0.hoechstens }, jobs.filter { $0.versuche > $0.hoechstens }
        )
        for job in verlorene { await scheitert(job, JobRunner.abgestuerzt) }
        guard !gute.isEmpty else { return }
        do { try await gemeinsam(gute) } catch {
            guard gute.count > 1 else { return await scheitert(gute[0], error) }
            for job in gute {
                do { try await gemeinsam([job]) } catch { await scheitert(job, error) }
            }
        }
    }

    private func gemeinsam(_ jobs: [Job]) async throws {
        let (arbeiten, am, start) = (arbeiten, now(), ContinuousClock.now)
        try await ungestoert {
            try await self.database.write { db in
                for job in jobs {
                    guard case .datenbank(let work) = arbeiten[job.art]?.weise else { continue }
                    try work(job, db)
                }
                try JobStore.beende(jobs, am: am, in: db)
                try self.notiere(jobs, seit: start, am: am, fehler: nil, in: db)
            }
        }
        for (art, gleiche) in Dictionary(grouping: jobs, by: \.art) {
            beobachter?.beendet(art: art, ausgang: .fertig, anzahl: gleiche.count)
        }
    }

    /// Does one job with effects outside, keeps its lease, and ends it.
    func fuehreAus(_ job: Job) async {
        guard case .aussen(let work) = arbeiten[job.art]?.weise else { return }
        guard job.versuche <= job.hoechstens else { return await scheitert(job, JobRunner.abgestuerzt) }
        let start = ContinuousClock.now
        let lauf = Joblauf(job, database)
        let ausgang = await withTaskGroup(of: Ausgang.self) { group in
            group.addTask {
                do { return .fertig(try await work(job, lauf)) } catch { return .fehler(error) }
            }
            group.addTask { await self.bewache(job) }
            var ende = await group.next() ?? .verloren
            group.cancelAll()
            // What was done although it was to stop is done: a letter that left is not sent again.
            for await later in group { if case .fertig = later { ende = later } }
            return ende
        }
        let am = now()
        switch ausgang {
        case .fertig(let abschluss):
            do {
                try await ungestoert {
                    try await self.database.write { db in
                        try abschluss.schreibe(db)
                        try JobStore.beende([job], meldung: abschluss.meldung, am: am, in: db)
                        try self.notiere([job], seit: start, am: am, fehler: nil, in: db)
                    }
                }
                beobachter?.beendet(art: job.art, ausgang: .fertig, anzahl: 1)
            } catch { await scheitert(job, error) }
        case .abbruch:
            await versuche(job) { db in try JobStore.brichAb(job, am: am, in: db) }
            beobachter?.beendet(art: job.art, ausgang: .abgebrochen, anzahl: 1)
        case .halt, .fehler(is CancellationError):
            await versuche(job) { db in try JobStore.gibZurueck([job], am: am, in: db) }
        case .fehler(let error): await scheitert(job, error, seit: start)
        case .verloren: logger.warning("job verloren", metadata: ["job": "\(job.id.rawValue)", "art": "\(job.art)"])
        }
    }

    private enum Ausgang: Sendable {
        case fertig(Jobarbeit.Abschluss)
        case fehler(any Error)
        /// Somebody wants it to stop; the worker shall stop; another worker has it.
        case abbruch, halt, verloren
    }

    /// Keeps the lease while the job runs; returns when it shall stop.
    private func bewache(_ job: Job) async -> Ausgang {
        let frist = arbeiten[job.art]?.art.frist ?? 60
        var verlaengert = ContinuousClock.now
        while true {
            do { try await Task.sleep(for: JobRunner.wache) } catch { return .halt }
            if istAngehalten { return .halt }
            let isDue = ContinuousClock.now - verlaengert > .seconds(frist) / 3
            do {
                let stop: Bool?
                if isDue {
                    let bis = now().plus(sekunden: frist)
                    stop = try await database.write { db in try JobStore.verlaengere(job, bis: bis, in: db) }
                    verlaengert = .now
                } else {
                    stop = try await database.read { db in try JobStore.sollEnden(job, in: db) }
                }
                guard let stop else { return .verloren }
                if stop { return .abbruch }
            } catch is CancellationError { return .halt } catch {
                // The database is away for a moment; whether the lease was lost, the end of the job will show.
                logger.warning("job nicht verlängert", metadata: ["fehler": "\(type(of: error))"])
            }
        }
    }

    static let abgestuerzt = Jobfehler(
        "Der Arbeiter ist bei diesem Job mehrmals ohne Meldung ausgefallen. Näheres steht im Protokoll des Dienstes.",
        istEndgueltig: true)

    private func scheitert(_ job: Job, _ error: any Error, seit start: ContinuousClock.Instant = .now) async {
        if error is Anspruchsverlust || error is CancellationError { return }
        // Texts of other errors may hold what nobody else shall read.
        let fehler =
            error as? Jobfehler ?? Jobfehler("Unerwarteter Fehler (\(type(of: error))). Näheres steht im Protokoll.")
        let am = now()
        beobachter?.beendet(art: job.art, ausgang: .fehler, anzahl: 1)
        logger.error(
            "job gescheitert",
            metadata: [
                "job": "\(job.id.rawValue)", "art": "\(job.art)", "versuch": "\(job.versuche)",
                "fehler": "\(error is Jobfehler ? fehler.satz : JobRunner.art(error))",
            ])
        await versuche(job) { db in
            try JobStore.scheitert(job, fehler, am: am, in: db)
            try self.notiere([job], seit: start, am: am, fehler: fehler.satz, in: db)
        }
    }

    /// What an operator needs of an unexpected error; its text may hold values of the database.
    private static func art(_ error: any Error) -> String {
        (error as? StorageError)?.ohneWerte ?? "\(type(of: error))"
    }

    /// A write that tidies up; where it fails the lease runs out and another worker begins anew.
    private func versuche(_ job: Job, _ body: @escaping @Sendable (any SQLConnection) throws -> Void) async {
        do { try await ungestoert { try await self.database.write(body) } } catch {
            logger.error(
                "job nicht abgeschlossen", metadata: ["job": "\(job.id.rawValue)", "fehler": "\(type(of: error))"])
        }
    }

    /// Runs to its end although the task around it is cancelled: a job's completion is not given up halfway.
    private func ungestoert(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await Task { try await body() }.value
    }
}
