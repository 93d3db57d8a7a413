import Kernel
import Web

/// An office as it was typed, kept so that a refused form comes back filled in.
struct EinheitForm: Sendable, Textformular {
    var name = ""
    var kuerzel = ""
    var ueber = ""
    var ziel = ""
    var bis = ""
    var version = 0

    init() {}

    init(_ felder: Abfrage) {
        lies(felder)
        version = Int(felder.roh("version")) ?? 0
    }

    static var wege: [(name: String, weg: WritableKeyPath<Self, String>)] {
        [
            ("name", \.name), ("kuerzel", \.kuerzel), ("ueber", \.ueber), ("ziel", \.ziel), ("bis", \.bis),
        ]
    }

    init(_ einheit: Organisationseinheit) {
        name = einheit.name
        kuerzel = einheit.kuerzel ?? ""
        ueber = einheit.ueber?.rawValue ?? ""
        bis = einheit.gueltigBis?.deutsch ?? ""
        version = einheit.version
    }

    /// - Throws: `FormErrors` with a sentence for each field.
    func checked() throws -> EinheitInhalt {
        var errors = FormErrors()
        var inhalt = EinheitInhalt()
        inhalt.name = name.getrimmt
        if Faltung.suche(inhalt.name).isEmpty { errors.add("name", "Geben Sie dem Amt einen Namen.") }
        if inhalt.name.count > 200 { errors.add("name", "Kürzen Sie den Namen auf 200 Zeichen.") }
        let short = kuerzel.getrimmt
        if short.count > 20 { errors.add("kuerzel", "Kürzen Sie die Angabe auf 20 Zeichen.") }
        inhalt.kuerzel = short.isEmpty ? nil : short
        let above = ueber.getrimmt
        inhalt.ueber = above.isEmpty ? nil : .init(rawValue: above)
        guard errors.isEmpty else { throw errors }
        return inhalt
    }

    /// The last day as typed; nil when the field is empty.
    func tag() throws -> Tag? {
        guard !bis.getrimmt.isEmpty else { return nil }
        guard let tag = Tag(getippt: bis) else {
            var errors = FormErrors()
            errors.add("bis", "Geben Sie den letzten Tag so an: TT.MM.JJJJ")
            throw errors
        }
        return tag
    }
}

/// The forms of one office: its data, merging, closing.
struct EinheitFormSeite: Page {
    static let template = "verzeichnis/einheit-formular"
    let organisation: Organisation
    let baum: Einheitenbaum
    /// Nil for a new one.
    let einheit: Organisationseinheit?
    let form: EinheitForm
    let fehler: FormErrors
    let heute: Tag

    private var ueberschrift: String { einheit == nil ? "Amt anlegen" : "Amt bearbeiten" }
    var titel: String { fehler.isEmpty ? ueberschrift : "Fehler: \(ueberschrift)" }
    var brotkrumen: [Krume] {
        [Krume("Start", "/"), Krume("Organisationen", "/organisationen"), Krume(organisation.name, organisation.pfad)]
            + (einheit.map { [Krume($0.bezeichnung, organisation.pfad(zu: $0))] } ?? [])
            + [Krume(einheit == nil ? "Anlegen" : "Bearbeiten")]
    }
    var bereich: String { "/organisationen" }

    private var pfad: String? { einheit.map { organisation.pfad(zu: $0) } }

    func child(named: String) -> Any? {
        switch named {
        case "ueberschrift": ueberschrift
        case "organisation": organisation.name
        case "fehler": fehler.liste
        case "ziel": pfad.map { $0 + "/bearbeiten" } ?? organisation.pfad + "/einheiten/neu"
        case "abbrechen": pfad ?? organisation.pfad
        case "version": form.version
        case "nameFeld":
            Feld(
                "name", "Name", wert: form.name, hinweis: "Ohne Nummer, z. B. Sozialamt", fehler: fehler["name"],
                pflicht: true)
        case "kuerzelFeld":
            Feld(
                "kuerzel", "Nummer oder Kürzel", wert: form.kuerzel, hinweis: "z. B. 50 oder FB 3",
                fehler: fehler["kuerzel"], breite: "kurz")
        case "ueberFeld":
            Feld.auswahl(
                "ueber", "Gehört zu", leer: "direkt zur Verwaltung", stellen, gewaehlt: form.ueber.nonEmptyText,
                fehler: fehler["ueber"])
        case "zusammenlegung": istZusammenlegbar ? pfad.map { $0 + "/zusammenlegung" } : nil
        case "zielFeld":
            Feld.auswahl(
                "ziel", "Aufgehen in", leer: "Bitte wählen", andere, gewaehlt: form.ziel.nonEmptyText,
                fehler: fehler["ziel"], pflicht: true)
        case "schliessung": einheit?.aufgegangenIn == nil ? pfad.map { $0 + "/schliessung" } : nil
        case "bisFeld":
            Feld(
                "bis", "Letzter Tag", wert: form.bis,
                hinweis: "TT.MM.JJJJ. Leer: das Amt besteht weiter.", fehler: fehler["bis"], breite: "kurz")
        default: nil
        }
    }

    private var istZusammenlegbar: Bool { einheit?.istOffen == true && !andere.isEmpty }

    /// Where the office may stand: not below itself.
    private var stellen: [(wert: String, text: String)] {
        let own = einheit.map { baum.zweig($0.id) } ?? []
        return offene.filter { !own.contains($0.0.id) }.map { Self.option($0.0, $0.1) }
    }

    private var andere: [(wert: String, text: String)] {
        offene.filter { $0.0.id != einheit?.id }.map { Self.option($0.0, $0.1) }
    }

    private var offene: [(Organisationseinheit, Int)] {
        baum.reihe(am: heute).filter(\.einheit.istOffen).map { ($0.einheit, $0.tiefe) }
    }

    /// Deeper ones begin with dashes, because a list of choices shows no tree.
    static func option(_ einheit: Organisationseinheit, _ tiefe: Int) -> (wert: String, text: String) {
        (einheit.id.rawValue, String(repeating: "– ", count: tiefe) + einheit.bezeichnung)
    }
}

extension String {
    /// Nil for nothing, as a list of choices wants it.
    var nonEmptyText: String? { isEmpty ? nil : self }
}
