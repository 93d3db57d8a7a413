import Formats
import Foundation
import Kernel
import Storage
import TestKit
import Testing

@testable import Verzeichnis

/// The boundaries of all of Germany, with the official directory of the same day.
@Suite(.enabled(if: Welt.echteDaten != nil), .timeLimit(.minutes(15))) struct EchteGrenzenTests {
    private func dateien() throws -> [Grenzdatei] {
        let folder = try #require(Welt.echteDaten) + "/grenzen"
        return try Grenzebene.allCases.map { ebene in
            let path = "\(folder)/\(ebene.rawValue)_2025_vg5000.topo.json"
            return Grenzdatei(
                name: path, bytes: try Dateiinhalt.bytes(path: path, hoechstens: GrenzImport.hoechstens))
        }
    }

    private func geladen(_ backend: TestBackend) async throws -> Verzeichniswelt {
        let welt = try await Verzeichniswelt(backend)
        let file = try #require(Welt.echteDaten) + "/gemeinden/GV100AD_31082025.txt"
        _ = try await GemeindeverzeichnisImport.run(
            TextSource(path: file), Importauftrag(urheber: .betrieb(Welt.jetzt)), in: welt.database)
        let bericht = try await welt.lade(grenzen: try dateien())
        #expect(bericht.fehler == [] && bericht.neu == 10_949 + 400 + 16)
        #expect(bericht.ausgelassen.isEmpty)
        let text = bericht.zeilen.joined(separator: "\n")
        #expect(text.contains("3 Gebiete haben keine Grenze (Gemeinden): 07000999, 10042999, 13000999."))
        #expect(!text.contains("nicht im Gemeindeverzeichnis"))
        return welt
    }

    @Test(arguments: TestBackend.available)
    func `every Gemeinde, Kreis and Land has its outline, and its neighbours have it as theirs`(on backend: TestBackend)
        async throws
    {
        let welt = try await geladen(backend)
        for (ebene, count) in [(Grenzebene.gemeinden, 10_949), (.kreise, 400), (.laender, 16)] {
            #expect(
                try await welt.zahl(
                    "SELECT count(*) FROM grenze_sicht WHERE ebene = \(ebene) AND gebiet IS NOT NULL") == count)
        }
        try await TestSite(welt.database).run { (client) async throws in
            for (ars, words) in [
                ("055150000000", ["Nachbargemeinden", ">Greven</a>", ">Senden</a>", ">Telgte</a>"]),
                ("010560025025", ["Gemeinde Helgoland grenzt an keine andere Gemeinde."]),
                ("010540168168", ["Gemeinde Sylt"]), ("05558", ["Benachbarte Kreise", ">Stadt Münster</a>"]),
                ("11", ["Nachbarländer", ">Brandenburg</a>"]), ("09", [">Sachsen</a>", ">Hessen</a>"]),
                ("110000000000", ["Nachbargemeinden", ">Potsdam</a>"]),
                // Neuwerk lies a hundred kilometres from the rest of Hamburg, Helgoland from that of its Kreis.
                ("020000000000", [">Norderstedt</a>", "außerhalb der Zeichnung"]),
                ("01056", ["außerhalb der Zeichnung"]), ("04", ["Nachbarländer"]),
            ] {
                let page = try await client.get("/gebiete/\(ars)")
                #expect(page.status == .ok && page.text.contains("class=\"ls-umriss__ort\" d=\"M"), "\(ars)")
                for word in words { #expect(page.text.contains(word), "\(ars): \(word)") }
                let drawing = page.text.split(separator: "<svg viewBox=\"0 0 1000").last?.prefix { $0 != "\u{0}" } ?? ""
                let end = drawing.firstRange(of: "</svg>")?.lowerBound ?? drawing.endIndex
                #expect(drawing[..<end].utf8.count < 40_000, "\(ars)")
            }
            #expect(try await client.get("/gebiete/05515").headers[.location] == "/gebiete/055150000000")
            // One of the three areas without a Gemeinde and without a boundary.
            let without = try await client.get("/gebiete/07000999")
            #expect(without.status.code == 308)
            let page = try await client.get(without.headers[.location] ?? "")
            #expect(page.status == .ok && !page.text.contains("ls-umriss__ort"))
        }
    }

    @Test func `being neighbours goes both ways, and no level loses a place, turns a ring over or lets lines cross`()
        throws
    {
        for file in try dateien() {
            let roh = try Topologiedatei.read(file.bytes)
            let (topologie, stufen) = Vereinfachung.von(roh)
            var neighbours: [String: Set<String>] = [:]
            for line in topologie.linien where line.von != line.bis {
                neighbours[line.von, default: []].insert(line.bis)
                neighbours[line.bis, default: []].insert(line.von)
            }
            for (key, others) in neighbours {
                #expect(others.allSatisfy { neighbours[$0]?.contains(key) == true })
            }
            for stufe in Topologie.stufen {
                for form in topologie.formen {
                    let rings = form.flaechen.joined().filter { $0.stufe >= stufe }
                    #expect(!rings.isEmpty, "\(form.schluessel)")
                    for ring in rings {
                        let points = topologie.punkte(ring) { stufen[$0][$1] >= stufe }
                        let whole = topologie.punkte(ring) { _, _ in true }
                        #expect(
                            Topologie.flaeche(points).signum() == Topologie.flaeche(whole).signum(),
                            "\(form.schluessel)")
                    }
                }
                #expect(Kreuzungen.paare(topologie.linien, stufen, stufe).isEmpty)
            }
        }
    }
}
