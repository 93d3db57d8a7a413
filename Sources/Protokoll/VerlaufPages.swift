import Kernel
import Verzeichnis
import Web

/// A line of the Verlauf as lists show it.
struct VerlaufZeile: Ansicht {
    let zeile: Verlaufszeile
    let satz: Verlaufssatz
    let organisation: Verlaufsnamen.Ziel?

    func child(named: String) -> Any? {
        switch named {
        case "am": zeile.am.berlin
        case "zeit": zeile.am.iso
        case "teile": satz.teile.map { Werte([("text", $0.text), ("pfad", $0.pfad)]) }
        case "organisation": organisation.map { Werte([("name", $0.name), ("pfad", $0.pfad)]) }
        default: nil
        }
    }
}

struct VerlaufSeite: Page {
    static let template = "protokoll/verlauf"
    static let groesse = 50

    /// The Organisation whose own page this is; nil on the page of the whole.
    let organisation: Organisation?
    let filter: VerlaufFilter
    let bild: Listenfilter
    let zeilen: [VerlaufZeile]
    let aeltere: String?

    var titel: String { organisation.map { "Verlauf: \($0.name)" } ?? "Verlauf" }
    var brotkrumen: [Krume] {
        guard let organisation else { return [Krume("Start", "/"), Krume("Verlauf")] }
        return [
            Krume("Start", "/"), Krume("Organisationen", "/organisationen"),
            Krume(organisation.name, organisation.pfad), Krume("Verlauf"),
        ]
    }
    var bereich: String { organisation == nil ? "/verlauf" : "/organisationen" }

    func child(named: String) -> Any? {
        switch named {
        case "ueber": organisation?.name
        case "listenpfad": filter.adresse.pfad
        case "felder": felder
        case "organisationFeld": organisation == nil ? organisationsfeld : nil
        case "art": artfeld
        case "gewaehltePerson": wert("person")
        case "gefiltert": !filter.adresse.werte.isEmpty
        case "marken":
            bild.gewaehlt.map { entry in
                Werte([
                    ("text", "\(entry.titel): \(entry.text)"),
                    ("pfad", filter.adresse.ohne(entry.name, entry.wert).text),
                ])
            }
        case "zeilen": zeilen
        case "leer": zeilen.isEmpty
        case "mitOrganisation": organisation == nil
        case "csv": filter.adresse.an(filter.adresse.pfad + ".csv").text
        case "xlsx": filter.adresse.an(filter.adresse.pfad + ".xlsx").text
        case "jsonl": filter.adresse.pfad + ".jsonl"
        case "aeltere": aeltere
        case "neueste": filter.stelle == nil ? nil : filter.adresse.text
        default: nil
        }
    }

    private func wert(_ name: String) -> String? { filter.adresse.werte.first { $0.name == name }?.wert }

    private var organisationsfeld: Feld {
        Feld("organisation", "Organisation", wert: wert("organisation"), hinweis: "Name oder Regionalschlüssel")
    }

    private var artfeld: Feld {
        Feld.auswahl(
            "art", "Art", leer: "alle Arten",
            Verlauf.Art.allCases.map { (wert: $0.rawValue, text: Verlaufssatz.name($0.rawValue)) }
                .sorted { Faltung.sort($0.text) < Faltung.sort($1.text) },
            gewaehlt: filter.auswahl.art)
    }

    private var felder: [Feld] {
        [("von", "Von (TT.MM.JJJJ)"), ("bis", "Bis (TT.MM.JJJJ)")].map { name, label in
            Feld(name, label, wert: wert(name).map { Tag(iso: $0)?.deutsch ?? $0 }, eingabeart: "numeric")
        }
    }
}
