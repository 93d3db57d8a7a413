package import Kernel
package import Storage

/// The Onlinedienste of an authority follow to the one that goes on.
package struct DienstNachfolge: Nachfolgeteil {
    package init() {}

    package func uebertrage(
        _ nachfolge: Rechtsnachfolge, in db: any SQLConnection
    ) throws -> [Rechtsnachfolge.Posten] {
        let ids = try db.rows("SELECT id FROM onlinedienst WHERE anbieter = \(nachfolge.alt) ORDER BY id")
            .map { row in try row["id"] as String }
        let posten = [Rechtsnachfolge.Posten("Onlinedienst", "Onlinedienste", ids.count)]
        guard !nachfolge.probe, !ids.isEmpty else { return posten }
        try db.execute(
            """
            UPDATE onlinedienst SET anbieter = \(nachfolge.neu), version = version + 1
            WHERE anbieter = \(nachfolge.alt)
            """)
        try VerlaufStore.append(
            ids.map { id in
                Verlauf(
                    .dienstGeaendert, organisation: nachfolge.neu, dienst: id, feld: "anbieter", von: nachfolge.alt,
                    nach: nachfolge.neu)
            }, durch: nachfolge.urheber, in: db)
        return posten
    }
}
