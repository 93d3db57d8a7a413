import App
import Foundation
import Kernel
import Storage
import StoragePostgres
import StorageSQLite
import Suche

/// The search over a generated catalogue against plain full text engines that hold the same texts.
struct Suchmessung {
    /// The question of how many, answered by one engine.
    typealias Antwort = (gesamt: Int, nummern: [Int])

    static let teil = Teil(
        name: "suche", satz: "Die Suche in 100.000 erzeugten Leistungen gegen die Volltextsuche der Datenbank allein."
    ) { lauf in
        let measured = try Suchmessung(lauf)
        var rows = try await measured.sqlite()
        if let postgres = lauf.postgres {
            rows += try await measured.postgres { try await lauf.neueDatenbank(postgres, $0) }
        }
        return rows
    }

    private let korpus: Korpus
    private let fragen: Korpusfragen
    private let alltag: Alltagswoerter
    private let ordner: String

    private init(_ lauf: Lauf) throws {
        korpus = Korpus(saat: lauf.saat, umfang: lauf.leistungen)
        // Another seed than that of the services, or the questions would repeat the draws that made their names.
        fragen = Korpusfragen(korpus, saat: ~lauf.saat)
        alltag = try Suchmessung.alltagswoerter(lauf)
        ordner = try lauf.neuerOrdner("suche")
    }

    static func alltagswoerter(_ lauf: Lauf) throws -> Alltagswoerter {
        try Alltagswoerter(
            synonyme: String(contentsOfFile: lauf.woerter + "/synonyme.txt", encoding: .utf8),
            fuellwoerter: String(contentsOfFile: lauf.woerter + "/fuellwoerter.txt", encoding: .utf8))
    }

    private func sqlite() async throws -> [Zeile] {
        let path = ordner + "/vergleich.sqlite"
        try await Lastlauf.faden { [korpus] in try VergleichSQLite.baue(korpus, path: path) }
        let peer = try await vergleich {
            try VergleichSQLite.Frager(path)
        } frage: {
            try $0.frage($1)
        }
        let database = try SQLiteDatabase(path: ordner + "/leitstand.sqlite")
        defer { for name in ["vergleich", "leitstand"] { raeume(ordner + "/\(name).sqlite") } }
        let rows = try await messe(database, peer, name: "SQLite", grenze: 80)
        await database.close()
        return rows
    }

    private func postgres(_ datenbank: (String) async throws -> String) async throws -> [Zeile] {
        let target = try await datenbank("vergleich")
        try await Lastlauf.faden { [korpus] in try VergleichPostgres.baue(korpus, conninfo: target) }
        let peer = try await vergleich {
            try VergleichPostgres.Frager(target)
        } frage: {
            try $0.frage($1)
        }
        let database = PostgresDatabase(conninfo: try await datenbank("suche"))
        let rows = try await messe(database, peer, name: "PostgreSQL", grenze: 120)
        await database.close()
        return rows
    }

    /// What a peer did: its run and on how many first pages the looked-for service stood.
    private struct Vergleich {
        let lauf: Lastlauf
        let namen: Int
        let texte: Int
    }

    private func vergleich<Frager>(
        _ make: @escaping @Sendable () throws -> Frager,
        frage: @escaping @Sendable (Frager, String) throws -> Antwort
    ) async throws -> Vergleich {
        let (texts, probes) = (fragen.fragen, fragen)
        let ask: @Sendable (Frager, Int) throws -> Int = { try frage($0, texts[$1]).gesamt }
        _ = try await Lastlauf.faeden(min(texts.count, 100), runden: 1, dauer: .zero, verbinde: make, ask)
        let run = try await Lastlauf.faeden(texts.count, runden: 1, dauer: .seconds(10), verbinde: make, ask)
        return try await Lastlauf.faden {
            let asker = try make()
            let found = try [probes.nachNamen, probes.nachText].map { list in
                try list.filter { try frage(asker, $0.frage).nummern.contains($0.gesucht) }.count
            }
            return Vergleich(lauf: run, namen: found[0], texte: found[1])
        }
    }

