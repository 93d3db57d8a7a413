import Kernel
import Storage

/// Every change of the offices of one Organisation: one at a time, without cycles, each in the Verlauf.
struct EinheitAenderung {
    let organisation: Organisation.ID
    let urheber: Urheber
    let db: any SQLConnection
    let baum: Einheitenbaum

    /// Waits for other changes of the same tree.
    init(_ organisation: Organisation.ID, durch urheber: Urheber, in db: any SQLConnection) throws {
        // Two moves that are right each for itself may close a circle together.
        try db.lock("einheiten \(organisation.rawValue)")
        (self.organisation, self.urheber, self.db) = (organisation, urheber, db)
        baum = try EinheitStore.baum(organisation, in: db)
    }

    private var heute: Tag { urheber.am.tag }

    static let inzwischenGeaendert = Refusal(
        .conflict,
        "Dieses Amt hat inzwischen jemand anderes geändert. Laden Sie die Seite neu und tragen Sie Ihre Änderung noch einmal ein."
    )

    /// The office as it is now.
    ///
    /// - Throws: `Refusal` when it is gone or was changed since the form was drawn.
    func aktuell(_ id: Organisationseinheit.ID, version: Int) throws -> Organisationseinheit {
        guard let einheit = baum[id] else {
            throw Refusal(.notFound, "Dieses Amt gibt es bei dieser Verwaltung nicht.")
        }
        guard einheit.version == version else { throw Self.inzwischenGeaendert }
        return einheit
    }

    func anlegen(_ inhalt: EinheitInhalt) throws -> Organisationseinheit.ID {
        guard baum.anzahl < Einheitenbaum.hoechsteZahl else {
            throw Refusal(
                .unprocessable, "Mehr als \(Zahl.deutsch(Einheitenbaum.hoechsteZahl)) Ämter sind nicht vorgesehen.")
        }
        try pruefe(inhalt, zu: nil)
        let id = Organisationseinheit.ID(rawValue: Kennung.neu(urheber.am))
        try EinheitStore.insert(id, inhalt, rang: letzterRang(inhalt.ueber) + 1, organisation: organisation, in: db)
        try protokolliere(.einheitAngelegt, id, [("name", nil, inhalt.name)])
        return id
    }

    /// Writes name, number and place in the tree; one that moves comes last among its new neighbours.
    func aendern(_ old: Organisationseinheit, zu inhalt: EinheitInhalt) throws {
        let before = EinheitInhalt(old)
        let changes = before.changes(to: inhalt)
        guard !changes.isEmpty else { return }
        try pruefe(inhalt, zu: old)
        let moves = before.ueber != inhalt.ueber
        let rang = moves ? letzterRang(inhalt.ueber) + 1 : old.rang
        guard try EinheitStore.update(old, to: inhalt, rang: rang, in: db) else { throw Self.inzwischenGeaendert }
        try protokolliere(.einheitGeaendert, old.id, changes)
    }

    /// Changes places with the neighbour before or after it; the first and the last stay.
    func ordnen(_ einheit: Organisationseinheit, nachVorn: Bool) throws {
        var siblings = baum.kinder(einheit.ueber).filter { $0.istGueltig(am: heute) }
        guard let from = siblings.firstIndex(where: { $0.id == einheit.id }) else { return }
        let to = from + (nachVorn ? -1 : 1)
        guard siblings.indices.contains(to) else { return }
        siblings.swapAt(from, to)
        for (index, sibling) in siblings.enumerated() where sibling.rang != index + 1 {
            try EinheitStore.setze(rang: index + 1, sibling.id, in: db)
        }
        try protokolliere(.einheitGeaendert, einheit.id, [("reihenfolge", "\(from + 1)", "\(to + 1)")])
    }

    /// Everything that hangs on the one office follows to the other; the old address leads there from now on.
    func zusammenlegen(_ alt: Organisationseinheit, in ziel: Organisationseinheit.ID) throws {
        var errors = FormErrors()
        guard alt.istOffen else {
            throw Refusal(.conflict, "„\(alt.bezeichnung)“ ist schon geschlossen.")
        }
        guard let target = baum[ziel], target.istOffen, target.id != alt.id else {
            errors.add("ziel", "Wählen Sie ein bestehendes anderes Amt aus der Liste.")
            throw errors
        }
        let below = baum.zweig(alt.id).contains(ziel)
        let depth = (below ? baum.ahnen(alt.id).count : baum.ahnen(ziel).count) + 1
        let moving = baum.kinder(alt.id).filter { $0.id != ziel }
        let tallest =
            moving.map { child in
                // The way down to the target loses the target's own branch.
                baum.hoehe(child.id)
            }.max() ?? 0
        guard depth + tallest <= Einheitenbaum.hoechsteTiefe else {
            errors.add("ziel", tiefenregel)
            throw errors
        }
        // Merged into one of its own, that one takes its place first, so that nothing hangs below itself.
        if below { try EinheitStore.haenge(ziel, unter: alt.ueber, rang: alt.rang, in: db) }
        var rang = letzterRang(ziel)
        for child in moving {
            rang += 1
            try EinheitStore.haenge(child.id, unter: ziel, rang: rang, in: db)
        }
        let moved = try EinheitStore.uebertrage(von: alt.id, nach: ziel, in: db)
        try EinheitStore.schliesse(alt.id, am: heute.plus(tage: -1), in: ziel, db: db)
        try protokolliere(
            .einheitZusammengelegt, alt.id,
            [("aufgegangen_in", nil, ziel.rawValue), ("mitgenommen", nil, "\(moved + moving.count)")])
    }

