import Foundation
import Kernel
package import Logging
import ServiceLifecycle
package import Storage
package import Suche
package import Web

/// Keeps the search index in step with loads that any process makes.
package struct Suchdienst: Service {
    /// How soon a load shows in the search.
    static let abstand = Duration.seconds(5)

    let database: any Database
    let logger: Logger
    let werte: Dienstwerte

    package init(database: any Database, logger: Logger, werte: Dienstwerte = Dienstwerte("suchindex")) {
        (self.database, self.logger, self.werte) = (database, logger, werte)
    }

    package func run() async throws {
        await werte.wiederhole(alle: Suchdienst.abstand, "suchindex nicht nachgeführt", logger: logger) {
            guard let made = try await Suchindex.standard.nachfuehren(database) else { return }
            logger.info(
                "suchindex",
                metadata: [
                    "eintraege": .stringConvertible(made.eintraege),
                    "geschrieben": .stringConvertible(made.geschrieben),
                    "entfernt": .stringConvertible(made.entfernt),
                ])
        }
    }
}

/// Reads the everyday words of the search: the operator's own files where they are, else those that come along.
package enum Suchwoerter {
    /// - Throws: `Refusal` that names the file, the line and what is wrong there.
    package static func lade(_ ressourcen: Ressourcen, eigene folder: String) throws -> Alltagswoerter {
        do {
            return try Alltagswoerter(
                synonyme: text("synonyme.txt", ressourcen, folder),
                fuellwoerter: text("fuellwoerter.txt", ressourcen, folder))
        } catch let error as Alltagswoerter.Fehler {
            throw Refusal(.unprocessable, "\(error.datei), Zeile \(error.zeile): \(error.grund)")
        }
    }

    private static func text(_ name: String, _ ressourcen: Ressourcen, _ folder: String) throws -> String {
        let own = folder + "/" + name
        let path = FileManager.default.fileExists(atPath: own) ? own : ressourcen.woerter + "/" + name
        guard let data = FileManager.default.contents(atPath: path), data.count < 4 << 20 else {
            throw Refusal(.notFound, "Die Wörterliste \(path) fehlt, ist nicht lesbar oder größer als 4 MB.")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw Refusal(.unprocessable, "Die Wörterliste \(path) ist nicht in UTF-8 gespeichert.")
        }
        return text
    }
}
