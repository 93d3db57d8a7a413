import Kernel
import Web

/// The accounts of a place, by name.
struct PersonenSeite: Page {
    static let template = "konten/personen"
    let ort: Personenbereich
    let filter: PersonFilter
    let personen: [Personeneintrag]
    let blaettern: Blaettern
    let darfVerwalten: Bool
    let hinweis: String?

    var titel: String { ort.name.map { "Personen – \($0)" } ?? "Alle Personen" }
    var brotkrumen: [Krume] { ort.brotkrumen.dropLast() + [Krume("Personen")] }

    private var gefiltert: Bool { filter != PersonFilter() }

    var bereich: String { ort.bereich }

    func child(named: String) -> Any? {
        switch named {
        case "hinweis": hinweis
        case "organisation": ort.name
        case "pfad": ort.pfad
        case "einladen": darfVerwalten ? ort.pfad + "/einladen" : nil
        case "listen": darfVerwalten && ort.organisation != nil ? ort.pfad + "/listen" : nil
        case "suche": Feld("q", "Name oder E-Mail-Adresse", wert: filter.suche, typ: "search", pflicht: true)
        case "zustand":
            Feld.auswahl(
                "zustand", "Zustand", leer: "alle", Personeneintrag.Zustand.allCases.map { ($0.rawValue, $0.name) },
                gewaehlt: filter.zustand?.rawValue, pflicht: true)
        case "gefiltert": gefiltert
        case "leer": personen.isEmpty
        case "gesamt": Zahl.mit(blaettern.gesamt, "Person", "Personen")
        case "seiten": blaettern
        case "zeilen":
            personen.map { person in
                Werte([
                    ("name", person.anzeige), ("pfad", "\(ort.pfad)/\(person.id.rawValue)"),
                    ("email", person.name == nil ? nil : person.email), ("zustand", person.zustand.name),
                    ("versandfehler", person.zustand == .eingeladen ? person.versandfehler : nil),
                    ("unterwegs", person.zustand == .eingeladen && person.istUnterwegs ? true : nil),
                    ("tot", person.zustand != .eingeladen && person.markierung != nil ? true : nil),
                    ("aemter", person.aemter.map { Amtsansicht($0, ort) }), ("ohneAmt", person.aemter.isEmpty),
                ])
            }
        default: nil
        }
    }
}

/// A role in words: what, where, as whom, from whom.
struct Amtsansicht: Ansicht {
    let angabe: Amtsangabe
    /// Named only where it is not the place of the page.
    let wo: String?

    init(_ angabe: Amtsangabe, _ bereich: Personenbereich) {
        self.angabe = angabe
        wo = bereich.organisation == nil ? angabe.wo : nil
    }

    private var herkunft: String? {
        guard let am = angabe.vergebenAm else { return nil }
        return "seit \(am.tag.deutsch)" + (angabe.vergebenVon.map { ", vergeben von \($0)" } ?? "")
    }

    func child(named: String) -> Any? {
        switch named {
        case "rolle": angabe.rolle.name
        case "vertretung": angabe.vertretung
        case "wo": wo
        case "stelle": angabe.stelle
        case "herkunft": herkunft
        default: nil
        }
    }
}

/// The form that invites one person.
struct EinladenSeite: Page {
    static let template = "konten/einladen"
    let ort: Personenbereich
    let form: Vergabeform
    let rollen: [Rolle]
    let postAn: Bool
    let fehler: FormErrors

    var titel: String { fehler.isEmpty ? "Person einladen" : "Fehler: Person einladen" }
    var brotkrumen: [Krume] { ort.brotkrumen + [Krume("Einladen")] }

    var bereich: String { ort.bereich }

    func child(named: String) -> Any? {
        switch named {
        case "fehler": fehler.liste
        case "organisation": ort.name
        case "ziel", "abbrechen": ort.pfad
        case "postAus": !postAn
        case "email":
            Feld(
                "email", "E-Mail-Adresse", wert: form.email, fehler: fehler["email"], pflicht: true,
                eingabeart: "email", autocomplete: "off")
        case "name":
            Feld(
                "name", "Name", wert: form.name, hinweis: "Die eingeladene Person kann ihn ändern.",
                fehler: fehler["name"], autocomplete: "off")
        default: Vergabefelder(form: form, rollen: rollen, bereich: ort, fehler: fehler).child(named: named)
        }
    }
}

/// The fields of a role, alike wherever one is given.
struct Vergabefelder: Sendable {
    let form: Vergabeform
    let rollen: [Rolle]
    let bereich: Personenbereich
    let fehler: FormErrors

    func child(named: String) -> Any? {
        switch named {
        case "rolle":
            Feld.auswahl(
                "rolle", "Rolle", leer: "Bitte wählen", rollen.map { ($0.rawValue, $0.name) }, gewaehlt: form.rolle,
                fehler: fehler["rolle"], pflicht: true)
        case "rollensaetze": rollen.map { Werte([("name", $0.name), ("satz", $0.satz)]) }
        case "ort":
            bereich == .installation
                ? Feld(
                    "organisation", "Verwaltung", wert: form.organisation,
                    hinweis: "Regionalschlüssel oder voller Name; leer für die ganze Installation.",
                    fehler: fehler["organisation"]) : nil
        case "stelle": Feld("stelle", "Amt", wert: form.stelle, fehler: fehler["stelle"])
        case "vertretung": form.vertretung
        default: nil
        }
    }
}

