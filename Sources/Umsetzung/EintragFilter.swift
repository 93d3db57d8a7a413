package import Katalog
package import Kernel
import Storage
import Verzeichnis
package import Web

/// What narrows an Umsetzungsliste.
package struct EintragFilter: Sendable, Equatable {
    package enum Sortierung: String, Sendable { case liste, titel, frist }

    package var eingabe: Sucheingabe?
    package var stand: Umsetzungsstand?
    package var variante: Variante?
    package var amt: String?
    /// Rows for which somebody offers a service.
    package var mitLoesung = false
    /// Rows that are online without address or Reifegrad.
    package var angabenFehlen = false
    package var sortierung: Sortierung = .liste

    package init() {}

    /// Internal columns narrow the list only for those who may see them.
    package init(_ abfrage: Abfrage, intern: Bool) throws {
        eingabe = abfrage["q"].map(Sucheingabe.init)
        stand = try abfrage.auswahl("stand")
        variante = try abfrage.auswahl("variante")
        mitLoesung = abfrage["loesung"] == "ja"
        angabenFehlen = abfrage["fehlt"] == "angaben"
        let wish: Sortierung = try abfrage.auswahl("sort") ?? .liste
        if intern { amt = abfrage["amt"] }
        sortierung = intern || wish != .frist ? wish : .liste
    }

    /// As it stands in the address of the list.
    package func werte(_ abfrage: Abfrage) -> [(name: String, wert: String?)] {
        [
            ("q", abfrage["q"]), ("stand", stand?.rawValue), ("variante", variante?.rawValue), ("amt", amt),
            ("loesung", mitLoesung ? "ja" : nil), ("fehlt", angabenFehlen ? "angaben" : nil),
            ("sort", sortierung == .liste ? nil : sortierung.rawValue),
        ]
    }

    func bedingung(_ organisation: Organisation.ID) -> SQL {
        var parts: [SQL] = ["e.organisation = \(organisation)"]
        switch eingabe {
        case .schluessel(let digits):
            parts.append(
                """
                (e.ozg_id LIKE \(digits + "%") OR EXISTS (SELECT 1 FROM umsetzungseintrag_leistung l
                    WHERE l.eintrag = e.id AND l.leistung LIKE \(digits + "%")))
                """)
        case .woerter(let suche):
            parts.append("(\(suche.bedingung(suchname: "e.suchname", sortname: "e.sortname")))")
        case nil: break
        }
        if let stand { parts.append("e.stand = \(stand)") }
        if let variante { parts.append("e.variante = \(variante)") }
        if let amt { parts.append("e.amt = \(amt)") }
        if mitLoesung {
            parts.append("EXISTS (SELECT 1 FROM umsetzung_loesung WHERE umsetzung_loesung.eintrag = e.id)")
        }
        if angabenFehlen { parts.append("e.angaben_fehlen") }
        return parts.joined(separator: " AND ")
    }

    var ordnung: SQL {
        switch sortierung {
        case .liste: "e.nummer, e.id"
        case .titel: "e.sortname, e.id"
        case .frist: "e.frist NULLS LAST, e.nummer, e.id"
        }
    }
}

extension EintragFilter {
    /// The filters as the page and the second sheet of a file show them; `staende` are the rows by Stand.
    func bild(
        _ abfrage: Abfrage, _ organisation: Organisation, staende: [(stand: Umsetzungsstand, anzahl: Int)] = [],
        aemter: [String] = [], intern: Bool
    ) -> Listenfilter {
        var felder = [
            Feld.auswahl(
                "stand", "Stand", leer: "alle",
                Umsetzungsstand.allCases.map { stand in
                    (wert: stand.rawValue, text: "\(stand.wort) (\(staende.first { $0.stand == stand }?.anzahl ?? 0))")
                }, gewaehlt: stand?.rawValue),
            Feld.auswahl(
                "variante", "Variante", leer: "alle", Variante.allCases.map { (wert: $0.rawValue, text: $0.wort) },
                gewaehlt: variante?.rawValue),
        ]
        if !aemter.isEmpty {
            felder.append(
                Feld.auswahl("amt", "Amt", leer: "alle", aemter.map { (wert: $0, text: $0) }, gewaehlt: amt))
        }
        felder += [
            Feld.auswahl(
                "loesung", "Lösungen", leer: "alle Einträge", [(wert: "ja", text: "mit vorhandener Lösung")],
                gewaehlt: mitLoesung ? "ja" : nil),
            Feld.auswahl(
                "sort", "Reihenfolge", leer: nil,
                [(wert: "liste", text: "wie in der Liste"), (wert: "titel", text: "nach Titel")]
                    + (intern ? [(wert: "frist", text: "nach Frist")] : []), gewaehlt: sortierung.rawValue),
        ]
        var worte = ["fehlt": (titel: "Nur", text: "Angaben fehlen")]
        if let stand { worte["stand"] = ("Stand", stand.wort) }
        if let amt { worte["amt"] = ("Amt", amt) }
        return Listenfilter(
            Adresse(organisation.listenpfad, werte(abfrage)), suche: "Titel oder Schlüssel", felder: felder,
            worte: worte)
    }
}
