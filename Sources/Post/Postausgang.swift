/// Takes letters to where they are sent from; a queue can stand before it.
package protocol Postausgang: Sendable {
    /// Returns when a mail server has taken the letter.
    func sende(_ brief: Brief) async throws(Postfehler)
}

/// Why a letter was not taken, in a sentence without the letter's content.
package struct Postfehler: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Art: String, Sendable {
        case nichtErreichbar = "nicht_erreichbar"
        case zertifikat, anmeldung, absender, empfaenger, abgelehnt, zeit
    }

    package let art: Art
    package let satz: String
    /// Trying again later makes no sense.
    package let istDauerhaft: Bool
    /// The mail server says that this very mailbox does not exist or takes nothing any more.
    package let adresseGiltNicht: Bool

    package init(_ art: Art, _ satz: String, istDauerhaft: Bool = false, adresseGiltNicht: Bool = false) {
        (self.art, self.satz, self.istDauerhaft) = (art, satz, istDauerhaft)
        self.adresseGiltNicht = adresseGiltNicht
    }

    package var description: String { satz }
}
