import Kernel
import Storage
import TestKit
import Testing

/// Whoever reaches the database changes a line, and the check says where.
@Suite(.timeLimit(.minutes(15))) struct FaelschungTests {
    private struct Zeile: Sendable { let kette: String, nummer: Int, id: String, letzte: Int }

    /// What somebody did, and where the check must find it first.
    private struct Erwartung { let was: String, art: Verlaufsbefund.Art, nummer: Int?, nurMitAnker: Bool }

    /// Carries what was found out of a transaction that is undone.
    private struct Zurueck: Error { let ohne: Verlaufsbefund, mit: Verlaufsbefund, erwartung: Erwartung }

    private static let felder = [
        "am", "person", "art", "gebiet", "organisation", "eintrag", "leistung", "dienst", "datenstand", "feld", "von",
        "nach",
    ]

    @Test(arguments: TestBackend.available)
    func `every random falsification is found at its place`(on backend: TestBackend) async throws {
        let seed = UInt64.random(in: 0 ... .max)
        let database = try await Welt.leer(backend)
        var verlauf = Zufallsverlauf(seed)
        try await verlauf.schreibe(120, ab: Welt.jetzt, in: database)
        let spaeter = Welt.jetzt.plus(sekunden: 300_000)
        #expect(try await Versiegelung.nachfuehren(database) { spaeter } == 120)
        let gut = try await database.befund(jetzt: spaeter)
        #expect(gut.stimmt && gut.versiegelt == 120 && gut.ketten == 4, "Saat \(seed)")
        let anker = Dictionary(uniqueKeysWithValues: gut.enden.map { ($0.kette, $0) })
        let zeilen = try await database.read { db in
            try db.rows(
                """
                SELECT s.kette, s.nummer, s.zeile, k.nummer AS letzte
                FROM verlauf_siegel s JOIN verlauf_kette k ON k.kette = s.kette
                """
            ).map { try Zeile(kette: $0["kette"], nummer: $0["nummer"], id: $0["zeile"], letzte: $0["letzte"]) }
        }
        for versuch in 0..<90 {
            let ziel = try #require(zeilen.randomElement(using: &verlauf.zufall))
            let (art, zahl) = (versuch % 10, verlauf.zufall.next())
            let wo: Comment = "Saat \(seed), Versuch \(versuch): \(ziel)"
            do {
                try await database.write { db in
                    var zufall = Zufall(zahl)
                    let erwartung = try Self.faelsche(ziel, art, zeilen, &zufall, in: db)
                    throw Zurueck(
                        ohne: try Verlaufspruefung.pruefe(jetzt: spaeter, in: db),
                        mit: try Verlaufspruefung.pruefe(anker: anker, jetzt: spaeter, in: db), erwartung: erwartung)
                }
            } catch let found as Zurueck {
                let soll = found.erwartung
                #expect(found.ohne.stimmt == soll.nurMitAnker, "\(wo), \(soll)")
                let first = try #require(found.mit.fehler.first, "\(wo), \(soll)")
                #expect(first.art == soll.art, "\(wo), \(soll)")
                #expect(first.nummer == soll.nummer && first.kette == ziel.kette, "\(wo), \(soll), \(first)")
            }
        }
        #expect(try await database.befund(anker: anker, jetzt: spaeter).stimmt, "Saat \(seed)")
    }

    private static func faelsche(
        _ ziel: Zeile, _ art: Int, _ alle: [Zeile], _ zufall: inout Zufall, in db: any SQLConnection
    ) throws -> Erwartung {
        let (kette, nummer) = (ziel.kette, ziel.nummer)
        func erwarte(_ was: String, _ art: Verlaufsbefund.Art, _ nummer: Int?, nurMitAnker: Bool = false) -> Erwartung {
            Erwartung(was: was, art: art, nummer: nummer, nurMitAnker: nurMitAnker)
        }
        switch art {
        case 0:
            try db.execute("DELETE FROM verlauf WHERE id = \(ziel.id)")
            return erwarte("Zeile gelöscht", .entfernt, nummer)
        case 1:
            try db.execute("DELETE FROM verlauf WHERE id = \(ziel.id)")
            try db.execute("DELETE FROM verlauf_siegel WHERE zeile = \(ziel.id)")
            return erwarte("Zeile und Siegel gelöscht", nummer == ziel.letzte ? .ende : .luecke, nummer)
        case 2, 3:
            let feld = Self.felder.randomElement(using: &zufall) ?? "von"
            let spalte = SQL(stringLiteral: feld)
            // Another value in any case, also where there was none.
            if feld == "am" {
                try db.execute("UPDATE verlauf SET am = am + 1 WHERE id = \(ziel.id)")
            } else {
                try db.execute("UPDATE verlauf SET \(spalte) = COALESCE(\(spalte), '') || 'x' WHERE id = \(ziel.id)")
            }
            return erwarte("\(feld) geändert", .veraendert, nummer)
        case 4:
            guard let andere = alle.filter({ $0.kette == kette && $0.nummer != nummer }).randomElement(using: &zufall)
            else { return try faelsche(ziel, 0, alle, &zufall, in: db) }
            try db.execute("UPDATE verlauf_siegel SET zeile = 'x' WHERE zeile = \(ziel.id)")
            try db.execute("UPDATE verlauf_siegel SET zeile = \(ziel.id) WHERE zeile = \(andere.id)")
            try db.execute("UPDATE verlauf_siegel SET zeile = \(andere.id) WHERE zeile = 'x'")
            return erwarte("mit Nummer \(andere.nummer) vertauscht", .veraendert, min(nummer, andere.nummer))
        case 5:
            try db.execute(
                """
                INSERT INTO verlauf (id, am, art, organisation)
                VALUES ('0000000000000000', \(Welt.jetzt), 'uebernahme', \(kette.isEmpty ? nil : kette))
                """)
            return erwarte("ohne Siegel eingefügt", .unversiegelt, nil)
        case 6: return try fuegeEin(ziel, in: db)
        case 7, 8:
            for table in ["verlauf WHERE id", "verlauf_siegel WHERE zeile"] {
                for weg in alle where weg.kette == kette && weg.nummer >= nummer {
                    try db.execute("DELETE FROM \(SQL(stringLiteral: table)) = \(weg.id)")
                }
            }
            if art == 7 { return erwarte("Ende abgeschnitten", .ende, nummer) }
            if nummer == 1 {
                try db.execute("DELETE FROM verlauf_kette WHERE kette = \(kette)")
            } else {
                try db.execute(
                    """
                    UPDATE verlauf_kette SET nummer = \(nummer - 1), siegel =
                        (SELECT siegel FROM verlauf_siegel WHERE kette = \(kette) AND nummer = \(nummer - 1))
                    WHERE kette = \(kette)
                    """)
            }
            return erwarte("Ende abgeschnitten und die Kette angepasst", .anker, nummer, nurMitAnker: true)
        default:
            try db.execute("UPDATE verlauf_siegel SET am = am + 1 WHERE zeile = \(ziel.id)")
            return erwarte("Zeitpunkt des Siegels geändert", .veraendert, nummer)
        }
    }

    /// Puts a line with a right seal in the place of another one, and moves all behind it on.
    private static func fuegeEin(_ ziel: Zeile, in db: any SQLConnection) throws -> Erwartung {
        let kette = ziel.kette
        for number in (ziel.nummer...ziel.letzte).reversed() {
            try db.execute(
                "UPDATE verlauf_siegel SET nummer = \(number + 1) WHERE kette = \(kette) AND nummer = \(number)")
        }
        try db.execute(
            """
            INSERT INTO verlauf (id, am, art, organisation)
            VALUES ('0000000000000000', \(Welt.jetzt), 'uebernahme', \(kette.isEmpty ? nil : kette))
            """)
        let zeile = try #require(
            try VerlaufStore.offene(nach: "", organisation: nil, limit: 1, in: db).first)
        let davor: Blob? = try db.value(
            "SELECT siegel FROM verlauf_siegel WHERE kette = \(kette) AND nummer = \(ziel.nummer - 1)")
        let siegel = Verlaufssiegel.berechne(
            nach: davor?.bytes ?? Verlaufssiegel.anfang, zeile, kette: kette, nummer: ziel.nummer, am: Welt.jetzt)
        try db.execute(
            """
            INSERT INTO verlauf_siegel (kette, nummer, zeile, siegel, am)
            VALUES (\(kette), \(ziel.nummer), \(zeile.id), \(Blob(siegel)), \(Welt.jetzt))
            """)
        // In the place of the last one it stands where the anchor looks.
        let istLetzte = ziel.nummer == ziel.letzte
        return Erwartung(
            was: "eingeschoben", art: istLetzte ? .anker : .veraendert, nummer: ziel.nummer + (istLetzte ? 0 : 1),
            nurMitAnker: false)
    }

    @Test(arguments: TestBackend.available)
    func `a chain that was written anew from a place on is found by its anchor alone`(on backend: TestBackend)
        async throws
    {
        let database = try await Welt.leer(backend)
        var verlauf = Zufallsverlauf(7)
        try await verlauf.schreibe(40, ab: Welt.jetzt, in: database)
        try await Versiegelung.nachfuehren(database) { Welt.jetzt }
        let enden = try await database.befund(jetzt: Welt.jetzt).enden
        let ziel = try #require(enden.first { $0.nummer > 3 })
        try await database.write { db in
            try db.execute(
                """
                UPDATE verlauf SET nach = 'neu geschrieben'
                WHERE id = (SELECT zeile FROM verlauf_siegel WHERE kette = \(ziel.kette) AND nummer = 2)
                """)
            // All seals from there on and the end of the chain, as the product makes them.
            try db.execute(
                """
                INSERT INTO verlauf_offen (zeile)
                SELECT zeile FROM verlauf_siegel WHERE kette = \(ziel.kette) AND nummer >= 2
                """)
            try db.execute("DELETE FROM verlauf_siegel WHERE kette = \(ziel.kette) AND nummer >= 2")
            try db.execute(
                """
                UPDATE verlauf_kette SET nummer = 1,
                    siegel = (SELECT siegel FROM verlauf_siegel WHERE kette = \(ziel.kette) AND nummer = 1)
                WHERE kette = \(ziel.kette)
                """)
        }
        try await Versiegelung.nachfuehren(database) { Welt.jetzt }
        #expect(try await database.befund(jetzt: Welt.jetzt).stimmt)
        let befund = try await database.befund(anker: [ziel.kette: ziel], jetzt: Welt.jetzt)
        #expect(befund.fehler.map(\.art) == [.anker] && befund.fehler.first?.nummer == ziel.nummer)
    }
}
