import Kernel
import Storage
import TestKit
import Testing

@testable import Verzeichnis

/// What a list of changes tells about places, and what it may not tell.
@Suite struct GebietsaenderungenTests {
    private static let kopf = "ags_alt,name_alt,ags_neu,name_neu\n"

    /// The small world, and a list of changes loaded over it.
    private func mit(
        _ backend: TestBackend, _ zeilen: String, kopf: String = GebietsaenderungenTests.kopf
    ) async throws -> (welt: Verzeichniswelt, bericht: Importbericht) {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        return (welt, try await welt.lade(aenderungen: kopf + zeilen))
    }

    private func nachfolger(_ welt: Verzeichniswelt, _ key: String) async throws -> [String]? {
        try await welt.folge(key)?.nachfolger.compactMap { $0.ars ?? $0.ags }
    }

    @Test(arguments: TestBackend.available)
    func `an old key that the directory does not know becomes a closed place that leads to its successor`(
        on backend: TestBackend
    ) async throws {
        let (welt, bericht) = try await mit(backend, "05558099,\"Merfeld, Stadt\",05558016,\"Dülmen, Stadt\"\n")
        #expect((bericht.neu, bericht.fehlerzahl, bericht.geschrieben) == (1, 0, true))
        #expect(bericht.hinweise.contains { $0.contains("1 Gebiet") && $0.contains("kannte das Verzeichnis nicht") })
        let merfeld = try #require(try await welt.gebiet("05558099"))
        #expect(merfeld.ars == nil && merfeld.ags == "05558099" && merfeld.name == "Merfeld")
        #expect(merfeld.gueltigBis == nil && merfeld.gueltigVon == nil && !merfeld.istGueltig)
        #expect(merfeld.art == .gemeinde && merfeld.gehoertZuARS == "05558" && merfeld.verwaltung == nil)
        #expect(try await nachfolger(welt, "05558099") == ["055580016016"])
        #expect(try await welt.folge("055580016016")?.vorgaenger.map(\.name) == ["Merfeld"])
        let stand = try await welt.database.read { db in try DatenstandStore.newest(.gebietsaenderungen, in: db) }
        #expect(stand?.nummer == 1 && stand?.neu == 1)
    }

    @Test(arguments: TestBackend.available)
    func `the same list twice changes nothing, and a trial writes nothing`(on backend: TestBackend) async throws {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        let before = try await welt.zustand()
        let list =
            "ags_alt;name_alt;ags_neu;name_neu;wirksam_am;art\n05558099;Merfeld;05558016;;01.01.2024;Eingemeindung\n"
        let probe = try await welt.lade(aenderungen: list, probe: true)
        #expect(probe.neu == 1 && !probe.geschrieben)
        #expect(try await welt.zustand() == before)
        try await welt.lade(aenderungen: list)
        let after = try await welt.zustand()
        let again = try await welt.lade(aenderungen: list)
        #expect((again.neu, again.geaendert, again.unveraendert) == (0, 0, 1) && again.geschrieben)
        #expect(try await welt.zustand() == after)
    }

    @Test(arguments: TestBackend.available)
    func `a day of the change gives the last day of the place, also when only a later list names it`(
        on backend: TestBackend
    ) async throws {
        let (welt, _) = try await mit(backend, "05558099,Merfeld,05558016,\n")
        let id = try await welt.gebiet("05558099")?.id
        let later = try await welt.lade(
            aenderungen: "ags_alt,name_alt,ags_neu,wirksam_am,art\n05558099,Merfeld,05558016,2024-03-01,1\n")
        #expect((later.neu, later.geaendert) == (0, 1))
        let merfeld = try #require(try await welt.gebiet("05558099"))
        #expect(merfeld.id == id && merfeld.gueltigBis?.iso == "2024-02-29" && !merfeld.istGueltig)
        #expect(try await welt.folge("05558099")?.wirksamAm?.iso == "2024-03-01")
        #expect(try await welt.folge("05558099")?.art == "1")
        // A list that no longer names it takes nothing away.
        let bare = try await welt.lade(aenderungen: Self.kopf + "05558099,Merfeld,05558016,\n")
        #expect(!bare.aendertEtwas)
    }

