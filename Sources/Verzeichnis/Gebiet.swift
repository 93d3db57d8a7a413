package import Kernel
package import Storage
import Web

/// A place of the administration: Land, Regierungsbezirk, Kreis, Verband or Gemeinde, with its validity.
package struct Gebiet: Sendable, Equatable {
    package struct ID: RawRepresentable, Hashable, SQLConvertible {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
    }

    package enum Art: String, CaseIterable, SQLConvertible {
        case bund, land, regierungsbezirk, kreis
        case kreisfreieStadt = "kreisfreie_stadt"
        case verband, gemeinde, gemeindefrei

        /// The word a caseworker uses.
        package var wort: String {
            switch self {
            case .bund: "Bund"
            case .land: "Land"
            case .regierungsbezirk: "Regierungsbezirk"
            case .kreis: "Kreis"
            case .kreisfreieStadt: "Kreisfreie Stadt"
            case .verband: "Gemeindeverband"
            case .gemeinde: "Gemeinde"
            case .gemeindefrei: "Gemeindefreies Gebiet"
            }
        }
    }

    package let id: ID
    /// Regionalschlüssel in its natural length (2, 3, 5, 9 or 12 digits); nil for places only known by their AGS.
    package let ars: String?
    package let ags: String?
    /// As the official file writes it: "Flensburg, Stadt".
    package let amtlicherName: String
    /// Without additions, as it is shown and sorted: "Flensburg".
    package let name: String
    package let art: Art
    /// Kind of the official file (Textkennzeichen), e.g. 63 for Stadt; nil where it has none.
    package let kennzeichen: String?
    package let sitz: String?
    package let plz: String?
    /// Hectares; for places above a Gemeinde the sum of theirs.
    package let flaecheHa: Int?
    /// People; for places above a Gemeinde the sum of theirs.
    package let einwohner: Int?
    package let gehoertZu: ID?
    /// ARS of the place above.
    package let gehoertZuARS: String?
    /// The Organisation that administers the place: its own, or that of its Verband.
    package let verwaltung: String?
    package let gueltigVon: Tag?
    /// The last day, or the Gebietsstand that first lacked the place; nil for a valid one and where nobody told the day.
    package let gueltigBis: Tag?
    /// Whether the place exists today.
    package let istGueltig: Bool

    /// "Kreis Coesfeld", "Stadt Ahlen", "Verbandsgemeinde Maifeld".
    package var bezeichnung: String { Gebietsname(amtlich: amtlicherName).bezeichnung(art, kennzeichen) }

    package var pfad: String { "/gebiete/\(ars ?? ags ?? id.rawValue)" }
}

extension Gebiet: RowDecodable {
    static let columns: SQL = """
        gebiet.id, gebiet.ars, gebiet.ags, gebiet.amtlicher_name, gebiet.name, gebiet.art, gebiet.kennzeichen, gebiet.sitz,
        gebiet.plz, gebiet.flaeche_ha, gebiet.einwohner, gebiet.gehoert_zu, gebiet.gehoert_zu_ars, gebiet.verwaltung,
        gebiet.gueltig_von, gebiet.gueltig_bis, gebiet.ende_unbekannt
        """

    /// True for places that exist today.
    static let gueltig: SQL = "gebiet.gueltig_bis IS NULL"

    package init(row: Row) throws {
        id = try row["id"]
        ars = try row["ars"]
        ags = try row["ags"]
        amtlicherName = try row["amtlicher_name"]
        name = try row["name"]
        art = try row["art"]
        kennzeichen = try row["kennzeichen"]
        sitz = try row["sitz"]
        plz = try row["plz"]
        flaecheHa = try row["flaeche_ha"]
        einwohner = try row["einwohner"]
        gehoertZu = try row["gehoert_zu"]
        gehoertZuARS = try row["gehoert_zu_ars"]
        verwaltung = try row["verwaltung"]
        gueltigVon = try row["gueltig_von"]
        let bis: Tag? = try row["gueltig_bis"]
        istGueltig = bis == nil
        gueltigBis = try row["ende_unbekannt"] ? nil : bis
    }
}
