import Foundation
import Kernel
import Storage
import TestKit
import Testing

@testable import Codelisten

/// The published lists, loaded together on every database.
@Suite(.enabled(if: Welt.echteDaten != nil), .timeLimit(.minutes(15)))
struct EchteCodelistenTests {
    private var folder: String { (Welt.echteDaten ?? "") + "/xoev-codelisten" }

    private var quellen: [Codelistenquelle] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: folder + "/genericode").filter { $0.hasSuffix(".xml") }
                .sorted().map { .datei(folder + "/genericode/" + $0) }
        }
    }

    @Test(arguments: TestBackend.available)
    func `all published lists load with the rows and columns that the index tells, and once more without a change`(
        backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        let bericht = try await database.lade(try quellen)
        #expect(bericht.fehler == [] && bericht.geschrieben && bericht.neu == 1_628)
        let index = try String(contentsOfFile: folder + "/INDEX.csv", encoding: .utf8)
            .split(whereSeparator: \.isNewline).dropFirst().map { $0.split(separator: ",") }
        #expect(index.count == 20)
        try await database.read { db in
            for line in index {
                let (kennung, rows) = (String(line[0]), try #require(Int(line[1])))
                let found = try #require(try CodelisteStore.find(kennung, in: db), "\(kennung)")
                let fassung = try #require(
                    try CodelisteStore.fassungen(found.liste.kennung, in: db).first { $0.kennung == kennung })
                #expect(fassung.version == found.version && fassung.anzahl == rows, "\(kennung)")
                #expect(try CodelisteStore.count(CodelistenFilter(fassung.id, nil), in: db) == rows, "\(kennung)")
                let spalten = try CodelisteStore.spalten(fassung.id, in: db).map(\.id)
                #expect(spalten == line[2].split(separator: "|").map(String.init), "\(kennung)")
                #expect(found.liste.herausgeber != nil && found.liste.beschreibung != nil, "\(kennung)")
            }
        }
        let before = try await database.inhalt()
        let again = try await database.lade(try quellen)
        #expect(again.unveraendert == 1_628 && !again.aendertEtwas)
        #expect(try await database.inhalt() == before)
    }

    @Test func `publishers of every handbook version are understood`() async throws {
        let database = try await Welt.leer(.sqliteMemory)
        try await database.lade(try quellen)
        let heute = Welt.jetzt.tag
        try await database.read { db in
            func eintrag(_ kennung: String, _ code: String) throws -> Codelisteneintrag? {
                try CodelisteStore.eintrag(kennung, code, am: heute, in: db)
            }
            #expect(try eintrag("urn:xoev-de:fim:codeliste:xzufi.anschrifttyp", "003")?.name == "Postfach")
            #expect(try eintrag("urn:xoev-de:xfahrtenschreiber:codeliste:sprache-eu", "bg")?.name == "Bulgarisch")
            #expect(try eintrag("urn:de:dsmeld:schluesseltabelle:familienstand", "LD")?.name == "ledig")
            #expect(
                try eintrag("urn:xoev-de:xunternehmen:codeliste:rechtsformen", "110000")?.name
                    == "Personenhandelsgesellschaft")
            let staat = try eintrag("urn:de:bund:destatis:bevoelkerungsstatistik:schluessel:staat", "000")
            #expect(staat?.name == "Deutschland" && staat?["iso-2"] == "DE")
            #expect(staat?.tag("existenz-ab") == Tag(iso: "1949-05-23"))
            let valid = try CodelisteStore.page(nil, .init(nummer: 1), in: db)
            #expect(valid.filter { $0.gueltigAb == nil }.map(\.slug) == ["rueckweisungsgruende"])
            #expect(valid.allSatisfy { $0.gueltigBis == nil } && valid.count == 20)
        }
    }
}
