import Formats
import Kernel
import Storage
import TestKit
import Testing

@testable import Verzeichnis

/// The official file of 31 August 2025.
@Suite(.enabled(if: Welt.echteDaten != nil), .timeLimit(.minutes(15))) struct EchtesVerzeichnisTests {
    @Test(arguments: TestBackend.available)
    func `the official file gives the sums, kinds and authorities that are known of it`(on backend: TestBackend)
        async throws
    {
        let welt = try await Verzeichniswelt(backend)
        let file = try #require(Welt.echteDaten) + "/gemeinden/GV100AD_31082025.txt"
        let bericht = try await GemeindeverzeichnisImport.run(
            TextSource(path: file), Importauftrag(urheber: .betrieb(Welt.jetzt)), in: welt.database)
        #expect(bericht.fehler == [])
        // 12 regions of Baden-Württemberg, 3,387 Verband records that only repeat a Gemeinde.
        #expect(bericht.ausgelassen.map(\.anzahl) == [12, 3_387])
        // The contract counts the 125 places of Textkennzeichen 67 as gemeindefrei (10,522 and 324); in the official
        // description 67 is "große Kreisstadt", a Gemeinde like others, and the file says so by their people.
        let counts = [
            "land": 16, "regierungsbezirk": 29, "kreis": 294, "kreisfreie_stadt": 106, "verband": 4_590 - 3_387,
            "gemeinde": 10_645, "gemeindefrei": 201, "bund": 0,
        ]
        for (art, count) in counts {
            #expect(try await welt.zahl("SELECT count(*) FROM gebiet WHERE art = \(art)") == count, "\(art)")
        }
        for art in ["land", "gemeinde"] {
            let condition: SQL = art == "land" ? "art = 'land'" : "ars LIKE '____________'"
            #expect(
                try await welt.zahl("SELECT CAST(sum(einwohner) AS BIGINT) FROM gebiet WHERE \(condition)")
                    == 83_577_140)
            #expect(
                try await welt.zahl("SELECT CAST(sum(flaeche_ha) AS BIGINT) FROM gebiet WHERE \(condition)")
                    == 35_768_388)
        }
        #expect(
            try await welt.zahl(
                "SELECT count(*) FROM gebiet WHERE kennzeichen = '67' AND art = 'gemeinde' AND einwohner > 10000") > 100
        )
        #expect(try await welt.gebiet("05")?.einwohner == 18_034_454)
        #expect(try await welt.gebiet("055150000000")?.sitz == "Münster")
        #expect(try await welt.verwaltung("11")?.ars == "110000000000")
        #expect(try await welt.verwaltung("02")?.ars == "020000000000")
        #expect(try await welt.verwaltung("04")?.ars == "04")
        #expect(try await welt.gebiet("032410001001")?.name == "Hannover")
        // Names repeat: Münster in Westfalen, in Hessen and more.
        #expect(try await welt.zahl("SELECT count(*) FROM gebiet WHERE name = 'Münster' AND art <> 'verband'") > 1)
        #expect(
            try await welt.zahl("SELECT count(*) FROM gebiet WHERE art = 'gemeindefrei' AND verwaltung IS NOT NULL")
                == 0)
        #expect(try await welt.zahl("SELECT count(*) FROM gebiet WHERE art = 'gemeinde' AND verwaltung IS NULL") == 0)
        #expect(try await welt.zahl("SELECT count(*) FROM gebiet WHERE art <> 'land' AND gehoert_zu IS NULL") == 0)
    }

    @Test func `a Gemeinde of the next Gebietsstand that is kreisfrei has another key, and the old one is closed`()
        async throws
    {
        let welt = try await Verzeichniswelt(.sqliteMemory)
        var bau = Verzeichnisbau()
        bau.land("06", "Hessen")
        bau.bezirk("064", "Reg.-Bez. Darmstadt")
        bau.kreis("06435", "Main-Kinzig-Kreis", "44")
        bau.frei("064350010010", "Gründau")
        bau.frei("064350014014", "Hanau, Brüder-Grimm-Stadt", "63", ew: 100_000)
        try await welt.lade(bau)
        var next = Verzeichnisbau(stand: "20260131")
        next.land("06", "Hessen")
        next.bezirk("064", "Reg.-Bez. Darmstadt")
        next.kreis("06435", "Main-Kinzig-Kreis", "44")
        next.frei("064350010010", "Gründau")
        next.stadt("06415", "Hanau, Brüder-Grimm-Stadt", sitz: "Hanau", ew: 100_001)
        try await welt.lade(next)
        #expect(try await welt.gebiet("06435014")?.gueltigBis?.iso == "2026-01-31")
        let hanau = try #require(try await welt.gebiet("06415"))
        #expect(hanau.art == .kreisfreieStadt && hanau.gehoertZuARS == "064" && hanau.gueltigVon?.iso == "2026-01-31")
        #expect(try await welt.gebiet("06435")?.einwohner == 10)
        #expect(try await welt.gebiet("06")?.einwohner == 100_011)
    }
}
