import Foundation
import Kernel
package import Konten
import Web

extension Einstellung {
    static let oidcAussteller = Einstellung(
        name: "LEITSTAND_OIDC_AUSSTELLER", art: "Webadresse", vorgabe: nil,
        beschreibung:
            "Aussteller (issuer) des Identitätsanbieters, Zeichen für Zeichen wie er sich selbst nennt; schaltet die Anmeldung über ihn ein und braucht LEITSTAND_ADRESSE.",
        geheim: false)
    static let oidcKennung = Einstellung(
        name: "LEITSTAND_OIDC_KENNUNG", art: "Text", vorgabe: nil,
        beschreibung: "Kennung (client id) dieser Installation beim Identitätsanbieter.", geheim: false)
    static let oidcGeheimnis = Einstellung(
        name: "LEITSTAND_OIDC_GEHEIMNIS", art: "Text", vorgabe: nil,
        beschreibung: "Geheimnis (client secret) dazu; ohne gilt die Installation dort als öffentlich.", geheim: true)
    static let oidcName = Einstellung(
        name: "LEITSTAND_OIDC_NAME", art: "Text", vorgabe: "Identitätsanbieter",
        beschreibung: "So nennt der Knopf auf der Anmeldeseite den Identitätsanbieter.", geheim: false)
    static let oidcRollen = Einstellung(
        name: "LEITSTAND_OIDC_ROLLEN", art: "Datei", vorgabe: nil,
        beschreibung:
            "Datei mit den Regeln, welche Angaben des Identitätsanbieters welche Rollen geben; oder die Regeln selbst (docs/BETRIEB.md).",
        geheim: false)
    static let oidcRechner = Einstellung(
        name: "LEITSTAND_OIDC_RECHNER", art: "Rechner", vorgabe: nil,
        beschreibung:
            "Weitere Rechner des Identitätsanbieters, die der Server fragen darf, mit Komma getrennt; der des Ausstellers gehört immer dazu.",
        geheim: false)
    static let oidcZweiterFaktor = Einstellung(
        name: "LEITSTAND_OIDC_ZWEITER_FAKTOR", art: "Wort", vorgabe: "hier",
        beschreibung:
            "anbieter: mfa, otp oder hwk in acr oder amr gilt als zweiter Faktor; hier: ihn prüft immer diese Installation.",
        geheim: false)

    static let openIDConnect = [
        oidcAussteller, oidcKennung, oidcGeheimnis, oidcName, oidcRollen, oidcRechner, oidcZweiterFaktor,
    ]
}

extension Einstellungen {
    /// The identity provider; nil where none is configured.
    ///
    /// - Throws: `Refusal.badRequest` that names the setting, and for rules the line and column.
    package func anbieter() throws -> Anbieterangaben? {
        guard let aussteller = wert(.oidcAussteller) else {
            if let lone = Einstellung.openIDConnect.dropFirst().first(where: { wert($0) != $0.vorgabe }) {
                throw Refusal(.badRequest, "\(lone.name) wirkt nur mit \(Einstellung.oidcAussteller.name).")
            }
            return nil
        }
        guard let adresse = try adresse() else {
            throw Refusal(
                .badRequest,
                "\(Einstellung.oidcAussteller.name) braucht \(Einstellung.adresse.name): dorthin schickt der Identitätsanbieter die Menschen zurück."
            )
        }
        guard let kennung = wert(.oidcKennung) else {
            throw Refusal(
                .badRequest, "\(Einstellung.oidcAussteller.name) braucht \(Einstellung.oidcKennung.name).")
        }
        let faktor = wert(.oidcZweiterFaktor) ?? "hier"
        guard ["anbieter", "hier"].contains(faktor) else {
            throw Refusal(
                .badRequest, "\(Einstellung.oidcZweiterFaktor.name) muss anbieter oder hier sein, nicht „\(faktor)“.")
        }
        let rechner = (wert(.oidcRechner) ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        do {
            return try Anbieterangaben(
                aussteller: aussteller, kennung: kennung, geheimnis: wert(.oidcGeheimnis),
                name: wert(.oidcName) ?? "Identitätsanbieter", regeln: regeln(), adresse: adresse,
                rechner: rechner.filter { !$0.isEmpty }, zweiterFaktor: faktor == "anbieter")
        } catch let refusal as Refusal {
            throw Refusal(refusal.kind, "LEITSTAND_OIDC: \(refusal.message)")
        }
    }

    /// A text with an arrow is the rules themselves, anything else the name of their file.
    private func regeln() throws -> Rollenregeln {
        guard let text = wert(.oidcRollen) else { return Rollenregeln() }
        if text.contains("->") { return try Rollenregeln(text) }
        guard let bytes = FileManager.default.contents(atPath: text), bytes.count <= 1 << 20,
            let content = String(validating: bytes, as: UTF8.self)
        else {
            throw Refusal(.badRequest, "Die Datei \(text) ist nicht lesbar oder kein UTF-8.")
        }
        do { return try Rollenregeln(content) } catch let refusal as Refusal {
            throw Refusal(refusal.kind, "\(text): \(refusal.message)")
        }
    }

    /// Lines that `check --konfiguration` prints about the provider.
    ///
    /// - Throws: the same as `anbieter()`.
    package func anbieterbericht() throws -> [String] {
        guard let angaben = try anbieter() else { return [] }
        return [
            "Identitätsanbieter \(angaben.aussteller): \(angaben.regeln.regeln.count) Regeln für Rollen.",
            "    Dort einzutragende Rückadresse: \(angaben.rueckruf)",
        ]
    }
}
