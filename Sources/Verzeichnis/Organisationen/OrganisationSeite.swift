import Kernel
import Web

/// What a page of an Organisation shows, read in one snapshot.
struct OrganisationBild: Sendable {
    let organisation: Organisation
    let gebiet: Gebiet?
    let baum: Einheitenbaum
    /// Only what this reader may see.
    let angaben: [Angabenart: [Angabe]]
    /// The Organisationen that go on in place of a closed one.
    let nachfolger: [Organisation]
    let heute: Tag
    let intern: Bool
    let darfAendern: Bool
    /// May move everything to a successor, with the roles.
    let darfUebertragen: Bool
}

struct OrganisationSeite: Page {
    static let template = "verzeichnis/organisation"
    let bild: OrganisationBild
    let meldung: String?
    var abschnitte: [Fragment] = []

    private var organisation: Organisation { bild.organisation }

    var titel: String { organisation.name }
    var brotkrumen: [Krume] {
        [Krume("Start", "/"), Krume("Organisationen", "/organisationen"), Krume(organisation.name)]
    }
    var bereich: String { "/organisationen" }

    func child(named: String) -> Any? {
        switch named {
        case "name": organisation.name
        case "art": organisation.art.wort
        case "ars": organisation.ars
        case "webadresse": organisation.webadresse
        case "gebiet": bild.gebiet.map { Verweis($0.bezeichnung, $0.pfad) }
        case "liste":
            organisation.art == .verwaltung ? Verweis("Umsetzungsliste", "/umsetzung/\(organisation.schluessel)") : nil
        case "dienste":
            Verweis("Onlinedienste", Adresse("/dienste", [("anbieter", organisation.id.rawValue)]).text)
        case "geschlossen": organisation.istGueltig ? nil : ende
        case "nachfolger": bild.nachfolger.map { Verweis($0.name, $0.pfad) }
        case "nachfolge":
            !organisation.istGueltig && bild.darfUebertragen ? organisation.pfad + "/nachfolge" : nil
        case "bearbeiten": bild.darfAendern ? organisation.pfad + "/bearbeiten" : nil
        case "personen": bild.intern ? "/organisationen/\(organisation.schluessel)/personen" : nil
        case "neuesAmt": bild.darfAendern ? organisation.pfad + "/einheiten/neu" : nil
        case "zeigtAemter": organisation.art == .verwaltung || bild.baum.anzahl > 0
        case "zweige": EinheitZweig.oben(bild)
        case "ohneAemter": bild.baum.reihe(am: bild.heute).isEmpty
        case "frueher":
            bild.baum.geschlossene(am: bild.heute).map { Verweis($0.bezeichnung, organisation.pfad(zu: $0)) }
        case "ansprechstellen":
            (bild.angaben[.ansprechpartner] ?? []).filter { $0.istOeffentlich(am: bild.heute) && $0.einheit == nil }
                .map { KontaktZeile($0) }
        case "status": AngabenTeil(bild, .rechtsstatus)
        case "hatStatus": !(bild.angaben[.rechtsstatus] ?? []).isEmpty || bild.darfAendern
        case "interne":
            bild.intern
                ? [Angabenart.ansprechpartner, .fachverfahren, .dienstleister].map { AngabenTeil(bild, $0) } : []
        case "abschnitte": abschnitte
        case "hinweis": hinweis
        default: nil
        }
    }

    private var ende: String? {
        organisation.gueltigBis.map { "Diese Organisation besteht seit dem \($0.deutsch) nicht mehr." }
    }

    private var hinweis: String? {
        switch meldung {
        case "gespeichert": "Die Angaben sind gespeichert."
        case "angelegt": "Die Organisation ist angelegt."
        case "amt": "Das Amt ist gespeichert."
        case "angabe": "Die Angabe ist gespeichert."
        case "geloescht": "Die Angabe ist gelöscht."
        case "uebertragen": "Alles ist übertragen."
        default: nil
        }
    }
}

extension Organisation {
    func pfad(zu einheit: Organisationseinheit) -> String { "\(pfad)/einheiten/\(einheit.id.rawValue)" }
}

