import Storage

/// One thing that can be found, as its room describes it.
package struct Suchdokument: Sendable, Equatable {
    package enum Art: String, Sendable, CaseIterable, SQLConvertible {
        case leistung, ozg, gebiet

        /// The first bits of the row number.
        var ziffer: Int64 {
            switch self {
            case .leistung: 1
            case .ozg: 2
            case .gebiet: 3
            }
        }

        /// Places have their own words; compounds are taken apart by the catalogue's.
        var bereich: String { self == .gebiet ? "gebiet" : "katalog" }
    }

    package var art: Art
    package var id: String
    /// The address of its page.
    package var pfad: String
    /// Keys by which it can be asked for, digits only.
    package var schluessel: [String]
    package var name: String
    /// A line that tells it from others of that name.
    package var zusatz: String?
    package var frueher: [String]
    /// What stands around the name: the OZG-Leistung, Lage, Themenfeld; the Kreis.
    package var umfeld: [String]
    package var text: String
    package var merkmal: Merkmal
    /// From 0, first among equals, to 63.
    package var rang: Int

    package init(
        art: Art, id: String, pfad: String, schluessel: [String] = [], name: String, zusatz: String? = nil,
        frueher: [String] = [], umfeld: [String] = [],
        text: String = "", merkmal: Merkmal = Merkmal(), rang: Int = 0
    ) {
        (self.art, self.id, self.pfad, self.schluessel) = (art, id, pfad, schluessel)
        (self.name, self.zusatz, self.frueher) = (name, zusatz, frueher)
        (self.umfeld, self.text, self.merkmal, self.rang) = (umfeld, text, merkmal, rang)
    }
}

/// What a Leistung can be narrowed by, as one combination.
package struct Merkmal: Sendable, Hashable {
    package var themenfeld: String
    package var lage: String
    package var typen: [String]

    package init(themenfeld: String = "", lage: String = "", typen: [String] = []) {
        (self.themenfeld, self.lage, self.typen) = (themenfeld, lage, typen)
    }
}

/// Row numbers of the index: they sort by kind and rank, and tell the facets without reading a row.
enum Zeilennummer {
    static let codebits: Int64 = 16
    static let codemaske: Int64 = (1 << 16) - 1
    private static let artstelle: Int64 = 54
    private static let rangstelle: Int64 = 48

    /// The smallest and largest number of a kind.
    static func bereich(_ art: Suchdokument.Art) -> (von: Int64, bis: Int64) {
        (art.ziffer << artstelle, (art.ziffer + 1) << artstelle - 1)
    }

    /// The address, not the id, tells things of one rank apart: places have another id in every database.
    ///
    /// - Parameter versuch: moves on where another address has the same hash.
    static func nummer(_ art: Suchdokument.Art, rang: Int, pfad: String, code: Int64, versuch: UInt64 = 0) -> Int64 {
        let hash = Int64((Pruefsumme.fnv([pfad]) &+ versuch) & 0xFFFF_FFFF)
        return art.ziffer << artstelle | Int64(min(max(rang, 0), 63)) << rangstelle | hash << codebits | code
            & codemaske
    }
}

enum Pruefsumme {
    /// FNV-1a over all parts, with a mark after each.
    static func fnv(_ parts: [String]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for part in parts {
            for byte in part.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
            hash = (hash ^ 0x1F) &* 0x0000_0100_0000_01B3
        }
        // The high bits of FNV are better mixed than the low ones that the row number takes.
        return hash ^ (hash >> 32)
    }
}
