import Kernel
import Web

struct OZGZeile: Ansicht {
    let ozg: OZGLeistung
    /// The former name that a search found.
    var frueher: String?

    init(ozg: OZGLeistung) { self.ozg = ozg }

    init(_ ozg: OZGLeistung, frueher: String?) { (self.ozg, self.frueher) = (ozg, frueher) }

    func child(named: String) -> Any? {
        switch named {
        case "name": ozg.name
        case "frueher": frueher
        case "pfad": ozg.pfad
        case "ozgID": ozg.ozgID
        case "lage": ozg.lage?.name
        case "themenfeld": ozg.themenfeld?.name
        case "leistungen": Zahl.deutsch(ozg.leistungen)
        case "leistungenText": Zahl.mit(ozg.leistungen, "Leistung", "Leistungen")
        default: nil
        }
    }
}

struct OZGSeite: Page {
    static let template = "katalog/ozg"
    let ozg: OZGLeistung
    let leistungen: [Leistung]
    let stand: Datenstand?
    var abschnitte: [Fragment] = []
    var geschichte: Namensgeschichte?

    init(ozg: OZGLeistung, leistungen: [Leistung], stand: Datenstand?) {
        (self.ozg, self.leistungen, self.stand) = (ozg, leistungen, stand)
    }

    var titel: String { ozg.name }
    var brotkrumen: [Krume] {
        var crumbs = [Krume("Start", "/"), Krume("OZG-Leistungen", "/ozg")]
        if let feld = ozg.themenfeld { crumbs.append(Krume(feld.name, "/themenfelder/\(feld.slug)")) }
        return crumbs + [Krume(ozg.name)]
    }
    var bereich: String { "/ozg" }

    func child(named: String) -> Any? {
        switch named {
        case "name": ozg.name
        case "ozgID": ozg.ozgID
        case "eintragsart": "Diese OZG-Leistung"
        case "lage": ozg.lage.map { Verweis($0.name, "/ozg?lage=\($0.slug)") }
        case "themenfeld": ozg.themenfeld.map { Verweis($0.name, "/themenfelder/\($0.slug)") }
        case "anzahl": Zahl.mit(ozg.leistungen, "Leistung", "Leistungen")
        case "zeilen": leistungen.map(LeistungZeile.init)
        case "abschnitte": abschnitte
        case "stand", "katalogstand": stand?.bezeichnung
        default: geschichte?.child(named: named)
        }
    }
}

struct ThemenfeldListe: Page {
    static let template = "katalog/themenfelder"
    let themenfelder: [Themenfeld]
    let stand: Datenstand?

    var titel: String { "Themenfelder" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Themenfelder")] }
    var bereich: String { "/themenfelder" }

    func child(named: String) -> Any? {
        switch named {
        case "kacheln":
            themenfelder.map { feld in
                Werte([
                    ("name", feld.einordnung.name), ("pfad", feld.pfad),
                    ("ozg", Zahl.mit(feld.ozgLeistungen, "OZG-Leistung", "OZG-Leistungen")),
                    ("leistungen", Zahl.mit(feld.leistungen, "Leistung", "Leistungen")),
                ])
            }
        case "leer": themenfelder.isEmpty
        case "stand", "katalogstand": stand?.bezeichnung
        default: nil
        }
    }
}

struct ThemenfeldSeite: Page {
    static let template = "katalog/themenfeld"
    let themenfeld: Themenfeld
    let lagen: [Einordnung]
    let leistungen: [OZGLeistung]
    let stand: Datenstand?

    var titel: String { themenfeld.einordnung.name }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Themenfelder", "/themenfelder"), Krume(titel)] }
    var bereich: String { "/themenfelder" }

    func child(named: String) -> Any? {
        switch named {
        case "name": themenfeld.einordnung.name
        case "aenderungen": "/katalog/aenderungen?themenfeld=\(themenfeld.einordnung.slug)"
        case "feed": stand.map { _ in "/katalog/aenderungen.atom?themenfeld=\(themenfeld.einordnung.slug)" }
        case "ozg":
            Werte([
                ("zahl", Zahl.deutsch(themenfeld.ozgLeistungen)),
                ("pfad", "/ozg?themenfeld=\(themenfeld.einordnung.slug)"),
            ])
        case "leistungen":
            Werte([
                ("zahl", Zahl.deutsch(themenfeld.leistungen)),
                ("pfad", "/leistungen?themenfeld=\(themenfeld.einordnung.slug)&ueberschriften=nein"),
            ])
        case "lagen":
            lagen.map { lage in
                Werte([
                    ("name", lage.name), ("slug", lage.slug),
                    ("zeilen", leistungen.filter { $0.lage == lage }.map(OZGZeile.init)),
                ])
            }
        case "stand", "katalogstand": stand?.bezeichnung
        default: nil
        }
    }
}
