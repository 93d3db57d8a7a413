import Foundation
import Kernel
import Storage
import TestKit

@testable import Verzeichnis

/// Builds small files of boundaries: places as cells of a net of lines.
struct Grenzbau {
    var ebene = "gemeinden"
    /// In hundred-thousandths of a degree.
    private(set) var linien: [[Gitterpunkt]] = []
    var gebiete: [(schluessel: String, flaechen: [[[Int]]])] = []
    /// Where the net begins: near Münster.
    private static let ecke = Gitterpunkt(700_000, 5_200_000)
    private static let zelle = 5_000

    init(_ ebene: String = "gemeinden") { self.ebene = ebene }

    /// One place a cell, rows from north to south; nil is sea. A key in several cells is one place of several areas.
    static func karte(_ zeilen: [[String?]], ebene: String = "gemeinden") -> Grenzbau {
        var bau = Grenzbau(ebene)
        var generator = Zufall(1)
        let netz = bau.netz(zeilen.map(\.count).max() ?? 0, zeilen.count, unruhe: 0, using: &generator)
        for (row, zeile) in zeilen.enumerated() {
            for (column, key) in zeile.enumerated() {
                guard let key else { continue }
                bau.add(key, [netz.ring(column, row)])
            }
        }
        return bau
    }

    /// The places of `Verzeichnisbau.klein()`, one of them an island, and one key that the directory does not know.
    static func klein() -> Grenzbau {
        karte([
            ["05515000", "05558012", "05558016", nil, nil, "03151025"],
            ["07135001", "07135020", nil, nil, nil, nil],
            ["01001000", nil, nil, nil, nil, nil],
        ])
    }

    mutating func add(_ key: String, _ flaeche: [[Int]]) {
        if let index = gebiete.firstIndex(where: { $0.schluessel == key }) {
            gebiete[index].flaechen.append(flaeche)
        } else {
            gebiete.append((key, [flaeche]))
        }
    }

    mutating func linie(_ punkte: [Gitterpunkt]) -> Int {
        linien.append(punkte)
        return linien.count - 1
    }

    // MARK: Random worlds

    /// Crooked cells, some of two fields, some with a place inside another, some with islands far and small.
    static func zufall(_ seed: UInt64) -> Grenzbau {
        var generator = Zufall(seed)
        var bau = Grenzbau()
        let (columns, rows) = (
            Int.random(in: 1...6, using: &generator), Int.random(in: 1...6, using: &generator)
        )
        let netz = bau.netz(columns, rows, unruhe: Int.random(in: 0...600, using: &generator), using: &generator)
        var number = 0
        func key() -> String {
            number += 1
            return "05\(String(format: "%06d", number))"
        }
        for row in 0..<rows {
            var column = 0
            while column < columns {
                let isDouble = column + 1 < columns && Int.random(in: 0..<3, using: &generator) == 0
                let ring = isDouble ? netz.doppelring(column, row) : netz.ring(column, row)
                var flaeche = [ring]
                let own = key()
                if Int.random(in: 0..<3, using: &generator) == 0 {
                    let inner = bau.kreis(netz.mitte(column, row), 20...900, using: &generator)
                    flaeche.append([~inner])
                    bau.add(key(), [[inner]])
                }
                bau.add(own, flaeche)
                for island in 0..<Int.random(in: 0...2, using: &generator) {
                    let place = Gitterpunkt(
                        ecke.x + zelle * (columns + 2 + column), ecke.y + zelle * (2 * row + island))
                    bau.add(own, [[bau.kreis(place, 5...2_000, using: &generator)]])
                }
                column += isDouble ? 2 : 1
            }
        }
        bau.gebiete.shuffle(using: &generator)
        return bau
    }

    private mutating func kreis(
        _ mitte: Gitterpunkt, _ radius: ClosedRange<Int>, using generator: inout Zufall
    ) -> Int {
        let size = Double(Int.random(in: radius, using: &generator))
        let count = Int.random(in: 3...20, using: &generator)
        var points = (0..<count).map { step in
            let angle = 2 * Double.pi * Double(step) / Double(count)
            return Gitterpunkt(mitte.x + Int(size * cos(angle)), mitte.y + Int(size * sin(angle)))
        }
        points.append(points[0])
        return linie(points)
    }

    /// The lines of a net of fields.
    struct Netz {
        let waagrecht: [[Int]]
        let senkrecht: [[Int]]
        let mitten: [[Gitterpunkt]]

        func ring(_ x: Int, _ y: Int) -> [Int] {
            [waagrecht[y][x], senkrecht[y][x + 1], ~waagrecht[y + 1][x], ~senkrecht[y][x]]
        }

        func doppelring(_ x: Int, _ y: Int) -> [Int] {
            [
                waagrecht[y][x], waagrecht[y][x + 1], senkrecht[y][x + 2], ~waagrecht[y + 1][x + 1],
                ~waagrecht[y + 1][x], ~senkrecht[y][x],
            ]
        }

        func mitte(_ x: Int, _ y: Int) -> Gitterpunkt { mitten[y][x] }
    }

