extension Instant {
    /// The hour that a clock on a wall in Berlin shows, 0 to 23.
    package var stunde: Int {
        let seconds = rawValue / 1000
        let second = (seconds + Instant.berlinOffset(atUTC: seconds)) % 86_400
        return (second < 0 ? second + 86_400 : second) / 3600
    }
}

extension Tag {
    /// The moment at which clocks in Berlin show this time on this day; in the hour that does not exist in spring, the
    /// one an hour later, and of the two in autumn the first.
    package func beginn(stunde: Int = 0, minute: Int = 0) -> Instant {
        let local = Tag.days(year: jahr, month: monat, day: tagImMonat) * 86_400 + stunde * 3_600 + minute * 60
        let summer = local - 7_200
        let seconds = Instant.berlinOffset(atUTC: summer) == 7_200 ? summer : local - 3_600
        return Instant(rawValue: seconds * 1_000)
    }
}
