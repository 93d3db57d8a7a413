import Kernel
import Storage

/// Finds places of a new file that the directory has under another key.
///
/// The AGS says that a Gemeinde is the same: it does not change when the Gemeinde joins another Verband. A change of
/// Kreis gives a new AGS; then the same name, Land and area tell it, where they fit one vanished and one new place alone.
/// Where a merged or divided place went, the directory cannot tell.
struct Wiedererkennung: Sendable {
    /// The same place, by its new ARS.
    private(set) var umgeschluesselt: [String: Verzeichnisplan.Vorhanden] = [:]
    /// The vanished place that goes on, by the new ARS.
    private(set) var fortgefuehrt: [String: Verzeichnisplan.Vorhanden] = [:]

    private struct Merkmal: Hashable {
        let land: String
        /// Gemeinden of every kind have 12 digits.
        let stellen: Int
        let name: String
    }

    init(_ datei: Verzeichnisdatei, _ vorhandene: [String: Verzeichnisplan.Vorhanden]) {
        let gone = vorhandene.values.filter { $0.gebiet.ars.map { datei.saetze[$0] == nil } ?? true }
        recogniseByAGS(datei, vorhandene, gone)
        recogniseByName(datei, vorhandene, gone)
    }

    private mutating func recogniseByAGS(
        _ datei: Verzeichnisdatei, _ vorhandene: [String: Verzeichnisplan.Vorhanden],
        _ gone: [Verzeichnisplan.Vorhanden]
    ) {
        var counts: [String: Int] = [:]
        for satz in datei.saetze.values { if let ags = satz.ags { counts[ags, default: 0] += 1 } }
        let byAGS = Dictionary(grouping: gone.filter { $0.gebiet.ags != nil }) { $0.gebiet.ags ?? "" }
        for ars in datei.reihenfolge where vorhandene[ars] == nil {
            guard let ags = datei.saetze[ars]?.ags, counts[ags] == 1, let candidates = byAGS[ags] else { continue }
            let valid = candidates.filter(\.gebiet.istGueltig)
            let same = valid.isEmpty ? candidates : valid
            if same.count == 1 { umgeschluesselt[ars] = same[0] }
        }
    }

    private mutating func recogniseByName(
        _ datei: Verzeichnisdatei, _ vorhandene: [String: Verzeichnisplan.Vorhanden],
        _ gone: [Verzeichnisplan.Vorhanden]
    ) {
        let known = Set(umgeschluesselt.values.map(\.gebiet.id))
        let vanished = gone.filter { $0.gebiet.istGueltig && !known.contains($0.gebiet.id) }
        guard !vanished.isEmpty else { return }
        let appeared = datei.reihenfolge.compactMap { datei.saetze[$0] }.filter { satz in
            (umgeschluesselt[satz.ars] ?? vorhandene[satz.ars])?.gebiet.istGueltig != true
        }
        let new = Dictionary(grouping: appeared) { Self.merkmal($0.ars, $0.amtlicherName) }
        for (merkmal, old) in Dictionary(
            grouping: vanished, by: { Self.merkmal($0.gebiet.ars ?? "", $0.gebiet.amtlicherName) })
        {
            guard old.count == 1, let satz = new[merkmal], satz.count == 1,
                Self.gleichGross(old[0].gebiet.flaecheHa ?? 0, satz[0].flaecheHa)
            else { continue }
            fortgefuehrt[satz[0].ars] = old[0]
        }
    }

    private static func merkmal(_ ars: String, _ amtlicherName: String) -> Merkmal {
        Merkmal(
            land: String(ars.prefix(2)), stellen: ars.utf8.count,
            name: Faltung.suche(Gebietsname(amtlich: amtlicherName).name))
    }

    /// Areas are measured anew each year and then differ by less than a hundredth.
    private static func gleichGross(_ a: Int, _ b: Int) -> Bool {
        a > 0 && b > 0 && abs(a - b) * 100 <= max(a, b)
    }
}

extension Verzeichnisplan.Vorhanden {
    /// The authority that does its own work here.
    var eigeneVerwaltung: String? { gebiet.verwaltung == organisation ? organisation : nil }
}

extension Verzeichnisplan {
    /// Where places went that have a new key, and the authorities that go on there.
    func writeNachfolge(in db: any SQLConnection) throws {
        // A place that is back has no successor.
        for soll in wiederkehrer { try db.execute("DELETE FROM gebiet_nachfolge WHERE gebiet = \(soll.id)") }
        for (alt, neu) in fortgefuehrt {
            // What a list of changes tells is better.
            try db.execute(
                """
                INSERT INTO gebiet_nachfolge (gebiet, nachfolger, quelle)
                SELECT \(alt.gebiet.id), \(neu.id), 'gemeindeverzeichnis'
                WHERE NOT EXISTS (SELECT 1 FROM gebiet_nachfolge WHERE gebiet = \(alt.gebiet.id))
                """)
        }
        for (alt, neu) in umgezogen {
            try db.execute(
                "UPDATE organisation SET gebiet = \(neu.id), gueltig_bis = NULL WHERE gebiet = \(alt.gebiet.id)")
            guard alt.organisationName == alt.gebiet.bezeichnung, neu.bezeichnung != alt.gebiet.bezeichnung else {
                continue
            }
            try db.execute(
                """
                UPDATE organisation SET name = \(neu.bezeichnung), sortname = \(Faltung.sort(neu.name)),
                       suchname = \(Faltung.suche(neu.bezeichnung)) WHERE gebiet = \(neu.id)
                """)
        }
    }
}
