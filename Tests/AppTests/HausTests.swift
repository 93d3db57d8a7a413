import Foundation
import TestKit
import Testing

/// The plan of the house: which room may use which.
@Suite struct HausTests {
    private struct Paket: Decodable {
        struct Target: Decodable {
            struct Dependency: Decodable {
                let byName: [String?]?
                let product: [String?]?
                var name: String? { (byName?.first ?? product?.first) ?? nil }

                private enum CodingKeys: CodingKey { case byName, product }
                init(from decoder: any Decoder) throws {
                    let container = try decoder.container(keyedBy: CodingKeys.self)
                    byName = try container.decodeIfPresent([Lenient].self, forKey: .byName)?.map(\.text)
                    product = try container.decodeIfPresent([Lenient].self, forKey: .product)?.map(\.text)
                }
            }
            let name: String
            let type: String
            let dependencies: [Dependency]
        }
        /// An element that is a text or something else.
        struct Lenient: Decodable {
            let text: String?
            init(from decoder: any Decoder) throws { text = try? decoder.singleValueContainer().decode(String.self) }
        }
        let targets: [Target]
    }

    private static let grund: Set<String> = ["Storage", "Kernel", "Formats", "Web"]

    /// Arrows between our own targets; whatever is not here is forbidden.
    private static let erlaubt: [String: Set<String>] = [
        "CPostgres": [], "CLibXML2": [], "CXLSXWriter": [], "CCMark": [], "CArchive": [], "CMalloc": [],
        "CQREncode": [], "CCurl": [], "Storage": [],
        "StorageSQLite": ["Storage"],
        "StoragePostgres": ["Storage", "CPostgres"],
        "Formats": ["CArchive", "CLibXML2", "CXLSXWriter", "CCMark"], "Kernel": ["Storage"],
        "Web": ["Storage", "Kernel", "Formats", "CCurl"],
        "Jobs": ["Storage", "Kernel"],
        "Post": grund.union(["Jobs", "CCurl"]), "Konten": grund.union(["Jobs", "Post", "CQREncode"]),
        "Verzeichnis": grund,
        "Katalog": grund,
        "Codelisten": grund, "Suche": grund.union(["Verzeichnis", "Katalog"]),
        "Nachnutzung": grund.union(["Verzeichnis", "Katalog"]), "Umsetzung": grund.union(["Verzeichnis", "Katalog"]),
        "Protokoll": grund.union(["Jobs", "Verzeichnis"]), "Betrieb": grund.union(["Jobs"]),
        "Dateien": grund.union(["Jobs", "Verzeichnis"]), "Webhooks": grund.union(["Jobs", "Verzeichnis"]),
        "Sicherung": ["Storage", "StorageSQLite", "StoragePostgres", "Kernel", "CArchive"],
        "App": grund.union([
            "StorageSQLite", "StoragePostgres", "Betrieb", "Jobs", "Post", "Konten", "Verzeichnis", "Katalog",
            "Codelisten",
            "Suche",
            "Nachnutzung",
            "Umsetzung", "Protokoll", "Dateien", "Webhooks",
        ]),
        "leitstand": grund.union([
            "CMalloc", "App", "Sicherung", "Jobs", "Post", "Konten", "Verzeichnis", "Katalog", "Codelisten", "Suche",
            "Nachnutzung",
            "Umsetzung", "Protokoll",
        ]),
    ]

    /// Targets that only make a library of the system known; they have no code to plan.
    private static let bibliotheken: Set<String> = [
        "CPostgres", "CLibXML2", "CXLSXWriter", "CCMark", "CArchive", "CMalloc", "CQREncode", "CCurl",
    ]

    /// Libraries that no other targets may import.
    private static let alleinige: [String: Set<String>] = [
        "GRDB": ["StorageSQLite"], "CPostgres": ["StoragePostgres"], "CLibXML2": ["Formats"],
        "CXLSXWriter": ["Formats"], "CCMark": ["Formats"], "CArchive": ["Formats", "Sicherung"],
        "CMalloc": ["leitstand"], "CQREncode": ["Konten"], "JWTKit": ["Konten"], "ArgumentParser": ["leitstand"],
    ]

