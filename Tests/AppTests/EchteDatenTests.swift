import Formats
import Foundation
import HTTPTypes
import Katalog
import Kernel
import Storage
import TestKit
import Testing
import Verzeichnis

/// The official files, loaded whole on every database.
@Suite(.enabled(if: Welt.echteDaten != nil), .timeLimit(.minutes(15)))
struct EchteDatenTests {
    private func geladen(_ backend: TestBackend) async throws -> any Database {
        let database = try await Welt.leer(backend)
        let folder = try #require(Welt.echteDaten)
        let auftrag = Importauftrag(urheber: .betrieb(Welt.jetzt))
        let places = try await GemeindeverzeichnisImport.run(
            TextSource(path: folder + "/gemeinden/GV100AD_31082025.txt"), auftrag, in: database)
        #expect(places.fehlerzahl == 0 && places.geschrieben)
        let catalogue = try await KatalogImport.run(
            .init(
                leistungen: TextSource(path: folder + "/leika/leika_leistungen_ozg.csv"),
                ohneSchluessel: TextSource(path: folder + "/leika/leistungen_nicht_im_leika.csv"),
                ozg: TextSource(path: folder + "/ozg/ozg_leistungen.csv")), datum: "2019", auftrag, in: database)
        #expect(catalogue.fehlerzahl == 0 && catalogue.geschrieben)
        return database
    }

    private func gesamt(_ client: SiteClient, _ path: String) async throws -> Int {
        let antwort = try await client.get(path)
        #expect(antwort.status == .ok, "\(path)")
        let json = try JSONSerialization.jsonObject(with: Data(antwort.text.utf8)) as? [String: Any]
        return try #require(json?["gesamt"] as? Int)
    }

    @Test(arguments: TestBackend.available)
    func `the official files give the counts that are known of them`(backend: TestBackend) async throws {
        try await TestSite(try await geladen(backend)).run { client in
            #expect(try await gesamt(client, "/api/v1/leistungen") == 5_249)
            #expect(try await gesamt(client, "/api/v1/ozg") == 557)
            #expect(try await gesamt(client, "/api/v1/themenfelder") == 14)
            // Textkennzeichen 67 is "große Kreisstadt" in the official description of the file: a Gemeinde like others.
            let byKind = [
                "gemeinde": 10_645, "kreisfreie_stadt": 106, "gemeindefrei": 201, "kreis": 294, "land": 16,
                "regierungsbezirk": 29,
            ]
            for (art, count) in byKind {
                let found = try await gesamt(client, "/api/v1/gebiete?art=\(art)")
                #expect(found == count, "\(art)")
            }
            #expect(10_645 + 106 + 201 == 10_952)
            #expect(try await client.get("/").text.contains("<span class=\"ls-zahlen__zahl\">3.635</span>"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `a reader who follows the cursor sees each Leistung and each place once`(backend: TestBackend) async throws {
        try await TestSite(try await geladen(backend)).run { client in
            for (path, key, count) in [("leistungen", "id", 5_249), ("gebiete", "ars", 12_494)] {
                var seen: Set<String> = []
                var next: String? = ""
                while let cursor = next {
                    let antwort = try await client.get(
                        "/api/v1/\(path)?anzahl=200" + (cursor.isEmpty ? "" : "&weiter=\(cursor)"))
                    let json = try #require(
                        try JSONSerialization.jsonObject(with: Data(antwort.text.utf8)) as? [String: Any])
                    for entry in try #require(json["eintraege"] as? [[String: Any]]) {
                        let id = try #require(entry[key] as? String)
                        #expect(seen.insert(id).inserted)
                    }
                    next = json["weiter"] as? String
                }
                #expect(seen.count == count)
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `loading the official directory again changes nothing`(backend: TestBackend) async throws {
        let database = try await geladen(backend)
        let bericht = try await GemeindeverzeichnisImport.run(
            TextSource(path: try #require(Welt.echteDaten) + "/gemeinden/GV100AD_31082025.txt"),
            Importauftrag(urheber: .betrieb(Welt.jetzt)), in: database)
        #expect(bericht.neu + bericht.geaendert + bericht.entfallen == 0)
        #expect(bericht.unveraendert == 12_494)
        let loads: Int? = try await database.read { db in
            try db.value("SELECT count(*) FROM datenstand WHERE art = 'gemeindeverzeichnis'")
        }
        #expect(loads == 1)
    }
}
