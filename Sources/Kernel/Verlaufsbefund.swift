/// What a check of the sealed Verlauf found.
package struct Verlaufsbefund: Sendable {
    package enum Art: String, Sendable {
        /// The number is missing in its chain.
        case luecke
        /// The seal is there, the line is gone.
        case entfernt
        /// The line or the seal before it is not what was sealed.
        case veraendert
        /// The chain ends before its known end, or the end is another one.
        case ende
        /// Lines stand behind the known end.
        case angehaengt
        /// The beginning is missing without a line that says so.
        case anfang
        /// The chain is not the one that was kept outside.
        case anker
        /// A line has waited for its seal for too long, or was put in past the product.
        case unversiegelt
    }

    package struct Fehler: Sendable, Equatable {
        package let art: Art
        package let kette: String
        package let nummer: Int?
        /// When the line was sealed, or written where it has no seal.
        package let am: Instant?
        package let zeile: String?
    }

    /// More faults than a person reads are only counted.
    static let gezeigt = 200

    package internal(set) var ketten = 0
    package internal(set) var versiegelt = 0
    /// Lines that wait for their seal and have not done so for long.
    package internal(set) var wartend = 0
    /// Lines that were sealed more than a day after they were written, and the first of them.
    package internal(set) var verspaetet = 0
    package internal(set) var ersteVerspaetete: Verlaufssiegel?
    /// Anchors older than what is kept, which prove nothing any more.
    package internal(set) var verjaehrteAnker = 0
    package internal(set) var fehler: [Fehler] = []
    package internal(set) var fehlerzahl = 0
    /// The end of each chain, to be kept outside.
    package internal(set) var enden: [Verlaufsende] = []

    package var stimmt: Bool { fehlerzahl == 0 }

    mutating func melde(
        _ art: Art, _ kette: String, _ nummer: Int?, am: Instant? = nil, zeile: String? = nil
    ) {
        fehlerzahl += 1
        guard fehler.count < Verlaufsbefund.gezeigt else { return }
        fehler.append(Fehler(art: art, kette: kette, nummer: nummer, am: am, zeile: zeile))
    }
}
