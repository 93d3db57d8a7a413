/// One family of figures under one name, as Prometheus reads it.
package struct Messreihe: Sendable, Equatable {
    package enum Art: String, Sendable {
        /// Only ever grows while the process lives.
        case counter
        /// Goes up and down.
        case gauge
        case histogram
    }

    package struct Wert: Sendable, Equatable {
        /// What stands behind the name: `_bucket`, `_sum`, `_count` of a histogram.
        let endung: String
        let marken: [Marke]
        let wert: Double

        package init(_ wert: Double, _ marken: [Marke] = [], endung: String = "") {
            (self.endung, self.marken, self.wert) = (endung, marken, wert)
        }
    }

    /// A label and its value.
    package struct Marke: Sendable, Equatable {
        let name: String
        let wert: String

        package init(_ name: String, _ wert: String) { (self.name, self.wert) = (name, wert) }
    }

    package let name: String
    let art: Art
    let hilfe: String
    package let werte: [Wert]

    package init(_ name: String, _ art: Art, _ hilfe: String, _ werte: [Wert]) {
        (self.name, self.art, self.hilfe, self.werte) = (name, art, hilfe, werte)
    }

    /// A family of a single figure.
    package init(_ name: String, _ art: Art, _ hilfe: String, _ wert: Double) {
        self.init(name, art, hilfe, [Wert(wert)])
    }

    package init(_ name: String, _ art: Art, _ hilfe: String, _ wert: Int) {
        self.init(name, art, hilfe, Double(wert))
    }
}

/// Somebody who has figures to show; asked anew each time somebody looks.
package protocol Messquelle: Sendable {
    func messreihen() -> [Messreihe]
}

/// The Prometheus text exposition format 0.0.4.
package enum Messtext {
    package static let typ = "text/plain; version=0.0.4; charset=utf-8"

    /// Families of the same name are one; the first one's sentence counts.
    package static func schreibe(_ reihen: [Messreihe]) -> String {
        var text = ""
        text.reserveCapacity(32_768)
        var done: Set<String> = []
        for reihe in reihen where done.insert(reihe.name).inserted {
            text += "# HELP \(reihe.name) \(maskiert(reihe.hilfe, anfuehrung: false))\n"
            text += "# TYPE \(reihe.name) \(reihe.art.rawValue)\n"
            for other in reihen where other.name == reihe.name {
                for wert in other.werte {
                    text += reihe.name + wert.endung
                    if !wert.marken.isEmpty {
                        text += "{" + wert.marken.map { "\($0.name)=\"\(maskiert($0.wert))\"" }.joined(separator: ",")
                        text += "}"
                    }
                    text += " \(zahl(wert.wert))\n"
                }
            }
        }
        return text
    }

    static func maskiert(_ text: String, anfuehrung: Bool = true) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\"" where anfuehrung: out += "\\\""
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    static func zahl(_ wert: Double) -> String {
        if wert.isNaN { return "NaN" }
        if wert.isInfinite { return wert > 0 ? "+Inf" : "-Inf" }
        // Beyond 2^53 a Double holds no odd numbers any more.
        if wert == wert.rounded(), abs(wert) < 9_007_199_254_740_992 { return String(Int64(wert)) }
        return "\(wert)"
    }
}
