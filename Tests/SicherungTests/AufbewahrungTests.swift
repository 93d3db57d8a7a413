import Foundation
import Kernel
import TestKit
import Testing

@testable import Sicherung

/// Which backups stay, and the one form of JSON.
@Suite struct AufbewahrungTests {
    /// Names of backups at noon of so many days, the last one on 22 November 2026.
    private func namen(tage: Int) -> [String] {
        (0..<tage).map { Aufbewahrung.name(am: Welt.jetzt.plus(sekunden: -86_400 * $0)) }
    }

    @Test func `the newest of each of the last days, weeks and months stay`() throws {
        let regel = try #require(Aufbewahrung("14,8,12"))
        let names = namen(tage: 800)
        #expect(names[0] == "leitstand-2026-11-22T090000Z.sicherung")
        let gone = Set(regel.ueberzaehlig(names.shuffled()))
        let kept = names.filter { !gone.contains($0) }
        #expect(kept.prefix(14).elementsEqual(names.prefix(14)), "die letzten 14 Tage")
        // Eight Sundays, of which two are among the days, and the last days of eleven months before this one.
        #expect(kept.contains("leitstand-2026-11-01T090000Z.sicherung"))
        #expect(kept.contains("leitstand-2026-10-31T090000Z.sicherung"))
        #expect(kept.contains("leitstand-2025-12-31T090000Z.sicherung"))
        #expect(!kept.contains("leitstand-2025-11-30T090000Z.sicherung"))
        #expect(kept.count == 14 + 6 + 11)
        #expect(regel.ueberzaehlig(kept).isEmpty, "zweimal dasselbe ändert nichts")
    }

    @Test func `of several backups of a day the newest stays, and other files are never touched`() throws {
        let regel = try #require(Aufbewahrung("1,0,0"))
        let names = [
            "leitstand-2026-11-22T010000Z.sicherung", "leitstand-2026-11-22T020000Z.sicherung", "wichtig.sicherung",
            "leitstand-2026-11-21T010000Z.sicherung.teil", "leitstand-2026-13-21T010000Z.sicherung", "leitstand.sqlite",
            "leitstand-2026-11-21Tabcdefx.sicherung",
        ]
        #expect(regel.ueberzaehlig(names) == ["leitstand-2026-11-22T010000Z.sicherung"])
    }

    @Test(arguments: ["", "14", "14,8", "0,8,12", "-1,8,12", "14,8,12,1", "a,b,c", "14,,12"])
    func `a rule that would keep nothing or says something else is none`(text: String) {
        #expect(Aufbewahrung(text) == nil)
    }

    @Test(arguments: [
        (#"{"b": 1, "a" : [true,null , -1.5e3]}"#, #"{"a":[true,null,-1.5e3],"b":1}"#),
        (#"  "ä\u00e4\ud83e\uddab\n\/" "#, "\"ää🦫\\u000a/\""), ("{}", "{}"), ("[ ]", "[]"),
        (#"{"a":1,"a":2}"#, #"{"a":2}"#),
    ])
    func `equal JSON has one form`(text: String, form: String) {
        #expect(JSONKanon.bytes(of: text).map { String(decoding: $0, as: UTF8.self) } == form)
    }

    @Test(arguments: ["", "{", "[1", #"{"a"}"#, #""\ud83e""#, "1 2", #"{"a":}"#, String(repeating: "[", count: 5_000)])
    func `what is not JSON has none`(text: String) {
        #expect(JSONKanon.bytes(of: text) == nil)
    }
}