    @Test(arguments: TestBackend.available)
    func `a place may be divided among several and come from several`(on backend: TestBackend) async throws {
        let (welt, _) = try await mit(
            backend, "05558099,Merfeld,05558016,\n05558099,Merfeld,05558012,\n05558098,Rorup,05558016,\n")
        #expect(try await nachfolger(welt, "05558099") == ["055580012012", "055580016016"])
        #expect(try await welt.folge("055580016016")?.vorgaenger.map(\.name) == ["Merfeld", "Rorup"])
        #expect(try await welt.zahl("SELECT count(*) FROM gebiet WHERE ende_unbekannt") == 2)
    }

    @Test(arguments: TestBackend.available, [false, true])
    func `a chain leads to its end, in whichever order the file tells it`(on backend: TestBackend, umgekehrt: Bool)
        async throws
    {
        let lines = [
            "05558097,Alt,05558098,Mitte\n", "05558098,Mitte,05558099,Merfeld\n", "05558099,Merfeld,05558016,\n",
        ]
        let (welt, bericht) = try await mit(backend, (umgekehrt ? lines.reversed() : lines).joined())
        #expect(bericht.fehler == [] && bericht.neu == 3)
        #expect(try await nachfolger(welt, "05558097") == ["055580016016"])
        #expect(try await welt.folge("05558097")?.ueber.map(\.name) == ["Merfeld", "Mitte"])
        #expect(try await welt.folge("055580016016")?.vorgaenger.map(\.name) == ["Alt", "Merfeld", "Mitte"])
        #expect(try await welt.folge("05558098")?.vorgaenger.map(\.name) == ["Alt"])
        let rows = try await welt.database.read { db in
            try db.rows("SELECT name, nachfolger FROM gebiet_nachfolge_sicht ORDER BY name").map { row in
                try "\(row["name"] as String) \(row["nachfolger"] as String)"
            }
        }
        let id = try #require(try await welt.gebiet("055580016016")?.id.rawValue)
        #expect(rows == ["Alt \(id)", "Merfeld \(id)", "Mitte \(id)"])
    }

    @Test(arguments: TestBackend.available)
    func `a row with one key twice tells a former name or nothing`(on backend: TestBackend) async throws {
        let (welt, bericht) = try await mit(
            backend, "05558016,\"Dülmen, Stadt\",05558016,\"Dülmen, Stadt\"\n05558012,Koesfeld am See,05558012,\n")
        #expect((bericht.neu, bericht.geaendert, bericht.fehlerzahl) == (0, 1, 0))
        #expect(bericht.ausgelassen.map(\.anzahl) == [1])
        let coesfeld = try #require(try await welt.gebiet("05558012"))
        #expect(coesfeld.istGueltig)
        #expect(try await welt.folge("05558012")?.fruehereNamen(zu: coesfeld) == ["Koesfeld am See"])
        #expect(try await welt.folge("05558016")?.frueher == [])
    }

    @Test(arguments: TestBackend.available)
    func `a place that the directory still has stays, and its row waits until the directory drops it`(
        on backend: TestBackend
    ) async throws {
        let (welt, bericht) = try await mit(backend, "05558012,\"Coesfeld, Stadt\",05558016,\n")
        #expect(bericht.fehler == [] && bericht.hinweise.contains { $0.contains("gilt erst") })
        #expect(try await welt.gebiet("05558012")?.istGueltig == true)
        #expect(try await welt.folge("05558012")?.nachfolger == [])
        #expect(try await welt.folge("05558016")?.vorgaenger == [])
        #expect(try await welt.zahl("SELECT count(*) FROM gebiet_nachfolge_sicht") == 0)
        let next = try await welt.lade(FortschreibungTests.ohne(["055580012012"], stand: "20260131"))
        #expect(!next.hinweise.contains { $0.contains("keinen bekannten Nachfolger") })
        #expect(try await nachfolger(welt, "05558012") == ["055580016016"])
        #expect(try await welt.gebiet("05558012")?.gueltigBis?.iso == "2026-01-31")
    }

    @Test(arguments: TestBackend.available)
    func `a row that contradicts the directory, or tells of a part only, is left out and counted`(
        on backend: TestBackend
    ) async throws {
        let (welt, bericht) = try await mit(
            backend,
            """
            05558012,"Coesfeld, Stadt",05558016,,2024-01-01,
            03151025,Ganz anders,05558016,,,
            07135001,Alflen,07135020,,,2
            05558099,Merfeld,05558016,,2024-01-01,Teilausgliederung
            """, kopf: "ags_alt,name_alt,ags_neu,name_neu,wirksam_am,art\n")
        #expect((bericht.neu, bericht.fehlerzahl) == (0, 0))
        #expect(Set(bericht.ausgelassen.map(\.anzahl)) == [2] && bericht.ausgelassen.count == 2)
        #expect(try await welt.zahl("SELECT count(*) FROM gebiet_nachfolge") == 0)
        #expect(try await welt.gebiet("05558099") == nil)
    }

