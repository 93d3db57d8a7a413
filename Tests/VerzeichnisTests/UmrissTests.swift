import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

@testable import Verzeichnis

/// The outline on the page of a place, and the maps for programs.
@Suite struct UmrissTests {
    private static let kreise = Grenzbau.karte([["05515", "05558"], ["07135", nil]], ebene: "kreise")
    private static let laender = Grenzbau.karte([["05", "03"], ["07", nil]], ebene: "laender")

    private func mitGrenzen(
        _ backend: TestBackend, vermerk: String = GrenzImport.vermerk,
        _ body: @escaping @Sendable (SiteClient) async throws -> Void
    ) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        let bericht = try await welt.lade(
            grenzen: [Grenzbau.klein().datei, Self.kreise.datei, Self.laender.datei], vermerk: vermerk)
        #expect(bericht.geschrieben, "\(bericht.zeilen)")
        try await TestSite(welt.database).run(body)
    }

    /// Names and addresses of the list beside the drawing.
    private func nachbarn(_ page: String) -> [String] {
        guard let start = page.firstRange(of: "<ol class=\"ls-umriss__liste\">"),
            let end = page[start.upperBound...].firstRange(of: "</ol>")
        else { return [] }
        return page[start.upperBound..<end.lowerBound].matches(of: #/<li>(?:<a href="([^"]+)">)?([^<]+)/#).map {
            "\($0.output.2) \($0.output.1 ?? "-")"
        }
    }

    @Test(arguments: TestBackend.available)
    func `a place is drawn among its neighbours, and a list says the same in words`(on backend: TestBackend)
        async throws
    {
        try await mitGrenzen(backend) { (client) async throws in
            let page = try await client.get("/gebiete/055580012012").text
            #expect(page.contains("<title id=\"umriss-titel\">Umriss: Stadt Coesfeld</title>"))
            #expect(page.contains("Nachbargemeinden"))
            #expect(
                nachbarn(page) == [
                    "Cochem /gebiete/071355001020", "Dülmen /gebiete/055580016016", "Münster /gebiete/055150000000",
                ])
            // Links in the drawing are for those who point; the keyboard has the list.
            for match in page.matches(of: #/<a href="[^"]+"[^>]*><title>/#) {
                #expect(match.output.contains("tabindex=\"-1\""))
            }
            #expect(page.contains("<a href=\"/gebiete/055150000000\" tabindex=\"-1\"><title>Münster</title>"))
            #expect(page.matches(of: #/<text x="\d+" y="\d+">[123]<\/text>/#).count == 3)
            // Alflen touches Coesfeld in one point only: drawn, but no neighbour.
            #expect(page.contains("<title>Alflen</title>"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `each drawing names its source, with the link that the licence asks for`(on backend: TestBackend) async throws
    {
        try await mitGrenzen(backend) { (client) async throws in
            #expect(
                try await client.get("/gebiete/05558").text.contains(
                    "<a href=\"http://www.bkg.bund.de\">© GeoBasis-DE / BKG (Daten verändert)</a>"))
            let json = try await client.get("/api/v1/grenzen/kreise").text
            #expect(json.contains("\"vermerk\":\"© GeoBasis-DE / BKG (Daten verändert)\""))
        }
        try await mitGrenzen(backend, vermerk: "© <Amt> & Söhne") { (client) async throws in
            let page = try await client.get("/gebiete/05558").text
            #expect(page.contains("Grenzen, vereinfacht: © &lt;Amt&gt; &amp; Söhne</figcaption>"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `a Kreis stands among Kreise and kreisfreie Städte, a Land among Länder`(on backend: TestBackend) async throws
    {
        try await mitGrenzen(backend) { (client) async throws in
            let kreis = try await client.get("/gebiete/05558").text
            #expect(kreis.contains("Benachbarte Kreise und kreisfreie Städte"))
            #expect(nachbarn(kreis) == ["Stadt Münster /gebiete/055150000000"])
            let land = try await client.get("/gebiete/05").text
            #expect(land.contains("Nachbarländer"))
            #expect(
                nachbarn(land) == ["Niedersachsen /gebiete/03", "Rheinland-Pfalz /gebiete/07"])
            // Shorter keys lead to the one page of a kreisfreie Stadt, which stands among Gemeinden.
            #expect(try await client.get("/gebiete/05515").headers[.location] == "/gebiete/055150000000")
            #expect(try await client.get("/gebiete/055150000000").text.contains("Nachbargemeinden"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `an island has no neighbours and says so; unknown ones are named by their key`(on backend: TestBackend)
        async throws
    {
        try await mitGrenzen(backend) { (client) async throws in
            let island = try await client.get("/gebiete/031510025025").text
            #expect(island.contains("Gemeinde Sassenburg grenzt an keine andere Gemeinde."))
            #expect(island.contains("class=\"ls-umriss__ort\"") && !island.contains("<ol class=\"ls-umriss__liste\">"))
            let beside = try await client.get("/gebiete/071355001001").text
            #expect(nachbarn(beside).contains("Schlüssel 01001000 -"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `a place without boundary, or a server without any, shows its page without a drawing`(on backend: TestBackend)
        async throws
    {
        try await mitGrenzen(backend) { (client) async throws in
            for ars in ["031519501501", "055", "071355001", "110000000000", "03151", "11"] {
                let page = try await client.get("/gebiete/\(ars)")
                #expect(page.status == .ok && !page.text.contains("<svg viewBox=\"0 0 1000"), "\(ars)")
            }
        }
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        try await TestSite(welt.database).run { (client) async throws in
            let page = try await client.get("/gebiete/055150000000")
            #expect(page.status == .ok && !page.text.contains("<svg viewBox=\"0 0 1000"))
            let problem = try await client.get("/api/v1/grenzen/gemeinden")
            #expect(problem.status == .notFound && problem.text.contains("keine Grenzen geladen"))
        }
    }

    private func karte(_ client: SiteClient, _ path: String) async throws -> [String: Any] {
        let antwort = try await client.get("/api/v1/grenzen/\(path)")
        #expect(antwort.status == .ok, "\(path): \(antwort.text)")
        return try #require(try JSONSerialization.jsonObject(with: Data(antwort.text.utf8)) as? [String: Any])
    }

    @Test(arguments: TestBackend.available)
    func `the map for programs is a topology that this program reads itself`(on backend: TestBackend) async throws {
        try await mitGrenzen(backend) { (client) async throws in
            for ebene in Grenzebene.allCases {
                for stufe in Topologie.stufen {
                    let text = try await client.get("/api/v1/grenzen/\(ebene.rawValue)?stufe=\(stufe)").text
                    let back = try Topologiedatei.read(Array(text.utf8))
                    let bau = ebene == .gemeinden ? Grenzbau.klein() : ebene == .kreise ? Self.kreise : Self.laender
                    let first = try Topologiedatei.read(Array(bau.json.utf8))
                    // Straight lines lose nothing on any level.
                    #expect(back.formen == first.formen && back.linien == first.linien, "\(ebene) \(stufe)")
                }
            }
            let map = try await karte(client, "gemeinden")
            #expect(map["bbox"] as? [Double] == [7.0, 51.85, 7.3, 52.0])
            let objects = try #require(map["objects"] as? [String: [String: Any]])
            let places = try #require(objects["gemeinden"]?["geometries"] as? [[String: Any]])
            let names = places.map { ($0["properties"] as? [String: Any])?["name"] as? String }
            #expect(
                names == [nil, "Sassenburg", "Münster", "Coesfeld", "Dülmen", "Alflen", "Cochem"])
        }
    }

    @Test(arguments: TestBackend.available)
    func `a map is narrowed to a Land or a Kreis with just the lines it needs`(on backend: TestBackend) async throws {
        try await mitGrenzen(backend) { (client) async throws in
            for (query, keys, lines) in [
                ("gemeinden?land=05", ["05515000", "05558012", "05558016"], 10),
                ("gemeinden?kreis=05558", ["05558012", "05558016"], 7), ("gemeinden?land=03", ["03151025"], 4),
                ("kreise?land=05&stufe=3", ["05515", "05558"], 7), ("laender?land=07", ["07"], 4),
            ] {
                let map = try await karte(client, query)
                let objects = try #require(map["objects"] as? [String: [String: Any]])
                let places = try #require(objects.values.first?["geometries"] as? [[String: Any]])
                #expect(places.compactMap { $0["id"] as? String } == keys, "\(query)")
                #expect((map["arcs"] as? [Any])?.count == lines, "\(query)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `a wrong question to the maps gets a sentence`(on backend: TestBackend) async throws {
        try await mitGrenzen(backend) { (client) async throws in
            for (path, status) in [
                ("x", 404), ("Gemeinden", 404), ("%00", 400), ("gemeinden?stufe=0", 400), ("gemeinden?stufe=4", 400),
                ("gemeinden?stufe=x", 400), ("gemeinden?stufe=99999999999999999999", 400), ("gemeinden?land=5", 400),
                ("gemeinden?land=AB", 400), ("gemeinden?land=%25%25", 400), ("gemeinden?land=99", 404),
                ("gemeinden?kreis=055", 400), ("gemeinden?kreis=99999", 404), ("laender?kreis=05558", 404),
                ("gemeinden?land=%FF", 400),
            ] {
                let problem = try await client.get("/api/v1/grenzen/\(path)")
                #expect(problem.status.code == status, "\(path)")
                #expect(problem.headers[.contentType] == "application/problem+json", "\(path)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `who has the map already is not sent it again until it or the directory changes`(on backend: TestBackend)
        async throws
    {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        try await welt.lade(grenzen: [Grenzbau.klein().datei])
        try await TestSite(welt.database).run { (client) async throws in
            let first = try await client.get("/api/v1/grenzen/gemeinden?land=05")
            let etag = try #require(first.headers[.eTag])
            func again() async throws -> SiteClient.Antwort {
                try await client.get("/api/v1/grenzen/gemeinden?land=05", headers: [.ifNoneMatch: etag])
            }
            let kept = try await again()
            #expect(kept.status == .notModified && kept.text.isEmpty && kept.headers[.eTag] == etag)
            #expect(
                try await client.get("/api/v1/grenzen/gemeinden?land=07", headers: [.ifNoneMatch: etag]).status == .ok)
            try await welt.lade(.klein(stand: "20260131"))
            #expect(try await again().status == .ok)
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `whatever the map, the drawing of each place stays small and shows it`(seed: UInt64) async throws {
        let welt = try await Verzeichniswelt(.sqliteMemory)
        let bau = Grenzbau.zufall(seed)
        try await welt.lade(grenzen: [bau.datei])
        for (key, _) in bau.gebiete.prefix(4) {
            let place = try Gebiet(ags: key)
            let umriss = try #require(
                try await welt.database.read { db in try Umriss(place, in: db).map { "\($0.child(named: "ort") ?? "")" }
                })
            #expect(
                umriss.hasPrefix("M") && umriss.hasSuffix("z") && umriss.utf8.count < 30_000, "seed \(seed), \(key)")
            // The way leads back to where it began, inside the drawing.
            for match in umriss.matches(of: #/M(\d+) (\d+)l/#) {
                let (x, y) = (Int(match.1) ?? -1, Int(match.2) ?? -1)
                #expect((0...1_000).contains(x) && (0...880).contains(y), "seed \(seed), \(key)")
            }
        }
    }

    @Test func `small parts far away do not shrink the drawing, large ones do`() {
        func part(_ x: Int, _ size: Int) -> (flaeche: Int, rahmen: Rahmen) {
            (2 * size * size, Rahmen(west: x, sued: 0, ost: x + size, nord: size))
        }
        let near = Umrissausschnitt.rahmen([part(1_100, 100), part(0, 1_000)])
        #expect(near.istGanz && near.rahmen.ost == 1_200)
        let far = Umrissausschnitt.rahmen([part(9_000, 100), part(0, 1_000), part(1_100, 100)])
        #expect(!far.istGanz && far.rahmen.ost == 1_200)
        let large = Umrissausschnitt.rahmen([part(9_000, 900), part(0, 1_000)])
        #expect(large.istGanz && large.rahmen.ost == 9_900)
    }

    @Test func `what lies outside a drawing is cut off just beyond its edge`() {
        let view = Umrissausschnitt(um: Rahmen(west: 700_000, sued: 5_200_000, ost: 710_000, nord: 5_210_000))
        let huge = [(-1, -1), (1, -1), (1, 1), (-1, 1)].map {
            Gitterpunkt(705_000 + $0.0 * 400_000, 5_205_000 + $0.1 * 400_000)
        }
        let drawn = view.gezeichnet(huge)
        #expect(drawn.count == 4)
        #expect(drawn.allSatisfy { [-12, 1_012].contains($0.x) && [-12, 892].contains($0.y) })
        #expect(view.gezeichnet([(0, 0), (1, 0), (1, 1)].map { Gitterpunkt($0.0, $0.1) }) == [])
        #expect(view.platz(in: [drawn], radius: 22) != nil)
        #expect(view.platz(in: [], radius: 22) == nil)
    }
}

extension Gebiet {
    /// A Gemeinde of which only the key matters.
    fileprivate init(ags: String) throws {
        try self.init(
            row: Row(
                index: Dictionary(
                    uniqueKeysWithValues: [
                        "id", "ars", "ags", "amtlicher_name", "name", "art", "kennzeichen", "sitz", "plz", "flaeche_ha",
                        "einwohner", "gehoert_zu", "gehoert_zu_ars", "verwaltung", "gueltig_von", "gueltig_bis",
                        "ende_unbekannt",
                    ].enumerated().map { ($1, $0) }),
                values: [.text(ags), .null, .text(ags), .text("Ort"), .text("Ort"), .text("gemeinde")]
                    + [SQLValue](repeating: .null, count: 10) + [.bool(false)]))
    }
}
