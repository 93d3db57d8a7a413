import Formats
import Foundation
import Katalog
import Storage
import StorageSQLite
import Web

/// The body of a JSON list of 200 services against Codable's encoder on the same values.
enum JSONListe {
    static let teil = Teil(
        name: "json", satz: "JSON-Liste von 200 Leistungen gegen den JSONEncoder von Codable mit denselben Werten."
    ) { lauf in
        let (leistungen, gesamt, weiter) = try await werte(lauf)
        let peer = Liste(eintraege: leistungen.map(Eintrag.init), gesamt: gesamt, weiter: weiter)
        let ours = { JSONWriter.liste(leistungen, gesamt: gesamt, weiter: weiter) }
        let encoder = JSONEncoder()
        let theirs = { try encoder.encode(peer) }
        let (a, b) = (Data(ours()), try theirs())
        let decoder = JSONDecoder()
        guard try decoder.decode(Liste.self, from: a) == peer, try decoder.decode(Liste.self, from: b) == peer else {
            throw Serverprozess.Fehler(description: "Die beiden Listen sagen nicht dasselbe.")
        }
        var (own, other): ([Double], [Double]) = ([], [])
        _ = (try jeSekunde { ours().count }, try jeSekunde { try theirs().count })
        for _ in 0..<lauf.durchgaenge * 2 {
            own.append(try jeSekunde { ours().count })
            other.append(try jeSekunde { try theirs().count })
        }
        let (eigene, andere) = (Stichprobe(own), Stichprobe(other))
        return [
            Zeile(
                "JSON-Liste von 200 Leistungen", eigene.median, gegen: andere.median, .mindestens(3), einheit: "/s",
                wogegen: "JSONEncoder, dieselben Werte",
                satz:
                    "Listen je Sekunde auf einem Kern: der Rumpf von /api/v1/leistungen?anzahl=200 aus fertigen Werten.",
                dazu: "\(eigene.streuung("/s")); Vergleich \(andere.streuung("/s")); \(a.count) und \(b.count) Bytes")
        ]
    }

    /// 200 services of the official catalogue in the order of the list, from a place that the seed chooses.
    private static func werte(_ lauf: Lauf) async throws -> ([Leistung], Int, String?) {
        let database = try SQLiteDatabase(path: try await lauf.bestand.ordner() + "/leitstand.sqlite")
        var random = Zufallsfolge(lauf.saat)
        let ticket = random.next()
        let found = try await database.read { db in
            let count = try LeistungStore.count(LeistungFilter(), in: db)
            let page = 1 + Int(ticket % UInt64(max(1, count / 200)))
            return (try LeistungStore.page(LeistungFilter(), Seite(nummer: page, groesse: 200), in: db), count)
        }
        await database.close()
        guard found.0.count == 200, let last = found.0.last else {
            throw Serverprozess.Fehler(description: "Der Katalog hat keine 200 Leistungen.")
        }
        return (found.0, found.1, Marke.encode([last.name, last.id.rawValue]))
    }

    /// How often a second the work is done; its numbers are used so that nothing of it can be left out.
    private static func jeSekunde(_ work: () throws -> Int) throws -> Double {
        let start = ContinuousClock.now
        var (count, bytes) = (0, 0)
        while ContinuousClock.now - start < .milliseconds(300) {
            for _ in 0..<20 { bytes &+= try work() }
            count += 20
        }
        let time = (ContinuousClock.now - start) / .seconds(1)
        return bytes > 0 ? Double(count) / time : 0
    }

    /// The same list for Codable, as a program without a writer of its own would declare it.
    private struct Liste: Codable, Equatable {
        let eintraege: [Eintrag]
        let gesamt: Int
        let weiter: String?
    }

    private struct Eintrag: Codable, Equatable {
        struct Ort: Codable, Equatable {
            let slug: String
            let name: String

            init?(_ ort: Einordnung?) {
                guard let ort else { return nil }
                (slug, name) = (ort.slug, ort.name)
            }
        }

        let id: String
        let schluessel: String?
        let name: String
        let typ: [String]
        let ozgId: String?
        let themenfeld: Ort?
        let lage: Ort?
        let istObjekt: Bool
        let vorlaeufig: Bool

        init(_ leistung: Leistung) {
            (id, schluessel, name) = (leistung.id.rawValue, leistung.schluessel?.rawValue, leistung.name)
            (typ, ozgId) = (leistung.typen, leistung.ozgID)
            (themenfeld, lage) = (Ort(leistung.themenfeld), Ort(leistung.lage))
            (istObjekt, vorlaeufig) = (leistung.istObjekt, leistung.istVorlaeufig)
        }
    }
}
