import Kernel
import Storage
import TestKit
import Testing

@testable import Verzeichnis

/// A newer directory keeps what authorities say about themselves, and what merged follows when somebody says so.
@Suite(.timeLimit(.minutes(15))) struct NeuordnungAngabenTests {
    private static let urheber = Urheber.betrieb(Welt.jetzt)

    /// Gives an authority an office, a contact, a procedure and a status, all marked with the key it had.
    private func richteEin(_ welt: Verzeichniswelt, _ ars: String) async throws {
        try await welt.database.write { db in
            let id = try OrganisationStore.named(ars, in: db).id
            var inhalt = EinheitInhalt()
            (inhalt.name, inhalt.kuerzel) = ("Amt \(ars)", "1")
            let einheit = try EinheitAenderung(id, durch: Self.urheber, in: db).anlegen(inhalt)
            for (art, werte) in [
                (
                    Angabenart.ansprechpartner,
                    [
                        "funktion": "F \(ars)", "einheit": einheit.rawValue, "zweck": "z", "rechtsgrundlage": "ohne",
                        "gilt_bis": "2027-01-01",
                    ]
                ), (.fachverfahren, ["art": "portal", "produkt": "P \(ars)"]),
                (.rechtsstatus, ["status": "eigenes_jugendamt", "quelle": "Q \(ars)"]),
            ] {
                _ = try AngabeStore.insert(werte, art, organisation: id, durch: Self.urheber, in: db)
            }
        }
    }

    /// All marks found at an authority.
    private func marken(_ welt: Verzeichniswelt, _ ars: String) async throws -> Set<String> {
        try await welt.database.read { db in
            let organisation = try OrganisationStore.named(ars, in: db)
            let baum = try EinheitStore.baum(organisation.id, in: db)
            var found = Set(baum.reihe(am: Self.urheber.am.tag).map(\.einheit.name))
            for art in Angabenart.allCases {
                for angabe in try AngabeStore.alle(art, organisation: organisation.id, in: db) {
                    found.insert(angabe.werte[art == .rechtsstatus ? "quelle" : art.titelfeld] ?? "")
                    // A contact's office came along.
                    if let einheit = angabe.einheit { #expect(baum[einheit] != nil) }
                }
            }
            return found
        }
    }

    private func marken(_ ars: String) -> Set<String> { Set(["Amt", "F", "P", "Q"].map { "\($0) \(ars)" }) }

    @Test(arguments: TestBackend.available, [31, 32] as [UInt64])
    func `whatever merges, parts and moves, each authority keeps what it said, and a merged one hands it over`(
        on backend: TestBackend, seed: UInt64
    ) async throws {
        let welt = try await Verzeichniswelt(backend)
        var generator = Zufall(seed)
        let first: Kernel.Tag? = .init(iso: "2025-01-31")
        var land = Neuordnung(stand: try #require(first), anzahl: 16, using: &generator)
        try await welt.lade(land.bau)
        var soll: [String: Set<String>] = [:]
        for ort in land.orte {
            try await richteEin(welt, ort.ars)
            soll[ort.ars] = marken(ort.ars)
        }
        for step in 1...4 {
            let wo: Comment = "seed \(seed), step \(step)"
            let names = Dictionary(uniqueKeysWithValues: land.orte.map { ($0.ars, ($0.ags, $0.name)) })
            let fates = land.schritt(land.stand.plus(tage: 92), using: &generator)
            #expect(try await welt.lade(land.bau).geschrieben, wo)
            var danach: [String: Set<String>] = [:]
            var fusionen: [(alt: String, neu: String)] = []
            var liste = "ags_alt,name_alt,ags_neu,name_neu\n"
            for (ars, fate) in fates.sorted(by: { $0.key < $1.key }) {
                if let now = fate.ziel {
                    #expect(try await marken(welt, now) == soll[ars] ?? [], "\(wo): \(ars) → \(now)")
                    danach[now, default: []].formUnion(soll[ars] ?? [])
                } else if case .vergeht(let next) = fate, let (ags, name) = names[ars] {
                    #expect(
                        try await marken(welt, ars) == soll[ars] ?? [], "\(wo): \(ars) is closed and stays readable")
                    for key in next {
                        let ort = try #require(land.orte.first { $0.ars == key }, wo)
                        liste += "\(ags),\(name),\(ort.ags),\(ort.name)\n"
                    }
                    fusionen.append((ars, try #require(next.first)))
                }
            }
            if !fusionen.isEmpty { #expect(try await welt.lade(aenderungen: liste).geschrieben, wo) }
            for (alt, neu) in fusionen {
                try await uebertrage(welt, alt, neu, etwas: soll[alt]?.isEmpty == false, wo)
                danach[neu, default: []].formUnion(soll[alt] ?? [])
            }
            soll = danach
            for ort in land.orte {
                #expect(try await marken(welt, ort.ars) == soll[ort.ars] ?? [], "\(wo): \(ort.ars)")
            }
        }
        #expect(soll.values.reduce(0) { $0 + $1.count } == 16 * 4, "seed \(seed): something is lost")
    }

    private func uebertrage(
        _ welt: Verzeichniswelt, _ alt: String, _ neu: String, etwas: Bool, _ wo: Comment
    ) async throws {
        let (first, second) = try await welt.database.write { db -> ([Int], [Int]) in
            let old = try OrganisationStore.named(alt, in: db)
            let successors = try OrganisationStore.nachfolger(old, in: db)
            let new = try #require(successors.first { $0.ars == neu }, wo)
            let nachfolge = Rechtsnachfolge(
                von: (old.id.rawValue, old.name), nach: (new.id.rawValue, new.name), ende: old.gueltigBis,
                probe: false, durch: Self.urheber)
            return (
                try VerzeichnisNachfolge().uebertrage(nachfolge, in: db).map(\.anzahl),
                try VerzeichnisNachfolge().uebertrage(nachfolge, in: db).map(\.anzahl)
            )
        }
        #expect((first.reduce(0, +) > 0) == etwas && second.allSatisfy { $0 == 0 }, "\(wo): \(alt) → \(neu)")
    }
}
