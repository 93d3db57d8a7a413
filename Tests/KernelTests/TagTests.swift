import Foundation
import Storage
import Testing

@testable import Kernel

@Suite struct TagTests {
    @Test func `only days of the calendar from 1800 to 2999 exist`() {
        #expect(Tag(jahr: 2024, monat: 2, tag: 29)?.iso == "2024-02-29")
        #expect(Tag(jahr: 2000, monat: 2, tag: 29) != nil)
        #expect(Tag(jahr: 1900, monat: 2, tag: 29) == nil)
        #expect(Tag(jahr: 2026, monat: 4, tag: 31) == nil)
        #expect(Tag(jahr: 2026, monat: 13, tag: 1) == nil)
        #expect(Tag(jahr: 2026, monat: 1, tag: 0) == nil)
        #expect(Tag(jahr: 1799, monat: 12, tag: 31) == nil)
        #expect(Tag(jahr: 3000, monat: 1, tag: 1) == nil)
    }

    @Test(arguments: ["2026-12-31", "31.12.2026", "31.12.26", "20261231", " 31. 12. 2026 "])
    func `a day is understood as people type it`(text: String) {
        #expect(Tag(getippt: text)?.iso == "2026-12-31")
    }

    @Test func `single digits are understood between points`() {
        #expect(Tag(getippt: "1.2.2026")?.deutsch == "01.02.2026")
    }

    @Test(arguments: [
        "", "morgen", "31.2.2026", "2026-2-1", "1.2", "1.2.026", "1.2.3.2026", "2026-12-31T00:00", "-1.2.2026",
        "１.2.2026",
        "2026.12.31", "99999999999999999999",
    ])
    func `what names no day is refused`(text: String) {
        #expect(Tag(getippt: text) == nil)
    }

    @Test func `only the exact form is a day for machines`() {
        #expect(Tag(iso: "2026-01-02") != nil)
        #expect(Tag(iso: "2026-1-02") == nil)
        #expect(Tag(iso: "2026-01-02 ") == nil)
        #expect(Tag(iso: "+026-01-02") == nil)
    }

    @Test func `walking day by day from the first to the last meets every day in order`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        let first = try #require(Tag(jahr: 1800, monat: 1, tag: 1))
        let last = try #require(Tag(jahr: 2999, monat: 12, tag: 31))
        #expect(first.tage(bis: last) == 438_290)
        var day = first
        for step in 0..<438_290 {
            let next = day.plus(tage: 1)
            guard next > day, Tag(jahr: next.jahr, monat: next.monat, tag: next.tagImMonat) == next else {
                Issue.record("after \(day) comes \(next)")
                return
            }
            day = next
            if step % 997 == 0 {
                let date = Date(
                    timeIntervalSince1970: Double(Tag.days(year: day.jahr, month: day.monat, day: day.tagImMonat))
                        * 86_400)
                let parts = calendar.dateComponents([.year, .month, .day], from: date)
                #expect(parts.year == day.jahr && parts.month == day.monat && parts.day == day.tagImMonat)
            }
        }
        #expect(day == last)
        #expect(day.plus(tage: 1) == last && day.plus(tage: .max) == last && day.plus(tage: .min) == first)
    }

    @Test func `a day survives the database as text`() throws {
        let day = try #require(Tag(iso: "2026-02-01"))
        #expect(day.sqlValue == .text("2026-02-01"))
        #expect(Tag(sqlValue: day.sqlValue) == day)
        #expect(Tag(sqlValue: .text("2026-02-30")) == nil)
    }
}
