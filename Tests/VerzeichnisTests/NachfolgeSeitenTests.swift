import Foundation
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing

@testable import Verzeichnis

/// How readers and programs get from what was to what is.
@Suite struct NachfolgeSeitenTests {
    private static let liste = """
        ags_alt,name_alt,ags_neu,name_neu,wirksam_am,art
        05558099,Merfeld,05558016,,2024-01-01,1
        05558098,Rorup,05558099,,,
        05558097,Hausdülmen & Börnste,05558012,,,
        05558097,Hausdülmen & Börnste,05558016,,,
        05558012,Koesfeld,05558012,,,
        """

    private func mitAenderungen(
        _ backend: TestBackend, _ body: @escaping @Sendable (SiteClient) async throws -> Void
    ) async throws {
        let welt = try await Verzeichniswelt(backend)
        var first = Verzeichnisbau.klein()
        first.frei("055580020020", "Havixbeck")
        try await welt.lade(first)
        try await welt.lade(.klein(stand: "20260131"))
        #expect(try await welt.lade(aenderungen: Self.liste).fehler == [])
        try await TestSite(welt.database).run(body)
    }

    private func json(_ client: SiteClient, _ path: String) async throws -> [String: Any] {
        let antwort = try await client.get(path)
        #expect(antwort.status == .ok, "\(path): \(antwort.text)")
        return try #require(try JSONSerialization.jsonObject(with: Data(antwort.text.utf8)) as? [String: Any])
    }

