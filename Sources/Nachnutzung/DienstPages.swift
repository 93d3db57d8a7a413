import Katalog
import Kernel
import Web

/// One line of a list of Onlinedienste.
struct DienstZeile: Ansicht {
    let eintrag: DienstEintrag

    func child(named: String) -> Any? {
        switch named {
        case "name": eintrag.dienst.name
        case "pfad": eintrag.dienst.pfad
        case "anbieter": eintrag.anbieterName
        case "anbieterPfad": eintrag.anbieterARS.map { "/gebiete/\($0)" }
        case "variante": eintrag.dienst.variante?.wort
        case "reifegrad": eintrag.dienst.reifegrad?.text
        case "formularsystem": eintrag.dienst.formularsystem
        case "leistungen": eintrag.leistungen.count
        default: nil
        }
    }
}

struct DienstListe: Page {
    static let template = "nachnutzung/dienste"
    let dienste: [DienstEintrag]
    let darfAnlegen: Bool
    let rahmen: Listenrahmen

    init(
        _ abfrage: Abfrage, _ bild: Listenfilter, gesamt: Int, seite: Seite, dienste: [DienstEintrag],
        darfAnlegen: Bool
    ) throws {
        self.dienste = dienste
        self.darfAnlegen = darfAnlegen
        rahmen = try Listenrahmen(
            bild, abfrage, seite: seite, gesamt: gesamt, ("Onlinedienst", "Onlinedienste"), dateipfad: "/dienste")
    }

    var titel: String { "Onlinedienste" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Onlinedienste")] }
    var bereich: String { "/dienste" }

    func child(named: String) -> Any? {
        switch named {
        case "zeilen": dienste.map(DienstZeile.init)
        case "darfAnlegen": darfAnlegen
        default: rahmen.child(named: named)
        }
    }
}

struct DienstSeite: Page {
    static let template = "nachnutzung/dienst"
    let eintrag: DienstEintrag
    let leistungen: [Leistung]
    let darfAendern: Bool
    let gespeichert: Bool
    /// What other rooms tell about the service.
    let abschnitte: [Fragment]

    var titel: String { eintrag.dienst.name }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Onlinedienste", "/dienste"), Krume(titel)] }
    var bereich: String { "/dienste" }

    func child(named: String) -> Any? {
        let dienst = eintrag.dienst
        return switch named {
        case "name": dienst.name
        case "anbieter": eintrag.anbieterName
        case "anbieterPfad": eintrag.anbieterARS.map { "/gebiete/\($0)" }
        case "url": dienst.url
        case "hersteller": dienst.hersteller
        case "formularsystem": dienst.formularsystem
        case "variante": dienst.variante?.wort
        case "reifegrad": dienst.reifegrad.map { "\($0.modell.wort), Stufe \($0.stufe)" }
        case "beschreibung": dienst.beschreibung
        case "leistungen":
            leistungen.map { Werte([("name", $0.name), ("pfad", $0.pfad), ("schluessel", $0.schluessel?.lesbar)]) }
        case "ohneLeistungen": leistungen.isEmpty
        case "bearbeiten": darfAendern ? dienst.pfad + "/bearbeiten" : nil
        case "hinweis": gespeichert ? "Der Onlinedienst ist gespeichert." : nil
        case "abschnitte": abschnitte
        default: nil
        }
    }
}

struct DienstFormSeite: Page {
    static let template = "nachnutzung/dienst-formular"
    let form: DienstForm
    let slug: String?
    let name: String?
    let fehler: FormErrors

    var ueberschrift: String { slug == nil ? "Onlinedienst anlegen" : "Onlinedienst bearbeiten" }
    var titel: String { fehler.isEmpty ? ueberschrift : "Fehler: \(ueberschrift)" }
    var brotkrumen: [Krume] {
        var crumbs = [Krume("Start", "/"), Krume("Onlinedienste", "/dienste")]
        if let slug, let name { crumbs.append(Krume(name.getrimmt.isEmpty ? slug : name, "/dienste/\(slug)")) }
        return crumbs + [Krume(slug == nil ? "Anlegen" : "Bearbeiten")]
    }
    var bereich: String { "/dienste" }

    func child(named: String) -> Any? {
        switch named {
        case "ueberschrift": ueberschrift
        case "fehler": fehler.liste
        case "ziel": slug.map { "/dienste/\($0)" } ?? "/dienste"
        case "abbrechen": slug.map { "/dienste/\($0)" } ?? "/dienste"
        case "version": form.version
        case "felder": felder
        case "variante":
            Feld.auswahl(
                "variante", "Variante", leer: "noch offen",
                Variante.allCases.map { (wert: $0.rawValue, text: $0.wort) },
                gewaehlt: form.variante.isEmpty ? nil : form.variante, fehler: fehler["variante"])
        case "reifegrad":
            Feld.auswahl(
                "reifegrad", "Reifegrad", leer: "nicht bestimmt", stufen,
                gewaehlt: form.reifegrad.isEmpty ? nil : form.reifegrad,
                hinweis: "Modell und Stufe. Stufen verschiedener Modelle sind nicht vergleichbar.",
                fehler: fehler["reifegrad"])
        case "leistungenFeld":
            Feld(
                "leistungen", "Leistungen", wert: form.leistungen,
                hinweis: "Leistungsschlüssel oder Kennungen, durch Leerzeichen oder Zeilen getrennt.",
                fehler: fehler["leistungen"])
        case "beschreibungFeld":
            Feld("beschreibung", "Beschreibung", wert: form.beschreibung, fehler: fehler["beschreibung"])
        default: nil
        }
    }

    private var stufen: [(wert: String, text: String)] {
        Reifegrad.Modell.allCases.flatMap { modell in
            modell.stufen.compactMap { stufe in Reifegrad(modell, stufe).map { (wert: $0.text, text: $0.text) } }
        }
    }

    private var felder: [Feld] {
        [
            Feld("name", "Name", wert: form.name, fehler: fehler["name"], pflicht: true),
            Feld(
                "anbieter", "Anbieter", wert: form.anbieter,
                hinweis: "Regionalschlüssel (ARS) oder voller Name der Organisation",
                fehler: fehler["anbieter"], pflicht: true),
            Feld(
                "url", "Adresse im Netz", wert: form.url, hinweis: "Beginnt mit https://", fehler: fehler["url"],
                eingabeart: "url"),
            Feld("hersteller", "Hersteller", wert: form.hersteller, fehler: fehler["hersteller"]),
            Feld("formularsystem", "Formularsystem", wert: form.formularsystem, fehler: fehler["formularsystem"]),
        ]
    }
}
