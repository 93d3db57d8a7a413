import Foundation

/// The data of a whole installation, loaded by the commands that an operator uses; on SQLite once a run.
actor Bestand {
    private let programm: String
    private let gemeindeverzeichnis: String
    private let daten: String
    private let beispiele: String
    private let path: String
    private var istGeladen = false

    init(programm: String, gemeindeverzeichnis: String, daten: String, beispiele: String, ordner: String) {
        (self.programm, self.gemeindeverzeichnis, self.daten) = (programm, gemeindeverzeichnis, daten)
        (self.beispiele, path) = (beispiele, ordner)
    }

    /// The data folder; no part changes what lies in it.
    func ordner() async throws -> String {
        if istGeladen { return path }
        try lade(["--data", path])
        istGeladen = true
        return path
    }

    /// Loads everything into the database that these arguments of a command name.
    func lade(_ ziel: [String]) throws {
        Lauf.sage("  Bestand laden: Verzeichnis, Grenzen, Katalog, Onlinedienste, Umsetzungslisten, Codelisten")
        try Serverprozess.befehl(programm, ["migrate"] + ziel)
        func lade(_ what: String, _ arguments: [String]) throws {
            try Serverprozess.befehl(programm, ["import", what] + arguments + ziel)
        }
        try lade("gemeindeverzeichnis", [gemeindeverzeichnis])
        try lade("grenzen", try dateien(daten + "/grenzen", endung: ".topo.json"))
        try lade(
            "katalog",
            [
                "--leistungen", daten + "/leika/leika_leistungen_ozg.csv", "--ohne-schluessel",
                daten + "/leika/leistungen_nicht_im_leika.csv", "--ozg", daten + "/ozg/ozg_leistungen.csv", "--stand",
                "2019",
            ])
        try lade("dienste", [beispiele + "/dienste.csv"])
        for list in try dateien(beispiele + "/umsetzung", endung: ".csv") {
            let place = URL(filePath: list).deletingPathExtension().lastPathComponent
            try lade("umsetzung", [list, "--organisation", place])
        }
        try lade("codeliste", try dateien(daten + "/xoev-codelisten/genericode", endung: ".xml"))
    }

    private func dateien(_ folder: String, endung: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(endung) }.sorted()
            .map { "\(folder)/\($0)" }
    }
}
