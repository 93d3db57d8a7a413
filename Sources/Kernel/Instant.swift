import Glibc
package import Storage

/// A moment in UTC, in milliseconds since 1970; calendars and clocks on the wall are those of Berlin.
package struct Instant: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// The present moment of the machine's clock.
    package static func jetzt() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(rawValue: time.tv_sec * 1000 + time.tv_nsec / 1_000_000)
    }

    /// The moment in UTC as machines exchange it: `2026-11-22T03:15:29.123Z`.
    package var iso: String {
        let (seconds, milliseconds) = Self.divided(rawValue, by: 1000)
        let (days, second) = Self.divided(seconds, by: 86_400)
        let date = Tag.civil(days: days)
        let day = "\(Tag.padded(date.year, 4))-\(Tag.padded(date.month))-\(Tag.padded(date.day))"
        let clock = "\(Tag.padded(second / 3600)):\(Tag.padded(second / 60 % 60)):\(Tag.padded(second % 60))"
        return "\(day)T\(clock).\(Tag.padded(milliseconds, 3))Z"
    }

    /// The calendar day in Berlin.
    package var tag: Tag { Tag(days: Self.divided(berlinSeconds, by: 86_400).quotient) }

    /// The moment as people in Germany read it: `22.11.2026, 04:15 Uhr`.
    package var berlin: String {
        let second = Self.divided(berlinSeconds, by: 86_400).remainder
        return "\(tag.deutsch), \(Tag.padded(second / 3600)):\(Tag.padded(second / 60 % 60)) Uhr"
    }

    /// The moment `sekunden` later; stays at the last representable moment instead of overflowing.
    package func plus(sekunden: Int) -> Instant {
        let (step, tooFar) = sekunden.multipliedReportingOverflow(by: 1000)
        let (sum, overflow) = rawValue.addingReportingOverflow(step)
        guard tooFar || overflow else { return Instant(rawValue: sum) }
        return Instant(rawValue: sekunden < 0 ? .min : .max)
    }

    package static func < (left: Instant, right: Instant) -> Bool { left.rawValue < right.rawValue }

    private var berlinSeconds: Int {
        let seconds = Self.divided(rawValue, by: 1000).quotient
        return seconds + Self.berlinOffset(atUTC: seconds)
    }

    /// Seconds that Berlin is ahead of UTC, by the rule of the European Union in force since 1996: summer time from
    /// the last Sunday of March to the last Sunday of October, both at 01:00 UTC. Earlier moments count as winter time.
    static func berlinOffset(atUTC seconds: Int) -> Int {
        let year = Tag.civil(days: divided(seconds, by: 86_400).quotient).year
        guard year >= 1996 else { return 3600 }
        let begin = lastSunday(year, month: 3) * 86_400 + 3600
        let end = lastSunday(year, month: 10) * 86_400 + 3600
        return seconds >= begin && seconds < end ? 7200 : 3600
    }

    /// Days since 1970 of the last Sunday of a month with 31 days; 1 January 1970 was a Thursday.
    private static func lastSunday(_ year: Int, month: Int) -> Int {
        let last = Tag.days(year: year, month: month, day: 31)
        return last - divided(last + 4, by: 7).remainder
    }

    private static func divided(_ value: Int, by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension Instant: SQLConvertible {
    package var sqlValue: SQLValue { .integer(Int64(rawValue)) }
}
