extension Instant {
    /// The hour that a clock on a wall in Berlin shows, 0 to 23.
    package var stunde: Int {
        let seconds = rawValue / 1000
        let second = (seconds + Instant.berlinOffset(atUTC: seconds)) % 86_400
        return (second < 0 ? second + 86_400 : second) / 3600
    }
}
