import Katalog
import Kernel
import Web

/// The page of the search: the box, what narrows, and the answers by kind.
struct SucheSeite: Page {
    static let template = "suche/suche"
    let wunsch: Suchwunsch
    let art: Suchdokument.Art?
    let ergebnis: Suchergebnis
    let facetten: [Facette]
    let adresse: Adresse
    let alle: String?
    let stand: Datenstand?
    let blaettern: Blaettern?

    init(
        wunsch: Suchwunsch, art: Suchdokument.Art?, ergebnis: Suchergebnis, themenfelder: [Einordnung],
        lagen: [Einordnung], alle: String?, stand: Datenstand?
    ) throws {
        self.wunsch = wunsch
        self.art = art
        self.ergebnis = ergebnis
        self.alle = alle
        self.stand = stand
        var adresse = Adresse("/suche", [("q", wunsch.text), ("art", art?.rawValue)])
        for wert in wunsch.themenfelder { adresse = adresse.und("themenfeld", wert) }
        for wert in wunsch.lagen { adresse = adresse.und("lage", wert) }
        for wert in wunsch.typen { adresse = adresse.und("typ", wert) }
        if wunsch.anzahl != Suchwunsch("").anzahl { adresse = adresse.und("anzahl", "\(wunsch.anzahl)") }
        self.adresse = adresse
        let hasFacets = ergebnis.leistungen.gesamt > 0 || wunsch.istGefiltert
        facetten = hasFacets ? ergebnis.facetten(wunsch, themenfelder: themenfelder, lagen: lagen) : []
        guard art != nil || wunsch.seite == 1 else {
            throw Refusal(
                .notFound,
                "Weitere Seiten gibt es nur für eine Art allein. Wählen Sie zuerst, welche Sie sehen möchten.")
        }
        blaettern = try art.map { art in
            let total = min(SucheSeite.gruppe(art, ergebnis).gesamt, Suchgruppe.hoechstens)
            return try Blaettern(
                Seite(nummer: wunsch.seite, groesse: wunsch.anzahl), gesamt: total, adresse: adresse)
        }
    }

