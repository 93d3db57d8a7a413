import Kernel
import Konten
import Storage
import TestKit
import Testing
import Verzeichnis

/// A world of authorities with lists, persons with roles, and delegations.
struct Zufallswelt: Sendable {
    static let ars = [Rollenspiel.duelmen, Rollenspiel.hamm, "05558", "055150000000"]
    let organisationen: [String]
    /// What each person holds; an empty organisation stands for the whole installation.
    var aemter: [[(rolle: Rolle, organisation: String)]] = []
    var delegationen: [(von: Int, an: Int, rolle: Rolle, ab: Kernel.Tag?, bis: Kernel.Tag?)] = []

    static func email(_ person: Int) -> String { "zeugin\(person)@welt.invalid" }
    /// Stands in every inner column of an authority's list and nowhere else.
    static func marke(_ organisation: Int) -> String { "geheim\(organisation)wort" }
    static func frist(_ organisation: Int) -> Kernel.Tag? {
        Kernel.Tag(jahr: 2777, monat: organisation + 1, tag: 13)
    }

    /// Where a person holds a role or acts by delegation, by the rule as it is written in the manual.
    func dort(_ person: Int) -> Set<Int> {
        let heute = Welt.jetzt.tag
        var found: Set<Int> = []
        for (rolle, organisation) in aemter[person] {
            if organisation.isEmpty { return Set(organisationen.indices) }
            guard let place = organisationen.firstIndex(of: organisation) else { continue }
            found.insert(place)
            let delegierbar = Rechtetabelle.delegierbar.contains(rolle.rawValue)
            for d in delegationen where delegierbar && d.an == place && d.rolle == rolle {
                let gilt = (d.ab == nil || heute >= d.ab ?? heute) && (d.bis == nil || heute <= d.bis ?? heute)
                if gilt { found.insert(d.von) }
            }
        }
        return found
    }

    /// Whether `wer` may read who works where `andere` does; nil is a visitor.
    func darfNennen(_ wer: Int?, _ andere: Int) -> Bool {
        guard let wer else { return false }
        if wer == andere || aemter[wer].contains(where: { $0.organisation.isEmpty }) { return true }
        let mine = dort(wer)
        return aemter[andere].contains { amt in
            organisationen.firstIndex(of: amt.organisation).map(mine.contains) ?? false
        }
            || !dort(andere).isDisjoint(with: mine)
    }
}

extension Zufallswelt {
    static func erschaffe(_ zufall: inout Zufall, in database: any Database) async throws -> Zufallswelt {
        var welt = Zufallswelt(
            organisationen: try await database.read { db in
                try Zufallswelt.ars.map { try OrganisationStore.named($0, in: db).id.rawValue }
            })
        let rollen = Rolle.allCases.filter { !$0.giltUeberall }
        for _ in 0..<6 {
            var held: [(rolle: Rolle, organisation: String)] = []
            if Int.random(in: 0..<8, using: &zufall) == 0 {
                held.append(
                    (
                        rolle: [.projektbuero, .administration, .leserecht].randomElement(using: &zufall) ?? .leserecht,
                        organisation: ""
                    ))
            }
            for _ in 0..<Int.random(in: 0...2, using: &zufall) {
                held.append(
                    (
                        rolle: rollen.randomElement(using: &zufall) ?? .leserecht,
                        organisation: welt.organisationen.randomElement(using: &zufall) ?? ""
                    ))
            }
            welt.aemter.append(held)
        }
        let heute = Welt.jetzt.tag
        var seen: Set<String> = []
        for _ in 0..<10 {
            let (von, an) = (Int.random(in: 0..<4, using: &zufall), Int.random(in: 0..<4, using: &zufall))
            let rolle = rollen.randomElement(using: &zufall) ?? .leserecht
            guard von != an, seen.insert("\(von) \(an) \(rolle)").inserted else { continue }
            let (ab, bis): (Int?, Int?) =
                [(nil, nil), (0, nil), (1, nil), (nil, 0), (nil, -1), (-5, 5)].randomElement(using: &zufall) ?? (
                    nil, nil
                )
            welt.delegationen.append(
                (
                    von: von, an: an, rolle: rolle, ab: ab.map { heute.plus(tage: $0) },
                    bis: bis.map { heute.plus(tage: $0) }
                ))
        }
        let made = welt
        let saat = UInt64.random(in: .min ... .max, using: &zufall)
        try await database.write { db in
            var zufall = Zufall(saat)
            for d in made.delegationen {
                try db.execute(
                    """
                    INSERT INTO delegation (von, an, rolle, gueltig_von, gueltig_bis, angelegt_am)
                    VALUES (\(made.organisationen[d.von]), \(made.organisationen[d.an]), \(d.rolle), \(d.ab), \(d.bis), \(Welt.jetzt))
                    """)
            }
            for (place, organisation) in made.organisationen.enumerated() {
                try eintraege(organisation, Zufallswelt.marke(place), Zufallswelt.frist(place), &zufall, in: db)
                try angaben(organisation, Zufallswelt.marke(place), in: db)
            }
        }
        return welt
    }

    private static func eintraege(
        _ organisation: String, _ marke: String, _ frist: Kernel.Tag?, _ zufall: inout Zufall, in db: any SQLConnection
    ) throws {
        for number in 0..<Int.random(in: 3...8, using: &zufall) {
            let titel = "Zufall \(number) \(UInt16.random(in: .min ... .max, using: &zufall))"
            try db.execute(
                """
                INSERT INTO umsetzungseintrag (id, organisation, nummer, titel, sortname, suchname, stand, angaben_fehlen,
                    version, amt, prioritaet, frist, rolle, notiz, schlagworte, begruendung)
                VALUES (\(Kennung.neu(Welt.jetzt)), \(organisation), \(9_000 - number), \(titel), \(titel.lowercased()),
                    \(titel.lowercased()), 'wartet', \(false), 1, \(marke), \(marke), \(frist), \(marke), \(marke), \(marke), \(marke))
                """)
        }
        try db.execute(
            """
            UPDATE umsetzungseintrag SET amt = \(marke), notiz = \(marke), begruendung = \(marke), frist = \(frist)
            WHERE organisation = \(organisation)
            """)
    }

    /// What an authority says about itself to its own people, and what its Verlauf tells.
    private static func angaben(_ organisation: String, _ marke: String, in db: any SQLConnection) throws {
        try db.execute(
            """
            INSERT INTO ansprechpartner (id, organisation, funktion, name, email, telefon, zweck, rechtsgrundlage, oeffentlich,
                gilt_bis, version)
            VALUES (\(Kennung.neu(Welt.jetzt)), \(organisation), \(marke), \(marke), \(marke), \(marke), \(marke), 'art6_1_e',
                \(false), '2999-01-01', 1)
            """)
        try db.execute(
            """
            INSERT INTO fachverfahren (id, organisation, art, produkt, hersteller, fassung, schnittstellen, version)
            VALUES (\(Kennung.neu(Welt.jetzt)), \(organisation), 'portal', \(marke), \(marke), \(marke), \(marke), 1)
            """)
        try db.execute(
            """
            INSERT INTO it_dienstleister (id, organisation, name, suchname, aufgabe, version)
            VALUES (\(Kennung.neu(Welt.jetzt)), \(organisation), \(marke), \(marke), \(marke), 1)
            """)
        try VerlaufStore.append(
            [Verlauf(.eintragGeaendert, organisation: organisation, feld: "notiz", von: marke, nach: marke)],
            durch: .betrieb(Welt.jetzt), in: db)
    }
}