    @Test(arguments: TestBackend.available)
    func `a list names the successor of a place that the directory closed, and its exact day`(on backend: TestBackend)
        async throws
    {
        let welt = try await Verzeichniswelt(backend)
        try await welt.lade(.klein())
        let next = try await welt.lade(FortschreibungTests.ohne(["055580012012"], stand: "20260131"))
        #expect(next.hinweise.contains { $0.contains("1 entfallene Gemeinde hat keinen bekannten Nachfolger") })
        #expect(try await nachfolger(welt, "055580012012") == [])
        try await welt.lade(
            aenderungen: "ags_alt,name_alt,ags_neu,wirksam_am\n05558012,Coesfeld Kernstadt,05558016,2026-01-01\n")
        #expect(try await nachfolger(welt, "055580012012") == ["055580016016"])
        #expect(try await welt.gebiet("05558012")?.gueltigBis?.iso == "2025-12-31")
        #expect(try await welt.folge("05558012")?.frueher.map(\.name) == ["Coesfeld Kernstadt"])
        #expect(try await welt.gebiet("05558012")?.name == "Coesfeld")
    }

    @Test(arguments: TestBackend.available)
    func `a key that ends in 000 was a kreisfreie Stadt and answers to its shorter and padded forms`(
        on backend: TestBackend
    ) async throws {
        let (welt, _) = try await mit(
            backend, "05516000,\"Altstadt, Stadt\",05558016,\n09473453,Gellnhausen,05558016,\n")
        let stadt = try #require(try await welt.gebiet("05516000"))
        #expect(stadt.art == .kreisfreieStadt && stadt.gehoertZuARS == "055")
        for key in ["05516", "055160000", "055160000000", "055 16 000"] {
            #expect(try await welt.gebiet(key)?.id == stadt.id, "\(key)")
        }
        #expect(try await welt.gebiet("09473453")?.art == .gemeindefrei)
        // Any Regionalschlüssel of the place has the digits of its AGS.
        #expect(try await welt.gebiet("094730000453")?.ags == "09473453")
        for key in ["0551", "05517", "055160000001", "09473", "094739999"] {
            #expect(try await welt.gebiet(key) == nil, "\(key)")
        }
    }

    @Test(arguments: TestBackend.available)
    func `a closed place that only a list knew opens when a directory has it`(on backend: TestBackend) async throws {
        let (welt, _) = try await mit(backend, "05558020,Havixbeck,05558016,\n")
        let id = try await welt.gebiet("05558020")?.id
        var next = Verzeichnisbau.klein(stand: "20260131")
        next.frei("055580020020", "Havixbeck")
        try await welt.lade(next)
        let back = try #require(try await welt.gebiet("055580020020"))
        #expect(back.id == id && back.istGueltig && back.gueltigVon?.iso == "2026-01-31")
        #expect(try await welt.folge("055580020020")?.nachfolger == [])
        #expect(try await welt.verwaltung("055580020020")?.name == "Gemeinde Havixbeck")
        #expect(try await welt.zahl("SELECT count(*) FROM gebiet_nachfolge") == 0)
        #expect(try await welt.lade(next).aendertEtwas == false)
    }

    @Test(arguments: TestBackend.available)
    func `a closed place has no authority of its own, and the refusal names the successor`(on backend: TestBackend)
        async throws
    {
        let (welt, _) = try await mit(backend, "05558099,Merfeld,05558016,\n")
        let refusal = await #expect(throws: Refusal.self) {
            _ = try await welt.database.read { db in try OrganisationStore.named("05558099", in: db) }
        }
        #expect(refusal?.message == "Gemeinde Merfeld ist aufgelöst; Nachfolger ist Stadt Dülmen.")
        let found = try await welt.database.read { db in try OrganisationStore.matching("05558099", limit: 5, in: db) }
        #expect(found.map(\.name) == ["Stadt Dülmen"])
    }
}
