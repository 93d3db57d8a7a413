import Kernel
import Web

struct AenderungListe: Page {
    static let template = "katalog/aenderungen"
    let wahl: Standwahl
    let filter: Aenderungsfilter
    let themenfelder: [Einordnung]
    /// The changes of the Themenfeld: what the figures count.
    private let gezaehlt: Katalogvergleich
    private let zeilen: ArraySlice<Katalogaenderung>
    private let blaettern: Blaettern
    private let adresse: Adresse

    init(
        wahl: Standwahl, filter: Aenderungsfilter, vergleich: Katalogvergleich, seite: Seite, themenfelder: [Einordnung]
    ) throws {
        self.wahl = wahl
        self.filter = filter
        self.themenfelder = themenfelder
        gezaehlt = vergleich.eingeschraenkt(auf: Aenderungsfilter(themenfeld: filter.themenfeld))
        let shown = gezaehlt.eingeschraenkt(auf: filter).aenderungen
        adresse = Adresse(
            "/katalog/aenderungen",
            [
                ("von", wahl.paar.map { "\($0.von)" }), ("bis", wahl.paar.map { "\($0.bis)" }),
                ("art", filter.gegenstand?.rawValue), ("aenderung", filter.art?.rawValue),
                ("themenfeld", filter.themenfeld),
            ])
        blaettern = try Blaettern(seite, gesamt: shown.count, adresse: adresse)
        zeilen = shown.dropFirst(seite.versatz).prefix(seite.groesse)
    }

    var titel: String { "Änderungen am Katalog" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Leistungen", "/leistungen"), Krume("Änderungen")] }
    var bereich: String { "/leistungen" }

    private var gewaehltesFeld: Einordnung? { themenfelder.first { $0.slug == filter.themenfeld } }

    private func stand(_ nummer: Int?) -> String { nummer.map { wahl.staende.bezeichnung($0) } ?? "" }

    func child(named: String) -> Any? {
        switch named {
        case "vergleichbar": wahl.paar != nil
        case "zuwenig": zuwenig
        case "gleich": wahl.paar.map { $0.von == $0.bis } ?? false
        case "verglichen": wahl.paar.map { $0.von < $0.bis } ?? false
        case "vertauscht": wahl.vertauscht
        case "vonwahl": standwahl("von", "Von Katalogstand", wahl.paar?.von)
        case "biswahl": standwahl("bis", "Bis Katalogstand", wahl.paar?.bis)
        case "artwahl":
            Feld.auswahl(
                "art", "Art", leer: "alle",
                [(wert: "leistung", text: "nur Leistungen"), (wert: "ozg", text: "nur OZG-Leistungen")],
                gewaehlt: filter.gegenstand?.rawValue)
        case "aenderungwahl":
            Feld.auswahl(
                "aenderung", "Änderung", leer: "alle",
                Katalogaenderung.Art.allCases.map { (wert: $0.rawValue, text: $0.wort) },
                gewaehlt: filter.art?.rawValue)
        case "themenfeldwahl":
            Feld.auswahl(
                "themenfeld", "Themenfeld", leer: "alle Themenfelder",
                themenfelder.map { (wert: $0.slug, text: $0.name) }, gewaehlt: filter.themenfeld)
        case "gefiltert": filter != Aenderungsfilter()
        case "zeitraum": "\(stand(wahl.paar?.von)) bis \(stand(wahl.paar?.bis))"
        case "zahlen": zahlen
        case "gesamt": Zahl.mit(blaettern.gesamt, "Änderung", "Änderungen")
        case "leer": blaettern.gesamt == 0
        case "gruppen": gruppen
        case "seiten": blaettern.letzte > 1 ? blaettern : nil
        case "csv": adresse.an("/katalog/aenderungen.csv").text
        case "xlsx": adresse.an("/katalog/aenderungen.xlsx").text
        case "ohneFilter": Adresse("/katalog/aenderungen", adresse.werte.prefix(2).map { ($0.name, $0.wert) }).text
        case "feed":
            wahl.staende.isEmpty
                ? nil : Adresse("/katalog/aenderungen.atom", [("themenfeld", gewaehltesFeld?.slug)]).text
        case "feedtitel": gewaehltesFeld.map { "Änderungen am Katalog: \($0.name)" } ?? "Änderungen am Katalog"
        case "katalogstand": wahl.staende.first?.bezeichnung
        default: nil
        }
    }

    private var zuwenig: String? {
        guard wahl.paar == nil else { return nil }
        guard let one = wahl.staende.first else {
            return
                "Es ist noch kein Katalog geladen. Sobald zwei Katalogstände geladen sind, steht hier, was neu ist, was entfallen ist und was sich geändert hat."
        }
        return
            "Bisher ist ein einziger Stand geladen: \(one.bezeichnung). Sobald ein zweiter geladen ist, steht hier, was neu ist, was entfallen ist und was sich geändert hat."
    }

    private func standwahl(_ name: String, _ label: String, _ nummer: Int?) -> Feld {
        // The label has the word already, and a choice is narrow.
        let wort = "Katalogstand "
        return Feld.auswahl(
            name, label, leer: nil,
            wahl.staende.map { stand in
                let text = wahl.staende.bezeichnung(stand.nummer)
                return (wert: "\(stand.nummer)", text: text.hasPrefix(wort) ? String(text.dropFirst(wort.count)) : text)
            },
            gewaehlt: nummer.map { "\($0)" }, pflicht: true)
    }

    /// Every figure leads to its rows.
    private var zahlen: [Werte] {
        Katalogaenderung.Gegenstand.allCases.flatMap { gegenstand in
            Katalogaenderung.Art.allCases.map { art in
                let zahl = gezaehlt.zahl(gegenstand, art)
                return Werte([
                    ("zahl", Zahl.deutsch(zahl)), ("name", art.wort(gegenstand, zahl)),
                    ("pfad", adresse.mit("art", gegenstand.rawValue).mit("aenderung", art.rawValue).text),
                ])
            }
        }
    }

    /// The rows of this page under a heading for each kind of change.
    private var gruppen: [Werte] {
        Dictionary(grouping: zeilen, by: \.rang).sorted { $0.key < $1.key }.compactMap { rang, rows in
            rows.first.map { first in
                let zahl = gezaehlt.zahl(first.gegenstand, first.art)
                let titel = first.art.wort(first.gegenstand, zahl)
                return Werte([
                    ("id", "gruppe-\(rang)"), ("titel", titel.prefix(1).uppercased() + titel.dropFirst()),
                    ("zahl", Zahl.deutsch(zahl)), ("mitFeldern", first.art == .geaendert),
                    ("zeilen", rows.map(AenderungZeile.init)),
                ])
            }
        }
    }
}

struct AenderungZeile: Ansicht {
    let aenderung: Katalogaenderung

    func child(named: String) -> Any? {
        switch named {
        case "name": aenderung.name
        case "pfad": aenderung.pfad
        case "schluessel": aenderung.schluessel
        case "themenfeld": aenderung.themenfeld?.name
        case "mitFeldern": aenderung.art == .geaendert
        case "felder":
            aenderung.felder.map { feld in
                Werte([
                    ("feld", feld.name.wort), ("alt", feld.altText ?? "ohne Angabe"),
                    ("neu", feld.neuText ?? "ohne Angabe"),
                ])
            }
        default: nil
        }
    }
}
