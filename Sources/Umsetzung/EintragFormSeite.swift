import Katalog
import Kernel
import Verzeichnis
import Web

struct EintragFormSeite: Page {
    static let template = "umsetzung/eintrag-formular"
    let organisation: Organisation
    let eintrag: Umsetzungseintrag?
    let form: EintragForm
    let fehler: FormErrors
    /// Names of the authority's offices, offered while typing; any other text is as good.
    let aemter: [String]

    var ueberschrift: String { eintrag == nil ? "Eintrag anlegen" : "Eintrag bearbeiten" }
    var titel: String { fehler.isEmpty ? ueberschrift : "Fehler: \(ueberschrift)" }
    var brotkrumen: [Krume] {
        var crumbs = [
            Krume("Start", "/"), Krume("Umsetzung", "/umsetzung"), Krume(organisation.name, organisation.listenpfad),
        ]
        if let eintrag { crumbs.append(Krume(eintrag.inhalt.titel, organisation.pfad(zu: eintrag))) }
        return crumbs + [Krume(eintrag == nil ? "Anlegen" : "Bearbeiten")]
    }
    var bereich: String { "/umsetzung" }

    private var ziel: String { eintrag.map { organisation.pfad(zu: $0) } ?? organisation.listenpfad }

    func child(named: String) -> Any? {
        switch named {
        case "ueberschrift": ueberschrift
        case "organisation": organisation.name
        case "fehler": fehler.liste
        case "ziel", "abbrechen": ziel
        case "version": form.version
        case "titelFeld": feld("titel", "Titel", form.titel, hinweis: "In den Worten Ihres Hauses", pflicht: true)
        case "leistungenFeld":
            feld(
                "leistungen", "Leistungen", form.leistungen,
                hinweis: "Leistungsschlüssel, durch Leerzeichen oder Zeilen getrennt")
        case "ozgFeld":
            Feld(
                "ozg", "OZG-ID", wert: form.ozgID, hinweis: "Nur wenn die ganze OZG-Leistung gemeint ist",
                fehler: fehler["ozg"], breite: "kurz", eingabeart: "numeric")
        case "stand":
            Feld.auswahl(
                "stand", "Stand", leer: nil, Umsetzungsstand.allCases.map { (wert: $0.rawValue, text: $0.wort) },
                gewaehlt: form.stand, fehler: fehler["stand"], pflicht: true)
        case "begruendungFeld":
            feld(
                "begruendung", "Begründung", form.begruendung,
                hinweis: "Nötig bei „wartet“ (worauf, bis wann), „zurückgestellt“ und „nicht zuständig“")
        case "variante":
            Feld.auswahl(
                "variante", "Variante", leer: "noch offen",
                Variante.allCases.map { (wert: $0.rawValue, text: $0.wort) },
                gewaehlt: form.variante.isEmpty ? nil : form.variante, fehler: fehler["variante"])
        case "dienstFeld":
            feld(
                "dienst", "Onlinedienst", form.dienst,
                hinweis: "Name oder Kurzname aus dem Verzeichnis der Onlinedienste")
        case "urlFeld":
            Feld(
                "url", "Adresse im Netz", wert: form.url, hinweis: "Beginnt mit https://", fehler: fehler["url"],
                eingabeart: "url")
        case "reifegrad":
            Feld.auswahl(
                "reifegrad", "Reifegrad", leer: "nicht bestimmt", stufen,
                gewaehlt: form.reifegrad.isEmpty ? nil : form.reifegrad,
                fehler: fehler["reifegrad"])
        case "weitere":
            [
                Feld(
                    "amt", "Amt", wert: form.amt, fehler: fehler["amt"], liste: aemter.isEmpty ? nil : "aemter"),
                feld("prioritaet", "Priorität", form.prioritaet, breite: "mittel"),
                feld("frist", "Frist", form.frist, hinweis: "TT.MM.JJJJ", breite: "kurz"),
                feld("rolle", "Rolle", form.rolle),
                feld("schlagworte", "Schlagworte", form.schlagworte),
            ]
        case "aemter": aemter
        case "notizFeld":
            feld(
                "notiz", "Notiz", form.notiz,
                hinweis: "Wie Amt, Priorität, Frist, Rolle, Schlagworte und Begründung nur für Ihre Verwaltung sichtbar"
            )
        default: nil
        }
    }

    private func feld(
        _ name: String, _ label: String, _ wert: String, hinweis: String? = nil, pflicht: Bool = false,
        breite: String? = nil
    ) -> Feld {
        Feld(name, label, wert: wert, hinweis: hinweis, fehler: fehler[name], pflicht: pflicht, breite: breite)
    }

    /// All levels of all schemes, and an odd one from a sheet, so that saving does not lose it.
    private var stufen: [(wert: String, text: String)] {
        let known = Reifegrad.Modell.allCases.flatMap { modell in
            modell.stufen.compactMap { stufe in Reifegrad(modell, stufe).map { (wert: $0.text, text: $0.text) } }
        }
        guard !form.reifegrad.isEmpty, !known.contains(where: { $0.wert == form.reifegrad }) else { return known }
        return known + [(wert: form.reifegrad, text: "\(form.reifegrad) (ohne Modell)")]
    }
}
