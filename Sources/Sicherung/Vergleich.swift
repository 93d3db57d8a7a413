import Kernel
import Storage

/// The tables of a backup beside those of the database it was restored to.
package struct Vergleich: Sendable {
    /// One table; a side is missing where it does not have the table.
    package struct Zeile: Sendable {
        package let name: String
        package let erwartet: Tabellensumme?
        package let gefunden: Tabellensumme?

        package var stimmt: Bool { erwartet == gefunden }
    }

    package let zeilen: [Zeile]
    /// What the database itself finds fault with, and steps of the schema that differ.
    private let datenbankfehler: [String]
    /// Stored files that rows name and that are missing or other.
    package let dateifehler: [String]

    package var fehler: [String] { datenbankfehler + dateifehler }

    package var stimmt: Bool { datenbankStimmt && dateifehler.isEmpty }

    /// All but stored files.
    var datenbankStimmt: Bool { datenbankfehler.isEmpty && zeilen.allSatisfy(\.stimmt) }

    init(
        _ kopf: Sicherungskopf, _ found: (migrations: [String], tables: [Tabellensumme]), faults: [String] = [],
        dateifehler: [String] = []
    ) {
        self.dateifehler = dateifehler
        let names = Set(kopf.tabellen.map(\.name) + found.tables.map(\.name)).sorted()
        zeilen = names.map { name in
            Zeile(
                name: name, erwartet: kopf.tabellen.first { $0.name == name },
                gefunden: found.tables.first { $0.name == name })
        }
        datenbankfehler =
            faults + (kopf.migrationen == found.migrations ? [] : ["Die Schritte des Schemas sind andere."])
    }

    /// What differs, as a sentence.
    var einwand: Refusal {
        let tables = zeilen.filter { !$0.stimmt }.map(\.name)
        let parts = fehler + (tables.isEmpty ? [] : ["Anderer Inhalt in: \(tables.joined(separator: ", "))."])
        return Refusal(
            .unprocessable,
            "Die eingespielte Datenbank ist nicht die gesicherte. \(parts.joined(separator: " ")) Es wurde nichts eingespielt."
        )
    }
}

extension Sicherungskopf {
    /// - Throws: `Refusal` for a backup of a newer Leitstand.
    func requireKnown(_ migrations: [Migration]) throws {
        let unknown = Set(migrationen).subtracting(migrations.map(\.id)).sorted()
        guard unknown.isEmpty else {
            throw Refusal(
                .unprocessable,
                "Die Sicherung stammt von einem neueren Leitstand (\(programm)); dieses kennt die Schritte \(unknown.joined(separator: ", ")) nicht. Spielen Sie sie mit der neueren Version ein."
            )
        }
    }
}