    var titel: String { wunsch.istLeer ? "Suche" : "Suche: \(wunsch.text.prefix(60))" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Suche")] }
    var bereich: String { "/suche" }

    private static func gruppe(_ art: Suchdokument.Art, _ found: Suchergebnis) -> Suchgruppe {
        switch art {
        case .leistung: found.leistungen
        case .ozg: found.ozg
        case .gebiet: found.gebiete
        }
    }

    func child(named: String) -> Any? {
        switch named {
        case "suche":
            Feld(
                "q", "Leistung, Anliegen, Ort oder Schlüssel", wert: wunsch.text.isEmpty ? nil : wunsch.text,
                typ: "search")
        case "ungefragt": wunsch.text.isEmpty
        case "unlesbar": !wunsch.text.isEmpty && wunsch.istLeer
        case "gekuerzt": wunsch.text.count > Suche.laengste ? "\(Suche.laengste)" : nil
        case "leer": !wunsch.istLeer && ergebnis.istLeer
        case "meintenSie":
            ergebnis.meintenSie.map { Verweis($0, Adresse("/suche", [("q", $0)]).text) }
        case "ausgelassen": ausgelassen
        case "gesamt": ergebnis.istLeer ? nil : gesamt
        case "gruppen": gruppen
        case "facetten": facetten.map { Facettenansicht($0, adresse: adresse, alle: alle == $0.name) }
        case "hatFacetten": !facetten.isEmpty
        case "marken": marken
        case "versteckte":
            adresse.werte.filter { ["art", "anzahl"].contains($0.name) }.map {
                Werte([("name", $0.name), ("wert", $0.wert)])
            }
        case "seiten": (blaettern?.letzte ?? 0) > 1 ? blaettern : nil
        case "canonical": adresse.mit("seite", wunsch.seite > 1 ? "\(wunsch.seite)" : nil).text
        case "katalogstand": stand?.bezeichnung
        default: nil
        }
    }

    private var gesamt: String {
        let counts = [
            (ergebnis.leistungen.gesamt, "Leistung", "Leistungen"),
            (ergebnis.ozg.gesamt, "OZG-Leistung", "OZG-Leistungen"), (ergebnis.gebiete.gesamt, "Gebiet", "Gebiete"),
        ]
        return counts.filter { $0.0 > 0 }.map { Zahl.mit($0.0, $0.1, $0.2) }.joined(separator: ", ")
    }

    private var ausgelassen: String? {
        ergebnis.ausgelassen.isEmpty ? nil : ergebnis.ausgelassen.map { "„\($0)“" }.joined(separator: ", ")
    }

    /// Kinds with answers; a place that is named exactly as asked comes first.
    private var gruppen: [Suchgruppenansicht] {
        var order = [ergebnis.leistungen, ergebnis.ozg, ergebnis.gebiete]
        let asked = Faltung.suche(wunsch.text)
        if ergebnis.gebiete.treffer.contains(where: { Faltung.suche($0.name) == asked }) {
            order = [ergebnis.gebiete, ergebnis.leistungen, ergebnis.ozg]
        }
        return order.filter { $0.gesamt > 0 }.map { group in
            Suchgruppenansicht(
                gruppe: group, adresse: adresse, erste: (wunsch.seite - 1) * wunsch.anzahl + 1, allein: art != nil)
        }
    }

    private var marken: [Werte] {
        let pairs = adresse.werte.filter { !["q", "anzahl"].contains($0.name) }
        return pairs.map { name, wert in
            let facet = facetten.first { $0.name == name }
            let text = facet?.werte.first { $0.wert == wert }?.text ?? art?.mehrzahl ?? wert
            return Werte([
                ("text", "\(facet?.titel ?? "Nur"): \(text)"), ("pfad", adresse.ohne(name, wert).text),
            ])
        }
    }
}

extension Suchdokument.Art {
    var mehrzahl: String {
        switch self {
        case .leistung: "Leistungen"
        case .ozg: "OZG-Leistungen"
        case .gebiet: "Gebiete"
        }
    }
}

/// The answers of one kind on the page.
struct Suchgruppenansicht: Ansicht {
    let gruppe: Suchgruppe
    let adresse: Adresse
    let erste: Int
    /// Only this kind is shown.
    let allein: Bool

    func child(named: String) -> Any? {
        switch named {
        case "kennung": "treffer-\(gruppe.art.rawValue)"
        case "name": gruppe.art.mehrzahl
        case "zahl": Zahl.deutsch(gruppe.gesamt)
        case "beginn": erste
        case "treffer": gezeigte.map(Suchtrefferansicht.init)
        case "mehr": !allein && gruppe.gesamt > gezeigte.count ? adresse.mit("art", gruppe.art.rawValue).text : nil
        case "mehrText": "Alle \(Zahl.deutsch(gruppe.gesamt)) \(gruppe.art.mehrzahl) zeigen"
        case "begrenzt":
            allein && gruppe.gesamt > Suchgruppe.hoechstens ? Zahl.deutsch(Suchgruppe.hoechstens) : nil
        default: nil
        }
    }

    private var gezeigte: ArraySlice<Suchtreffer> {
        gruppe.treffer.prefix(allein ? .max : gruppe.art == .leistung ? 20 : SucheRoutes.beiwerk)
    }
}

/// One answer on the page.
struct Suchtrefferansicht: Ansicht {
    let treffer: Suchtreffer

    func child(named: String) -> Any? {
        switch named {
        case "pfad": treffer.pfad
        case "stuecke": treffer.markiert.map(Stueckansicht.init)
        case "zusatz": treffer.zusatz
        case "schluessel": Leistungsschluessel(getippt: treffer.id)?.lesbar
        case "grund": treffer.grund
        case "hatAusschnitt": !treffer.ausschnitt.isEmpty
        case "ausschnitt": treffer.ausschnitt.map(Stueckansicht.init)
        default: nil
        }
    }
}

/// A piece of a text, set apart where it was found.
struct Stueckansicht: Ansicht {
    let stueck: Fundstelle.Stueck

    func child(named: String) -> Any? {
        switch named {
        case "gefunden": stueck.gefunden ? stueck.text : nil
        case "text": stueck.gefunden ? nil : stueck.text
        default: nil
        }
    }
}
