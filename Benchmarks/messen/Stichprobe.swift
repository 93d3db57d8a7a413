/// The same figure measured several times.
struct Stichprobe: Sendable {
    private var werte: [Double] = []

    init(_ werte: [Double] = []) { self.werte = werte.sorted() }

    /// Measures so many times and keeps every figure.
    static func aus(_ runden: Int, _ messe: () async throws -> Double) async throws -> Stichprobe {
        var found: [Double] = []
        for _ in 0..<max(1, runden) { found.append(try await messe()) }
        return Stichprobe(found)
    }

    var median: Double { werte.isEmpty ? .nan : werte[werte.count / 2] }

    /// How often and how far apart: a median alone does not say whether to trust it.
    func streuung(_ unit: String) -> String {
        guard let least = werte.first, let most = werte.last, werte.count > 1 else { return "eine Messung" }
        return "Median aus \(werte.count), \(Zeile.zahl(least)) bis \(Zeile.groesse(most, unit))"
    }
}
