import Foundation
import HTTPTypes
import Storage
import TestKit
import Testing

@testable import App
@testable import Konten
@testable import Web

/// Impressum, Datenschutz and Barrierefreiheit come from files that an operator edits.
@Suite struct FusstextTests {
    private static let seiten = ["/impressum", "/datenschutz", "/barrierefreiheit"]

    private func mitOrdner(_ body: (String) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "leitstand-texte-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func schreibe(_ text: String, _ file: String) throws {
        try text.write(toFile: file, atomically: false, encoding: .utf8)
    }

    private func seite(_ folder: String?, _ path: String = "/impressum") async throws -> String {
        let site = try TestSite(try await Welt.leer(.sqliteMemory), texte: folder)
        let box = Kasten()
        try await site.run { client in
            let antwort = try await client.get(path)
            #expect(antwort.status == .ok)
            box.text = antwort.text
        }
        return box.text
    }

    private final class Kasten: @unchecked Sendable { var text = "" }

    @Test(arguments: seiten)
    func `without a file the page shows the shipped text and says which file to create`(path: String) async throws {
        for folder in [nil, "/gibt/es/nicht"] as [String?] {
            let text = try await seite(folder, path)
            #expect(text.contains("Das ist eine Vorlage mit Lücken"))
            #expect(text.contains("<code>\(path.dropFirst()).md</code>"))
            #expect(text.contains("<mark>["))
            #expect(!text.contains("&lt;!--"))
        }
    }

    @Test func `an operator's text is shown, and a change counts at once`() async throws {
        try await mitOrdner { folder in
            let file = folder + "/impressum.md"
            try schreibe("# Unser Impressum\n\nStadt <b>Musterstadt</b>\n", file)
            let site = try TestSite(try await Welt.leer(.sqliteMemory), texte: folder)
            try await site.run { client in
                let first = try await client.get("/impressum").text
                #expect(first.contains(">Unser Impressum</h1>"))
                #expect(first.contains("<title>Unser Impressum – Leitstand</title>"))
                #expect(first.contains("Stadt &lt;b&gt;Musterstadt&lt;/b&gt;"))
                #expect(!first.contains("Vorlage"))
                // The same length, and the time of the content set back as copying does it.
                try "# Unser Impressum\n\nStadt <i>Anderstadt!</i>\n".write(
                    toFile: file, atomically: false, encoding: .utf8)
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: file)
                #expect(try await client.get("/impressum").text.contains("Anderstadt!"))
                try FileManager.default.removeItem(atPath: file)
                #expect(try await client.get("/impressum").text.contains("Das ist eine Vorlage"))
            }
        }
    }

    @Test(arguments: ["ordner", "riesig", "kodierung", "nul", "leer", "schleife", "rohr"])
    func `a file that cannot be shown gets a sentence, never a fault`(fall: String) async throws {
        try await mitOrdner { folder in
            let file = folder + "/impressum.md"
            let sentence: String
            switch fall {
            case "ordner":
                try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: true)
                sentence = "impressum.md ist ein Ordner."
            case "riesig":
                try Data(repeating: 65, count: 3_000_000).write(to: URL(filePath: file))
                sentence = "impressum.md ist größer als 256 kB."
            case "kodierung":
                try Data("Münster".unicodeScalars.map { UInt8($0.value) }).write(to: URL(filePath: file))
                sentence = "impressum.md ist kein Text in UTF-8."
            case "nul":
                try Data([65, 0, 66]).write(to: URL(filePath: file))
                sentence = "impressum.md ist kein Text in UTF-8."
            case "leer":
                try schreibe("\u{FEFF} \n", file)
                sentence = "impressum.md ist leer."
            case "schleife":
                try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: file)
                sentence = "impressum.md lässt sich nicht lesen."
            default:
                #expect(mkfifo(file, 0o600) == 0)
                sentence = "impressum.md ist keine gewöhnliche Datei."
            }
            let text = try await seite(folder)
            #expect(text.contains(sentence), "\(fall)")
            #expect(text.contains(">Impressum</h1>"))
            #expect(!text.contains(folder), "der Ordner geht Besucher nichts an")
            #expect(Fusstexte(ordner: folder).hinweise().contains { $0.contains(sentence) })
        }
    }

    @Test(.enabled(if: geteuid() != 0, "root darf alles lesen"))
    func `a file without the right to read gets a sentence`() async throws {
        try await mitOrdner { folder in
            let file = folder + "/impressum.md"
            try schreibe("# Impressum\n", file)
            chmod(file, 0)
            #expect(try await seite(folder).contains("Geben Sie dem Server das Recht"))
        }
    }

    @Test func `the check names texts that are missing, gaps that are left and links that are not shown`() async throws
    {
        try await mitOrdner { folder in
            try schreibe("# Impressum\n\n[[Name]] und [x](javascript:alert(1))\n", folder + "/impressum.md")
            try schreibe("# Datenschutz\n\nAlles gesagt.\n", folder + "/datenschutz.md")
            let hinweise = Fusstexte(ordner: folder).hinweise()
            #expect(hinweise.count == 2)
            #expect(hinweise[0].contains("noch offen: [Name]") && hinweise[0].contains("javascript:alert(1)"))
            #expect(hinweise[1].contains("barrierefreiheit.md fehlt"))
        }
    }

    @Test func `the shipped Datenschutz names the cookies and times of the program`() throws {
        let text = try String(contentsOfFile: Welt.ordner("Sources/App/texte/datenschutz.md"), encoding: .utf8)
        for word in [
            SessionCookie.plain, SessionCookie.keks.name(tls: true), Anmeldekekse.vor, Anmeldekekse.halb,
            Anmeldekekse.geraet,
            "\(KontoStore.leerlauf / 3_600) Stunden", "\(KontoStore.sitzungsdauer / 3_600) Stunden",
        ] {
            #expect(text.contains(word), "\(word)")
        }
    }

    @Test func `each shipped text has gaps for the operator and no link that is not shown`() {
        let hinweise = Fusstexte(ordner: Welt.ordner("Sources/App/texte")).hinweise()
        #expect(hinweise.count == Fusstext.allCases.count)
        for line in hinweise { #expect(line.contains("noch offen") && !line.contains("Verweise"), "\(line)") }
    }
}
