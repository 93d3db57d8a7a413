import Kernel
import Web

/// The page of one office, also of a closed one.
struct EinheitSeite: Page {
    static let template = "verzeichnis/einheit"
    let bild: OrganisationBild
    let einheit: Organisationseinheit
    let meldung: String?

    private var organisation: Organisation { bild.organisation }
    private var ahnen: [Organisationseinheit] { bild.baum.ahnen(einheit.id) }

    var titel: String { einheit.bezeichnung }
    var brotkrumen: [Krume] {
        [Krume("Start", "/"), Krume("Organisationen", "/organisationen"), Krume(organisation.name, organisation.pfad)]
            + ahnen.map { Krume($0.bezeichnung, organisation.pfad(zu: $0)) } + [Krume(einheit.bezeichnung)]
    }
    var bereich: String { "/organisationen" }

    func child(named: String) -> Any? {
        switch named {
        case "bezeichnung": einheit.bezeichnung
        case "organisation": Verweis(organisation.name, organisation.pfad)
        case "geschlossen":
            einheit.istGueltig(am: bild.heute)
                ? nil : einheit.gueltigBis.map { "Dieses Amt bestand bis \($0.deutsch)." }
        case "endet":
            einheit.istGueltig(am: bild.heute)
                ? einheit.gueltigBis.map { "Dieses Amt besteht noch bis \($0.deutsch)." } : nil
        case "bearbeiten":
            bild.darfAendern && einheit.aufgegangenIn == nil ? organisation.pfad(zu: einheit) + "/bearbeiten" : nil
        case "zweige": EinheitZweig.kinder(einheit.id, bild)
        case "hatZweige": !EinheitZweig.kinder(einheit.id, bild).isEmpty
        case "vorgaenger":
            bild.baum.geschlossene(am: bild.heute).filter { $0.aufgegangenIn == einheit.id }.map(\.bezeichnung)
                .nonEmpty?.aufgezaehlt
        case "kontakte":
            (bild.angaben[.ansprechpartner] ?? [])
                .filter { $0.einheit == einheit.id && $0.istOeffentlich(am: bild.heute) }.map { KontaktZeile($0) }
        case "interne":
            bild.intern
                ? (bild.angaben[.fachverfahren] ?? []).filter { $0.einheit == einheit.id }.map { angabe in
                    AngabeZeile(angabe: angabe, bild: bild)
                } : []
        case "hinweis": meldung == "gespeichert" ? "Das Amt ist gespeichert." : nil
        default: nil
        }
    }
}