/// One account with what may be done to it.
struct PersonSeite: Page {
    static let template = "konten/person"
    static let hinweise = [
        "einladung": "Die Einladung wird verschickt.", "passwort": "Der Link für ein neues Passwort wird verschickt.",
        "vorhanden": "Zu dieser Adresse gibt es schon ein Konto. Es hat die Rolle jetzt.",
        "rolle": "Die Rolle ist vergeben.", "entzogen": "Die Rolle ist entzogen.",
        "zugang": "Das Zugangstoken ist widerrufen und gilt nicht mehr.",
        "gesperrt": "Das Konto ist gesperrt. Alle Anmeldungen sind beendet.", "frei": "Das Konto ist wieder frei.",
    ]

    let ort: Personenbereich
    let person: Personeneintrag
    let wer: Handelnder
    let rollen: [Rolle]
    let form: Vergabeform
    let fehler: FormErrors
    let hinweis: String?
    /// For the Administration; nobody else sees them.
    let token: [Zugangstoken]
    let am: Instant

    var titel: String { fehler.isEmpty ? person.anzeige : "Fehler: \(person.anzeige)" }
    var brotkrumen: [Krume] { ort.brotkrumen + [Krume(person.anzeige)] }

    private var pfad: String { "\(ort.pfad)/\(person.id.rawValue)" }
    private var darf: Bool { wer.darf(ort.verwalten) }
    private var sperrbar: Bool {
        Personenverwaltung.darfSperren(person, organisation: ort.organisation, wer)
    }

    var bereich: String { ort.bereich }

    func child(named: String) -> Any? {
        switch named {
        case "fehler": fehler.liste
        case "hinweis": hinweis
        case "organisation": ort.name
        case "anzeige": person.anzeige
        case "email": person.email
        case "zustand": person.zustand.name
        case "auskunft": wer.darf(.betrieb) ? "/betrieb/personen/\(person.id.rawValue)/auskunft" : nil
        case "versandfehler": person.zustand == .eingeladen ? person.versandfehler : nil
        case "versandt":
            person.zustand == .eingeladen && person.versandfehler == nil ? person.versandtAm?.berlin : nil
        case "unterwegs": person.zustand == .eingeladen && person.versandtAm == nil && person.istUnterwegs
        case "markierung": darf || wer.darf(.betrieb) ? person.markierung : nil
        case "selbstziel":
            darf && person.zustand == .eingeladen && aemter.count == person.aemter.count
                && person.aemter.allSatisfy { wer.darf($0.recht) } ? pfad + "/einladung" : nil
        case "einladungsziel": darf && person.zustand == .eingeladen ? pfad + "/einladung" : nil
        case "passwortziel":
            ort == .installation && person.zustand == .aktiv ? pfad + "/passwort" : nil
        case "sperrziel": sperrbar && person.zustand != .gesperrt ? pfad + "/sperre" : nil
        case "freigabeziel": sperrbar && person.zustand == .gesperrt ? pfad + "/sperre" : nil
        case "zugaenge": token.map { Zugangszeile(token: $0, am: am, pfad: pfad + "/zugaenge") }
        case "ohneAmt": aemter.isEmpty
        case "aemter": aemter.map(zeile)
        case "anderswo": person.aemter.count > aemter.count
        case "vergabeziel": darf && !rollen.isEmpty ? pfad + "/rollen" : nil
        default: Vergabefelder(form: form, rollen: rollen, bereich: ort, fehler: fehler).child(named: named)
        }
    }

    /// What the person does elsewhere concerns the places there.
    private var aemter: [Amtsangabe] {
        ort.organisation.map { here in person.aemter.filter { $0.organisation == here } } ?? person.aemter
    }

    private func zeile(_ angabe: Amtsangabe) -> Werte {
        let mine = darf && wer.darf(angabe.recht)
        return Werte([
            ("ansicht", Amtsansicht(angabe, ort)), ("rollenwert", angabe.rolle.rawValue),
            ("rollenname", angabe.rolle.name), ("ortswert", angabe.organisation), ("stellenwert", angabe.stelle),
            ("entzugsziel", mine ? pfad + "/rollen/entzug" : nil), ("wechselziel", mine ? pfad + "/rollen" : nil),
            ("wechsel", angabe.vertretung ? "nein" : "ja"),
            ("wechselwort", angabe.vertretung ? "Nicht mehr als Vertretung" : "Als Vertretung führen"),
        ])
    }
}

/// Shows a link that could not be sent, this one time.
struct LinkSeite: Page {
    static let template = "konten/link"
    let ort: Personenbereich
    let person: Personeneintrag
    let zweck: Einmallink.Zweck
    let zustellung: Kontopost.Zustellung

    private var wort: String { zweck == .einladung ? "Einladung weitergeben" : "Link weitergeben" }
    var titel: String { wort }
    var brotkrumen: [Krume] { ort.brotkrumen + [Krume(wort)] }

    var bereich: String { ort.bereich }

    func child(named: String) -> Any? {
        switch named {
        case "ueberschrift": wort
        case "anzeige": person.anzeige
        case "weiter": "\(ort.pfad)/\(person.id.rawValue)"
        case "link":
            if case .perHand(let link, _) = zustellung { link } else { nil }
        case "grund":
            switch zustellung {
            case .unterwegs: nil
            case .perHand(_, let grund), .gescheitert(let grund): grund
            }
        default: nil
        }
    }
}
