package import Storage

/// Reads the sealed Verlauf onward from where it stopped, each line once: what others are told of follows from it.
///
/// It goes by the numbers of the chains, which have no gaps: a line that was written earlier and committed later has
/// its number later, too, so none is ever missed.
package struct Verlaufsleser: Sendable {
    package let name: String

    package init(_ name: String) { self.name = name }

    /// Clocks of servers differ; chains sealed so many seconds before the last one seen are looked at again.
    private static let spielraum = 900

    /// The next lines, oldest first within a chain, and notes that they were read; call it in the transaction that
    /// uses them. The first call of a reader only marks the present end.
    ///
    /// - Parameter alles: compares every chain instead of those that moved lately.
    package func naechste(hoechstens: Int, alles: Bool = false, in db: any SQLConnection) throws -> [Verlaufszeile] {
        try db.lock("verlaufsleser-\(name)")
        let stand: Int? = try db.value("SELECT gesehen FROM verlauf_leser WHERE leser = \(name)")
        guard let stand else {
            try beginne(in: db)
            return []
        }
        let since = alles ? Int.min : stand - Verlaufsleser.spielraum * 1_000
        let ketten = try db.rows(
            """
            SELECT verlauf_kette.kette, verlauf_kette.am, verlauf_kette.nummer AS ende,
                   COALESCE(verlauf_leser_kette.nummer, verlauf_kette.ab) AS gelesen
            FROM verlauf_kette LEFT JOIN verlauf_leser_kette
                 ON verlauf_leser_kette.kette = verlauf_kette.kette AND verlauf_leser_kette.leser = \(name)
            WHERE verlauf_kette.am >= \(since) AND verlauf_kette.nummer > COALESCE(verlauf_leser_kette.nummer, 0)
            ORDER BY verlauf_kette.am, verlauf_kette.kette
            """)
        var zeilen: [Verlaufszeile] = []
        var gesehen = stand
        for kette in ketten {
            let rest = hoechstens - zeilen.count
            guard rest > 0 else { break }
            let (name, gelesen): (String, Int) = (try kette["kette"], try kette["gelesen"])
            let rows = try db.rows(
                """
                SELECT verlauf_siegel.nummer AS s_nummer, \(Verlaufszeile.columns)
                FROM verlauf_siegel JOIN verlauf ON verlauf.id = verlauf_siegel.zeile
                WHERE verlauf_siegel.kette = \(name) AND verlauf_siegel.nummer > \(gelesen)
                ORDER BY verlauf_siegel.nummer LIMIT \(rest)
                """)
            zeilen += try rows.map(Verlaufszeile.init(row:))
            let seen: Int = try rows.last.map { try $0["s_nummer"] } ?? 0
            // A shorter answer is the end of the chain, even where lines of its beginning were given up; it may reach
            // further than that end, where a seal was committed between the two questions.
            let last: Int = rows.count < rest ? max(try kette["ende"], seen) : seen
            try db.execute(
                """
                INSERT INTO verlauf_leser_kette (leser, kette, nummer) VALUES (\(self.name), \(name), \(last))
                ON CONFLICT (leser, kette) DO UPDATE SET nummer = excluded.nummer
                """)
            if rows.count < rest { gesehen = max(gesehen, try kette["am"]) }
        }
        if gesehen > stand {
            try db.execute("UPDATE verlauf_leser SET gesehen = \(gesehen) WHERE leser = \(name)")
        }
        return zeilen
    }

    private func beginne(in db: any SQLConnection) throws {
        try db.execute(
            """
            INSERT INTO verlauf_leser_kette (leser, kette, nummer)
            SELECT CAST(\(name) AS TEXT), kette, nummer FROM verlauf_kette
            """)
        try db.execute(
            """
            INSERT INTO verlauf_leser (leser, gesehen)
            SELECT CAST(\(name) AS TEXT), COALESCE(max(am), 0) FROM verlauf_kette
            """)
    }
}

extension VerlaufStore {
    /// These lines in the order in which they were written; those that were given up after their time are missing.
    package static func zeilen(_ ids: [String], in db: any SQLConnection) throws -> [Verlaufszeile] {
        try db.all("SELECT \(Verlaufszeile.columns) FROM verlauf WHERE verlauf.id IN (\(ids)) ORDER BY verlauf.id")
    }
}
