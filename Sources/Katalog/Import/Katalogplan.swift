import Kernel
import Storage

/// What has to change so that the catalogue is as its files say.
struct Katalogplan {
    /// A Leistung as it is stored.
    private struct Bestand {
        let name: String
        let typen: String
        let ozgID: String?
        let rechtsgrundlage: String?
        let istObjekt: Bool
        let vorlaeufig: Bool
        let entfallen: Bool
        let standVon: Int?
    }

    private let nummer: Int
    private let datei: Katalogdatei
    private let objekte: Set<Leistung.ID>
    private var neu: [Katalogdatei.LeistungZeile] = []
    private var geaendert: [Katalogdatei.LeistungZeile] = []
    private var entfallen: [Leistung.ID] = []
    private var unveraendert = 0
    /// Leistungen of the catalogue before.
    private(set) var bestand = 0
    private var ozgNeu: [Katalogdatei.OZGZeile] = []
    private var ozgGeaendert: [Katalogdatei.OZGZeile] = []
    private var ozgEntfallen: [String] = []
    /// OZG-Leistungen that the sheets do not name although their Lage or Themenfeld changes.
    private var ozgMitgezogen: [String] = []

    init(_ datei: Katalogdatei, nummer: Int, schliessen: Bool, mitOhneSchluessel: Bool, in db: any SQLConnection) throws
    {
        self.datei = datei
        self.nummer = nummer
        objekte = datei.objekte
        try planLeistungen(schliessen, mitOhneSchluessel, in: db)
        try planOZG(schliessen, in: db)
    }

    private mutating func planLeistungen(_ schliessen: Bool, _ mitOhneSchluessel: Bool, in db: any SQLConnection) throws
    {
        var bestand: [Leistung.ID: Bestand] = [:]
        try db.forEach(
            "SELECT id, name, typen, ozg_id, rechtsgrundlage, ist_objekt, vorlaeufig, stand_von, stand_bis FROM leistung"
        ) { row in
            let bis: Int? = try row["stand_bis"]
            bestand[try row["id"]] = try Bestand(
                name: row["name"], typen: row["typen"], ozgID: row["ozg_id"], rechtsgrundlage: row["rechtsgrundlage"],
                istObjekt: row["ist_objekt"], vorlaeufig: row["vorlaeufig"], entfallen: bis != nil,
                standVon: row["stand_von"])
        }
        self.bestand = bestand.values.filter { !$0.vorlaeufig && !$0.entfallen }.count
        for row in datei.leistungen {
            guard let old = bestand.removeValue(forKey: row.id) else {
                neu.append(row)
                continue
            }
            let same =
                old.name == row.name && old.typen == row.typentext && old.ozgID == row.ozgID
                && old.rechtsgrundlage == row.rechtsgrundlage && old.istObjekt == objekte.contains(row.id)
                && !old.vorlaeufig && !old.entfallen
            if same { unveraendert += 1 } else { geaendert.append(row) }
        }
        guard schliessen else { return }
        // A provisional Leistung was never part of a catalogue: it waits for the next one.
        // Without a sheet of unkeyed Leistungen nothing is said about them.
        entfallen = bestand.filter { id, old in
            !old.vorlaeufig && !old.entfallen && (mitOhneSchluessel || !id.rawValue.hasPrefix("o-"))
        }.keys.sorted { $0.rawValue < $1.rawValue }
    }

