import Formats
import Kernel
import Storage
import TestKit
import Testing

@testable import Verzeichnis

/// What each record of the official file becomes.
@Suite struct SatzartenTests {
    @Test(arguments: TestBackend.available)
    func `each kind of record becomes its kind of place under the right one`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        let bericht = try await welt.lade(.klein())
        #expect(bericht.fehler == [])
        #expect(bericht.geschrieben)
        let expected: [(String, Gebiet.Art, String?, String?)] = [
            ("03", .land, nil, nil), ("031", .regierungsbezirk, "03", nil), ("03151", .kreis, "031", "44"),
            ("031510025025", .gemeinde, "03151", "64"), ("031519501501", .gemeindefrei, "03151", "66"),
            ("055150000000", .kreisfreieStadt, "055", "61"), ("055580012012", .gemeinde, "05558", "63"),
            ("055580016016", .gemeinde, "05558", "67"), ("071355001", .verband, "07135", "53"),
            ("071355001020", .gemeinde, "071355001", "63"), ("081155003037", .gemeinde, "081155003", "64"),
            ("110000000000", .kreisfreieStadt, "11", "61"),
        ]
        for (ars, art, oben, kind) in expected {
            let gebiet = try #require(try await welt.gebiet(ars), "\(ars)")
            #expect(gebiet.ars == ars)
            #expect(gebiet.art == art, "\(ars)")
            #expect(gebiet.gehoertZuARS == oben, "\(ars)")
            #expect(gebiet.kennzeichen == kind, "\(ars)")
            #expect(gebiet.gueltigVon?.iso == "2025-08-31")
            #expect(gebiet.gueltigBis == nil)
        }
        let stored = try await welt.zahl("SELECT count(*) FROM gebiet")
        #expect(stored == bericht.neu)
    }

    @Test(arguments: TestBackend.available)
    func `a Gemeinde keeps keys, name, area, people and post code as written`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        let duelmen = try #require(try await welt.gebiet("055580016016"))
        #expect(duelmen.ags == "05558016")
        #expect(duelmen.amtlicherName == "Dülmen, Stadt")
        #expect(duelmen.name == "Dülmen")
        #expect(duelmen.flaecheHa == 18_486)
        #expect(duelmen.einwohner == 47_000)
        #expect(duelmen.plz == "48249")
        #expect(try await welt.gebiet("05558")?.sitz == "Coesfeld")
        #expect(try await welt.gebiet("05")?.sitz == "Düsseldorf")
        #expect(try await welt.gebiet("071355001")?.sitz == "Cochem")
        #expect(try await welt.gebiet("071355001")?.ags == nil)
    }

    @Test(arguments: TestBackend.available)
    func `a kreisfreie Stadt stands once, with twelve digits and the seat of its Kreis record`(on backend: TestBackend)
        async throws
    {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        let keys = try await welt.database.read { db in
            try db.rows("SELECT ars FROM gebiet WHERE ars LIKE '05515%' OR ars LIKE '110%' ORDER BY ars").map {
                row -> String in try row["ars"]
            }
        }
        #expect(keys == ["055150000000", "110000000000"])
        #expect(try await welt.gebiet("055150000000")?.sitz == "Münster")
        #expect(try await welt.zahl("SELECT count(*) FROM organisation WHERE name = 'Stadt Münster'") == 1)
    }

    @Test(arguments: TestBackend.available)
    func `regions are counted and skipped, and so are Verbände that only repeat a Gemeinde`(on backend: TestBackend)
        async throws
    {
        let welt = try await Verzeichniswelt(backend)
        let bericht = try await welt.lade(.klein())
        #expect(bericht.ausgelassen.map(\.anzahl) == [1, 6])
        #expect(bericht.ausgelassen.first?.was.contains("30") == true)
        #expect(try await welt.zahl("SELECT count(*) FROM gebiet WHERE name LIKE 'Region%'") == 0)
        #expect(try await welt.zahl("SELECT count(*) FROM gebiet WHERE art = 'verband'") == 2)
    }

    @Test(arguments: TestBackend.available)
    func `area and people of places above are the sums of their Gemeinden`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        for (ars, ew, ha) in [
            ("071355001", 6_100, 3_221), ("07135", 6_100, 3_221), ("071", 6_100, 3_221), ("07", 6_100, 3_221),
            ("05558", 83_000, 32_624), ("055", 391_258, 62_952), ("05", 391_258, 62_952), ("03151", 11_500, 9_856),
            ("11", 3_685_265, 89_112),
        ] {
            let gebiet = try #require(try await welt.gebiet(ars))
            #expect(gebiet.einwohner == ew, "\(ars)")
            #expect(gebiet.flaecheHa == ha, "\(ars)")
        }
    }

    @Test(arguments: TestBackend.available)
    func `the order of the records does not matter`(on backend: TestBackend) async throws {
        let (sorted, shuffled) = (try await Verzeichniswelt(backend), try await Verzeichniswelt(backend))
        try await sorted.lade(.klein())
        var generator = Zufall(7)
        let lines = Verzeichnisbau.klein().zeilen.shuffled(using: &generator)
        let bericht = try await shuffled.lade(Array(lines.map { $0 + "\n" }.joined().utf8))
        #expect(bericht.fehler == [])
        let facts: @Sendable (any SQLConnection) throws -> [String] = { db in
            try db.rows(
                "SELECT ars, ags, name, art, sitz, einwohner, flaeche_ha, gehoert_zu_ars FROM gebiet ORDER BY ars"
            )
            .map { row in
                let texts = try ["ars", "ags", "name", "art", "sitz", "gehoert_zu_ars"].map {
                    try row[$0] as String? ?? "-"
                }
                return try texts.joined(separator: " ") + " \(row["einwohner"] as Int) \(row["flaeche_ha"] as Int)"
            }
        }
        let (a, b) = (try await sorted.database.read(facts), try await shuffled.database.read(facts))
        #expect(a == b)
    }

    @Test(arguments: TestBackend.available)
    func `the file reads the same with BOM, without and in Windows-1252`(on backend: TestBackend) async throws {
        let text = Verzeichnisbau.klein().text
        var latin: [UInt8] = []
        for scalar in text.unicodeScalars { latin.append(UInt8(scalar.value)) }
        for bytes in [[0xEF, 0xBB, 0xBF] + Array(text.utf8), Array(text.utf8), latin] {
            let welt = try await Verzeichniswelt(backend)
            let bericht = try await welt.lade(bytes)
            #expect(bericht.fehler == [])
            #expect(try await welt.gebiet("055580016016")?.name == "Dülmen")
            #expect(try await welt.gebiet("055580016016")?.einwohner == 47_000)
        }
    }

    @Test func `positions are characters, however many umlauts stand before them`() throws {
        var bau = Verzeichnisbau()
        bau.land("05", "Nordrhein-Westfalen")
        bau.kreis("05558", "ÄÖÜäöüßÄÖÜäöüß", "44", sitz: "Üöäß")
        bau.frei("055580016016", String(repeating: "ü", count: 50), "63", ha: 12_345, ew: 6_789, plz: "48249")
        var bericht = Importbericht()
        let datei = Verzeichnisdatei.read(try TextSource(bytes: bau.bytes, name: "x"), bericht: &bericht)
        #expect(bericht.fehler == [])
        let satz = try #require(datei.saetze["055580016016"])
        #expect(satz.amtlicherName == String(repeating: "ü", count: 50))
        #expect(satz.flaecheHa == 12_345)
        #expect(satz.einwohner == 6_789)
        #expect(satz.plz == "48249")
        #expect(datei.saetze["05558"]?.sitz == "Üöäß")
        #expect(datei.saetze["05558"]?.kennzeichen == "44")
    }

    @Test(arguments: [
        ("Flensburg, Stadt", "Flensburg", "Stadt Flensburg"), ("Lübeck, Hansestadt", "Lübeck", "Hansestadt Lübeck"),
        ("Wiesbaden, Landeshauptstadt", "Wiesbaden", "Landeshauptstadt Wiesbaden"),
        ("Hamburg, Freie und Hansestadt", "Hamburg", "Freie und Hansestadt Hamburg"),
        ("Halle (Saale), Stadt", "Halle (Saale)", "Stadt Halle (Saale)"),
        ("Ascheberg", "Ascheberg", "Gemeinde Ascheberg"),
    ])
    func `a name shows without its additions, and with one word for its kind`(
        amtlich: String, name: String, lang: String
    ) {
        let read = Gebietsname(amtlich: amtlich)
        #expect(read.name == name)
        #expect(read.bezeichnung(.gemeinde, amtlich.contains(",") ? "63" : "64") == lang)
    }
}
