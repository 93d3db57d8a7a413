import Kernel
import Web

struct LeistungListe: Page {
    static let template = "katalog/leistungen"
    let leistungen: [Leistung]
    /// Former names that the search found.
    var frueher: [Leistung.ID: String] = [:]
    let stand: Datenstand?
    let rahmen: Listenrahmen

    init(
        _ abfrage: Abfrage, _ filter: LeistungFilter, _ facetten: [Facette], gesamt: Int, seite: Seite,
        leistungen: [Leistung], stand: Datenstand?
    ) throws {
        self.leistungen = leistungen
        self.stand = stand
        rahmen = try Listenrahmen(
            filter.bild(abfrage, facetten), abfrage, seite: seite, gesamt: gesamt, ("Leistung", "Leistungen"),
            dateipfad: "/leistungen",
            zaehlregel: filter.nurZaehlende ? nil : "Überschriften mitgezählt")
    }

    var titel: String { "Leistungen" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Leistungen")] }
    var bereich: String { "/leistungen" }

    func child(named: String) -> Any? {
        switch named {
        case "zeilen": leistungen.map { LeistungZeile($0, frueher: frueher[$0.id]) }
        case "stand", "katalogstand": stand?.bezeichnung
        default: rahmen.child(named: named)
        }
    }
}

struct OZGListe: Page {
    static let template = "katalog/ozg-liste"
    let leistungen: [OZGLeistung]
    /// Former names that the search found.
    var frueher: [String: String] = [:]
    let stand: Datenstand?
    let rahmen: Listenrahmen

    init(
        _ abfrage: Abfrage, _ bild: Listenfilter, gesamt: Int, seite: Seite, leistungen: [OZGLeistung],
        stand: Datenstand?
    ) throws {
        self.leistungen = leistungen
        self.stand = stand
        rahmen = try Listenrahmen(
            bild, abfrage, seite: seite, gesamt: gesamt, ("OZG-Leistung", "OZG-Leistungen"), dateipfad: "/ozg")
    }

    var titel: String { "OZG-Leistungen" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("OZG-Leistungen")] }
    var bereich: String { "/ozg" }

    func child(named: String) -> Any? {
        switch named {
        case "zeilen": leistungen.map { OZGZeile($0, frueher: frueher[$0.ozgID]) }
        case "stand", "katalogstand": stand?.bezeichnung
        default: rahmen.child(named: named)
        }
    }
}
