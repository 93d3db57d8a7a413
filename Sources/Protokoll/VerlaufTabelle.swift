import Formats
import Kernel
import Storage
import Verzeichnis
import Web

/// The Verlauf as a file: exactly the lines and the order of its page.
enum VerlaufTabelle {
    private static let spalten = [
        TableColumn("Zeitpunkt (UTC)", width: 24), TableColumn("Wer", width: 24), TableColumn("Was geschah", width: 90),
        TableColumn("Art", width: 24), TableColumn("Organisation", width: 30), TableColumn("Feld", width: 20),
        TableColumn("Von", width: 30), TableColumn("Nach", width: 30), TableColumn("Kennung der Zeile", width: 20),
    ]
    private static let stueck = 500

    static func tabelle(
        _ filter: VerlaufFilter, _ auswahl: [(label: String, text: String)], _ konten: any Personennamen,
        _ worte: [any Verlaufsworte], in db: any SQLConnection
    ) -> Tabelle {
        var auswahl = auswahl
        if let organisation = filter.organisation, !auswahl.contains(where: { $0.label == "Organisation" }) {
            auswahl.insert((label: "Organisation", text: organisation.name), at: 0)
        }
        return Tabelle("Verlauf", spalten, auswahl: auswahl) { add in
            var stelle: VerlaufStore.Stelle?
            while true {
                let part = try VerlaufStore.seite(filter.auswahl, vor: stelle, limit: stueck, in: db)
                let namen = try Verlaufsnamen(part, konten, in: db)
                for zeile in part { try add(zellen(zeile, namen, worte)) }
                guard part.count == stueck, let last = part.last else { return }
                stelle = (last.am, last.id)
            }
        }
    }

    private static func zellen(
        _ zeile: Verlaufszeile, _ namen: Verlaufsnamen, _ worte: [any Verlaufsworte]
    ) -> [TableCell] {
        [
            .text(zeile.am.iso), .text(namen.wer(zeile.person)), .text(Verlaufssatz(zeile, namen, worte).text),
            .text(Verlaufssatz.name(zeile.art)),
            TableCell(zeile.organisation.map { namen.organisationen[$0]?.name ?? $0 }),
            TableCell(zeile.feld.map { Verlaufssatz.feld($0) }), TableCell(zeile.von.map(lesbar)),
            TableCell(zeile.nach.map(lesbar)), .text(zeile.id),
        ]
    }

    private static func lesbar(_ wert: String) -> String { Verlauf.istGeschuetzt(wert) ? "geschützt" : wert }
}
