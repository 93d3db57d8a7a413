import Formats
import Kernel
import Storage
import TestKit

@testable import Verzeichnis

/// Builds small files in the layout of the official directory.
struct Verzeichnisbau {
    var stand = "20250831"
    private(set) var zeilen: [String] = []

    init(stand: String = "20250831") { self.stand = stand }

    /// A record of 220 characters with texts at their positions, counted from 1.
    static func satz(_ felder: [(Int, String)]) -> String {
        var zeichen = Array(repeating: Character(" "), count: 220)
        for (start, text) in felder { for (offset, c) in text.enumerated() { zeichen[start - 1 + offset] = c } }
        return String(zeichen)
    }

    /// The record with another text at a position.
    static func mit(_ zeile: String, _ start: Int, _ text: String) -> String {
        var zeichen = Array(zeile)
        for (offset, c) in text.enumerated() { zeichen[start - 1 + offset] = c }
        return String(zeichen)
    }

    mutating func roh(_ zeile: String) { zeilen.append(zeile) }

    private mutating func add(_ art: String, _ felder: [(Int, String)]) {
        zeilen.append(Self.satz([(1, art), (3, stand)] + felder))
    }

    mutating func land(_ key: String, _ name: String, sitz: String = "") {
        add("10", [(11, key), (23, name), (73, sitz)])
    }
    mutating func bezirk(_ key: String, _ name: String) { add("20", [(11, key), (23, name)]) }
    mutating func region(_ key: String, _ name: String) { add("30", [(11, key), (23, name)]) }

    mutating func kreis(_ key: String, _ name: String, _ kind: String = "43", sitz: String = "") {
        add("40", [(11, key), (23, name), (73, sitz), (123, kind)])
    }

    mutating func verband(_ key: String, _ name: String, _ kind: String, sitz: String = "") {
        add("50", [(11, String(key.prefix(5))), (19, String(key.dropFirst(5))), (23, name), (73, sitz), (123, kind)])
    }

    mutating func gemeinde(
        _ ars: String, _ name: String, _ kind: String = "64", ha: Int = 100, ew: Int = 10, plz: String = ""
    ) {
        let verband = String(ars.dropFirst(5).prefix(4))
        add(
            "60",
            [
                (11, String(ars.prefix(5))), (16, String(ars.suffix(3))), (19, verband), (23, name), (123, kind),
                (129, Self.zahl(ha)), (140, Self.zahl(ew)), (151, Self.zahl(ew / 2)), (166, plz),
            ])
    }

    /// A Gemeinde without Verband stands twice in the file.
    mutating func frei(
        _ ars: String, _ name: String, _ kind: String = "64", ha: Int = 100, ew: Int = 10, plz: String = ""
    ) {
        verband(String(ars.prefix(9)), name, "50")
        gemeinde(ars, name, kind, ha: ha, ew: ew, plz: plz)
    }

    /// A kreisfreie Stadt stands three times.
    mutating func stadt(_ key: String, _ name: String, _ kind: String = "41", sitz: String, ha: Int = 100, ew: Int = 10)
    {
        kreis(key, name, kind, sitz: sitz)
        frei(key + "0000000", name, kind == "41" ? "61" : "62", ha: ha, ew: ew)
    }

    private static func zahl(_ n: Int) -> String {
        let text = String(n)
        return String(repeating: "0", count: 11 - text.count) + text
    }

    var text: String { zeilen.map { $0 + "\r\n" }.joined() }
    var bytes: [UInt8] { Array(text.utf8) }

