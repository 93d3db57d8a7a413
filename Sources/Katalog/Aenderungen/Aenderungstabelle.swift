import Formats
import Kernel
import Web

/// A comparison as a table: a row for each new or gone entry, and one for each field of a changed one.
enum Aenderungstabelle {
    private static let spalten = [
        TableColumn("Änderung", width: 11), TableColumn("Art", width: 14), TableColumn("Kennung", width: 17),
        TableColumn("Name", width: 60), TableColumn("Themenfeld", width: 28), TableColumn("Feld", width: 18),
        TableColumn("Alt", width: 40), TableColumn("Neu", width: 40), TableColumn("Von", width: 22),
        TableColumn("Bis", width: 22),
    ]

    static func tabelle(_ vergleich: Katalogvergleich, _ staende: [Datenstand]) -> Tabelle {
        let (von, bis) = (staende.bezeichnung(vergleich.von), staende.bezeichnung(vergleich.bis))
        return Tabelle(
            "Katalog Änderungen \(vergleich.von) bis \(vergleich.bis)", spalten,
            auswahl: [(label: "Von", text: von), (label: "Bis", text: bis)]
        ) { add in
            for one in vergleich.aenderungen {
                let head = [one.art.wort, one.gegenstand.wort, one.id, one.name, one.themenfeld?.name ?? ""]
                let felder = one.felder.map { [$0.name.wort, $0.altText ?? "", $0.neuText ?? ""] }
                for feld in felder.isEmpty ? [["", "", ""]] : felder {
                    try add((head + feld + [von, bis]).map { $0.isEmpty ? .empty : .text($0) })
                }
            }
        }
    }
}
