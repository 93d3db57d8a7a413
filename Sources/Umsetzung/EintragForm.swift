import Katalog
import Kernel
import Storage
import Web

/// A row as it was typed, kept so that a refused form comes back filled in.
struct EintragForm: Sendable, Textformular {
    var titel = ""
    var leistungen = ""
    var ozgID = ""
    var amt = ""
    var stand = Umsetzungsstand.offen.rawValue
    var variante = ""
    var dienst = ""
    var url = ""
    var reifegrad = ""
    var prioritaet = ""
    var frist = ""
    var rolle = ""
    var notiz = ""
    var schlagworte = ""
    var begruendung = ""
    var version = 0

    init() {}

    init(_ felder: Abfrage) {
        lies(felder)
        version = Int(felder.roh("version")) ?? 0
    }

    static var wege: [(name: String, weg: WritableKeyPath<Self, String>)] {
        [
            ("titel", \.titel), ("leistungen", \.leistungen), ("ozg", \.ozgID), ("amt", \.amt), ("stand", \.stand),
            ("variante", \.variante), ("dienst", \.dienst), ("url", \.url), ("reifegrad", \.reifegrad),
            ("prioritaet", \.prioritaet), ("frist", \.frist), ("rolle", \.rolle), ("notiz", \.notiz),
            ("schlagworte", \.schlagworte), ("begruendung", \.begruendung),
        ]
    }

    init(_ eintrag: Umsetzungseintrag, dienst: Loesung?) {
        let inhalt = eintrag.inhalt
        titel = inhalt.titel
        leistungen = inhalt.leistungen.map(\.rawValue).joined(separator: "\n")
        ozgID = inhalt.ozgID ?? ""
        amt = inhalt.amt ?? ""
        stand = inhalt.stand.rawValue
        variante = inhalt.variante?.rawValue ?? ""
        self.dienst = dienst?.slug ?? inhalt.dienstText ?? ""
        url = inhalt.url ?? ""
        reifegrad = inhalt.reifegrad ?? ""
        prioritaet = inhalt.prioritaet ?? ""
        frist = inhalt.frist?.deutsch ?? ""
        rolle = inhalt.rolle ?? ""
        notiz = inhalt.notiz ?? ""
        schlagworte = inhalt.schlagworte ?? ""
        begruendung = inhalt.begruendung ?? ""
        version = eintrag.version
    }

    /// The typed values checked; a well-formed unknown key is entered provisionally.
    ///
    /// - Throws: `FormErrors` with a sentence for each field.
    func checked(
        _ before: Umsetzungseintrag.Inhalt, durch urheber: Urheber, in db: any SQLConnection
    ) throws -> Umsetzungseintrag.Inhalt {
        var errors = FormErrors()
        var inhalt = Umsetzungseintrag.Inhalt()
        func text(_ value: String, _ feld: String, _ limit: Int) -> String? {
            if value.unicodeScalars.count > limit {
                errors.add(feld, "Kürzen Sie die Angabe auf \(Zahl.deutsch(limit)) Zeichen.")
            }
            return value.getrimmt.isEmpty ? nil : value.getrimmt
        }
        inhalt.titel = text(titel, "titel", 500) ?? ""
        if inhalt.titel.isEmpty { errors.add("titel", "Geben Sie dem Eintrag einen Titel.") }
        let parts = try services(&errors, in: db)
        inhalt.leistungen = Set(parts.map(\.id)).sorted { $0.rawValue < $1.rawValue }
        inhalt.ozgID = text(ozgID, "ozg", 20)
        if let id = inhalt.ozgID, try OZGStore.find(id, in: db) == nil {
            errors.add("ozg", "Die OZG-ID „\(id)“ steht nicht im Katalog.")
        }
        inhalt.amt = text(amt, "amt", 200)
        if let chosen = Umsetzungsstand(rawValue: stand) {
            inhalt.stand = chosen
        } else {
            errors.add("stand", "Wählen Sie einen Stand aus der Liste.")
        }
        if !variante.isEmpty {
            inhalt.variante = Variante(rawValue: variante)
            if inhalt.variante == nil { errors.add("variante", "Wählen Sie eine Variante aus der Liste.") }
        }
        if let typed = text(dienst, "dienst", 500) {
            if let found = try EintragStore.dienst(genannt: typed, in: db) {
                inhalt.dienst = found.id
            } else if typed == before.dienstText {
                inhalt.dienstText = typed
            } else {
                errors.add(
                    "dienst",
                    "Einen Onlinedienst „\(typed.prefix(80))“ kennt das Verzeichnis nicht oder mehrfach. Nennen Sie den Namen genau wie unter Onlinedienste."
                )
            }
        }
        inhalt.url = text(url, "url", Webadresse.hoechstlaenge)
        if let url = inhalt.url, !Webadresse.istGueltig(url) { errors.add("url", Webadresse.regel) }
        if let typed = text(reifegrad, "reifegrad", 60) {
            inhalt.reifegrad = Reifegrad(getippt: typed)?.text ?? typed
            if Reifegrad(getippt: typed) == nil, typed != before.reifegrad {
                errors.add("reifegrad", "Wählen Sie einen Reifegrad aus der Liste.")
            }
        }
        inhalt.prioritaet = text(prioritaet, "prioritaet", 60)
        if let typed = text(frist, "frist", 40) {
            inhalt.frist = Tag(getippt: typed)
            if inhalt.frist == nil { errors.add("frist", "„\(typed)“ ist kein Datum. Schreiben Sie z. B. 31.12.2026.") }
        }
        inhalt.rolle = text(rolle, "rolle", 200)
        inhalt.notiz = text(notiz, "notiz", 10_000)
        inhalt.schlagworte = text(schlagworte, "schlagworte", 1_000)
        inhalt.begruendung = text(begruendung, "begruendung", 2_000)
        rules(inhalt, &errors)
        guard errors.isEmpty else { throw errors }
        for case .schluessel(let key) in parts {
            try LeistungStore.enterProvisional(key, name: inhalt.titel, durch: urheber, in: db)
        }
        return inhalt
    }

    /// What a state asks for besides itself.
    private func rules(_ inhalt: Umsetzungseintrag.Inhalt, _ errors: inout FormErrors) {
        if inhalt.stand == .online {
            if inhalt.url == nil { errors.add("url", "Was online ist, braucht eine Adresse im Netz.") }
            if inhalt.reifegrad.flatMap({ Reifegrad(getippt: $0) }) == nil {
                errors.add("reifegrad", "Was online ist, braucht einen Reifegrad mit seinem Modell.")
            }
        }
        if inhalt.stand.brauchtBegruendung, inhalt.begruendung == nil {
            errors.add(
                "begruendung",
                inhalt.stand == .wartet
                    ? "Nennen Sie, worauf Sie warten und bis wann es angekündigt ist."
                    : "Nennen Sie den Grund für „\(inhalt.stand.wort)“.")
        }
    }

    private func services(_ errors: inout FormErrors, in db: any SQLConnection) throws -> [Leistungsangabe.Teil] {
        do {
            let parts = try Leistungsangabe.parse(leistungen)
            let ids = parts.compactMap { part -> Leistung.ID? in if case .kennung(let id) = part { id } else { nil } }
            let known = try LeistungStore.known(ids, in: db)
            if let missing = ids.first(where: { !known.contains($0) }) {
                errors.add("leistungen", "Die Leistung „\(missing.rawValue)“ steht nicht im Katalog.")
            }
            return parts
        } catch let fault as Angabefehler {
            errors.add("leistungen", fault.grund)
            return []
        }
    }
}