    private func paket() throws -> Paket {
        let path = ProcessInfo.processInfo.environment["LEITSTAND_PAKET"] ?? Welt.ordner(".build/paket.json")
        let data = try #require(
            FileManager.default.contents(atPath: path),
            "./test schreibt die Beschreibung des Pakets nach .build/paket.json")
        return try JSONDecoder().decode(Paket.self, from: data)
    }

    @Test func `no target uses one that the plan does not allow it`() throws {
        let targets = try paket().targets.filter { $0.type != "test" && $0.name != "TestKit" && $0.name != "messen" }
        let own = Set(targets.map(\.name))
        for target in targets {
            let allowed = try #require(Self.erlaubt[target.name], "der Raum \(target.name) fehlt im Plan")
            let used = Set(target.dependencies.compactMap(\.name)).intersection(own)
            #expect(
                used.subtracting(allowed).isEmpty,
                "\(target.name) darf \(used.subtracting(allowed).sorted()) nicht benutzen")
        }
    }

    @Test func `the plan of the house in the documentation is the one that is checked`() throws {
        let text = try String(contentsOfFile: Welt.ordner("docs/ARCHITEKTUR.md"), encoding: .utf8)
        for (room, uses) in Self.erlaubt where !Self.bibliotheken.contains(room) {
            let line = try #require(
                text.split(separator: "\n").first { $0.hasPrefix("| `\(room)` |") },
                "\(room) fehlt in docs/ARCHITEKTUR.md")
            let named = Set(
                line.split(separator: "`").map(String.init).filter { Self.erlaubt[$0] != nil && $0 != room })
            #expect(named == uses, "\(room): Dokument \(named.sorted()), Plan \(uses.sorted())")
        }
    }

    @Test func `a library is imported by its own rooms alone`() throws {
        for file in try quellen() {
            for (library, owners) in Self.alleinige where !owners.contains(file.raum) {
                let imports = file.text.contains("import \(library)\n")
                #expect(!imports, "\(file.name) importiert \(library)")
            }
        }
    }

    @Test func `only its owner names a table; other rooms join its views`() throws {
        let files = try quellen()
        var owner: [String: String] = [:]
        for file in files {
            for match in file.text.matches(of: #/CREATE TABLE (?:IF NOT EXISTS )?([a-z_]+)/#) {
                owner[String(match.1)] = file.raum
            }
        }
        #expect(owner.count > 10)
        for file in files where file.raum != "Storage" && file.raum != "StoragePostgres" {
            for match in file.text.matches(of: #/(?:FROM|JOIN|INTO|UPDATE|REFERENCES) ([a-z_]+)/#) {
                guard match.0.hasPrefix("REFERENCES") == false, let room = owner[String(match.1)] else { continue }
                #expect(room == file.raum, "\(file.name) nennt die Tabelle \(match.1) des Raums \(room)")
            }
        }
    }

    @Test func `no file of the product is longer than 300 lines`() throws {
        for file in try quellen() {
            let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).count
            #expect(lines <= 301, "\(file.name) hat \(lines) Zeilen")
        }
    }

    /// Names that the frame's partials offer and no page uses yet.
    private static let desFelds: Set<String> = ["zeilen", "canonical"]

    @Test func `each name in a template is one that its room answers`() throws {
        let files = try quellen()
        let shared = files.filter { $0.raum == "Web" }.map(\.text).joined()
        for (room, folder) in try vorlagenordner() {
            // Partials of the frame are filled by every room.
            let code = files.filter { $0.raum == room || room == "Web" }.map(\.text).joined() + shared
            for file in try FileManager.default.contentsOfDirectory(atPath: folder) where file.hasSuffix(".mustache") {
                let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
                for match in text.matches(of: #/\{\{\{?[#^]?(?:first\()?\.?([a-zA-Z]+)\)?\}\}/#) {
                    let name = String(match.1)
                    let isAnswered = code.contains("\"\(name)\"") || Self.desFelds.contains(name)
                    #expect(isAnswered, "\(room)/\(file): {{\(name)}} beantwortet niemand")
                }
            }
        }
    }

    @Test func `unescaped output stands only where finished parts of other rooms are put in`() throws {
        for (room, folder) in try vorlagenordner() {
            for file in try FileManager.default.contentsOfDirectory(atPath: folder) where file.hasSuffix(".mustache") {
                let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
                let raw = text.replacing("{{#abschnitte}}\n{{{html}}}\n{{/abschnitte}}", with: "").contains("{{{")
                #expect(!raw, "\(room)/\(file)")
            }
        }
    }

    private struct Quelle { let raum: String, name: String, text: String }

    private func quellen() throws -> [Quelle] {
        let root = Welt.ordner("Sources")
        let walker = try #require(FileManager.default.enumerator(atPath: root))
        return try walker.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") && !$0.hasPrefix("TestKit") }.map
        { path in
            Quelle(
                raum: String(path.prefix { $0 != "/" }), name: path,
                text: try String(contentsOfFile: root + "/" + path, encoding: .utf8))
        }
    }

    private func vorlagenordner() throws -> [(String, String)] {
        let root = Welt.ordner("Sources")
        return try FileManager.default.contentsOfDirectory(atPath: root).sorted().map { ($0, "\(root)/\($0)/views") }
            .filter { FileManager.default.fileExists(atPath: $0.1) }
    }
}
