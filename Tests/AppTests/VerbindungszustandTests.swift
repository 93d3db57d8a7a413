import NIOCore
import Testing

@testable import App

/// The rules of a connection, with a clock that the test turns.
@Suite struct VerbindungszustandTests {
    private static let grenzen = Netzgrenzen()

    private static func s(_ seconds: Double) -> NIODeadline {
        .uptimeNanoseconds(1_000_000_000_000 + UInt64(seconds * 1_000_000_000))
    }

    /// The first of the seconds up to `bis` at which the connection would be closed.
    private func ende(
        _ zustand: Verbindungszustand, ab: Int = 1, bis: Int = 400, ausstehend: Int = 0,
        _ each: (inout Verbindungszustand, Int) -> Void = { _, _ in }
    ) -> (sekunde: Int, grund: Verbindungszustand.Grund)? {
        var zustand = zustand
        for second in ab...bis {
            each(&zustand, second)
            if let grund = zustand.pruefe(Self.grenzen, ausstehend: ausstehend, Self.s(Double(second))) {
                return (second, grund)
            }
        }
        return nil
    }

    @Test func `a connection without a request ends after a minute, one that is used does not`() throws {
        let neu = Verbindungszustand(Self.s(0))
        #expect(try #require(ende(neu)) == (61, .leerlauf))
        let benutzt = ende(neu, bis: 300) { zustand, second in
            guard second % 50 == 0 else { return }
            zustand.gelesen(100, Self.s(Double(second)))
            zustand.kopfFertig(bleibt: true, Self.s(Double(second)))
            zustand.koerperFertig()
            zustand.antwortBeginnt()
            _ = zustand.antwortFertig(Self.s(Double(second)))
        }
        #expect(benutzt == nil)
    }

    @Test func `a head that drips is cut off when its time is over, however often a byte comes`() throws {
        let end = ende(Verbindungszustand(Self.s(0))) { zustand, second in
            zustand.gelesen(1, Self.s(Double(second)))
        }
        #expect(try #require(end) == (17, .kopf))
    }

    @Test func `a body has twenty seconds and more for each 4 KB that came`() throws {
        var zustand = Verbindungszustand(Self.s(0))
        zustand.gelesen(100, Self.s(0))
        zustand.kopfFertig(bleibt: true, Self.s(0))
        #expect(try #require(ende(zustand)) == (21, .koerper))
        let tropfen = ende(zustand) { zustand, second in zustand.gelesen(100, Self.s(Double(second))) }
        #expect(try #require(tropfen) == (21, .koerper))
        #expect(ende(zustand) { zustand, second in zustand.gelesen(5_000, Self.s(Double(second))) } == nil)
    }

    private static func imKoerper() -> Verbindungszustand {
        var zustand = Verbindungszustand(s(0))
        zustand.gelesen(100, s(0))
        zustand.kopfFertig(bleibt: true, s(0))
        return zustand
    }

    @Test func `200 MB arrive over a slow line, also with pauses`() {
        // 10 KB a second and now and then half a minute nothing, for almost six hours.
        let end = ende(Self.imKoerper(), bis: 21_000) { zustand, second in
            if second % 600 > 30 || second < 600 { zustand.gelesen(10_000, Self.s(Double(second))) }
        }
        #expect(end == nil)
    }

    @Test func `who sent a lot at once and then drips is cut off after a minute`() throws {
        for drop in [0, 1, 1_000] {
            var zustand = Self.imKoerper()
            zustand.gelesen(200_000_000, Self.s(0.5))
            let end = try #require(
                ende(zustand, bis: 200) { zustand, second in
                    if drop > 0 { zustand.gelesen(drop, Self.s(Double(second))) }
                })
            #expect(end.grund == .koerper)
            #expect((61...90).contains(end.sekunde), "\(drop): \(end.sekunde)")
        }
    }

    @Test func `what still comes of a body after its answer has five minutes`() throws {
        var zustand = Self.imKoerper()
        zustand.antwortBeginnt()
        _ = zustand.antwortFertig(Self.s(1))
        let end = ende(zustand, bis: 400) { zustand, second in zustand.gelesen(1_000_000, Self.s(Double(second))) }
        #expect(try #require(end) == (302, .koerper))
    }

    @Test func `while the server does not read, the sender of a body is not late`() throws {
        var zustand = Verbindungszustand(Self.s(0))
        zustand.gelesen(100, Self.s(0))
        zustand.kopfFertig(bleibt: true, Self.s(0))
        let end = ende(zustand) { zustand, second in zustand.liest(second > 100) }
        #expect(try #require(end) == (121, .koerper))
    }

    @Test func `an answer that nobody takes is broken off, one that is taken slowly is not`() throws {
        var zustand = Verbindungszustand(Self.s(0))
        zustand.gelesen(100, Self.s(0))
        zustand.kopfFertig(bleibt: true, Self.s(0))
        zustand.koerperFertig()
        zustand.antwortBeginnt()
        zustand.geschrieben(1_000_000, Self.s(0))
        _ = zustand.antwortFertig(Self.s(0))
        #expect(try #require(ende(zustand, ausstehend: 900_000)) == (32, .abnahme))
        for second in 1...300 {
            let left = 1_000_000 - second / 20 * 40_000
            #expect(zustand.pruefe(Self.grenzen, ausstehend: left, Self.s(Double(second))) == nil, "\(second)")
        }
    }

    @Test func `a request in work may take as long as it takes`() {
        var zustand = Verbindungszustand(Self.s(0))
        zustand.gelesen(100, Self.s(0))
        zustand.kopfFertig(bleibt: true, Self.s(0))
        zustand.koerperFertig()
        #expect(ende(zustand, bis: 1_000) == nil)
    }

    @Test func `after the last answer the connection is to be closed`() {
        var zustand = Verbindungszustand(Self.s(0))
        zustand.kopfFertig(bleibt: false, Self.s(0))
        zustand.koerperFertig()
        #expect(zustand.letzteAntwort)
        let isLast = zustand.antwortFertig(Self.s(1))
        #expect(isLast)
        var bleibt = Verbindungszustand(Self.s(0))
        bleibt.kopfFertig(bleibt: true, Self.s(0))
        bleibt.verabschiede()
        let isLastToo = bleibt.antwortFertig(Self.s(1))
        #expect(isLastToo)
    }

    @Test func `when the server stops, what began may end, but not for ever, and nothing new begins`() throws {
        var zustand = Verbindungszustand(Self.s(0))
        zustand.gelesen(100, Self.s(0))
        var halb = zustand
        halb.verabschiede(bis: Self.s(8))
        #expect(try #require(ende(halb)) == (1, .ende))
        zustand.kopfFertig(bleibt: true, Self.s(0))
        zustand.koerperFertig()
        zustand.verabschiede(bis: Self.s(8))
        #expect(try #require(ende(zustand)) == (9, .ende))
    }
}
