import Kernel
import Web

/// The one identity provider as the operator configured it.
package struct Anbieterangaben: Sendable {
    package let aussteller: String
    package let kennung: String
    let geheimnis: String?
    /// As the button calls it.
    package let name: String
    package let regeln: Rollenregeln
    /// What the provider says about a second factor counts here.
    let zweiterFaktor: Bool
    /// Where the provider sends people back to.
    package let rueckruf: String
    let regel: Abruf.Regel

    package static let pfad = "/anmelden/extern"
    package static let rueckrufpfad = "/anmelden/extern/rueckruf"

    /// `adresse` is the public address of this installation, `rechner` further hosts of the provider beside the one of
    /// its issuer.
    ///
    /// - Throws: `Refusal.badRequest` with a sentence for whoever configures it.
    package init(
        aussteller: String, kennung: String, geheimnis: String? = nil, name: String, regeln: Rollenregeln,
        adresse: String, rechner: [String] = [], zweiterFaktor: Bool = false, frist: Duration = .seconds(10)
    ) throws {
        guard let ziel = Abrufziel(aussteller), !aussteller.contains("?") else {
            throw Refusal(.badRequest, "Der Aussteller „\(aussteller.prefix(100))“ ist keine Adresse.")
        }
        guard Anbieterangaben.istSicher(ziel) else {
            throw Refusal(
                .badRequest, "Der Aussteller muss mit https:// beginnen; nur auf dem eigenen Rechner genügt http://.")
        }
        guard !kennung.isEmpty, kennung.utf8.count <= 500 else {
            throw Refusal(.badRequest, "Die Kennung beim Identitätsanbieter fehlt.")
        }
        var ziele: Set<Ursprung> = [ziel.ursprung]
        for host in rechner {
            guard let other = Abrufziel("https://" + host), other.pfad == "/" else {
                throw Refusal(
                    .badRequest, "„\(host.prefix(100))“ ist kein Rechner. Schreiben Sie anmeldung.example:8443.")
            }
            ziele.insert(other.ursprung)
        }
        self.aussteller = aussteller
        self.kennung = kennung
        self.geheimnis = geheimnis
        self.name = name
        self.regeln = regeln
        self.zweiterFaktor = zweiterFaktor
        rueckruf = adresse + Anbieterangaben.rueckrufpfad
        // Who configures a provider inside the own network wants it to be asked there.
        regel = Abruf.Regel(ziele: ziele, innen: ziele, frist: frist, hoechstens: 512 * 1024)
    }

    /// Whether people and secrets may be sent there.
    static func istSicher(_ ziel: Abrufziel) -> Bool {
        ziel.ursprung.verschluesselt || ziel.ursprung.nenntEigenenRechner
    }
}

/// Why somebody does not come in this way: a word for the log, and a sentence for the person.
struct Ablehnung: Error, Sendable {
    let grund: String
    let refusal: Refusal

    init(_ grund: String, _ kind: Refusal.Kind, _ satz: String) {
        self.grund = grund
        refusal = Refusal(kind, satz)
    }

    /// Something that the provider said cannot be trusted; what it was stands in the log alone.
    static func unglaubwuerdig(_ grund: String) -> Ablehnung {
        Ablehnung(
            grund, .notAllowed,
            "Die Bestätigung des Identitätsanbieters war nicht gültig. Beginnen Sie die Anmeldung noch einmal.")
    }

    static func nichtErreichbar(_ grund: String) -> Ablehnung {
        Ablehnung(
            grund, .unavailable,
            "Der Identitätsanbieter ist gerade nicht zu erreichen. Versuchen Sie es in einigen Minuten noch einmal.")
    }

    static func falschEingerichtet(_ grund: String) -> Ablehnung {
        Ablehnung(
            grund, .unavailable,
            "Die Anmeldung über den Identitätsanbieter ist nicht richtig eingerichtet. Sagen Sie es der Betriebsstelle."
        )
    }
}
