import App
import CryptoExtras
import Foundation
import Kernel
import Storage
import StorageSQLite
import Synchronization
import TestKit
import Testing

@testable import Sicherung

/// Backing up and putting back.
@Suite(.timeLimit(.minutes(10))) struct SicherungTests {
    @Test(arguments: Art.available, [UInt64(1), 2])
    func `random rows of every kind come back as they were`(of art: Art, seed: UInt64) async throws {
        try await Probe.mit { probe in
            let (quelle, ziel) = (try await probe.ort(art, "quelle"), try await probe.ort(art, "ziel"))
            let database = try await Probe.oeffne(quelle)
            try await Probe.zufaellig(seed, rows: 300, in: database)
            await database.close()
            let file = probe.pfad("a.sicherung")
            let made = try await Sicherung.schreibe(quelle, nach: file)
            let back = try await Einspielung.spiele(file, in: ziel)
            let (before, after) = (try await Probe.summen(quelle), try await Probe.summen(ziel))
            #expect(before == after && before == made.kopf.tabellen, "Saat \(seed)")
            #expect(before.first { $0.name == "probe_art" }?.zeilen == 300)
            #expect(back.angewandt.isEmpty && made.bytes > 0)
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try Ablage.names(in: probe.ordner).filter { $0.contains("teil") || $0.hasPrefix(".") } == [])
        }
    }

    @Test(.enabled(if: Art.available.contains(.postgres)))
    func `the sums of the same rows are the same on both databases`() async throws {
        try await Probe.mit { probe in
            var sums: [[Tabellensumme]] = []
            for art in Art.allCases {
                let ort = try await probe.ort(art, "gleich\(art)", Schema.migrations + Probe.migrationen)
                let database = try await Probe.oeffne(ort)
                try await Probe.zufaellig(7, rows: 200, in: database)
                try await Beispieldaten.load(from: Welt.ordner("Beispieldaten"), am: Welt.jetzt, in: database) { _ in }
                await database.close()
                sums.append(try await Probe.summen(ort))
            }
            // The engines store words in their own way, the steps note their moment, and new rows get random names.
            let own: Set = ["schema_migration", "suche_name", "suche_text"]
            func comparable(_ sums: [Tabellensumme]) -> [Tabellensumme] { sums.filter { !own.contains($0.name) } }
            let (left, right) = (comparable(sums[0]), comparable(sums[1]))
            #expect(left.map(\.name) == right.map(\.name) && left.map(\.zeilen) == right.map(\.zeilen))
            for name in ["probe_art", "probe_frei", "leistung", "themenfeld", "suche_wort", "suche_stamm"] {
                #expect(left.first { $0.name == name } == right.first { $0.name == name }, "\(name)")
            }
        }
    }

    @Test(arguments: Art.available)
    func `a backup during constant writing is a state that existed`(of art: Art) async throws {
        try await Probe.mit { probe in
            let quelle = try await probe.ort(art, "quelle")
            let database = try await Probe.oeffne(quelle)
            try await Probe.zufaellig(3, rows: 4_000, in: database)
            let stop = Mutex(false)
            let written = Mutex(0)
            let writer = Task {
                while !stop.withLock({ $0 }) {
                    let next = written.withLock { $0 } + 1
                    try await database.write { db in
                        try db.execute("INSERT INTO probe_links (nr, wert) VALUES (\(next), \("l\(next)"))")
                        try db.execute("INSERT INTO probe_rechts (nr, wert) VALUES (\(next), \("l\(next)"))")
                        try db.execute("UPDATE probe_links SET wert = \("n\(next)") WHERE nr = 1")
                        try db.execute("UPDATE probe_rechts SET wert = \("n\(next)") WHERE nr = 1")
                    }
                    written.withLock { $0 = next }
                }
            }
            for round in 0..<3 {
                let file = probe.pfad("\(round).sicherung")
                let before = written.withLock { $0 }
                _ = try await Sicherung.schreibe(quelle, nach: file)
                let after = written.withLock { $0 } + 1
                let ziel = try await probe.ort(art, "ziel\(round)")
                _ = try await Einspielung.spiele(file, in: ziel)
                let copy = try await Probe.oeffne(ziel, migriert: false)
                let counts = try await copy.read { db in
                    try ["probe_links", "probe_rechts"].map { table in
                        try db.rows(SQL(stringLiteral: "SELECT nr, wert FROM \(table) ORDER BY nr")).map(\.values)
                    }
                }
                await copy.close()
                #expect(counts[0] == counts[1], "Runde \(round)")
                #expect((before...after).contains(counts[0].count), "\(before) \(counts[0].count) \(after)")
            }
            stop.withLock { $0 = true }
            try await writer.value
            #expect(written.withLock { $0 } > 3)
            await database.close()
        }
    }

    @Test(arguments: Art.available)
    func `files come back under their names, and links stay out`(of art: Art) async throws {
        try await Probe.mit { probe in
            let (quelle, ziel) = (try await probe.ort(art, "quelle"), try await probe.ort(art, "ziel"))
            await (try await Probe.oeffne(quelle)).close()
            let contents: [String: Data] = [
                "dateien/ab/cd/abcd": Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }),
                "dateien/leer": Data(), "texte/impressum.md": Data("# Über uns\n".utf8),
                "texte/Straße ä\u{308} 🦫.md": Data("x".utf8),
                "texte/" + String(repeating: "lang/", count: 40) + "ende.md": Data("tief".utf8),
            ]
            for (name, data) in contents {
                let url = URL(filePath: probe.pfad("quelle/" + name))
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try data.write(to: url)
            }
            try FileManager.default.createSymbolicLink(
                atPath: probe.pfad("quelle/texte/fremd"), withDestinationPath: "/etc/passwd")
            let file = probe.pfad("a.sicherung")
            #expect(try await Sicherung.schreibe(quelle, nach: file).dateien == contents.count)
            #expect(try await Einspielung.spiele(file, in: ziel).dateien == contents.count)
            for (name, data) in contents {
                #expect(try Data(contentsOf: URL(filePath: probe.pfad("ziel/" + name))) == data, "\(name)")
            }
            #expect(!FileManager.default.fileExists(atPath: probe.pfad("ziel/texte/fremd")))
            #expect(try Ablage.names(in: probe.pfad("ziel/texte")).allSatisfy { !$0.hasPrefix(".") })
        }
    }

    @Test(arguments: Art.available)
    func `an older backup is brought up to date, a newer one is refused and leaves nothing`(of art: Art) async throws {
        try await Probe.mit { probe in
            let later = Migration("probe-0002-mehr", "ALTER TABLE probe_links ADD COLUMN mehr TEXT")
            let quelle = try await probe.ort(art, "quelle")
            await (try await Probe.oeffne(quelle)).close()
            let old = probe.pfad("alt.sicherung")
            _ = try await Sicherung.schreibe(quelle, nach: old)
            let ziel = try await probe.ort(art, "ziel", Probe.migrationen + [later])
            #expect(try await Einspielung.spiele(old, in: ziel).angewandt == ["probe-0002-mehr"])
            let new = probe.pfad("neu.sicherung")
            _ = try await Sicherung.schreibe(ziel, nach: new)
            let leer = try await probe.ort(art, "leer")
            let error = await #expect(throws: Refusal.self) { try await Einspielung.spiele(new, in: leer) }
            #expect(error?.message.contains("neueren Leitstand") == true)
            #expect(try await Probe.istLeer(leer))
            // A step that fails in the middle leaves nothing either.
            let broken = Migration("probe-0003-falsch", "ALTER TABLE gibt_es_nicht ADD COLUMN mehr TEXT")
            await #expect(throws: (any Error).self) {
                try await Einspielung.spiele(new, in: Probe.als(Probe.migrationen + [later, broken], leer))
            }
            #expect(try await Probe.istLeer(leer))
            _ = try await Einspielung.spiele(old, in: leer)
        }
    }

    @Test(arguments: Art.available)
    func `nothing is put back where something is`(of art: Art) async throws {
        try await Probe.mit { probe in
            let quelle = try await probe.ort(art, "quelle")
            await (try await Probe.oeffne(quelle)).close()
            let file = probe.pfad("a.sicherung")
            _ = try await Sicherung.schreibe(quelle, nach: file)
            let before = try await Probe.summen(quelle)
            let error = await #expect(throws: Refusal.self) { try await Einspielung.spiele(file, in: quelle) }
            #expect(error?.message.contains("leeres Ziel") == true)
            #expect(try await Probe.summen(quelle) == before)
            let ziel = try await probe.ort(art, "ziel")
            try FileManager.default.createDirectory(atPath: probe.pfad("ziel/texte"), withIntermediateDirectories: true)
            try Data("da".utf8).write(to: URL(filePath: probe.pfad("ziel/texte/impressum.md")))
            await #expect(throws: Refusal.self) { try await Einspielung.spiele(file, in: ziel) }
            #expect(try Ablage.names(in: probe.pfad("ziel")) == ["texte"])
        }
    }

    @Test(.enabled(if: Art.available.contains(.postgres)))
    func `a backup of the other kind of database is refused, and the target stays empty`() async throws {
        try await Probe.mit { probe in
            for (from, to) in [(Art.sqlite, Art.postgres), (.postgres, .sqlite)] {
                let quelle = try await probe.ort(from, "quelle\(from)")
                await (try await Probe.oeffne(quelle)).close()
                let file = probe.pfad("\(from).sicherung")
                _ = try await Sicherung.schreibe(quelle, nach: file)
                let ziel = try await probe.ort(to, "ziel\(to)")
                let error = await #expect(throws: Refusal.self) { try await Einspielung.spiele(file, in: ziel) }
                #expect(error?.message.contains("gleiche Art") == true)
                #expect(try await Probe.istLeer(ziel))
            }
        }
    }

    @Test func `a backup never overwrites another unless it is told to, and leaves nothing when it fails`() async throws
    {
        try await Probe.mit { probe in
            let quelle = try await probe.ort(.sqlite, "quelle")
            let file = probe.pfad("a.sicherung")
            let missing = await #expect(throws: Refusal.self) { try await Sicherung.schreibe(quelle, nach: file) }
            #expect(missing?.message.contains("keine Datenbank") == true)
            #expect(try Ablage.names(in: probe.ordner).isEmpty)
            await (try await Probe.oeffne(quelle)).close()
            _ = try await Sicherung.schreibe(quelle, nach: file)
            let first = try Data(contentsOf: URL(filePath: file))
            let error = await #expect(throws: Refusal.self) { try await Sicherung.schreibe(quelle, nach: file) }
            #expect(error?.message.contains("--ersetzen") == true)
            #expect(try Data(contentsOf: URL(filePath: file)) == first)
            _ = try await Sicherung.schreibe(quelle, nach: file, ersetzen: true)
            for path in [probe.ordner, probe.pfad("fehlt/a.sicherung")] {
                await #expect(throws: Refusal.self) { try await Sicherung.schreibe(quelle, nach: path, ersetzen: true) }
            }
            let full = await #expect(throws: Refusal.self) {
                try await Sicherung.schreibe(quelle, nach: "/dev/full", ersetzen: true)
            }
            #expect(full?.message.contains("/dev/full") == true)
            #expect(try Ablage.names(in: probe.ordner) == ["a.sicherung", "quelle"])
        }
    }
}
