import Kernel
import Storage
import Web

/// A token as somebody wants it, kept so that a refused form comes back filled in.
struct ZugangForm: Sendable {
    var name = ""
    var umfang = Zugangstoken.Umfang.lesen.rawValue
    var organisation = ""
    var tage = "90"

    init() {}

    init(_ felder: Abfrage) {
        name = felder.roh("name")
        umfang = felder.roh("umfang")
        organisation = felder.roh("organisation")
        tage = felder.roh("tage")
    }

    typealias Wunsch = (name: String, umfang: Zugangstoken.Umfang, organisation: String?, tage: Int)

    /// Where a person acts, also by delegation.
    static func organisationen(_ person: Person) -> Set<String> { Set(person.aemter.compactMap(\.organisation)) }

    /// The same with names, for the choice.
    static func namen(_ person: Person, in db: any SQLConnection) throws -> [(wert: String, text: String)] {
        try db.rows(
            """
            SELECT id, name FROM organisation_sicht WHERE id IN (\(organisationen(person).sorted()))
            ORDER BY sortname, id
            """
        ).map { row in (wert: try row["id"], text: try row["name"]) }
    }

    func checked(_ person: Person, hoechstens: Int, _ errors: inout FormErrors) -> Wunsch? {
        let name = name.getrimmt
        if name.isEmpty { errors.add("name", "Geben Sie an, welches Programm das Zugangstoken benutzt.") }
        if name.count > 100 { errors.add("name", "Kürzen Sie den Namen auf 100 Zeichen.") }
        let scope = Zugangstoken.Umfang(rawValue: umfang)
        if scope == nil { errors.add("umfang", "Wählen Sie, was das Programm darf.") }
        let place = organisation.isEmpty ? nil : organisation
        if let place, !Self.organisationen(person).contains(place) {
            errors.add("organisation", "Wählen Sie eine Organisation, bei der Sie eine Rolle haben.")
        }
        let days = Int(tage.getrimmt)
        if days.map({ !(1...hoechstens).contains($0) }) ?? true {
            errors.add("tage", "Geben Sie eine Zahl von 1 bis \(hoechstens) an.")
        }
        guard errors.isEmpty, let scope, let days else { return nil }
        return (name, scope, place, days)
    }
}

private let weg = [Krume("Start", "/"), Krume("Mein Konto", "/konto")]

/// The list of the own tokens, and the form for another.
struct ZugaengeSeite: Page {
    static let template = "konten/zugaenge"
    let token: [Zugangstoken]
    let am: Instant
    let organisationen: [(wert: String, text: String)]
    let form: ZugangForm
    let hatKennwort: Bool
    /// For how many days a token may hold.
    let hoechsttage: Int
    let fehler: FormErrors
    let widerrufen: Bool

    var titel: String { (fehler.isEmpty ? "" : "Fehler: ") + "Zugangstoken" }
    var brotkrumen: [Krume] { weg + [Krume("Zugangstoken")] }
    var bereich: String { "/konto" }

    func child(named: String) -> Any? {
        switch named {
        case "fehler": fehler.liste
        case "hinweis": widerrufen ? "Das Zugangstoken ist widerrufen und gilt nicht mehr." : nil
        case "keine": token.isEmpty
        case "zeilen": token.map { Zugangszeile(token: $0, am: am, pfad: "/konto/zugaenge") }
        case "nameFeld":
            Feld(
                "name", "Name", wert: form.name, hinweis: "Wofür es ist, z. B. Abgleich mit dem Serviceportal",
                fehler: fehler["name"], pflicht: true, autocomplete: "off")
        case "auswahlen":
            [
                Feld.auswahl(
                    "umfang", "Das Programm darf", leer: nil,
                    Zugangstoken.Umfang.allCases.map { (wert: $0.rawValue, text: $0.wort) }, gewaehlt: form.umfang,
                    fehler: fehler["umfang"], pflicht: true),
                Feld.auswahl(
                    "organisation", "Nur bei", leer: "überall, wo ich eine Rolle habe", organisationen,
                    gewaehlt: form.organisation.isEmpty ? nil : form.organisation, fehler: fehler["organisation"]),
            ]
        case "tageFeld":
            Feld(
                "tage", "Gültig für wie viele Tage", wert: form.tage,
                hinweis: hoechsttage < 365
                    ? "1 bis \(hoechsttage), weil Rollen dieses Kontos von einem Identitätsanbieter kommen"
                    : "1 bis \(hoechsttage)",
                fehler: fehler["tage"], pflicht: true, breite: "kurz", eingabeart: "numeric")
        case "bestaetigung":
            hatKennwort
                ? Feld(
                    "passwort", "Passwort", hinweis: "Ihr jetziges Passwort, zur Bestätigung",
                    fehler: fehler["passwort"],
                    typ: "password", pflicht: true, breite: "mittel", autocomplete: "current-password")
                : Feld(
                    "email", "E-Mail-Adresse", hinweis: "Die Adresse dieses Kontos, zur Bestätigung",
                    fehler: fehler["email"], pflicht: true, autocomplete: "off")
        default: nil
        }
    }
}

/// One token in a list, with the way to revoke it while it holds.
struct Zugangszeile: Ansicht {
    let token: Zugangstoken
    let am: Instant
    /// Where it is revoked.
    let pfad: String

    func child(named: String) -> Any? {
        switch named {
        case "name": token.name
        case "anfang": token.anfang + "…"
        case "reichweite": token.reichweite
        case "angelegt": token.angelegtAm.tag.deutsch
        case "bis":
            token.widerrufenAm.map { "widerrufen am \($0.tag.deutsch)" }
                ?? (token.gilt(am) ? token.bis.tag.deutsch : "abgelaufen am \(token.bis.tag.deutsch)")
        case "zuletzt": token.zuletztAm?.berlin ?? "noch nie"
        case "widerruf": token.gilt(am) ? "\(pfad)/\(token.id)/widerruf" : nil
        default: nil
        }
    }
}

/// The token itself, shown this once.
struct NeuesTokenSeite: Page {
    static let template = "konten/zugang-neu"
    let text: String
    let name: String
    let bis: Instant
    /// Of this installation.
    let adresse: String

    var titel: String { "Neues Zugangstoken" }
    var brotkrumen: [Krume] { weg + [Krume("Zugangstoken", "/konto/zugaenge"), Krume("Neu")] }
    var bereich: String { "/konto" }

    func child(named: String) -> Any? {
        switch named {
        case "text": text
        case "name": name
        case "bis": bis.berlin
        case "basis": adresse
        default: nil
        }
    }
}
