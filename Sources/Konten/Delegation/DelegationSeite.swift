package import Kernel
package import Storage
package import Web

/// A delegation as it was typed, kept so that a refused form comes back filled in.
struct DelegationForm: Sendable, Textformular {
    var rolle = ""
    var an = ""
    var ab = ""
    var bis = ""

    init() {}

    init(_ felder: Abfrage) {
        lies(felder)
    }

    static var wege: [(name: String, weg: WritableKeyPath<Self, String>)] {
        [
            ("rolle", \.rolle), ("an", \.an), ("ab", \.ab), ("bis", \.bis),
        ]
    }

    static let rollen = Rolle.allCases.filter(\.istDelegierbar)

    /// - Throws: `FormErrors` with a sentence for each field.
    func checked(
        heute: Tag, _ moegliche: [Delegation.Haus]
    ) throws -> (rolle: Rolle, an: String, ab: Tag?, bis: Tag?) {
        var errors = FormErrors()
        let role = Self.rollen.first { $0.rawValue == rolle }
        if !moegliche.contains(where: { $0.id == an }) {
            errors.add("an", "Wählen Sie Ihren Kreis oder einen IT-Dienstleister aus der Liste.")
        }
        if role == nil { errors.add("rolle", "Wählen Sie eine Rolle aus der Liste.") }
        func tag(_ feld: String, _ typed: String) -> Tag? {
            guard !typed.getrimmt.isEmpty else { return nil }
            let tag = Tag(getippt: typed)
            if tag == nil { errors.add(feld, "Geben Sie den Tag so an: TT.MM.JJJJ") }
            return tag
        }
        let (ab, bis) = (tag("ab", ab), tag("bis", bis))
        if let bis, bis < max(ab ?? heute, heute) {
            errors.add("bis", "Der letzte Tag liegt vor dem Anfang oder in der Vergangenheit.")
        }
        guard errors.isEmpty, let role else { throw errors }
        return (role, an, ab, bis)
    }
}

struct DelegationSeite: Page {
    static let template = "konten/delegation"
    let haus: Delegation.Haus
    let moegliche: [Delegation.Haus]
    let gegeben: [Delegation]
    let form: DelegationForm
    let fehler: FormErrors
    let meldung: String?
    let heute: Tag

    var titel: String { fehler.isEmpty ? "Delegation \(haus.name)" : "Fehler: Delegation" }
    var brotkrumen: [Krume] {
        [
            Krume("Start", "/"), Krume("Organisationen", "/organisationen"), Krume(haus.name, haus.pfad),
            Krume("Delegation"),
        ]
    }
    var bereich: String { "/organisationen" }

    func child(named: String) -> Any? {
        switch named {
        case "organisation": haus.name
        case "fehler": fehler.liste
        case "ziel": haus.pfad + "/delegation"
        case "ende": haus.pfad + "/delegation/ende"
        case "abbrechen": haus.pfad
        case "leer": gegeben.isEmpty
        case "moeglich": !moegliche.isEmpty
        case "zeilen": gegeben.map { DelegationZeile(delegation: $0, haus: $0.an, heute: heute) }
        case "auswahlen":
            [
                Feld.auswahl(
                    "an", "An", leer: "Bitte wählen", moegliche.map { (wert: $0.id, text: $0.name) },
                    gewaehlt: form.an.isEmpty ? nil : form.an, fehler: fehler["an"], pflicht: true),
                Feld.auswahl(
                    "rolle", "Rolle", leer: "Bitte wählen",
                    DelegationForm.rollen.map { (wert: $0.rawValue, text: $0.name) },
                    gewaehlt: form.rolle.isEmpty ? nil : form.rolle,
                    hinweis: "Wer diese Rolle dort hält, handelt darin auch für Ihre Verwaltung.",
                    fehler: fehler["rolle"], pflicht: true),
            ]
        case "tage":
            [
                Feld(
                    "ab", "Ab", wert: form.ab, hinweis: "TT.MM.JJJJ. Leer: ab sofort.", fehler: fehler["ab"],
                    breite: "kurz"),
                Feld(
                    "bis", "Letzter Tag", wert: form.bis, hinweis: "TT.MM.JJJJ. Leer: bis Sie sie beenden.",
                    fehler: fehler["bis"], breite: "kurz"),
            ]
        case "hinweis":
            meldung == "gegeben" ? "Die Delegation gilt." : meldung == "beendet" ? "Die Delegation ist beendet." : nil
        default: nil
        }
    }
}

/// One delegation, seen from one of its ends.
struct DelegationZeile: Ansicht {
    let delegation: Delegation
    /// The other end.
    let haus: Delegation.Haus
    let heute: Tag

    func child(named: String) -> Any? {
        switch named {
        case "name": haus.name
        case "pfad": haus.pfad
        case "an": delegation.an.id
        case "rolle": delegation.rolle.name
        case "rollenwert": delegation.rolle.rawValue
        case "zeit": zeit
        case "beendet": delegation.istBeendet(am: heute)
        case "laeuft": !delegation.istBeendet(am: heute)
        default: nil
        }
    }

    private var zeit: String {
        switch (delegation.gueltigVon, delegation.gueltigBis) {
        case (let von?, let bis?): "\(von.deutsch) bis \(bis.deutsch)"
        case (let von?, nil): "ab \(von.deutsch)"
        case (nil, let bis?): "bis \(bis.deutsch)"
        case (nil, nil): "bis auf Weiteres"
        }
    }
}

extension DelegationStore {
    /// The part of an Organisation's page that says who acts for whom; nil where there is nothing to say or to do.
    package static func abschnitt(
        _ organisation: String, person: Person?, am heute: Tag, in db: any SQLConnection
    ) throws -> Abschnitt? {
        guard Rechte.darf(person, .organisationIntern(organisation: organisation)),
            let haus = try haus(organisation, in: db)
        else { return nil }
        let (gegeben, erhalten) = try alle(organisation, in: db)
        let darf = Rechte.darf(person, .delegieren(organisation: organisation))
        guard darf || !gegeben.isEmpty || !erhalten.isEmpty else { return nil }
        func zeilen(_ list: [Delegation], _ seite: (Delegation) -> Delegation.Haus) -> [DelegationZeile] {
            list.filter { !$0.istBeendet(am: heute) }.map {
                DelegationZeile(delegation: $0, haus: seite($0), heute: heute)
            }
        }
        let (given, received) = (zeilen(gegeben, \.an), zeilen(erhalten, \.von))
        return Abschnitt(
            "konten/delegation-abschnitt",
            Werte([
                ("gegeben", given), ("erhalten", received),
                ("keine", given.isEmpty && received.isEmpty),
                ("bearbeiten", darf ? haus.pfad + "/delegation" : nil),
            ]))
    }
}
