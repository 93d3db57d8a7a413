import Kernel
package import Web

/// Where webhooks may lead: public hosts over TLS, and what the operator allows besides.
package struct Webhookziele: Sendable {
    let abruf: Abruf
    /// Origins that may lie in the inner network or have no TLS.
    let erlaubte: Set<Ursprung>

    /// What is read of an answer at most.
    static let antwortgroesse = 64 << 10
    /// For connection and answer together.
    let frist: Duration

    package init(erlaubte: Set<Ursprung> = [], frist: Duration = .seconds(10), abruf: Abruf = Abruf()) {
        (self.erlaubte, self.frist, self.abruf) = (erlaubte, frist, abruf)
    }

    /// The operator's list: `https://esb.kreis.intern:8443, http://127.0.0.1:9000`.
    ///
    /// - Throws: `Refusal` that says which of them cannot be read.
    package static func erlaubte(_ text: String) throws -> Set<Ursprung> {
        let list = text.split(separator: ",").map(\.getrimmt).filter { !$0.isEmpty }
        return Set(
            try list.map { one in
                guard let ziel = Abrufziel(one), ziel.pfad == "/" else {
                    throw Refusal(
                        .badRequest,
                        "„\(one)“ ist kein Ziel. Nennen Sie Schema, Rechner und Port ohne Pfad, etwa https://esb.kreis.intern:8443."
                    )
                }
                return ziel.ursprung
            })
    }

    var regel: Abruf.Regel {
        var regel = Abruf.Regel(
            innen: erlaubte, frist: frist, hoechstens: Webhookziele.antwortgroesse)
        regel.unverschluesselt = erlaubte.filter { !$0.verschluesselt }
        regel.kuerzt = true
        return regel
    }

    /// What is wrong with an address as somebody typed it, in a sentence; nil where it will do.
    func mangel(_ url: String) async throws -> String? {
        do {
            try await abruf.pruefe(url, regel)
            return nil
        } catch let error as Abruffehler { return Self.satz(error, Abrufziel(url)?.ursprung.rechner ?? "") }
    }

    private static func satz(_ fehler: Abruffehler, _ rechner: String) -> String {
        switch fehler {
        case .keineAdresse:
            "Geben Sie eine vollständige Adresse an, etwa https://programm.stadt.example/leitstand, ohne Benutzernamen, Leerzeichen, Umlaute und „#“."
        case .unverschluesselt:
            "Die Adresse muss mit https:// beginnen. Eine Ausnahme kann die Betriebsstelle eintragen (LEITSTAND_WEBHOOK_ZIELE)."
        case .unbekannt: "Den Rechner \(rechner) findet der Server nicht. Prüfen Sie die Schreibweise."
        case .innen:
            "\(rechner) liegt in einem inneren Netz. Die Betriebsstelle kann das Ziel erlauben (LEITSTAND_WEBHOOK_ZIELE)."
        default: "Die Adresse ließ sich gerade nicht prüfen. Versuchen Sie es gleich noch einmal."
        }
    }

    /// Why an attempt had no answer, for those who read the log of a webhook.
    func satz(_ fehler: Abruffehler) -> String {
        switch fehler {
        case .keineAdresse: "Die Adresse ist nicht lesbar."
        case .fremd, .innen: "Das Ziel liegt in einem inneren Netz und ist nicht erlaubt."
        case .unverschluesselt: "Das Ziel ist nicht verschlüsselt und nicht erlaubt."
        case .unbekannt: "Der Name des Rechners ist nicht bekannt."
        case .verbindung: "Es kam keine Verbindung zustande."
        case .tls: "Das Zertifikat des Ziels gilt hier nicht, oder TLS scheiterte."
        case .zeit: "In \(frist.components.seconds) Sekunden kam keine Antwort."
        case .umgeleitet: "Das Ziel leitet um; einer Umleitung wird nicht gefolgt."
        case .ausgelastet: "Der Server hatte zu viele Anfragen zugleich."
        case .zuGross, .gestoert: "Die Antwort war nicht lesbar."
        }
    }
}
