package import Kernel
package import Storage

/// The roles held at an authority follow to the one that goes on; who holds a role there already keeps it as it is.
package struct AmtNachfolge: Nachfolgeteil {
    package init() {}

    package func uebertrage(
        _ nachfolge: Rechtsnachfolge, in db: any SQLConnection
    ) throws -> [Rechtsnachfolge.Posten] {
        let held = try db.rows(
            "SELECT person, rolle, vertretung, stelle FROM amt WHERE organisation = \(nachfolge.alt) ORDER BY person, rolle"
        )
        let posten = [Rechtsnachfolge.Posten("Rolle", "Rollen", held.count)]
        guard !nachfolge.probe else { return posten }
        for row in held {
            let (person, rolle): (Person.ID, Rolle) = (try row["person"], try row["rolle"])
            let there: Int? = try db.value(
                """
                SELECT 1 FROM amt WHERE person = \(person) AND rolle = \(rolle)
                       AND organisation = \(nachfolge.neu)
                """)
            if there == nil {
                try AmtStore.gib(
                    .init(rolle, an: nachfolge.neu, vertretung: row["vertretung"]), an: person,
                    durch: nachfolge.urheber, in: db)
                let stelle: String? = try row["stelle"]
                try db.execute(
                    """
                    UPDATE amt SET stelle = \(stelle)
                    WHERE person = \(person) AND rolle = \(rolle) AND organisation = \(nachfolge.neu)
                    """)
            }
            try AmtStore.nimm(rolle, organisation: nachfolge.alt, von: person, durch: nachfolge.urheber, in: db)
        }
        return posten
    }
}
