import Katalog
import Kernel
import Storage
import Verzeichnis
import Web

/// The short Steckbrief as it was typed, kept so that a refused form comes back filled in.
struct DienstForm: Sendable, Textformular {
    var name = ""
    var anbieter = ""
    var url = ""
    var hersteller = ""
    var formularsystem = ""
    var leistungen = ""
    var variante = ""
    var reifegrad = ""
    var beschreibung = ""
    var version = 0

    init() {}

    init(_ felder: Abfrage) {
        lies(felder)
        version = Int(felder.roh("version")) ?? 0
    }

    static var wege: [(name: String, weg: WritableKeyPath<Self, String>)] {
        [
            ("name", \.name), ("anbieter", \.anbieter), ("url", \.url), ("hersteller", \.hersteller),
            ("formularsystem", \.formularsystem), ("leistungen", \.leistungen), ("variante", \.variante),
            ("reifegrad", \.reifegrad), ("beschreibung", \.beschreibung),
        ]
    }

    init(_ eintrag: DienstEintrag) {
        let dienst = eintrag.dienst
        name = dienst.name
        anbieter = eintrag.anbieterARS ?? eintrag.anbieterName
        url = dienst.url ?? ""
        hersteller = dienst.hersteller ?? ""
        formularsystem = dienst.formularsystem ?? ""
        leistungen = eintrag.leistungen.map(\.rawValue).joined(separator: "\n")
        variante = dienst.variante?.rawValue ?? ""
        reifegrad = dienst.reifegrad?.text ?? ""
        beschreibung = dienst.beschreibung ?? ""
        version = dienst.version
    }

    /// The typed values checked against the directory and the catalogue.
    ///
    /// - Throws: `FormErrors` with a sentence for each field.
    func checked(id: Onlinedienst.ID, slug: String, in db: any SQLConnection) throws -> (Onlinedienst, [Leistung.ID]) {
        var errors = FormErrors()
        let name = name.getrimmt
        if name.isEmpty { errors.add("name", "Geben Sie dem Onlinedienst einen Namen.") }
        if name.unicodeScalars.count > 300 { errors.add("name", "Kürzen Sie den Namen auf 300 Zeichen.") }
        let organisation = try provider(&errors, in: db)
        let url = url.getrimmt
        if !url.isEmpty, !Webadresse.istGueltig(url) { errors.add("url", Webadresse.regel) }
        for (feld, wert) in [("hersteller", hersteller), ("formularsystem", formularsystem)]
        where wert.unicodeScalars.count > 300 {
            errors.add(feld, "Kürzen Sie die Angabe auf 300 Zeichen.")
        }
        let ids = try services(&errors, in: db)
        let chosen = variante.isEmpty ? nil : Variante(rawValue: variante)
        if !variante.isEmpty, chosen == nil { errors.add("variante", "Wählen Sie eine Variante aus der Liste.") }
        let level = reifegrad.isEmpty ? nil : Reifegrad(getippt: reifegrad)
        if !reifegrad.isEmpty, level == nil { errors.add("reifegrad", "Wählen Sie einen Reifegrad aus der Liste.") }
        if beschreibung.unicodeScalars.count > 5_000 {
            errors.add("beschreibung", "Kürzen Sie die Beschreibung auf 5.000 Zeichen.")
        }
        guard errors.isEmpty, let organisation else { throw errors }
        func text(_ value: String) -> String? { value.getrimmt.isEmpty ? nil : value.getrimmt }
        let dienst = Onlinedienst(
            id: id, slug: slug, name: name, anbieter: organisation.id, url: text(url), hersteller: text(hersteller),
            formularsystem: text(formularsystem), variante: chosen, reifegrad: level, beschreibung: text(beschreibung),
            version: version)
        return (dienst, ids)
    }

    private func provider(_ errors: inout FormErrors, in db: any SQLConnection) throws -> Organisation? {
        guard !anbieter.getrimmt.isEmpty else {
            errors.add("anbieter", "Nennen Sie, wer den Dienst anbietet: Regionalschlüssel oder Name der Organisation.")
            return nil
        }
        do { return try OrganisationStore.named(anbieter.getrimmt, in: db) } catch let refusal as Refusal {
            errors.add("anbieter", refusal.message)
            return nil
        }
    }

    private func services(_ errors: inout FormErrors, in db: any SQLConnection) throws -> [Leistung.ID] {
        do {
            let ids = try Leistungsangabe.parse(leistungen).map(\.id)
            let known = try LeistungStore.known(ids, in: db)
            if let missing = ids.first(where: { !known.contains($0) }) {
                errors.add(
                    "leistungen", "Die Leistung \(missing.rawValue) steht nicht im Katalog. Prüfen Sie den Schlüssel.")
            }
            return ids
        } catch let fault as Angabefehler {
            errors.add("leistungen", fault.grund)
            return []
        }
    }
}