    private mutating func planOZG(_ schliessen: Bool, in db: any SQLConnection) throws {
        var bestand: [String: (zeile: Katalogdatei.OZGZeile, entfallen: Bool)] = [:]
        try db.forEach(
            """
            SELECT ozg_leistung.ozg_id, ozg_leistung.name, ozg_leistung.stand_bis, lage.name AS lage,
                   themenfeld.name AS themenfeld
            FROM ozg_leistung LEFT JOIN lage ON lage.slug = ozg_leistung.lage
            LEFT JOIN themenfeld ON themenfeld.slug = lage.themenfeld
            """
        ) { row in
            let bis: Int? = try row["stand_bis"]
            let zeile = try Katalogdatei.OZGZeile(
                ozgID: row["ozg_id"], name: row["name"], lage: row["lage"], themenfeld: row["themenfeld"])
            bestand[zeile.ozgID] = (zeile, bis != nil)
        }
        for row in datei.ozg {
            guard let old = bestand.removeValue(forKey: row.ozgID) else {
                ozgNeu.append(row)
                continue
            }
            if old.zeile != row || old.entfallen { ozgGeaendert.append(row) }
        }
        let uebrig = bestand.values.filter { !$0.entfallen }.map(\.zeile)
        if schliessen {
            ozgEntfallen = uebrig.map(\.ozgID).sorted()
        } else {
            ozgMitgezogen = uebrig.filter(ziehtMit).map(\.ozgID).sorted()
        }
    }

    /// Whether the Lage of this OZG-Leistung is about to be written otherwise for the sake of others.
    private func ziehtMit(_ zeile: Katalogdatei.OZGZeile) -> Bool {
        guard let lage = zeile.lage, let feld = zeile.themenfeld else { return false }
        return (ozgNeu + ozgGeaendert).contains { andere in
            guard let neueLage = andere.lage, let neuesFeld = andere.themenfeld else { return false }
            let selbeLage = Faltung.slug(neueLage) == Faltung.slug(lage)
            let selbesFeld = Faltung.slug(neuesFeld) == Faltung.slug(feld)
            return (selbeLage && (neueLage != lage || neuesFeld != feld)) || (selbesFeld && neuesFeld != feld)
        }
    }

    var aendertEtwas: Bool {
        !(neu.isEmpty && geaendert.isEmpty && entfallen.isEmpty && ozgNeu.isEmpty && ozgGeaendert.isEmpty
            && ozgEntfallen.isEmpty)
    }

    func describe(in bericht: inout Importbericht) {
        bericht.neu = neu.count
        bericht.geaendert = geaendert.count
        bericht.unveraendert = unveraendert
        bericht.entfallen = entfallen.count
        bericht.hinweise.append(
            "\(objekte.count) Leistungsobjekte sind Überschriften ihrer Verrichtungen und zählen nicht mit.")
        if !ozgNeu.isEmpty || !ozgGeaendert.isEmpty || !ozgEntfallen.isEmpty {
            bericht.hinweise.append(
                "OZG-Leistungen: neu \(ozgNeu.count), geändert \(ozgGeaendert.count), entfallen \(ozgEntfallen.count)")
        }
    }

    func write(in db: any SQLConnection) throws {
        // Before a Lage moves: a Fassung says where its OZG-Leistung stood.
        try OZGFassungen.keep(ozgGeaendert.map(\.ozgID) + ozgEntfallen + ozgMitgezogen, bis: nummer - 1, in: db)
        try writeOZG(in: db)
        try keepFormer(geaendert.map(\.id) + entfallen, in: db)
        try db.insert(
            into: "leistung",
            columns: [
                "id", "schluessel", "name", "sortname", "suchname", "typen", "ozg_id", "rechtsgrundlage", "objekt",
                "gruppe",
                "ist_objekt", "vorlaeufig", "stand_von",
            ],
            rows: neu.lazy.map { row in
                [
                    row.id.sqlValue, row.schluessel?.sqlValue ?? .null, .text(row.name), .text(Faltung.sort(row.name)),
                    .text(Faltung.suche(row.name)), .text(row.typentext), text(row.ozgID), text(row.rechtsgrundlage),
                    text(row.schluessel?.objekt), text(row.schluessel?.gruppe), .bool(objekte.contains(row.id)),
                    .bool(false),
                    .integer(Int64(nummer)),
                ]
            })
        for row in geaendert {
            try db.execute(
                """
                UPDATE leistung SET name = \(row.name), sortname = \(Faltung.sort(row.name)),
                       suchname = \(Faltung.suche(row.name)), typen = \(row.typentext), ozg_id = \(row.ozgID),
                       rechtsgrundlage = \(row.rechtsgrundlage), ist_objekt = \(objekte.contains(row.id)),
                       vorlaeufig = FALSE, stand_bis = NULL,
                       stand_von = CASE WHEN stand_von IS NULL OR stand_bis IS NOT NULL THEN \(nummer) ELSE stand_von END
                WHERE id = \(row.id)
                """)
            try db.execute("DELETE FROM leistung_typ WHERE leistung = \(row.id)")
        }
        for id in entfallen { try db.execute("UPDATE leistung SET stand_bis = \(nummer) WHERE id = \(id)") }
        try db.insert(
            into: "leistung_typ", columns: ["leistung", "typ"],
            rows: (neu + geaendert).lazy.flatMap { row in
                Set(row.typen).sorted().map { [row.id.sqlValue, .text($0)] }
            })
    }

