package import Jobs
import Kernel
import Storage

extension Jobart {
    /// Reads the sealed Verlauf onward and notes whom it concerns.
    package static let mitteilungen = Jobart(
        "konten.mitteilungen", "Mitteilungen aus dem Verlauf", .datenbank, spurlos: true)
    /// Gathers what belongs together into one letter, two minutes after it began.
    package static let einzelmitteilung = Jobart(
        "konten.einzelmitteilung", "Einzelne Mitteilung", .datenbank, spurlos: true)
    /// Makes the letters of the morning.
    package static let tagespost = Jobart("konten.tagespost", "Mitteilungen, täglich gebündelt", .datenbank)
}

/// Finds out of the Verlauf what persons are to be told.
enum Mitteilungsleser {
    static let leser = Verlaufsleser("mitteilungen")
    static let portion = 500
    /// So many records that one author changes at one place in one portion are told in one sentence.
    static let viele = 10
    /// How long a single letter waits for what belongs to it.
    static let ruhe = 120

    /// Kinds of lines that people at an Organisation are told of.
    private static let arten: Set<String> = Set(
        [
            Verlauf.Art.eintragAngelegt, .eintragGeaendert, .uebernahme, .organisationGeaendert, .einheitAngelegt,
            .einheitGeaendert, .einheitZusammengelegt, .angabeAngelegt, .angabeGeaendert, .angabeGeloescht,
            .delegationGegeben, .delegationBeendet, .nachfolgeUebertragen,
        ].map(\.rawValue))

    /// Reads a portion and asks for the next one while there is more.
    static func lies(alles: Bool, am: Instant, in db: any SQLConnection) throws {
        let zeilen = try leser.naechste(hoechstens: portion, alles: alles, in: db)
        try verteile(zeilen, am: am, in: db)
        guard zeilen.count == portion else { return }
        try JobStore.stelle(.mitteilungen, KeineAngaben(), schluessel: planschluessel, am: am, in: db)
    }

    private struct Gruppe: Hashable { let organisation: String, urheber: String, art: String }

    static func verteile(_ zeilen: [Verlaufszeile], am: Instant, in db: any SQLConnection) throws {
        var all: [Mitteilung] = []
        var buendel: Set<Mitteilungsbuendel> = []
        var anwesende: [String: [(person: Person.ID, wunsch: Mitteilungswunsch)]] = [:]
        func teile(
            _ zeile: Verlaufszeile, eintrag: String, anzahl: Int,
            _ whom: [(person: Person.ID, wunsch: Mitteilungswunsch)]
        ) {
            for (person, wunsch) in whom where person != zeile.person {
                let one = Mitteilung(
                    id: Kennung.neu(am), person: person, organisation: zeile.kette, art: zeile.art,
                    urheber: zeile.person?.rawValue ?? "", eintrag: eintrag, zeile: zeile.id, anzahl: anzahl,
                    am: zeile.am)
                all.append(one)
                guard wunsch == .einzeln else { continue }
                buendel.insert(
                    Mitteilungsbuendel(
                        person: person.rawValue, organisation: one.organisation, eintrag: eintrag,
                        urheber: one.urheber))
            }
        }
        func dort(_ organisation: String) throws -> [(person: Person.ID, wunsch: Mitteilungswunsch)] {
            if let known = anwesende[organisation] { return known }
            let found = try MitteilungStore.empfaenger(an: organisation, in: db)
            anwesende[organisation] = found
            return found
        }
        let allgemeine = zeilen.filter { $0.organisation != nil && arten.contains($0.art) }
        let gruppen = Dictionary(grouping: allgemeine) {
            Gruppe(organisation: $0.kette, urheber: $0.person?.rawValue ?? "", art: $0.art)
        }
        for gruppe in gruppen.values.sorted(by: { $0[0].id < $1[0].id }) {
            let gegenstaende = Set(gruppe.map { $0.eintrag ?? $0.id }).count
            let whom = try dort(gruppe[0].kette)
            if gegenstaende > viele {
                teile(gruppe[0], eintrag: "", anzahl: gegenstaende, whom)
            } else {
                for zeile in gruppe { teile(zeile, eintrag: zeile.eintrag ?? "", anzahl: 1, whom) }
            }
        }
        // Roles concern the one who got or lost them; another office in the same role is none of both.
        for zeile in zeilen where zeile.feld != "stelle" {
            let person: String? =
                switch Verlauf.Art(rawValue: zeile.art) {
                case .rolleGegeben: zeile.von
                case .rolleGenommen: zeile.nach
                default: nil
                }
            guard let person else { continue }
            teile(zeile, eintrag: "", anzahl: 1, try MitteilungStore.empfaenger(person, in: db))
        }
        try MitteilungStore.insert(all, in: db)
        for one in buendel.sorted(by: { $0.schluessel < $1.schluessel }) {
            try JobStore.stelle(
                .einzelmitteilung, one, schluessel: one.schluessel, faellig: am.plus(sekunden: ruhe), am: am, in: db)
        }
    }
}
