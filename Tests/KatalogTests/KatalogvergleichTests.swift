import Formats
import Foundation
import Kernel
import Storage
import TestKit
import Testing
import Web

@testable import Katalog

/// The comparison of two Katalogstände is the difference of the catalogues as they were loaded.
@Suite struct KatalogvergleichTests {
    /// One change in words that both ways of finding it agree on.
    private func wort(
        _ art: String, _ gegenstand: String, _ id: String, _ name: String, _ felder: [String], _ orte: [String?]
    ) -> String {
        "\(art) \(gegenstand) \(id) „\(name)“ \(felder) \(Set(orte.compactMap { $0.map(Faltung.slug) }).sorted())"
    }

    private func worte(_ vergleich: Katalogvergleich) -> [String] {
        vergleich.aenderungen.map { one in
            wort(
                one.art.rawValue, one.gegenstand.rawValue, one.id, one.name,
                one.felder.map { "\($0.name.rawValue): \($0.alt ?? "-") → \($0.neu ?? "-")" },
                Array(one.themenfelder))
        }.sorted()
    }

    /// The difference found the plain way, from what the sheets said.
    private func unterschied(_ a: Zufallskatalog.Stand, _ b: Zufallskatalog.Stand) -> [String] {
        func feld(_ name: String, _ x: String?, _ y: String?) -> String? {
            x == y ? nil : "\(name): \(x ?? "-") → \(y ?? "-")"
        }
        func typ(_ one: Zufallskatalog.Leistungswort) -> String? {
            one.typen.isEmpty ? nil : one.typen.joined(separator: ", ")
        }
        var lines: [String] = []
        for id in Set(a.leistungen.keys).union(b.leistungen.keys) {
            let (x, y) = (a.leistungen[id], b.leistungen[id])
            let orte = [x?.ozgID.flatMap { a.ozg[$0]?.feld }, y?.ozgID.flatMap { b.ozg[$0]?.feld }]
            if let x, let y {
                let felder = [
                    feld("name", x.name, y.name),
                    Set(x.typen) == Set(y.typen) ? nil : feld("typ", typ(x), typ(y)),
                    feld("ozgId", x.ozgID, y.ozgID), feld("rechtsgrundlage", x.recht, y.recht),
                ].compactMap { $0 }
                if !felder.isEmpty { lines.append(wort("geaendert", "leistung", id, y.name, felder, orte)) }
            } else if let one = x ?? y {
                lines.append(wort(x == nil ? "neu" : "entfallen", "leistung", id, one.name, [], orte))
            }
        }
        for id in Set(a.ozg.keys).union(b.ozg.keys) {
            let (x, y) = (a.ozg[id], b.ozg[id])
            if let x, let y {
                let felder = [
                    feld("name", x.name, y.name), feld("lage", x.lage, y.lage), feld("themenfeld", x.feld, y.feld),
                ].compactMap { $0 }
                if !felder.isEmpty { lines.append(wort("geaendert", "ozg", id, y.name, felder, [x.feld, y.feld])) }
            } else if let one = x ?? y {
                lines.append(wort(x == nil ? "neu" : "entfallen", "ozg", id, one.name, [], [one.feld]))
            }
        }
        return lines.sorted()
    }

