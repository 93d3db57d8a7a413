import Foundation
import TestKit
import Testing

@testable import App

/// The documents say what the program does.
@Suite struct DokumentTests {
    private func text(_ path: String) throws -> String {
        try String(contentsOfFile: Welt.ordner(path), encoding: .utf8)
    }

    /// The cells of all table rows whose first cell is code.
    private func zeilen(_ path: String) throws -> [[String]] {
        try text(path).split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
            line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    @Test func `docs/KONFIGURATION.md lists every setting with its kind, default and sentence`() throws {
        let rows = try zeilen("docs/KONFIGURATION.md")
        for setting in Einstellung.alle {
            let row = try #require(rows.first { $0[0] == "`\(setting.name)`" }, "\(setting.name) fehlt")
            #expect(row[1] == setting.art)
            #expect(row[2].replacing("`", with: "") == (setting.vorgabe ?? "–"))
            #expect(row[3] == setting.beschreibung)
        }
        let known = Set(Einstellung.alle.map { "`\($0.name)`" })
        for row in rows where row[0].hasPrefix("`LEITSTAND_") && row.count >= 4 {
            #expect(known.contains(row[0]), "\(row[0]) gibt es nicht")
        }
    }

    @Test func `a secret is never printed`() {
        let table = Einstellungen(umgebung: ["LEITSTAND_POSTGRES": "postgres://u:geheimnis@h/d"]).tabelle.joined()
        #expect(!table.contains("geheimnis"))
        #expect(table.contains("LEITSTAND_POSTGRES = gesetzt"))
    }

    /// Types that are machinery and need no word of the field.
    private static let maschine: Set<String> = [
        "ID", "Art", "GebietRoutes", "Einordnung", "Katalogbezug", "Leistungsangabe", "Angabefehler", "Adresse",
        "DateienAmDatensatz", "Dateidaten",
    ]

    @Test func `docs/GLOSSAR.md defines every noun of the domain in one sentence with its source`() throws {
        let entries = try zeilen("docs/GLOSSAR.md")
        let defined = Set(entries.map { $0[0].replacing("`", with: "") })
        for row in entries {
            #expect(row.count >= 3 && row[1].hasSuffix(".") && !row[2].isEmpty, "\(row[0]): ein Satz und eine Quelle")
        }
        for room in [
            "Verzeichnis", "Katalog", "Codelisten", "Nachnutzung", "Umsetzung", "Protokoll", "Dateien", "Webhooks",
        ] {
            let folder = Welt.ordner("Sources/\(room)")
            for file in try FileManager.default.contentsOfDirectory(atPath: folder) where file.hasSuffix(".swift") {
                let code = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
                for match in code.matches(
                    of: #/(?m)^package (?:indirect )?(?:struct|enum|final class|protocol) ([A-Za-z]+)/#)
                {
                    let name = String(match.1)
                    let isMachine =
                        [
                            "Store", "Routes", "Migrations", "Filter", "Import", "Export", "Aenderung", "Ergaenzung",
                            "Nachfolge",
                        ]
                        .contains { name.hasSuffix($0) } || Self.maschine.contains(name) || name.hasSuffix("Eintrag")
                        || name.contains("Im")
                    #expect(isMachine || defined.contains(name), "\(room)/\(file): \(name) fehlt im Glossar")
                }
            }
        }
    }

    @Test func `every file that SECURITY.md names as proof is there`() throws {
        let named = try text("SECURITY.md").matches(of: #/`((?:Sources|Tests|Betrieb|Werkzeuge|docs)/[^`]+)`/#)
            .map { String($0.1) }
        #expect(named.count > 40)
        for path in Set(named) {
            #expect(FileManager.default.fileExists(atPath: Welt.ordner(path)), "\(path)")
        }
    }

    @Test func `SECURITY.md judges every chapter of the ASVS, each group once and in words that are agreed`() throws {
        let lines = try text("SECURITY.md").split(separator: "\n")
        let chapters = lines.compactMap { $0.firstMatch(of: #/^### V(\d+) /#) }.compactMap { Int($0.1) }
        #expect(chapters == Array(1...14))
        let rows = lines.compactMap { $0.firstMatch(of: #/^\| (\d+\.\d+) [^|]+ \| ([^|]+) \| ([^|]+) \|$/#) }
        #expect(rows.count == 69 && Set(rows.map(\.1)).count == rows.count)
        for row in rows {
            #expect(["erfüllt", "teilweise", "nicht erfüllt", "entfällt"].contains(String(row.2)), "\(row.1)")
            #expect(row.3.count > 5, "\(row.1)")
        }
    }

    @Test func `every picture that a document shows is in the repository`() throws {
        for path in ["README.md", "docs/Handbuch/besucher.md", "docs/Handbuch/koordination.md"] {
            for match in try text(path).matches(of: #/!\[[^\]]*\]\(([^)]+)\)/#) {
                let base = path.contains("/") ? path.split(separator: "/").dropLast().joined(separator: "/") + "/" : ""
                let file = URL(filePath: Welt.ordner(base + String(match.1))).standardizedFileURL.path
                #expect(FileManager.default.fileExists(atPath: file), "\(path): \(match.1)")
            }
        }
    }
}
