import Kernel
import Storage

/// What the page of the own account shows besides the person.
struct Kontostand: Sendable {
    /// A role as it is held, with the name of the place.
    struct Rollenzeile: Sendable {
        let rolle: Rolle
        let organisation: String?
        /// The page of the place.
        let pfad: String?
        let vertretung: Bool
        let delegiertAn: String?
    }

    let rollen: [Rollenzeile]
    let sitzungen: [SitzungStore.Zeile]
    let hatFaktor: Bool
    let codesUebrig: Int
    /// There is a password; who signs in elsewhere has none.
    let hatKennwort: Bool
    let mitteilungen: Mitteilungswunsch
    /// Why nothing is sent to the address any more.
    let markierung: String?

    init(_ person: Person, token: String?, am: Instant, in db: any SQLConnection) throws {
        let held = try AmtStore.geltende(person.id, am: am, in: db)
        var namen: [String: String] = [:]
        for row in try db.rows(
            "SELECT id, name FROM organisation_sicht WHERE id IN (\(held.flatMap { [$0.organisation, $0.delegiertAn] }.compactMap(\.self)))"
        ) {
            namen[try row["id"]] = try row["name"] as String
        }
        rollen = held.map { amt in
            Rollenzeile(
                rolle: amt.rolle, organisation: amt.organisation.map { namen[$0] ?? $0 },
                pfad: amt.organisation.map { "/organisationen/\($0)" }, vertretung: amt.vertretung,
                delegiertAn: amt.delegiertAn.map { namen[$0] ?? $0 })
        }
        sitzungen = try SitzungStore.alle(of: person.id, token: token, am: am, in: db)
        hatFaktor = try ZweitfaktorStore.istEingerichtet(person.id, in: db)
        codesUebrig = hatFaktor ? try ZweitfaktorStore.codesUebrig(person.id, in: db) : 0
        hatKennwort = try KontoStore.hatKennwort(person.id, in: db)
        mitteilungen = try MitteilungStore.wunsch(of: person.id, in: db)
        markierung = try PersonStore.finde(person.id, in: db)?.markierung
    }

    /// A role of the person demands a second factor.
    var verlangtFaktor: Bool { rollen.contains { $0.rolle.verlangtZweitenFaktor } }
}
