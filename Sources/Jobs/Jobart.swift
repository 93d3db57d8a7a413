package import Kernel

/// A kind of job: what its queue needs to know of it. How it is done is a `Jobarbeit`.
package struct Jobart: Sendable {
    /// Where its effect is.
    package enum Wirkung: Int, Sendable {
        /// In the database alone: work and completion are one transaction, and many jobs share it.
        case datenbank = 0
        /// Outside, too: it may be done twice, so the other side must be able to tell (an id, a key).
        case aussen = 1
    }

    /// What goes first where much is waiting.
    package enum Rang: Int, Sendable, CaseIterable {
        /// A person is waiting, e.g. for a link to sign in.
        case eilig = 0
        case gewoehnlich = 1
        /// Tidying up.
        case nebenbei = 2
    }

    /// Machine name, `room.verb`; it is stored.
    package let name: String
    /// What an operator reads.
    package let titel: String
    package let wirkung: Wirkung
    package let rang: Rang
    /// How often it is begun before it counts as failed.
    package let versuche: Int
    /// Seconds after which a worker that says nothing any more has lost it.
    package let frist: Int
    /// Finished ones leave no row; for what happens so often that nobody would read it.
    package let spurlos: Bool

    package init(
        _ name: String, _ titel: String, _ wirkung: Wirkung, rang: Rang = .gewoehnlich, versuche: Int = 10,
        frist: Int = 60, spurlos: Bool = false
    ) {
        (self.name, self.titel, self.wirkung, self.rang) = (name, titel, wirkung, rang)
        (self.versuche, self.frist, self.spurlos) = (versuche, frist, spurlos)
    }

    /// Seconds until the next attempt: 30, doubled each time, at most six hours. Ten attempts take about four hours.
    static func pause(nach versuche: Int) -> Int { min(30 << min(max(versuche, 1) - 1, 20), 21_600) }
}

/// When a job comes up by itself.
package enum Jobplan: Sendable, Equatable {
    case alle(sekunden: Int)
    /// Every day at this hour and minute of Berlin.
    case taeglich(stunde: Int, minute: Int = 0)

    /// The first moment after `now`.
    package func naechster(nach now: Instant) -> Instant {
        switch self {
        case .alle(let sekunden): return now.plus(sekunden: max(sekunden, 1))
        case .taeglich(let stunde, let minute):
            let heute = now.tag.beginn(stunde: stunde, minute: minute)
            return heute > now ? heute : now.tag.plus(tage: 1).beginn(stunde: stunde, minute: minute)
        }
    }

    package var satz: String {
        switch self {
        case .alle(let sekunden) where sekunden % 86_400 == 0:
            sekunden == 86_400 ? "täglich" : "alle \(sekunden / 86_400) Tage"
        case .alle(let sekunden) where sekunden % 3_600 == 0:
            sekunden == 3_600 ? "stündlich" : "alle \(sekunden / 3_600) Stunden"
        case .alle(let sekunden): sekunden % 60 == 0 ? "alle \(sekunden / 60) Minuten" : "alle \(sekunden) Sekunden"
        case .taeglich(let stunde, let minute):
            "täglich um \(stunde):\(minute < 10 ? "0" : "")\(minute) Uhr"
        }
    }
}

/// Why a job was not done, in a sentence for the operator that holds no personal data and no secrets.
package struct Jobfehler: Error, Equatable, CustomStringConvertible {
    package let satz: String
    /// Trying again makes no sense.
    package let istEndgueltig: Bool
    /// When the other side wants to be asked again, in seconds; nil for the usual pause.
    package let pause: Int?

    package init(_ satz: String, istEndgueltig: Bool = false, pause: Int? = nil) {
        (self.satz, self.istEndgueltig, self.pause) = (satz, istEndgueltig, pause)
    }

    package var description: String { satz }
}
