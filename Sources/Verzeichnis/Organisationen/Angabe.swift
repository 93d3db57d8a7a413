import Kernel
import Storage
import Web

/// One statement of an authority about itself.
struct Angabe: Sendable, Equatable {
    let id: String
    let art: Angabenart
    let organisation: Organisation.ID
    let version: Int
    /// By field; what is empty is absent, days are in ISO form.
    let werte: [String: String]

    var titel: String {
        let field = art.felder.first { $0.name == art.titelfeld }
        let text = werte[art.titelfeld].map { field?.wort($0) ?? $0 } ?? ""
        guard art == .rechtsstatus, let more = werte["zusatz"] else { return text }
        return werte["status"] == "sonstiges" ? more : "\(text) (\(more))"
    }

    var pfadteil: String { "\(art.rawValue)/\(id)" }

    func tag(_ feld: String) -> Tag? { werte[feld].flatMap(Tag.init(iso:)) }

    /// Its last day is over: a contact to be checked, a procedure no longer in use.
    func istVorbei(am heute: Tag) -> Bool { tag("gilt_bis").map { $0 < heute } ?? false }

    /// Anybody may read it today.
    func istOeffentlich(am heute: Tag) -> Bool {
        art.istOeffentlich || (art == .ansprechpartner && werte["oeffentlich"] == "ja" && !istVorbei(am: heute))
    }

    var einheit: Organisationseinheit.ID? { werte["einheit"].map(Organisationseinheit.ID.init(rawValue:)) }
}

/// A statement as it was typed, kept so that a refused form comes back filled in.
struct Angabenform: Sendable {
    let art: Angabenart
    private(set) var getippt: [String: String] = [:]
    var version = 0

    init(_ art: Angabenart) { self.art = art }

    init(_ art: Angabenart, _ felder: Abfrage) {
        self.art = art
        for field in art.felder { getippt[field.name] = felder.roh(field.name) }
        version = Int(felder.roh("version")) ?? 0
    }

    init(_ angabe: Angabe) {
        art = angabe.art
        for field in art.felder {
            guard let wert = angabe.werte[field.name] else { continue }
            if case .tag = field.art { getippt[field.name] = field.wort(wert) } else { getippt[field.name] = wert }
        }
        version = angabe.version
    }

    /// Takes over the values that are there; the others stay.
    mutating func uebernimm(_ felder: Abfrage) {
        for field in art.felder where felder.nennt(field.name) { getippt[field.name] = felder.roh(field.name) }
    }

    /// The typed values checked.
    ///
    /// - Throws: `FormErrors` with a sentence for each field.
    func checked(
        _ before: Angabe?, baum: Einheitenbaum, heute: Tag, in db: any SQLConnection
    ) throws -> [String: String] {
        var errors = FormErrors()
        var werte: [String: String] = [:]
        for field in art.felder {
            werte[field.name] = field.geprueft(
                getippt[field.name] ?? "", &errors, baum: baum, before: before?.werte[field.name])
        }
        if let von = werte["gilt_von"], let bis = werte["gilt_bis"], bis < von {
            errors.add("gilt_bis", "Das Ende liegt vor dem Anfang.")
        }
        switch art {
        case .ansprechpartner: pruefeKontakt(werte, heute, &errors)
        case .dienstleister:
            if let name = werte["name"] {
                werte["suchname"] = Faltung.suche(name)
                werte["dienstleister"] = try OrganisationStore.dienstleister(genannt: name, in: db)?.id.rawValue
                if werte["suchname"]?.isEmpty != false { errors.add("name", "Geben Sie den vollen Namen an.") }
            }
        case .rechtsstatus:
            if werte["status"] == "sonstiges", werte["zusatz"] == nil {
                errors.add("zusatz", "Sagen Sie, welcher Status gemeint ist.")
            }
        case .fachverfahren: break
        }
        guard errors.isEmpty else { throw errors }
        return werte
    }

    private func pruefeKontakt(_ werte: [String: String], _ heute: Tag, _ errors: inout FormErrors) {
        if werte["email"] == nil, werte["telefon"] == nil {
            errors.add("email", "Nennen Sie eine E-Mail-Adresse oder eine Telefonnummer.")
        }
        if werte["name"] != nil, werte["rechtsgrundlage"] == "ohne" {
            errors.add(
                "rechtsgrundlage",
                "Mit dem Namen einer Person brauchen Sie eine Rechtsgrundlage. Wählen Sie eine, oder lassen Sie den Namen weg."
            )
        }
        if let bis = werte["gilt_bis"].flatMap(Tag.init(iso:)) {
            if bis < heute { errors.add("gilt_bis", "Der Tag liegt in der Vergangenheit.") }
            if heute.tage(bis: bis) > 3 * 366 {
                errors.add("gilt_bis", "Wählen Sie einen Tag in den nächsten drei Jahren.")
            }
        }
    }
}
