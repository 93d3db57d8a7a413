package import Storage

/// A day of the calendar without a clock, from 1800 to 2999; stored and exchanged as `YYYY-MM-DD`.
package struct Tag: Hashable, Comparable, Sendable {
    /// Year, month and day as the digits YYYYMMDD, so that comparing needs one instruction.
    private let digits: Int32

    /// Nil when the calendar has no such day or the year is outside 1800 to 2999.
    package init?(jahr: Int, monat: Int, tag: Int) {
        guard (1800...2999).contains(jahr), (1...12).contains(monat), tag >= 1, tag <= Self.length(jahr, monat) else {
            return nil
        }
        digits = Int32(jahr * 10_000 + monat * 100 + tag)
    }

    /// Nil unless the text is exactly `YYYY-MM-DD` and names a day of the calendar.
    package init?(iso: String) {
        let bytes = Array(iso.utf8.prefix(11))
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]),
            let day = Self.number(bytes[8..<10])
        else { return nil }
        self.init(jahr: year, monat: month, tag: day)
    }

    /// Reads what people type: `2026-12-31`, `31.12.2026`, `1.2.2026`, `31.12.26` (of this century), `20261231`.
    package init?(getippt: String) {
        var text = getippt.utf8.prefix(40)[...]
        while text.first == UInt8(ascii: " ") { text = text.dropFirst() }
        while text.last == UInt8(ascii: " ") { text = text.dropLast() }
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if parts.count == 3 {
            let trimmed = parts.map { $0.drop { $0 == UInt8(ascii: " ") } }
            guard (1...2).contains(trimmed[0].count), (1...2).contains(trimmed[1].count),
                trimmed[2].count == 2 || trimmed[2].count == 4,
                let day = Self.number(trimmed[0]), let month = Self.number(trimmed[1]),
                let year = Self.number(trimmed[2])
            else { return nil }
            self.init(jahr: trimmed[2].count == 2 ? 2000 + year : year, monat: month, tag: day)
        } else if text.count == 8, let number = Self.number(text) {
            self.init(jahr: number / 10_000, monat: number / 100 % 100, tag: number % 100)
        } else {
            self.init(iso: String(Substring(text)))
        }
    }

    package var jahr: Int { Int(digits) / 10_000 }
    package var monat: Int { Int(digits) / 100 % 100 }
    package var tagImMonat: Int { Int(digits) % 100 }

    /// The day as `2026-12-31`.
    package var iso: String { "\(Self.padded(jahr, 4))-\(Self.padded(monat))-\(Self.padded(tagImMonat))" }

    /// The day as `31.12.2026`.
    package var deutsch: String { "\(Self.padded(tagImMonat)).\(Self.padded(monat)).\(jahr)" }

    /// The day so many days later or, negative, earlier; stays at the first or last day that a `Tag` can name.
    package func plus(tage: Int) -> Tag {
        let (sum, overflow) = days.addingReportingOverflow(tage)
        return Tag(days: overflow ? (tage < 0 ? .min : .max) : sum)
    }

    /// How many days `other` is later than this one; negative when it is earlier.
    package func tage(bis other: Tag) -> Int { other.days - days }

    /// The day that it is in Berlin at `now`.
    package static func heute(_ now: Instant) -> Tag { now.tag }

    package static func < (left: Tag, right: Tag) -> Bool { left.digits < right.digits }
}

extension Tag: SQLConvertible {
    package var sqlValue: SQLValue { .text(iso) }

    package init?(sqlValue: SQLValue) {
        guard case .text(let text) = sqlValue else { return nil }
        self.init(iso: text)
    }
}

extension Tag: CustomStringConvertible {
    package var description: String { iso }
}

/// Arithmetic of the Gregorian calendar, valid for every year: years are counted from 1 March, so that the leap day
/// comes last, and in eras of 400 years, which all have the same length.
extension Tag {
    /// The day `days` after 1 January 1970, or the nearest one that a `Tag` can name.
    init(days: Int) {
        let date = Self.civil(days: min(max(days, Self.first), Self.last))
        digits = Int32(date.year * 10_000 + date.month * 100 + date.day)
    }

    private static let first = days(year: 1800, month: 1, day: 1)
    private static let last = days(year: 2999, month: 12, day: 31)

    private var days: Int { Self.days(year: jahr, month: monat, day: tagImMonat) }

    static func days(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func length(_ year: Int, _ month: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func number(_ bytes: some Collection<UInt8>) -> Int? {
        guard !bytes.isEmpty else { return nil }
        var value = 0
        for byte in bytes {
            guard byte >= 48, byte <= 57 else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        return value
    }

    /// The number with leading zeros up to `width`.
    static func padded(_ number: Int, _ width: Int = 2) -> String {
        let text = String(number)
        return text.utf8.count >= width ? text : String(repeating: "0", count: width - text.utf8.count) + text
    }
}
