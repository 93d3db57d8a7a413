package import Kernel
package import Storage

/// The sentences of the Verlauf as notifications carry them.
package struct SaetzeImVerlauf: Verlaufssaetze {
    private let konten: any Personennamen
    private let worte: [any Verlaufsworte]

    package init(konten: any Personennamen, worte: [any Verlaufsworte]) { (self.konten, self.worte) = (konten, worte) }

    /// Fields in which people write freely, maybe about people: a letter says only that they changed.
    private static let freitexte: Set<String> = ["notiz", "begruendung", "beschreibung", "schlagworte"]

    package func aussagen(zu zeilen: [String], in db: any SQLConnection) throws -> [String: Verlaufsaussage] {
        let found = try VerlaufStore.zeilen(zeilen, in: db)
        let namen = try Verlaufsnamen(found, konten, in: db)
        return Dictionary(
            found.map { zeile in
                let isFree = zeile.feld.map(Self.freitexte.contains) ?? false
                let satz = Verlaufssatz(isFree ? zeile.ohneWerte : zeile, namen, worte)
                let ort = zeile.organisation.flatMap { namen.organisationen[$0]?.pfad }
                let pfad = zeile.eintrag.flatMap { namen.eintraege[$0]?.pfad } ?? ort
                return (zeile.id, Verlaufsaussage(satz.text, pfad: pfad))
            }, uniquingKeysWith: { first, _ in first })
    }
}
