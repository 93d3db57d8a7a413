package import Storage

extension VerlaufStore {
    /// Gives up the oldest lines of every chain, those written before `grenze`, and returns their number.
    ///
    /// The only way a line ever goes. Each chain keeps the number and the seal at which it now begins, and a line of
    /// its own says so; a beginning that is missing without that line is a fault. Lines not yet sealed stay.
    @discardableResult
    package static func kuerze(vor grenze: Instant, durch urheber: Urheber, in db: any SQLConnection) throws -> Int {
        try db.lock(Versiegelung.schloss)
        var count = 0
        for ende in try db.all(
            "SELECT \(Verlaufsende.columns) FROM verlauf_kette ORDER BY kette", as: Verlaufsende.self)
        {
            count += try kuerze(ende, vor: grenze, durch: urheber, in: db)
        }
        return count
    }

    /// How many lines `kuerze` would give up.
    package static func kuerzbar(vor grenze: Instant, in db: any SQLConnection) throws -> Int {
        try db.all("SELECT \(Verlaufsende.columns) FROM verlauf_kette", as: Verlaufsende.self).reduce(0) { sum, ende in
            try sum + max(0, schnitt(ende, vor: grenze, in: db) - (ende.gekuerzt?.nummer ?? 0))
        }
    }

    /// The last number of a chain before the first line that is young enough.
    private static func schnitt(_ ende: Verlaufsende, vor grenze: Instant, in db: any SQLConnection) throws -> Int {
        let bleibt: Int? = try db.value(
            """
            SELECT verlauf_siegel.nummer FROM verlauf_siegel JOIN verlauf ON verlauf.id = verlauf_siegel.zeile
            WHERE verlauf_siegel.kette = \(ende.kette) AND verlauf.am >= \(grenze)
            ORDER BY verlauf_siegel.nummer LIMIT 1
            """)
        return bleibt.map { $0 - 1 } ?? ende.nummer
    }

    private static func kuerze(
        _ ende: Verlaufsende, vor grenze: Instant, durch urheber: Urheber, in db: any SQLConnection
    ) throws -> Int {
        let bis = try schnitt(ende, vor: grenze, in: db)
        guard bis > ende.gekuerzt?.nummer ?? 0 else { return 0 }
        let siegel: Blob? = try db.value(
            "SELECT siegel FROM verlauf_siegel WHERE kette = \(ende.kette) AND nummer = \(bis)")
        // A seal that is missing was taken by somebody: the check must go on finding that.
        guard let siegel else { return 0 }
        let gone = try db.execute(
            """
            DELETE FROM verlauf
            WHERE id IN (SELECT zeile FROM verlauf_siegel WHERE kette = \(ende.kette) AND nummer <= \(bis))
            """)
        try db.execute("DELETE FROM verlauf_siegel WHERE kette = \(ende.kette) AND nummer <= \(bis)")
        try db.execute("UPDATE verlauf_kette SET ab = \(bis), ab_siegel = \(siegel) WHERE kette = \(ende.kette)")
        try append(
            [
                Verlauf(
                    .verlaufGekuerzt, organisation: ende.kette.isEmpty ? nil : ende.kette, feld: "nummer",
                    von: siegel.bytes.hex, nach: String(bis))
            ], durch: urheber, in: db)
        return gone
    }
}
