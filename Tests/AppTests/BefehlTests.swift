import Foundation
import Storage
import StorageSQLite
import TestKit
import Testing

/// The program as an operator calls it.
@Suite(.timeLimit(.minutes(15))) struct BefehlTests {
    private func ordner() -> String { NSTemporaryDirectory() + "leitstand-befehl-" + UUID().uuidString }

    private func anzahl(_ folder: String, _ table: String) async throws -> Int {
        let database = try SQLiteDatabase(path: folder + "/leitstand.sqlite")
        let count: Int? = try await database.read { db in
            try db.value("SELECT count(*) FROM \(SQL(stringLiteral: table))")
        }
        await database.close()
        return count ?? 0
    }

    @Test func `an operator loads, checks, exports and loads back without a change`() async throws {
        let folder = ordner()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try Programm.rufe(["migrate", "--data", folder]).code == 0)
        #expect(try Programm.rufe(["demo", "--data", folder]).code == 0)
        #expect(try Programm.rufe(["demo", "--data", folder]).code == 1, "nur in eine leere Datenbank")
        #expect(try Programm.rufe(["demo", "--wenn-leer", "--data", folder]).code == 0)
        let csv = folder + "/liste.csv"
        #expect(
            try Programm.rufe(["export", "umsetzung", "--organisation", "055580016016", "--out", csv, "--data", folder])
                .code == 0)
        let back = try Programm.rufe(["import", "umsetzung", csv, "--organisation", "055580016016", "--data", folder])
        #expect(back.code == 0)
        #expect(back.ausgabe.contains("neu: 0, geändert: 0, unverändert: 25"))
        let xlsx = folder + "/liste.XLSX"
        func export(_ out: String) throws -> Programm.Ergebnis {
            try Programm.rufe(["export", "umsetzung", "--organisation", "055580016016", "--out", out, "--data", folder])
        }
        #expect(try export(xlsx).code == 0)
        let bytes = try Data(contentsOf: URL(filePath: xlsx))
        let mappe = try Arbeitsmappe(bytes: Array(bytes))
        #expect(mappe.blaetter[0].zeilen.count == 26 && mappe.blaetter[0].zeilen[0].first?.wert == "Zeilenmarke")
        for wrong in [folder + "/liste.ods", folder + "/csv", folder + "/fehlt/liste.csv"] {
            let refused = try export(wrong)
            #expect(refused.code != 0 && !refused.fehler.contains("FormatError"), "\(refused.fehler)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy { !$0.hasPrefix("leitstand-") })
    }

    @Test func `a faulty file is refused with line, column, field and reason, and nothing is written`() async throws {
        let folder = ordner()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try Programm.rufe(["demo", "--data", folder]).code == 0)
        let csv = folder + "/liste.csv"
        try "Titel;Stand\nGut;offen\nSchlecht;fertig\n".write(toFile: csv, atomically: true, encoding: .utf8)
        let before = try await anzahl(folder, "umsetzungseintrag")
        let refused = try Programm.rufe([
            "import", "umsetzung", csv, "--organisation", "055580016016", "--data", folder,
        ])
        #expect(refused.code == 1)
        #expect(refused.fehler.contains("Zeile 3, Spalte 10, Feld Stand: "))
        #expect(try await anzahl(folder, "umsetzungseintrag") == before)
        let probe = try Programm.rufe([
            "import", "umsetzung", csv, "--organisation", "055580016016", "--data", folder, "--probe",
            "--fehlerhafte-überspringen",
        ])
        #expect(probe.code == 0 && probe.ausgabe.contains("nichts geschrieben"))
        #expect(try await anzahl(folder, "umsetzungseintrag") == before)
        let skipped = try Programm.rufe([
            "import", "umsetzung", csv, "--organisation", "055580016016", "--data", folder,
            "--fehlerhafte-ueberspringen",
        ])
        #expect(skipped.code == 0)
        #expect(try await anzahl(folder, "umsetzungseintrag") == before + 1)
    }

    @Test func `an operator loads a list of changes, tries it first, and is told which row is wrong`() async throws {
        let folder = ordner()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try Programm.rufe(["migrate", "--data", folder]).code == 0)
        let csv = folder + "/aenderungen.csv"
        func lade(_ text: String, _ more: [String] = []) throws -> Programm.Ergebnis {
            try text.write(toFile: csv, atomically: true, encoding: .utf8)
            return try Programm.rufe(["import", "gebietsaenderungen", csv, "--data", folder] + more)
        }
        let kopf = "ags_alt,name_alt,ags_neu,name_neu\n"
        let gut = kopf + "05558099,Merfeld,05558016,\"Dülmen, Stadt\"\n"
        let early = try lade(gut)
        #expect(early.code == 1 && early.fehler.contains("noch nicht geladen"))
        #expect(try Programm.rufe(["demo", "--data", folder]).code == 0)
        let before = try await anzahl(folder, "gebiet")
        let probe = try lade(gut, ["--probe"])
        #expect(probe.code == 0 && probe.ausgabe.contains("neu: 1") && probe.ausgabe.contains("nichts geschrieben"))
        #expect(try await anzahl(folder, "gebiet") == before)
        let faulty = try lade(gut + "05558098,Rorup,05558888,\n")
        #expect(faulty.code == 1 && faulty.fehler.contains("Zeile 3, Spalte 16, Feld ags_neu: Den Nachfolger 05558888"))
        #expect(try await anzahl(folder, "gebiet") == before)
        let loaded = try lade(gut)
        #expect(loaded.code == 0 && loaded.ausgabe.contains("Geladen."))
        #expect(try await anzahl(folder, "gebiet") == before + 1)
        let again = try lade(gut)
        #expect(again.code == 0 && again.ausgabe.contains("Es gab nichts zu ändern."))
        let user = try Programm.rufe([
            "user", "add", "merfeld@leitstand.localhost", "--rolle", "leserecht", "--organisation", "05558099",
            "--data", folder,
        ])
        #expect(user.code == 1 && user.fehler.contains("Gemeinde Merfeld ist aufgelöst; Nachfolger ist Stadt Dülmen."))
    }

    @Test func `files that are missing, empty or of another kind are refused with a sentence`() throws {
        let folder = ordner()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let (leer, zip) = (folder + "/leer.txt", folder + "/tabelle.xlsx")
        try Data().write(to: URL(filePath: leer))
        try Data([0x50, 0x4B, 3, 4, 0, 0]).write(to: URL(filePath: zip))
        for file in [folder + "/fehlt.txt", leer, zip, folder] {
            let refused = try Programm.rufe(["import", "gemeindeverzeichnis", file, "--data", folder])
            #expect(refused.code == 1 && refused.fehler.contains(file), "\(file): \(refused.fehler)")
            #expect(!refused.fehler.contains("FormatError"))
        }
    }

    @Test(.enabled(if: Welt.echteDaten != nil))
    func `an import that is killed half-way leaves nothing half imported`() async throws {
        let folder = ordner()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try Programm.rufe(["migrate", "--data", folder]).code == 0)
        let file = try #require(Welt.echteDaten) + "/gemeinden/GV100AD_31082025.txt"
        var killed = 0
        for wait in [50, 200, 400, 600, 800, 1_000, 1_200, 1_400] {
            let process = Programm.prozess(["import", "gemeindeverzeichnis", file, "--data", folder])
            (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
            try process.run()
            // A sleeping task would wake late among many tests, when the import is long done.
            usleep(UInt32(wait) * 1_000)
            if process.isRunning { killed += 1 }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let (places, loads) = (try await anzahl(folder, "gebiet"), try await anzahl(folder, "datenstand"))
            #expect(
                (places, loads) == (0, 0) || (places, loads) == (12_494, 1),
                "nach \(wait) ms: \(places) Gebiete, \(loads) Stände")
            if loads == 1 { break }
        }
        #expect(killed > 0)
        #expect(try Programm.rufe(["import", "gemeindeverzeichnis", file, "--data", folder]).code == 0)
        #expect(try await anzahl(folder, "gebiet") == 12_494)
    }

    @Test func `an operator loads boundaries, and a bad file keeps the good ones out too`() async throws {
        let folder = ordner()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let (good, bad) = (folder + "/land.topo.json", folder + "/schlecht.json")
        try """
        {"type":"Topology","arcs":[[[7,51],[8,51],[8,52],[7,51]]],"objects":{"laender":{"type":"GeometryCollection",
        "geometries":[{"type":"Polygon","id":"05","arcs":[[0]]}]}}}
        """.write(toFile: good, atomically: true, encoding: .utf8)
        try "{}".write(toFile: bad, atomically: true, encoding: .utf8)
        let refused = try Programm.rufe(["import", "grenzen", good, bad, "--data", folder])
        #expect(refused.code == 1 && refused.fehler.contains("schlecht.json: Das ist keine Topologie"))
        for file in [folder + "/fehlt.json", folder] {
            let missing = try Programm.rufe(["import", "grenzen", file, "--data", folder])
            #expect(missing.code == 1 && missing.fehler.contains(file))
        }
        #expect(try await anzahl(folder, "grenze") == 0)
        let loaded = try Programm.rufe(["import", "grenzen", good, "--vermerk", "© Amt", "--data", folder])
        #expect(loaded.code == 0 && loaded.ausgabe.contains("neu: 1, "))
        #expect(try await anzahl(folder, "grenze") == 1)
        #expect(try Programm.rufe(["import", "grenzen", "--data", folder]).code != 0)
    }

    @Test func `an operator adds accounts with their roles and sets new passwords`() throws {
        let folder = ordner()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try Programm.rufe(["demo", "--data", folder]).code == 0)
        let who = "koordination@leitstand.localhost"
        func add(_ more: [String]) throws -> Programm.Ergebnis {
            try Programm.rufe(["user", "add", who] + more + ["--data", folder])
        }
        #expect(try add(["--rolle", "chef"]).fehler.contains("keine Rolle"))
        #expect(try add(["--rolle", "ozg_ansprechperson"]).fehler.contains("--organisation"))
        #expect(try add(["--rolle", "ozg_ansprechperson", "--organisation", "99"]).fehler.contains("kein Gebiet"))
        let made = try add(["--rolle", "ozg_ansprechperson", "--organisation", "055580016016"])
        #expect(made.code == 0 && made.ausgabe.contains("Passwort: "))
        #expect(try add(["--rolle", "administration"]).fehler.contains("schon ein Konto"))
        let reset = try Programm.rufe(["user", "reset", who, "--data", folder])
        #expect(reset.code == 0 && reset.ausgabe.contains("Neues Passwort"))
        let nobody = try Programm.rufe(["user", "reset", "niemand@leitstand.localhost", "--data", folder])
        #expect(nobody.code == 1 && nobody.fehler.contains("kein Konto"))
    }

    @Test func `the check shows the settings and names the texts that nobody has written yet`() throws {
        let folder = ordner()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder + "/texte", withIntermediateDirectories: true)
        try "# Impressum\n\nStadt Dülmen\n".write(
            toFile: folder + "/texte/impressum.md", atomically: true, encoding: .utf8)
        let check = try Programm.rufe(["check", "--konfiguration", "--data", folder])
        #expect(check.code == 0 && check.ausgabe.contains("LEITSTAND_DATA = \(folder)"))
        #expect(check.ausgabe.contains("datenschutz.md fehlt im Ordner \(folder)/texte"))
        #expect(!check.ausgabe.contains("impressum.md fehlt"))
    }
}
