import Web

/// Takes an official name apart: "Lübeck, Hansestadt" is Lübeck with an addition.
struct Gebietsname: Sendable, Equatable {
    let name: String
    let zusaetze: [String]

    init(amtlich: String) {
        var parts = amtlich.split(separator: ",").map(\.getrimmt).filter { !$0.isEmpty }
        let first = parts.isEmpty ? amtlich.getrimmt : parts.removeFirst()
        name = first.hasSuffix(" (VGem)") ? String(first.dropLast(" (VGem)".count)) : first
        zusaetze = parts
    }

    /// The name with the word for its kind before it, unless the name already says it.
    func bezeichnung(_ art: Gebiet.Art, _ kennzeichen: String?) -> String {
        let wort = wort(art, kennzeichen)
        guard let wort, !sagtArt(art) else { return name }
        return "\(wort) \(name)"
    }

    private func sagtArt(_ art: Gebiet.Art) -> Bool {
        switch art {
        case .kreis: name.lowercased().contains("kreis") || name.contains("egion")
        case .verband: name.hasPrefix("GVV ") || name.hasPrefix("VVG ")
        case .regierungsbezirk: true
        case .bund, .land, .gemeindefrei: true
        case .kreisfreieStadt, .gemeinde: false
        }
    }

    private func wort(_ art: Gebiet.Art, _ kennzeichen: String?) -> String? {
        switch (art, kennzeichen) {
        case (.kreis, "44"): "Landkreis"
        case (.kreis, _): "Kreis"
        case (.verband, "51"): "Amt"
        case (.verband, "52"): "Samtgemeinde"
        case (.verband, "53"): "Verbandsgemeinde"
        case (.verband, "54"): "Verwaltungsgemeinschaft"
        case (.verband, "55"): "Kirchspielslandgemeinde"
        case (.verband, "56"): "Verwaltungsverband"
        case (.verband, _): nil
        case (.gemeinde, _), (.kreisfreieStadt, _): gemeindewort(art, kennzeichen)
        default: nil
        }
    }

    private func gemeindewort(_ art: Gebiet.Art, _ kennzeichen: String?) -> String {
        for wort in ["Landeshauptstadt", "Freie und Hansestadt", "Hansestadt", "Flecken"] where zusaetze.contains(wort)
        {
            return wort
        }
        return switch kennzeichen {
        case "60": "Markt"
        case "61", "62", "63", "67": "Stadt"
        default: art == .kreisfreieStadt ? "Stadt" : "Gemeinde"
        }
    }
}
