package import Kernel
package import Storage

/// What operators see of the queue, and what they can do to it.
package enum JobListe {
    /// How many jobs are in each state, by kind.
    package struct Zahl: Sendable, Equatable, RowDecodable {
        package let art: String
        package let zustand: Job.Zustand
        package let anzahl: Int
        /// The oldest that is due and still waits.
        package let wartetSeit: Instant?

        package init(row: Row) throws {
            art = try row["art"]
            zustand = try row["zustand"]
            anzahl = try row["anzahl"]
            wartetSeit = try row["seit"]
        }
    }

    /// Only what is not finished: finished ones may be many.
    package static func zahlen(am: Instant, in db: any SQLConnection) throws -> [Zahl] {
        try db.all(
            """
            SELECT art, zustand, count(*) AS anzahl,
                   min(CASE WHEN zustand = 'wartet' AND faellig <= \(am) THEN faellig END) AS seit
            FROM job WHERE zustand IN ('wartet', 'laeuft', 'gescheitert') GROUP BY art, zustand ORDER BY art, zustand
            """)
    }

    package static func anzahl(_ zustand: Job.Zustand, art: String?, in db: any SQLConnection) throws -> Int {
        try db.value("SELECT count(*) FROM job WHERE zustand = \(zustand) \(bedingung(art))") ?? 0
    }

    /// Newest first.
    package static func jobs(
        _ zustand: Job.Zustand, art: String?, anzahl: Int, ab: Int, in db: any SQLConnection
    ) throws -> [Job] {
        try db.all(
            """
            SELECT \(Job.columns) FROM job WHERE zustand = \(zustand) \(bedingung(art))
            ORDER BY id DESC LIMIT \(anzahl) OFFSET \(ab)
            """)
    }

    private static func bedingung(_ art: String?) -> SQL { art.map { "AND art = \($0)" } ?? "" }

    package static func job(_ id: Job.ID, in db: any SQLConnection) throws -> Job? {
        try db.first("SELECT \(Job.columns) FROM job WHERE id = \(id)")
    }

    /// Kinds that stand in the queue, also those this program does not know.
    package static func arten(in db: any SQLConnection) throws -> [String] {
        try db.rows("SELECT DISTINCT art FROM job ORDER BY art").map { try $0["art"] }
    }

    /// Lets a failed or cancelled job begin anew.
    ///
    /// - Throws: `Refusal` when it is not there, is under way, or another one does the same.
    package static func erneut(_ id: Job.ID, am: Instant, in db: any SQLConnection) throws {
        guard let job = try job(id, in: db) else { throw Refusal(.notFound, "Diesen Job gibt es nicht mehr.") }
        guard job.zustand == .gescheitert || job.zustand == .abgebrochen else {
            throw Refusal(
                .conflict,
                "Dieser Job ist \(job.zustand.name); erneut versuchen lässt sich nur, was gescheitert oder abgebrochen ist."
            )
        }
        guard try erneut("id = \(id)", am: am, in: db) == 1 else {
            throw Refusal(.conflict, "Ein anderer Job tut bereits dasselbe. Warten Sie, bis er fertig ist.")
        }
    }

    /// The same for all failed ones of a kind; returns their number.
    @discardableResult
    package static func alleErneut(art: String, am: Instant, in db: any SQLConnection) throws -> Int {
        try erneut("art = \(art) AND zustand = 'gescheitert'", am: am, in: db)
    }

    private static func erneut(_ which: SQL, am: Instant, in db: any SQLConnection) throws -> Int {
        // Of several failed ones with one key the newest, and none where one is waiting or running.
        try db.execute(
            """
            UPDATE job SET zustand = 'wartet', versuche = 0, faellig = \(am), beendet_am = NULL, meldung = NULL,
                           abbruch = FALSE, nochmal = FALSE
            WHERE \(which) AND (schluessel IS NULL OR NOT EXISTS (
                SELECT 1 FROM job AS andere WHERE andere.art = job.art AND andere.schluessel = job.schluessel
                AND (andere.zustand IN ('wartet', 'laeuft')
                     OR andere.zustand IN ('gescheitert', 'abgebrochen') AND andere.id > job.id)))
            """)
    }

    /// Takes a waiting or failed job out and asks a running one to stop.
    ///
    /// - Throws: `Refusal` when it is not there or over.
    package static func brichAb(_ id: Job.ID, am: Instant, in db: any SQLConnection) throws {
        let waiting = try db.execute(
            """
            UPDATE job SET zustand = 'abgebrochen', beendet_am = \(am), meldung = 'Abgebrochen.'
            WHERE id = \(id) AND zustand IN ('wartet', 'gescheitert')
            """)
        guard waiting == 0 else { return }
        guard try db.execute("UPDATE job SET abbruch = TRUE WHERE id = \(id) AND zustand = 'laeuft'") == 0 else {
            return
        }
        throw try job(id, in: db) == nil
            ? Refusal(.notFound, "Diesen Job gibt es nicht mehr.")
            : Refusal(.conflict, "Dieser Job ist schon zu Ende.")
    }

    /// Removes what ended long ago; failed ones stay longer, because somebody may still want to look. Returns how many.
    static func raeume(am: Instant, hoechstens: Int = 5_000, in db: any SQLConnection) throws -> Int {
        try db.execute(
            """
            DELETE FROM job WHERE id IN (
                SELECT id FROM job WHERE beendet_am IS NOT NULL AND beendet_am < \(am.plus(sekunden: -14 * 86_400))
                AND (zustand <> 'gescheitert' OR beendet_am < \(am.plus(sekunden: -90 * 86_400)))
                ORDER BY beendet_am, id LIMIT \(hoechstens))
            """)
    }
}
