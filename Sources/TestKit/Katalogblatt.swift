import Formats
import Foundation
import Katalog
package import Kernel
package import Storage

/// Small sheets of a catalogue, written as people have them.
package struct Katalogblatt: Sendable {
    package var ozg = """
        ozg_id,ozg_leistung,lebenslage_id,lebenslage,themenfeld_id,themenfeld,anzahl_leika_leistungen
        10160,Hundehaltung,1,Tierhaltung,2,Engagement & Hobby,4
        10110,Abfallentsorgung,3,Wohnen & Umzug,4,Bauen & Wohnen,2
        10999,Ohne Einordnung,,,,,
        """
    package var leistungen = """
        leika_schluessel,bezeichnung,typisierung,ozg_id,ozg_leistung,lebenslage,themenfeld,rechtsgrundlage
        99110009000000,Hundehaltung,2/3,10160,,,,
        99110009104000,Hundehaltung Anmeldung,2/3,10160,,,,TierSchG
        99110009104001,Hundehaltung Anmeldung Kampfhund,"1, 2/3",10160,,,,
        99110020000000,Beihilfen der Tierseuchenkasse,4,10160,,,,
        99001001000000,Abfallgebühr,5,10110,,,,
        99001001002000,Abfallgebühr Festsetzung,5,10110,,,,
        """
    package var ohneSchluessel: String? = """
        bezeichnung,typisierung,ozg_id
        Altöl abgeben,5,10110
        Altöl abgeben,5,10110
        Altöl abgeben,5,
        """

    package init() {}

    /// Imports the sheets as one Katalogstand.
    package func laden(
        _ database: any Database, stand: String? = "2019", probe: Bool = false, ueberspringen: Bool = false,
        vieleEntfallen: Bool = false, am: Instant = Welt.jetzt
    ) async throws -> Importbericht {
        try await KatalogImport.run(
            .init(
                leistungen: TextSource(bytes: Array(leistungen.utf8), name: "leistungen.csv"),
                ohneSchluessel: ohneSchluessel.map { try TextSource(bytes: Array($0.utf8), name: "ohne.csv") },
                ozg: TextSource(bytes: Array(ozg.utf8), name: "ozg.csv")), datum: stand,
            Importauftrag(
                probe: probe, fehlerhafteUeberspringen: ueberspringen, vieleEntfallen: vieleEntfallen,
                urheber: .betrieb(am)),
            in: database)
    }

    /// The same catalogue with one text exchanged.
    package func mit(_ old: String, _ new: String) -> Katalogblatt {
        var copy = self
        copy.leistungen = leistungen.replacing(old, with: new)
        copy.ozg = ozg.replacing(old, with: new)
        copy.ohneSchluessel = ohneSchluessel?.replacing(old, with: new)
        return copy
    }
}
