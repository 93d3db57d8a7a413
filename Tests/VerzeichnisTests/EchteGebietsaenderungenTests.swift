import Formats
import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

@testable import Verzeichnis

/// The official file of 31 August 2025 and the 54 places that went in the years before it.
@Suite(.enabled(if: Welt.echteDaten != nil), .timeLimit(.minutes(15))) struct EchteGebietsaenderungenTests {
    private struct Zeile: Sendable { let alt: String, name: String, neu: String }

    private func zeilen(_ file: String) throws -> [Zeile] {
        let reader = try CSVReader(try TextSource(path: file))
        let header = try CSVHeader(reader.header, required: ["ags_alt", "name_alt", "ags_neu", "name_neu"])
        var rows: [Zeile] = []
        while let row = try reader.next() {
            rows.append(Zeile(alt: header[row, "ags_alt"], name: header[row, "name_alt"], neu: header[row, "ags_neu"]))
        }
        return rows
    }

    @Test(arguments: TestBackend.available)
    func `after both files every old key and every old name answers`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        let folder = try #require(Welt.echteDaten)
        let auftrag = Importauftrag(urheber: .betrieb(Welt.jetzt))
        let file = folder + "/grenzen/gebietsaenderungen_2021_2025.csv"
        let early = try await GebietsaenderungenImport.run(TextSource(path: file), auftrag, in: welt.database)
        #expect(!early.geschrieben && early.fehlerzahl == 1)
        _ = try await GemeindeverzeichnisImport.run(
            TextSource(path: folder + "/gemeinden/GV100AD_31082025.txt"), auftrag, in: welt.database)
        let valid = try await welt.zahl("SELECT count(*) FROM gebiet")
        let bericht = try await GebietsaenderungenImport.run(TextSource(path: file), auftrag, in: welt.database)
        #expect(bericht.fehler == [] && bericht.geschrieben)
        #expect((bericht.neu, bericht.geaendert, bericht.unveraendert) == (54, 0, 0))
        #expect(try await welt.zahl("SELECT count(*) FROM gebiet") == valid + 54)
        let again = try await GebietsaenderungenImport.run(TextSource(path: file), auftrag, in: welt.database)
        #expect(!again.aendertEtwas && again.unveraendert == 54)

        let rows = try zeilen(file)
        #expect(rows.count == 54)
        try await TestSite(welt.database).run { client in
            for row in rows {
                let page = try await client.get("/gebiete/\(row.alt)")
                #expect(page.status == .ok, "\(row.alt)")
                let new = try #require(try await welt.gebiet(row.neu))
                #expect(page.text.contains("ist aufgelöst; Nachfolger ist <a href=\"\(new.pfad)\">"), "\(row.alt)")
                let found = try await client.get(
                    "/gebiete?q=\(row.name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")")
                #expect(found.text.contains("href=\"\(new.pfad)\""), "\(row.name)")
                let old = try await client.get("/api/v1/gebiete?q=\(row.alt)").text
                #expect(old.contains("\"\(new.ars ?? "-")\""), "\(row.alt)")
            }
            let tastrup = try await client.get("/gebiete?q=Tastrup").text
            #expect(tastrup.contains(">Hürup</a>") && tastrup.contains("früher: Tastrup"))
            // Eisenach was kreisfrei: its other keys lead to it too.
            for key in ["16056", "160560000", "160560000000"] {
                #expect(try await client.get("/gebiete/\(key)").headers[.location] == "/gebiete/16056000", "\(key)")
            }
            #expect(try await client.get("/api/v1/gebiete?anzahl=1").text.contains("\"gesamt\":\(valid)"))
            #expect(try await client.get("/api/v1/gebiete?aufgeloest=ja").text.contains("\"gesamt\":54"))
        }
        // A newer directory over both changes nothing of it.
        let newer = try String(contentsOfFile: folder + "/gemeinden/GV100AD_31082025.txt", encoding: .utf8)
            .replacing(#/(?m)^(\u{FEFF}?[1-6]0)20250831/#) { "\($0.output.1)20250930" }
        let next = try await welt.lade(Array(newer.utf8))
        #expect(next.fehler == [] && !next.aendertEtwas && next.geschrieben)
        #expect(try await welt.zahl("SELECT count(*) FROM gebiet_nachfolge_sicht") == 54)
    }
}
