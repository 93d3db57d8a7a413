package import Kernel
package import Storage
import Verzeichnis

/// The rows of an Umsetzungsliste follow to the authority that goes on, behind those that it has.
package struct UmsetzungNachfolge: Nachfolgeteil {
    package init() {}

    package func uebertrage(
        _ nachfolge: Rechtsnachfolge, in db: any SQLConnection
    ) throws -> [Rechtsnachfolge.Posten] {
        let rows = try db.rows(
            "SELECT id FROM umsetzungseintrag WHERE organisation = \(nachfolge.alt) ORDER BY nummer, id"
        ).map { row in try row["id"] as String }
        let posten = [Rechtsnachfolge.Posten("Umsetzungseintrag", "Umsetzungseinträge", rows.count)]
        guard !nachfolge.probe, !rows.isEmpty else { return posten }
        try db.lock("umsetzung \(nachfolge.neu)")
        var number = try EintragAenderung.naechsteNummer(.init(rawValue: nachfolge.neu), in: db)
        for id in rows {
            try db.execute(
                """
                UPDATE umsetzungseintrag SET organisation = \(nachfolge.neu), nummer = \(number), version = version + 1
                WHERE id = \(id)
                """)
            number += 1
        }
        try VerlaufStore.append(
            rows.map { id in
                Verlauf(
                    .eintragGeaendert, organisation: nachfolge.neu, eintrag: id, feld: "verwaltung",
                    von: nachfolge.altName, nach: nachfolge.neuName)
            }, durch: nachfolge.urheber, in: db)
        return posten
    }
}
