import Kernel
import Storage
import TestKit
import Testing

@testable import Verzeichnis

/// Rules that hold after any sequence of files.
@Suite(.timeLimit(.minutes(15))) struct VerzeichnisEigenschaftTests {
    /// All Gemeinden that a random file may hold: three Kreise, each with free Gemeinden and two Verbände.
    private static let alle: [String] = (1...3).flatMap { kreis in
        (1...4).map { "0713\(kreis)000\($0)00\($0)" }
            + (1...2).flatMap { verband in (1...2).map { "0713\(kreis)500\(verband)\(verband)1\($0)" } }
    }

    /// A file that holds exactly these Gemeinden and what stands above them, its records in any order.
    private static func datei(
        _ gemeinden: [String], _ stand: Kernel.Tag, fehlerhaft: Bool, using generator: inout Zufall
    ) -> [UInt8] {
        var bau = Verzeichnisbau(stand: stand.iso.replacing("-", with: ""))
        bau.land("07", "Rheinland-Pfalz")
        for kreis in Set(gemeinden.map { String($0.prefix(5)) }).sorted() { bau.kreis(kreis, "Kreis \(kreis)", "44") }
        for verband in Set(gemeinden.map { String($0.prefix(9)) }).sorted() {
            let kind = verband.dropFirst(5).first == "5" ? "53" : "50"
            bau.verband(verband, "Verband \(verband)", kind)
        }
        for ars in gemeinden {
            bau.gemeinde(
                ars, "Ort \(ars.dropFirst(4))", ha: Int.random(in: 1...500, using: &generator),
                ew: Int.random(in: 0...9_000, using: &generator))
        }
        var lines = bau.zeilen.shuffled(using: &generator)
        if fehlerhaft { lines.insert("kein Satz", at: Int.random(in: 0...lines.count, using: &generator)) }
        return Array(lines.map { $0 + "\n" }.joined().utf8)
    }

    @Test(arguments: TestBackend.available, [1, 2, 3] as [UInt64])
    func `whatever comes, merges and goes, every valid place stands under a valid one and has its authority`(
        on backend: TestBackend, seed: UInt64
    ) async throws {
        let welt = try await Verzeichniswelt(backend)
        var generator = Zufall(seed)
        var present = Set(Self.alle.shuffled(using: &generator).prefix(10))
        let first: Kernel.Tag? = .init(iso: "2025-01-31")
        var stand = try #require(first)
        var ids: [String: String] = [:]
        var stillOpen: Set<String> = []
        for step in 0..<14 {
            for key in Self.alle.shuffled(using: &generator).prefix(Int.random(in: 1...5, using: &generator)) {
                if present.remove(key) == nil { present.insert(key) }
            }
            if present.isEmpty { present = [Self.alle[0]] }
            stand = stand.plus(tage: Int.random(in: 1...90, using: &generator))
            let faulty = step > 0 && Bool.random(using: &generator)
            let bytes = Self.datei(present.sorted(), stand, fehlerhaft: faulty, using: &generator)
            let bericht = try await welt.lade(bytes, ueberspringen: faulty)
            #expect(bericht.geschrieben && bericht.fehlerzahl == (faulty ? 1 : 0), "\(bericht.zeilen)")

            stillOpen = faulty ? stillOpen.union(present) : present
            let known = try await pruefe(welt, offen: stillOpen, "seed \(seed), step \(step)")
            #expect(ids.allSatisfy { known[$0.key] == $0.value }, "a place was deleted or got another id")
            ids = known
            let again = try await welt.lade(bytes, ueberspringen: faulty)
            #expect(!again.aendertEtwas, "seed \(seed), step \(step): the same file changes something")
        }
    }

    /// Checks every rule and returns the ids of all places by key.
    private func pruefe(_ welt: Verzeichniswelt, offen: Set<String>, _ wo: Comment) async throws -> [String: String] {
        let (places, authorities) = try await welt.database.read { db in
            try (
                db.all("SELECT \(Gebiet.columns) FROM gebiet", as: Gebiet.self),
                db.rows("SELECT id, gebiet FROM organisation WHERE gueltig_bis IS NULL").map { row in
                    (id: try row["id"] as String, gebiet: try row["gebiet"] as String)
                }
            )
        }
        let valid = places.filter(\.istGueltig)
        let byID = Dictionary(uniqueKeysWithValues: valid.map { ($0.id, $0) })
        #expect(Set(valid.compactMap(\.ars).filter { $0.utf8.count == 12 }) == offen, wo)
        for place in valid {
            var (above, steps) = (place, 0)
            while let id = above.gehoertZu, steps < 9 {
                let next = try #require(byID[id], wo)
                #expect(next.ars == above.gehoertZuARS, wo)
                (above, steps) = (next, steps + 1)
            }
            #expect(above.art == .land && steps < 4, wo)
            let members = valid.filter { $0.ars?.utf8.count == 12 && $0.ars?.hasPrefix(place.ars ?? "-") == true }
            #expect(place.einwohner == members.compactMap(\.einwohner).reduce(0, +), wo)
            #expect(place.flaecheHa == members.compactMap(\.flaecheHa).reduce(0, +), wo)
            #expect(authorities.contains { $0.id == place.verwaltung }, wo)
        }
        // No authority is open without a valid place that it administers.
        #expect(authorities.allSatisfy { byID[Gebiet.ID(rawValue: $0.gebiet)]?.verwaltung == $0.id }, wo)
        return Dictionary(uniqueKeysWithValues: places.map { ($0.ars ?? "", $0.id.rawValue) })
    }
}
