package import Formats
import Kernel

/// Asks a scanner about a file before anybody gets it.
package protocol Virenpruefung: Sendable {
    func pruefe(_ datei: any Bytezugriff) async throws -> Virenbefund
}

package enum Virenbefund: Sendable, Equatable {
    case sauber
    /// The scanner's name for what it found.
    case befallen(String)
    /// The scanner does not look at so large a file.
    case zuGross
    /// It does not answer, or not as it should; the text is for the log.
    case gestoert(String)
}

extension Virenbefund {
    /// - Throws: `Refusal` for everything but a clean file.
    func verlangeSauber() throws {
        switch self {
        case .sauber: break
        case .befallen(let name):
            throw Refusal(
                .unprocessable,
                "Der Virenscanner hat in der Datei Schadsoftware gefunden (\(name.prefix(80))). Sie wurde nicht gespeichert. Öffnen Sie sie nicht und melden Sie sie Ihrer IT."
            )
        case .zuGross:
            throw Refusal(
                .unprocessable,
                "Die Datei ist dem Virenscanner zu groß; ungeprüft wird keine angenommen. Teilen Sie sie auf."
            )
        case .gestoert:
            throw Refusal(
                .unavailable,
                "Der Virenscanner antwortet zurzeit nicht; ungeprüft wird keine Datei angenommen. Bitte versuchen Sie es später noch einmal."
            )
        }
    }
}
