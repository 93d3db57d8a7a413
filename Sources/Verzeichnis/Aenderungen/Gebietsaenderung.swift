import Kernel

/// A row of a list of changes: an old key of a Gemeinde and the key under which its land is found since.
struct Gebietsaenderung: Sendable, Equatable {
    let ags: String
    let amtlicherName: String
    let nachfolger: String
    let nachfolgerName: String?
    let wirksamAm: Tag?
    let art: String?

    var name: String { Gebietsname(amtlich: amtlicherName).name }

    /// Part of the place went elsewhere and the place lives on: no succession.
    var istTeilausgliederung: Bool {
        let word = Faltung.suche(art ?? "")
        return word == "2" || word.hasPrefix("teilausgliederung") || word == "ausgliederung"
    }

    /// The word for a code of the official lists; anything else is a word already.
    static func wort(_ art: String) -> String {
        switch art {
        case "1": "Auflösung"
        case "2": "Teilausgliederung"
        case "3": "Schlüsseländerung"
        case "4": "Namensänderung"
        default: art
        }
    }

    /// Kind of a closed place of which the directory knows nothing, as far as its key tells it.
    var gebietsart: Gebiet.Art {
        if ags.hasSuffix("000") { return .kreisfreieStadt }
        // In Bayern the number of a gemeindefreies Gebiet begins with 4, and no other one does.
        if ags.hasPrefix("09"), ags.dropFirst(5).first == "4" { return .gemeindefrei }
        return .gemeinde
    }
}

/// A row and where it stands.
struct Aenderungszeile: Sendable {
    let aenderung: Gebietsaenderung
    let zeile: Int
    let spalten: [String: Int]

    func fehler(_ feld: String, _ grund: String) -> Importbericht.Fehlstelle {
        .init(zeile: zeile, spalte: spalten[feld], feld: feld, grund: grund)
    }
}