    private func messe(
        _ database: any Database, _ peer: Vergleich, name: String, grenze: Double
    ) async throws -> [Zeile] {
        try await database.migrate(Schema.migrations)
        let begin = ContinuousClock.now
        let index = Suchindex(quellen: [Korpusquelle(korpus)])
        let report = try await index.baue(database, quelle: "Korpus \(korpus.saat)")
        let built = (ContinuousClock.now - begin) / .seconds(1)
        Lauf.sage(
            "  \(name): Index über \(report.eintraege) Leistungen in \(Zahl.dezimal(built, stellen: 1)) s, "
                + "Speicher höchstens \(Zahl.dezimal(Speicher.hoechster, stellen: 0)) MB")
        let suche = Suche(alltag: alltag)
        let texts = fragen.fragen
        let ask: @Sendable (Int) async throws -> Int = { number in
            try await Suchmessung.frage(suche, texts[number], database).gesamt
        }
        _ = try await Lastlauf.aufgaben(texts.count, runden: 1, dauer: .zero, ask)
        let run = try await Lastlauf.aufgaben(texts.count, runden: 3, dauer: .seconds(10), ask)
        var found = [0, 0]
        for (kind, list) in [fragen.nachNamen, fragen.nachText].enumerated() {
            for probe in list {
                let page = try await Suchmessung.frage(suche, probe.frage, database).nummern
                if page.contains(probe.gesucht) { found[kind] += 1 }
            }
        }
        Lauf.sage("  \(name): Leitstand \(run.kurz), \(run.mengen)")
        Lauf.sage("  \(name): Vergleich \(peer.lauf.kurz), \(peer.lauf.mengen)")
        let compared = "Leitstand \(run.kurz); Vergleich \(peer.lauf.kurz)"
        let count = Double(fragen.nachNamen.count)
        let engine = name == "SQLite" ? "FTS5" : "tsvector mit GIN"
        return [
            Zeile(
                "Suche, \(name): Antworten je Sekunde", run.jeSekunde, gegen: peer.lauf.jeSekunde, .mindestens(3),
                einheit: "/s", wogegen: "\(engine) allein",
                satz:
                    "Fragen von ein bis drei Wörtern an \(Zeile.zahl(Double(korpus.umfang))) erzeugte Leistungen, mit "
                    + "Trefferzahl und Facetten, \(Lastlauf.klienten) Fragende zugleich.",
                dazu: compared),
            Zeile(
                "Suche, \(name): p99", run.p99, gegen: grenze, .hoechstens(1), einheit: "ms",
                satz: "Antwortzeit, die 99 von 100 derselben Fragen einhalten.", dazu: run.mengen),
            Zeile(
                "Suche, \(name): gefunden nach Namen", Double(found[0]) / count * 100,
                gegen: max(1, Double(peer.namen) / count * 100), .mindestens(1), einheit: "%",
                wogegen: "\(engine) allein",
                satz:
                    "Anteil der Leistungen, die auf der ersten Seite stehen, wenn drei Wörter ihres Namens gefragt sind."
            ),
            Zeile(
                "Suche, \(name): gefunden nach seltenen Wörtern", Double(found[1]) / count * 100,
                gegen: max(1, Double(peer.texte) / count * 100), .mindestens(1), einheit: "%",
                wogegen: "\(engine) allein",
                satz:
                    "Anteil der Leistungen, die auf der ersten Seite stehen, wenn die zwei seltensten Wörter ihres Textes gefragt sind."
            ),
        ]
    }

    private static func frage(_ suche: Suche, _ text: String, _ database: any Database) async throws -> Antwort {
        var wunsch = Suchwunsch(text)
        wunsch.arten = [.leistung]
        let result = try await database.read { [wunsch] db in try suche.suche(wunsch, in: db) }
        return (
            result.leistungen.gesamt, result.leistungen.treffer.compactMap { Int($0.id.dropFirst()) }
        )
    }

    private func raeume(_ path: String) {
        // What cannot be removed goes with the temporary folder.
        for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
    }
}