    /// Every kind of record and the traps of five Länder.
    static func klein(stand: String = "20250831") -> Verzeichnisbau {
        var bau = Verzeichnisbau(stand: stand)
        bau.land("03", "Niedersachsen", sitz: "Hannover")
        bau.bezirk("031", "Statistische Region Braunschweig")
        bau.kreis("03151", "Gifhorn", "44", sitz: "Gifhorn")
        bau.frei("031510025025", "Sassenburg", ha: 8_823, ew: 11_500)
        bau.frei("031519501501", "Giebel, gemfr. Gebiet", "66", ha: 1_033, ew: 0)
        bau.land("05", "Nordrhein-Westfalen", sitz: "Düsseldorf")
        bau.bezirk("055", "Reg.-Bez. Münster")
        bau.stadt("05515", "Münster, Stadt", sitz: "Münster", ha: 30_328, ew: 308_258)
        bau.kreis("05558", "Coesfeld", "43", sitz: "Coesfeld")
        bau.frei("055580012012", "Coesfeld, Stadt", "63", ha: 14_138, ew: 36_000, plz: "48653")
        bau.frei("055580016016", "Dülmen, Stadt", "67", ha: 18_486, ew: 47_000, plz: "48249")
        bau.land("07", "Rheinland-Pfalz", sitz: "Mainz")
        bau.bezirk("071", "früher: Reg.-Bez. Koblenz")
        bau.kreis("07135", "Cochem-Zell", "44", sitz: "Cochem")
        bau.verband("071355001", "Cochem", "53", sitz: "Cochem")
        bau.gemeinde("071355001001", "Alflen", ha: 1_100, ew: 800)
        bau.gemeinde("071355001020", "Cochem, Stadt", "63", ha: 2_121, ew: 5_300)
        bau.land("08", "Baden-Württemberg", sitz: "Stuttgart")
        bau.bezirk("081", "Reg.-Bez. Stuttgart")
        bau.region("0811", "Region Stuttgart")
        bau.kreis("08115", "Böblingen", "44", sitz: "Böblingen")
        bau.verband("081155003", "VVG der Stadt Herrenberg", "54", sitz: "Herrenberg")
        bau.gemeinde("081155003021", "Herrenberg, Stadt", "67", ha: 6_571, ew: 31_000)
        bau.gemeinde("081155003037", "Nufringen", ha: 1_000, ew: 5_600)
        bau.land("11", "Berlin", sitz: "Berlin")
        bau.stadt("11000", "Berlin, Stadt", sitz: "Berlin", ha: 89_112, ew: 3_685_265)
        return bau
    }
}

/// A database and what a test asks of it.
struct Verzeichniswelt: Sendable {
    let database: any Database
    static let am = Welt.jetzt

    init(_ backend: TestBackend) async throws { database = try await Welt.leer(backend) }

    @discardableResult
    func lade(_ bytes: [UInt8], probe: Bool = false, ueberspringen: Bool = false) async throws -> Importbericht {
        let auftrag = Importauftrag(
            probe: probe, fehlerhafteUeberspringen: ueberspringen, urheber: .betrieb(Verzeichniswelt.am))
        let source = try TextSource(bytes: bytes, name: "verzeichnis.txt")
        return try await GemeindeverzeichnisImport.run(source, auftrag, in: database)
    }

    @discardableResult
    func lade(_ bau: Verzeichnisbau, probe: Bool = false, ueberspringen: Bool = false) async throws -> Importbericht {
        try await lade(bau.bytes, probe: probe, ueberspringen: ueberspringen)
    }

    /// Loads a list of changes of places.
    @discardableResult
    func lade(
        aenderungen text: String, probe: Bool = false, ueberspringen: Bool = false
    ) async throws -> Importbericht {
        let auftrag = Importauftrag(
            probe: probe, fehlerhafteUeberspringen: ueberspringen, urheber: .betrieb(Verzeichniswelt.am))
        let source = try TextSource(bytes: Array(text.utf8), name: "aenderungen.csv")
        return try await GebietsaenderungenImport.run(source, auftrag, in: database)
    }

    /// What became of the place with that key.
    func folge(_ schluessel: String) async throws -> Gebietsfolge? {
        try await database.read { db in
            try GebietStore.find(schluessel: schluessel, in: db).map { try NachfolgeStore.folge(zu: $0, in: db) }
        }
    }

    func gebiet(_ schluessel: String) async throws -> Gebiet? {
        try await database.read { db in try GebietStore.find(schluessel: schluessel, in: db) }
    }

    /// The authority that acts for a place.
    func verwaltung(_ schluessel: String) async throws -> Organisation? {
        try await database.read { db in
            try GebietStore.find(schluessel: schluessel, in: db)?.verwaltung.flatMap {
                try OrganisationStore.find(Organisation.ID(rawValue: $0), in: db)
            }
        }
    }

    func zahl(_ sql: SQL) async throws -> Int { try await database.read { db in try db.value(sql) ?? 0 } }

    /// Every row that an import of the directory may touch, as text.
    func zustand() async throws -> [String] {
        try await database.read { db in
            try [
                "gebiet ORDER BY id", "gebiet_nachfolge ORDER BY gebiet, nachfolger",
                "gebiet_frueher ORDER BY gebiet, name, ars, bis", "organisation ORDER BY id",
                "datenstand ORDER BY art, bezug, nummer",
                "verlauf ORDER BY id",
            ]
            .flatMap { table in
                try db.rows(SQL(stringLiteral: "SELECT * FROM \(table)")).map { "\(table): \($0.values)" }
            }
        }
    }
}
