import Storage

/// The kinds of place that have boundaries; each is a map of its own without gaps.
package enum Grenzebene: String, CaseIterable, SQLConvertible {
    case gemeinden, kreise, laender

    /// Digits of a key: AGS of a Gemeinde, or the natural key of a Kreis or Land.
    package var stellen: Int {
        switch self {
        case .gemeinden: 8
        case .kreise: 5
        case .laender: 2
        }
    }

    /// The word for several of them.
    package var wort: String {
        switch self {
        case .gemeinden: "Gemeinden"
        case .kreise: "Kreise"
        case .laender: "Länder"
        }
    }
}

extension Gebiet {
    /// Under which key the boundary of this place is kept; nil for kinds that have none.
    ///
    /// A kreisfreie Stadt is drawn among Gemeinden, though the map of the Kreise holds it too.
    package var grenze: (ebene: Grenzebene, schluessel: String)? {
        switch art {
        case .gemeinde, .kreisfreieStadt, .gemeindefrei: ags.map { (.gemeinden, $0) }
        case .kreis: ars.map { (.kreise, $0) }
        case .land: ars.map { (.laender, $0) }
        case .bund, .regierungsbezirk, .verband: nil
        }
    }
}