    private mutating func netz(_ columns: Int, _ rows: Int, unruhe: Int, using generator: inout Zufall) -> Netz {
        let corners = (0...rows).map { row in
            (0...columns).map { column in
                Gitterpunkt(
                    Self.ecke.x + Self.zelle * column + Int.random(in: -unruhe / 2...unruhe / 2, using: &generator),
                    Self.ecke.y - Self.zelle * row + Int.random(in: -unruhe / 2...unruhe / 2, using: &generator))
            }
        }
        var (waagrecht, senkrecht): ([[Int]], [[Int]]) = ([], [])
        for row in 0...rows {
            waagrecht.append(
                (0..<columns).map { krumm(corners[row][$0], corners[row][$0 + 1], unruhe, using: &generator) })
            if row < rows {
                senkrecht.append(
                    (0...columns).map { krumm(corners[row][$0], corners[row + 1][$0], unruhe, using: &generator) })
            }
        }
        let mitten = (0..<rows).map { row in
            (0..<columns).map { column in
                Gitterpunkt(
                    Self.ecke.x + Self.zelle * column + Self.zelle / 2,
                    Self.ecke.y - Self.zelle * row - Self.zelle / 2)
            }
        }
        return Netz(waagrecht: waagrecht, senkrecht: senkrecht, mitten: mitten)
    }

    /// A line that leaves the straight way, less so near its ends, and never comes back on itself.
    private mutating func krumm(
        _ a: Gitterpunkt, _ b: Gitterpunkt, _ unruhe: Int, using generator: inout Zufall
    ) -> Int {
        let steps = unruhe == 0 ? 0 : Int.random(in: 0...12, using: &generator)
        let isAcross = abs(b.x - a.x) > abs(b.y - a.y)
        return linie(
            [a]
                + (0..<steps).map { step in
                    let part = Double(step + 1) / Double(steps + 1)
                    let off = Int(
                        Double(Int.random(in: -unruhe...unruhe, using: &generator)) * sin(Double.pi * part))
                    return Gitterpunkt(
                        a.x + Int(Double(b.x - a.x) * part) + (isAcross ? 0 : off),
                        a.y + Int(Double(b.y - a.y) * part) + (isAcross ? off : 0))
                } + [b])
    }

    // MARK: The file

    var json: String {
        let arcs = linien.map { line in
            var last = Gitterpunkt(0, 0)
            return "["
                + line.map { point in
                    defer { last = point }
                    return "[\(point.x - last.x),\(point.y - last.y)]"
                }.joined(separator: ",") + "]"
        }
        return """
            {"type":"Topology","transform":{"scale":[0.00001,0.00001],"translate":[0,0]},
            "objects":{"\(ebene)":{"type":"GeometryCollection","geometries":[\(geometrien)]}},
            "arcs":[\(arcs.joined(separator: ",\n"))]}
            """
    }

    /// The same without a common grid, as absolute degrees.
    var jsonInGrad: String {
        let arcs = linien.map { line in
            "[" + line.map { "[\(Double($0.x) / 100_000),\(Double($0.y) / 100_000)]" }.joined(separator: ",") + "]"
        }
        return """
            {"type":"Topology","objects":{"\(ebene)":{"type":"GeometryCollection","geometries":[\(geometrien)]}},
            "arcs":[\(arcs.joined(separator: ","))]}
            """
    }

    private var geometrien: String {
        gebiete.map { place in
            "{\"type\":\"MultiPolygon\",\"id\":\"\(place.schluessel)\",\"arcs\":\(place.flaechen)}"
        }.joined(separator: ",")
    }

    var datei: Grenzdatei { Grenzdatei(name: "\(ebene).topo.json", bytes: Array(json.utf8)) }
}

extension Verzeichniswelt {
    @discardableResult
    func lade(
        grenzen: [Grenzdatei], vermerk: String = GrenzImport.vermerk, probe: Bool = false, vieleEntfallen: Bool = false
    ) async throws -> Importbericht {
        try await GrenzImport.run(
            grenzen, vermerk: vermerk,
            Importauftrag(probe: probe, vieleEntfallen: vieleEntfallen, urheber: .betrieb(Self.am)), in: database)
    }

    /// Every row that an import of boundaries may touch, as text.
    func grenzzustand() async throws -> [String] {
        try await database.read { db in
            try [
                "grenzstand ORDER BY ebene", "grenze ORDER BY ebene, schluessel", "grenzlinie ORDER BY ebene, nummer",
                "datenstand ORDER BY art, bezug, nummer", "verlauf ORDER BY id",
            ]
            .flatMap { table in
                try db.rows(SQL(stringLiteral: "SELECT * FROM \(table)")).map { row in
                    "\(table): "
                        + row.values.map { value in
                            switch value {
                            case .text(let text): text
                            case .integer(let number): "\(number)"
                            case .blob(let bytes): "\(bytes)"
                            default: "-"
                            }
                        }.joined(separator: " ")
                }
            }
        }
    }
}
