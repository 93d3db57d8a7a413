/// Says for each point of a line up to which level it is drawn, and for each ring likewise.
///
/// A line is simplified once, so both places on its sides keep sharing it, and a coarse level is always a part of
/// the finer one. Where dropping points would turn a ring over, empty it, or let lines cross, the heaviest of the
/// dropped points come back until it does not.
struct Vereinfachung {
    /// Twice the area of the triangle below which a point goes, in units of the grid: 1 ha, 0.5 km² and 3 km².
    static let schwellen = [10_000, 500_000, 3_000_000].map { Int(2 * $0 / 0.779) }

    /// Per line and point: 0 for one that no level shows, else the coarsest level that does.
    private(set) var stufen: [[UInt8]]
    private let topologie: Topologie
    private var gewichte: [[Int]]
    private var ringe: [Ring] = []
    /// The rings that use a line.
    private var ringeDerLinie: [[Int]]

    private struct Ring {
        let ring: Grenzring
        let imSinn: Int
    }

    /// The topology with the levels of its rings, and the levels of the points of its lines.
    static func von(_ topologie: Topologie) -> (topologie: Topologie, stufen: [[UInt8]]) {
        var topologie = topologie
        lasseInselnWeg(&topologie)
        var work = Vereinfachung(topologie)
        work.bessereNach()
        return (topologie, work.stufen)
    }

    private init(_ topologie: Topologie) {
        self.topologie = topologie
        gewichte = topologie.linien.map { Liniengewicht.von($0.punkte) }
        stufen = gewichte.map { line in
            line.map { weight in UInt8(Vereinfachung.schwellen.reduce(0) { weight >= $1 ? $0 + 1 : $0 }) }
        }
        ringeDerLinie = [[Int]](repeating: [], count: topologie.linien.count)
        for ring in topologie.formen.lazy.flatMap(\.flaechen).joined() {
            for signed in ring.linien { ringeDerLinie[signed < 0 ? ~signed : signed].append(ringe.count) }
            ringe.append(Ring(ring: ring, imSinn: Topologie.flaeche(topologie.punkte(ring) { _, _ in true }).signum()))
        }
    }

    /// An island or hole smaller than the triangles that a level drops goes with them, unless it touches another
    /// place or is the largest part of its own.
    private static func lasseInselnWeg(_ topologie: inout Topologie) {
        for form in topologie.formen.indices {
            let areas = topologie.formen[form].flaechen.map { rings in
                rings.map { abs(Topologie.flaeche(topologie.punkte($0) { _, _ in true })) }
            }
            let largest = areas.indices.max { areas[$0][0] < areas[$1][0] }
            for (index, rings) in topologie.formen[form].flaechen.enumerated() {
                let isAlone = rings.map { ring in
                    ring.linien.allSatisfy { signed in
                        let line = topologie.linien[signed < 0 ? ~signed : signed]
                        return line.von == line.bis
                    }
                }
                for ring in rings.indices {
                    let goes = ring == 0 ? isAlone.allSatisfy { $0 } && index != largest : isAlone[ring]
                    guard goes else { continue }
                    topologie.formen[form].flaechen[index][ring].stufe = max(
                        1, schwellen.reduce(0) { areas[index][ring] >= $1 ? $0 + 1 : $0 })
                }
                // Holes are drawn with their area or not at all.
                let outer = topologie.formen[form].flaechen[index][0].stufe
                for ring in rings.indices {
                    topologie.formen[form].flaechen[index][ring].stufe = min(
                        topologie.formen[form].flaechen[index][ring].stufe, outer)
                }
            }
        }
    }

    private mutating func bessereNach() {
        // What crosses in the file itself, no point that comes back can part.
        let everything = stufen.map { [UInt8](repeating: 1, count: $0.count) }
        let previously = Set(Kreuzungen.paare(topologie.linien, everything, 1))
        var open = Set(ringe.indices)
        var round = 0
        while !open.isEmpty {
            var next: Set<Int> = []
            for ring in open.sorted() {
                for stufe in 1...ringe[ring].ring.stufe {
                    var count = 1
                    while !istGueltig(ringe[ring], stufe) {
                        let lines = hebe(ringe[ring].ring.linien, auf: stufe, anzahl: count)
                        guard !lines.isEmpty else { break }
                        for line in lines { next.formUnion(ringeDerLinie[line]) }
                        count *= 2
                    }
                }
            }
            open = next
            guard open.isEmpty else { continue }
            for stufe in Topologie.stufen.reversed() {
                for pair in Kreuzungen.paare(topologie.linien, stufen, stufe) where !previously.contains(pair) {
                    // Ever more points at a time, so that long lines do not take as many rounds as they have points.
                    for line in hebe([pair.eine, pair.andere], auf: stufe, anzahl: 1 << min(round, 20)) {
                        open.formUnion(ringeDerLinie[line])
                    }
                }
            }
            round += 1
        }
    }

    private func istGueltig(_ ring: Ring, _ stufe: Int) -> Bool {
        let points = topologie.punkte(ring.ring) { stufen[$0][$1] >= stufe }
        return Topologie.flaeche(points).signum() == ring.imSinn
    }

    /// Brings the heaviest dropped points of some lines back to a level and returns the lines it changed.
    private mutating func hebe(_ linien: [Int], auf stufe: Int, anzahl: Int) -> Set<Int> {
        var dropped: [(weight: Int, line: Int, point: Int)] = []
        for line in Set(linien.map { $0 < 0 ? ~$0 : $0 }) {
            for point in stufen[line].indices where stufen[line][point] < stufe {
                dropped.append((gewichte[line][point], line, point))
            }
        }
        // By place too, so that equal weights give the same choice each time.
        dropped.sort { ($0.weight, $1.line, $1.point) > ($1.weight, $0.line, $0.point) }
        for (_, line, point) in dropped.prefix(anzahl) { stufen[line][point] = UInt8(stufe) }
        return Set(dropped.prefix(anzahl).map(\.line))
    }
}
