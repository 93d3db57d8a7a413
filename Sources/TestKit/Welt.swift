import App
import Formats
import Foundation
import Katalog
package import Kernel
import Konten
package import Storage
package import Suche
import Verzeichnis
package import Web

/// The world that tests play in: the example data of the product, loaded once and cloned for each test.
package enum Welt {
    /// A database with tables and no rows.
    package static func leer(_ backend: TestBackend) async throws -> any Database {
        try await backend.database(Schema.migrations)
    }

    /// Places, catalogue, services and six lists of `Beispieldaten/`.
    package static func beispiel(_ backend: TestBackend) async throws -> any Database {
        try await backend.database(
            Schema.migrations,
            saat: Saat("beispiel") { database in
                try await Beispieldaten.load(from: Welt.ordner("Beispieldaten"), am: jetzt, in: database) { _ in }
            })
    }

    /// The official directory and catalogue with their search index; only where `echteDaten` is there.
    package static func echt(_ backend: TestBackend) async throws -> any Database {
        try await backend.database(
            Schema.migrations,
            saat: Saat("echt") { database in
                let folder = echteDaten ?? ""
                let auftrag = Importauftrag(urheber: .betrieb(jetzt))
                _ = try await GemeindeverzeichnisImport.run(
                    TextSource(path: folder + "/gemeinden/GV100AD_31082025.txt"), auftrag, in: database)
                _ = try await KatalogImport.run(
                    .init(
                        leistungen: TextSource(path: folder + "/leika/leika_leistungen_ozg.csv"),
                        ohneSchluessel: TextSource(path: folder + "/leika/leistungen_nicht_im_leika.csv"),
                        ozg: TextSource(path: folder + "/ozg/ozg_leistungen.csv")), datum: "2019", auftrag, in: database
                )
                _ = try await Suchindex.standard.nachfuehren(database)
            })
    }

    /// The lists of everyday words that come with the product.
    package static let alltagswoerter: Result<Alltagswoerter, any Error> = Result {
        try Alltagswoerter(
            synonyme: String(contentsOfFile: ordner("Sources/Suche/woerter/synonyme.txt"), encoding: .utf8),
            fuellwoerter: String(contentsOfFile: ordner("Sources/Suche/woerter/fuellwoerter.txt"), encoding: .utf8))
    }

    /// The moment at which the world was loaded: 22 November 2026, 10:00 in Berlin.
    package static let jetzt = Instant(rawValue: 1_795_338_000_000)

    /// A folder of the checkout.
    package static func ordner(_ path: String) -> String {
        var url = URL(filePath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.appending(path: path).path
    }

    /// Real data: `LEITSTAND_TESTDATEN`, else beside the checkout; nil in a user's clone. A build server must have it.
    package static let echteDaten: String? = {
        let environment = ProcessInfo.processInfo.environment
        let path = environment["LEITSTAND_TESTDATEN"] ?? ordner("../shared/data")
        if FileManager.default.fileExists(atPath: path + "/gemeinden") { return path }
        precondition(environment["CI"] == nil, "CI is set, but the real data is missing: set LEITSTAND_TESTDATEN")
        return nil
    }()

    /// All templates of the checkout, compiled once.
    package static let views: Result<Views, any Error> = Result { try Ressourcen(konfiguriert: nil).views() }
}
