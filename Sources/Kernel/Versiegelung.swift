package import Storage

/// Seals lines of the Verlauf in the order in which it meets them: one chain per Organisation and one for all others.
///
/// Any number of servers may do so at once; the chains have one end, and whoever holds the lock writes there.
package enum Versiegelung {
    /// Lines of one transaction: short enough that nobody waits for it, and all that is held at a time.
    static let stueck = 2_000

    /// Seals all lines that have no seal yet and returns their number.
    @discardableResult
    package static func nachfuehren(
        _ database: any Database, now: @Sendable () -> Instant = { .jetzt() }
    ) async throws -> Int {
        let wartet = try await database.read { db -> Bool in
            let one: Int? = try db.value("SELECT 1 FROM verlauf_offen LIMIT 1")
            return one != nil
        }
        guard wartet else { return 0 }
        var (count, nach) = (0, "")
        while true {
            let (since, am) = (nach, now())
            let part = try await database.write { db in try versiegele(nach: since, am: am, in: db) }
            count += part.versiegelt
            guard part.gelesen == stueck else { return count }
            nach = part.letzte
        }
    }

    private static func versiegele(
        nach: String, am: Instant, in db: any SQLConnection
    ) throws -> (gelesen: Int, versiegelt: Int, letzte: String) {
        try db.lock(schloss)
        let offen: [String] = try db.rows(
            "SELECT zeile FROM verlauf_offen WHERE zeile > \(nach) ORDER BY zeile LIMIT \(stueck)"
        ).map { try $0["zeile"] }
        guard let letzte = offen.last else { return (0, 0, nach) }
        let zeilen = try db.all(
            """
            SELECT \(Verlaufszeile.columns) FROM verlauf
            WHERE verlauf.id IN (\(offen))
                  AND NOT EXISTS (SELECT 1 FROM verlauf_siegel WHERE verlauf_siegel.zeile = verlauf.id)
            ORDER BY verlauf.id
            """, as: Verlaufszeile.self)
        try versiegele(zeilen, am: am, in: db)
        // By name: others may have come between them since they were read.
        try db.execute("DELETE FROM verlauf_offen WHERE zeile IN (\(offen))")
        return (offen.count, zeilen.count, letzte)
    }

    private static func versiegele(_ zeilen: [Verlaufszeile], am: Instant, in db: any SQLConnection) throws {
        let ketten = Set(zeilen.map(\.kette)).sorted()
        var enden: [String: Verlaufsende] = [:]
        for ende in try db.all(
            "SELECT \(Verlaufsende.columns) FROM verlauf_kette WHERE kette IN (\(ketten))", as: Verlaufsende.self)
        {
            enden[ende.kette] = ende
        }
        var rows: [[SQLValue]] = []
        rows.reserveCapacity(zeilen.count)
        for zeile in zeilen {
            let kette = zeile.kette
            let vorher = enden[kette]
            let nummer = (vorher?.nummer ?? 0) + 1
            let siegel = Verlaufssiegel.berechne(
                nach: vorher?.siegel ?? Verlaufssiegel.anfang, zeile, kette: kette, nummer: nummer, am: am)
            rows.append([
                .text(kette), .integer(Int64(nummer)), .text(zeile.id), .blob(siegel), am.sqlValue,
            ])
            enden[kette] = Verlaufsende(kette: kette, nummer: nummer, siegel: siegel, am: am)
        }
        try db.insert(
            into: "verlauf_siegel", columns: ["kette", "nummer", "zeile", "siegel", "am"], rows: rows)
        for kette in ketten {
            guard let ende = enden[kette] else { continue }
            try db.execute(
                """
                INSERT INTO verlauf_kette (kette, nummer, siegel, am)
                VALUES (\(kette), \(ende.nummer), \(Blob(ende.siegel)), \(am))
                ON CONFLICT (kette) DO UPDATE SET nummer = excluded.nummer, siegel = excluded.siegel, am = excluded.am
                """)
        }
    }

    /// Held by whoever writes at the end of a chain or takes its beginning away.
    static let schloss = "verlaufssiegel"
}

/// The end of a chain: what an operator keeps outside, so that nobody can cut the chain short or write it anew.
package struct Verlaufsende: Sendable, Equatable {
    package let kette: String
    package let nummer: Int
    package let siegel: [UInt8]
    /// When its last line was sealed.
    package let am: Instant
    /// The last number of a beginning that was given up after its period of retention, with its seal.
    package var gekuerzt: (nummer: Int, siegel: [UInt8])?

    package init(kette: String, nummer: Int, siegel: [UInt8], am: Instant) {
        (self.kette, self.nummer, self.siegel, self.am) = (kette, nummer, siegel, am)
    }

    package static func == (a: Verlaufsende, b: Verlaufsende) -> Bool {
        a.kette == b.kette && a.nummer == b.nummer && a.siegel == b.siegel && a.am == b.am
            && a.gekuerzt?.nummer == b.gekuerzt?.nummer && a.gekuerzt?.siegel == b.gekuerzt?.siegel
    }
}

extension Verlaufsende: RowDecodable {
    static let columns: SQL = "kette, nummer, siegel, am, ab, ab_siegel"

    package init(row: Row) throws {
        let siegel: Blob = try row["siegel"]
        self.init(kette: try row["kette"], nummer: try row["nummer"], siegel: siegel.bytes, am: try row["am"])
        let (ab, vorher): (Int, Blob?) = (try row["ab"], try row["ab_siegel"])
        if ab > 0 { gekuerzt = (ab, vorher?.bytes ?? []) }
    }
}
