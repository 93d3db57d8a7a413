import Codelisten
import Formats
import Foundation
import Katalog
package import Kernel
import Nachnutzung
package import Storage
import Suche
import Umsetzung
import Verzeichnis
import Web

/// Loads the small example world that comes with the product.
package enum Beispieldaten {
    /// Whether nothing was ever loaded.
    package static func istLeer(_ database: any Database) async throws -> Bool {
        try await database.read { db in try DatenstandStore.isEmpty(in: db) }
    }

    /// Whether what is loaded is the example world and nothing else: every service says so in its name.
    package static func istGeladen(in db: any SQLConnection) throws -> Bool {
        let dienste = try DienstStore.list(DienstFilter(), Listenwunsch(Abfrage()), in: db).eintraege
        return !dienste.isEmpty && dienste.allSatisfy { $0.dienst.name.hasPrefix("Beispiel: ") }
    }

    /// - Throws: `Refusal` for a database that holds data already, or files that are missing or faulty.
    package static func load(
        from folder: String, am: Instant, in database: any Database, melde: (String) -> Void
    ) async throws {
        guard try await istLeer(database) else {
            throw Refusal(
                .conflict, "Die Datenbank enthält schon Daten. Beispieldaten werden nur in eine leere geladen.")
        }
        let auftrag = Importauftrag(urheber: .betrieb(am))
        try await step("Gemeindeverzeichnis", melde) {
            try await GemeindeverzeichnisImport.run(source(folder, "gemeindeverzeichnis.txt"), auftrag, in: database)
        }
        try await step("Katalog", melde) {
            try await KatalogImport.run(
                .init(
                    leistungen: source(folder, "leistungen.csv"), ohneSchluessel: source(folder, "ohne-schluessel.csv"),
                    ozg: source(folder, "ozg.csv")), datum: "2019", auftrag, in: database)
        }
        try await step("Onlinedienste", melde) {
            try await DienstImport.run(source(folder, "dienste.csv"), auftrag, in: database)
        }
        try await step("Codelisten", melde) {
            try await CodelistenImport.run(
                ["codelisten/antragsweg_1.xml", "codelisten/antragsweg_2.xml"].map { .datei("\(folder)/\($0)") },
                auftrag, in: database)
        }
        let lists: [String]
        do {
            lists = try FileManager.default.contentsOfDirectory(atPath: folder + "/umsetzung").filter {
                $0.hasSuffix(".csv")
            }.sorted()
        } catch {
            throw Refusal(.notFound, "Der Ordner \(folder)/umsetzung fehlt.")
        }
        for list in lists {
            let ars = String(list.dropLast(".csv".count))
            let organisation = try await database.read { db in try OrganisationStore.named(ars, in: db) }
            try await step("Umsetzungsliste \(organisation.name)", melde) {
                try await UmsetzungImport.run(
                    source(folder, "umsetzung/\(list)"), organisation: organisation.id, auftrag, in: database)
            }
        }
        if let index = try await Suchindex.standard.nachfuehren(database) {
            melde("Suche: \(index.eintraege) Einträge")
        }
    }

    private static func source(_ folder: String, _ name: String) throws -> TextSource {
        do { return try TextSource(path: "\(folder)/\(name)") } catch {
            throw Refusal(.notFound, "Beispieldaten/\(name): \(error.reason)")
        }
    }

    private static func step(
        _ name: String, _ melde: (String) -> Void, _ work: () async throws -> Importbericht
    ) async throws {
        let bericht = try await work()
        if let first = bericht.fehler.first { throw Refusal(.unprocessable, "Beispieldaten, \(name): \(first.text)") }
        melde("\(name): \(bericht.neu) neu")
    }
}
