/// Finds lines that cross, by a grid of cells in which only neighbours are compared.
enum Kreuzungen {
    /// Two lines by number, the smaller one first.
    struct Paar: Hashable {
        let eine: Int
        let andere: Int
    }

    private struct Strecke {
        let a: Gitterpunkt
        let b: Gitterpunkt
        let linie: Int
    }

    /// About five kilometres: most segments lie in one or two cells.
    private static let zelle = 5_000

    /// Pairs of lines that have a point in common which is no end of both, on one level.
    static func paare(_ linien: [Topologie.Linie], _ stufen: [[UInt8]], _ stufe: Int) -> [Paar] {
        var segments: [Strecke] = []
        var frame = Rahmen()
        for (number, line) in linien.enumerated() {
            var last: Gitterpunkt?
            for (index, point) in line.punkte.enumerated() where stufen[number][index] >= stufe {
                frame.umfasse(point)
                if let last, last != point { segments.append(Strecke(a: last, b: point, linie: number)) }
                last = point
            }
        }
        guard frame.west <= frame.ost else { return [] }
        let width = (frame.ost - frame.west) / zelle + 1
        func cells(_ s: Strecke) -> (x: ClosedRange<Int>, y: ClosedRange<Int>) {
            let x = [(s.a.x - frame.west) / zelle, (s.b.x - frame.west) / zelle]
            let y = [(s.a.y - frame.sued) / zelle, (s.b.y - frame.sued) / zelle]
            return (min(x[0], x[1])...max(x[0], x[1]), min(y[0], y[1])...max(y[0], y[1]))
        }
        var content: [Int: [Int]] = [:]
        var found: [Paar] = []
        for (index, segment) in segments.enumerated() {
            let range = cells(segment)
            var compared: Set<Int> = []
            for x in range.x {
                for y in range.y {
                    for other in content[y * width + x, default: []]
                    where kreuzen(segment, segments[other]) && compared.insert(other).inserted {
                        found.append(Paar(eine: segments[other].linie, andere: segment.linie))
                    }
                    content[y * width + x, default: []].append(index)
                }
            }
        }
        return found
    }

    private static func kreuzen(_ s: Strecke, _ t: Strecke) -> Bool {
        guard max(s.a.x, s.b.x) >= min(t.a.x, t.b.x), max(t.a.x, t.b.x) >= min(s.a.x, s.b.x),
            max(s.a.y, s.b.y) >= min(t.a.y, t.b.y), max(t.a.y, t.b.y) >= min(s.a.y, s.b.y)
        else { return false }
        // Two lines between the same ends lie on each other.
        if (s.a == t.a && s.b == t.b) || (s.a == t.b && s.b == t.a) { return true }
        if s.a == t.a || s.a == t.b || s.b == t.a || s.b == t.b { return false }
        return Gitterpunkt.kreuz(s.a, s.b, t.a).signum() != Gitterpunkt.kreuz(s.a, s.b, t.b).signum()
            && Gitterpunkt.kreuz(t.a, t.b, s.a).signum() != Gitterpunkt.kreuz(t.a, t.b, s.b).signum()
    }
}
