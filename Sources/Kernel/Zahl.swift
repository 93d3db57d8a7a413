/// Numbers as people in Germany read them.
package enum Zahl {
    /// The number with a point between groups of three digits: `83.577.140`.
    package static func deutsch(_ n: Int) -> String { (n < 0 ? "-" : "") + grouped(String(n.magnitude)) }

    /// A number with its word: `1 Eintrag`, `1.034 Einträge`.
    package static func mit(_ n: Int, _ einzahl: String, _ mehrzahl: String) -> String {
        "\(deutsch(n)) \(n == 1 ? einzahl : mehrzahl)"
    }

    /// The share in whole per cent: `37 %`.
    ///
    /// A share that is not exactly nothing or everything never reads so: it is `< 1 %` or `> 99 %`. A share of nothing
    /// has no value: `–`.
    package static func anteil(_ teil: Int, von: Int) -> String {
        guard von > 0, teil >= 0 else { return "–" }
        let percent = (Double(teil) / Double(von) * 100).rounded()
        switch percent {
        case 0 where teil > 0: return "< 1 %"
        case 100 where teil < von: return "> 99 %"
        case 100 where teil > von: return "> 100 %"
        default: return "\(dezimal(percent, stellen: 0)) %"
        }
    }

    /// The number with so many (0 to 9) decimals after a comma: `1.234,5`; `–` for what is no number.
    package static func dezimal(_ d: Double, stellen: Int) -> String {
        guard d.isFinite else { return "–" }
        let places = min(max(stellen, 0), 9)
        let power = (0..<places).reduce(1) { result, _ in result * 10 }
        let scaled = (d.magnitude * Double(power)).rounded()
        let zeros = String(repeating: "0", count: places)
        // From 2^53 on a Double has no decimals left; from 2^63 on not even all its digits are meant.
        guard scaled < 9_007_199_254_740_992 else {
            let whole = d.magnitude.rounded()
            guard whole < 9_223_372_036_854_775_808 else { return "\(d)" }
            return (d < 0 ? "-" : "") + grouped(String(UInt(whole))) + (places == 0 ? "" : "," + zeros)
        }
        let (whole, part) = Int(scaled).quotientAndRemainder(dividingBy: power)
        let sign = d < 0 && scaled > 0 ? "-" : ""
        guard places > 0 else { return sign + grouped(String(whole)) }
        let decimals = String(part)
        return sign + grouped(String(whole)) + "," + zeros.dropLast(decimals.utf8.count) + decimals
    }

    private static func grouped(_ digits: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.utf8.count * 4 / 3 + 1)
        for (index, digit) in digits.utf8.enumerated() {
            if index > 0, (digits.utf8.count - index) % 3 == 0 { bytes.append(UInt8(ascii: ".")) }
            bytes.append(digit)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
