import Formats
import Kernel

/// A comparison as a table: a row for each new or gone entry, and one for each field of a changed one.
enum Aenderungstabelle {
    static func bytes(_ vergleich: Katalogvergleich, _ staende: [Datenstand]) -> [UInt8] {
        var csv = CSVWriter()
        csv.row(["Änderung", "Art", "Kennung", "Name", "Themenfeld", "Feld", "Alt", "Neu", "Von", "Bis"])
        let (von, bis) = (staende.bezeichnung(vergleich.von), staende.bezeichnung(vergleich.bis))
        for one in vergleich.aenderungen {
            let head = [one.art.wort, one.gegenstand.wort, one.id, one.name, one.themenfeld?.name ?? ""]
            let felder = one.felder.map { [$0.name.wort, $0.altText ?? "", $0.neuText ?? ""] }
            for feld in felder.isEmpty ? [["", "", ""]] : felder { csv.row(head + feld + [von, bis]) }
        }
        return csv.take()
    }
}