    private func namen(_ place: [String: Any], _ field: String) -> [String] {
        (place[field] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
    }

    /// The page as a reader hears it.
    private func text(_ html: String) -> String {
        html.replacing(#/<[^>]*>/#, with: "").replacing("&amp;", with: "&").replacing(#/\s+/#, with: " ")
    }

    @Test(arguments: TestBackend.available)
    func `a closed place says in a sentence who succeeds it, with links`(on backend: TestBackend) async throws {
        try await mitAenderungen(backend) { (client) async throws in
            let merfeld = try await client.get("/gebiete/05558099")
            #expect(merfeld.status == .ok)
            #expect(text(merfeld.text).contains("Gemeinde Merfeld ist aufgelöst; Nachfolger ist Stadt Dülmen."))
            #expect(text(merfeld.text).contains("Art der Änderung: Auflösung. Die Änderung gilt seit dem 01.01.2024."))
            #expect(merfeld.text.contains("<a href=\"/gebiete/055580016016\">Stadt Dülmen</a>"))
            let rorup = try await client.get("/gebiete/05558098").text
            #expect(text(rorup).contains("Gemeinde Rorup ist aufgelöst; Nachfolger ist Stadt Dülmen."))
            #expect(text(rorup).contains("Seit wann, ist nicht bekannt. Dazwischen: Gemeinde Merfeld."))
            let both = try await client.get("/gebiete/05558097").text
            #expect(
                text(both).contains(
                    "Gemeinde Hausdülmen & Börnste ist aufgelöst; Nachfolger sind Stadt Coesfeld und Stadt Dülmen."))
            #expect(both.contains("Hausdülmen &amp; Börnste"))
            let havixbeck = try await client.get("/gebiete/055580020020").text
            #expect(text(havixbeck).contains("Gemeinde Havixbeck ist aufgelöst, Nachfolger nicht bekannt."))
            #expect(text(havixbeck).contains("seit dem Gebietsstand 31.01.2026 nicht mehr"))
            #expect(!havixbeck.contains("<dt>Vorgänger"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `old keys in their other forms lead to the page of the closed place`(on backend: TestBackend) async throws {
        try await mitAenderungen(backend) { (client) async throws in
            for (typed, path) in [
                ("05558020", "055580020020"), ("055580099099", "05558099"), ("055580990000", "05558099"),
            ] {
                for base in ["", "/api/v1"] {
                    let antwort = try await client.get("\(base)/gebiete/\(typed)")
                    #expect(antwort.status.code == 308, "\(base) \(typed)")
                    #expect(antwort.headers[.location] == "\(base)/gebiete/\(path)")
                }
            }
            #expect(try await client.get("/umsetzung/05558099").text.contains("Nachfolger ist Stadt Dülmen"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `the successor names what it came from and what it was called`(on backend: TestBackend) async throws {
        try await mitAenderungen(backend) { (client) async throws in
            let duelmen = try await client.get("/gebiete/055580016016").text
            #expect(
                text(duelmen).contains(
                    "Vorgänger (aufgelöst)Gemeinde Hausdülmen & Börnste, Gemeinde Merfeld und Gemeinde Rorup"))
            #expect(duelmen.contains("<a href=\"/gebiete/05558099\">Gemeinde Merfeld</a>"))
            #expect(!duelmen.contains("ist aufgelöst;"))
            #expect(text(try await client.get("/gebiete/055580012012").text).contains("Früherer NameKoesfeld"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `programs read successors, predecessors, former names and validity`(on backend: TestBackend) async throws {
        try await mitAenderungen(backend) { (client) async throws in
            let merfeld = try await json(client, "/api/v1/gebiete/05558099")
            #expect(merfeld["ars"] is NSNull && merfeld["ags"] as? String == "05558099")
            #expect(merfeld["gueltig"] as? Bool == false && merfeld["gueltigBis"] as? String == "2023-12-31")
            #expect(merfeld["art"] as? String == "gemeinde" && merfeld["einwohner"] is NSNull)
            #expect(namen(merfeld, "nachfolger") == ["Dülmen"] && namen(merfeld, "vorgaenger") == ["Rorup"])
            let rorup = try await json(client, "/api/v1/gebiete/05558098")
            // The database holds the day on which it was gone; that is not the day on which it went.
            #expect(rorup["gueltigBis"] is NSNull && rorup["gueltig"] as? Bool == false)
            #expect(namen(rorup, "nachfolger") == ["Dülmen"])
            let duelmen = try await json(client, "/api/v1/gebiete/055580016016")
            #expect(duelmen["gueltig"] as? Bool == true && namen(duelmen, "nachfolger") == [])
            #expect(namen(duelmen, "vorgaenger") == ["Hausdülmen & Börnste", "Merfeld", "Rorup"])
            let coesfeld = try await json(client, "/api/v1/gebiete/055580012012")
            #expect(coesfeld["fruehereNamen"] as? [String] == ["Koesfeld"])
            let list = try await json(client, "/api/v1/gebiete?q=rorup")
            let entries = try #require(list["eintraege"] as? [[String: Any]])
            #expect(entries.map { $0["ars"] as? String } == ["055580016016"])
            #expect(namen(entries[0], "vorgaenger").contains("Rorup"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `an old name or key finds the successor and says why`(on backend: TestBackend) async throws {
        try await mitAenderungen(backend) { (client) async throws in
            for (query, name, why) in [
                ("merfeld", "Dülmen", "früher: Merfeld"), ("MERFELD", "Dülmen", "früher: Merfeld"),
                ("rorup", "Dülmen", "früher: Rorup"), ("koesfeld", "Coesfeld", "früher: Koesfeld"),
                ("05558098", "Dülmen", "früher: Rorup (05558098)"),
                ("hausduelmen", "Coesfeld", "früher: Hausdülmen & Börnste"),
            ] {
                let page = try await client.get("/gebiete?q=\(query)").text
                #expect(page.contains(">\(name)</a>"), "\(query)")
                #expect(text(page).contains(why), "\(query)")
                #expect(!page.contains("href=\"/gebiete/05558098\""), "closed places are not listed")
            }
            // Its own name needs no reason.
            #expect(!(try await client.get("/gebiete?q=d%C3%BClmen%2Cstadt").text.contains("früher:")))
            #expect(try await client.get("/gebiete?q=havixbeck").text.contains("Kein Gebiet passt"))
            for query in ["q=%25", "q=_", "q=%27%20OR%201%3D1--", "q=05558%25"] {
                #expect(try await json(client, "/api/v1/gebiete?\(query)")["gesamt"] as? Int == 0, "\(query)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `closed places are listed when they are asked for, and only then`(on backend: TestBackend) async throws {
        try await mitAenderungen(backend) { (client) async throws in
            func keys(_ query: String) async throws -> [String] {
                let list = try await json(client, "/api/v1/gebiete?anzahl=200&\(query)")
                let entries = try #require(list["eintraege"] as? [[String: Any]])
                #expect(list["gesamt"] as? Int == entries.count)
                return entries.compactMap { ($0["ars"] as? String) ?? ($0["ags"] as? String) }
            }
            let closed: Set<String> = ["05558097", "05558098", "05558099", "055580020020"]
            let valid = Set(try await keys(""))
            #expect(valid.isDisjoint(with: closed) && !valid.isEmpty)
            #expect(Set(try await keys("aufgeloest=nein")) == valid)
            #expect(Set(try await keys("aufgeloest=ja")) == closed)
            #expect(Set(try await keys("aufgeloest=alle")) == closed.union(valid))
            #expect(try await keys("aufgeloest=ja&q=merfeld") == ["05558099"])
            #expect(try await keys("aufgeloest=ja&land=05&art=gemeinde&q=05558098") == ["05558098"])
            #expect(Set(try await keys("aufgeloest=alle&q=merfeld")) == ["05558099", "055580016016"])
            #expect(try await client.get("/gebiete?aufgeloest=vielleicht").status == .badRequest)
            let page = try await client.get("/gebiete?aufgeloest=ja").text
            #expect(page.contains(">aufgelöst</span>") && page.contains("<strong>4 Gebiete</strong>"))
            // Their Kreis lists them neither.
            #expect(!(try await client.get("/gebiete/05558").text.contains("Merfeld")))
        }
    }
}
