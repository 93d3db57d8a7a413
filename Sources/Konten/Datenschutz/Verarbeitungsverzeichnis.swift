import Formats
import Kernel
import Web

/// The register of processing activities (Art. 30 DSGVO), made from what the rooms say of themselves.
struct Verarbeitungsverzeichnis: Sendable {
    let datenschutz: Datenschutz

    static let hinweise = [
        "Verantwortliche Stelle und Datenschutzbeauftragte Person: siehe Impressum und Datenschutzerklärung dieser Installation.",
        "Übermittlung in Drittländer: keine durch das Programm.",
        "Technische und organisatorische Maßnahmen (Art. 32 DSGVO): siehe SECURITY.md und docs/BETRIEB.md.",
    ]

    static let spalten: [(titel: String, breite: Int)] = [
        ("Verarbeitung", 30), ("Zweck", 50), ("Betroffene", 40), ("Daten", 60), ("Rechtsgrundlage", 40),
        ("Empfänger", 40), ("Dauer", 60), ("Am Ende", 40),
    ]

    /// A row for each Verarbeitung, in the order of `spalten`.
    var zeilen: [[String]] {
        datenschutz.verarbeitungen.map { entry in
            let ends = Set(entry.fristen.map(\.ende)).sorted().joined(separator: "; ")
            return [
                entry.name, entry.zweck, entry.betroffene, entry.daten, entry.grundlage, entry.empfaenger,
                datenschutz.dauer(entry), ends.isEmpty ? "–" : ends,
            ]
        }
    }

    func markdown(am: Instant) -> String {
        var text = "# Verzeichnis von Verarbeitungstätigkeiten\n\nNach Art. 30 DSGVO, erzeugt am \(am.tag.deutsch).\n"
        for zeile in zeilen {
            text += "\n## \(zeile[0])\n\n"
            for (spalte, wert) in zip(Self.spalten, zeile).dropFirst() { text += "- **\(spalte.titel):** \(wert)\n" }
        }
        text += "\n## Löschfristen\n\n| Was | Dauer | Am Ende | Rechtsgrundlage |\n|---|---|---|---|\n"
        for frist in datenschutz.fristen {
            text +=
                "| \(frist.was) | \(frist.dauer(datenschutz.tage(frist))) | \(frist.ende) | \(frist.grundlage) |\n"
        }
        return text + "\n## Für alle Verarbeitungen\n\n" + Self.hinweise.map { "- \($0)\n" }.joined()
    }

    var tabelle: Tabelle {
        Tabelle(
            "Verarbeitungstätigkeiten", Self.spalten.map { TableColumn($0.titel, width: $0.breite) }
        ) { add in for zeile in zeilen { try add(zeile.map { TableCell($0) }) } }
    }
}
