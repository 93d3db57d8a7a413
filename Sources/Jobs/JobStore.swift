import Foundation
package import Kernel
package import Storage

/// Every statement that puts jobs into the queue and takes them out again.
package enum JobStore {
    /// Asks for a job; call it in the transaction that makes it necessary.
    ///
    /// With a key there is one waiting or running job of its kind and key: asked for again while it waits, nothing
    /// happens; asked for while it runs, it runs once more afterwards. Returns nil where there was one. `sofort` ends
    /// the pause of one that waits after a failed attempt.
    @discardableResult
    package static func stelle(
        _ art: Jobart, _ daten: some Encodable, schluessel: String? = nil, faellig: Instant? = nil,
        person: Person.ID? = nil, sofort: Bool = false, am: Instant, in db: any SQLConnection
    ) throws -> Job.ID? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(daten), as: UTF8.self)
        let id = Kennung.neu(am)
        let made: String? = try db.value(
            """
            INSERT INTO job (id, art, daten, schluessel, wirkung, rang, zustand, faellig, hoechstens, spurlos, person,
                             angelegt_am)
            VALUES (\(id), \(art.name), \(text), \(schluessel), \(art.wirkung.rawValue), \(art.rang.rawValue),
                    \(Job.Zustand.wartet), \(faellig ?? am), \(art.versuche), \(art.spurlos), \(person), \(am))
            ON CONFLICT (art, schluessel) WHERE schluessel IS NOT NULL AND zustand IN ('wartet', 'laeuft')
            DO UPDATE SET nochmal = (job.zustand = 'laeuft'),
                faellig = CASE WHEN \(sofort) AND job.zustand = 'wartet' AND job.faellig > \(am)
                               THEN CAST(\(am) AS BIGINT) ELSE job.faellig END
            RETURNING id
            """)
        return made == id ? Job.ID(rawValue: id) : nil
    }

    /// Whether something of this effect can be taken now; asked before claiming, because most of the time there is not.
    static func wartet(_ wirkung: Jobart.Wirkung, arten: [String], am: Instant, in db: any SQLConnection) throws -> Bool
    {
        for rang in Jobart.Rang.allCases {
            let one: Int? = try db.value(
                """
                SELECT 1 FROM job WHERE zustand IN ('wartet', 'laeuft') AND wirkung = \(wirkung.rawValue)
                AND rang = \(rang.rawValue) AND faellig <= \(am) AND art IN (\(arten)) LIMIT 1
                """)
            if one != nil { return true }
        }
        return false
    }

    /// Takes at most so many due jobs, urgent ones first, and those whose worker has lost them.
    static func nimm(
        _ wirkung: Jobart.Wirkung, arten: [String], hoechstens: Int, frist: Int, anspruch: String, am: Instant,
        in db: any SQLConnection
    ) throws -> [Job] {
        var taken: [Job] = []
        for rang in Jobart.Rang.allCases where taken.count < hoechstens {
            taken += try db.all(
                """
                WITH naechste AS MATERIALIZED (
                    SELECT id FROM job WHERE zustand IN ('wartet', 'laeuft') AND wirkung = \(wirkung.rawValue)
                    AND rang = \(rang.rawValue) AND faellig <= \(am) AND art IN (\(arten))
                    ORDER BY faellig, id LIMIT \(hoechstens - taken.count)
                    \(SQL(sqlite: "", postgres: "FOR UPDATE SKIP LOCKED")))
                UPDATE job SET zustand = 'laeuft', anspruch = \(anspruch), faellig = \(am.plus(sekunden: frist)),
                               versuche = versuche + 1, begonnen_am = \(am), getan = 0, meldung = NULL
                WHERE id IN (SELECT id FROM naechste)
                RETURNING \(Job.columns)
                """, as: Job.self)
        }
        return taken.sorted { ($0.angelegtAm, $0.id.rawValue) < ($1.angelegtAm, $1.id.rawValue) }
    }

    /// Notes in the transaction of their effect that these are done.
    ///
    /// - Throws: `Anspruchsverlust` when another worker has taken one of them, so that nothing is done twice.
    static func beende(_ jobs: [Job], meldung: String? = nil, am: Instant, in db: any SQLConnection) throws {
        guard let anspruch = jobs.first?.anspruch else { return }
        let ids = jobs.map(\.id)
        // Those that leave no trace and were not asked for again.
        var count = try db.execute(
            "DELETE FROM job WHERE id IN (\(ids)) AND anspruch = \(anspruch) AND zustand = 'laeuft' AND spurlos AND NOT nochmal"
        )
        if count < jobs.count {
            count += try db.execute(
                """
                UPDATE job SET
                    zustand = CASE WHEN nochmal THEN 'wartet' ELSE 'fertig' END,
                    beendet_am = CASE WHEN nochmal THEN NULL ELSE CAST(\(am) AS BIGINT) END,
                    versuche = CASE WHEN nochmal THEN 0 ELSE versuche END,
                    faellig = \(am), anspruch = NULL, nochmal = FALSE, abbruch = FALSE, meldung = \(meldung)
                WHERE id IN (\(ids)) AND anspruch = \(anspruch) AND zustand = 'laeuft'
                """)
        }
        guard count == jobs.count else { throw Anspruchsverlust() }
    }

    /// Puts a job back after a failed attempt, or to the failed ones.
    static func scheitert(_ job: Job, _ fehler: Jobfehler, am: Instant, in db: any SQLConnection) throws {
        let over = fehler.istEndgueltig || job.versuche >= job.hoechstens
        let pause = fehler.pause ?? Jobart.pause(nach: job.versuche)
        try db.execute(
            """
            UPDATE job SET
                zustand = CASE WHEN abbruch THEN 'abgebrochen' ELSE \(over ? Job.Zustand.gescheitert : .wartet) END,
                anspruch = NULL, faellig = \(am.plus(sekunden: min(max(pause, 1), 86_400))),
                beendet_am = CASE WHEN abbruch OR \(over) THEN CAST(\(am) AS BIGINT) END,
                meldung = \(String(fehler.satz.prefix(500)))
            WHERE id = \(job.id) AND anspruch = \(job.anspruch) AND zustand = 'laeuft'
            """)
    }

    /// Gives a job back that was begun and not finished because the worker stops; the attempt does not count.
    static func gibZurueck(_ jobs: [Job], am: Instant, in db: any SQLConnection) throws {
        guard let anspruch = jobs.first?.anspruch else { return }
        try db.execute(
            """
            UPDATE job SET zustand = 'wartet', anspruch = NULL, faellig = \(am), versuche = versuche - 1
            WHERE id IN (\(jobs.map(\.id))) AND anspruch = \(anspruch) AND zustand = 'laeuft'
            """)
    }

    static func brichAb(_ job: Job, am: Instant, in db: any SQLConnection) throws {
        try db.execute(
            """
            UPDATE job SET zustand = 'abgebrochen', anspruch = NULL, beendet_am = \(am), meldung = 'Abgebrochen.'
            WHERE id = \(job.id) AND anspruch = \(job.anspruch) AND zustand = 'laeuft'
            """)
    }

    /// Keeps a running job for longer and tells whether it shall stop; nil when it is lost.
    static func verlaengere(_ job: Job, bis: Instant, in db: any SQLConnection) throws -> Bool? {
        try db.value(
            """
            UPDATE job SET faellig = \(bis) WHERE id = \(job.id) AND anspruch = \(job.anspruch) AND zustand = 'laeuft'
            RETURNING abbruch
            """)
    }

    /// Whether it shall stop; nil when it is lost.
    static func sollEnden(_ job: Job, in db: any SQLConnection) throws -> Bool? {
        try db.value(
            "SELECT abbruch FROM job WHERE id = \(job.id) AND anspruch = \(job.anspruch) AND zustand = 'laeuft'")
    }

    static func melde(_ job: Job, getan: Int, gesamt: Int?, satz: String?, in db: any SQLConnection) throws {
        try db.execute(
            """
            UPDATE job SET getan = \(getan), gesamt = \(gesamt), meldung = \(satz)
            WHERE id = \(job.id) AND anspruch = \(job.anspruch) AND zustand = 'laeuft'
            """)
    }
}

/// Another worker has taken the job: whatever this one did for it must not be kept.
struct Anspruchsverlust: Error {}
