import Kernel
import Web

/// One line of a list of Leistungen.
struct LeistungZeile: Ansicht {
    let leistung: Leistung
    /// The former name that a search found.
    var frueher: String?

    init(leistung: Leistung) { self.leistung = leistung }

    init(_ leistung: Leistung, frueher: String?) { (self.leistung, self.frueher) = (leistung, frueher) }

    func child(named: String) -> Any? {
        switch named {
        case "name": leistung.name
        case "frueher": frueher
        case "pfad": leistung.pfad
        case "schluessel": leistung.schluessel?.lesbar
        case "typen": leistung.typen.isEmpty ? nil : leistung.typen.joined(separator: ", ")
        case "istObjekt": leistung.istObjekt
        case "vorlaeufig": leistung.istVorlaeufig
        case "ozgName": leistung.ozgName
        case "ozgPfad": leistung.ozgID.map { "/ozg/\($0)" }
        case "themenfeld": leistung.themenfeld?.name
        default: nil
        }
    }
}

struct LeistungListe: Page {
    static let template = "katalog/leistungen"
    let abfrage: Abfrage
    let filter: LeistungFilter
    let leistungen: [Leistung]
    let themenfelder: [Einordnung]
    let lagen: [Einordnung]
    let stand: Datenstand?
    let blaettern: Blaettern
    /// Former names that the search found.
    var frueher: [Leistung.ID: String] = [:]

    init(
        abfrage: Abfrage, filter: LeistungFilter, gesamt: Int, seite: Seite, leistungen: [Leistung],
        themenfelder: [Einordnung], lagen: [Einordnung], stand: Datenstand?
    ) throws {
        self.abfrage = abfrage
        self.filter = filter
        self.leistungen = leistungen
        self.themenfelder = themenfelder
        self.lagen = lagen
        self.stand = stand
        blaettern = try Blaettern(
            seite, gesamt: gesamt,
            adresse: Adresse(
                "/leistungen",
                [
                    ("q", abfrage["q"]), ("themenfeld", filter.themenfeld), ("lage", filter.lage), ("typ", filter.typ),
                    ("ozg", filter.ozgID), ("ueberschriften", filter.nurZaehlende ? "nein" : nil),
                ]))
    }

    var titel: String { "Leistungen" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Leistungen")] }
    var bereich: String { "/leistungen" }

    func child(named: String) -> Any? {
        switch named {
        case "suche": Feld("q", "Name oder Schlüssel", wert: abfrage["q"], typ: "search")
        case "themenfeldwahl":
            Feld.auswahl(
                "themenfeld", "Themenfeld", leer: "alle Themenfelder",
                themenfelder.map { (wert: $0.slug, text: $0.name) },
                gewaehlt: filter.themenfeld)
        case "lagewahl":
            Feld.auswahl(
                "lage", "Lage", leer: "alle Lagen", lagen.map { (wert: $0.slug, text: $0.name) }, gewaehlt: filter.lage)
        case "typwahl":
            Feld.auswahl(
                "typ", "Typisierung", leer: "alle",
                typen.map { (wert: $0, text: $0) }, gewaehlt: filter.typ)
        case "ueberschriftenwahl":
            Feld.auswahl(
                "ueberschriften", "Überschriften", leer: "mit anzeigen", [(wert: "nein", text: "weglassen")],
                gewaehlt: filter.nurZaehlende ? "nein" : nil)
        case "zaehlregel": filter.nurZaehlende ? nil : "Überschriften mitgezählt"
        case "ozgID": filter.ozgID
        case "gefiltert": abfrage["q"] != nil || filter != LeistungFilter()
        case "gesamt": Zahl.mit(blaettern.gesamt, "Leistung", "Leistungen")
        case "leer": leistungen.isEmpty
        case "zeilen": leistungen.map { LeistungZeile($0, frueher: frueher[$0.id]) }
        case "stand", "katalogstand": stand?.bezeichnung
        case "seiten": blaettern.letzte > 1 ? blaettern : nil
        default: nil
        }
    }
}

extension LeistungListe {
    /// The usual codes, and the one chosen where it is another.
    fileprivate var typen: [String] {
        let usual = ["1", "2", "2/3", "3", "4", "5", "6"]
        return filter.typ.map { usual.contains($0) ? usual : usual + [$0] } ?? usual
    }
}

struct LeistungSeite: Page {
    static let template = "katalog/leistung"
    let leistung: Leistung
    let gleichesObjekt: [Leistung]
    let gleicheGruppe: [Leistung]
    let stand: Datenstand?
    var abschnitte: [Fragment] = []
    var geschichte: Namensgeschichte?

    init(leistung: Leistung, gleichesObjekt: [Leistung], gleicheGruppe: [Leistung], stand: Datenstand?) {
        self.leistung = leistung
        self.gleichesObjekt = gleichesObjekt
        self.gleicheGruppe = gleicheGruppe
        self.stand = stand
    }

    var titel: String { leistung.name }
    var brotkrumen: [Krume] {
        var crumbs = [Krume("Start", "/"), Krume("Leistungen", "/leistungen")]
        if let feld = leistung.themenfeld { crumbs.append(Krume(feld.name, "/themenfelder/\(feld.slug)")) }
        if let ozgID = leistung.ozgID, let name = leistung.ozgName { crumbs.append(Krume(name, "/ozg/\(ozgID)")) }
        return crumbs + [Krume(leistung.name)]
    }
    var bereich: String { "/leistungen" }

    func child(named: String) -> Any? {
        switch named {
        case "name": leistung.name
        case "schluessel": leistung.schluessel?.lesbar
        case "kennung": leistung.schluessel == nil ? leistung.id.rawValue : nil
        case "typen": leistung.typen.isEmpty ? nil : leistung.typen.joined(separator: ", ")
        case "istObjekt": leistung.istObjekt
        case "vorlaeufig": leistung.istVorlaeufig
        case "eintragsart": "Diese Leistung"
        case "ozg": leistung.ozgID.map { Verweis("\(leistung.ozgName ?? "") (\($0))", "/ozg/\($0)") }
        case "lage": leistung.lage.map { Verweis($0.name, "/leistungen?lage=\($0.slug)") }
        case "themenfeld": leistung.themenfeld.map { Verweis($0.name, "/themenfelder/\($0.slug)") }
        case "rechtsgrundlage": leistung.rechtsgrundlage
        case "objekt":
            leistung.istObjekt ? nil : gleichesObjekt.first { $0.istObjekt }.map { Verweis($0.name, $0.pfad) }
        case "verrichtungen": gleichesObjekt.filter { $0.id != leistung.id && !$0.istObjekt }.map(LeistungZeile.init)
        case "verwandte": gleicheGruppe.map(LeistungZeile.init)
        case "gruppenPfad": leistung.schluessel.map { "/leistungen?q=\($0.gruppe)" }
        case "abschnitte": abschnitte
        case "stand", "katalogstand": stand?.bezeichnung
        default: geschichte?.child(named: named)
        }
    }
}