    @Test(arguments: TestBackend.available, 1...8)
    func `any two Stände of any sequence of catalogues differ as the catalogues do`(backend: TestBackend, seed: UInt64)
        async throws
    {
        let database = try await Welt.leer(backend)
        var katalog = Zufallskatalog(seed)
        var staende = [Zufallskatalog.Stand()]
        for number in 1...8 {
            katalog.weiter()
            if Bool.random(using: &katalog.random) {
                let key = Leistungsschluessel(rawValue: katalog.schluessel())
                try await database.write { db in
                    try LeistungStore.enterProvisional(key, name: "Vorläufig", durch: .betrieb(Welt.jetzt), in: db)
                }
            }
            let arten: [Zufallskatalog.Ladeart] =
                katalog.hatUnbeschluesselte
                ? [.ganz, .fehlerhaft, .fehlerhaft, .ohneUnbeschluesselte] : [.ohneUnbeschluesselte]
            let art = arten.randomElement(using: &katalog.random) ?? .ganz
            let bericht = try await katalog.laden(art, stand: "\(2000 + number)", database)
            try #require(bericht.geschrieben, "Saat \(seed), Stand \(number): \(bericht.zeilen)")
            staende.append(katalog.nachher(staende[number - 1], art))
        }
        for von in 0..<8 {
            for bis in (von + 1)...8 {
                let found = try await database.read { db in try Katalogvergleich(von: von, bis: bis, in: db) }
                let (ist, soll) = (worte(found), unterschied(staende[von], staende[bis]))
                #expect(ist == soll, "Saat \(seed), Stand \(von) bis \(bis)")
                #expect(zip(found.aenderungen, found.aenderungen.dropFirst()).allSatisfy { $0 < $1 })
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `an OZG-Leistung that a load passed over moves with its Lage, and the comparison says so`(backend: TestBackend)
        async throws
    {
        let database = try await Welt.leer(backend)
        _ = try await Katalogblatt().laden(database, stand: "2019")
        // The row of 10110 is faulty; another one moves its Lage to another Themenfeld.
        let blatt = Katalogblatt().mit("10110,Abfallentsorgung,3", "10110,,3")
            .mit("10999,Ohne Einordnung,,,,,", "10999,Ohne Einordnung,3,Wohnen & Umzug,4,Umwelt,")
            .mit("4,Bauen & Wohnen", "4,Umwelt").mit(",5,10110,,,,", ",5,,,,,").mit(",5,10110", ",5,")
        let bericht = try await blatt.laden(database, stand: "2020", ueberspringen: true)
        #expect(bericht.geschrieben && bericht.fehlerzahl == 1)
        let found = try await database.read { db in try Katalogvergleich(von: 1, bis: 2, in: db).aenderungen }
        let one = try #require(found.first { $0.id == "10110" })
        #expect(one.felder.map { "\($0.alt ?? "") → \($0.neu ?? "")" } == ["Bauen & Wohnen → Umwelt"])
    }

    @Test(arguments: TestBackend.available)
    func `changed and changed back counts in neighbours and not across them`(backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        let blatt = Katalogblatt()
        _ = try await blatt.laden(database, stand: "2019")
        _ = try await blatt.mit("Abfallentsorgung", "Müllabfuhr").laden(database, stand: "2020")
        _ = try await blatt.laden(database, stand: "2021")
        let counts = try await database.read { db in
            try [(1, 2), (2, 3), (1, 3)].map { try Katalogvergleich(von: $0.0, bis: $0.1, in: db).aenderungen.count }
        }
        #expect(counts == [1, 1, 0])
    }

    @Test(arguments: TestBackend.available)
    func `a provisional entry is new with the Katalogstand that knows it`(backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        let zeile = "99110009104001,Hundehaltung Anmeldung Kampfhund,\"1, 2/3\",10160,,,,\n"
        _ = try await Katalogblatt().mit(zeile, "").laden(database, stand: "2019")
        try await database.write { db in
            try LeistungStore.enterProvisional(
                Leistungsschluessel(rawValue: "99110009104001"), name: "Kampfhunde", durch: .betrieb(Welt.jetzt), in: db
            )
        }
        _ = try await Katalogblatt().laden(database, stand: "2020")
        let found = try await database.read { db in try Katalogvergleich(von: 1, bis: 2, in: db).aenderungen }
        #expect(found.map(\.art) == [.neu] && found.first?.name == "Hundehaltung Anmeldung Kampfhund")
    }

    @Test(arguments: TestBackend.available)
    func `an OZG-Leistung that an earlier program closed without a Fassung still stood before`(backend: TestBackend)
        async throws
    {
        let database = try await Welt.leer(backend)
        let ohne = Katalogblatt().mit("10999,Ohne Einordnung,,,,,", "")
        _ = try await Katalogblatt().laden(database, stand: "2019")
        _ = try await ohne.laden(database, stand: "2020")
        try await database.write { db in try db.execute("DELETE FROM ozg_fassung") }
        func arten() async throws -> [Katalogaenderung.Art] {
            try await database.read { db in try Katalogvergleich(von: 1, bis: 2, in: db).aenderungen.map(\.art) }
        }
        #expect(try await arten() == [.entfallen])
        _ = try await Katalogblatt().laden(database, stand: "2021")
        #expect(try await arten() == [.entfallen])
    }

    @Test(.enabled(if: Welt.echteDaten != nil), .timeLimit(.minutes(15)), arguments: TestBackend.available)
    func `a generated successor of the real catalogue differs in just what was changed`(backend: TestBackend)
        async throws
    {
        let folder = try #require(Welt.echteDaten)
        func text(_ path: String) throws -> String { try String(contentsOfFile: folder + "/" + path, encoding: .utf8) }
        func rows(_ text: String) -> [String] {
            text.replacing("\r\n", with: "\n").split(separator: "\n").map(String.init)
        }
        var blatt = Katalogblatt()
        blatt.leistungen = try text("leika/leika_leistungen_ozg.csv")
        blatt.ohneSchluessel = try text("leika/leistungen_nicht_im_leika.csv")
        blatt.ozg = try text("ozg/ozg_leistungen.csv")
        let database = try await Welt.leer(backend)
        #expect(try await blatt.laden(database, stand: "2019").neu == 5_249)
        var lines = rows(blatt.leistungen)
        var ozg = rows(blatt.ozg)
        let (gone, renamed) = ([100, 2_000, 4_000], [7, 1_234, 4_800])
        let changed = renamed.map { String(lines[$0].prefix(14)) }
        for index in renamed {
            lines[index] = lines[index].prefix(15) + "Neuer Name \(index),5,,,,,,,,1,0"
        }
        let weg = gone.map { String(lines[$0].prefix(14)) }
        lines = lines.indices.filter { !gone.contains($0) }.map { lines[$0] }
        lines += (1...4).map { "9988800\($0)104000,Ganz neue Leistung \($0),4,10000,,,,,,,1,0" }
        ozg[10] = ozg[10].prefix(5) + ",Neuer Bund,26,Geburt,6,Familie & Kind,4"
        blatt.leistungen = lines.joined(separator: "\n")
        blatt.ozg = ozg.joined(separator: "\n")
        let bericht = try await blatt.laden(database, stand: "2020")
        #expect(bericht.fehlerzahl == 0 && bericht.neu == 4 && bericht.entfallen == 3)
        let found = try await database.read { db in try Katalogvergleich(von: 1, bis: 2, in: db) }
        func ids(_ art: Katalogaenderung.Art, _ gegenstand: Katalogaenderung.Gegenstand = .leistung) -> Set<String> {
            Set(found.aenderungen.filter { $0.art == art && $0.gegenstand == gegenstand }.map(\.id))
        }
        #expect(ids(.neu) == Set((1...4).map { "9988800\($0)104000" }))
        #expect(ids(.entfallen) == Set(weg) && ids(.geaendert) == Set(changed))
        #expect(ids(.geaendert, .ozg) == [String(ozg[10].prefix(5))])
        try await TestSite(database).run { client in
            let page = try await client.get("/katalog/aenderungen").text
            #expect(page.contains("Ganz neue Leistung 3") && page.contains("Neuer Bund"))
            #expect(page.contains("<strong>11 Änderungen</strong>"))
        }
    }
}
