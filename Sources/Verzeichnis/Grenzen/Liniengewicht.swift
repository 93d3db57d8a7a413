/// How much each point of a line matters: the area of the triangle that its removal would take away
/// (Visvalingam and Whyatt), never less than that of a point removed before it. The ends always matter.
struct Liniengewicht {
    private(set) var gewichte: [Int]
    private let punkte: [Gitterpunkt]
    private var davor: [Int]
    private var danach: [Int]
    /// The triangle that a point in the heap was last entered with; older entries are stale.
    private var aktuell: [Int]
    /// A binary heap, the smallest triangle first.
    private var haufen: [(flaeche: Int, punkt: Int)] = []

    static func von(_ punkte: [Gitterpunkt]) -> [Int] {
        guard punkte.count > 2 else { return [Int](repeating: .max, count: punkte.count) }
        var rechnung = Liniengewicht(punkte)
        rechnung.rechne()
        return rechnung.gewichte
    }

    private init(_ punkte: [Gitterpunkt]) {
        self.punkte = punkte
        gewichte = [Int](repeating: .max, count: punkte.count)
        davor = punkte.indices.map { $0 - 1 }
        danach = punkte.indices.map { $0 + 1 }
        aktuell = [Int](repeating: -1, count: punkte.count)
    }

    private mutating func rechne() {
        for index in 1..<punkte.count - 1 { trageEin(index) }
        var largest = 0
        while let (area, index) = nimmKleinstes() {
            guard aktuell[index] == area else { continue }
            aktuell[index] = -1
            largest = max(largest, area)
            gewichte[index] = largest
            let (before, after) = (davor[index], danach[index])
            danach[before] = after
            davor[after] = before
            if before > 0 { trageEin(before) }
            if after < punkte.count - 1 { trageEin(after) }
        }
    }

    private mutating func trageEin(_ index: Int) {
        let area = abs(Gitterpunkt.kreuz(punkte[davor[index]], punkte[index], punkte[danach[index]]))
        aktuell[index] = area
        haufen.append((area, index))
        var child = haufen.count - 1
        while child > 0, haufen[child] < haufen[(child - 1) / 2] {
            haufen.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func nimmKleinstes() -> (flaeche: Int, punkt: Int)? {
        guard let smallest = haufen.first, let last = haufen.popLast() else { return nil }
        guard !haufen.isEmpty else { return smallest }
        haufen[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < haufen.count && haufen[child] < haufen[least] {
                least = child
            }
            if least == parent { return smallest }
            haufen.swapAt(parent, least)
            parent = least
        }
    }
}