    /// The last day of an office, or with nil none: it is open again.
    func schliessen(_ einheit: Organisationseinheit, am tag: Tag?) throws {
        guard einheit.gueltigBis != tag else { return }
        guard einheit.aufgegangenIn == nil else {
            throw Refusal(.conflict, "„\(einheit.bezeichnung)“ ist in einem anderen Amt aufgegangen.")
        }
        if let tag {
            var errors = FormErrors()
            let open = baum.kinder(einheit.id).filter { child in child.gueltigBis.map { $0 > tag } ?? true }
            if let first = open.first {
                errors.add(
                    "bis",
                    "Darunter \(open.count == 1 ? "besteht" : "bestehen") noch \(Zahl.mit(open.count, "Amt", "Ämter")), z. B. „\(first.bezeichnung)“. Verschieben oder schließen Sie zuerst, was darunter hängt."
                )
                throw errors
            }
        }
        let ende = einheit.ueber.flatMap { baum[$0]?.gueltigBis }
        if let ende, tag.map({ $0 > ende }) ?? true {
            // Under one that is closed before it, nobody would find it.
            try EinheitStore.haenge(einheit.id, unter: nil, rang: letzterRang(nil) + 1, in: db)
        }
        try EinheitStore.schliesse(einheit.id, am: tag, db: db)
        try protokolliere(.einheitGeaendert, einheit.id, [("gueltig_bis", einheit.gueltigBis?.iso, tag?.iso)])
    }

    private var tiefenregel: String { "Mehr als \(Einheitenbaum.hoechsteTiefe) Ebenen sind nicht vorgesehen." }

    /// - Throws: `FormErrors` for a place in the tree that cannot be, or a name that stands there already.
    private func pruefe(_ inhalt: EinheitInhalt, zu old: Organisationseinheit?) throws {
        var errors = FormErrors()
        let siblings = baum.kinder(inhalt.ueber).filter { $0.id != old?.id && $0.istGueltig(am: heute) }
        if siblings.contains(where: { Faltung.suche($0.bezeichnung) == Faltung.suche(bezeichnung(inhalt)) }) {
            errors.add("name", "„\(bezeichnung(inhalt))“ gibt es an dieser Stelle schon.")
        }
        if let ueber = inhalt.ueber, ueber != old?.ueber {
            let branch = old.map { baum.zweig($0.id) } ?? []
            if branch.contains(ueber) {
                errors.add("ueber", "Ein Amt kann nicht unter sich selbst stehen. Wählen Sie eine andere Stelle.")
            } else if baum[ueber]?.istOffen != true {
                errors.add("ueber", "Wählen Sie ein bestehendes Amt aus der Liste.")
            } else if baum.ahnen(ueber).count + 1 + (old.map { baum.hoehe($0.id) } ?? 1) > Einheitenbaum.hoechsteTiefe {
                errors.add("ueber", tiefenregel)
            }
        }
        guard errors.isEmpty else { throw errors }
    }

    private func bezeichnung(_ inhalt: EinheitInhalt) -> String {
        inhalt.kuerzel.map { "\($0) \(inhalt.name)" } ?? inhalt.name
    }

    private func letzterRang(_ ueber: Organisationseinheit.ID?) -> Int { baum.kinder(ueber).map(\.rang).max() ?? 0 }

    private func protokolliere(
        _ art: Verlauf.Art, _ id: Organisationseinheit.ID, _ changes: [(feld: String, von: String?, nach: String?)]
    ) throws {
        try VerlaufStore.append(
            changes.map { change in
                Verlauf(
                    art, organisation: organisation.rawValue, eintrag: id.rawValue, feld: change.feld,
                    von: change.von, nach: change.nach)
            }, durch: urheber, in: db)
    }
}
