import Kernel
import Storage
import Web

/// What people write about an Organisation itself.
struct OrganisationInhalt: Sendable, Equatable {
    let art: Organisation.Art
    let name: String
    let webadresse: String?
}

/// An Organisation as it was typed, kept so that a refused form comes back filled in.
struct OrganisationForm: Sendable, Textformular {
    var name = ""
    var art = Organisation.Art.dienstleister.rawValue
    var webadresse = ""
    var version = 0

    /// Kinds that no directory gives.
    static let arten: [Organisation.Art] = [.dienstleister, .hersteller, .ministerium, .verband]

    static let inzwischenGeaendert = Refusal(
        .conflict,
        "Diese Organisation hat inzwischen jemand anderes geändert. Laden Sie die Seite neu und tragen Sie Ihre Änderung noch einmal ein."
    )

    init() {}

    init(_ felder: Abfrage) {
        lies(felder)
        version = Int(felder.roh("version")) ?? 0
    }

    static var wege: [(name: String, weg: WritableKeyPath<Self, String>)] {
        [
            ("name", \.name), ("art", \.art), ("webadresse", \.webadresse),
        ]
    }

    init(_ organisation: Organisation) {
        name = organisation.name
        art = organisation.art.rawValue
        webadresse = organisation.webadresse ?? ""
        version = organisation.version
    }

    /// - Throws: `FormErrors` with a sentence for each field.
    func checked(_ old: Organisation?, in db: any SQLConnection) throws -> OrganisationInhalt {
        var errors = FormErrors()
        let name = name.getrimmt
        if Faltung.suche(name).isEmpty { errors.add("name", "Geben Sie den vollen Namen an.") }
        if name.count > 200 { errors.add("name", "Kürzen Sie den Namen auf 200 Zeichen.") }
        // Names that the directory gives may repeat; a new one must be told apart.
        if errors.isEmpty, name != old?.name, try OrganisationStore.gibt(name: name, ausser: old?.id, in: db) {
            errors.add("name", "„\(name)“ heißt schon eine andere Organisation.")
        }
        let kind = old?.art ?? Organisation.Art(rawValue: art).flatMap { Self.arten.contains($0) ? $0 : nil }
        if kind == nil { errors.add("art", "Wählen Sie eine Art aus der Liste.") }
        let address = webadresse.getrimmt
        if !address.isEmpty, !Webadresse.istGueltig(address) { errors.add("webadresse", Webadresse.regel) }
        guard errors.isEmpty, let kind else { throw errors }
        return OrganisationInhalt(art: kind, name: name, webadresse: address.isEmpty ? nil : address)
    }
}

struct OrganisationFormSeite: Page {
    static let template = "verzeichnis/organisation-formular"
    /// Nil for a new one.
    let organisation: Organisation?
    let form: OrganisationForm
    let fehler: FormErrors

    private var ueberschrift: String { organisation == nil ? "Organisation anlegen" : "Organisation bearbeiten" }
    var titel: String { fehler.isEmpty ? ueberschrift : "Fehler: \(ueberschrift)" }
    var brotkrumen: [Krume] {
        [Krume("Start", "/"), Krume("Organisationen", "/organisationen")]
            + (organisation.map { [Krume($0.name, $0.pfad)] } ?? [])
            + [Krume(organisation == nil ? "Anlegen" : "Bearbeiten")]
    }
    var bereich: String { "/organisationen" }

    func child(named: String) -> Any? {
        switch named {
        case "ueberschrift": ueberschrift
        case "organisation": organisation?.name
        case "fehler": fehler.liste
        case "ziel": organisation.map { $0.pfad + "/bearbeiten" } ?? "/organisationen/neu"
        case "abbrechen": organisation?.pfad ?? "/organisationen"
        case "version": form.version
        case "artFeld":
            organisation == nil
                ? Feld.auswahl(
                    "art", "Art", leer: nil, OrganisationForm.arten.map { (wert: $0.rawValue, text: $0.wort) },
                    gewaehlt: form.art, fehler: fehler["art"], pflicht: true) : nil
        case "felder":
            [
                Feld("name", "Name", wert: form.name, fehler: fehler["name"], pflicht: true),
                Feld(
                    "webadresse", "Adresse im Netz", wert: form.webadresse, hinweis: "Beginnt mit https://",
                    fehler: fehler["webadresse"], eingabeart: "url"),
            ]
        default: nil
        }
    }
}
