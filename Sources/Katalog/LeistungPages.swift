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
