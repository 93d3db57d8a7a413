import Kernel
import Web

/// One line of a list of places.
struct GebietZeile: Ansicht {
    let gebiet: Gebiet
    /// Former names or keys by which it was found.
    var frueher: [String] = []

    init(_ gebiet: Gebiet) { self.gebiet = gebiet }

    init(_ gebiet: Gebiet, frueher: [String]?) { (self.gebiet, self.frueher) = (gebiet, frueher ?? []) }

    func child(named: String) -> Any? {
        switch named {
        case "name": gebiet.name
        case "pfad": gebiet.pfad
        case "art": art
        case "schluessel": gebiet.ars ?? gebiet.ags
        case "einwohner": gebiet.einwohner.map(Zahl.deutsch)
        case "frueher": frueher.isEmpty ? nil : frueher.joined(separator: ", ")
        case "aufgeloest": !gebiet.istGueltig
        default: nil
        }
    }

    /// "Stadt" says more than "Gemeinde": the first word of the full name where it has one.
    private var art: String {
        guard gebiet.bezeichnung != gebiet.name, gebiet.bezeichnung.hasSuffix(" " + gebiet.name) else {
            return gebiet.art.wort
        }
        let wort = String(gebiet.bezeichnung.dropLast(gebiet.name.count + 1))
        return gebiet.art == .kreisfreieStadt ? "\(gebiet.art.wort)" : wort
    }
}

struct GebietSeite: Page {
    static let template = "verzeichnis/gebiet"
    let gebiet: Gebiet
    let folge: Gebietsfolge
    let ahnen: [Gebiet]
    let kinder: [Gebiet]
    let verwaltung: Organisation?
    let stand: Datenstand?
    let blaettern: Blaettern
    var abschnitte: [Fragment] = []

    init(
        gebiet: Gebiet, folge: Gebietsfolge, ahnen: [Gebiet], kinder: [Gebiet], seite: Seite, verwaltung: Organisation?,
        stand: Datenstand?
    ) throws {
        self.gebiet = gebiet
        self.folge = folge
        self.ahnen = ahnen
        self.kinder = kinder
        self.verwaltung = verwaltung
        self.stand = stand
        blaettern = try Blaettern(seite, gesamt: kinder.count, adresse: Adresse(gebiet.pfad))
    }

    var titel: String { gebiet.bezeichnung }
    var brotkrumen: [Krume] {
        [Krume("Start", "/"), Krume("Gebiete", "/gebiete")] + ahnen.map { Krume($0.bezeichnung, $0.pfad) }
            + [Krume(gebiet.bezeichnung)]
    }
    var bereich: String { "/gebiete" }

    private var kindWort: String {
        let arten = Set(kinder.map(\.art))
        if arten == [.kreisfreieStadt] || arten == [.gemeinde] || arten == [.gemeinde, .gemeindefrei] {
            return "Gemeinden"
        }
        if arten == [.regierungsbezirk] { return "Regierungsbezirke" }
        if arten == [.kreis] || arten == [.kreis, .kreisfreieStadt] { return "Kreise und kreisfreie Städte" }
        if arten.contains(.verband) { return "Gemeindeverbände und Gemeinden" }
        return "Zugehörige Gebiete"
    }

    func child(named: String) -> Any? {
        switch named {
        case "bezeichnung": gebiet.bezeichnung
        case "art": gebiet.art.wort
        case "amtlicherName": gebiet.amtlicherName == gebiet.name ? nil : gebiet.amtlicherName
        case "oben": ahnen.last.map { Verweis($0.bezeichnung, $0.pfad) }
        case "ars": gebiet.ars
        case "ags": gebiet.ags
        case "einwohner": gebiet.einwohner.map(Zahl.deutsch)
        case "flaeche": gebiet.flaecheHa.map { Zahl.dezimal(Double($0) / 100, stellen: 2) }
        case "dichte": dichte
        case "sitz": gebiet.sitz
        case "plz": gebiet.plz
        case "aufloesung": gebiet.istGueltig ? nil : Aufloesung(gebiet: gebiet, folge: folge)
        case "nurListe": gebiet.ars == nil
        case "vorgaenger": folge.vorgaenger.isEmpty ? nil : Ortsnamen(gebiete: folge.vorgaenger)
        case "fruehereNamen": folge.fruehereNamen(zu: gebiet).nonEmpty?.joined(separator: ", ")
        case "fruehereSchluessel": folge.fruehereSchluessel(zu: gebiet).nonEmpty?.joined(separator: ", ")
        case "verwaltung": verwaltung?.name
        case "verwaltungPfad": verwaltung?.pfad
        case "fremdverwaltet": fremdeVerwaltung
        case "ohneVerwaltung": verwaltung == nil && gebiet.istGueltig
        case "hatKinder": !kinder.isEmpty
        case "kindWort": kindWort
        case "kinderzahl": Zahl.mit(kinder.count, "zugehöriges Gebiet", "zugehörige Gebiete")
        case "zeilen": kinder.dropFirst(blaettern.seite.versatz).prefix(blaettern.seite.groesse).map(GebietZeile.init)
        case "abschnitte": abschnitte
        case "stand", "katalogstand": stand?.bezeichnung
        case "seiten": blaettern.letzte > 1 ? blaettern : nil
        default: nil
        }
    }

    private var dichte: String? {
        guard let einwohner = gebiet.einwohner, let hektar = gebiet.flaecheHa, hektar > 0, einwohner > 0 else {
            return nil
        }
        return Zahl.deutsch(einwohner * 100 / hektar)
    }

    /// The authority of another place that does the work here.
    private var fremdeVerwaltung: Verweis? {
        guard let verwaltung, verwaltung.gebiet != gebiet.id, let ars = verwaltung.ars else { return nil }
        return Verweis(verwaltung.name, "/gebiete/\(ars)")
    }
}
