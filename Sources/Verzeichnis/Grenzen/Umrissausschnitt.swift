import Foundation

/// The part of the map that a drawing shows: degrees in, units of the drawing out.
///
/// The projection keeps north up and scales the degrees of longitude by the cosine of the middle latitude, which is
/// true enough for a Land and smaller.
struct Umrissausschnitt {
    struct Punkt: Equatable {
        var x: Double
        var y: Double
    }

    /// All drawings have one form, so that none leaves empty strips beside it.
    static let breite = 1_000.0
    static let hoehe = 880.0
    /// How far beyond its edge a drawing goes on, so that no line shows where it was cut.
    private static let ueberstand = 12.0

    let rahmen: Rahmen
    private var breite: Double { Umrissausschnitt.breite }
    private var hoehe: Double { Umrissausschnitt.hoehe }
    private let jeLaenge: Double
    private let jeBreite: Double

    /// The frame of a place with a margin in which its neighbours appear.
    init(um ort: Rahmen) {
        let latitude = Double(ort.sued + ort.nord) / 2 / Gitterpunkt.jeGrad
        let narrowing = cos(latitude * .pi / 180)
        let (width, height) = (Double(ort.ost - ort.west) * narrowing, Double(ort.nord - ort.sued))
        // The place takes 70 of 100 parts of the tighter direction; a place without extent gets half a kilometre.
        let scale = 0.7 * min(Umrissausschnitt.breite / max(width, 500), Umrissausschnitt.hoehe / max(height, 500))
        (jeLaenge, jeBreite) = (scale * narrowing, scale)
        let half = (
            x: Int(Umrissausschnitt.breite / scale / narrowing / 2), y: Int(Umrissausschnitt.hoehe / scale / 2)
        )
        let middle = Gitterpunkt((ort.west + ort.ost) / 2, (ort.sued + ort.nord) / 2)
        rahmen = Rahmen(
            west: middle.x - half.x, sued: middle.y - half.y, ost: middle.x + half.x, nord: middle.y + half.y)
    }

    /// What a drawing has to show of a place: all of it, but for small parts far away, for which the rest would shrink.
    static func rahmen(_ teile: [(flaeche: Int, rahmen: Rahmen)]) -> (rahmen: Rahmen, istGanz: Bool) {
        let sorted = teile.sorted { $0.flaeche > $1.flaeche }
        guard let largest = sorted.first else { return (Rahmen(west: 0, sued: 0, ost: 0, nord: 0), true) }
        func extent(_ frame: Rahmen) -> Double {
            max(Double(frame.ost - frame.west) * 0.63, Double(frame.nord - frame.sued))
        }
        var (frame, isWhole) = (largest.rahmen, true)
        for part in sorted.dropFirst() {
            var grown = frame
            grown.umfasse(part.rahmen)
            if part.flaeche < largest.flaeche / 10, extent(grown) > 1.5 * extent(frame) {
                isWhole = false
            } else {
                frame = grown
            }
        }
        return (frame, isWhole)
    }

    private func bild(_ punkt: Gitterpunkt) -> Punkt {
        Punkt(x: Double(punkt.x - rahmen.west) * jeLaenge, y: Double(rahmen.nord - punkt.y) * jeBreite)
    }

    /// A ring in whole units, cut off a little outside the drawing; empty when nothing of it shows.
    func gezeichnet(_ ring: [Gitterpunkt]) -> [Punkt] {
        let over = Umrissausschnitt.ueberstand
        var points = ring.map(bild)
        points = schneide(points) { $0.x + over }
        points = schneide(points) { breite + over - $0.x }
        points = schneide(points) { $0.y + over }
        points = schneide(points) { hoehe + over - $0.y }
        var drawn: [Punkt] = []
        for point in points {
            let whole = Punkt(x: point.x.rounded(), y: point.y.rounded())
            if drawn.last != whole { drawn.append(whole) }
        }
        while drawn.count > 1, drawn.first == drawn.last { drawn.removeLast() }
        return drawn.count < 3 ? [] : drawn
    }

