package import Kernel
package import Storage

/// A kind that comes up by itself, as an operator sees it.
package struct Planstand: Sendable, Equatable {
    package let art: String
    package let naechster: Instant
    package let letzterAm: Instant?
    /// Milliseconds.
    package let dauer: Int?
    package let gelang: Bool?
    package let meldung: String?
}

extension Planstand: RowDecodable {
    static let columns: SQL = "art, naechster, letzter_am, letzte_dauer, letzter_gelang, letzte_meldung"

    package init(row: Row) throws {
        art = try row["art"]
        naechster = try row["naechster"]
        letzterAm = try row["letzter_am"]
        dauer = try row["letzte_dauer"]
        gelang = try row["letzter_gelang"]
        meldung = try row["letzte_meldung"]
    }

    package static func alle(in db: any SQLConnection) throws -> [Planstand] {
        try db.all("SELECT \(columns) FROM job_plan ORDER BY art")
    }
}

/// The key of a job that a plan asks for: one at a time.
package let planschluessel = "plan"

extension JobRunner {
    /// Asks for what is due; of several servers one does so. True where something was.
    func plane() async throws -> Bool {
        let am = now()
        let bekannt = try await database.read { db in try Planstand.alle(in: db) }
        let stand = Dictionary(bekannt.map { ($0.art, $0.naechster) }, uniquingKeysWith: { first, _ in first })
        let faellig = arbeiten.values.filter { arbeit in
            arbeit.plan != nil && (stand[arbeit.art.name].map { $0 <= am } ?? true)
        }.sorted { $0.art.name < $1.art.name }
        guard !faellig.isEmpty else { return false }
        return try await database.write { db in
            var asked = false
            for arbeit in faellig {
                guard let next = arbeit.plan?.naechster(nach: am) else { continue }
                guard let before = stand[arbeit.art.name] else {
                    try db.execute(
                        """
                        INSERT INTO job_plan (art, naechster) VALUES (\(arbeit.art.name), \(next))
                        ON CONFLICT (art) DO NOTHING
                        """)
                    continue
                }
                let mine = try db.execute(
                    """
                    UPDATE job_plan SET naechster = \(next)
                    WHERE art = \(arbeit.art.name) AND naechster = \(before)
                    """)
                guard mine == 1 else { continue }
                try JobStore.stelle(arbeit.art, KeineAngaben(), schluessel: planschluessel, am: am, in: db)
                asked = true
            }
            return asked
        }
    }

    /// Notes how a planned job went.
    func notiere(
        _ jobs: [Job], seit start: ContinuousClock.Instant, am: Instant, fehler: String?, in db: any SQLConnection
    ) throws {
        let planned = jobs.filter { arbeiten[$0.art]?.plan != nil }.map(\.art)
        guard !planned.isEmpty else { return }
        let milliseconds = (ContinuousClock.now - start).millisekunden
        try db.execute(
            """
            UPDATE job_plan SET letzter_am = \(am), letzte_dauer = \(milliseconds), letzter_gelang = \(fehler == nil),
                                letzte_meldung = \(fehler)
            WHERE art IN (\(planned))
            """)
    }
}
