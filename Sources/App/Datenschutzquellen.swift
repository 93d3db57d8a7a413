import Dateien
import Jobs
package import Kernel
package import Konten
import Post
import Storage
import Umsetzung
import Verzeichnis
import Webhooks

extension Datenschutz {
    /// The rooms that hold something about persons. A new one takes part with one line here; a test finds tables
    /// about persons that no room names.
    package static let quellen: [any PersonendatenQuelle] = [
        Kontenquelle(), Jobquelle(), Briefquelle(), VerlaufQuelle(), IdempotenzQuelle(), Ladungsdaten(),
        Kontaktdaten(), Dateidaten(), Webhookquelle(), Sicherungsdaten(),
    ]

    /// With the periods that come along.
    package static let ueblich = Datenschutz(quellen: quellen)

    /// With the periods of this installation.
    ///
    /// - Throws: `Refusal` that names the setting and what is wrong with it.
    package static func eingestellt(_ einstellungen: Einstellungen) throws -> Datenschutz {
        let name = Einstellung.fristen.name
        let known = ueblich.fristen.map(\.art)
        var angaben: [String: Int] = [:]
        for part in (einstellungen.wert(.fristen) ?? "").split(separator: ",") {
            let pair = part.split(separator: "=", omittingEmptySubsequences: false).map {
                String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
            guard pair.count == 2, let days = Int(pair[1]), (0...36_500).contains(days) else {
                throw Refusal(
                    .badRequest, "\(name): „\(part)“ ist keine Angabe. Schreiben Sie art=Tage, etwa verlauf=3650.")
            }
            guard known.contains(pair[0]) else {
                throw Refusal(
                    .badRequest,
                    "\(name): „\(pair[0])“ ist keine Frist. Bekannt sind: \(known.joined(separator: ", ")).")
            }
            angaben[pair[0]] = days
        }
        return Datenschutz(quellen: quellen, angaben: angaben)
    }
}

/// Backups in the register: they hold everything, and the operator's rule says for how long.
struct Sicherungsdaten: PersonendatenQuelle {
    var verarbeitungen: [Verarbeitung] {
        [
            Verarbeitung(
                "Sicherungen", zweck: "Wiederherstellen nach Ausfall oder Angriff",
                betroffene: "alle in diesem Verzeichnis genannten", daten: "alle in diesem Verzeichnis genannten",
                grundlage: "Art. 6 Abs. 1 Buchst. e, Art. 32 Abs. 1 Buchst. c DSGVO", empfaenger: "Betriebsstelle",
                tabellen: [],
                dauer:
                    "nach der Regel der Betriebsstelle (backup --behalten); nach dem Einspielen einer Sicherung sind "
                    + "Löschungen seit ihr zu wiederholen")
        ]
    }

    func auskunft(ueber person: BetroffenePerson, am: Instant, in db: any SQLConnection) throws -> [Auskunftsteil] {
        []
    }

    func loesche(_ person: BetroffenePerson, durch urheber: Urheber, in db: any SQLConnection) throws {}
}
