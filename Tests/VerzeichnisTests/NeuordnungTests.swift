import Kernel
import Storage
import TestKit
import Testing

@testable import Verzeichnis

/// A newer directory over an older one: nothing is lost, and nothing is invented.
@Suite(.timeLimit(.minutes(15))) struct NeuordnungTests {
    /// A place before a step, as it has to be found again after it.
    private struct Vorher { let id: Gebiet.ID, name: String, verwaltung: String? }

    @Test(arguments: TestBackend.available, [11, 12, 13, 14] as [UInt64])
    func `whatever merges, parts, moves and is renamed, each old key answers and each authority goes on`(
        on backend: TestBackend, seed: UInt64
    ) async throws {
        let welt = try await Verzeichniswelt(backend)
        var generator = Zufall(seed)
        let first: Kernel.Tag? = .init(iso: "2025-01-31")
        var land = Neuordnung(stand: try #require(first), anzahl: 24, using: &generator)
        try await welt.lade(land.bau)
        var keys = Set(land.orte.map(\.ars))
        for step in 1...6 {
            let wo: Comment = "seed \(seed), step \(step)"
            let before = try await vorher(welt, land.orte.map(\.ars))
            let names = Dictionary(uniqueKeysWithValues: land.orte.map { ($0.ars, ($0.ags, $0.name)) })
            let gebiete = try await welt.zahl("SELECT count(*) FROM gebiet")
            let fates = land.schritt(land.stand.plus(tage: 92), using: &generator)
            let bericht = try await welt.lade(land.bau)
            #expect(bericht.fehler == [] && bericht.geschrieben, wo)
            #expect(try await welt.lade(land.bau).aendertEtwas == false, wo)
            #expect(try await welt.zahl("SELECT count(*) FROM gebiet") >= gebiete, wo)
            let valid = try await welt.zahl(
                "SELECT count(*) FROM gebiet_sicht WHERE gueltig_bis IS NULL AND ags IS NOT NULL")
            #expect(valid == land.orte.count, wo)
            for ort in land.orte { #expect(try await welt.gebiet(ort.ars)?.name == ort.name, wo) }

            var liste = "ags_alt,name_alt,ags_neu,name_neu\n"
            for (ars, fate) in fates.sorted(by: { $0.key < $1.key }) {
                let old = try #require(before[ars], wo)
                try await pruefe(welt, ars, old, fate, land.stand, wo)
                guard case .vergeht(let next) = fate, let (ags, name) = names[ars] else { continue }
                for key in next {
                    let ort = try #require(land.orte.first { $0.ars == key }, wo)
                    liste += "\(ags),\(name),\(ort.ags),\(ort.name)\n"
                }
            }
            if liste.contains("Ort") {
                let told = try await welt.lade(aenderungen: liste)
                #expect(told.fehler == [] && told.geschrieben, "\(wo) \(told.zeilen)")
                #expect(try await welt.lade(aenderungen: liste).aendertEtwas == false, wo)
            }
            for (ars, fate) in fates {
                guard case .vergeht(let next) = fate, let old = before[ars] else { continue }
                let found = try await welt.database.read { db in
                    try GebietStore.find(old.id, in: db).map { try NachfolgeStore.folge(zu: $0, in: db).nachfolger }
                }
                #expect(Set(found?.compactMap(\.ars) ?? []) == Set(next), "\(wo) \(ars)")
            }
            keys.formUnion(land.orte.map(\.ars))
            for key in keys {
                let place = try #require(try await welt.gebiet(key), "\(wo): \(key) is lost")
                let folge = try await welt.folge(key)
                #expect(place.istGueltig || folge?.nachfolger.allSatisfy(\.istGueltig) == true, "\(wo) \(key)")
                #expect(place.istGueltig || folge?.nachfolger.isEmpty == false, "\(wo) \(key)")
            }
        }
    }

    private func vorher(_ welt: Verzeichniswelt, _ keys: [String]) async throws -> [String: Vorher] {
        var found: [String: Vorher] = [:]
        for key in keys {
            let gebiet = try #require(try await welt.gebiet(key))
            found[key] = Vorher(id: gebiet.id, name: gebiet.name, verwaltung: gebiet.verwaltung)
        }
        return found
    }

    private func pruefe(
        _ welt: Verzeichniswelt, _ ars: String, _ old: Vorher, _ fate: Neuordnung.Schicksal, _ stand: Kernel.Tag,
        _ wo: Comment
    ) async throws {
        let gebiet = try #require(
            try await welt.database.read { db in try GebietStore.find(old.id, in: db) }, "\(wo) \(ars) was deleted")
        let authority = try #require(old.verwaltung)
        let organisation = try await welt.database.read { db in
            try db.rows("SELECT gebiet, name, gueltig_bis FROM organisation WHERE id = \(authority)").first.map { row in
                try (gebiet: row["gebiet"] as String, ende: row["gueltig_bis"] as String?)
            }
        }
        switch fate {
        case .bleibt(let now):
            #expect(gebiet.istGueltig && gebiet.ars == now, "\(wo) \(ars)")
            #expect(gebiet.verwaltung == old.verwaltung && organisation?.ende == nil, "\(wo) \(ars)")
            if gebiet.name != old.name {
                #expect(try await welt.folge(now)?.fruehereNamen(zu: gebiet).contains(old.name) == true, "\(wo) \(ars)")
            }
        case .zieht(let now):
            let new = try #require(try await welt.gebiet(now))
            #expect(!gebiet.istGueltig && gebiet.gueltigBis == stand, "\(wo) \(ars)")
            #expect(new.verwaltung == authority && organisation?.gebiet == new.id.rawValue, "\(wo) \(ars) → \(now)")
            #expect(organisation?.ende == nil, "\(wo) \(ars)")
            let folge = try await welt.database.read { db in try NachfolgeStore.folge(zu: gebiet, in: db) }
            #expect(folge.nachfolger.map(\.id) == [new.id] && folge.istErschlossen, "\(wo) \(ars)")
            let named = try await welt.database.read { db in try OrganisationStore.named(ars, in: db) }
            #expect(named.id.rawValue == authority, "\(wo) \(ars)")
        case .vergeht:
            #expect(!gebiet.istGueltig && gebiet.gueltigBis == stand, "\(wo) \(ars)")
            #expect(organisation?.ende == stand.iso, "\(wo) \(ars)")
            let folge = try await welt.database.read { db in try NachfolgeStore.folge(zu: gebiet, in: db) }
            #expect(folge.nachfolger == [], "\(wo) \(ars): nobody told a successor")
        }
    }

    private static func hessen(_ stand: String, _ body: (inout Verzeichnisbau) -> Void) -> Verzeichnisbau {
        var bau = Verzeichnisbau(stand: stand)
        bau.land("06", "Hessen")
        bau.bezirk("064", "Reg.-Bez. Darmstadt")
        bau.kreis("06435", "Main-Kinzig-Kreis", "44")
        bau.frei("064350010010", "Gründau", ha: 6_754)
        body(&bau)
        return bau
    }

    @Test(arguments: TestBackend.available)
    func `a Gemeinde that becomes kreisfrei keeps its authority, and the old keys lead there`(on backend: TestBackend)
        async throws
    {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(
            Self.hessen("20250831") { $0.frei("064350014014", "Hanau, Brüder-Grimm-Stadt", "63", ha: 7_649) })
        let authority = try #require(try await welt.verwaltung("06435014"))
        let bericht = try await welt.lade(
            Self.hessen("20260131") { $0.stadt("06415", "Hanau, Brüder-Grimm-Stadt", sitz: "Hanau", ha: 7_650) })
        #expect(bericht.hinweise.contains { $0.contains("Hanau (064350014014, jetzt 064150000000)") })
        #expect(try await welt.verwaltung("06415")?.id == authority.id)
        #expect(try await welt.verwaltung("06415")?.ars == "064150000000")
        try await TestSite(welt.database).run { (client) async throws in
            for key in ["06435014", "064350014014"] {
                let antwort = try await client.get("/gebiete/\(key)")
                let page =
                    antwort.status == .ok ? antwort : try await client.get(antwort.headers[.location] ?? "")
                #expect(
                    page.text.contains(
                        "Stadt Hanau ist aufgelöst; Nachfolger ist <a href=\"/gebiete/064150000000\">Stadt Hanau</a>"))
                #expect(page.text.contains("er ergibt sich daraus, dass Name und Fläche"))
                let list = try await client.get("/umsetzung/\(key)")
                #expect(list.headers[.location] == "/umsetzung/064150000000")
            }
            #expect(try await client.get("/gebiete/064150000000").text.contains("href=\"/gebiete/064350014014\""))
        }
    }

    @Test(arguments: TestBackend.available)
    func `the same name with another area, or twice, tells no successor`(on backend: TestBackend) async throws {
        for other in [[("064350077077", 9_000)], [("064350077077", 7_649), ("064350078078", 7_649)]] {
            let welt = try await Verzeichniswelt(backend)
            try await welt.lade(Self.hessen("20250831") { $0.frei("064350014014", "Hanau", ha: 7_649) })
            try await welt.lade(
                Self.hessen("20260131") { bau in for (ars, ha) in other { bau.frei(ars, "Hanau", ha: ha) } })
            #expect(try await welt.folge("064350014014")?.nachfolger == [])
            try await TestSite(welt.database).run { (client) async throws in
                let page = try await client.get("/gebiete/064350014014").text
                #expect(page.contains("Gemeinde Hanau ist aufgelöst, Nachfolger nicht bekannt."))
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `a list of changes overrules what the directory suggested`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(Self.hessen("20250831") { $0.frei("064350014014", "Hanau", ha: 7_649) })
        try await welt.lade(Self.hessen("20260131") { $0.frei("064350077077", "Hanau", ha: 7_649) })
        #expect(try await welt.folge("064350014014")?.nachfolger.map(\.ars) == ["064350077077"])
        let bericht = try await welt.lade(
            aenderungen: "ags_alt,name_alt,ags_neu\n06435014,Hanau,06435010\n")
        #expect(bericht.neu == 1)
        #expect(try await welt.folge("064350014014")?.nachfolger.map(\.name) == ["Gründau"])
        #expect(try await welt.folge("064350014014")?.istErschlossen == false)
    }

    @Test(arguments: TestBackend.available)
    func `a Gemeinde that joins a Verband is the same, also when faulty records are skipped`(on backend: TestBackend)
        async throws
    {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        let id = try await welt.gebiet("031510025025")?.id
        let authority = try #require(try await welt.verwaltung("031510025025"))
        var next = FortschreibungTests.ohne(["031510025025"], stand: "20260131") { bau in
            bau.verband("031515402", "Boldecker Land", "52")
            bau.gemeinde("031515402025", "Sassenburg", ha: 8_823, ew: 11_500)
        }
        next.roh("kein Satz")
        let bericht = try await welt.lade(next, ueberspringen: true)
        #expect(bericht.geschrieben && bericht.neu == 1)
        let moved = try #require(try await welt.gebiet("031515402025"))
        #expect(moved.id == id && moved.gehoertZuARS == "031515402")
        #expect(try await welt.verwaltung("031515402025")?.id == authority.id)
        #expect(try await welt.gebiet("031510025025")?.id == id)
        #expect(try await welt.zahl("SELECT count(*) FROM gebiet WHERE ags = '03151025'") == 1)
        try await TestSite(welt.database).run { (client) async throws in
            #expect(
                try await client.get("/gebiete/031510025025").headers[.location] == "/gebiete/031515402025")
            let page = try await client.get("/gebiete/031515402025").text
            #expect(page.contains("Früherer Regionalschlüssel") && page.contains("031510025025"))
            #expect(try await client.get("/gebiete?q=031510025025").text.contains("früher: 031510025025"))
        }
    }
}
