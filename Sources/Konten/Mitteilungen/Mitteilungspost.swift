package import Jobs
package import Kernel
import Post
import Storage
import Web

/// Tells people by letter what others did at their Organisations.
package struct Mitteilungspost: Sendable {
    let post: Kontopost
    let saetze: any Verlaufssaetze
    let namen: any Personennamen
    let now: @Sendable () -> Instant

    package init(
        post: Kontopost, saetze: any Verlaufssaetze, namen: any Personennamen,
        now: @escaping @Sendable () -> Instant
    ) {
        (self.post, self.saetze, self.namen, self.now) = (post, saetze, namen, now)
    }

    /// When the letters of the morning are made.
    package static let stunde = 7
    /// Persons whose letters one job makes.
    private static let portion = 500

    /// Nothing where no letters are sent: another process may send them.
    package var arbeiten: [Jobarbeit] {
        guard post.istAn else { return [] }
        return [
            // Usually asked for as soon as lines are sealed; the plan finds what a server that died left.
            .datenbank(.mitteilungen, plan: .alle(sekunden: 3_600)) { [self] _, db in
                let am = now()
                try Mitteilungsleser.lies(alles: am.stunde == 4, am: am, in: db)
            },
            .datenbank(.einzelmitteilung) { [self] job, db in
                let buendel: Mitteilungsbuendel = try job.lies()
                let person = Person.ID(rawValue: buendel.person)
                guard try MitteilungStore.wartet(person, buendel, in: db) else { return }
                try stelle(Kontobriefe.mitteilungen, person, buendel, in: db)
            },
            .datenbank(.tagespost, plan: .taeglich(stunde: Mitteilungspost.stunde)) { [self] _, db in
                let am = now()
                guard am.tag.istArbeitstag else { return }
                let whom = try MitteilungStore.wartende(
                    vor: am.plus(sekunden: -3_600), hoechstens: Mitteilungspost.portion, in: db)
                for person in whom { try stelle(Kontobriefe.tagesposten, person, nil, in: db) }
                guard whom.count == Mitteilungspost.portion else { return }
                try JobStore.stelle(.tagespost, KeineAngaben(), schluessel: planschluessel, am: am, in: db)
            },
            post.versand.arbeit(schreiber(Kontobriefe.mitteilungen)),
            post.versand.arbeit(schreiber(Kontobriefe.tagesposten)),
        ]
    }

    private func stelle(
        _ art: Briefart, _ person: Person.ID, _ buendel: Mitteilungsbuendel?, in db: any SQLConnection
    ) throws {
        let auftrag = Briefauftrag(an: person, organisation: buendel?.organisation)
        guard let id = try BriefStore.stelle(art, auftrag, am: now(), in: db) else { return }
        try MitteilungStore.binde(person, buendel, an: id, in: db)
    }

    private func schreiber(_ art: Briefart) -> Briefschreiber {
        Briefschreiber(
            art,
            schreibe: { [self] auftrag, id, db in
                guard let konto = try PersonStore.finde(auftrag.empfaenger, in: db), konto.zustand == .aktiv,
                    // Roles that demand a second factor hold everywhere and give no right at one place alone.
                    let person = try KontoStore.person(konto.id, zweiterFaktor: true, am: now(), in: db)?.person
                else { return .fort }
                guard try MitteilungStore.wunsch(of: konto.id, in: db) != .keine else {
                    return .entfaellt("Die Person will keine Mitteilungen mehr.")
                }
                let sichtbar = try MitteilungStore.alle(id, in: db).filter { darfSehen($0, person) }
                let (gruppen, anzahl) = try gruppen(sichtbar, in: db)
                guard !gruppen.isEmpty else { return .entfaellt("Es gibt nichts mehr mitzuteilen.") }
                let adresse = try post.verlangeAdresse()
                guard art.name == Kontobriefe.mitteilungen.name else {
                    return try .an(konto, Kontobriefe.tagespost(gruppen, anzahl: anzahl, adresse: adresse))
                }
                let eintrag = sichtbar.first.flatMap { $0.eintrag.isEmpty ? nil : "eintrag-\($0.eintrag)" }
                return try .an(konto, Kontobriefe.mitteilung(gruppen, adresse: adresse, faden: eintrag))
            },
            vermerke: { _, id, ausgang, db in
                if case .nichtAngenommen = ausgang { return }
                try MitteilungStore.entferne(id, in: db)
            })
    }

    /// Only what the person may see at this moment on the pages, too.
    private func darfSehen(_ mitteilung: Mitteilung, _ person: Person) -> Bool {
        switch Verlauf.Art(rawValue: mitteilung.art) {
        // About the person.
        case .rolleGegeben, .rolleGenommen: true
        case .eintragAngelegt, .eintragGeaendert, .uebernahme:
            Rechte.darf(person, .umsetzungIntern(organisation: mitteilung.organisation))
        default: Rechte.darf(person, .verlaufLesen(organisation: mitteilung.organisation))
        }
    }

    private func gruppen(
        _ all: [Mitteilung], in db: any SQLConnection
    ) throws -> (gruppen: [Briefinhalt.Gruppe], anzahl: Int) {
        guard !all.isEmpty else { return ([], 0) }
        let erzaehlung = try Mitteilungssaetze(all, saetze, namen, adresse: post.verlangeAdresse(), in: db)
        var orte: [String: String] = [:]
        for row in try db.rows(
            "SELECT id, name FROM organisation_sicht WHERE id IN (\(Set(all.map(\.organisation)).sorted()))")
        {
            orte[try row["id"]] = try row["name"] as String
        }
        var gruppen: [(name: String, gruppe: Briefinhalt.Gruppe)] = []
        for (organisation, mitteilungen) in Dictionary(grouping: all, by: \.organisation) {
            let saetze = erzaehlung.saetze(mitteilungen)
            guard !saetze.isEmpty else { continue }
            let name = organisation.isEmpty ? "Ihr Konto" : orte[organisation] ?? organisation
            gruppen.append((Faltung.sort(name), Briefinhalt.Gruppe(name, saetze)))
        }
        return (
            gruppen.sorted { $0.name < $1.name }.map(\.gruppe), all.reduce(0) { $0 + $1.anzahl }
        )
    }
}

extension Tag {
    /// Monday to Friday; 1 January 1970 was a Thursday.
    var istArbeitstag: Bool {
        guard let epoch = Tag(jahr: 1970, monat: 1, tag: 1) else { return true }
        let wochentag = ((epoch.tage(bis: self) % 7) + 10) % 7
        return wochentag < 5
    }
}
