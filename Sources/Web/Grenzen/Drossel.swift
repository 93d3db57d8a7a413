import HTTPTypes
import Kernel
import Synchronization

/// So many requests a minute for each key, with bursts, in the memory of this process.
///
/// Keeps one moment a key (generic cell rate algorithm): when the bucket of that key will be full again.
package final class Drossel<Schluessel: Hashable & Sendable>: Sendable {
    private struct Zustand {
        var neu: [Schluessel: UInt64] = [:]
        /// Those of before; who asks again moves over. After a minute none of them says anything any more.
        var alt: [Schluessel: UInt64] = [:]
        var seit: UInt64 = 0
    }

    private static var minute: UInt64 { 60_000_000_000 }

    private let jeMinute: Int
    /// Nanoseconds that one request costs, and all that a key may run up.
    private let kosten: UInt64
    private let vorrat: UInt64
    private let eintraege: Int
    private let zustand = Mutex(Zustand())
    private let jetzt: @Sendable () -> ContinuousClock.Instant
    private let beginn: ContinuousClock.Instant

    /// `eintraege` keys at most are kept; where more come, the oldest start afresh.
    package init(
        jeMinute: Int, eintraege: Int = 65_536, jetzt: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        precondition(jeMinute > 0 && eintraege > 1, "a limit lets something through")
        self.jeMinute = jeMinute
        kosten = Self.minute / UInt64(jeMinute)
        vorrat = kosten * UInt64(jeMinute)
        self.eintraege = eintraege
        (self.jetzt, beginn) = (jetzt, jetzt())
    }

    package func nimm(_ key: Schluessel) -> Drosselstand {
        let passed = (jetzt() - beginn).components
        return nimm(key, bei: UInt64(passed.seconds) * 1_000_000_000 + UInt64(passed.attoseconds / 1_000_000_000))
    }

    /// The same at a moment, in nanoseconds since the beginning.
    package func nimm(_ key: Schluessel, bei jetzt: UInt64) -> Drosselstand {
        let (full, isAllowed) = zustand.withLock { zustand -> (UInt64, Bool) in
            if zustand.neu.count >= eintraege / 2 || jetzt > zustand.seit + Self.minute {
                zustand.alt = zustand.neu
                zustand.neu = [:]
                zustand.seit = jetzt
            }
            let before = max(zustand.neu[key] ?? zustand.alt[key] ?? 0, jetzt)
            guard before + kosten <= jetzt + vorrat else { return (before, false) }
            zustand.neu[key] = before + kosten
            return (before + kosten, true)
        }
        let debt = full - jetzt
        return Drosselstand(
            grenze: jeMinute, rest: isAllowed ? Int((vorrat - min(debt, vorrat)) / kosten) : 0,
            vollIn: Self.sekunden(debt), warte: isAllowed ? 0 : max(1, Self.sekunden(debt + kosten - vorrat)),
            istErlaubt: isAllowed)
    }

    package var anzahl: Int { zustand.withLock { $0.neu.count + $0.alt.count } }

    private static func sekunden(_ nanos: UInt64) -> Int { Int((nanos + 999_999_999) / 1_000_000_000) }
}

/// How far somebody is from the limit.
package struct Drosselstand: Sendable, Equatable {
    package let grenze: Int
    package let rest: Int
    /// Seconds until everything is free again, and until the next request is allowed.
    package let vollIn: Int
    package let warte: Int
    package let istErlaubt: Bool

    /// The usual headers; those of a narrower limit stay.
    func schreibe(in headers: inout HTTPFields) {
        guard headers[.rateLimit] == nil else { return }
        headers[.rateLimit] = "\(grenze)"
        headers[.rateRemaining] = "\(rest)"
        headers[.rateReset] = "\(vollIn)"
    }

    static func problem(_ grenze: Int) -> Problem {
        Problem(
            .tooManyRequests, "Zu viele Anfragen",
            "Mehr als \(Zahl.deutsch(grenze)) Anfragen in der Minute nimmt der Server von einer Stelle nicht an. Diese wurde nicht ausgeführt.",
            rat: "Bitte warten Sie einen Augenblick und versuchen Sie es noch einmal.")
    }
}

extension HTTPField.Name {
    static let rateLimit = HTTPField.Name("RateLimit-Limit") ?? .server
    static let rateRemaining = HTTPField.Name("RateLimit-Remaining") ?? .server
    static let rateReset = HTTPField.Name("RateLimit-Reset") ?? .server
}
