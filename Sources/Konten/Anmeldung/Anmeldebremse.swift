import Crypto
import Kernel
import Storage
import Web

/// Slows down whoever guesses: failures are counted per account and place, and each one more costs a longer wait.
///
/// Nobody is locked out for good. A wait ends by itself within minutes, attempts during it do not prolong it, and who
/// guesses from elsewhere slows down neither the browser that has signed in before nor, beyond half a minute, a new one.
package enum Anmeldebremse {
    /// One count that an attempt adds to.
    package struct Stelle: Sendable, Equatable {
        /// A hash: the table tells neither addresses nor accounts.
        let schluessel: String
        /// Failures without any wait.
        let frei: Int
        /// The longest wait in seconds.
        let hoechstens: Int
        /// Seconds after which one failure is forgotten.
        let vergessen: Int
        /// Belongs to one person at one place alone, so that success clears it.
        let istEigene: Bool

        private init(_ parts: [String], frei: Int, hoechstens: Int, vergessen: Int, istEigene: Bool) {
            schluessel = Base64URL.encode(
                Array(SHA256.hash(data: Array(parts.joined(separator: "\u{0}").utf8)).prefix(18)))
            (self.frei, self.hoechstens, self.vergessen) = (frei, hoechstens, vergessen)
            self.istEigene = istEigene
        }

        /// `konto` at one place: four failures are free.
        fileprivate static func eigene(_ parts: String...) -> Stelle {
            Stelle(parts, frei: 4, hoechstens: 900, vergessen: 3_600, istEigene: true)
        }

        /// All places that guess at one account together.
        fileprivate static func konto(_ parts: String..., frei: Int, hoechstens: Int) -> Stelle {
            Stelle(parts, frei: frei, hoechstens: hoechstens, vergessen: 600, istEigene: false)
        }

        /// One place that guesses at many accounts; a town hall shares one address.
        fileprivate static func adresse(_ parts: String...) -> Stelle {
            Stelle(parts, frei: 50, hoechstens: 60, vergessen: 60, istEigene: false)
        }

        /// When the next attempt may be made after so many failures.
        fileprivate func freiAb(_ fehler: Int, am: Instant) -> Instant {
            fehler <= frei ? Anmeldebremse.sofort : am.plus(sekunden: min(1 << min(fehler - frei, 20), hoechstens))
        }
    }

    /// An attempt that came too early.
    package struct Gebremst: Error, Equatable {
        package let sekunden: Int

        /// For people, with the wait.
        package var satz: String {
            let wait = sekunden < 60 ? "\(sekunden) Sekunden" : "\((sekunden + 59) / 60) Minuten"
            return "Zu viele Fehlversuche. Versuchen Sie es in \(wait) noch einmal."
        }
    }

    /// What an attempt has counted, to be taken back when it succeeds.
    package struct Versuch: Sendable {
        fileprivate let gezaehlt: [(stelle: Stelle, freiAb: Instant)]
    }

    /// No wait at all: of people who sign in at the same moment, the one who began first is often counted last.
    private static let sofort = Instant(rawValue: 0)
    /// Seconds by which an attempt may be counted later than one that began after it.
    private static let spielraum = 60

    /// `geraet` is the mark of a browser that has signed in to this account before.
    static func passwort(email: String, adresse: String, geraet: String?) -> [Stelle] {
        if let geraet { return [.eigene("passwort-geraet", email, geraet)] }
        return [
            .eigene("passwort", email, adresse), .konto("passwort-konto", email, frei: 30, hoechstens: 30),
            .adresse("passwort-adresse", adresse),
        ]
    }

    /// Who gets here knows the password, so guessing a code may cost an unknown browser more.
    static func code(person: Person.ID, adresse: String, geraet: String?) -> [Stelle] {
        if let geraet { return [.eigene("code-geraet", person.rawValue, geraet)] }
        return [
            .eigene("code", person.rawValue, adresse),
            .konto("code-konto", person.rawValue, frei: 10, hoechstens: 900),
        ]
    }

    /// Somebody signed in who is asked for the password or a code once more.
    static func bestaetigung(person: Person.ID) -> [Stelle] { [.eigene("bestaetigung", person.rawValue)] }

    /// Counts an attempt as failed before it is made, so that many at once are no way round.
    ///
    /// - Throws: `Gebremst` while a wait is on; then nothing is counted.
    static func beginne(_ stellen: [Stelle], am: Instant, in db: any SQLConnection) throws -> Versuch {
        try db.execute("DELETE FROM anmeldebremse WHERE zuletzt_am < \(am.plus(sekunden: -86_400))")
        return Versuch(
            gezaehlt: try stellen.sorted { $0.schluessel < $1.schluessel }.map { stelle in
                // Makes the row, or takes hold of it until this transaction ends.
                try db.execute(
                    """
                    INSERT INTO anmeldebremse (schluessel, fehler, zuletzt_am, frei_ab)
                    VALUES (\(stelle.schluessel), 0, \(am), \(sofort))
                    ON CONFLICT (schluessel) DO UPDATE SET fehler = anmeldebremse.fehler
                    """)
                let found = try db.rows(
                    "SELECT fehler, zuletzt_am, frei_ab FROM anmeldebremse WHERE schluessel = \(stelle.schluessel)")
                guard let row = found.first else { throw Refusal(.unavailable, "Bitte versuchen Sie es noch einmal.") }
                let (last, free): (Instant, Instant) = (try row["zuletzt_am"], try row["frei_ab"])
                let rest = (free.rawValue - am.rawValue + 999) / 1_000
                // A much longer wait than there is comes from a clock that was set back.
                if rest > 0, rest <= stelle.hoechstens + spielraum {
                    throw Gebremst(sekunden: min(rest, stelle.hoechstens))
                }
                let forgotten = max(0, am.rawValue - last.rawValue) / 1_000 / stelle.vergessen
                let failures = max(0, try row["fehler"] - forgotten) + 1
                let next = stelle.freiAb(failures, am: am)
                try db.execute(
                    """
                    UPDATE anmeldebremse SET fehler = \(failures), zuletzt_am = \(am), frei_ab = \(next)
                    WHERE schluessel = \(stelle.schluessel)
                    """)
                return (stelle, next)
            })
    }

    /// Takes back what the attempt has counted. What others share loses this one failure only: whoever has an account
    /// must not clear the way for guessing at others.
    static func gelungen(_ versuch: Versuch, in db: any SQLConnection) throws {
        for (stelle, freiAb) in versuch.gezaehlt {
            if stelle.istEigene {
                try db.execute("DELETE FROM anmeldebremse WHERE schluessel = \(stelle.schluessel)")
            } else {
                try db.execute(
                    """
                    UPDATE anmeldebremse
                    SET fehler = CASE WHEN fehler > 0 THEN fehler - 1 ELSE 0 END,
                        frei_ab = CASE WHEN frei_ab = \(freiAb) THEN \(sofort) ELSE frei_ab END
                    WHERE schluessel = \(stelle.schluessel)
                    """)
            }
        }
    }
}