    /// Keeps what changed Leistungen said until now, so that two Katalogstände can be compared.
    ///
    /// `stand_von` is the Katalogstand since which a Leistung stands in the catalogue without a break.
    private func keepFormer(_ ids: [Leistung.ID], in db: any SQLConnection) throws {
        for start in stride(from: 0, to: ids.count, by: 500) {
            let some = Array(ids[start..<min(start + 500, ids.count)])
            try db.execute(
                """
                INSERT INTO leistung_fassung
                    (leistung, von, bis, name, suchname, typen, ozg_id, rechtsgrundlage, vorlaeufig, sortname)
                SELECT id, CASE WHEN stand_von > letzte THEN stand_von ELSE COALESCE(letzte + 1, stand_von) END,
                       CAST(\(nummer - 1) AS BIGINT), name, suchname, typen, ozg_id, rechtsgrundlage, vorlaeufig,
                       sortname
                FROM (SELECT leistung.*, (SELECT MAX(f.bis) FROM leistung_fassung f WHERE f.leistung = leistung.id) AS letzte
                      FROM leistung) AS bisher
                WHERE id IN (\(some)) AND stand_bis IS NULL
                """)
        }
    }

    private func writeOZG(in db: any SQLConnection) throws {
        for row in ozgNeu + ozgGeaendert {
            guard let lage = row.lage, let feld = row.themenfeld else { continue }
            try db.execute(
                """
                INSERT INTO themenfeld (slug, name, sortname) VALUES (\(Faltung.slug(feld)), \(feld), \(Faltung.sort(feld)))
                ON CONFLICT (slug) DO UPDATE SET name = excluded.name, sortname = excluded.sortname
                """)
            try db.execute(
                """
                INSERT INTO lage (slug, name, sortname, themenfeld)
                VALUES (\(Faltung.slug(lage)), \(lage), \(Faltung.sort(lage)), \(Faltung.slug(feld)))
                ON CONFLICT (slug) DO UPDATE SET name = excluded.name, sortname = excluded.sortname,
                    themenfeld = excluded.themenfeld
                """)
        }
        try db.insert(
            into: "ozg_leistung", columns: ["ozg_id", "name", "sortname", "suchname", "lage", "stand_von"],
            rows: ozgNeu.lazy.map { row in
                [
                    .text(row.ozgID), .text(row.name), .text(Faltung.sort(row.name)), .text(Faltung.suche(row.name)),
                    text(row.lage.map(Faltung.slug)), .integer(Int64(nummer)),
                ]
            })
        for row in ozgGeaendert {
            try db.execute(
                """
                UPDATE ozg_leistung SET name = \(row.name), sortname = \(Faltung.sort(row.name)),
                       suchname = \(Faltung.suche(row.name)), lage = \(row.lage.map(Faltung.slug)),
                       stand_von = CASE WHEN stand_bis IS NOT NULL THEN \(nummer) ELSE stand_von END, stand_bis = NULL
                WHERE ozg_id = \(row.ozgID)
                """)
        }
        for id in ozgEntfallen { try db.execute("UPDATE ozg_leistung SET stand_bis = \(nummer) WHERE ozg_id = \(id)") }
    }

    private func text(_ value: String?) -> SQLValue { value.map(SQLValue.text) ?? .null }
}

extension Katalogdatei.LeistungZeile {
    fileprivate var typentext: String { typen.joined(separator: ", ") }
}
