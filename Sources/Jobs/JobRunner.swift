package import Kernel
package import Logging
package import Storage
import Synchronization

/// Works off the queue until it is told to stop; any number of them, in any number of processes, share one queue.
package final class JobRunner: Sendable {
    /// Jobs of the database that share a transaction.
    static let buendel = 100
    /// How often it looks into an empty queue.
    static let blick = Duration.milliseconds(500)
    /// How often it looks after one job that runs.
    static let wache = Duration.seconds(1)

    let arbeiten: [String: Jobarbeit]
    let database: any Database
    let logger: Logger
    let now: @Sendable () -> Instant
    let beobachter: (any Jobbeobachter)?
    private let plaetze: Int
    private let angehalten = Mutex(false)
    private let laufende = Mutex(0)

    /// - Parameter plaetze: how many jobs with effects outside run at a time.
    package init(
        _ arbeiten: [Jobarbeit], database: any Database, plaetze: Int = 4, logger: Logger,
        now: @escaping @Sendable () -> Instant = { .jetzt() }, beobachter: (any Jobbeobachter)? = nil
    ) {
        self.arbeiten = Dictionary(arbeiten.map { ($0.art.name, $0) }, uniquingKeysWith: { first, _ in first })
        precondition(self.arbeiten.count == arbeiten.count, "two kinds of jobs have the same name")
        (self.database, self.plaetze, self.logger, self.now) = (database, max(plaetze, 1), logger, now)
        self.beobachter = beobachter
    }

    /// Takes nothing more; what runs outside the database is given back.
    package func halte() { angehalten.withLock { $0 = true } }

    var istAngehalten: Bool { angehalten.withLock { $0 } }

    private var soll: Bool { !istAngehalten && !Task.isCancelled }

    /// Works until `halte` is called or the task is cancelled.
    package func lauf() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wiederhole { try await self.plane() } }
            group.addTask { await self.wiederhole { try await self.datenbank() } }
            group.addTask { await self.aussen() }
        }
    }

    /// Works off what is due now, with nothing left to do when it returns; for commands and tests.
    ///
    /// What waits for a later moment stays; returns how many were begun.
    @discardableResult
    package func leere() async throws -> Int {
        var count = 0
        while true {
            try await plane()
            let inside = try await nimm(.datenbank, hoechstens: JobRunner.buendel)
            if !inside.isEmpty { await erledige(inside) }
            let outside = try await nimm(.aussen, hoechstens: plaetze)
            await withTaskGroup(of: Void.self) { group in
                for job in outside { group.addTask { await self.fuehreAus(job) } }
            }
            guard !inside.isEmpty || !outside.isEmpty else { return count }
            count += inside.count + outside.count
        }
    }

    /// Again at once while there is work, else after a pause; a database that does not answer gets a longer one.
    private func wiederhole(_ work: @Sendable () async throws -> Bool) async {
        while soll {
            var pause = JobRunner.blick
            do {
                if try await work() { continue }
            } catch is CancellationError { return } catch {
                logger.error("jobs nicht gelesen", metadata: ["fehler": "\(type(of: error))"])
                pause = .seconds(5)
            }
            await schlafe(pause)
        }
    }

    /// In short pieces, because nobody waits long for a server that shall stop.
    private func schlafe(_ pause: Duration) async {
        let ende = ContinuousClock.now + pause * Double.random(in: 0.8...1.2)
        while soll, ContinuousClock.now < ende {
            // A sleep that is cut short ends the loop around it.
            try? await Task.sleep(for: min(pause, .milliseconds(100)))
        }
    }

    private func datenbank() async throws -> Bool {
        let jobs = try await nimm(.datenbank, hoechstens: JobRunner.buendel)
        if !jobs.isEmpty { await erledige(jobs) }
        return !jobs.isEmpty
    }

    private func aussen() async {
        // One that keeps no result: it lives as long as the process.
        await withDiscardingTaskGroup { group in
            while soll {
                let frei = plaetze - laufende.withLock { $0 }
                var pause = Duration.milliseconds(10)
                if frei > 0 {
                    do {
                        let jobs = try await nimm(.aussen, hoechstens: frei)
                        for job in jobs {
                            laufende.withLock { $0 += 1 }
                            group.addTask {
                                await self.fuehreAus(job)
                                self.laufende.withLock { $0 -= 1 }
                            }
                        }
                        if jobs.isEmpty { pause = JobRunner.blick }
                    } catch is CancellationError { break } catch {
                        logger.error("jobs nicht gelesen", metadata: ["fehler": "\(type(of: error))"])
                        pause = .seconds(5)
                    }
                }
                await schlafe(pause)
            }
            group.cancelAll()
        }
    }

    func nimm(_ wirkung: Jobart.Wirkung, hoechstens: Int) async throws -> [Job] {
        let kinds = arbeiten.values.filter { $0.art.wirkung == wirkung }.map(\.art)
        let (arten, am, anspruch) = (kinds.map(\.name).sorted(), now(), Kennung.neu(now()))
        guard !arten.isEmpty,
            try await database.read({ db in try JobStore.wartet(wirkung, arten: arten, am: am, in: db) })
        else { return [] }
        let frist = kinds.map(\.frist).max() ?? 60
        return try await database.write { db in
            try JobStore.nimm(
                wirkung, arten: arten, hoechstens: hoechstens, frist: frist, anspruch: anspruch, am: am, in: db)
        }
    }
}
