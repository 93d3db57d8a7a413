import Kernel
import TestKit

/// Who holds which right, written down once more and apart from the program: the tests compare both.
///
/// A line names a right, then the roles that have it for the whole installation, then those that have it at the
/// organisation of a record (`alle` for any of them), then whether people act by delegation, too.
enum Rechtetabelle {
    static let text = """
        dienst anlegen       | administration projektbuero           | ozg_ansprechperson leistungsverantwortung umsetzungsverantwortung it_dienstleister | irgendwo
        dienst ändern        | administration projektbuero           | ozg_ansprechperson leistungsverantwortung umsetzungsverantwortung it_dienstleister | delegiert
        umsetzung lesen      | administration projektbuero leserecht | alle                                                                               | delegiert
        umsetzung ändern     | administration projektbuero           | ozg_ansprechperson leistungsverantwortung umsetzungsverantwortung                  | delegiert
        organisation lesen   | administration projektbuero leserecht | alle                                                                               | delegiert
        organisation ändern  | administration projektbuero           | ozg_ansprechperson                                                                 | delegiert
        konten verwalten     | administration projektbuero           | ozg_ansprechperson                                                                 | selbst
        leserecht vergeben   | administration projektbuero           | ozg_ansprechperson                                                                 | selbst
        leitung vergeben     | administration projektbuero           |                                                                                    | selbst
        überall vergeben     | administration                        |                                                                                    | selbst
        delegieren           | administration projektbuero           | ozg_ansprechperson leitung                                                         | selbst
        organisation anlegen | administration projektbuero           |                                                                                    | selbst
        webhooks verwalten   | administration projektbuero           | ozg_ansprechperson                                                                 | selbst
        verlauf dort lesen   | administration projektbuero leserecht | ozg_ansprechperson leitung                                                         | delegiert
        verlauf lesen        | administration projektbuero           | ozg_ansprechperson leitung                                                         | delegiert
        verlauf ganz lesen   | administration projektbuero leserecht |                                                                                    | selbst
        betrieb              | administration                        |                                                                                    | selbst
        """

    /// Roles that one authority may have another act in.
    static let delegierbar = Set(
        """
        ozg_ansprechperson leistungsverantwortung umsetzungsverantwortung redaktion sachbearbeitung formularentwicklung leserecht
        """.split(separator: " ").map { String($0) })

    struct Zeile: Sendable {
        let ueberall: Set<String>
        let dort: Set<String>
        let weg: String
    }

    static let zeilen: [String: Zeile] = Dictionary(
        uniqueKeysWithValues: text.split(separator: "\n").map { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map { cell in
                cell.split(separator: " ").map(String.init)
            }
            return (
                cells[0].joined(separator: " "),
                Zeile(ueberall: Set(cells[1]), dort: Set(cells[2]), weg: cells[3].joined())
            )
        })

    /// Where a record lies, seen from the cast.
    enum Datensatz: String, CaseIterable, Sendable { case duelmen, kreis, hamm }

    /// Whether a member of the cast has the right on a record.
    static func darf(_ wer: Mitspieler, _ recht: String, _ datensatz: Datensatz) -> Bool {
        guard let zeile = zeilen[recht], let rolle = wer.rolle?.rawValue else { return false }
        let hat = zeile.dort.contains(rolle) || zeile.dort.contains("alle")
        let dort: Bool
        switch wer.stellung {
        case .besuch, .ohneRolle: return false
        case .ueberall, .ueberallVertretung: return zeile.ueberall.contains(rolle)
        case .eigen, .eigenVertretung: dort = datensatz == .duelmen
        case .kreis:
            dort =
                datensatz == .kreis || datensatz == .duelmen && zeile.weg == "delegiert" && delegierbar.contains(rolle)
        case .dienstleister: dort = datensatz == .duelmen && zeile.weg == "delegiert" && delegierbar.contains(rolle)
        case .fremd: dort = datensatz == .hamm
        }
        return hat && (dort || zeile.weg == "irgendwo")
    }
}
