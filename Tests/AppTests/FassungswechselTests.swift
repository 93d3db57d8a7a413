import App
import Foundation
import Kernel
import Konten
import Storage
import Synchronization
import TestKit
import Testing

/// Servers are exchanged one by one: an old program and a new one work on one database.
@Suite(.timeLimit(.minutes(10))) struct FassungswechselTests {
    /// What the next release might add.
    private static let naechste =
        Schema.migrations + [
            Migration(
                "zukunft-0001-mehr",
                "ALTER TABLE person ADD COLUMN anzeigename TEXT",
                "ALTER TABLE sitzung ADD COLUMN ursprung TEXT NOT NULL DEFAULT 'unbekannt'",
                "ALTER TABLE verlauf ADD COLUMN anlass TEXT",
                "ALTER TABLE leistung ADD COLUMN kurz TEXT NOT NULL DEFAULT ''",
                "CREATE TABLE zukunft (id TEXT PRIMARY KEY)",
                SQL(sqlite: "DROP VIEW umsetzungseintrag_sicht", postgres: ""),
                """
                CREATE \(SQL(sqlite: "", postgres: "OR REPLACE")) VIEW umsetzungseintrag_sicht AS
                SELECT id AS eintrag, organisation, stand, variante, dienst, ozg_id, angaben_fehlen, frist
                FROM umsetzungseintrag
                """)
        ]
    private static let abbau = Migration(
        "zukunft-0002-abbau", kind: .contract(since: "9999.0.0"), "ALTER TABLE leistung DROP COLUMN kurz")

    private static let seiten = [
        "/", "/leistungen", "/gebiete", "/umsetzung", "/umsetzung/055580016016", "/suche?q=hund", "/ozg",
        "/dienste", "/api/v1/leistungen",
    ]

    @Test(arguments: TestBackend.available.filter { $0 != .sqliteMemory })
    func `an old server reads, writes and starts again while a newer one has extended the schema`(
        backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let ordner = NSTemporaryDirectory() + "leitstand-wechsel-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: ordner, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: ordner) }
        var umgebung = ["LEITSTAND_DATA": ordner]
        switch try #require(try await Datenbankort(database)).art {
        case .postgres(let conninfo): umgebung["LEITSTAND_POSTGRES"] = conninfo
        case .datei(let path):
            umgebung["LEITSTAND_POSTGRES"] = ""
            // The same file under the name that the program gives it.
            try FileManager.default.createSymbolicLink(
                atPath: ordner + "/leitstand.sqlite", withDestinationPath: path)
        }
        let anmeldung = try Anmeldung(aufwand: .gering)
        let kennwort = try await anmeldung.neuesKennwort("ein langes Wort")
        try await database.write { db in
            _ = try KontoStore.insert(
                email: "alt@leitstand.localhost", kennwort: kennwort, aemter: [.init(.administration)],
                durch: .betrieb(Welt.jetzt), in: db)
        }
        let alt = try await Serverprozess.starte(umgebung, ordner)
        let cookie = try await alt.meldeAn("alt@leitstand.localhost", "ein+langes+Wort")

        // The old one is asked without a pause, before, during and after the step.
        let ende = Mutex(false)
        let server = alt
        let last = Task {
            var runden = 0
            while !ende.withLock({ $0 }) || runden < 2 {
                for seite in Self.seiten {
                    let answer = try await server.hole(seite, cookie: cookie)
                    #expect(answer.status == 200, "\(seite): \(answer.status)")
                }
                _ = try await server.meldeAn("alt@leitstand.localhost", "ein+langes+Wort")
                runden += 1
            }
            return runden
        }
        try await Task.sleep(for: .milliseconds(300))
        #expect(try await database.migrate(Self.naechste, release: "9999.0.0") == ["zukunft-0001-mehr"])
        ende.withLock { $0 = true }
        #expect(try await last.value >= 2)
        let urspruenge: [String] = try await database.read { db in
            try db.rows("SELECT DISTINCT ursprung FROM sitzung").map { try $0["ursprung"] }
        }
        #expect(urspruenge == ["unbekannt"])
        #expect(!alt.protokoll.contains("\"fehler\""), "\(alt.protokoll)")
        alt.beende()

        // It starts again and finds its session; the program as a command works, too.
        let wieder = try await Serverprozess.starte(umgebung, ordner)
        for seite in Self.seiten {
            #expect(try await wieder.hole(seite, cookie: cookie).status == 200, "\(seite)")
        }
        _ = try await wieder.meldeAn("alt@leitstand.localhost", "ein+langes+Wort")
        wieder.beende()
        #expect(
            try await database.schemaState(Schema.migrations, release: Schema.release) == .ahead(["zukunft-0001-mehr"]))

        // What takes something away stops it at the start with a sentence.
        try await database.migrate(Self.naechste + [Self.abbau], release: "9999.0.0")
        let refused = try Programm.rufe(["serve", "--port", "1"], umgebung: umgebung)
        #expect(refused.code == 1 && refused.fehler.contains("zukunft-0002-abbau"), "\(refused.fehler)")
    }
}