/// A contact as the public reads it.
struct KontaktZeile: Ansicht {
    let angabe: Angabe

    init(_ angabe: Angabe) { self.angabe = angabe }

    func child(named: String) -> Any? {
        switch named {
        case "funktion": angabe.werte["funktion"]
        case "person": angabe.werte["name"]
        case "email": angabe.werte["email"]
        case "telefon": angabe.werte["telefon"]
        default: nil
        }
    }
}

/// One kind of statement with its rows, as those read it who may.
struct AngabenTeil: Ansicht {
    let bild: OrganisationBild
    let art: Angabenart

    init(_ bild: OrganisationBild, _ art: Angabenart) { (self.bild, self.art) = (bild, art) }

    func child(named: String) -> Any? {
        switch named {
        case "ueberschrift": art.mehrzahl
        case "kennung": art.rawValue
        case "neu": bild.darfAendern ? "\(bild.organisation.pfad)/\(art.rawValue)/neu" : nil
        case "leer": angaben.isEmpty
        case "angaben": angaben.map { AngabeZeile(angabe: $0, bild: bild) }
        default: nil
        }
    }

    private var angaben: [Angabe] { bild.angaben[art] ?? [] }
}

struct AngabeZeile: Ansicht {
    let angabe: Angabe
    let bild: OrganisationBild

    func child(named: String) -> Any? {
        switch named {
        case "titel": angabe.titel
        case "pfad": bild.darfAendern ? "\(bild.organisation.pfad)/\(angabe.pfadteil)" : nil
        case "vorbei": vorbei
        case "vorschlag": angabe.art == .dienstleister && angabe.werte["dienstleister"] == nil
        case "verweis":
            angabe.werte["dienstleister"].map { Verweis(angabe.titel, "/organisationen/\($0)") }
        case "zeilen": zeilen
        default: nil
        }
    }

    private var vorbei: String? {
        guard angabe.istVorbei(am: bild.heute) else { return nil }
        return angabe.art == .ansprechpartner ? "bitte prüfen" : "beendet"
    }

    private var zeilen: [Werte] {
        angabe.art.felder.compactMap { field in
            guard field.name != angabe.art.titelfeld, let wert = angabe.werte[field.name] else { return nil }
            switch field.art {
            case .verborgen: return nil
            case .einheit:
                guard let einheit = bild.baum[.init(rawValue: wert)] else { return nil }
                return Werte([("label", field.label), ("wert", einheit.bezeichnung)])
            case .haken: return Werte([("label", "Sichtbar"), ("wert", "öffentlich")])
            default:
                if field.name == "zusatz" { return nil }
                return Werte([("label", field.label), ("wert", field.wort(wert))])
            }
        }
    }
}

/// One office of the tree with those below it.
struct EinheitZweig: Ansicht {
    let einheit: Organisationseinheit
    let bild: OrganisationBild

    static func oben(_ bild: OrganisationBild) -> [EinheitZweig] { kinder(nil, bild) }

    static func kinder(_ id: Organisationseinheit.ID?, _ bild: OrganisationBild) -> [EinheitZweig] {
        bild.baum.kinder(id).filter { $0.istGueltig(am: bild.heute) }.map { EinheitZweig(einheit: $0, bild: bild) }
    }

    func child(named: String) -> Any? {
        switch named {
        case "name": einheit.name
        case "kuerzel": einheit.kuerzel
        case "pfad": bild.organisation.pfad(zu: einheit)
        case "kontakte": kontakte
        case "id": einheit.id.rawValue
        case "zweige": Self.kinder(einheit.id, bild)
        case "hatZweige": !Self.kinder(einheit.id, bild).isEmpty
        case "verschieben": bild.darfAendern ? bild.organisation.pfad(zu: einheit) + "/reihenfolge" : nil
        case "bezeichnung": einheit.bezeichnung
        default: nil
        }
    }

    private var kontakte: [KontaktZeile] {
        (bild.angaben[.ansprechpartner] ?? [])
            .filter { $0.einheit == einheit.id && $0.istOeffentlich(am: bild.heute) }.map { KontaktZeile($0) }
    }
}
