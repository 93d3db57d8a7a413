/// Who administers the members of a Verband, where it differs from the default "each Gemeinde itself".
///
/// The table holds what the law of a Land says in general; an authority may still decide otherwise.
struct Verwaltungsregel: Sendable, Equatable {
    /// Land by its key, e.g. "07".
    let land: String
    /// Textkennzeichen of the Verband in the official file.
    let kennzeichen: String
    /// The Verband has an administration of its own.
    let verbandVerwaltet: Bool
    /// Its members keep theirs.
    let mitgliederVerwalten: Bool
    /// Where it is written.
    let quelle: String

    static let ausnahmen: [Verwaltungsregel] = [
        verband("01", "51", "Amtsordnung Schleswig-Holstein, § 3"),
        verband("07", "53", "Gemeindeordnung Rheinland-Pfalz, § 68"),
        verband("09", "54", "Verwaltungsgemeinschaftsordnung Bayern, Art. 4"),
        verband("12", "51", "Kommunalverfassung Brandenburg, § 135"),
        verband("12", "53", "Verbandsgemeinde- und Mitverwaltungsgesetz Brandenburg, § 5"),
        verband("13", "51", "Kommunalverfassung Mecklenburg-Vorpommern, § 127"),
        verband("15", "53", "Kommunalverfassungsgesetz Sachsen-Anhalt, § 91"),
        verband("16", "54", "Thüringer Kommunalordnung, § 47"),
        gemeinde("08", "54", "Gemeindeordnung Baden-Württemberg, § 59 (vereinbarte Verwaltungsgemeinschaft)"),
        gemeinde("14", "54", "Gesetz über kommunale Zusammenarbeit Sachsen, § 36 (Verwaltungsgemeinschaft)"),
        gemeinde("12", "58", "Verbandsgemeinde- und Mitverwaltungsgesetz Brandenburg, § 16"),
        gemeinde("16", "58", "Thüringer Kommunalordnung, § 51"),
    ]

    /// The rule for a Verband: both administer, unless the table says otherwise.
    static func fuer(land: String, kennzeichen: String?) -> (verbandVerwaltet: Bool, mitgliederVerwalten: Bool) {
        guard let rule = ausnahmen.first(where: { $0.land == land && $0.kennzeichen == kennzeichen }) else {
            return (true, true)
        }
        return (rule.verbandVerwaltet, rule.mitgliederVerwalten)
    }

    private static func verband(_ land: String, _ kennzeichen: String, _ quelle: String) -> Verwaltungsregel {
        Verwaltungsregel(
            land: land, kennzeichen: kennzeichen, verbandVerwaltet: true, mitgliederVerwalten: false, quelle: quelle)
    }

    /// One member does the work of the Verband, which has no office of its own.
    private static func gemeinde(_ land: String, _ kennzeichen: String, _ quelle: String) -> Verwaltungsregel {
        Verwaltungsregel(
            land: land, kennzeichen: kennzeichen, verbandVerwaltet: false, mitgliederVerwalten: true, quelle: quelle)
    }
}
