package import Kernel
package import Storage
package import Web

/// The page on which files are attached to a record and removed from it.
struct DateienSeite: Page {
    static let template = "dateien/dateien"
    let bezug: Dateibezug
    let dateien: [Datei]
    let grenzen: Dateigrenzen
    let beschreibung: String
    let fehler: FormErrors
    let meldung: String?

    var titel: String { fehler.isEmpty ? "Dateien: \(bezug.titel)" : "Fehler: Dateien" }
    var brotkrumen: [Krume] {
        let list =
            bezug.art == .dienst
            ? [Krume("Onlinedienste", "/dienste")]
            : [
                Krume("Umsetzung", "/umsetzung"),
                Krume(bezug.organisationName, String(bezug.pfad.dropLast(bezug.id.count + 1))),
            ]
        return [Krume("Start", "/")] + list + [Krume(bezug.titel, bezug.pfad), Krume("Dateien")]
    }
    var bereich: String { bezug.art == .dienst ? "/dienste" : "/umsetzung" }

    func child(named: String) -> Any? {
        switch named {
        case "titelDesDatensatzes": bezug.titel
        case "fehler": fehler.liste
        case "ziel": bezug.dateipfad
        case "zurueck": bezug.pfad
        case "leer": dateien.isEmpty
        case "dateien": dateien.map { DateiZeile(datei: $0) }
        case "oeffentlich": bezug.art == .dienst
        case "arten": Dateiart.aufzaehlung
        case "accept": Dateiart.accept
        case "hoechstgroesse": grenzen.hoechstgroesse
        case "anzahl": Zahl.deutsch(grenzen.jeDatensatz)
        case "jeOrganisation": Datei.groesse(grenzen.jeOrganisation)
        case "dateiFehler": fehler["datei"]
        case "platz": dateien.count < grenzen.jeDatensatz
        case "beschreibungFeld":
            Feld(
                "beschreibung", "Beschreibung", wert: beschreibung, hinweis: "Höchstens 500 Zeichen.",
                fehler: fehler["beschreibung"])
        case "hinweis":
            meldung == "angehaengt"
                ? "Die Datei ist angehängt." : meldung == "entfernt" ? "Die Datei ist entfernt." : nil
        default: nil
        }
    }
}

/// One file in a list.
struct DateiZeile: Ansicht {
    let datei: Datei

    func child(named: String) -> Any? {
        switch named {
        case "name": datei.name
        case "pfad": datei.pfad
        case "loeschung": datei.pfad + "/loeschung"
        case "art": datei.art.name
        case "groesse": Datei.groesse(datei.groesse)
        case "am": datei.am.tag.deutsch
        case "beschreibung": datei.beschreibung
        default: nil
        }
    }
}

/// The files of an Umsetzungseintrag or an Onlinedienst on its page.
package struct DateienAmDatensatz: DatensatzErgaenzung {
    package init() {}

    package func abschnitt(
        zu bezug: Verlaufsbezug, person: Person?, in db: any SQLConnection
    ) throws -> Abschnitt? {
        let (art, id): (Datei.Bezugsart, String)
        switch bezug {
        case .eintrag(let eintrag, _): (art, id) = (.eintrag, eintrag)
        case .dienst(let dienst, _): (art, id) = (.dienst, dienst)
        case .organisation: return nil
        }
        guard let found = try BezugStore.find(art, id, in: db), Rechte.darf(person, found.sehen) else { return nil }
        let dateien = try DateiStore.alle(found, in: db)
        let darf = Rechte.darf(person, found.aendern)
        guard darf || !dateien.isEmpty else { return nil }
        return Abschnitt(
            "dateien/dateien-abschnitt",
            Werte([
                ("dateien", dateien.map { DateiZeile(datei: $0) }), ("leer", dateien.isEmpty),
                ("bearbeiten", darf ? found.dateipfad : nil),
            ]))
    }
}
