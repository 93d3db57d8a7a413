import Storage
import TestKit
import Testing

@testable import Suche

/// Lists of places keep what was put into them, and bytes that are no list are refused.
struct WortlisteTests {
    @Test func `a list holds the places it was made of, few or many`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Zufall(seed)
        for umfang in [1, 7, 8, 63, 64, 65, 200, 1_000] {
            for every in [1, 2, 9, 100] {
                let places = (0..<umfang).filter { _ in Int.random(in: 0..<every, using: &random) == 0 }
                let packed = Wortliste.gepackt(places.map(Int32.init), umfang: umfang)
                #expect(packed.count <= umfang / 8 + 2, "seed \(seed): never longer than a bit for each place")
                var set = Treffermenge(umfang: umfang)
                try Wortliste.entpacke(packed, in: &set)
                var found: [Int] = []
                set.durchlaufe {
                    found.append($0)
                    return true
                }
                #expect(found == places && set.anzahl == places.count, "seed \(seed): \(umfang), \(every)")
            }
        }
    }

    @Test func `row numbers come back from their gaps`() throws {
        for numbers in [[], [0], [1 << 54, 1 << 54 + 1, (1 << 55) - 1], [Int64.max]] as [[Int64]] {
            #expect(try Wortliste.nummern(Wortliste.gepackt(nummern: numbers)) == numbers)
        }
    }

    @Test func `bytes that are no list are an error, whatever they are`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Zufall(seed)
        for bytes in [[], [2], [0, 200], [0, 0x80], [0, 5], [1, 0, 0], [0, 4, 0]] as [[UInt8]] {
            var set = Treffermenge(umfang: 5)
            #expect(throws: StorageError.self, "\(bytes)") { try Wortliste.entpacke(bytes, in: &set) }
        }
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            var set = Treffermenge(umfang: 77)
            // Either a set of these places or an error; a trap would end the run.
            try? Wortliste.entpacke(bytes, in: &set)
            #expect(set.anzahl <= 77, "seed \(seed)")
            _ = try? Wortliste.nummern(bytes)
        }
    }
}
