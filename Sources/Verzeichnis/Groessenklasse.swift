import Storage

/// A class of places by the number of their people, with the bounds of the usual German classes of communities and towns.
package enum Groessenklasse: String, CaseIterable, Sendable {
    case unter1000 = "unter_1000"
    case ab1000 = "1000_4999"
    case ab5000 = "5000_19999"
    case ab20000 = "20000_49999"
    case ab50000 = "50000_99999"
    case ab100000 = "ab_100000"
    case unbekannt

    /// How people say it.
    package var wort: String {
        switch self {
        case .unter1000: "unter 1.000"
        case .ab1000: "1.000 bis 4.999"
        case .ab5000: "5.000 bis 19.999"
        case .ab20000: "20.000 bis 49.999"
        case .ab50000: "50.000 bis 99.999"
        case .ab100000: "100.000 und mehr"
        case .unbekannt: "unbekannt"
        }
    }

    /// The least number of people, and the first that is too many.
    private var grenzen: (von: Int, vor: Int?)? {
        switch self {
        case .unter1000: (0, 1_000)
        case .ab1000: (1_000, 5_000)
        case .ab5000: (5_000, 20_000)
        case .ab20000: (20_000, 50_000)
        case .ab50000: (50_000, 100_000)
        case .ab100000: (100_000, nil)
        case .unbekannt: nil
        }
    }

    /// True for the rows of this class.
    func bedingung(_ einwohner: SQL) -> SQL {
        guard let grenzen else { return "\(einwohner) IS NULL" }
        guard let vor = grenzen.vor else { return "\(einwohner) >= \(grenzen.von)" }
        return grenzen.von == 0 ? "\(einwohner) < \(vor)" : "(\(einwohner) >= \(grenzen.von) AND \(einwohner) < \(vor))"
    }
}
