import Formats
import Kernel

/// A figure, what it is measured against in the same run, and how much of that it may be at most or must be at least.
struct Zeile: Sendable {
    enum Grenze: Sendable {
        case hoechstens(Double)
        case mindestens(Double)
    }

    let name: String
    let wert: Double
    let gegen: Double
    let grenze: Grenze
    let einheit: String
    /// Who or what the figure is measured against.
    let wogegen: String
    /// One sentence about what is measured.
    let satz: String
    /// What else was seen: spread, percentiles, the peer's figures.
    let dazu: String

    init(
        _ name: String, _ wert: Double, gegen: Double, _ grenze: Grenze, einheit: String = "",
        wogegen: String = "feste Grenze", satz: String = "", dazu: String = ""
    ) {
        (self.name, self.wert, self.gegen, self.grenze) = (name, wert, gegen, grenze)
        (self.einheit, self.wogegen, self.satz, self.dazu) = (einheit, wogegen, satz, dazu)
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
        case .hoechstens(let limit): "≤ \(Zeile.zahl(limit))"
        case .mindestens(let limit): "≥ \(Zeile.zahl(limit))"
        }
    }

    /// The number with as many decimals as its size leaves worth reading.
    static func zahl(_ value: Double) -> String {
        let size = value.magnitude
        return Zahl.dezimal(value, stellen: value.rounded() == value || size >= 1_000 ? 0 : size >= 20 ? 1 : 2)
    }

    /// The number with its unit.
    static func groesse(_ value: Double, _ unit: String) -> String {
        zahl(value) + (unit.isEmpty ? "" : unit.hasPrefix("/") ? unit : " " + unit)
    }

    /// The cells of a table: figure, peer with its figure, ratio, limit, outcome.
    var zellen: [String] {
        [
            name, Zeile.groesse(wert, einheit), "\(wogegen): \(Zeile.groesse(gegen, einheit))",
            "\(Zeile.zahl(verhaeltnis)) ×", "\(erlaubt) ×", istErreicht ? "erreicht" : "**verfehlt**",
        ]
    }

    static let spalten = ["Zeile", "Wert", "gemessen gegen", "Verhältnis", "erlaubt", "Ergebnis"]

    func write(to json: inout JSONWriter, teil: String) {
        json.object { json in
            json.field("teil", teil)
            json.field("zeile", name)
            json.field("wert", wert)
            json.field("einheit", einheit)
            json.field("wogegen", wogegen)
            json.field("gegen", gegen)
            json.field("verhaeltnis", verhaeltnis)
            switch grenze {
            case .hoechstens(let limit): json.field("hoechstens", limit)
            case .mindestens(let limit): json.field("mindestens", limit)
            }
            json.field("erreicht", istErreicht)
            json.field("satz", satz)
            json.field("dazu", dazu)
        }
    }
}
