import Formats
import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Verzeichnis

/// What a newer directory leaves of the work that people did under the old keys.
@Suite struct GebietsreformTests {
    /// The directory of the example world on another day, with Gemeinden under other keys or gone.
    private func verzeichnis(stand: String, _ change: (String, [Character]) -> [Character]?) throws -> [UInt8] {
        let path = Welt.ordner("Beispieldaten/gemeindeverzeichnis.txt")
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline)
        var out: [String] = []
        for line in lines {
            var characters = Array(line.drop { $0 == "\u{FEFF}" })
            characters.replaceSubrange(2..<10, with: stand)
            let key = String(characters[10..<15]) + String(characters[18..<22]) + String(characters[15..<18])
            if let changed = change(key, characters) { out.append(String(changed)) }
        }
        return Array(out.joined(separator: "\n").utf8)
    }

    private func anzahl(_ client: SiteClient, _ organisation: String) async throws -> String? {
        let page = try await client.get("/umsetzung/\(organisation)")
        #expect(page.status == .ok, "\(organisation): \(page.status)")
        return page.text.firstMatch(of: #/<strong>(\d+) Eintr/#).map { String($0.output.1) }
    }

    @Test(arguments: TestBackend.available)
    func `a list of an authority stays with it when its place moves, and stays readable when it is merged`(
        backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let neu = try verzeichnis(stand: "20260131") { key, line in
            var line = line
            switch key.prefix(9) {
            // Dülmen moves to the Kreis Warendorf.
            case "055580016":
                let isGemeinde = line[0] == "6"
                line.replaceSubrange(10..<22, with: "05570\(isGemeinde ? "098" : "   ")0098")
            // Everswinkel is merged into another Gemeinde.
            case "055700024": return nil
            default: break
            }
            return line
        }
        let auftrag = Importauftrag(vieleEntfallen: true, urheber: .betrieb(Welt.jetzt))
        try await TestSite(database).run { client in
            let duelmen = try await anzahl(client, "055580016016")
            let other = try await anzahl(client, "055700024024")
            #expect(duelmen != nil && other != nil)
            let entries: Int? = try await database.read { db in try db.value("SELECT count(*) FROM umsetzungseintrag") }
            let signedIn = try await client.als(.koordination)
            let bericht = try await GemeindeverzeichnisImport.run(
                TextSource(bytes: neu, name: "neu.txt"), auftrag, in: database)
            #expect(bericht.fehler == [] && bericht.geschrieben, "\(bericht.zeilen)")
            #expect(
                try await client.get("/umsetzung/055580016016").headers[.location] == "/umsetzung/055700098098")
            #expect(try await anzahl(client, "055700098098") == duelmen)
            // Roles are held at the authority, wherever its place is.
            #expect(try await signedIn.get("/umsetzung/055700098098/liste.csv").status == .ok)
            #expect(try await signedIn.get("/umsetzung/055700098098/neu").status == .ok)
            #expect(try await anzahl(client, "055700024024") == other)
            #expect(
                try await client.get("/gebiete/055700024024").text.contains("ist aufgelöst, Nachfolger nicht bekannt."))
            let after: Int? = try await database.read { db in try db.value("SELECT count(*) FROM umsetzungseintrag") }
            #expect(entries == after)
            let dienste = try await client.get("/dienste").text
            #expect(dienste.contains("Stadt Dülmen"))
        }
    }
}
