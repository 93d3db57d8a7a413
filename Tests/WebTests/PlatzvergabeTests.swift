import Synchronization
import TestKit
import Testing

@testable import Web

@Suite struct PlatzvergabeTests {
    private struct Anfrage {
        let nummer: UInt64
        let route: String
    }

    @Test(arguments: 1...60)
    func `never more than allowed work, the queue stays bounded, and nobody is passed over`(_ seed: UInt64) {
        var zufall = Zufall(seed)
        let (plaetze, jeRoute) = (Int.random(in: 1...12, using: &zufall), Int.random(in: 1...6, using: &zufall))
        let (schlange, schlangeJeRoute) = (
            Int.random(in: 0...20, using: &zufall), Int.random(in: 0...20, using: &zufall)
        )
        var vergabe = Platzvergabe(
            plaetze: plaetze, jeRoute: jeRoute, schlange: schlange, schlangeJeRoute: schlangeJeRoute)
        var arbeit: [Anfrage] = []
        var wartend: [Anfrage] = []
        let routen = ["a", "b", "c"]

        func beginne(_ nummern: [UInt64]) {
            for nummer in nummern {
                guard let index = wartend.firstIndex(where: { $0.nummer == nummer }) else {
                    Issue.record("Saat \(seed): \(nummer) wartete nicht")
                    continue
                }
                let next = wartend.remove(at: index)
                let older = wartend.first {
                    $0.route == next.route && $0.nummer < next.nummer
                }
                #expect(older == nil, "Saat \(seed): auf derselben Route war jemand früher da")
                arbeit.append(next)
            }
        }

        for nummer in UInt64(1)...600 {
            switch Int.random(in: 0..<10, using: &zufall) {
            case 0..<5:
                let route = routen[Int.random(in: 0..<3, using: &zufall)]
                let neu = Anfrage(nummer: nummer, route: route)
                switch vergabe.anfrage(nummer, route, bis: .seconds(Int.random(in: 0...100, using: &zufall))) {
                case .sofort: arbeit.append(neu)
                case .warten: wartend.append(neu)
                case .voll:
                    let own = wartend.count { $0.route == route }
                    #expect(wartend.count >= schlange || own >= schlangeJeRoute, "Saat \(seed)")
                }
            case 5..<8 where !arbeit.isEmpty:
                let done = arbeit.remove(at: Int.random(in: 0..<arbeit.count, using: &zufall))
                beginne(vergabe.fertig(done.route))
            case 8 where !wartend.isEmpty:
                let gone = wartend.remove(at: Int.random(in: 0..<wartend.count, using: &zufall))
                let (first, again) = (
                    vergabe.gibAuf(gone.nummer, gone.route), vergabe.gibAuf(gone.nummer, gone.route)
                )
                #expect(first && !again, "Saat \(seed)")
            default: break
            }
            #expect(arbeit.count <= plaetze, "Saat \(seed)")
            #expect(vergabe.inArbeit == arbeit.count && vergabe.wartende == wartend.count, "Saat \(seed)")
            #expect(wartend.count <= schlange, "Saat \(seed)")
            for route in routen {
                let own = arbeit.count { $0.route == route }
                #expect(own <= jeRoute && own == vergabe.inArbeit(route), "Saat \(seed)")
                let isIdle = arbeit.count < plaetze && own < jeRoute && wartend.contains { $0.route == route }
                #expect(!isIdle, "Saat \(seed): ein Platz ist frei, und doch wartet jemand")
            }
        }
        // In the end everybody had a turn.
        while !arbeit.isEmpty { beginne(vergabe.fertig(arbeit.removeFirst().route)) }
        #expect(wartend.isEmpty && vergabe.wartende == 0 && vergabe.inArbeit == 0, "Saat \(seed)")
    }

    @Test func `who waited longest is next, but a full route lets the others pass`() {
        var vergabe = Platzvergabe(plaetze: 3, jeRoute: 2, schlange: 9, schlangeJeRoute: 9)
        let answers = [(1, "voll"), (2, "voll"), (3, "voll"), (4, "andere"), (5, "andere")].map {
            vergabe.anfrage($0.0, $0.1, bis: .seconds(9))
        }
        #expect(answers == [.sofort, .sofort, .warten, .sofort, .warten])
        let (first, second) = (vergabe.fertig("andere"), vergabe.fertig("voll"))
        #expect(first == [5] && second == [3])
    }

    @Test func `whose time is over leaves the queue, the others stay`() {
        var vergabe = Platzvergabe(plaetze: 1, jeRoute: 1, schlange: 9, schlangeJeRoute: 9)
        _ = vergabe.anfrage(1, "a", bis: .seconds(1))
        _ = vergabe.anfrage(2, "a", bis: .seconds(2))
        _ = vergabe.anfrage(3, "b", bis: .seconds(3))
        let (early, late) = (vergabe.abgelaufen(.seconds(1)), vergabe.abgelaufen(.seconds(2)))
        #expect(early == [] && late == [2])
        #expect(vergabe.wartende == 1)
        let next = vergabe.fertig("a")
        #expect(next == [3])
    }

    @Test func `a crowd gets its places one after the other, a cancelled one leaves, a late one is sent away`()
        async throws
    {
        let grenze = Anfragegrenze(plaetze: 4, jeRoute: 2, wartezeit: .seconds(60))
        let spitze = Spitze()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<9 {
                group.addTask {
                    do {
                        try await grenze.betritt("a")
                        await spitze.beginnt()
                        try await Task.sleep(for: .milliseconds(2))
                        await spitze.endet()
                        grenze.verlasse("a")
                    } catch { Issue.record(error) }
                }
            }
        }
        #expect(await spitze.hoechste <= 2)
        #expect(grenze.stand == (0, 0))

        try await grenze.betritt("a")
        try await grenze.betritt("a")
        let cancelled = Task { try await grenze.betritt("a") }
        while grenze.stand.wartende == 0 { await Task.yield() }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        #expect(grenze.stand == (2, 0))

        let eilig = Anfragegrenze(plaetze: 1, wartezeit: .zero)
        try await eilig.betritt("a")
        let late = Task { try await eilig.betritt("a") }
        while eilig.stand.wartende == 0 { await Task.yield() }
        eilig.raeume()
        await #expect(throws: Anfragegrenze.Abweisung.gewartet) { try await late.value }
    }

    @Test func `a crowd that signs in waits longer than one that reads`() async throws {
        let uhr = Mutex(ContinuousClock.now)
        let grenze = Anfragegrenze(plaetze: 2, jeRoute: 1, wartezeit: .seconds(2)) { uhr.withLock { $0 } }
        for route in ["/anmelden", "/dinge"] { try await grenze.betritt(route) }
        let reads = Task { try await grenze.betritt("/dinge") }
        let signsIn = Task { try await grenze.betritt("/anmelden") }
        while grenze.stand.wartende < 2 { await Task.yield() }
        uhr.withLock { $0 += .seconds(3) }
        grenze.raeume()
        await #expect(throws: Anfragegrenze.Abweisung.gewartet) { try await reads.value }
        #expect(grenze.stand.wartende == 1)
        grenze.verlasse("/anmelden")
        try await signsIn.value
    }
}

private actor Spitze {
    private var jetzt = 0
    private(set) var hoechste = 0

    func beginnt() {
        jetzt += 1
        hoechste = max(hoechste, jetzt)
    }

    func endet() { jetzt -= 1 }
}
