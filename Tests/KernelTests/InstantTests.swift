import Foundation
import Storage
import TestKit
import Testing

@testable import Kernel

@Suite struct InstantTests {
    private let moment = Instant(rawValue: 1_795_317_329_123)

    @Test func `an instant is written in UTC for machines and in Berlin time for people`() {
        #expect(moment.iso == "2026-11-22T03:15:29.123Z")
        #expect(moment.berlin == "22.11.2026, 04:15 Uhr")
        #expect(Instant(rawValue: -1).iso == "1969-12-31T23:59:59.999Z")
    }

    @Test func `the day is that of Berlin, not of UTC`() {
        #expect(Instant(rawValue: 1_782_858_600_000).iso == "2026-06-30T22:30:00.000Z")
        #expect(Instant(rawValue: 1_782_858_600_000).tag.iso == "2026-07-01")
    }

    @Test func `the offset of Berlin agrees with Foundation from 1996 to 2037`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Zufall(seed)
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        var seconds = (0..<20_000).map { _ in Int.random(in: 820_454_400..<2_145_916_800, using: &random) }
        for year in 1996...2037 {
            for month in [3, 10] {
                // Every hour of the last week of both months, and the second before and after it.
                let start = Tag.days(year: year, month: month, day: 24) * 86_400
                seconds += (0..<192).flatMap { [start + $0 * 3600 - 1, start + $0 * 3600] }
            }
        }
        let wrong = seconds.filter {
            Instant.berlinOffset(atUTC: $0) != berlin.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0)))
        }
        #expect(wrong.isEmpty, "seed \(seed), \(wrong.prefix(3))")
    }

    @Test func `seconds can be added and never overflow`() {
        #expect(moment.plus(sekunden: 60).rawValue == moment.rawValue + 60_000)
        #expect(moment.plus(sekunden: .max).rawValue == .max)
        #expect(moment.plus(sekunden: .min).rawValue == .min)
    }

    @Test(arguments: [Int.min, .max, 0, -62_135_596_800_000])
    func `every instant has a text and a day`(value: Int) {
        let instant = Instant(rawValue: value)
        #expect(!instant.iso.isEmpty && !instant.berlin.isEmpty)
        #expect((1800...2999).contains(instant.tag.jahr))
    }

    @Test func `an instant survives the database`() {
        #expect(moment.sqlValue == .integer(1_795_317_329_123))
        #expect(Instant(sqlValue: moment.sqlValue) == moment)
        #expect(Instant(sqlValue: .null) == nil)
    }

    @Test func `now is later than this code and earlier than the year 2200`() {
        #expect(Instant.jetzt().rawValue > 1_700_000_000_000)
        #expect(Instant.jetzt().tag.jahr < 2200)
    }
}
