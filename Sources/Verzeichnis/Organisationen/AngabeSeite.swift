import Kernel
import Web

/// The form of one statement of an authority.
struct AngabeFormSeite: Page {
    static let template = "verzeichnis/angabe-formular"
    let organisation: Organisation
    let baum: Einheitenbaum
    let art: Angabenart
    /// Nil for a new one.
    let angabe: Angabe?
    let form: Angabenform
    let vorschlaege: [String]
    let fehler: FormErrors
    let heute: Tag

    private var ueberschrift: String { "\(art.einzahl) \(angabe == nil ? "hinzufügen" : "bearbeiten")" }
    var titel: String { fehler.isEmpty ? ueberschrift : "Fehler: \(ueberschrift)" }
    var brotkrumen: [Krume] {
        [
            Krume("Start", "/"), Krume("Organisationen", "/organisationen"),
            Krume(organisation.name, organisation.pfad),
            Krume(ueberschrift),
        ]
    }
    var bereich: String { "/organisationen" }

    private var pfad: String? { angabe.map { "\(organisation.pfad)/\($0.pfadteil)" } }

    func child(named: String) -> Any? {
        switch named {
        case "ueberschrift": ueberschrift
        case "organisation": organisation.name
        case "rat": art.hinweis
        case "fehler": fehler.liste
        case "ziel": pfad ?? "\(organisation.pfad)/\(art.rawValue)/neu"
        case "abbrechen": organisation.pfad
        case "version": form.version
        case "reihe": art.felder.compactMap(teil)
        case "vorschlaege": vorschlaege
        case "loeschung": pfad.map { $0 + "/loeschung" }
        default: nil
        }
    }

    /// One field under the name of the partial that draws it.
    private func teil(_ field: Angabenfeld) -> Werte? {
        let wert = form.getippt[field.name] ?? ""
        switch field.art {
        case .verborgen: return nil
        case .haken:
            return Werte([
                (
                    "kasten",
                    Werte([("name", field.name), ("text", field.label), ("gewaehlt", wert == "ja" ? true : nil)])
                )
            ])
        case .auswahl(let words):
            return Werte([
                (
                    "auswahl",
                    Feld.auswahl(
                        field.name, field.label, leer: field.pflicht ? "Bitte wählen" : "keine Angabe", words,
                        gewaehlt: wert.nonEmptyText, hinweis: field.hinweis, fehler: fehler[field.name],
                        pflicht: field.pflicht)
                )
            ])
        case .einheit:
            guard baum.anzahl > 0 else { return nil }
            return Werte([
                (
                    "auswahl",
                    Feld.auswahl(
                        field.name, field.label, leer: "ganze Verwaltung", stellen(wert), gewaehlt: wert.nonEmptyText,
                        fehler: fehler[field.name])
                )
            ])
        case .text, .email, .telefon, .tag:
            return Werte([
                (
                    "eingabe",
                    Feld(
                        field.name, field.label, wert: wert, hinweis: field.hinweis, fehler: fehler[field.name],
                        pflicht: field.pflicht, breite: breite(field), eingabeart: eingabeart(field),
                        autocomplete: field.autocomplete, liste: vorschlaege.isEmpty ? nil : field.liste)
                )
            ])
        }
    }

    private func breite(_ field: Angabenfeld) -> String? {
        if case .tag = field.art { "kurz" } else { nil }
    }

    private func eingabeart(_ field: Angabenfeld) -> String? {
        switch field.art {
        case .email: "email"
        case .telefon: "tel"
        default: nil
        }
    }

    private func stellen(_ chosen: String) -> [(wert: String, text: String)] {
        let open = baum.reihe(am: heute).filter { $0.einheit.istOffen }
        var options = open.map { EinheitFormSeite.option($0.einheit, $0.tiefe) }
        // One that was closed since it was chosen is not lost by saving.
        if let closed = baum[.init(rawValue: chosen)], !options.contains(where: { $0.wert == chosen }) {
            options.append((chosen, "\(closed.bezeichnung) (geschlossen)"))
        }
        return options
    }
}
