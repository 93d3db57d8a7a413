import Formats
import Kernel

/// A figure, what it is measured against, and how much of that it may be at most or must be at least.
struct Zeile {
    enum Grenze {
        case hoechstens(Double)
        case mindestens(Double)
    }

    let name: String
    let wert: Double
    let gegen: Double
    let grenze: Grenze
    /// What else was seen: percentiles, the peer's figures.
    let dazu: String

    init(_ name: String, _ wert: Double, gegen: Double, grenze: Double) {
        self.init(name, wert, gegen: gegen, .hoechstens(grenze))
    }

    init(_ name: String, _ wert: Double, gegen: Double, _ grenze: Grenze, dazu: String = "") {
        (self.name, self.wert, self.gegen, self.grenze, self.dazu) = (name, wert, gegen, grenze, dazu)
    }

    var verhaeltnis: Double { wert / gegen }

    var istErreicht: Bool {
        switch grenze {
        case .hoechstens(let limit): verhaeltnis <= limit
        case .mindestens(let limit): verhaeltnis >= limit
        }
    }

    private var erlaubt: String {
        switch grenze {
        case .hoechstens(let limit): "≤ \(Zahl.dezimal(limit, stellen: limit.rounded() == limit ? 0 : 2))"
        case .mindestens(let limit): "≥ \(Zahl.dezimal(limit, stellen: limit.rounded() == limit ? 0 : 2))"
        }
    }

    static func tabelle(_ zeilen: [Zeile]) -> String {
        let head = "| Zeile | Wert | gemessen gegen | Verhältnis | erlaubt | dazu |\n|---|---|---|---|---|---|"
        return
            ([head]
            + zeilen.map { row in
                let figures = [(row.wert, 1), (row.gegen, 1), (row.verhaeltnis, 2)]
                    .map { Zahl.dezimal($0.0, stellen: $0.1) }.joined(separator: " | ")
                let missed = row.istErreicht ? "" : " (verfehlt)"
                return "| \(row.name) | \(figures) | \(row.erlaubt)\(missed) | \(row.dazu) |"
            }).joined(separator: "\n")
    }

    static func json(_ zeilen: [Zeile]) -> String {
        var json = JSONWriter()
        json.array { json in
            for row in zeilen {
                json.object { json in
                    json.field("zeile", row.name)
                    json.field("wert", row.wert)
                    json.field("gegen", row.gegen)
                    json.field("verhaeltnis", row.verhaeltnis)
                    switch row.grenze {
                    case .hoechstens(let limit): json.field("grenze", limit)
                    case .mindestens(let limit): json.field("mindestens", limit)
                    }
                    json.field("erreicht", row.istErreicht)
                    if !row.dazu.isEmpty { json.field("dazu", row.dazu) }
                }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
