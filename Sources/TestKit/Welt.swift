import App
import Formats
import Foundation
package import Kernel
import Konten
package import Storage
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
