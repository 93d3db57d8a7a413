import Kernel
import Storage

/// How a Leistung gets online.
package enum Variante: String, CaseIterable, SQLConvertible {
    case efa
    case landesplattformdienst
    case uebernahme
    case eigenentwicklung
    case fachverfahrensmodul

    package var wort: String {
        switch self {
        case .efa: "EfA (Einer für Alle)"
        case .landesplattformdienst: "Landes- oder Plattformdienst"
        case .uebernahme: "Übernahme aus einer Kommune"
        case .eigenentwicklung: "Eigenentwicklung"
        case .fachverfahrensmodul: "Modul des Fachverfahrens"
        }
    }

    /// Reads the machine name or the word, in any spelling of umlauts and case.
    package init?(getippt text: String) {
        let folded = Faltung.suche(text)
        guard
            let found = Variante.allCases.first(where: { variante in
                folded == variante.rawValue || folded == Faltung.suche(variante.wort) || variante.auch.contains(folded)
            })
        else { return nil }
        self = found
    }

    /// Further spellings that lists use.
    private var auch: [String] {
        switch self {
        case .efa: ["einer fuer alle", "efa dienst"]
        case .landesplattformdienst: ["landesdienst", "plattformdienst", "landes plattformdienst", "land", "plattform"]
        case .uebernahme: ["uebernahme aus kommune", "nachnutzung"]
        case .eigenentwicklung: ["eigen", "eigene entwicklung"]
        case .fachverfahrensmodul: ["fachverfahren", "fachverfahrens modul"]
        }
    }
}

/// A maturity level under a named scheme; never converted from one scheme to another.
package struct Reifegrad: Sendable, Hashable {
    package enum Modell: String, CaseIterable, SQLConvertible {
        /// NRW-Steckbrief and EU eGovernment benchmark: one choice, 3 to 5.
        case nrwEU = "nrw_eu"
        /// OZG Reifegradmodell 1.1: 0 to 4, the weakest criterion decides.
        case ozg11 = "ozg_1_1"
        /// OZG Reifegradmodell 2.0: 0 to 7.
        case ozg20 = "ozg_2_0"

        package var wort: String {
            switch self {
            case .nrwEU: "NRW/EU"
            case .ozg11: "OZG 1.1"
            case .ozg20: "OZG 2.0"
            }
        }

        package var stufen: ClosedRange<Int> {
            switch self {
            case .nrwEU: 3...5
            case .ozg11: 0...4
            case .ozg20: 0...7
            }
        }

        package init?(getippt text: String) {
            let folded = Faltung.suche(text)
            guard
                let found = Modell.allCases.first(where: {
                    folded == Faltung.suche($0.rawValue) || folded == Faltung.suche($0.wort)
                })
            else { return nil }
            self = found
        }
    }

    package let modell: Modell
    package let stufe: Int

    /// Nil for a level that the scheme does not have.
    package init?(_ modell: Modell, _ stufe: Int) {
        guard modell.stufen.contains(stufe) else { return nil }
        (self.modell, self.stufe) = (modell, stufe)
    }

    /// "OZG 1.1: 3"
    package var text: String { "\(modell.wort): \(stufe)" }

    /// Reads "OZG 1.1: 3", "ozg_1_1 3" or "NRW/EU: Stufe 4"; a level without its scheme says nothing and is nil.
    package init?(getippt text: String) {
        let trimmed = text.filter { !$0.isWhitespace || $0 == " " }
        guard let last = trimmed.lastIndex(where: { $0 == ":" || $0 == " " }),
            let stufe = Int(trimmed[trimmed.index(after: last)...])
        else { return nil }
        var scheme = String(trimmed[..<last])
        while let character = scheme.last, character == ":" || character == " " { scheme.removeLast() }
        if scheme.lowercased().hasSuffix("stufe") { scheme = String(scheme.dropLast(5)) }
        while let character = scheme.last, character == ":" || character == " " { scheme.removeLast() }
        guard let modell = Modell(getippt: scheme) else { return nil }
        self.init(modell, stufe)
    }
}
