import Foundation
import Kernel
import Storage
import TestKit
import Testing

@testable import Verzeichnis

/// Rules that simplified boundaries keep, whatever the map.
@Suite(.timeLimit(.minutes(15))) struct VereinfachungTests {
    private func satz(_ seed: UInt64) throws -> (roh: Topologie, satz: Grenzsatz) {
        let roh = try Topologiedatei.read(Array(Grenzbau.zufall(seed).json.utf8))
        return (roh, Grenzsatz(roh))
    }

    /// What a reader of the database sees of a set on one level.
    private struct Ansicht {
        let linien: [[Gitterpunkt]]
        let flaechen: [String: [[Grenzring]]]

        init(_ satz: Grenzsatz, _ stufe: Int) throws {
            linien = try satz.linien.map { try Grenzcode.punkte($0, stufe: stufe) }
            flaechen = try Dictionary(
                uniqueKeysWithValues: satz.grenzen.map {
                    ($0.schluessel, try Grenzcode.flaechen($0.flaechen, stufe: stufe))
                })
        }

        func zug(_ signed: Int) -> [Gitterpunkt] { signed < 0 ? linien[~signed].reversed() : linien[signed] }

        func punkte(_ ring: Grenzring) -> [Gitterpunkt] { ring.linien.flatMap { zug($0).dropFirst() } }
    }

    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func `no place is lost, each ring closes and keeps its sense, and lines do not cross`(seed: UInt64) throws {
        let (roh, satz) = try satz(seed)
        for stufe in Topologie.stufen {
            let view = try Ansicht(satz, stufe)
            for form in roh.formen {
                let areas = try #require(view.flaechen[form.schluessel])
                #expect(!areas.isEmpty, "seed \(seed), level \(stufe): \(form.schluessel) is lost")
                for ring in areas.joined() {
                    for (index, line) in ring.linien.enumerated() {
                        let next = ring.linien[(index + 1) % ring.linien.count]
                        #expect(view.zug(line).last == view.zug(next).first, "seed \(seed), level \(stufe)")
                    }
                    let points = view.punkte(ring)
                    let whole = Topologie.flaeche(roh.punkte(ring) { _, _ in true })
                    #expect(Set(points).count >= 3, "seed \(seed), level \(stufe): fewer than four points with the end")
                    #expect(Topologie.flaeche(points).signum() == whole.signum(), "seed \(seed), level \(stufe)")
                }
            }
            let lines = zip(roh.linien, view.linien).map {
                Topologie.Linie(punkte: $1, von: $0.von, bis: $0.bis)
            }
            let all = lines.map { [UInt8](repeating: 3, count: $0.punkte.count) }
            // Islands of a level that has dropped them are in nobody's way.
            let drawn = Set(view.flaechen.values.joined().joined().flatMap(\.linien).map { $0 < 0 ? ~$0 : $0 })
            let crossings = Kreuzungen.paare(lines, all, 3).filter {
                drawn.contains($0.eine) && drawn.contains($0.andere)
            }
            #expect(crossings.isEmpty, "seed \(seed), level \(stufe): \(crossings)")
        }
    }

    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func `a coarser level is a part of the finer one, with the same ends`(seed: UInt64) throws {
        let (roh, satz) = try satz(seed)
        var finer = Ansicht?.none
        for stufe in Topologie.stufen {
            let view = try Ansicht(satz, stufe)
            for (number, line) in view.linien.enumerated() {
                let before = finer?.linien[number] ?? roh.linien[number].punkte
                var rest = before[...]
                for point in line {
                    let found = try #require(rest.firstIndex(of: point), "seed \(seed), level \(stufe)")
                    rest = rest[(found + 1)...]
                }
                #expect(line.first == before.first && line.last == before.last)
            }
            for (key, areas) in view.flaechen {
                let before = finer?.flaechen[key] ?? roh.formen.first { $0.schluessel == key }?.flaechen ?? []
                let known = Set(before.joined().map(\.linien))
                #expect(areas.joined().allSatisfy { known.contains($0.linien) })
            }
            finer = view
        }
    }

    @Test(arguments: 1...60 as ClosedRange<UInt64>)
    func `neighbours keep sharing their lines, so no gap opens between them`(seed: UInt64) throws {
        let (roh, satz) = try satz(seed)
        for stufe in Topologie.stufen {
            let view = try Ansicht(satz, stufe)
            var uses = [Int](repeating: 0, count: roh.linien.count)
            var (inner, outer) = (0, 0)
            for rings in view.flaechen.values.joined() {
                for ring in rings {
                    inner += Topologie.flaeche(view.punkte(ring))
                    for line in ring.linien { uses[line < 0 ? ~line : line] += 1 }
                }
            }
            for line in roh.linien.indices where roh.linien[line].von != roh.linien[line].bis {
                #expect(uses[line] == 2, "seed \(seed), level \(stufe): only one side still has line \(line)")
            }
            // What lies inside all places is what lies inside their common outer edge.
            for ring in view.flaechen.values.joined().joined() {
                for signed in ring.linien where uses[signed < 0 ? ~signed : signed] == 1 {
                    let line = view.zug(signed)
                    for (a, b) in zip(line, line.dropFirst()) { outer += a.x * b.y - b.x * a.y }
                }
            }
            #expect(inner == outer, "seed \(seed), level \(stufe)")
        }
    }

    @Test func `an island between others keeps its form only as long as the level can show it`() throws {
        var bau = Grenzbau.karte([["05515000"]])
        let corners = [(750_000, 5_200_000), (750_300, 5_200_000), (750_300, 5_200_300), (750_000, 5_200_000)]
        bau.add("05515000", [[bau.linie(corners.map { Gitterpunkt($0.0, $0.1) })]])
        let satz = Grenzsatz(try Topologiedatei.read(Array(bau.json.utf8)))
        // Half of 300 by 300 units are 0.035 km²: above 1 ha, below 0.5 km².
        for (stufe, count) in [(1, 2), (2, 1), (3, 1)] {
            #expect(try Grenzcode.flaechen(satz.grenzen[0].flaechen, stufe: stufe).count == count, "\(stufe)")
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `lines that cross in the file itself are simplified all the same, and soon`() throws {
        var generator = Zufall(7)
        var bau = Grenzbau()
        for place in 0..<2 {
            // A way of many steps that runs through itself and through that of the other place.
            var points = (0..<3_000).map { step in
                Gitterpunkt(
                    700_000 + step * 10 + Int.random(in: -40...40, using: &generator),
                    5_200_000 + place * 20 + Int.random(in: -40...40, using: &generator))
            }
            points += [Gitterpunkt(730_000, 5_220_000), Gitterpunkt(700_000, 5_220_000), points[0]]
            bau.add("0500000\(place)", [[bau.linie(points)]])
        }
        let satz = Grenzsatz(try Topologiedatei.read(Array(bau.json.utf8)))
        let points = try satz.linien.map { try Grenzcode.punkte($0, stufe: 3).count }
        #expect(points.allSatisfy { (4..<100).contains($0) }, "\(points)")
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `numbers come back from their bytes, and broken bytes are an error`(seed: UInt64) throws {
        var generator = Zufall(seed)
        let points = (0..<Int.random(in: 2...50, using: &generator)).map { _ in
            Gitterpunkt(
                Int.random(in: -2_000_000...2_000_000, using: &generator),
                Int.random(in: -9_000_000...9_000_000, using: &generator))
        }
        let levels = points.map { _ in UInt8.random(in: 0...3, using: &generator) }
        let blob = Grenzcode.linie(points, levels)
        for stufe in Topologie.stufen {
            let expected = zip(points, levels).filter { Int($1) >= stufe }.map(\.0)
            #expect(try Grenzcode.punkte(blob, stufe: stufe) == expected, "seed \(seed)")
        }
        let rings = [[Grenzring(linien: [0, ~5, 1_000_000], stufe: 3)], [Grenzring(linien: [~0], stufe: 2)]]
        let shape = Grenzcode.flaechen(rings)
        #expect(try Grenzcode.flaechen(shape, stufe: 1) == rings)
        #expect(try Grenzcode.flaechen(shape, stufe: 3) == [rings[0]])
        for length in 0..<shape.bytes.count {
            #expect(throws: StorageError.self) {
                try Grenzcode.flaechen(Blob(Array(shape.bytes.prefix(length))), stufe: 1)
            }
        }
        #expect(throws: StorageError.self) { try Grenzcode.punkte(Blob([0xFF, 0xFF]), stufe: 1) }
    }
}
