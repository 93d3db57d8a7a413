/// A point in hundred-thousandths of a degree (about a metre), so that equal points are equal numbers.
struct Gitterpunkt: Hashable, Sendable {
    let x: Int
    let y: Int

    init(_ x: Int, _ y: Int) { (self.x, self.y) = (x, y) }

    /// Points of the grid in one degree.
    static let jeGrad = 100_000.0

    /// Twice the area of a triangle; positive when the way over the three points turns left.
    static func kreuz(_ a: Gitterpunkt, _ b: Gitterpunkt, _ c: Gitterpunkt) -> Int {
        (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)
    }
}

/// A rectangle of the grid.
struct Rahmen: Equatable, Sendable {
    var west = Int.max
    var sued = Int.max
    var ost = Int.min
    var nord = Int.min

    mutating func umfasse(_ punkt: Gitterpunkt) {
        west = min(west, punkt.x)
        ost = max(ost, punkt.x)
        sued = min(sued, punkt.y)
        nord = max(nord, punkt.y)
    }

    mutating func umfasse(_ other: Rahmen) {
        west = min(west, other.west)
        ost = max(ost, other.ost)
        sued = min(sued, other.sued)
        nord = max(nord, other.nord)
    }
}

/// A closed way over lines. As in TopoJSON a line that is passed backwards is `~number`.
struct Grenzring: Equatable, Sendable {
    var linien: [Int]
    /// The coarsest level that still shows the ring.
    var stufe = Topologie.stufen.upperBound
}

/// What belongs to one place: areas of an outer ring and its holes.
struct Grenzform: Equatable, Sendable {
    let schluessel: String
    var flaechen: [[Grenzring]]
}

/// Places of one kind with the lines they share: a line between two places exists once.
struct Topologie: Sendable {
    /// From the finest to the coarsest.
    static let stufen = 1...3

    struct Linie: Equatable, Sendable {
        var punkte: [Gitterpunkt]
        /// The places on both sides, the smaller key first; equal where only one place is.
        let von: String
        let bis: String
    }

    let ebene: Grenzebene
    /// Sorted by the keys of their sides.
    var linien: [Linie]
    /// Sorted by key.
    var formen: [Grenzform]
    /// Places that the file names without a boundary.
    var leere = 0
    /// Rings without area, which no map can show.
    var ringeOhneFlaeche = 0

    /// The points of a ring without the last, which is the first; `sichtbar` says which points of a line count.
    func punkte(_ ring: Grenzring, sichtbar: (_ linie: Int, _ punkt: Int) -> Bool) -> [Gitterpunkt] {
        var points: [Gitterpunkt] = []
        for signed in ring.linien {
            let number = signed < 0 ? ~signed : signed
            let line = linien[number].punkte
            // The first point of a line is the last of the line before.
            if signed < 0 {
                for index in stride(from: line.count - 2, through: 0, by: -1) where sichtbar(number, index) {
                    points.append(line[index])
                }
            } else {
                for index in 1..<line.count where sichtbar(number, index) { points.append(line[index]) }
            }
        }
        return points
    }

    /// Twice the area of a closed way; its sign is the sense of rotation.
    static func flaeche(_ points: [Gitterpunkt]) -> Int {
        guard var last = points.last else { return 0 }
        var sum = 0
        for point in points {
            sum += last.x * point.y - point.x * last.y
            last = point
        }
        return sum
    }
}