    /// Keeps the part of a ring on the inner side of one edge (Sutherland and Hodgman).
    private func schneide(_ points: [Punkt], _ abstand: (Punkt) -> Double) -> [Punkt] {
        guard var last = points.last else { return [] }
        var kept: [Punkt] = []
        var before = abstand(last)
        for point in points {
            let distance = abstand(point)
            if (distance >= 0) != (before >= 0) {
                let part = before / (before - distance)
                kept.append(Punkt(x: last.x + (point.x - last.x) * part, y: last.y + (point.y - last.y) * part))
            }
            if distance >= 0 { kept.append(point) }
            (last, before) = (point, distance)
        }
        return kept
    }

    /// Where a number fits into some rings: the inner point farthest from every edge, if it is far enough.
    func platz(in ringe: [[Punkt]], radius: Double) -> Punkt? {
        var edges: [(a: Punkt, b: Punkt)] = []
        for ring in ringe {
            guard var last = ring.last else { continue }
            for point in ring {
                edges.append((last, point))
                last = point
            }
        }
        let (xs, ys) = (ringe.joined().map(\.x), ringe.joined().map(\.y))
        guard let left = xs.min(), let right = xs.max(), let top = ys.min(), let bottom = ys.max() else { return nil }
        let range = (
            x: max(left, 0)...max(min(right, breite), 0, left), y: max(top, 0)...max(min(bottom, hoehe), 0, top)
        )
        var best: (punkt: Punkt, abstand: Double)?
        let steps = 10
        for column in 0..<steps {
            for row in 0..<steps {
                let point = Punkt(
                    x: range.x.lowerBound + (range.x.upperBound - range.x.lowerBound) * (Double(column) + 0.5)
                        / Double(steps),
                    y: range.y.lowerBound + (range.y.upperBound - range.y.lowerBound) * (Double(row) + 0.5)
                        / Double(steps))
                var distance = min(point.x, point.y, breite - point.x, hoehe - point.y)
                var isInside = false
                for edge in edges {
                    if distance <= best?.abstand ?? radius { break }
                    distance = min(distance, Umrissausschnitt.abstand(point, edge.a, edge.b))
                }
                guard distance > best?.abstand ?? radius else { continue }
                for edge in edges where (edge.a.y > point.y) != (edge.b.y > point.y) {
                    let x = edge.a.x + (edge.b.x - edge.a.x) * (point.y - edge.a.y) / (edge.b.y - edge.a.y)
                    if point.x < x { isInside.toggle() }
                }
                if isInside { best = (Punkt(x: point.x.rounded(), y: point.y.rounded()), distance) }
            }
        }
        return best?.punkt
    }

    private static func abstand(_ p: Punkt, _ a: Punkt, _ b: Punkt) -> Double {
        let (dx, dy) = (b.x - a.x, b.y - a.y)
        let length = dx * dx + dy * dy
        let part = length == 0 ? 0 : max(0, min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length))
        return hypot(p.x - a.x - part * dx, p.y - a.y - part * dy)
    }

    /// The `d` of an SVG path: moves in whole units, each from the point before.
    static func pfad(_ ringe: [[Punkt]]) -> String {
        var bytes: [UInt8] = []
        for ring in ringe {
            guard var last = ring.first else { continue }
            bytes.append(UInt8(ascii: "M"))
            Topologieschreiber.append(Int(last.x), to: &bytes)
            bytes.append(UInt8(ascii: " "))
            Topologieschreiber.append(Int(last.y), to: &bytes)
            bytes.append(UInt8(ascii: "l"))
            for (index, point) in ring.enumerated().dropFirst() {
                for (step, isFirst) in [(Int(point.x - last.x), index == 1), (Int(point.y - last.y), false)] {
                    // A minus sign parts numbers as well as a blank.
                    if step >= 0, !isFirst { bytes.append(UInt8(ascii: " ")) }
                    Topologieschreiber.append(step, to: &bytes)
                }
                last = point
            }
            bytes.append(UInt8(ascii: "z"))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
