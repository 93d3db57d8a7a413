import App
import Storage
import TestKit
import Testing

@testable import Suche

/// Installations of the first release kept their index in other tables.
@Suite(.timeLimit(.minutes(10))) struct IndexumstellungTests {
    @Test(arguments: TestBackend.available)
    func `an index of the first release gives way to one that is built anew`(backend: TestBackend) async throws {
        let before = Schema.migrations.prefix { $0.id != "suche-0002-wortlisten" }
        let database = try await backend.database(Array(before))
        try await database.write { db in
            try db.execute(
                """
                INSERT INTO suche_eintrag
                    (nr, art, id, pfad, name, inhalt, name_worte, umfeld_worte, pruefsumme)
                VALUES (7, 'leistung', 'x', '/leistungen/x', 'Alt', '', 'alt', '', 1)
                """)
            try db.execute("INSERT INTO suche_schluessel (schluessel, nr) VALUES ('x', 7)")
            try db.execute("UPDATE suche_stand SET fassung = 5, quelle = 'erste Fassung'")
        }
        try await database.migrate(Schema.migrations)
        _ = try await Katalogblatt().laden(database)
        #expect(try await Suchindex.standard.nachfuehren(database) != nil)
        let found = try await Indexabbild.lies(database)
        #expect(try await found == Indexabbild.vonGrundAuf(database))
        #expect(try await Suchwelt(database).inhalt().fassung > 5)
    }
}
