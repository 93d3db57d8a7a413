import Katalog
import Kernel
import Verzeichnis
import Web

struct EintragSeite: Page {
    static let template = "umsetzung/eintrag"
    let organisation: Organisation
    let eintrag: Umsetzungseintrag
    let leistungen: [Leistung]
    let ozg: OZGLeistung?
    let dienst: Loesung?
    let loesungen: [Loesung]
    let intern: Bool
    let darfAendern: Bool
    let meldung: String?
    /// The list as it was filtered when the person left it.
    let zurueck: String?
    /// What other rooms tell about the entry.
    var abschnitte: [Fragment] = []

    var titel: String { eintrag.inhalt.titel }
    var brotkrumen: [Krume] {
        [
            Krume("Start", "/"), Krume("Umsetzung", "/umsetzung"), Krume(organisation.name, organisation.listenpfad),
            Krume(titel),
        ]
    }
    var bereich: String { "/umsetzung" }

    func child(named: String) -> Any? {
        let inhalt = eintrag.inhalt
        return switch named {
        case "titel": inhalt.titel
        case "organisation": organisation.name
        case "stand": Stand(inhalt.stand)
        case "begruendung": intern ? inhalt.begruendung : nil
        case "angabenFehlen": inhalt.angabenFehlen
        case "variante": inhalt.variante?.wort
        case "dienst": dienst.map { Verweis($0.name, $0.pfad) }
        case "dienstText": inhalt.dienstText
        case "url": inhalt.url
        case "reifegrad": inhalt.reifegrad
        case "ozg": ozg.map { Verweis("\($0.name) (\($0.ozgID))", $0.pfad) }
        case "leistungen":
            leistungen.map { leistung in
                Werte([
                    ("name", leistung.name), ("pfad", leistung.pfad), ("schluessel", leistung.schluessel?.lesbar),
                    ("vorlaeufig", leistung.istVorlaeufig ? true : nil),
                ])
            }
        case "intern": intern ? internes : nil
        case "bearbeiten": darfAendern ? organisation.pfad(zu: eintrag) + "/bearbeiten" : nil
        case "vorschlaege": inhalt.stand.suchtLoesung ? vorschlaege : [Werte]()
        case "suchtLoesung": inhalt.stand.suchtLoesung && inhalt.dienst == nil
        case "ohneVorschlag": loesungen.isEmpty
        case "abschnitte": abschnitte
        case "zurueck": zurueck
        case "hinweis": hinweis
        default: nil
        }
    }

    private var vorschlaege: [Werte] {
        loesungen.map { loesung in
            Werte([
                ("name", loesung.name), ("pfad", loesung.pfad), ("id", loesung.id), ("anbieter", loesung.anbieter),
                ("variante", loesung.variante?.wort), ("reifegrad", loesung.reifegrad?.text),
                ("ziel", darfAendern ? organisation.pfad(zu: eintrag) + "/uebernahme" : nil),
            ])
        }
    }

    private var internes: Werte {
        let inhalt = eintrag.inhalt
        return Werte([
            ("amt", inhalt.amt), ("prioritaet", inhalt.prioritaet), ("frist", inhalt.frist?.deutsch),
            ("rolle", inhalt.rolle),
            ("notiz", inhalt.notiz), ("schlagworte", inhalt.schlagworte),
        ])
    }

    private var hinweis: String? {
        switch meldung {
        case "angelegt": "Der Eintrag ist angelegt."
        case "gespeichert": "Der Eintrag ist gespeichert."
        case "uebernommen": dienst.map { "Übernommen: \($0.name). Der Eintrag ist jetzt geplant." }
        default: nil
        }
    }
}

struct LadungFormSeite: Page {
    static let template = "umsetzung/ladung-formular"
    let organisation: Organisation
    let fehler: FormErrors

    var titel: String { fehler.isEmpty ? "Liste laden" : "Fehler: Liste laden" }
    var brotkrumen: [Krume] {
        [
            Krume("Start", "/"), Krume("Umsetzung", "/umsetzung"), Krume(organisation.name, organisation.listenpfad),
            Krume("Liste laden"),
        ]
    }
    var bereich: String { "/umsetzung" }

    func child(named: String) -> Any? {
        switch named {
        case "organisation": organisation.name
        case "ziel": organisation.listenpfad + "/ladungen"
        case "abbrechen": organisation.listenpfad
        case "fehler": fehler.liste
        case "dateiFehler": fehler["datei"]
        case "spalten": Umsetzungsblatt.spalten.joined(separator: ", ")
        default: nil
        }
    }
}

struct LadungSeite: Page {
    /// More faults than a person reads at once are only counted.
    static let gezeigt = 200

    static let template = "umsetzung/ladung"
    let organisation: Organisation
    let ladung: Ladung
    let bericht: Importbericht

    var titel: String { bericht.fehlerzahl == 0 ? "Liste prüfen" : "Fehler: Liste prüfen" }
    var brotkrumen: [Krume] {
        [
            Krume("Start", "/"), Krume("Umsetzung", "/umsetzung"), Krume(organisation.name, organisation.listenpfad),
            Krume("Liste laden", organisation.listenpfad + "/ladungen"), Krume("Prüfen"),
        ]
    }
    var bereich: String { "/umsetzung" }

    private var verstanden: Int { bericht.neu + bericht.geaendert + bericht.unveraendert }

    func child(named: String) -> Any? {
        switch named {
        case "organisation": organisation.name
        case "datei": ladung.dateiname
        case "neu": Zahl.deutsch(bericht.neu)
        case "geaendert": Zahl.deutsch(bericht.geaendert)
        case "unveraendert": Zahl.deutsch(bericht.unveraendert)
        case "hinweise": bericht.hinweise
        case "fehlerzahl": bericht.fehlerzahl > 0 ? Zahl.deutsch(bericht.fehlerzahl) : nil
        case "fehlstellen":
            bericht.fehler.prefix(LadungSeite.gezeigt).map { fault in
                Werte([
                    ("zeile", fault.zeile > 0 ? fault.zeile : nil), ("spalte", fault.spalte), ("feld", fault.feld),
                    ("grund", fault.grund),
                ])
            }
        case "weitereFehler":
            bericht.fehlerzahl > Self.gezeigt ? bericht.fehlerzahl - Self.gezeigt : nil
        case "ziel": "\(organisation.listenpfad)/ladungen/\(ladung.id)/uebernahme"
        case "zurueck": organisation.listenpfad + "/ladungen"
        case "aendertNichts": bericht.fehlerzahl == 0 && !bericht.aendertEtwas
        case "ladbar": bericht.fehlerzahl == 0 && bericht.aendertEtwas
        case "teilweise": bericht.fehlerzahl > 0 && bericht.aendertEtwas
        default: nil
        }
    }
}
