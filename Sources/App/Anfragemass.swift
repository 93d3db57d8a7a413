import Web

/// How many requests a minute one token and one client address may make; nil where the operator wants no limit.
package struct Anfragemass: Sendable, Equatable {
    package static let tokenvorgabe = 600
    /// A whole Kreis may stand behind one address.
    package static let adressvorgabe = 3_000

    let jeToken: Int?
    let jeAdresse: Int?

    /// 0 turns a limit off.
    package init(jeToken: Int = tokenvorgabe, jeAdresse: Int = adressvorgabe) {
        self.jeToken = jeToken > 0 ? jeToken : nil
        self.jeAdresse = jeAdresse > 0 ? jeAdresse : nil
    }
}

extension Einstellung {
    static let anfragenJeToken = Einstellung(
        name: "LEITSTAND_ANFRAGEN_JE_TOKEN", art: "Zahl", vorgabe: "\(Anfragemass.tokenvorgabe)",
        beschreibung:
            "Anfragen, die ein Programm mit einem Zugangstoken in der Minute stellen darf; 0: beliebig viele.",
        geheim: false)
    static let anfragenJeAdresse = Einstellung(
        name: "LEITSTAND_ANFRAGEN_JE_ADRESSE", art: "Zahl", vorgabe: "\(Anfragemass.adressvorgabe)",
        beschreibung:
            "Anfragen, die von einer Netzadresse (IPv6: einem /64) in der Minute kommen dürfen; 0: beliebig viele. Der eigene Rechner wird nicht gezählt.",
        geheim: false)
}

extension Einstellungen {
    package func anfragemass() throws -> Anfragemass {
        Anfragemass(
            jeToken: try zahl(.anfragenJeToken, 0...1_000_000), jeAdresse: try zahl(.anfragenJeAdresse, 0...1_000_000))
    }
}
